"""A folder that a child lists is the folder as it is listed here."""

import os
import subprocess
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from agentkey_lint.discover import walk as module
from agentkey_lint.discover.walk import walk, walk_beside
from agentkey_lint.discover.worktree import Worktree


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """With names of any bytes, a link, a pipe, a nested repository and, too deep for its path to be opened, a folder that cannot be listed."""
    for name in (b"\xff\xfe", "ü漢".encode(), b"two\nlines", b"b", b"a-b", "\U0001f511".encode(), "\ue000".encode()):
        (tmp_path / os.fsdecode(name)).write_text("text\n")
    for path in ("a/c", "nested/.git/config", "nested/file"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("text\n")
    (tmp_path / "link").symlink_to("b")
    os.mkfifo(tmp_path / "pipe")
    os.chdir(tmp_path)
    for _ in range(1500):
        os.mkdir("dddd")
        os.chdir("dddd")
    os.chdir(tmp_path)
    yield tmp_path
    subprocess.run(["rm", "-rf", "dddd"], check=True)  # Python's own way recurses


def test_a_child_lists_the_same(folder: Path) -> None:
    files, faults = walk(str(folder))
    assert len(files) == 9 and files == sorted(files) and "nested/file" in files
    assert len(faults) == 1 and "name too long" in faults[0].message
    for steps in ((), count()):
        assert walk_beside(str(folder), steps) == (files, faults)
    assert walk_beside(str(folder / "a"), ()) == (["c"], [])
    assert walk_beside(str(folder / "none"), ()) == walk(str(folder / "none"))


def test_what_a_child_did_not_tell_is_looked_up_here(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here, wanted = os.getpid(), walk(str(folder))
    monkeypatch.setattr(module, "walk", lambda root: walk(root) if os.getpid() == here else os._exit(3))
    assert walk_beside(str(folder), ()) == wanted


def test_who_is_interrupted_leaves_no_child(monkeypatch: pytest.MonkeyPatch) -> None:
    fork, children = os.fork, []
    monkeypatch.setattr(os, "fork", lambda: children.append(fork()) or children[-1])

    def steps() -> Iterator[None]:
        yield
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        walk_beside("/", steps())
    with pytest.raises(ChildProcessError):
        os.waitpid(*children, os.WNOHANG)


@pytest.mark.parametrize("git", [False, True])
def test_a_tree_that_is_listed_beside_other_work_is_the_same_tree(tmp_path: Path, git: bool) -> None:
    for name in ("a", "b"):
        (tmp_path / name).write_text("text\n")
    if git:
        subprocess.run(("git", "init", "-q"), cwd=tmp_path, check=True)
        subprocess.run(("git", "add", "a"), cwd=tmp_path, check=True)
    tree = Worktree(str(tmp_path))
    tree.list_beside(count())
    assert tree.paths() == Worktree(str(tmp_path)).paths() == ["a", "b"]
    assert tree.tracks("a") is git and tree.some(["a", "c"]) == {"a": b"text\n"}
