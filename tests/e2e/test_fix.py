"""`check --fix` and `--diff` as a person runs them, with the real git."""

import json
import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
KEY = expand("lin_api_{{40 x aA0}}")
Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def mcp(key: str, variable: str = "LINEAR_API_KEY") -> str:
    return json.dumps({"mcpServers": {"linear": {"command": "linear-mcp", "env": {variable: key}}}}, indent=2) + "\n"


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A server that is handed a key, in a repository that ignores `.env`."""
    folder = tmp_path / "repository"
    folder.mkdir()
    (folder / ".gitignore").write_text(".env\n.mcp.json\n")
    (folder / ".env.example").write_text("# names\n")
    (folder / ".mcp.json").write_text(mcp(KEY))
    git(folder, "init", "-q")
    git(folder, "add", ".gitignore", ".env.example")
    git(folder, "add", "-f", ".mcp.json")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts}


def left(folder: Path, lint: Lint) -> set[tuple[str, str]]:
    report = json.loads(lint(folder, "check", "--format", "json").stdout)
    return {(finding["path"], finding["rule"]) for finding in report["findings"] if finding["verdict"] == "reported"}


def test_on_the_leaky_agent_only_what_a_person_must_do_is_left(leaky: Path, lint: Lint) -> None:
    before = left(leaky, lint)
    done = lint(leaky, "check", "--fix", "--unsafe-fixes")
    printed = done.stdout.decode()
    assert done.returncode == 1 and done.stderr == b""
    assert left(leaky, lint) == {
        (".claude/settings.local.json", "tracked-secret-file"),  # git rm --cached, and revoke
        (".codex/config.toml", "unexpanded-reference"),  # another field, and it depends on the server which
        (".env", "hardcoded-key"),  # the value itself, in a file that is tracked
        (".env", "tracked-secret-file"),
        ("agentkeys.toml", "invalid-manifest"),
        ("agentkeys.toml", "missing-expiry"),
        ("agentkeys.toml", "missing-owner"),
        ("agentkeys.toml", "scope-exceeds-role"),
        ("agentkeys.toml", "wildcard-scope"),
        ("docker-compose.yml", "undeclared-key"),  # who owns the password that is a reference now
        ("src/agent.py", "hardcoded-key"),  # code
        ("src/agent.py", "key-in-url"),
    }
    for path, rule in left(leaky, lint):
        assert path in printed and rule in printed, "what is left is listed"
    with_another = {(".env.example", "example-drift"), (".mcp.json", "unignored-secret-file")}  # gone with the reason for them
    for path, rule in before - left(leaky, lint) - with_another:
        assert any(line.startswith(f"fixed  {path}:") and rule in line for line in printed.splitlines())
    assert "git rm --cached" in printed and "Revoke" in printed
    settled = files(leaky)
    assert b"nothing to fix" in lint(leaky, "check", "--fix", "--unsafe-fixes").stdout
    assert files(leaky) == settled


def test_the_difference_comes_first_and_writes_nothing(leaky: Path, lint: Lint) -> None:
    before = files(leaky)
    secrets = [line.partition("= ")[2] for line in (leaky / "config.ini").read_text().splitlines() if line.startswith("AccountAccessKey")]
    secrets += [line.split('"')[1] for line in (leaky / "docker-compose.yml").read_text().splitlines() if "POSTGRES_PASSWORD" in line]
    done = lint(leaky, "check", "--diff", "--unsafe-fixes")
    assert done.returncode == 1 and files(leaky) == before
    printed = done.stdout.decode()
    assert '+      "args": ["-y", "server-linear@1.0.3", "--api-key", "${LINEAR_API_KEY}"]' in printed
    assert "-AccountAccessKey = ****" in printed
    assert "--- /dev/null" not in printed and "@@ -2,3 +2,6 @@" in printed
    assert "lin_api_****" in printed and len(secrets) == 2
    assert not [secret for secret in secrets if secret in printed]


def test_a_difference_is_one_that_git_applies(repository: Path, lint: Lint) -> None:
    (repository / ".mcp.json").write_text(mcp("${env:LINEAR_API_KEY}"))
    git(repository, "add", "-f", ".mcp.json")
    printed = lint(repository, "check", "--diff").stdout.decode()
    patch = printed[: printed.index("\nwould fix")]
    subprocess.run(["git", "apply", "-"], cwd=repository, input=patch, text=True, check=True)
    assert json.loads((repository / ".mcp.json").read_text())["mcpServers"]["linear"]["env"] == {"LINEAR_API_KEY": "${LINEAR_API_KEY}"}


def test_safe_fixes_leave_keys_where_they_are(repository: Path, lint: Lint) -> None:
    before = (repository / ".mcp.json").read_bytes()
    lint(repository, "check", "--fix")
    assert (repository / ".mcp.json").read_bytes() == before


def test_nobody_is_asked_and_no_value_is_kept_where_there_is_no_terminal(repository: Path, lint: Lint) -> None:
    done = lint(repository, "check", "--fix", "--unsafe-fixes", stdin=b"y\ny\n")
    assert done.returncode == 0
    assert b"kept nowhere" in done.stdout and b"LINEAR_API_KEY" in done.stdout and KEY.encode() not in done.stdout
    assert not (repository / ".env").exists()
    assert json.loads((repository / ".mcp.json").read_text()) == json.loads(mcp("${LINEAR_API_KEY}"))
    assert (repository / ".env.example").read_text() == "# names\nLINEAR_API_KEY=\n"


def at_terminal(folder: Path, answer: str, **environment: str) -> str:
    """What a person sees who gives this answer to whatever is asked."""
    leader, follower = pty.openpty()
    variables = {name: value for name, value in os.environ.items() if name != "CI"} | {"PYTHONPATH": str(ROOT), **environment}
    command = [sys.executable, "-m", "agentkey_lint", "check", "--fix", "--unsafe-fixes"]
    with subprocess.Popen(command, cwd=folder, env=variables, stdin=follower, stdout=follower, stderr=follower):
        os.close(follower)
        os.write(leader, answer.encode())
        printed, end = b"", time.monotonic() + 60
        while time.monotonic() < end:
            try:
                part = os.read(leader, 1 << 16)
            except OSError:
                break
            if not part:
                break
            printed += part
    os.close(leader)
    return printed.decode()


@pytest.mark.parametrize(("answer", "kept"), [("y\n", True), ("n\n", False), ("\n", False)])
def test_at_a_terminal_the_value_goes_where_git_ignores_it(repository: Path, answer: str, kept: bool) -> None:
    (repository / ".env").write_text("OTHER=1\n")
    (repository / ".env").chmod(0o640)
    printed = at_terminal(repository, answer)
    assert "Keep what stood there for LINEAR_API_KEY in .env, which git ignores?" in printed and KEY not in printed
    assert (repository / ".env").read_text() == "OTHER=1\n" + (f"LINEAR_API_KEY={KEY}\n" if kept else "")
    assert (repository / ".env").stat().st_mode & 0o777 == 0o640
    assert KEY not in (repository / ".mcp.json").read_text()


def test_a_new_environment_file_is_for_its_owner_alone(repository: Path) -> None:
    at_terminal(repository, "y\n")
    assert (repository / ".env").stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("why", ["not ignored", "tracked", "CI"])
def test_a_file_that_git_would_take_along_gets_no_value(repository: Path, why: str) -> None:
    if why == "not ignored":
        (repository / ".gitignore").write_text(".mcp.json\n!.env\n")  # wanted, so that no line is added either
    if why == "tracked":
        (repository / ".env").write_text("OTHER=1\n")
        git(repository, "add", "-f", ".env")
    printed = at_terminal(repository, "y\n", **({"CI": "true"} if why == "CI" else {}))
    assert "Keep" not in printed and "kept nowhere" in printed
    assert not (repository / ".env").exists() or KEY not in (repository / ".env").read_text()


def test_the_environment_file_is_ignored_before_it_is_filled(repository: Path) -> None:
    (repository / ".gitignore").write_text(".mcp.json\n")
    at_terminal(repository, "y\n")
    assert ".env" in (repository / ".gitignore").read_text().splitlines()
    assert KEY in (repository / ".env").read_text()


def test_no_value_is_kept_where_the_ignore_file_could_not_be_written(repository: Path, tmp_path: Path) -> None:
    (repository / ".gitignore").unlink()
    (repository / ".gitignore").symlink_to(tmp_path / "nowhere")
    at_terminal(repository, "y\n")
    assert not (repository / ".env").exists()


def test_one_variable_never_stands_for_two_keys(repository: Path, lint: Lint) -> None:
    other = expand("lin_api_{{40 x aA0}}", seed=2)
    table = {"a": {"command": "a", "env": {"LINEAR_API_KEY": KEY}}, "b": {"command": "b", "env": {"LINEAR_API_KEY": other}}}
    (repository / ".mcp.json").write_text(json.dumps({"mcpServers": table}, indent=1))
    lint(repository, "check", "--fix", "--unsafe-fixes")
    found = json.loads((repository / ".mcp.json").read_text())["mcpServers"]
    assert sorted([found["a"]["env"]["LINEAR_API_KEY"], found["b"]["env"]["LINEAR_API_KEY"]]) == sorted(["${LINEAR_API_KEY}", other])


def test_a_link_is_not_written_through(repository: Path, lint: Lint, tmp_path: Path) -> None:
    outside = tmp_path / "example"
    outside.write_text("")
    (repository / ".env.example").unlink()
    (repository / ".env.example").symlink_to(outside)
    done = lint(repository, "check", "--fix", "--unsafe-fixes")
    assert outside.read_text() == "" and (repository / ".env.example").is_symlink()
    assert KEY not in done.stdout.decode()


def test_the_mode_the_line_ends_and_the_mark_of_a_file_stay(repository: Path, lint: Lint) -> None:
    text = mcp("${env:LINEAR_API_KEY}").replace("\n", "\r\n")
    for encoding in ("utf-8-sig", "utf-16"):
        (repository / ".mcp.json").write_bytes(text.encode(encoding))
        (repository / ".mcp.json").chmod(0o755)
        lint(repository, "check", "--fix")
        assert (repository / ".mcp.json").read_bytes() == text.replace("env:", "").encode(encoding)
        assert (repository / ".mcp.json").stat().st_mode & 0o777 == 0o755


def test_only_named_files_are_mended(repository: Path, lint: Lint) -> None:
    (repository / ".cursor").mkdir()
    (repository / ".cursor" / "mcp.json").write_text(mcp("${LINEAR_API_KEY}"))
    (repository / ".mcp.json").write_text(mcp("${env:LINEAR_API_KEY}"))
    done = lint(repository, "check", "--fix", ".cursor")
    assert "${env:LINEAR_API_KEY}" in (repository / ".cursor" / "mcp.json").read_text()
    assert "${env:LINEAR_API_KEY}" in (repository / ".mcp.json").read_text()
    assert done.stdout.startswith(b"fixed  .cursor/mcp.json:6  unexpanded-reference")


def test_a_report_for_programs_stays_one(repository: Path, lint: Lint) -> None:
    (repository / ".mcp.json").write_text(mcp("${env:LINEAR_API_KEY}"))
    done = lint(repository, "check", "--fix", "--format", "json")
    json.loads(done.stdout)
    assert b"fixed  .mcp.json:6" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [(("--fix", "--staged"), "work tree"), (("--fix", "-"), "standard input"), (("--unsafe-fixes",), "goes with --fix"), (("--diff", "--staged"), "work tree")],
)
def test_where_fixing_makes_no_sense_it_says_so(repository: Path, lint: Lint, arguments: tuple[str, ...], reason: str) -> None:
    before = files(repository)
    done = lint(repository, "check", *arguments)
    assert done.returncode == 2 and reason in done.stderr.decode() and files(repository) == before


def test_the_hook_has_no_such_option(repository: Path, lint: Lint) -> None:
    assert lint(repository, "hook", "--fix", "--", ".mcp.json").returncode == 2
