"""What a person types, from the outside: modes, exit statuses, wrong usage, colour."""

import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint import __version__
from agentkey_lint.commands.options import FORMATS
from agentkey_lint.engine import pipeline
from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA")
LEAK = f'client = Anthropic(api_key="{KEY}")\n'


def git(folder: Path, *arguments: str | bytes) -> bytes:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True).stdout


def report(done: "subprocess.CompletedProcess[bytes]") -> dict:
    assert done.stdout, done.stderr
    return json.loads(done.stdout)


def paths(done: "subprocess.CompletedProcess[bytes]") -> set[str]:
    return {finding["path"] for finding in report(done)["findings"] if finding["verdict"] == "reported"}


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with a clean commit."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q")
    (folder / "clean.py").write_text("x = 1\n")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    return folder


def test_every_mode_says_the_same_of_one_snapshot(leaky: Path, lint: Lint) -> None:
    files = git(leaky, "ls-files", "-z").rstrip(b"\0").split(b"\0")
    options = ("--format", "json", "--min-severity", "info", "--min-confidence", "low")
    tree = report(lint(leaky, "check", *options))
    whole = {rule.id for rule in pipeline.rules() if rule.judges == "repository"}
    assert whole & {finding["rule"] for finding in tree["findings"]}, "rules about the whole repository speak in a run over all of it, and only there"
    tree["findings"] = [finding for finding in tree["findings"] if finding["rule"] not in whole]
    staged = report(lint(leaky, "check", "--staged", *options))
    hook = report(lint(leaky, "hook", *options, "--", *files))
    single = [report(lint(leaky, "check", *options, "--stdin-path", path, "-", stdin=(leaky / os.fsdecode(path)).read_bytes())) for path in files]
    assert len(tree["findings"]) > 15
    assert tree["findings"] == staged["findings"] == hook["findings"]
    assert tree["findings"] == sorted((one for each in single for one in each["findings"]), key=tree["findings"].index)
    assert tree["scanned"] == staged["scanned"] == hook["scanned"] == {"files": len(files), "bytes": sum(each["scanned"]["bytes"] for each in single)}


def test_the_index_and_the_work_tree_are_told_apart(repo: Path, lint: Lint) -> None:
    (repo / "staged.py").write_text(LEAK)
    (repo / "tree.py").write_text("x = 2\n")
    git(repo, "add", "-A")
    (repo / "staged.py").write_text("x = 3\n")
    (repo / "tree.py").write_text(LEAK)
    assert paths(lint(repo, "check", "--format", "json")) == {"tree.py"}
    assert paths(lint(repo, "check", "--staged", "--format", "json")) == {"staged.py"}
    assert paths(lint(repo, "hook", "--format", "json", "--", "staged.py", "tree.py")) == {"staged.py"}


def test_a_work_tree_is_its_tracked_and_its_new_files_but_not_the_ignored_ones(repo: Path, lint: Lint) -> None:
    (repo / ".gitignore").write_text("ignored.py\n")
    for name in ("new.py", "ignored.py"):
        (repo / name).write_text(LEAK)
    assert paths(lint(repo, "check", "--format", "json")) == {"new.py"}


def test_a_folder_without_git(tmp_path: Path, lint: Lint) -> None:
    (tmp_path / "deep" / "er").mkdir(parents=True)
    (tmp_path / "deep" / "er" / "leak.py").write_text(LEAK)
    done = lint(tmp_path, "check", "--format", "json")
    assert paths(done) == {"deep/er/leak.py"}
    assert lint(tmp_path, "check", "--staged").returncode == 2


def test_paths_choose_files_and_folders(repo: Path, lint: Lint) -> None:
    (repo / "a" / "b").mkdir(parents=True)
    for name in ("one.py", "a/two.py", "a/b/three.py"):
        (repo / name).write_text(LEAK)
    assert paths(lint(repo, "check", "--format", "json", "a")) == {"a/two.py", "a/b/three.py"}
    assert paths(lint(repo, "check", "--format", "json", "one.py", "a/b")) == {"one.py", "a/b/three.py"}
    assert paths(lint(repo / "a", "check", "--format", "json", "two.py")) == {"a/two.py"}
    assert paths(lint(repo.parent, "check", "--format", "json", str(repo / "a" / "b"))) == {"a/b/three.py"}
    assert paths(lint(repo, "check", "--format", "json", "--", "clean.py")) == set()


def test_facts_do_not_come_from_the_paths(repo: Path, lint: Lint) -> None:
    (repo / ".env.example").write_text("LINEAR_API_KEY=\n")
    (repo / ".mcp.json").write_text('{"mcpServers": {"a": {"command": "a", "env": {"T": "${LINEAR_API_KEY}", "U": "${ZZQUUX_TOKEN}"}}}}\n')
    done = report(lint(repo, "check", "--format", "json", ".mcp.json"))
    assert [(finding["rule"], finding["message"].split()[0]) for finding in done["findings"]] == [("undeclared-reference", "ZZQUUX_TOKEN")]


