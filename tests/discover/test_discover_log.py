"""git's log is understood whatever paths and commits are like, and however its words are cut into pieces."""

import subprocess
import tempfile
from pathlib import Path

import pytest
from discover_repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.discover import log
from agentkey_lint.discover.git import Git, Process, repository
from agentkey_lint.engine import pool

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


COMMIT = st.tuples(
    st.lists(st.integers(1, 4), max_size=3, unique=True),  # how far back its parents are
    st.integers(0, 3),  # its date: many are equal, and some older than their parents'
    st.dictionaries(st.sampled_from([b"a", b"b/c", b"d e"]), st.sampled_from([b"", b"1", b"2", b"3"]), max_size=2),
)


def imported(folder: str, commits: list[tuple[list[int], int, dict[bytes, bytes]]]) -> Git:
    """A bare repository of these commits, each with a branch of its own."""
    subprocess.run(["git", "init", "-q", "--bare", folder], check=True)
    stream = b""
    for number, (back, date, files) in enumerate(commits, 1):
        parents = [number - one for one in back if one < number]
        stream += b"commit refs/heads/%d\nmark :%d\ncommitter a <a@b> %d +0000\ndata 0\n" % (number, number, 10**9 + date)
        stream += b"".join(b"%s :%d\n" % (b"merge" if at else b"from", one) for at, one in enumerate(parents))
        for path, content in files.items():
            stream += b'M 100644 inline "%s"\ndata %d\n%s\n' % (path, len(content), content) if content else b'D "%s"\n' % path
        stream += b"\n"
    subprocess.run(["git", "-C", folder, "fast-import", "--quiet"], input=stream, check=True)
    return repository(folder)


@pytest.fixture
def every_log_is_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log, "PART", 2)
    monkeypatch.setattr(log, "INDEXED", -1)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(commits=st.lists(COMMIT, min_size=4, max_size=12), since=st.sampled_from([(), ("^refs/heads/2",), (f"--since=@{10**9 + 2}",)]))
def test_in_parts_as_in_one(home: Path, every_log_is_long: None, commits: list[tuple[list[int], int, dict[bytes, bytes]]], since: tuple[str, ...]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        git = imported(folder, commits)
        faults: list[object] = []
        whole = log.log(git, ["--all", *since], faults)
        parts = log.in_parts(git, ["--all", *since], pool.spread)
        assert not faults and parts == (whole if len(whole.commits) >= 2 * log.PART else None)


def test_in_parts_of_a_shallow_clone(home: Path, tmp_path: Path, every_log_is_long: None) -> None:
    source = imported(str(tmp_path / "source"), [([1], 0, {b"a": b"%d" % number}) for number in range(9)])
    subprocess.run(["git", "clone", "-q", "--bare", "--depth=5", "--branch=9", f"file://{source.root}", str(tmp_path / "shallow")], check=True)
    git = repository(str(tmp_path / "shallow"))
    whole = log.log(git, ["--all"], [])
    assert len(whole.commits) == 5 and log.in_parts(git, ["--all"], pool.spread) == whole


@pytest.mark.parametrize("lost", ["refs/heads/5", "refs/heads/5^{tree}"])
def test_what_cannot_be_read_is_left_to_the_one_log(home: Path, tmp_path: Path, every_log_is_long: None, lost: str) -> None:
    git = imported(str(tmp_path), [([1], 0, {b"a": b"%d" % number}) for number in range(9)])
    assert log.in_parts(git, ["--all"], pool.spread) is not None
    name = subprocess.run(["git", "-C", git.root, "rev-parse", lost], check=True, capture_output=True, text=True).stdout.strip()
    (tmp_path / "objects" / name[:2] / name[2:]).unlink()
    assert log.in_parts(git, ["--all"], pool.spread) is None


def test_short_logs_and_lost_parts_are_left_to_the_one_log(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = imported(str(tmp_path), [([1], 0, {b"a": b"%d" % number}) for number in range(9)])
    assert log.in_parts(git, ["--all"], pool.spread) is None
    monkeypatch.setattr(log, "INDEXED", -1)
    assert log.in_parts(git, ["--all"], pool.spread) is None
    monkeypatch.setattr(log, "PART", 2)
    assert log.in_parts(git, ["--all"], lambda count, work: ((number, work(number)) for number in range(count) if number != 2)) is None
