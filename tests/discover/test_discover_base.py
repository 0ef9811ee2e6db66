"""Which files differ from an earlier commit, for the index and for the work tree, with real repositories."""

import os
from pathlib import Path

import pytest
from discover_repo import Repo
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.discover.base import Pair, before, differing, followed, merge_base
from agentkey_lint.discover.git import find
from agentkey_lint.discover.staged import Index
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.source import Fault

TEXT = "".join(f"line {number}\n" for number in range(20))
ODD = ["a b", 'say "x"', "two\nlines", "-rf", ":magic", "*", "tab\t", "ü"]


def commit(repo: Repo, message: str = "x") -> None:
    repo.git("-c", "user.name=a", "-c", "user.email=a@example.com", "commit", "-q", "--allow-empty", "-m", message)


def renames(pairs: list[Pair]) -> set[tuple[str, str]]:
    return {(pair.old, pair.new) for pair in pairs}


def of_worktree(revision: str = "HEAD") -> set[tuple[str, str]]:
    tree = Worktree(".")
    return renames(differing(tree, merge_base(tree.git, revision)))


def of_index(revision: str = "HEAD") -> set[tuple[str, str]]:
    index = Index(".")
    return renames(differing(index, merge_base(index.git, revision)))


def test_what_becomes_of_files(repo: Repo) -> None:
    for path in ("same", "staged", "edited", "moved", "gone", "removed"):
        repo.stage(path, TEXT + path)
    commit(repo)
    assert of_worktree() == of_index() == set()
    repo.stage("staged", "other")
    repo.write("edited", "other")
    repo.write("untracked", "new")
    repo.stage("added", "new and quite another")
    repo.git("mv", "moved", "elsewhere")
    repo.git("rm", "-q", "gone")
    (repo.root / "removed").unlink()
    assert of_index() == {("staged", "staged"), ("", "added"), ("moved", "elsewhere"), ("gone", "")}
    assert of_worktree() == of_index() | {("edited", "edited"), ("", "untracked"), ("removed", "")}


def test_the_bytes_of_then_are_read(repo: Repo) -> None:
    repo.stage("a", "old")
    repo.stage("b", "gone")
    commit(repo)
    repo.write("a", "new")
    (repo.root / "b").unlink()
    repo.write("c", "new")
    tree = Worktree(".")
    assert tree.git is not None
    found = dict(before(tree.git, differing(tree, merge_base(tree.git, "HEAD"))))
    assert {(pair.old, pair.new): data for pair, data in found.items()} == {("a", "a"): b"old", ("b", ""): b"gone", ("", "c"): b""}


@pytest.mark.parametrize("name", ODD)
def test_odd_names(repo: Repo, name: str) -> None:
    repo.stage(name, TEXT)
    commit(repo)
    repo.git("--literal-pathspecs", "mv", "--", name, "plain")
    assert of_index() == of_worktree() == {(name, "plain")}
    repo.git("reset", "-q", "--hard")
    repo.write(name, "other")
    assert of_worktree() == {(name, name)}


def test_links_are_no_files(repo: Repo) -> None:
    repo.stage("a", TEXT)
    os.symlink("a", repo.root / "link")
    repo.git("add", "link")
    commit(repo)
    (repo.root / "a").unlink()
    os.symlink("/etc/passwd", repo.root / "a")
    repo.git("add", "a")
    assert of_index() == of_worktree() == {("a", "")}


def test_the_settings_of_a_repository_change_nothing_and_start_nothing(repo: Repo) -> None:
    repo.stage("a", TEXT)
    repo.stage("b", TEXT * 2)
    commit(repo)
    repo.git("mv", "a", "c")
    repo.write("b", "other")
    mark = repo.root / "started"
    for name in ("diff.external", "filter.x.clean", "filter.x.process", "diff.x.command", "diff.x.textconv", "core.fsmonitor"):
        repo.git("config", name, f"touch '{mark}'; cat")
    repo.git("config", "diff.renames", "false")
    repo.git("config", "diff.relative", "true")
    repo.git("config", "diff.orderFile", "nowhere")
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "attributes").write_text("* filter=x diff=x\n")
    assert of_index() == {("a", "c")}
    assert of_worktree() == {("a", "c"), ("b", "b")}
    assert not mark.exists()