def test_standard_input_is_judged_as_the_path_it_is_given(repo: Path, lint: Lint) -> None:
    data = b'{"mcpServers": {"a": {"command": "a", "env": {"T": "${env:HOME}"}}}}\n'
    here = report(lint(repo, "check", "--format", "json", "--stdin-path", ".cursor/mcp.json", "-", stdin=data))
    there = report(lint(repo, "check", "--format", "json", "--stdin-path", ".mcp.json", "-", stdin=data))
    assert [finding["rule"] for finding in here["findings"]] == []
    assert [(finding["rule"], finding["path"]) for finding in there["findings"]] == [("unexpanded-reference", ".mcp.json")]
    assert paths(lint(repo, "check", "--format", "json", "-", stdin=LEAK.encode())) == {"<stdin>"}


@pytest.mark.skipif(sys.platform != "linux", reason="other systems refuse file names that are not UTF-8")
def test_names_that_are_not_utf8(repo: Path, lint: Lint) -> None:
    names = [b"k\xff.py", b"new\nline.py", "schlüssel.py".encode(), b" -x.py"]
    for name in names:
        with open(os.path.join(os.fsencode(repo), name), "w") as file:
            file.write(LEAK)
    git(repo, "add", "-A")
    expected = {"k\\xff.py", "new\nline.py", "schlüssel.py", " -x.py"}
    assert paths(lint(repo, "check", "--staged", "--format", "json")) == expected
    assert paths(lint(repo, "check", "--format", "json")) == expected
    assert paths(lint(repo, "hook", "--format", "json", "--", *names)) == expected
    shown = lint(repo, "hook", "--", *names)
    assert rb"k\xff.py:1:" in shown.stdout and rb"new\x0aline.py:1:" in shown.stdout


def test_staged_paths_narrow_the_index(repo: Path, lint: Lint) -> None:
    (repo / "a").mkdir()
    for name in ("one.py", "a/two.py"):
        (repo / name).write_text(LEAK)
    git(repo, "add", "-A")
    assert paths(lint(repo, "check", "--staged", "--format", "json", "a")) == {"a/two.py"}


def test_exit_statuses(repo: Path, lint: Lint) -> None:
    assert lint(repo, "check").returncode == 0
    (repo / "leak.py").write_text(LEAK)
    assert lint(repo, "check").returncode == 1
    gone = lint(repo, "check", "leak.py", "gone.py")
    assert gone.returncode == 2, "a job that was not whole is 2 even where there are findings"
    assert b"leak.py:1:" in gone.stdout and b"gone.py" in gone.stdout


@pytest.mark.parametrize("form", FORMATS)
def test_the_status_does_not_depend_on_the_format(repo: Path, lint: Lint, form: str) -> None:
    assert lint(repo, "check", "--format", form).returncode == 0
    (repo / "leak.py").write_text(LEAK)
    assert lint(repo, "check", "--format", form).returncode == 1


def test_findings_of_severity_info_never_change_the_status(repo: Path, lint: Lint) -> None:
    (repo / ".mcp.json").write_text('{"mcpServers": {"a": {"command": "a", "env": {"T": "${LINEAR_API_KEY}"}}}}\n')
    done = lint(repo, "check", "--format", "json", "--min-severity", "info")
    assert [finding["severity"] for finding in report(done)["findings"]] == ["info"]
    assert (done.returncode, report(done)["summary"]["exit"]) == (0, 0)


