"""`check --base`: what a person sees of a change that widens grants, from the outside."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint.testing import expand

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
MANIFEST = """version = 1

[[key]]
id = "support-bot"
provider = "zendesk"
agent = "support"
owner = "team-support"
role = "write"
scopes = [{scopes}]
env = "ZENDESK_TOKEN"
ttl = "14d"
audit = "siem"
"""
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True)


def scopes(folder: Path, *names: str) -> None:
    (folder / "agentkeys.toml").write_text(MANIFEST.format(scopes=", ".join(f'"{name}"' for name in names)))


def drift(done: "subprocess.CompletedProcess[bytes]") -> list[tuple[str, str, str]]:
    assert done.stdout, done.stderr
    return [(one["path"], one["severity"], one["message"].partition(": ")[2]) for one in json.loads(done.stdout)["findings"] if one["rule"] == "scope-drift"]


@pytest.fixture
def repo(tmp_path: Path) -> Path:
    """A repository with one commit on main and a topic branch that is checked out."""
    folder = tmp_path / "repo"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    scopes(folder, "tickets:read", "users:write")
    (folder / "old.py").write_text(f'key = "{KEY}"\n')
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    git(folder, "checkout", "-q", "-b", "topic")
    return folder


def test_old_stands_beside_new_and_narrowing_in_the_summary(repo: Path, lint: Lint) -> None:
    scopes(repo, "tickets:*", "users:read")
    done = lint(repo, "check", "--base", "main")
    assert b"scope-drift\n  this change grants more: support-bot: tickets:read \xe2\x86\x92 tickets:*\n" in done.stdout
    assert b"since main: 1 grant widened, 1 narrowed (agentkeys.toml)\n" in done.stdout
    assert done.returncode == 1
    summary = json.loads(lint(repo, "check", "--base", "main", "--format", "json").stdout)["summary"]
    assert summary["drift"] == {"base": "main", "widened": 1, "narrowed": 1, "where": ["agentkeys.toml"], "notes": []}
    assert "drift" not in json.loads(lint(repo, "check", "--format", "json").stdout)["summary"]


def test_changed_is_what_a_pull_request_is_asked_about(repo: Path, lint: Lint) -> None:
    (repo / "new.py").write_text(f'other = "{KEY[:-6]}aaaaAA"\n')
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "second")
    found = json.loads(lint(repo, "check", "--base", "main", "--changed", "--format", "json").stdout)
    assert {one["path"] for one in found["findings"]} == {"new.py"} and found["scanned"]["files"] == 1
    assert {one["path"] for one in json.loads(lint(repo, "check", "--base", "main", "--format", "json").stdout)["findings"]} >= {"new.py", "old.py"}
    git(repo, "reset", "-q", "--hard", "main")
    done = lint(repo, "check", "--base", "main", "--changed")
    assert done.returncode == 0 and b"since main: 0 grants widened, 0 narrowed\n" in done.stdout


def test_the_index_and_the_work_tree_are_told_apart(repo: Path, lint: Lint) -> None:
    scopes(repo, "tickets:write", "users:write")
    git(repo, "add", "-A")
    scopes(repo, "tickets:admin", "users:write")
    for mode, level, severity in (((), "admin", "high"), (("--staged",), "write", "medium")):
        found = drift(lint(repo, "check", *mode, "--base", "main", "--format", "json"))
        assert found == [("agentkeys.toml", severity, f"support-bot: tickets:read → tickets:{level}")]


def test_a_moved_file_is_followed(repo: Path, lint: Lint) -> None:
    (repo / "ops").mkdir()
    git(repo, "mv", "agentkeys.toml", "ops/agentkeys.toml")
    assert drift(lint(repo, "check", "--base", "main", "--format", "json")) == []
    scopes(repo / "ops", "tickets:read", "users:write", "orders:read")
    assert drift(lint(repo, "check", "--base", "main", "--format", "json")) == [("ops/agentkeys.toml", "low", "support-bot: orders:read is new")]
    os.rename(repo / "ops" / "agentkeys.toml", repo / "agentkeys.toml")
    assert drift(lint(repo, "check", "--base", "main", "--format", "json")) == [("agentkeys.toml", "low", "support-bot: orders:read is new")]


def test_paths_bound_what_is_compared(repo: Path, lint: Lint) -> None:
    scopes(repo, "tickets:*")
    (repo / "sub").mkdir()
    scopes(repo / "sub", "orders:write")
    found = drift(lint(repo, "check", "--base", "main", "--format", "json", "sub"))
    assert found == [("sub/agentkeys.toml", "medium", "support-bot: orders:write is new, as is the whole file")]
    git(repo, "add", "-A")
    assert drift(lint(repo, "check", "--staged", "--base", "main", "--format", "json", "sub")) == found


def test_a_broken_earlier_version_is_a_note_and_no_fault(repo: Path, lint: Lint) -> None:
    (repo / "agentkeys.toml").write_text(MANIFEST.format(scopes='"tickets:read"') + "\n[[key]\nid = \n")
    git(repo, "commit", "-q", "-a", "-m", "broken")
    git(repo, "branch", "base")
    scopes(repo, "tickets:*")
    done = lint(repo, "check", "--base", "base", "agentkeys.toml")
    assert b"tickets:read \xe2\x86\x92 tickets:*" in done.stdout
    assert b"note: agentkeys.toml: its version at the base is broken in line 14" in done.stdout
    assert done.returncode == 1


def test_a_key_of_the_earlier_version_is_never_shown(repo: Path, lint: Lint) -> None:
    (repo / ".claude").mkdir()
    settings = repo / ".claude" / "settings.json"
    settings.write_text(json.dumps({"permissions": {"allow": [f"Bash(curl -H 'x-api-key: {KEY}' https://example.com:*)"]}}))
    git(repo, "add", "-A")
    git(repo, "commit", "-q", "-m", "leak")
    git(repo, "branch", "base")
    settings.write_text(json.dumps({"permissions": {"allow": ["Bash(curl:*)"]}}))
    for form in ("terminal", "json", "sarif"):
        done = lint(repo, "check", "--base", "base", "--format", form, ".claude")
        assert b"scope-drift" in done.stdout and KEY[14:30].encode() not in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--base", "nowhere"), b"nowhere is no commit of this repository"),
        (("--base=--help",), b"--help is no commit of this repository"),
        (("--changed",), b"--changed goes with --base"),
        (("--base", "main", "-"), b"does not go with --base"),
        (("--base", "main", "--fix"), b"does not go with --base"),
    ],
)
def test_wrong_usage(repo: Path, lint: Lint, arguments: tuple[str, ...], said: bytes) -> None:
    done = lint(repo, "check", *arguments)
    assert done.returncode == 2 and said in done.stderr and not done.stdout and done.stderr.count(b"\n") == 1


def test_without_git(tmp_path: Path, lint: Lint) -> None:
    done = lint(tmp_path, "check", "--base", "main")
    assert done.returncode == 2 and b"--base needs a repository of git" in done.stderr
