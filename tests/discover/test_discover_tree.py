"""A check of a commit on every core asks many small questions: one process of git answers all that one process of ours has."""

import os
from pathlib import Path

import pytest
from discover_repo import Repo

from agentkey_lint.discover.git import repository
from agentkey_lint.discover.history import Tree


@pytest.fixture
def repo(tmp_path: Path, home: Path) -> Repo:
    (tmp_path / "app").mkdir()
    repo = Repo(tmp_path / "app")
    repo.git("init", "-q")
    for number in range(130):
        repo.write(f"{number:03}.txt", f"{number}\n" * number)
    repo.git("add", "-A")
    repo.git("commit", "-qm", "one")
    return repo


def test_a_tree_starts_one_process_for_many_questions(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    tree = Tree(repository(str(repo.root)), "HEAD")
    started = []
    spawn = os.posix_spawn

    def counted(*arguments: object, **named: object) -> int:
        started.append(arguments)
        return spawn(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(os, "posix_spawn", counted)
    for start in range(0, 130, 10):
        paths = tree.paths()[start : start + 10]
        assert [data for _, data in tree.contents(paths)] == [(repo.root / path).read_bytes() for path in paths]
    assert len(started) == 1
    if os.fork() == 0:  # a child must not share the parent's process
        os._exit(0 if dict(tree.contents(["001.txt"])) == {"001.txt": b"1\n"} and len(started) == 2 else 1)
    assert os.wait()[1] == 0
    assert dict(tree.contents(["002.txt"])) == {"002.txt": b"2\n2\n"} and len(started) == 1
