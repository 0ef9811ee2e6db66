import os
import shutil
import socket
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from discover_repo import Repo

from agentkey_lint.discover import beneath as module
from agentkey_lint.discover.decode import path_text, sources
from agentkey_lint.discover.worktree import Worktree, relative, select
from agentkey_lint.model.errors import AgentkeyError, UsageError
from agentkey_lint.model.source import Fault, Source

ODD = [b"a b", b"it's", b'say "x"', b"two\nlines", b"-rf", b"--", b":magic", b":(glob)*", b"*", b"back\\slash", b"\xff\xfe", "ü漢".encode()]
ODD += [b"tab\t", b"? q", b"H 100644 x 0\ty"]


def faults(tree: Worktree, *named: str) -> list[str]:
    answers = list(sources(tree, named, named))
    assert len(answers) == len(named)
    assert all(isinstance(one, Fault) for one in answers), answers
    return [one.message for one in answers if isinstance(one, Fault)]


def read(tree: Worktree, paths: list[str] | None = None) -> dict[str, bytes]:
    found = list(sources(tree, tree.paths() if paths is None else paths))
    assert all(isinstance(one, Source) for one in found), found
    return {one.path: one.data for one in found if isinstance(one, Source)}


def test_tracked_and_untracked_but_not_ignored(repo: Repo) -> None:
    for path in ("tracked", "sub/tracked", "tracked.log"):
        repo.stage(path, path)
    for path in ("new", "sub/new", "new.log", "build/new"):
        repo.write(path, path)
    repo.write(".gitignore", "*.log\nbuild/\n")
    tree = Worktree("sub")
    assert tree.root == str(repo.root)
    assert tree.paths() == [".gitignore", "new", "sub/new", "sub/tracked", "tracked", "tracked.log"]
    assert read(tree)["sub/new"] == b"sub/new"
    assert tree.read("new.log") == b"new.log"


