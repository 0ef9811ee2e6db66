"""`init` as a person runs it: with the real git, the real pre-commit, and zizmor on the workflow."""

import os
import pty
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ("--source", "https://git.example.com/agentkey-lint")
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA", seed="init")
MCP = '{ "mcpServers": { "tickets": { "command": "t", "env": { "TICKETS_TOKEN": "${TICKETS_TOKEN}", "TICKETS_URL": "${TICKETS_URL}" } } } }\n'
Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one agent's configuration, on GitHub."""
    folder = tmp_path / "repository"
    (folder / ".claude").mkdir(parents=True)
    (folder / ".claude" / "settings.json").write_text("{}\n")
    (folder / ".mcp.json").write_text(MCP)
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", "https://github.com/acme/agent.git")
    git(folder, "add", "-A")
    return folder


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and ".git" not in path.parts}


ALL = {".env.example", ".github/workflows/agentkey-lint.yml", ".gitignore", ".pre-commit-config.yaml", "agentkey-lint.toml", "agentkeys.toml"}


def test_everything_is_shown_first_then_written_and_then_there_is_nothing_to_do(repository: Path, lint: Lint) -> None:
    before = files(repository)
    for arguments in ((), ("--diff",)):
        shown = lint(repository, "init", *SOURCE, *arguments)
        assert shown.returncode == 1 and files(repository) == before and shown.stderr == b""
    done = lint(repository, "init", *SOURCE, "--yes")
    assert done.returncode == 0, done.stdout
    after = files(repository)
    assert after.keys() - before.keys() == ALL and {path: after[path] for path in before} == before
    difference = shown.stdout.split(b"\nnote: ")[0]
    assert difference == done.stdout.split(b"\nnote: ")[0]
    git(repository, "add", "-A", "-N")
    patch = subprocess.run(["git", "apply", "--reverse", "--check"], cwd=repository, input=difference, capture_output=True)
    assert patch.returncode == 0, patch.stderr  # what was shown is what was done
    again = lint(repository, "init", *SOURCE)
    assert (again.returncode, again.stdout) == (0, b"nothing to do\n") and files(repository) == after


def test_what_is_written_is_right(repository: Path, lint: Lint) -> None:
    lint(repository, "init", *SOURCE, "--yes")
    assert (repository / ".env.example").read_text().split() == ["TICKETS_TOKEN=", "TICKETS_URL="]
    for path, ignored in (
        (".env", True),
        (".env.local", True),
        (".env.example", False),
        (".claude/settings.local.json", True),
        (".claude/settings.json", False),
    ):
        assert (subprocess.run(["git", "check-ignore", "-q", path], cwd=repository).returncode == 0) is ignored, path
    assert 'env = "TICKETS_TOKEN"' in (repository / "agentkeys.toml").read_text()
    report = lint(repository, "check", "--min-severity", "info").stdout.decode()
    assert "example-drift" not in report and "invalid-manifest" not in report and "ignore" not in report and ".github" not in report
    assert lint(repository, "config", "show").returncode == 0


def test_files_that_are_there_keep_all_they_say(repository: Path, lint: Lint) -> None:
    texts = {
        ".gitignore": "# ours\nbuild/\n",
        ".pre-commit-config.yaml": "repos:\n  # tools\n  - repo: local\n    hooks: [{id: x, name: x, entry: x, language: system}]  # x\n\nfail_fast: true\n",
        "pyproject.toml": "[project]\nname = 'x'\n",
        ".env.example": "# where\nTICKETS_URL=https://tickets.example.com\n",
        ".gitlab-ci.yml": "stages: [lint]\n",
    }
    for path, text in texts.items():
        (repository / path).write_text(text)
    lint(repository, "init", *SOURCE, "--yes")
    for path, text in texts.items():
        rest = iter((repository / path).read_text().splitlines())
        assert all(line in rest for line in text.splitlines()), path
        assert (repository / path).read_text() != text
    assert yaml.safe_load((repository / ".gitlab-ci.yml").read_text())["agentkey-lint"]["stage"] == "lint"
    assert not (repository / "agentkey-lint.toml").exists()
    assert b"nothing to do" in lint(repository, "init", *SOURCE).stdout


def test_only_some_parts(repository: Path, lint: Lint) -> None:
    before = files(repository).keys()
    assert lint(repository, "init", *SOURCE, "--only", "hook, ci", "--yes").returncode == 0
    assert files(repository).keys() - before == {".pre-commit-config.yaml", ".github/workflows/agentkey-lint.yml"}
    wrong = lint(repository, "init", "--only", "hooks")
    assert wrong.returncode == 2 and b"--only takes hook, settings" in wrong.stderr


def test_without_a_known_source_the_installed_command_is_the_hook(repository: Path, lint: Lint) -> None:
    done = lint(repository, "init", "--yes")
    assert done.returncode == 0 and done.stdout.count(b"--source") == 2
    assert b"language: system" in (repository / ".pre-commit-config.yaml").read_bytes()
    assert not (repository / ".github").exists()