def test_the_place_where_a_branch_began_counts(repo: Repo) -> None:
    repo.stage("a", "1")
    commit(repo)
    repo.git("branch", "main2")
    repo.git("checkout", "-q", "-b", "topic")
    repo.stage("b", "1")
    commit(repo)
    repo.git("checkout", "-q", "main2")
    repo.stage("c", "1")
    commit(repo)
    repo.git("checkout", "-q", "topic")
    assert of_worktree("main2") == of_index("main2") == {("", "b")}


@pytest.mark.parametrize("revision", ["nowhere", "", "--help", "-x", "HEAD~5", "HEAD:a", "a..b", "\udcff", "@{u}"])
def test_what_is_no_commit(repo: Repo, revision: str) -> None:
    repo.stage("a")
    commit(repo)
    with pytest.raises(UsageError, match=r"is no commit of this repository$"):
        merge_base(find("."), revision)


def test_where_nothing_can_be_compared(repo: Repo, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"nothing has been committed|no commit of this"):
        merge_base(find("."), "HEAD")
    with pytest.raises(UsageError, match=r"needs a repository"):
        merge_base(None, "HEAD")
    repo.stage("a")
    commit(repo)
    repo.git("checkout", "-q", "--orphan", "other")
    commit(repo)
    repo.git("branch", "first", "HEAD")
    repo.git("checkout", "-q", "--orphan", "third")
    commit(repo, "y")
    with pytest.raises(UsageError, match=r"no commit in common$"):
        merge_base(find("."), "first")


def test_a_shallow_clone_says_what_to_do(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage("a")
    commit(repo)
    repo.git("branch", "base")
    for number in range(3):
        repo.stage("b", f"{number}")
        commit(repo)
    clone = tmp_path / "shallow"
    repo.git("clone", "-q", "--depth", "1", f"file://{repo.root}", str(clone))
    monkeypatch.chdir(clone)
    with pytest.raises(UsageError, match=r"is no commit of this repository; this clone is shallow.*fetch-depth: 0"):
        merge_base(find("."), "origin/base")
    Repo(clone).git("fetch", "-q", "--depth", "1", "origin", "base:base")
    with pytest.raises(UsageError, match=r"no commit in common; this clone is shallow"):
        merge_base(find("."), "base")


def test_a_lost_object_is_a_fault(repo: Repo) -> None:
    repo.stage("a", "old")
    commit(repo)
    blob = repo.git("rev-parse", "HEAD:a").decode().strip()
    repo.write("a", "new")
    os.chmod(repo.root / ".git" / "objects" / blob[:2] / blob[2:], 0o600)
    (repo.root / ".git" / "objects" / blob[:2] / blob[2:]).unlink()
    tree = Worktree(".")
    assert tree.git is not None
    [(_, found)] = before(tree.git, differing(tree, merge_base(tree.git, "HEAD")))
    assert isinstance(found, Fault)


def test_what_git_did_not_follow() -> None:
    gone, new = Pair("a/x.json", "1", ""), Pair("", "", "b/x.json")
    assert followed([gone, new]) == [Pair("a/x.json", "1", "b/x.json")]
    assert followed([gone, new, Pair("", "", "c/x.json")]) == [gone, new, Pair("", "", "c/x.json")]
    kin = Pair("", "", "x.yaml")
    assert followed([gone, kin]) == [gone, kin]
    assert followed([gone, kin], [("x.json", "x.yaml")]) == [Pair("a/x.json", "1", "x.yaml")]


PATHS = st.sampled_from(["a", "b/a", "c", "d/c", "e"])


@given(st.lists(st.builds(Pair, PATHS, st.just("1"), st.sampled_from(["", "a", "x/c", "e"])) | st.builds(Pair, st.just(""), st.just(""), PATHS), unique=True))
def test_following_loses_no_file(pairs: list[Pair]) -> None:
    found = followed(pairs)
    assert sorted(pair.new for pair in found if pair.new) == sorted(pair.new for pair in pairs if pair.new)
    assert sorted(pair.old for pair in found if pair.old) == sorted(pair.old for pair in pairs if pair.old)
