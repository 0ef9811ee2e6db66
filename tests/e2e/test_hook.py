"""The hook under the real pre-commit: what a commit is stopped by, and which bytes are read."""

import fcntl
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import jsonschema
import pytest
import yaml

from agentkey_lint import __version__
from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA")
LEAK = f'client = Anthropic(api_key="{KEY}")\n'
CLEAN = 'client = Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])\n'
READ = re.compile(r"files handed over by the hook: (\d+) files? read")


class Repo:
    """A repository whose hook is the linter."""

    def __init__(self, root: Path, config: str) -> None:
        self.root = root
        root.mkdir()
        self.git("init", "-q")
        self.write(".pre-commit-config.yaml", config)
        self.git("add", "-A")
        self.git("commit", "-q", "-m", "first")

    def git(self, *arguments: str | bytes, check: bool = True, cwd: Path | None = None) -> str:
        done = subprocess.run(["git", *arguments], cwd=cwd or self.root, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        said = done.stdout.decode("utf-8", "backslashreplace")
        assert not check or done.returncode == 0, said
        return said

    def write(self, path: str, text: str) -> None:
        full = self.root / path
        full.parent.mkdir(parents=True, exist_ok=True)
        full.write_text(text)

    def stage(self, path: str, text: str) -> None:
        self.write(path, text)
        self.git("--literal-pathspecs", "add", "--", path)

    def run(self, *arguments: str) -> tuple[int, str]:
        """`pre-commit run`: its exit status and all it says."""
        return pre_commit(self.root, "run", "--verbose", *arguments)

    def head(self) -> str:
        return self.git("rev-parse", "HEAD")


def pre_commit(folder: Path, *arguments: str) -> tuple[int, str]:
    done = subprocess.run([sys.executable, "-m", "pre_commit", *arguments], cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return done.returncode, done.stdout.decode("utf-8", "backslashreplace")


def read(said: str) -> list[int]:
    """How many files each call of the hook says it read."""
    return [int(number) for number in READ.findall(said)]


def reported(said: str) -> set[str]:
    return set(re.findall(r"^(.+):\d+:\d+  \w+  [a-z-]+$", said, re.MULTILINE))


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of one run of pytest have in common."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="module")
def release(shared: Path, copy_checkout: Callable[[Path], Path]) -> Path:
    """This checkout as a repository that pre-commit can install from, made by whoever comes first."""
    folder = shared / "release"
    with open(shared / "release.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "released").exists():
            copy_checkout(folder)
            for command in (("init", "-q"), ("add", "-A", "-f"), ("commit", "-q", "-m", "release")):
                subprocess.run(["git", *command], cwd=folder, check=True)
            (shared / "released").touch()
    return folder


@pytest.fixture(scope="module", autouse=True)
def store(shared: Path) -> Iterator[Path]:
    """Where pre-commit keeps the one environment of all these tests; it sees to it that only one process builds it."""
    folder = shared / "store"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PRE_COMMIT_HOME", str(folder))
        patch.setenv("PRE_COMMIT_COLOR", "never")
        yield folder


@pytest.fixture
def new(tmp_path: Path, release: Path) -> Callable[..., Repo]:
    def new(name: str = "repo", settings: str = "") -> Repo:
        revision = subprocess.run(["git", "rev-parse", "HEAD"], cwd=release, check=True, capture_output=True, text=True).stdout.strip()
        return Repo(tmp_path / name, f"repos:\n- repo: {release}\n  rev: {revision}\n  hooks:\n  - id: agentkey-lint\n{settings}")

    return new


@pytest.fixture
def repo(new: Callable[..., Repo]) -> Repo:
    return new()


@pytest.fixture
def hooked(repo: Repo) -> Repo:
    """A repository in which `git commit` runs the hook."""
    status, said = pre_commit(repo.root, "install")
    assert status == 0, said
    return repo


def test_the_hook_is_described_as_pre_commit_wants_it() -> None:
    status, said = pre_commit(ROOT, "validate-manifest", ".pre-commit-hooks.yaml")
    assert status == 0, said
    (hook,) = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text())
    assert hook["id"] == "agentkey-lint" and hook["pass_filenames"] is True and hook["require_serial"] is True
    schema = ROOT.parent / "shared" / "schemas" / "pre-commit-hooks.json"
    if schema.exists():  # beside the checkout on the project's own machines only
        jsonschema.validate([hook], json.loads(schema.read_text()))


def test_try_repo(release: Path, repo: Repo) -> None:
    repo.stage("leak.py", LEAK)
    status, said = pre_commit(repo.root, "try-repo", str(release), "agentkey-lint", "--verbose", "--all-files")
    assert status == 1, said
    assert reported(said) == {"leak.py"} and read(said) == [2]
    assert KEY not in said


def test_pip_gives_the_command_and_the_module(repo: Repo, store: Path) -> None:
    assert repo.run("--all-files")[0] == 0
    (command,) = store.glob("*/py_env-*/bin/agentkey-lint")
    for line in ([command, "--version"], [command.parent / "python", "-m", "agentkey_lint", "--version"]):
        assert subprocess.run(line, cwd=repo.root, capture_output=True, text=True, check=True).stdout == f"agentkey-lint {__version__}\n"
    schema = subprocess.run([command, "schema"], cwd=repo.root, capture_output=True, text=True, check=True).stdout
    assert json.loads(schema)["title"] == "agentkeys", "the data files of the package are installed with it"


def test_all_files_reads_every_tracked_file_whatever_its_name(repo: Repo) -> None:
    for name in ("leak.py", "Dockerfile", "no-ending", ".env.production", "data.unknown-ending"):
        repo.stage(name, f"ANTHROPIC_API_KEY={KEY}\n")
    status, said = repo.run("--all-files")
    assert status == 1
    assert reported(said) == {"leak.py", "Dockerfile", "no-ending", ".env.production", "data.unknown-ending"}
    assert read(said) == [6]


def test_without_options_the_staged_files_are_read(repo: Repo) -> None:
    repo.stage("leak.py", LEAK)
    repo.write("unstaged.py", LEAK)
    status, said = repo.run()
    assert (status, reported(said), read(said)) == (1, {"leak.py"}, [1])


def test_files_reads_the_index_even_where_the_work_tree_differs(repo: Repo) -> None:
    repo.stage("leak-in-index.py", LEAK)
    repo.stage("leak-in-tree.py", CLEAN)
    repo.write("leak-in-index.py", CLEAN)
    repo.write("leak-in-tree.py", LEAK)
    status, said = repo.run("--files", "leak-in-index.py", "leak-in-tree.py")
    assert (status, reported(said), read(said)) == (1, {"leak-in-index.py"}, [2])
    assert repo.run("--files", "leak-in-tree.py")[0] == 0


def test_files_that_are_not_in_the_index_are_read_in_the_work_tree(repo: Repo) -> None:
    repo.write("untracked.py", LEAK)
    status, said = repo.run("--files", "untracked.py")
    assert (status, reported(said), read(said)) == (1, {"untracked.py"}, [1])


def test_a_call_without_files_says_so(new: Callable[..., Repo]) -> None:
    repo = new(settings="    always_run: true\n")
    status, said = repo.run()
    assert (status, read(said)) == (0, [0])


def test_own_arguments(new: Callable[..., Repo]) -> None:
    repo = new(settings="    args: [--min-severity, critical, --]\n")
    repo.stage("leak.py", LEAK)
    status, said = repo.run()
    assert (status, read(said)) == (0, [1])
    assert "below-threshold" in said


def test_commit_takes_the_staged_bytes(hooked: Repo) -> None:
    before = hooked.head()
    hooked.stage("agent.py", LEAK)
    hooked.write("agent.py", CLEAN)
    said = hooked.git("commit", "-m", "leak", check=False)
    assert hooked.head() == before and "agent.py:1:" in said
    hooked.stage("agent.py", CLEAN)
    hooked.write("agent.py", LEAK)
    hooked.git("commit", "-m", "clean")
    assert hooked.head() != before
    assert hooked.git("show", "HEAD:agent.py") == CLEAN


def test_commit_all(hooked: Repo) -> None:
    hooked.stage("agent.py", CLEAN)
    hooked.git("commit", "-q", "-m", "clean")
    before = hooked.head()
    hooked.write("agent.py", LEAK)
    said = hooked.git("commit", "-a", "-m", "leak", check=False)
    assert hooked.head() == before and "agent.py:1:" in said
    hooked.write("agent.py", CLEAN + "# more\n")
    hooked.git("commit", "-a", "-m", "clean")
    assert hooked.head() != before


def test_commit_of_paths(hooked: Repo) -> None:
    hooked.stage("leak.py", CLEAN)
    hooked.stage("clean.py", CLEAN)
    hooked.git("commit", "-q", "-m", "clean")
    before = hooked.head()
    hooked.stage("leak.py", LEAK)
    hooked.write("clean.py", CLEAN + "# more\n")
    said = hooked.git("commit", "-m", "leak", "--", "leak.py", check=False)
    assert hooked.head() == before and "leak.py:1:" in said
    hooked.git("commit", "-m", "clean", "--", "clean.py")
    assert hooked.head() != before, "what is staged beside the committed path stays out of it"


def test_commit_of_paths_takes_facts_from_the_commit_in_the_making(hooked: Repo) -> None:
    servers = '{"mcpServers": {"a": {"command": "a", "env": {"T": "${LINEAR_API_KEY}"}}}}\n'
    hooked.stage(".env.example", "OTHER=\n")
    hooked.git("commit", "-q", "-m", "clean")
    before = hooked.head()
    hooked.stage(".env.example", "OTHER=\nLINEAR_API_KEY=\n")
    hooked.stage(".mcp.json", servers)
    said = hooked.git("commit", "-m", "undeclared there", "--", ".mcp.json", check=False)
    assert hooked.head() == before and "undeclared-reference" in said
    hooked.git("commit", "-m", "declared", "--", ".mcp.json", ".env.example")
    assert hooked.head() != before


def test_a_linked_work_tree(hooked: Repo) -> None:
    other = hooked.root.parent / "linked"
    hooked.git("worktree", "add", "-q", "-b", "other", str(other))
    (other / "agent.py").write_text(LEAK)
    hooked.git("add", "agent.py", cwd=other)
    (other / "agent.py").write_text(CLEAN)
    before = hooked.git("rev-parse", "HEAD", cwd=other)
    said = hooked.git("commit", "-m", "leak", check=False, cwd=other)
    assert hooked.git("rev-parse", "HEAD", cwd=other) == before and "agent.py:1:" in said
    hooked.git("commit", "-a", "-m", "clean", cwd=other)
    assert hooked.git("rev-parse", "HEAD", cwd=other) != before


def test_odd_names(hooked: Repo) -> None:
    names = ["two words.py", "it's.py", 'say "x".py', "new\nline.py", "-x.py", "--format", "--", "a/-b.py", "$HOME.py", "schlüssel.py", "*.py", ":(top)x.py"]
    for name in names:
        hooked.stage(name, LEAK)
    status, said = hooked.run("--all-files")
    assert status == 1
    assert reported(said) == {name.replace("\n", "\\x0a") for name in names}
    assert read(said) == [len(names) + 1]
    before = hooked.head()
    hooked.git("commit", "-m", "leaks", check=False)
    assert hooked.head() == before
    for name in names:
        hooked.stage(name, CLEAN)
    hooked.git("commit", "-m", "clean")
    assert hooked.head() != before


def test_facts_come_from_the_index_however_pre_commit_splits_the_list(repo: Repo) -> None:
    servers = '{"mcpServers": {"a": {"command": "a", "env": {"T": "${LINEAR_API_KEY}", "U": "${ZZQUUX_TOKEN}"}}}}\n'
    for folder in ("a", "z"):
        repo.write(f"{folder}/.mcp.json", servers)
        repo.write(f"{folder}/.env", f"ANTHROPIC_API_KEY={KEY}\n")
    repo.write("m/.env.example", "LINEAR_API_KEY=\n")
    repo.write(".gitignore", "/a/.env\n")
    for number in range(1200):
        repo.write(f"n/{number:04}-{'long-name-' * 18}.py", "x = 1\n")
    repo.git("add", "-A", "-f")
    status, said = repo.run("--all-files")
    assert status == 1
    calls = read(said)
    assert len(calls) > 1, "the list was meant to be too long for one call"
    assert sum(calls) == 1200 + 7
    assert sorted(re.findall(r"^([az]/\S+):\d+:\d+  \w+  (\S+)$", said, re.MULTILINE)) == [
        ("a/.env", "hardcoded-key"),
        ("a/.env", "tracked-secret-file"),
        ("a/.mcp.json", "undeclared-reference"),
        ("z/.env", "hardcoded-key"),
        ("z/.env", "unignored-secret-file"),
        ("z/.mcp.json", "undeclared-reference"),
    ]
    assert said.count("ZZQUUX_TOKEN is declared nowhere") == 2


def test_what_could_not_be_read_stops_a_commit(hooked: Repo) -> None:
    before = hooked.head()
    hooked.stage(".mcp.json", '{"mcpServers": ')
    said = hooked.git("commit", "-m", "broken", check=False)
    assert hooked.head() == before and "the job was NOT done as a whole" in said


def test_links_are_not_followed(repo: Repo, tmp_path: Path) -> None:
    (tmp_path / "outside.py").write_text(LEAK)
    os.symlink(tmp_path / "outside.py", repo.root / "link.py")
    repo.git("add", "link.py")
    status, said = repo.run("--all-files")
    assert (status, read(said)) == (0, [1])