def test_odd_names(repo: Repo, tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    for number, name in enumerate(ODD):
        (repo.stage if number % 2 else repo.write)(b"d/" + name, b"= " + name)
    shutil.copytree(repo.root / "d", plain)
    expected = {path_text(name): b"= " + name for name in ODD}
    assert read(Worktree(".")) == {"d/" + path: name for path, name in expected.items()}
    assert read(Worktree(str(plain))) == expected
    os.chdir(repo.root / "d")
    chosen = select([os.fsdecode(name) for name in ODD], Worktree("."))
    assert set(chosen.paths) == chosen.named == {"d/" + path for path in expected}


@pytest.mark.parametrize("plain", [False, True])
def test_some_files_are_those_that_can_be_read_before_and_after_listing(repo: Repo, tmp_path: Path, plain: bool) -> None:
    """After a walk no file is looked for on the disk; git's listing leaves files out, so there it is."""
    repo.write(".gitignore", "ignored\n")
    for path in ("a", "d/b", "ignored"):
        repo.write(path, path)
    (repo.root / "link").symlink_to("a")
    shutil.copytree(repo.root, tmp_path / "plain", symlinks=True, ignore=shutil.ignore_patterns(".git"))
    tree = Worktree(str(tmp_path / "plain") if plain else ".")
    wanted = ["a", "d", "d/b", "d/none", "none/b", "link", "ignored", "a/b"]
    before = tree.some(wanted)
    assert before == {path: path.encode() for path in ("a", "d/b", "ignored")}
    tree.paths()
    assert tree.some(wanted) == before


def test_the_disk_counts_and_not_the_index(repo: Repo) -> None:
    repo.stage("a", "staged")
    repo.write("a", "on disk")
    assert read(Worktree(".")) == {"a": b"on disk"}


def test_deleted_and_replaced_files_are_no_part(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "x").write_text("secret")
    for path in ("gone", "now-link", "now-folder", "linked/x", "stays"):
        repo.stage(path, path)
    os.symlink("stays", repo.root / "now-file")
    repo.git("add", ".")
    for path in ("gone", "now-link", "now-folder", "now-file"):
        (repo.root / path).unlink()
    shutil.rmtree(repo.root / "linked")
    repo.write("now-file", "F")
    (repo.root / "now-link").symlink_to("stays")
    (repo.root / "now-folder").mkdir()
    (repo.root / "linked").symlink_to(tmp_path / "outside")
    tree = Worktree(".")
    assert "gone" not in tree.paths()
    assert read(tree) == {"stays": b"stays", "now-file": b"F"}


def test_sparse_work_tree(repo: Repo) -> None:
    repo.stage("kept", "K")
    repo.stage("left-out", "L")
    repo.git("update-index", "--skip-worktree", "kept", "left-out")
    (repo.root / "left-out").unlink()
    assert Worktree(".").paths() == ["kept"]


def test_unmerged_files_are_listed_once(repo: Repo) -> None:
    conflict(repo)
    assert Worktree(".").paths() == ["a", "b"]


def conflict(repo: Repo) -> None:
    repo.stage("a", "base\n")
    repo.git("commit", "-qm1")
    repo.git("checkout", "-qb", "side")
    repo.stage("a", "theirs\n")
    repo.git("commit", "-qm2")
    repo.git("checkout", "-q", "main")
    repo.stage("a", "ours\n")
    repo.stage("b", "B")
    repo.git("commit", "-qm3")
    assert subprocess.run(["git", "merge", "side"], capture_output=True).returncode == 1


def test_submodules_and_nested_repositories_are_left_out_and_named(repo: Repo, make: Callable[..., Repo]) -> None:
    other = make("other")
    other.stage("inner", "I")
    other.git("commit", "-qm1")
    repo.git("submodule", "add", "-q", str(other.root), "lib")
    make("repo/nested").write("x")
    tree = Worktree(".")
    assert tree.paths() == [".gitmodules"]
    assert sorted(tree.submodules) == ["lib", "nested"]
    assert Worktree("lib").paths() == ["inner"]
    # The file of a submodule can still be named.
    assert read(tree, select(["lib/inner"], tree).paths) == {"lib/inner": b"I"}


def test_plain_folder(tmp_path: Path) -> None:
    plain = tmp_path / "plain"
    for path in ("b", "a/c", "a-b", ".hidden", ".git/config", "deep/.git", ".gitignore"):
        (plain / path).parent.mkdir(parents=True, exist_ok=True)
        (plain / path).write_text("b\n")
    shutil.rmtree(plain / ".git")
    (plain / "loop").symlink_to(".")
    (plain / "link").symlink_to("b")
    os.mkfifo(plain / "pipe")
    tree = Worktree(str(plain))
    assert tree.git is None and tree.ignore("b") is None
    assert tree.paths() == [".gitignore", ".hidden", "a-b", "a/c", "b"]
    assert tree.faults == []
    (plain / "b").unlink()
    found = list(sources(tree, tree.paths()))
    assert [one for one in found if isinstance(one, Fault)] == [Fault("b", "cannot be read: no such file or directory")]


def test_a_very_deep_folder(tmp_path: Path) -> None:
    os.chdir(tmp_path)
    for _ in range(1500):
        os.mkdir("dddd")
        os.chdir("dddd")
    os.chdir(tmp_path)
    tree = Worktree(".")
    assert tree.paths() == []
    assert len(tree.faults) == 1 and "name too long" in tree.faults[0].message
    subprocess.run(["rm", "-rf", "dddd"], check=True)  # Python's own way recurses


def test_vanished_files(repo: Repo) -> None:
    repo.stage("tracked")
    repo.write("untracked")
    tree = Worktree(".")
    paths = tree.paths()
    (repo.root / "tracked").unlink()
    (repo.root / "untracked").unlink()
    assert list(sources(tree, paths)) == []
    assert faults(tree, *paths) == ["cannot be read: no such file or directory"] * 2


def test_links(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("S")
    repo.write("real/file", "F")
    for name, target in {
        "inside": "real/file", "folder": "real", "self": ".", "by-root": str(repo.root / "real" / "file"),
        "out": "../secret", "absolute": str(tmp_path / "secret"), "up": "..", "hop": "up/secret", "device": "/dev/zero",
        "loop": "loop", "ring": "gnir", "gnir": "ring", "dangling": "nowhere",
    }.items():  # fmt: skip
        (repo.root / name).symlink_to(target)
    tree = Worktree(".")
    assert tree.paths() == ["real/file"]
    assert [tree.read(path) for path in ("inside", "folder/file", "self/self/inside", "by-root", "real/file")] == [b"F"] * 5
    # The file comes under the name it was asked by.
    assert [one.path for one in sources(tree, ["folder/file"], {"folder/file"})] == ["folder/file"]
    assert faults(tree, "out", "absolute", "up/secret", "device", "hop") == ["cannot be read: a symbolic link that leads out of the tree is not followed"] * 5
    assert faults(tree, "loop", "ring") == ["cannot be read: too many levels of symbolic links"] * 2
    assert faults(tree, "dangling", "real/file/x") == ["cannot be read: no such file or directory", "cannot be read: not a directory"]
    # Nobody asked for them by name: a walk passes links over.
    assert list(sources(tree, ["inside", "out", "loop", "folder/file", "up/secret"])) == []
    repo.git("add", ".")
    assert Worktree(".").paths() == ["real/file"]


@pytest.mark.parametrize("path", ["../secret", "real/../../secret", "/etc/passwd", "", ".", "..", "real/..", "a\0b", "a\0/b", "real//file", "./real/file"])
def test_paths_that_are_none(repo: Repo, tmp_path: Path, path: str) -> None:
    (tmp_path / "secret").write_text("S")
    repo.write("real/file")
    with pytest.raises(OSError, match=r"not the name of a file|o such file"):
        Worktree(".").read(path)


def test_what_is_no_file(repo: Repo) -> None:
    os.mkfifo(repo.root / "pipe")
    repo.write("folder/x")
    server = socket.socket(socket.AF_UNIX)
    server.bind("socket")
    tree = Worktree(".")
    assert tree.paths() == ["folder/x"]
    pipe, folder, sock = faults(tree, "pipe", "folder", "socket")
    assert pipe == "cannot be read: it is a named pipe, not a file"
    assert folder == "cannot be read: it is a folder, not a file"
    assert sock.startswith("cannot be read: ")
    server.close()
    # A tracked file that has become a pipe is no everyday matter: a fault even in a walk.
    repo.stage("was-file")
    (repo.root / "was-file").unlink()
    os.mkfifo(repo.root / "was-file")
    assert list(sources(tree, ["was-file"])) == [Fault("was-file", "cannot be read: it is a named pipe, not a file")]


def test_sizes(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE", 1 << 20)
    edge = module.AT_ONCE
    contents = {f"f{size}": os.urandom(size) for size in (0, 1, edge - 1, edge, edge + 1, 1 << 20)}
    for path, data in contents.items():
        repo.write(path, data)
    tree = Worktree(".")
    assert {path: tree.read(path) for path in tree.paths()} == contents
    repo.write("large", bytes((1 << 20) + 1))
    assert list(sources(tree, ["large"])) == [Fault("large", "cannot be read: it is larger than 1 MiB")]


def test_a_short_read_is_not_the_end(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write("a", b"0123456789" * 99)
    read = os.read
    monkeypatch.setattr(os, "read", lambda descriptor, size: read(descriptor, min(size, 7)))
    tree = Worktree(".", git=None)
    assert tree._reader.read(b"a") == b"0123456789" * 99


def test_unknown_size_is_bounded_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_FILE", 1 << 20)
    descriptor = os.open("/dev/zero", os.O_RDONLY)
    with pytest.raises(OSError, match="larger than 1 MiB"):
        module._all(descriptor, 0x10000)
    os.close(descriptor)


def test_unreadable(make: Callable[..., Repo], open_folder: Path, as_nobody: Callable[[Callable[[], str]], str]) -> None:
    root = open_folder / "r"
    root.mkdir()
    repo = Repo(root)
    repo.git("init", "-q")
    repo.write("shut", "S")
    repo.write("closed/x", "X")
    repo.write("open", "O")
    repo.write("enter/known", "K")
    repo.git("add", "enter")
    shutil.copytree(root, open_folder / "plain", ignore=shutil.ignore_patterns(".git"))
    for base in (root, open_folder / "plain"):
        (base / "shut").chmod(0)
        (base / "closed").chmod(0)
        (base / "enter").chmod(0o111)
    if os.geteuid() == 0:
        for folder, names, files in os.walk(open_folder):
            for name in [".", *names, *files]:
                os.chown(os.path.join(folder, name), 65534, 65534)

    def look() -> str:
        lines = []
        os.environ["HOME"] = "/nonexistent"
        for base in (root, open_folder / "plain"):
            tree = Worktree(str(base))
            chosen = select([str(base)], tree)
            lines += [f"{base.name} {one.path}: {one.message}" for one in chosen.faults]
            for one in sources(tree, chosen.paths, chosen.named):
                lines.append(f"{base.name} {one.path}: {one.message if isinstance(one, Fault) else one.data.decode()}")
        return "\n".join(lines)

    said = as_nobody(look).splitlines()
    for base in (root, open_folder / "plain"):
        (base / "closed").chmod(0o700)
        (base / "enter").chmod(0o700)
    assert "r open: O" in said and "plain open: O" in said
    assert "r shut: cannot be read: permission denied" in said and "plain shut: cannot be read: permission denied" in said
    assert "r closed: cannot be opened: permission denied" in said and "plain closed: cannot be listed: permission denied" in said
    assert "plain enter: cannot be listed: permission denied" in said
    assert "r enter/known: K" in said  # git knows the name, and the folder may be passed through


def test_select(repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.write(".gitignore", "*.log\n")
    for path in ("a", "sub/b", "sub/deep/c", "sub-1/d", "sub0", "sub.log", "-x/e"):
        repo.write(path)
    (repo.root / "link").symlink_to("sub")
    (repo.root / "out").symlink_to(tmp_path)
    tree = Worktree(".")
    everything = tree.paths()
    assert select([], tree) == select(["."], tree) == select([str(repo.root) + "/"], tree) == (everything, frozenset(), ())
    below = ["sub/b", "sub/deep/c"]
    assert select(["sub"], tree).paths == select(["sub/"], tree).paths == select(["./sub/../sub"], tree).paths == below
    assert select(["link"], tree).paths == below
    assert select(["-x", "sub/deep", "a"], tree) == (["-x/e", "a", "sub/deep/c"], frozenset({"a"}), ())
    assert select(["sub.log"], tree) == (["sub.log"], frozenset({"sub.log"}), ())
    assert select(["sub", "sub/b", "missing"], tree) == (["missing", *below], frozenset({"sub/b", "missing"}), ())
    assert faults(tree, *select(["out", "out/x"], tree).paths) == ["cannot be read: a symbolic link that leads out of the tree is not followed"] * 2
    monkeypatch.chdir("sub")
    assert select(["b", "../a"], tree).paths == ["a", "sub/b"]
    assert select(["."], tree).paths == below
    assert select([], tree).paths == everything


def test_select_through_links_from_outside(repo: Repo, tmp_path: Path) -> None:
    repo.write("sub/b")
    (tmp_path / "way").symlink_to(repo.root)
    (tmp_path / "short").symlink_to(repo.root / "sub")
    tree = Worktree(".")
    for argument in ("way", "way/sub", "short", "way/sub/b", "short/b"):
        assert select([str(tmp_path / argument)], tree).paths == ["sub/b"]
    for argument in (str(tmp_path), "..", "/", "../repo-not", "/etc/passwd"):
        with pytest.raises(UsageError, match="lies outside"):
            select([argument], tree)


def test_outside_is_told_printably(repo: Repo) -> None:
    with pytest.raises(UsageError) as caught:
        relative("../a\n\udcff", str(repo.root))
    assert "../a\\n\\xff lies outside" in str(caught.value)


def test_ignore(repo: Repo) -> None:
    repo.write(".gitignore", "*.env\n!good.env\n")
    repo.stage("tracked.env")
    tree = Worktree(".")
    assert tree.ignore("new.env") == (True, False, "*.env", ".gitignore", 1)
    assert tree.ignore("tracked.env") == (True, True, "*.env", ".gitignore", 1)
    assert tree.ignore("good.env") == (False, False, "!good.env", ".gitignore", 2)


def test_git_failing_is_an_error(repo: Repo) -> None:
    tree = Worktree(".")
    (repo.root / ".git" / "index").write_bytes(b"no index")
    with pytest.raises(AgentkeyError, match="cannot list"):
        tree.paths()


def test_a_reader_keeps_few_folders_open_and_reads_in_any_order(tmp_path: Path) -> None:
    from agentkey_lint.discover.beneath import Reader

    deep = "/".join(["d"] * 60)
    names = ["top", "a/one", "a/b/two", "a/c/three", "ab/b/four", f"{deep}/five", f"{deep}/d/six", f"{deep}/e/seven"]
    for name in names:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(name)
    (tmp_path / "a" / "link").symlink_to("b")
    before = len(os.listdir("/proc/self/fd")) if os.path.isdir("/proc/self/fd") else 0
    reader = Reader(os.fsencode(tmp_path))
    for name in [*names, *reversed(names), *names[::2], *names[1::2]]:
        assert reader.read(name.encode()) == name.encode()
        for wrong in (b"a/link/two", b"a/none/x", b"a/../top"):
            with pytest.raises(OSError):
                reader.read(wrong)
    assert not before or len(os.listdir("/proc/self/fd")) <= before + 40
    del reader
    assert not before or len(os.listdir("/proc/self/fd")) <= before