def test_an_interrupted_run_says_so(repo: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-m", "agentkey_lint", "check", "-"],
        cwd=repo,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # a job in the background inherits a deaf one
    )
    assert child.stdin is not None
    child.stdin.write(b"x" * 1_000_000)  # more than a pipe holds: once it is written the child is at work on it
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    _, errors = child.communicate(timeout=60)
    assert child.returncode == 130
    assert errors == b"agentkey-lint: interrupted\n"


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("chek",),
        ("check", "--no-such-option"),
        ("check", "--format", "yaml"),
        ("check", "--min-severity", "huge"),
        ("check", "-", "clean.py"),
        ("check", "--staged", "-"),
        ("check", "--stdin-path", "a.py"),
        ("explain",),
        ("explain", "no-such-rule"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_two_and_one_clear_word_to_a_person(repo: Path, lint: Lint, arguments: tuple[str, ...]) -> None:
    done = lint(repo, *arguments)
    assert done.returncode == 2
    assert done.stdout == b""
    assert b"agentkey-lint" in done.stderr and b"Traceback" not in done.stderr


def test_paths_of_two_repositories_are_refused(repo: Path, tmp_path: Path, lint: Lint) -> None:
    other = tmp_path / "other"
    other.mkdir()
    git(other, "init", "-q")
    (other / "x.py").write_text(LEAK)
    assert lint(repo, "check", "clean.py", str(other / "x.py")).returncode == 2


def test_version_and_help(repo: Path, lint: Lint) -> None:
    assert lint(repo, "--version").stdout.decode() == f"agentkey-lint {__version__}\n"
    done = lint(repo, "--help")
    assert done.returncode == 0
    assert all(command in done.stdout for command in (b"check", b"explain", b"list", b"schema"))


def test_list_explain_and_schema(repo: Path, lint: Lint) -> None:
    rules = {path.stem.replace("_", "-") for path in (ROOT / "agentkey_lint" / "checks").glob("[a-z]*.py")}
    listed = lint(repo, "list")
    assert listed.returncode == 0
    assert {line.split()[0] for line in listed.stdout.decode().splitlines()} == rules
    for rule in sorted(rules)[:3]:
        manual = lint(repo, "explain", rule).stdout.decode()
        assert manual.startswith(rule) and all(f"\n{heading}\n---" in manual for heading in ("Why it matters", "What to do", "Limits"))
    assert b"did you mean hardcoded-key?" in lint(repo, "explain", "hardcode-key").stderr
    assert json.loads(lint(repo, "schema").stdout) == json.loads((ROOT / "agentkey_lint" / "config" / "manifest.schema.json").read_text())


def at_a_terminal(folder: Path, **environment: str) -> bytes:
    """What `check` writes when its standard output is a terminal."""
    master, slave = pty.openpty()
    variables = {**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm", **environment}
    child = subprocess.Popen([sys.executable, "-m", "agentkey_lint", "check"], cwd=folder, env=variables, stdout=slave, stderr=slave, stdin=subprocess.DEVNULL)
    os.close(slave)
    said = b""
    try:
        while part := os.read(master, 65536):
            said += part
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(master)
    assert child.wait(timeout=60) == 1
    return said


def test_colour_is_for_terminals_alone(repo: Path, lint: Lint) -> None:
    (repo / "leak.py").write_text(LEAK)
    assert b"\x1b[" in at_a_terminal(repo)
    assert b"\x1b[" not in at_a_terminal(repo, NO_COLOR="1")
    assert b"\x1b[" not in at_a_terminal(repo, TERM="dumb")
    assert b"\x1b[" in at_a_terminal(repo, NO_COLOR=""), "an empty NO_COLOR says nothing"
    assert b"\x1b" not in lint(repo, "check").stdout


def test_a_reader_that_goes_away_leaves_no_traceback(repo: Path) -> None:
    for number in range(200):
        (repo / f"leak{number}.py").write_text(LEAK)
    child = subprocess.Popen(
        [sys.executable, "-m", "agentkey_lint", "check"], cwd=repo, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert child.stdout is not None and child.stderr is not None
    child.stdout.close()
    errors = child.stderr.read()
    assert child.wait(timeout=60) == 2
    assert b"Traceback" not in errors and b"Exception" not in errors


def test_why_shows_names_of_the_repository_as_visible_text(repo: Path, lint: Lint) -> None:
    secret = expand("{{28 x aA0}}")
    (repo / ".mcp.json").write_text(json.dumps({"mcpServers": {"a": {"command": "a", "env": {"\x1b[31mAPI_TOKEN": secret}}}}))
    done = lint(repo, "explain", "--why", ".mcp.json:1")
    assert done.returncode == 0 and b"\\x1b[31mAPI_TOKEN of Claude Code" in done.stdout and b"\x1b" not in done.stdout


@pytest.mark.parametrize("place", ["plan.txt", "plan.txt:", ":1", "plan.txt:x", "plan.txt:²", "../elsewhere.txt:1"])
def test_why_takes_a_line_of_a_file_of_the_repository(repo: Path, lint: Lint, place: str) -> None:
    done = lint(repo, "explain", "--why", place)
    assert done.returncode == 2 and b"a bug" not in done.stderr and done.stderr.startswith(b"agentkey-lint: ")


@pytest.mark.parametrize(
    "arguments", [("explain", "hardcoded-key"), ("list",), ("schema",), ("schema", "settings"), ("config", "show"), ("completion", "fish")]
)
def test_what_is_said_is_utf8_whatever_the_terminal_is_set_to(repo: Path, lint: Lint, arguments: tuple[str, ...]) -> None:
    done = lint(repo, *arguments, PYTHONIOENCODING="ascii")
    assert (done.returncode, done.stderr) == (0, b"") and done.stdout == lint(repo, *arguments).stdout != b""
