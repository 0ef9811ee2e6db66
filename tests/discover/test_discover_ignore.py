import hashlib
import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from discover_repo import Repo
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.discover import ignore as module
from agentkey_lint.discover.staged import Index
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.model.errors import AgentkeyError


def test_index_and_work_tree_each_have_their_own_rules(repo: Repo) -> None:
    repo.stage(".gitignore", "*.staged\n")
    repo.stage("sub/.gitignore", "!keep.staged\n/here\n")
    repo.stage("gone/.gitignore", "*\n")
    repo.write(".gitignore", "\n*.disk\n")
    (repo.root / "gone" / ".gitignore").unlink()
    repo.write("new/.gitignore", "*\n")
    index, tree = Index("."), Worktree(".")
    assert index.ignore("a.staged") == (True, False, "*.staged", ".gitignore", 1)
    assert tree.ignore("a.staged") == (False, False, "", "", 0)
    assert index.ignore("a.disk") == (False, False, "", "", 0)
    assert tree.ignore("a.disk") == (True, False, "*.disk", ".gitignore", 2)
    assert index.ignore("sub/keep.staged") == (False, False, "!keep.staged", "sub/.gitignore", 1)
    assert index.ignore("sub/here") == (True, False, "/here", "sub/.gitignore", 2)
    assert index.ignore("gone/x") == (True, False, "*", "gone/.gitignore", 1)
    assert tree.ignore("gone/x") == (False, False, "", "", 0)
    assert tree.ignore("new/x") == (True, False, "*", "new/.gitignore", 1)
    assert index.ignore("new/x") == (False, False, "", "", 0)
    assert index.ignore("sub/.gitignore") == (False, True, "", "", 0)


def test_exclude_files_count_in_both(repo: Repo, home: Path) -> None:
    repo.stage("a.user")
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "exclude").write_text("*.local\n")
    (home / ".config" / "git").mkdir(parents=True)
    (home / ".config" / "git" / "ignore").write_text("*.user\n")
    for snapshot in (Index("."), Worktree(".")):
        assert snapshot.ignore("x.local") == (True, False, "*.local", ".git/info/exclude", 1)
        assert snapshot.ignore("a.user") == (True, True, "*.user", str(home / ".config" / "git" / "ignore"), 1)


def test_odd_names(repo: Repo) -> None:
    repo.stage(".gitignore", b"*.env\nd\\ ir/\n\xff*\n")
    for snapshot in (Index("."), Worktree(".")):
        deep = snapshot.ignore("x/" * 1500 + ".env")
        assert deep is not None and deep.ignored and not deep.tracked
        for path in (":a.env", ":(glob)x.env", "-x.env", "two\nlines.env", 'q".env', "\udcff", "d ir/x", "a" * 5000 + ".env"):
            found = snapshot.ignore(path)
            assert found is not None and found.ignored and found.pattern, path
        assert snapshot.ignore("a\0b") is None
        assert snapshot.ignore("../x") is None


def test_behind_a_link(repo: Repo) -> None:
    repo.write("real/x.env")
    repo.write(".gitignore", "*.env\n")
    (repo.root / "link").symlink_to("real")
    tree = Worktree(".")
    assert tree.ignore("link/x.env") is None
    # git's end at that question does not end the answers.
    assert tree.ignore("real/x.env") == (True, False, "*.env", ".gitignore", 1)


