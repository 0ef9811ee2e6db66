import hashlib
import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from discover_repo import Repo

from agentkey_lint.discover import git as git_module
from agentkey_lint.discover.decode import sources
from agentkey_lint.discover.git import Process, cat_file, find, run
from agentkey_lint.discover.staged import Index
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.source import Fault


def fake_git(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    folder.mkdir(exist_ok=True)
    (folder / "git").write_text("#!/bin/sh\n" + script)
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


def test_find(repo: Repo, tmp_path: Path) -> None:
    (repo.root / "sub").mkdir()
    for place in (str(repo.root), str(repo.root / "sub"), "."):
        found = find(place)
        assert found is not None
        assert (found.root, found.directory, found.common) == (str(repo.root), str(repo.root / ".git"), str(repo.root / ".git"))
    assert find(str(tmp_path)) is None
    assert find(str(repo.root / ".git")) is None


@pytest.mark.parametrize("name", ["two\nlines\n", "it's \"quoted\" ", "-C", "\udcff\udcfe", "ünï\r"])
def test_find_with_odd_names(make: Callable[..., Repo], name: str) -> None:
    repo = make(name)
    repo.stage("a", "A")
    found = find(str(repo.root))
    assert found is not None and found.root == str(repo.root)
    assert found.common == found.directory == str(repo.root / ".git")
    assert Index(found.root, found).read("a") == b"A"
    assert Worktree(found.root, found).read("a") == b"A"


def test_linked_work_tree(repo: Repo, tmp_path: Path) -> None:
    repo.stage("a", "A")
    repo.git("commit", "-qm1")
    repo.git("worktree", "add", "-q", str(tmp_path / "linked"))
    found = find(str(tmp_path / "linked"))
    assert found is not None
    assert found.root == str(tmp_path / "linked")
    assert found.common == str(repo.root / ".git")
    Repo(tmp_path / "linked").stage("b", "B")
    assert Index(found.root).paths() == ["a", "b"]
    assert Index(found.root).changed() == ["b"]
    assert Index(str(repo.root)).paths() == ["a"]


def test_no_git_program(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    repo.stage("a")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find(".") is None
    assert Worktree(".").paths() == ["a"]
    with pytest.raises(AgentkeyError, match="git is not installed"):
        Index(".")


def test_a_program_of_the_repository_is_never_run(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_git(repo.root, f"touch {tmp_path}/marker\n", monkeypatch)
    monkeypatch.setenv("PATH", ".::")
    assert find(".") is None
    assert not (tmp_path / "marker").exists()


def test_broken_repositories_are_errors(tmp_path: Path) -> None:
    for name, content in (("garbage", "hello\n"), ("nowhere", "gitdir: /nonexistent/place\n")):
        (tmp_path / name).mkdir()
        (tmp_path / name / ".git").write_text(content)
        with pytest.raises(AgentkeyError, match="git"):
            find(str(tmp_path / name))
    (tmp_path / "headless" / ".git" / "objects").mkdir(parents=True)
    (tmp_path / "headless" / "sub").mkdir()
    with pytest.raises(AgentkeyError, match=r"headless/\.git is there, but"):
        find(str(tmp_path / "headless" / "sub"))
    (tmp_path / "dangling").mkdir()
    (tmp_path / "dangling" / ".git").symlink_to("nowhere")
    with pytest.raises(AgentkeyError):
        find(str(tmp_path / "dangling"))
    (tmp_path / "empty" / ".git").mkdir(parents=True)
    assert find(str(tmp_path / "empty")) is None


def test_broken_settings_show_no_value(repo: Repo) -> None:
    (repo.root / ".git" / "config").write_text('[core]\n\trepositoryformatversion = "hunter-two"\n')
    with pytest.raises(AgentkeyError) as caught:
        find(".")
    assert "configuration" in str(caught.value)
    assert "hunter" not in str(caught.value)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a folder away")
def test_somebody_elses_repository(repo: Repo) -> None:
    for place in (repo.root, repo.root / ".git"):
        os.chown(place, 4321, 4321)
    with pytest.raises(AgentkeyError, match="belongs to another user"):
        find(".")


def test_refusal_of_ownership_is_told(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    fake_git(tmp_path / "bin", "echo \"fatal: detected dubious ownership in repository at 'x'\" >&2; exit 128\n", monkeypatch)
    with pytest.raises(AgentkeyError, match=r"safe\.directory"):
        find(".")


def test_failure_is_told_without_control_characters(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = find(".")
    assert found is not None
    fake_git(tmp_path / "bin", "printf 'fatal: a \\033[31m thing' >&2; exit 128\n", monkeypatch)
    with pytest.raises(AgentkeyError) as caught:
        run(found, "ls-files")
    assert "\\x1b[31m thing" in str(caught.value) and str(caught.value).isprintable()


def test_a_program_that_cannot_start_leaves_no_descriptors(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = find(".")
    assert found is not None
    monkeypatch.setenv("PATH", str(tmp_path))
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        with pytest.raises(AgentkeyError, match="could not be started"):
            run(found, "ls-files")
        with pytest.raises(AgentkeyError, match="could not be started"):
            next(cat_file(found, ["0" * 40]))
    assert len(os.listdir("/dev/fd")) == before


def test_environment(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = find(".")
    assert found is not None
    fake_git(tmp_path / "bin", "env\n", monkeypatch)
    for name in ("GIT_EXTERNAL_DIFF", "GIT_SSH_COMMAND", "GIT_CONFIG_COUNT", "GIT_TRACE", "GIT_EXEC_PATH", "GIT_LITERAL_PATHSPECS"):
        monkeypatch.setenv(name, "1")
    lines = run(found, "x").decode().splitlines()
    assert sorted(line for line in lines if line.startswith(("GIT_", "LC_ALL"))) == [
        "GIT_ALLOW_PROTOCOL=",
        "GIT_NO_LAZY_FETCH=1",
        "GIT_NO_REPLACE_OBJECTS=1",
        "GIT_OPTIONAL_LOCKS=0",
        "GIT_TERMINAL_PROMPT=0",
        "LC_ALL=C",
    ]
    assert f"HOME={os.environ['HOME']}" in lines


def test_variables_speak_of_the_current_repository_only(repo: Repo, make: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> None:
    other, inner = make("other"), make("repo/inner")
    for one, name in ((repo, "outer"), (other, "other"), (inner, "inner")):
        one.stage(name)
    (repo.root / "sub").mkdir()
    repo.stage("secret-of-commit", "S")
    repo.git("add", "secret-of-commit", GIT_INDEX_FILE=str(repo.root / ".git" / "second"))
    monkeypatch.setenv("GIT_DIR", ".git")
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/second")
    for place in (".", "sub", str(repo.root / "sub")):
        index = Index(place)
        assert index.root == str(repo.root)
        assert index.paths() == ["secret-of-commit"]
        assert index.ignore("x.log") == (False, False, "", "", 0)
    assert Index(str(other.root)).paths() == ["other"]
    assert Index("inner").paths() == ["inner"]


def test_variables_are_relative_to_the_current_folder(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage("sub/a", "A")
    (repo.root / ".git").rename(repo.root / "elsewhere")
    monkeypatch.chdir("sub")
    monkeypatch.setenv("GIT_DIR", "../elsewhere")
    monkeypatch.setenv("GIT_WORK_TREE", "..")
    for place in (".", "..", str(repo.root)):
        index = Index(place)
        assert index.root == str(repo.root)
        assert index.read("sub/a") == b"A"
        assert index.ignore("x") == (False, False, "", "", 0)


def test_hostile_settings_run_nothing(repo: Repo, tmp_path: Path) -> None:
    marker = tmp_path / "marker"
    touch = f"touch {marker}"
    repo.stage("a.txt", "A")
    repo.git("commit", "-qm1")
    repo.stage("a.txt", "AA")
    repo.stage("gone.txt", "soon gone")
    repo.write(".gitattributes", "* filter=evil diff=evil merge=evil\n")
    repo.write("untracked.txt")
    lost = repo.git("rev-parse", ":gone.txt").decode().strip()
    (repo.root / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    hooks = tmp_path / "hooks"
    hooks.mkdir()
    for hook in ("post-index-change", "reference-transaction", "fsmonitor-watchman", "pre-commit", "post-checkout"):
        (hooks / hook).write_text(f"#!/bin/sh\n{touch}\n")
        (hooks / hook).chmod(0o755)
    with (repo.root / ".git" / "config").open("a") as config:
        config.write(f"""
[core]
    fsmonitor = "{touch};:"
    hooksPath = {hooks}
    sshCommand = {touch};
    pager = {touch}
    askPass = {touch}
    editor = {touch}
    gitProxy = {touch}
    alternateRefsCommand = {touch}
    repositoryFormatVersion = 1
[pager]
    ls-files = {touch}
    diff = {touch}
[alias]
    ls-files = "!{touch}"
    cat-file = "!{touch}"
    check-ignore = "!{touch}"
    rev-parse = "!{touch}"
[diff]
    external = {touch}
[diff "evil"]
    command = {touch}
    textconv = {touch};
[filter "evil"]
    clean = {touch};
    smudge = {touch};
    process = {touch}
[credential]
    helper = "!{touch}"
[extensions]
    partialClone = origin
[protocol]
    allow = always
[protocol "ext"]
    allow = always
[remote "origin"]
    url = "ext::sh -c {touch.replace(" ", "% ")}"
    uploadpack = {touch};
    promisor = true
    partialclonefilter = blob:none
""")
    index, tree = Index("."), Worktree(".")
    assert index.paths() == ["a.txt", "gone.txt"]
    assert index.changed() == ["a.txt", "gone.txt"]
    found = {source.path: source for source in sources(index, index.paths())}
    assert found["a.txt"] == ("a.txt", b"AA", "utf-8")
    assert isinstance(found["gone.txt"], Fault) and "missing" in found["gone.txt"].message
    assert tree.paths() == [".gitattributes", "a.txt", "gone.txt", "untracked.txt"]
    assert len(list(sources(tree, tree.paths()))) == 4
    for snapshot in (index, tree):
        assert snapshot.ignore("a.txt") == (False, True, "", "", 0)
    assert not marker.exists()
    # The traps are real: git as it is steps into one.
    subprocess.run(["git", "status"], capture_output=True)
    assert marker.exists()


def test_replaced_objects_do_not_hide_content(repo: Repo) -> None:
    repo.stage("a", "real")
    repo.stage("b", "shown")
    repo.git("replace", repo.git("rev-parse", ":a").strip(), repo.git("rev-parse", ":b").strip())
    assert Index(".").read("a") == b"real"


def test_cat_file(repo: Repo) -> None:
    found = find(".")
    assert found is not None
    contents = [b"", b"\n", b"a\nb", bytes(range(256)) * 999, b"x" * 300_000] + [b"%d" % number for number in range(200)]
    for number, content in enumerate(contents):
        repo.write(f"f{number}", content)
    repo.git("add", ".")
    names = [repo.git("rev-parse", f":f{number}").decode().strip() for number in range(5)]
    listing = repo.git("ls-files", "-s", "-z").decode().split("\0")[:-1]
    by_path = {record.partition("\t")[2]: record[7:47] for record in listing}
    assert list(cat_file(found, [by_path[f"f{number}"] for number in range(len(contents))])) == contents
    # Trouble with one is a value, and the next ones still come.
    repo.write("random", os.urandom(20_000))
    random = repo.git("hash-object", "-w", "random").decode().strip()
    tree = repo.git("write-tree").decode().strip()
    damaged = repo.root / ".git" / "objects" / names[1][:2] / names[1][2:]
    damaged.chmod(0o644)
    damaged.write_bytes(b"no zlib here")
    cut = repo.root / ".git" / "objects" / random[:2] / random[2:]
    cut.chmod(0o644)
    cut.write_bytes(cut.read_bytes()[:-5000])
    asked = ["0" * 40, names[2], tree, names[1], random, names[0], names[4], names[3], "f" * 40, names[2]]
    got = list(cat_file(found, asked, limit=1 << 18))
    says = ["missing", contents[2], "not a file's content", "damaged", "damaged", b"", "larger", contents[3], "missing", contents[2]]
    for answer, expected in zip(got, says, strict=True):
        assert answer == expected if isinstance(expected, bytes) else isinstance(answer, Fault) and expected in answer.message


def test_reading_stops_early_without_leftovers(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    repo.stage("a", "A" * 100_000)
    found = find(".")
    assert found is not None
    name = repo.git("rev-parse", ":a").decode().strip()
    started: list[int] = []
    spawn = git_module._spawn
    monkeypatch.setattr(git_module, "_spawn", lambda *a, **k: started.append(spawn(*a, **k)) or started[-1])
    before = len(os.listdir("/dev/fd"))
    for _ in range(3):
        blobs = cat_file(found, [name] * 500)
        next(blobs)
        blobs.close()  # type: ignore[attr-defined]
    assert len(os.listdir("/dev/fd")) == before
    for pid in started:
        with pytest.raises(ChildProcessError):
            os.waitpid(pid, os.WNOHANG)
    assert len(started) == 3


def test_many_complaints_do_not_block(repo: Repo, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    found = find(".")
    assert found is not None
    fake_git(tmp_path / "bin", "head -c 3000000 /dev/zero >&2; head -c 3000000 /dev/zero\n", monkeypatch)
    assert len(run(found, "x")) == 3_000_000


def test_input_is_handed_over_while_output_is_read(repo: Repo) -> None:
    git = find(str(repo.root))
    lines = b"".join(b"%s\n" % hashlib.sha1(b"%d" % number).hexdigest().encode() for number in range(20_000))
    answer = Process(git, ("cat-file", "--batch-check"), given=lines).finish()  # which answers each line as it comes: both pipes are full meanwhile
    assert (answer.status, answer.output) == (0, lines.replace(b"\n", b" missing\n"))


def test_input_that_nobody_reads_is_left(repo: Repo) -> None:
    before = len(os.listdir("/dev/fd"))
    answer = Process(find(str(repo.root)), ("rev-parse", "--is-bare-repository"), given=b"x" * (1 << 20)).finish()
    assert (answer.status, answer.output) == (0, b"false\n")
    assert len(os.listdir("/dev/fd")) == before


def test_a_silent_git_is_given_up(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    # git opens every `.gitignore` that it meets, and a named pipe without a writer never opens.
    repo.stage("sub/a")
    os.mkfifo(repo.root / "sub" / ".gitignore")
    monkeypatch.setattr(git_module, "PATIENCE", 0.3)
    tree = Worktree(".")
    start = time.monotonic()
    with pytest.raises(AgentkeyError, match="no answer"):
        tree.paths()
    assert time.monotonic() - start < 30


def test_sha256(tmp_path: Path) -> None:
    (tmp_path / "r").mkdir()
    repo = Repo(tmp_path / "r")
    repo.git("init", "-q", "--object-format=sha256")
    for number in range(120):
        repo.write(f"f{number:03}", str(number))
    repo.git("add", ".")
    index = Index(str(repo.root))
    assert [source.data for source in sources(index, index.paths())] == [b"%d" % number for number in range(120)]
