"""Run `agentkey-lint check` on the example of a leaky agent, or on a repository.

usage: python tools/demo.py [REPOSITORY]

The example becomes a git repository of its own outside this checkout, with its recipes filled in: key-shaped text is never committed here.
Ends with 0 when the check could be done, whether it found something (1) or not (0).
"""

import contextlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
EXAMPLE = ROOT / "examples" / "leaky-agent"
TEMPLATE = ".in"
"""A file `NAME.in` is written as `NAME`: under its own name git would obey it in this checkout already."""


def write(example: Path, target: Path) -> None:
    """Copy a folder's files, recipes filled in: the same recipe in the same file gives the same text every time."""
    from agentkey_lint.testing import expand

    for path in sorted(example.rglob("*")):
        if path.is_file():
            name = path.relative_to(example).as_posix()
            whole = target / name.removesuffix(TEMPLATE)
            whole.parent.mkdir(parents=True, exist_ok=True)
            whole.write_text(expand(path.read_text(encoding="utf-8"), seed=name), encoding="utf-8")


def repository(example: Path, target: Path) -> None:
    """Make the example a git repository with one commit, ignored files included: one of its faults is to track such a file."""
    write(example, target)
    author = ("-c", "user.name=Leaky Agent", "-c", "user.email=agent@example.com", "-c", "commit.gpgsign=false", "-c", "core.hooksPath=" + os.devnull)
    for command in (("init", "-q"), ("add", "-A", "-f"), (*author, "commit", "-q", "-m", "An agent")):
        subprocess.run(("git", *command), cwd=target, check=True)


def check(folder: Path) -> int:
    """The exit status of `agentkey-lint check` in a folder. In this process: a linter that does not even start must not pass for one with findings."""
    from agentkey_lint.main import main as lint

    print(f"$ cd {folder} && agentkey-lint check\n", flush=True)
    with contextlib.chdir(folder):
        return lint(["check"])


def main(argv: list[str]) -> int:
    if argv and argv[0]:
        folder = Path(argv[0])
        if not folder.is_dir():
            print(f"there is no folder {argv[0]}", file=sys.stderr)
            return 2
        status = check(folder)
    else:
        with tempfile.TemporaryDirectory(prefix="leaky-agent-") as made:
            repository(EXAMPLE, Path(made))
            status = check(Path(made))
    return 0 if status in (0, 1) else status


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
