"""Thousands of generated trees: what is ignored, by which pattern, and what is tracked all the same, is what git says."""

import os
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random

import pytest
from discover_repo import Repo
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from agentkey_lint.discover import git as module
from agentkey_lint.discover.staged import Index
from agentkey_lint.discover.worktree import Worktree

TREES = 100
"""So many trees lie beside each other in one repository, each with ignore files of its own: a process of git costs more than a tree."""
NAMES = ("a", "b", "A", "build", "Build", ".env", "x.env", "X.ENV", "id_rsa", "foo bar", "tail ", "é", "a.log", "!x", "#x", "-x", "b[1]", "back\\slash", "*")
HEADS = ("", "", "", "!", "!", "/", "**/", "!/", "!**/", "\\", "#", " ", "a/", "b/**/", "/a/b/")
BODIES = (
    "a", "b", "*", "*.env", "**", "build", "x.???", "[a-b]", "[!a]", "[^b]*", "[[:upper:]]*", ".env", ".e*", "foo\\ bar", "foo bar", "tail\\ ", "tail ", "é",
    "a/b", "a/**/b", "a/*", "**/b/**", "[", "[a", "", "*.log", "\\!x", "\\#x", "!x", "#x", "b\\[1\\]", "back\\\\slash", "\\*", "id_*", "a\\", "?", "BUILD",
)  # fmt: skip
TAILS = ("", "", "", "", "/", "/*", "/**", " ", "  ", "\\ ", "\t", "\r")


def patterns(random: Random) -> str:
    lines = ["".join(map(random.choice, (HEADS, BODIES, TAILS))) for _ in range(random.randint(0, 6))]
    return ("\ufeff" if random.random() < 0.05 else "") + random.choice(("\n", "\n", "\r\n")).join(lines) + random.choice(("\n", ""))


def grow(random: Random, repo: Repo) -> list[str]:
    """A forest with ignore files, some of its files tracked. Returns all its files but the ignore files."""
    for tree in range(TREES):
        for _ in range(random.randint(1, 4)):
            place(repo.root, [f"t{tree}", *random.choices(NAMES, k=random.randint(1, 4))], "x\n")
    folders = [Path(folder) for folder, _, _ in os.walk(repo.root) if ".git" not in Path(folder).parts]
    for folder in folders:
        if random.random() < 0.4:
            (folder / ".gitignore").write_text(patterns(random), newline="")
    (repo.root / ".git" / "info").mkdir(exist_ok=True)
    (repo.root / ".git" / "info" / "exclude").write_text(patterns(random), newline="")
    (repo.root.parent / "excludes").write_text(patterns(random), newline="")
    repo.git("config", "core.excludesFile", str(repo.root.parent / "excludes"))
    repo.git("config", "core.ignorecase", random.choice(("true", "false")))
    found = [str(path.relative_to(repo.root)) for folder in folders for path in folder.iterdir() if path.is_file()]
    files = sorted(path for path in found if not path.endswith(".gitignore"))
    tracked = [path for path in found if path.endswith(".gitignore")] + random.sample(files, len(files) // 2)
    subprocess.run(["git", "update-index", "--add", "-z", "--stdin"], cwd=repo.root, input="\0".join(tracked).encode(), check=True)
    return files


def place(root: Path, steps: list[str], text: str) -> None:
    """A file, unless something else has its place."""
    path = root.joinpath(*steps)
    if not path.exists() and not any(parent.is_file() for parent in path.parents):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)


def listed(repo: Repo, *options: str) -> set[str]:
    return {path for path in os.fsdecode(repo.git("ls-files", "-z", "--exclude-standard", *options)).split("\0") if path}


def said(repo: Repo, paths: list[str]) -> dict[str, tuple[str, str, int]]:
    """What `git check-ignore` says: pattern, source and line of each path."""
    asked = "".join(f"./{path}\0" for path in paths).encode()
    done = subprocess.run(["git", "check-ignore", "-z", "-v", "-n", "--no-index", "--stdin"], cwd=repo.root, input=asked, capture_output=True)
    assert done.returncode < 2, done.stderr
    fields = os.fsdecode(done.stdout).split("\0")
    return {fields[at + 3].removeprefix("./"): (fields[at + 2], fields[at], int(fields[at + 1] or 0)) for at in range(0, len(fields) - 1, 4)}


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """The processes of git that were started meanwhile."""
    calls: list[object] = []
    spawn = module._spawn

    def counted(*arguments: object, **named: object) -> int:
        calls.append(arguments[1])
        return spawn(*arguments, **named)  # type: ignore[arg-type]

    monkeypatch.setattr(module, "_spawn", counted)
    yield calls


