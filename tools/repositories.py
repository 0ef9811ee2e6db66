"""Git repositories made of texts: for the generated pages, for the literate cases, and for tests of whole repositories."""

import subprocess
from collections.abc import Collection, Mapping
from pathlib import Path

from agentkey_lint.model.record import NOTHING

GIT = ("git", "-c", "init.defaultBranch=main", "-c", "user.name=a", "-c", "user.email=a@example.com")
"""Who commits, and to which branch, does not depend on the settings of a person."""


def repository(root: Path, files: Mapping[str, str], untracked: Collection[str] = (), before: Mapping[str, str] = NOTHING) -> Path:
    """Make a folder that is there a repository with these files, all of them in the index but the untracked ones; those of before are a commit."""
    git(root, "init", "-q", "--template=")
    if before:
        write(root, before)
        git(root, "add", "-A")
        commit(root, "before")
        git(root, "rm", "-q", "-r", ".")
    write(root, files)
    tracked = [path for path in files if path not in untracked]
    if tracked:
        git(root, "add", "-f", "--", *tracked)
    return root


def commit(root: Path, message: str) -> None:
    """Commit the index."""
    git(root, "commit", "-q", "-m", message)


def git(root: Path, *arguments: str) -> None:
    subprocess.run([*GIT, *arguments], cwd=root, check=True)


def write(root: Path, files: Mapping[str, str]) -> None:
    for path, text in files.items():
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_text(text, encoding="utf-8", newline="")