def test_no_secret_of_the_repository_is_shown_or_written(repository: Path, lint: Lint) -> None:
    (repository / ".pre-commit-config.yaml").write_text(f"repos:\n  - repo: local  # {KEY}\n")
    (repository / ".env.example").write_text(f"ANTHROPIC_API_KEY={KEY}\n")
    (repository / ".mcp.json").write_text(MCP.replace("${TICKETS_URL}", "${" + expand("lin_api_{{40 x aA0}}") + "}"))
    done = lint(repository, "init", *SOURCE, "--yes")
    assert KEY.encode() not in done.stdout + done.stderr and b"lin_api_" not in done.stdout + done.stderr
    assert b".pre-commit-config.yaml" in done.stdout
    assert sum(KEY.encode() in data for data in files(repository).values()) == 2


def test_links_and_broken_files_are_left_alone(repository: Path, tmp_path: Path, lint: Lint) -> None:
    outside = tmp_path / "outside"
    outside.write_text("build/\n")
    (repository / ".gitignore").symlink_to(outside)
    (repository / ".pre-commit-config.yaml").write_text("repos: [{repo: a}]\n")
    done = lint(repository, "init", *SOURCE, "--yes")
    assert done.returncode == 2 and b"by hand" in done.stdout and b"\n  - repo: https" in done.stdout and b"fault: .gitignore" in done.stdout
    assert outside.read_text() == "build/\n" and (repository / ".pre-commit-config.yaml").read_text() == "repos: [{repo: a}]\n"
    assert (repository / "agentkey-lint.toml").exists(), "the rest is done"


def at_terminal(folder: Path, answer: bytes) -> tuple[int, bytes]:
    """`init` at a terminal where a person answers."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    environment.pop("CI", None)
    master, slave = pty.openpty()
    process = subprocess.Popen([sys.executable, "-m", "agentkey_lint", "init", *SOURCE], cwd=folder, env=environment, stdin=slave, stdout=slave, stderr=slave)
    os.close(slave)
    said, end, answered = b"", time.monotonic() + 60, False
    while time.monotonic() < end:
        try:
            part = os.read(master, 4096)
        except OSError:
            break
        if not part:
            break
        said += part
        if b"[y/N]" in said and not answered:
            os.write(master, answer + b"\n")
            answered = True
    os.close(master)
    return process.wait(timeout=30), said


def test_at_a_terminal_a_person_is_asked(repository: Path) -> None:
    before = files(repository)
    status, said = at_terminal(repository, b"")
    assert status == 1 and b"nothing was written" in said and files(repository) == before
    status, said = at_terminal(repository, b"y")
    assert status == 0 and files(repository).keys() - before.keys() == ALL


def test_in_a_folder_below_and_without_git(repository: Path, tmp_path: Path, lint: Lint) -> None:
    (repository / "deep").mkdir()
    assert lint(repository / "deep", "init", *SOURCE, "--yes", "--only", "settings").returncode == 0
    assert (repository / "agentkey-lint.toml").exists()
    plain = tmp_path / "plain"
    plain.mkdir()
    done = lint(plain, "init", *SOURCE, "--yes")
    assert done.returncode == 0 and b"no git repository" in done.stdout
    assert files(plain).keys() == {".pre-commit-config.yaml", "agentkey-lint.toml"}


def test_the_written_workflow_pleases_zizmor(repository: Path, lint: Lint) -> None:
    lint(repository, "init", *SOURCE, "--yes", "--only", "ci")
    program = Path(sys.executable).parent / "zizmor"
    if not program.exists():
        pytest.skip("zizmor is not installed: it has no package for this machine")
    done = subprocess.run([program, "--offline", "--persona", "pedantic", ".github/workflows"], cwd=repository, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_from_the_leaky_agent_to_a_hook_that_refuses_new_keys(leaky: Path, lint: Lint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`init`, then `baseline create`, and the old findings are no trouble any more; a new one is."""
    command = tmp_path / "bin" / "agentkey-lint"
    command.parent.mkdir()
    command.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m agentkey_lint "$@"\n')
    command.chmod(0o755)
    monkeypatch.setenv("PATH", f"{command.parent}:{os.environ['PATH']}")
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "store"))
    assert lint(leaky, "init", "--yes").returncode == 0
    assert lint(leaky, "baseline", "create").returncode == 0
    subprocess.run([sys.executable, "-m", "pre_commit", "install"], cwd=leaky, check=True, capture_output=True)
    git(leaky, "add", "-A")
    git(leaky, "commit", "-q", "-m", "all that was there")
    (leaky / "more.py").write_text(f'client = Anthropic(api_key="{KEY}")\n')
    git(leaky, "add", "-A")
    refused = subprocess.run(["git", "commit", "-q", "-m", "more"], cwd=leaky, capture_output=True, text=True)
    assert refused.returncode == 1 and "more.py:1" in refused.stdout + refused.stderr and KEY not in refused.stdout + refused.stderr
    (leaky / "more.py").write_text('client = Anthropic(api_key=os.environ["ANTHROPIC_API_KEY"])\n')
    git(leaky, "add", "-A")
    git(leaky, "commit", "-q", "-m", "more")