def test_ignore_files_that_a_sparse_work_tree_leaves_out(repo: Repo) -> None:
    repo.stage("a/.gitignore", "*.env\n")
    repo.stage("a/b/.gitignore", "!kept.env\n")
    for path in ("a/b/x.env", "a/b/t.txt", "c/z"):
        repo.stage(path)
    repo.git("commit", "-qm1")
    repo.git("sparse-checkout", "set", "--no-cone", "/a/b/*", "/c/")
    assert not (repo.root / "a" / ".gitignore").exists() and (repo.root / "a" / "b" / ".gitignore").exists()
    for path in ("a/b/new.env", "a/b/kept.env", "a/b/.gitignore", "c/y.env"):
        repo.write(path, "!kept.env\n*.z\n" if path.endswith(".gitignore") else "x\n")  # what lies on the disk goes before the index
    repo.write("a/b/new.z")
    tree = Worktree(".")
    assert tree.ignore("a/b/new.env") == (True, False, "*.env", "a/.gitignore", 1)
    assert tree.ignore("a/b/kept.env") == (False, False, "!kept.env", "a/b/.gitignore", 1)
    assert tree.ignore("a/b/new.z") == (True, False, "*.z", "a/b/.gitignore", 2)
    assert tree.ignore("c/y.env") == (False, False, "", "", 0)
    found = {path for path in ("a/b/x.env", "a/b/t.txt", "c/z") if (answer := tree.ignore(path)) is not None and answer.ignored and answer.tracked}
    assert found == listed(repo, "-c", "-i") == {"a/b/x.env"}
    assert tree.ignored() == sorted(listed(repo, "-o", "-i")) == ["a/b/new.env", "a/b/new.z"]


def test_a_submodule_has_rules_of_its_own(make: Callable[..., Repo]) -> None:
    inner, outer = make("inner"), make("outer")
    inner.stage(".gitignore", "*.in\n")
    inner.git("commit", "-qm1")
    outer.stage(".gitignore", "*.out\n")
    outer.git("submodule", "--quiet", "add", str(inner.root), "sub")
    (outer.root / ".git" / "modules" / "sub" / "info").mkdir(exist_ok=True)
    (outer.root / ".git" / "modules" / "sub" / "info" / "exclude").write_text("*.own\n")
    repo = Repo(outer.root / "sub")
    for path in ("x.in", "x.out", "x.own"):
        repo.write(path)
    tree = Worktree(str(repo.root))
    answers = {path: tree.ignore(path) for path in ("x.in", "x.out", "x.own")}
    assert {path for path, found in answers.items() if found is not None and found.ignored} == listed(repo, "-o", "-i") == {"x.in", "x.own"}
    assert {path for path, found in answers.items() if found is not None and found.shared} == {"x.in"}
    assert Worktree(str(outer.root)).ignored() == []


@settings(max_examples=20, deadline=None, phases=[Phase.explicit, Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 1 << 40))
def test_forests(started: list[object], seed: int) -> None:
    random = Random(seed)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder) / "repo"
        root.mkdir()
        repo = Repo(root)
        repo.git("init", "-q", "--template=")
        files = grow(random, repo)
        absent = [path + random.choice((".new", "/.env", "x")) for path in files[::5]]
        absent = [path for path in absent if not any((root / parent).is_file() for parent in Path(path).parents)]
        expected = said(repo, [*files, *absent])
        names = Counter(path.lower() for path in files)
        twins = {path for path in files if names[path.lower()] > 1}  # with core.ignorecase git takes one for the other when it lists files
        for snapshot in (Worktree(str(root)), Index(str(root))):
            answers = {path: snapshot.ignore(path) for path in [*files, *absent]}
            for path, (pattern, source, line) in expected.items():
                found = answers[path]
                assert found is not None and (found.pattern, found.source, found.line) == (pattern, source, line), path
                assert found.shared == (bool(pattern) and source.endswith(".gitignore"))
                assert found.negated == pattern.startswith("!")
            ignored = {path for path in files if (found := answers[path]) is not None and found.ignored}
            tracked = {path for path in files if (found := answers[path]) is not None and found.tracked}
            assert ignored & tracked == {path for path in listed(repo, "-c", "-i") if not path.endswith(".gitignore")}
            assert ignored - tracked - twins == listed(repo, "-o", "-i") - twins
        tree = Worktree(str(root))
        assert set(tree.ignored()) <= ignored - tracked
        assert {path for path in listed(repo, "-o", "-i", "--directory") if not path.endswith("/")} == set(tree.ignored())
        started.clear()
        tree = Worktree(str(root), tree.git)
        for path in files:
            tree.ignore(path)
        assert len([call for call in started if "check-ignore" in call]) == 1, "one process for a whole repository"  # type: ignore[operator]
        shutil.rmtree(root)