def test_ignore_follows_the_index_of_the_commit(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage(".gitignore", "*.one\n")
    monkeypatch.setenv("GIT_INDEX_FILE", str(repo.root / ".git" / "other"))
    repo.stage(".gitignore", "*.two\n")
    found = Index(".").ignore("a.two")
    assert found is not None and found.ignored
    monkeypatch.delenv("GIT_INDEX_FILE")
    found = Index(".").ignore("a.one")
    assert found is not None and found.ignored


def test_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.stage(".gitignore", "*.env\n")
    repo.git("commit", "-qm1")
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    found = Index(str(tmp_path / "linked")).ignore("a.env")
    assert found == (True, False, "*.env", ".gitignore", 1)


def test_the_temporary_folder_is_private_and_goes_away(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage(".gitignore", "x\n")
    repo.stage("deep/er/.gitignore", "y\n")
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    index = Index(".")
    index.ignore("x")
    (folder,) = place.iterdir()
    assert folder.stat().st_mode & 0o777 == 0o700
    assert index._ignores is not None
    index._ignores.close()
    assert list(place.iterdir()) == []
    # And of itself when the program ends.
    script = 'import sys; sys.path.insert(0, sys.argv[1])\nfrom agentkey_lint.discover.staged import Index\nprint(Index(".").ignore("x").ignored)'
    package = Path(module.__file__).parents[2]
    done = subprocess.run([shutil.which("python3") or "python3", "-c", script, package], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("True\n", "")
    assert list(place.iterdir()) == []
    monkeypatch.setenv("TMPDIR", str(tmp_path / "nowhere"))
    with pytest.raises(AgentkeyError, match="temporary folder"):
        Index(".").ignore("x")


def test_after_a_fork_both_get_their_own_answers(repo: Repo) -> None:
    repo.stage(".gitignore", "".join(f"f{number}.*\n" for number in range(300)))
    index = Index(".")
    index.ignore("f0.first")

    def ask(side: str) -> bool:
        answers = [index.ignore(f"f{number}.{side}") for number in range(300)]
        return [answer.pattern for answer in answers if answer] == [f"f{number}.*" for number in range(300)]

    child = os.fork()
    if child == 0:
        os._exit(0 if ask("child") else 1)
    assert ask("parent")
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0


def stage_by_hand(repo: Repo, *paths: bytes) -> None:
    """Entries that git itself would refuse: the file format has no such scruples."""
    repo.write("content", "*.evil\n")
    name = bytes.fromhex(repo.git("hash-object", "-w", "content").decode().strip())
    body = b"DIRC" + (2).to_bytes(4, "big") + len(paths).to_bytes(4, "big")
    for path in sorted(paths):
        entry = bytes(24) + (0o100644).to_bytes(4, "big") + bytes(12) + name + len(path).to_bytes(2, "big") + path
        body += entry + bytes(8 - len(entry) % 8)
    (repo.root / ".git" / "index").write_bytes(body + hashlib.sha1(body).digest())


def test_a_hostile_index_cannot_write_elsewhere(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    outside = (b"../.gitignore", b"a/../../x/.gitignore", b".git/.gitignore", b"/etc/agentkey-test/.gitignore")
    stage_by_hand(repo, *outside, b"ok/.gitignore", b".gitignore", b".gitignore/.gitignore")
    index = Index(".")
    found = index.ignore("ok/a.evil")
    assert found is not None and found.ignored
    (folder,) = place.iterdir()
    assert sorted(str(path.relative_to(place / folder)) for path in folder.rglob("*") if path.is_file()) == [".gitignore", "ok/.gitignore"]
    assert not Path("/etc/agentkey-test").exists() and not (tmp_path / ".gitignore").exists() and not (tmp_path / "x").exists()


def test_ignore_files_are_bounded(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage(".gitignore", "x" * 600)
    repo.stage("a/.gitignore", "x" * 600)
    monkeypatch.setattr(module, "MAX_PATTERNS", 1000)
    index = Index(".")
    assert index.ignore("x") is not None
    with pytest.raises(AgentkeyError, match="larger than"):
        index.ignore("a/x")


def test_a_lost_ignore_file_is_an_error(repo: Repo) -> None:
    repo.stage(".gitignore", "x\n")
    name = repo.git("rev-parse", ":.gitignore").decode().strip()
    (repo.root / ".git" / "objects" / name[:2] / name[2:]).unlink()
    with pytest.raises(AgentkeyError, match=r"\.gitignore cannot be read"):
        Index(".").ignore("x")


NAMES = st.sampled_from(["a", "b", "build", "x.env", ".env", "foo bar", "é", "a.log"])
PATHS = st.lists(NAMES, min_size=1, max_size=4).map("/".join)
PATTERNS = st.tuples(
    st.sampled_from(["", "", "!", "/", "**/", "!/", "\\", "#", " "]),
    st.sampled_from(["a", "b", "*", "*.env", "**", "build"])
    | st.sampled_from([ "x.???", "[a-b]", "[!a]", ".env", "foo\\ bar", "foo bar ", "é", "a/b", "a/**/b", "a/*", "[", "", "*.log"]),
    st.sampled_from(["", "", "/", "/*", "/**", "  ", "\r"]),
).map("".join)
IGNORE_FILES = st.lists(NAMES, max_size=2).map(lambda parts: "/".join([*parts, ".gitignore"]))
FILES = st.dictionaries(IGNORE_FILES, st.lists(PATTERNS, max_size=5).map("\n".join), max_size=4)


def plain(root: Path, paths: list[str]) -> list[tuple[str, str, int]]:
    """What git says on its own: pattern, source and line of each path."""
    asked = "".join(f"{path}\0" for path in paths).encode()
    done = subprocess.run(["git", "check-ignore", "-z", "-v", "-n", "--no-index", "--stdin"], cwd=root, input=asked, capture_output=True)
    assert done.returncode < 2, done.stderr
    fields = done.stdout.decode().split("\0")
    return [(fields[at + 2], fields[at], int(fields[at + 1] or 0)) for at in range(0, len(fields) - 1, 4)]


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(FILES, FILES, st.lists(PATHS, min_size=1, max_size=8))
def test_as_git_says(make: Callable[..., Repo], staged: dict[str, str], later: dict[str, str], paths: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        repo = Repo(Path(folder))
        repo.git("init", "-q")
        for path, patterns in staged.items():
            repo.write(path, patterns)
        expected = plain(repo.root, paths)
        if staged:
            repo.git("add", "-f", "--", *staged)
        for path in staged:
            (repo.root / path).unlink()
        index, tree = Index(folder), Worktree(folder)
        for path, patterns in later.items():
            if not any((repo.root / parent).is_file() for parent in Path(path).parents):
                repo.write(path, patterns)
        for snapshot, said in ((index, expected), (tree, plain(repo.root, paths))):
            for path, (pattern, source, line) in zip(paths, said, strict=True):
                if any(file.startswith(path + "/") for file in (*staged, *later)):
                    continue  # a folder: only files are asked about, and not every folder of the index is written out
                ignored = bool(pattern) and not pattern.startswith("!")
                assert snapshot.ignore(path) == (ignored, False, pattern, source, line)
        for ignores in (index._ignores, tree._ignores):
            if ignores is not None:
                ignores.close()
