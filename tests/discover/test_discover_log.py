"""git's log is understood whatever paths and commits are like, and however its words are cut into pieces."""

from pathlib import Path

import pytest
from discover_repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.discover import log
from agentkey_lint.discover.git import Process, repository

ODD = (":100644 100644", "a\nb", "0" * 40 + " 1600000000", " x ", "\udcff")


@pytest.fixture
def repo(tmp_path: Path, home: Path) -> Repo:
    """A merge that differs from both of its parents, paths like git's own words, a link, and files that only change their mode."""
    (tmp_path / "app").mkdir()
    repo = Repo(tmp_path / "app")
    repo.git("init", "-q")
    for path in ("both.txt", *ODD):
        repo.stage(path, "one\n")
    repo.git("commit", "-qm", "one")
    repo.git("checkout", "-qb", "side")
    repo.stage("both.txt", "side\n")
    repo.git("commit", "-qm", "side")
    repo.git("checkout", "-q", "main")
    repo.stage("both.txt", "main\n")
    repo.git("update-index", "--chmod=+x", " x ")
    (repo.root / "link").symlink_to("both.txt")
    repo.git("add", "link")
    repo.git("commit", "-qm", "main")
    repo.git("merge", "-q", "-s", "ours", "--no-commit", "side")
    repo.stage("both.txt", "merged\n")
    repo.git("commit", "-qm", "merge")
    repo.git("commit", "-q", "--allow-empty", "-m", "nothing")
    return repo


def changes(history: log.History) -> set[tuple[int, str, str, str]]:
    columns = zip(history.at, history.path, history.old, history.new, strict=True)
    return {(at, history.paths[path], history.blobs[old], history.blobs[new]) for at, path, old, new in columns}


def blob(repo: Repo, name: str) -> str:
    return repo.git("rev-parse", name).decode().strip()


def test_every_change_is_told(repo: Repo) -> None:
    history = log.log(repository(str(repo.root)), ["--all"], [])
    assert sorted(history.commits) == sorted(repo.git("rev-list", "main").decode().split()) and history.known == 5
    merge, main, side, first = (history.commits.index(blob(repo, name)) for name in ("main^", "main^^1", "main^^2", "side^"))
    one, there = blob(repo, "side^:both.txt"), {name: blob(repo, f"{name}:both.txt") for name in ("main", "main^^1", "main^^2")}
    assert changes(history) == {
        *((first, path, "", one) for path in ("both.txt", *ODD)),
        (side, "both.txt", one, there["main^^2"]),
        (main, "both.txt", one, there["main^^1"]),
        (merge, "both.txt", there["main^^1"], there["main"]),
        (merge, "both.txt", there["main^^2"], there["main"]),
    }


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(cuts=st.lists(st.integers(0, 2_000), max_size=12))
def test_cut_anywhere(repo: Repo, cuts: list[int]) -> None:
    words = b"".join(Process(repository(str(repo.root)), (*log._LOG, "--all", "--")).chunks())
    ends = sorted({*cuts, len(words)})
    whole, _ = log._read(iter([words]))
    pieces, understood = log._read(words[start:end] for start, end in zip([0, *ends], ends, strict=False))
    assert understood and pieces == whole


@pytest.mark.parametrize("end", [b":100644 100644 0 1 M\0", b"no words of git's", b":1 2\0path\0"])
def test_what_is_not_understood_ends_it(end: bytes) -> None:
    history, understood = log._read(iter([b"ab 1\0:000000 100644 0 c A\0path\0", end]))
    assert not understood and changes(history) == {(0, "path", "", "c")}
