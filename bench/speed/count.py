"""How many instructions the linter takes for a hook and for a small tree: a number that does not depend on what else the machine does.

usage: python bench/speed/count.py [--update]

Counts are compared with those in counts.json, of the same version of Python and kind of machine. Exit status 1 if one is more than TOLERANCE above,
so that a slower commit shows; also below, so that the gain is written down: --update writes what was counted. Exit status 2 without valgrind.
What git does is not counted, nor what the kernel does.
"""

import json
import os
import platform
import random
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from corpora import ROOT, formats, git, keys, planted_names, staged
from scanners import say, table

COUNTS = Path(__file__).with_name("counts.json")
TOLERANCE = 0.02


def tree() -> dict[str, str]:
    """300 files of made-up code, some with a key."""
    rng = random.Random("tree")
    words = ["read", "write", "open", "close", "send", "take", "make", "find", "part", "list", "item", "step", "node", "path", "line", "text", "size"]
    files = {}
    for number in range(300):
        lines = [
            f"def {rng.choice(words)}_{rng.choice(words)}({rng.choice(words)}):\n    return {rng.randrange(1000)}\n\n" for _ in range(rng.randint(20, 120))
        ]
        files[f"part_{number % 20}/{rng.choice(words)}_{number}.py"] = "".join(lines)
    for name, key in zip(planted_names(10), keys(10), strict=True):
        files[name] = f'setting_value = "{key}"\n'
    return files


def counted(words: list[str], folder: Path) -> int:
    """The instructions of one run of the linter, those of processes that it forks included. Raises RuntimeError if it did not do its job."""
    modules = f"{ROOT}:{sysconfig.get_path('purelib')}"
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder), "PYTHONPATH": modules, "PYTHONHASHSEED": "0", "PYTHONDONTWRITEBYTECODE": "1"}
    # -S: what packages for development run at each start of this environment is no part of a hook
    program = [sys.executable, "-S", "-X", "frozen_modules=on", "-m", "agentkey_lint", *words]
    subprocess.run(program, cwd=folder, env={**environment, "PYTHONDONTWRITEBYTECODE": ""}, capture_output=True, check=False)  # so that bytecode is there
    command = ["valgrind", "--tool=callgrind", "--callgrind-out-file=/dev/null", *program]
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 1:
        raise RuntimeError(f"{' '.join(words)} ended with {done.returncode}: {done.stderr[-500:]}")
    return sum(int(number) for number in re.findall(r"Collected : (\d+)", done.stderr))


def count() -> dict[str, int]:
    """The instructions of each job."""
    jobs = {"hook": (staged(), ["hook", "--", *staged()]), "hook on formats": (formats(), ["hook", "--", *formats()]), "tree": (tree(), ["check"])}
    found = {}
    for name, (files, words) in jobs.items():
        with tempfile.TemporaryDirectory() as scratch:
            git(Path(scratch), "init", "-q", "-b", "main")
            for path, text in files.items():
                (Path(scratch) / path).parent.mkdir(exist_ok=True)
                (Path(scratch) / path).write_text(text, encoding="utf-8")
            git(Path(scratch), "add", "-A")
            found[name] = counted(words, Path(scratch))
    return found


def main(update: bool) -> int:
    if shutil.which("valgrind") is None:
        say("nothing was counted: valgrind is not installed (Debian: apt-get install valgrind)")
        return 2
    where = f"Python {platform.python_version()}, {platform.machine()}"
    known = json.loads(COUNTS.read_text(encoding="utf-8")) if COUNTS.exists() else {}
    before, now = known.get(where, {}), count()
    rows = []
    wrong = False
    for name, number in now.items():
        change = number / before[name] - 1 if name in before else None
        wrong |= change is None or abs(change) > TOLERANCE
        rows.append([name, f"{number / 1e6:,.1f}", f"{before[name] / 1e6:,.1f}" if name in before else "", "new" if change is None else f"{change:+.1%}"])
    say(table([f"million instructions, {where}", "now", "committed", "change"], rows))
    if update:
        COUNTS.write_text(json.dumps({**known, where: now}, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        return 0
    if wrong:
        say(f"more than {TOLERANCE:.0%} from bench/speed/counts.json: if it is meant, `make bench-count UPDATE=1` writes the new counts")
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main("--update" in sys.argv[1:]))
