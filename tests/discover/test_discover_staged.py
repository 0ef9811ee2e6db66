import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from discover_repo import Repo

import agentkey_lint
from agentkey_lint.discover import staged
from agentkey_lint.discover.decode import path_text, sources
from agentkey_lint.discover.staged import Index, begin, for_paths
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.source import Fault, Source

ODD = [b"a b", b"it's", b'say "x"', b"two\nlines", b"-rf", b"--", b":magic", b":(glob)*", b"*", b"back\\slash", b"\xff\xfe", "ü漢".encode(), b"tab\t"]


@pytest.fixture(params=[0, 1 << 17], ids=["a large index", "a small index"], autouse=True)
def small(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test of this module, with an index that is asked about some paths and with one that is listed at once."""
    monkeypatch.setattr(staged, "_SMALL", request.param)


def data(answers: list[Source | Fault]) -> dict[str, bytes]:
    assert all(isinstance(one, Source) for one in answers), answers
    return {one.path: one.data for one in answers if isinstance(one, Source)}


def test_the_index_counts_and_not_the_disk(repo: Repo) -> None:
    repo.stage("a", "staged")
    repo.stage("gone", "G")
    repo.write("a", "on disk")
    repo.write("untracked", "U")
    (repo.root / "gone").unlink()
    index = Index(".")
    assert index.paths() == ["a", "gone"]
    assert index.read("a") == b"staged"
    assert data(list(sources(index, index.paths()))) == {"a": b"staged", "gone": b"G"}
    assert data(list(for_paths(Index("."), ["gone", "untracked", "a", "a"]))) == {"a": b"staged", "gone": b"G", "untracked": b"U"}
    with pytest.raises(FileNotFoundError):
        index.read("nowhere")


def test_odd_names(repo: Repo) -> None:
    for name in ODD:
        repo.stage(b"d/" + name, b"= " + name)
        repo.write(b"d/" + name, "other")
    expected = {"d/" + path_text(name): b"= " + name for name in ODD}
    assert data(list(for_paths(Index("."), expected))) == expected
    index = Index(".")
    assert index.changed() == index.paths() == sorted(expected)
    assert data(list(sources(index, index.changed()))) == expected
    repo.stage(":(top)d", "magic")
    assert data(list(for_paths(Index("."), [":(top)d"]))) == {":(top)d": b"magic"}


def test_a_few_paths_and_many_give_the_same(repo: Repo) -> None:
    for number in range(150):
        repo.write(f"d{number % 5}/f{number}", str(number))
    repo.git("add", ".")
    paths = Index(".").paths()
    assert len(paths) == 150
    one_by_one = {path: Index(".").read(path) for path in paths[::10]}
    assert data(list(for_paths(Index("."), paths[::10]))) == one_by_one
    assert data(list(for_paths(Index("."), paths))) | one_by_one == data(list(sources(Index("."), paths)))


def test_what_git_is_asked_ahead_is_what_the_index_holds(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(70):
        repo.write(f"d/f{number}", str(number))
    repo.git("add", ".")
    for folder in (".", "d"):  # below the root nothing that was asked ahead holds
        monkeypatch.chdir(repo.root / folder)
        for paths in (["d/f1", "gone"], [f"d/f{number}" for number in range(70)], ["", "d/f2"], []):
            index = begin(paths)()
            there = [path for path in paths if path.startswith("d/")]
            assert index.root == str(repo.root) and index.some(paths) == {path: path[3:].encode() for path in there}


def test_a_commit_in_the_making_is_asked_ahead_by_its_own_index(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage("a", "A")
    repo.write("a", "B")
    repo.git("add", "a", GIT_INDEX_FILE=str(repo.root / ".git" / "second"))
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/second")
    assert begin(["a"])().read("a") == b"B"


def test_nothing_is_asked_ahead_in_vain(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(AgentkeyError, match="is in no work tree"):
        begin(["a"])()
    monkeypatch.setenv("PATH", "")
    with pytest.raises(AgentkeyError, match="git is not installed"):
        begin(["a"])()


def test_one_process_of_git_hands_out_everything(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also when a file is read while others are still being handed out; but not while a large one is."""
    for name in ("a", "b", "c"):
        repo.stage(name, name * 10)
    repo.stage("large", "l" * (2 << 20))
    index = begin(["a", "b", "c"])()
    started: list[object] = []
    spawn = os.posix_spawn
    monkeypatch.setattr(os, "posix_spawn", lambda *given, **more: started.append(given) or spawn(*given, **more))
    for path, found in index.contents(["a", "b"]):
        assert found == path.encode() * 10 and index.read("c") == b"c" * 10
    talks = [given for given in started if "cat-file" in given[1]]  # type: ignore[index]
    assert talks == []
    for _, found in index.contents(["large", "a"]):
        assert found in (b"l" * (2 << 20), b"a" * 10) and index.read("c") == b"c" * 10


def test_missing_paths_are_faults(repo: Repo) -> None:
    repo.stage("a")
    assert list(for_paths(Index("."), ["b", "c/d"])) == [
        Fault("b", "cannot be read: no such file or directory"),
        Fault("c/d", "cannot be read: no such file or directory"),
    ]
    assert list(sources(Index("."), ["b", ""])) == [Fault(path, "cannot be read: it is not in the index") for path in ("b", "")]
    assert list(for_paths(Index("."), [])) == []


def test_links_and_submodules_are_no_files(repo: Repo, make: Callable[..., Repo]) -> None:
    other = make("other")
    other.stage("inner")
    other.git("commit", "-qm1")
    repo.git("submodule", "add", "-q", str(other.root), "lib")
    (repo.root / "link").symlink_to("/etc/passwd")
    repo.stage("exe", "#!")
    (repo.root / "exe").chmod(0o755)
    repo.git("add", "link", "exe")
    index = Index(".")
    assert index.paths() == index.changed() == [".gitmodules", "exe"]
    assert list(for_paths(Index("."), ["link", "lib"])) == []
    assert Index("lib").paths() == ["inner"]


def test_changed(repo: Repo) -> None:
    for path in ("same", "edited", "deleted", "moved", "mode", "to-link"):
        repo.stage(path, f"{path}\n" * 9)
    assert Index(".").changed() == ["deleted", "edited", "mode", "moved", "same", "to-link"]  # no commit yet
    repo.git("commit", "-qm1")
    assert Index(".").changed() == []
    repo.stage("edited", "E")
    repo.stage("new", "N")
    repo.git("rm", "-q", "deleted")
    repo.git("mv", "moved", "elsewhere")
    (repo.root / "mode").chmod(0o755)
    (repo.root / "to-link").unlink()
    (repo.root / "to-link").symlink_to("same")
    repo.git("add", "-u")
    repo.write("same", "changed on disk alone")
    repo.write("untracked")
    repo.git("add", "-N", "untracked")
    assert Index(".").changed() == ["edited", "elsewhere", "mode", "new"]
    # Settings that would bend the list.
    repo.git("config", "diff.orderFile", str(repo.root / "nowhere"))
    repo.git("config", "diff.relative", "true")
    repo.git("config", "diff.renames", "copies")
    repo.git("config", "diff.noprefix", "true")
    (repo.root / "sub").mkdir()
    assert Index("sub").changed() == ["edited", "elsewhere", "mode", "new"]


def test_intended_files_are_empty(repo: Repo) -> None:
    repo.write("later", "content that no commit would take")
    repo.git("add", "-N", "later")
    assert data(list(for_paths(Index("."), ["later"]))) == {"later": b""}


def test_merge(repo: Repo) -> None:
    repo.stage("a", "base\n")
    repo.stage("same-deletion", "base\n")
    repo.git("commit", "-qm1")
    repo.git("checkout", "-qb", "side")
    repo.stage("a", "theirs\n")
    repo.stage("clean", "from their side\n")
    repo.stage("only", "theirs\n")
    repo.git("commit", "-qm2")
    repo.git("checkout", "-q", "main")
    repo.stage("a", "ours\n")
    repo.git("commit", "-qm3")
    assert subprocess.run(["git", "merge", "side"], capture_output=True).returncode == 1
    index = Index(".")
    assert index.paths() == ["a", "clean", "only", "same-deletion"]
    assert index.read("a") == b"ours\n"
    assert [one.data for one in for_paths(Index("."), ["a"]) if isinstance(one, Source)] == [b"ours\n", b"theirs\n"]
    assert index.changed() == ["clean", "only"]
    # Stages by hand: the base alone, the same on both sides, theirs alone.
    blob = repo.git("rev-parse", ":clean").decode().strip()
    repo.git("rm", "-q", "--cached", "-r", ".")
    lines = [f"100644 {blob} {stage}\t{path}" for path, stages in {"base": "1", "both": "123", "theirs": "13"}.items() for stage in stages]
    subprocess.run(["git", "update-index", "--index-info"], input="\n".join(lines).encode() + b"\n", check=True)
    index = Index(".")
    assert index.paths() == ["base", "both", "theirs"]
    assert [one.path for one in sources(index, index.paths())] == ["base", "both", "theirs"]
    repo.stage("a", "merged\n")
    assert "a" in Index(".").changed()


HOOK = """#!{python}
import sys
sys.path.insert(0, {package!r})
from agentkey_lint.discover.staged import Index, for_paths
index = Index(".")
with open({out!r}, "w") as out:
    for source in for_paths(Index("."), index.changed()):
        print(source.path, source.data.decode().strip(), file=out)
"""


@pytest.mark.parametrize("linked", [False, True], ids=["main", "linked"])
@pytest.mark.parametrize("nested", [False, True], ids=["root", "subfolder"])
def test_a_commit_in_the_making_has_an_index_of_its_own(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, linked: bool, nested: bool) -> None:
    for path in ("a", "b", "sub/c"):
        repo.stage(path, "old")
    repo.git("commit", "-qm1")
    out = tmp_path / "out"
    hook = repo.root / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    package = os.path.dirname(os.path.dirname(agentkey_lint.__file__))
    hook.write_text(HOOK.format(python=sys.executable, package=package, out=str(out)))
    hook.chmod(0o755)
    if linked:
        repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
        repo = Repo(tmp_path / "linked")
    place = repo.root / "sub" if nested else repo.root
    up = "../" if nested else ""

    def commit(*arguments: str) -> str:
        done = subprocess.run(["git", "commit", "-qm2", *arguments], cwd=place, capture_output=True)
        assert done.returncode == 0, done.stderr
        return out.read_text()

    repo.stage("a", "staged")
    repo.write("b", "on disk")
    assert commit() == "a staged\n"
    assert commit("-a") == "b on disk\n"
    repo.stage("a", "staged again")
    repo.write("sub/c", "alone")
    assert commit("--", f"{up}sub/c") == "sub/c alone\n"
    repo.write("b", "with what is staged")
    assert commit("-i", f"{up}b") == "a staged again\nb with what is staged\n"


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(AgentkeyError, match="is in no work tree of git"):
        Index(str(tmp_path))


def test_a_broken_index(repo: Repo) -> None:
    repo.stage("a")
    index = Index(".")
    (repo.root / ".git" / "index").write_bytes(b"DIRC\0\0\0\2\xff\xff\xff\xffgarbage")
    with pytest.raises(AgentkeyError, match="git failed"):
        index.paths()


def test_lost_blobs_are_faults(repo: Repo) -> None:
    repo.stage("a", "A")
    repo.stage("b", "B")
    name = repo.git("rev-parse", ":a").decode().strip()
    (repo.root / ".git" / "objects" / name[:2] / name[2:]).unlink()
    lost, kept = sources(Index("."), ["a", "b"])
    assert isinstance(lost, Fault) and lost.path == "a" and "missing" in lost.message
    assert kept == ("b", b"B", "utf-8")
    with pytest.raises(OSError, match="missing"):
        Index(".").read("a")


def test_start_up_imports(repo: Repo) -> None:
    """The hook's way brings in nothing heavy."""
    repo.stage("a")
    script = """
import sys
before = set(sys.modules)
sys.path.insert(0, sys.argv[1])
from agentkey_lint.discover.staged import Index, for_paths
assert len(list(for_paths(Index("."), ["a", "b"]))) == 2
heavy = {"typing", "dataclasses", "json", "re", "argparse", "subprocess", "pathlib", "importlib.metadata", "tempfile", "shutil", "threading"}
print(sorted(heavy & set(sys.modules) - before))
"""
    package = os.path.dirname(os.path.dirname(agentkey_lint.__file__))
    done = subprocess.run([sys.executable, "-I", "-S", "-c", script, package], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
