"""`manifest init`, `add` and `rotated`, as a person runs them."""

import json
import stat
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint import testing

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]

MCP = {"mcpServers": {"tracker": {"command": "tracker", "env": {"A": "${LINEAR_API_KEY}", "B": "${ALPHA_TOKEN:-x}", "C": "${SITE_NAME}"}}}}
MANIFEST = """# whose keys these are
version = 1

[[key]]  # the first
id = "billing-bot"
role = "write"   # not more
scopes = ["invoices:read", "invoices:*"]
created = 2026-01-01
expires = 2026-01-31 # a month
rotation = "30d"

# the second
[[key]]
id = "reader"
role = 'read-only'
ttl = "30d"
"""


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    subprocess.run(["git", "init", "-q", "."], cwd=folder, check=True)
    return folder


def test_what_a_ci_provides_is_a_key_where_an_agent_asks_for_it(repository: Path, lint: Lint) -> None:
    server = {"command": "server-github", "env": {"GITHUB_TOKEN": "${env:GITHUB_TOKEN}"}}
    (repository / ".cursor").mkdir()
    (repository / ".cursor" / "mcp.json").write_text(json.dumps({"mcpServers": {"github": server}}))
    (repository / "compose.yaml").write_text("services: {a: {environment: {CI_JOB_TOKEN: '${CI_JOB_TOKEN}'}}}\n")
    assert lint(repository, "manifest", "init").returncode == 0
    keys = tomllib.loads((repository / "agentkeys.toml").read_text())["key"]
    assert [(key["env"], key["agent"]) for key in keys] == [("GITHUB_TOKEN", "Cursor")]


def test_init_writes_what_the_repository_refers_to(repository: Path, lint: Lint) -> None:
    (repository / ".mcp.json").write_text(json.dumps(MCP))
    secret = testing.expand("sk-ant-api03-{{93 x aA0_-}}AA")
    (repository / ".env.example").write_text(f"STRIPE_SECRET_KEY={secret}\nPORT=80\n")
    (repository / "tests").mkdir()
    (repository / "tests" / ".env.example").write_text("FIXTURE_API_KEY=\n")
    dry = lint(repository, "manifest", "init", "--dry-run")
    assert dry.returncode == 0 and b"+[[key]]" in dry.stdout and not (repository / "agentkeys.toml").exists()
    done = lint(repository, "manifest", "init")
    assert done.returncode == 0, done.stderr
    keys = tomllib.loads((repository / "agentkeys.toml").read_text())["key"]
    assert keys == [
        {"id": "linear-api-key", "provider": "linear", "agent": "Claude Code", "role": "read-only", "env": "LINEAR_API_KEY"},
        {"id": "stripe-secret-key", "provider": "stripe", "role": "read-only", "env": "STRIPE_SECRET_KEY"},
    ]
    assert b"expires or ttl" in done.stdout and secret.encode() not in done.stdout + dry.stdout
    report = json.loads(lint(repository, "check", "agentkeys.toml", "--format", "json").stdout)
    assert "invalid-manifest" not in {finding["rule"] for finding in report["findings"]}


def test_init_never_overwrites(repository: Path, lint: Lint) -> None:
    (repository / "agentkeys.yaml").write_text("version: 1\n")
    done = lint(repository, "manifest", "init")
    assert done.returncode == 2 and b"already" in done.stderr
    assert [path.name for path in repository.iterdir() if path.name != ".git"] == ["agentkeys.yaml"]
    (repository / "agentkeys.yaml").unlink()
    (repository / "agentkeys.toml").symlink_to("elsewhere.toml")
    assert lint(repository, "manifest", "init").returncode == 2
    assert not (repository / "elsewhere.toml").exists()


def test_add_appends_and_leaves_the_rest(repository: Path, lint: Lint) -> None:
    path = repository / "agentkeys.toml"
    path.write_bytes(MANIFEST.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    words = ("--env", "NOTES_KEY", "--provider", "notion", "--agent", "notes", "--role", "write", "--scope", "pages:read", "--scope", "pages:write")
    shown = lint(repository, "manifest", "add", "notes-bot", *words, "--ttl", "30d", "--owner", "team-notes", "--diff")
    assert shown.returncode == 0 and path.read_bytes() == MANIFEST.replace("\n", "\r\n").encode()
    done = lint(repository, "manifest", "add", "notes-bot", *words, "--ttl", "30d", "--owner", "team-notes")
    assert done.returncode == 0, done.stderr
    text = path.read_bytes()
    assert text.startswith(MANIFEST.replace("\n", "\r\n").encode()) and text.count(b"\n") == text.count(b"\r\n")
    assert tomllib.loads(text.decode())["key"][-1] == {
        "id": "notes-bot",
        "provider": "notion",
        "agent": "notes",
        "owner": "team-notes",
        "role": "write",
        "scopes": ["pages:read", "pages:write"],
        "env": "NOTES_KEY",
        "ttl": "30d",
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in repository.iterdir() if one.name != ".git"] == ["agentkeys.toml"], "nothing is left lying about"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("add", "reader"), b"already"),
        (("add", "two words"), b"`id` must be"),
        (("add", "new", "--ttl", "30d", "--expires", "2027-01-01"), b"both"),
        (("add", "new", "--ttl", "soon"), b"`ttl` must be"),
        (("add", "new", "--task", "a\x1b[31mred"), b"cannot be printed"),
        (("rotated", "nobody"), b"no key of this id"),
        (("rotated", "reader", "--date", "yesterday"), b"written as"),
        (("rotated", "billing-bot", "--date", "2025-01-01", "--expires", "2026-01-01"), b"before `created`"),
    ],
)
def test_what_would_be_wrong_is_not_written(repository: Path, lint: Lint, words: tuple[str, ...], said: bytes) -> None:
    (repository / "agentkeys.toml").write_text(MANIFEST)
    done = lint(repository, "manifest", *words)
    assert done.returncode == 2 and said in done.stderr
    assert (repository / "agentkeys.toml").read_text() == MANIFEST


def test_a_key_is_never_taken_for_a_name(repository: Path, lint: Lint) -> None:
    (repository / "agentkeys.toml").write_text(MANIFEST)
    secret = testing.expand("sk-ant-api03-{{93 x aA0_-}}AA")
    done = lint(repository, "manifest", "add", "new", "--task", secret)
    assert done.returncode == 2 and secret.encode() not in done.stdout + done.stderr
    assert (repository / "agentkeys.toml").read_text() == MANIFEST


def test_rotated_moves_the_end_where_that_is_sure(repository: Path, lint: Lint) -> None:
    path = repository / "agentkeys.toml"
    path.write_text(MANIFEST)
    assert lint(repository, "manifest", "rotated", "billing-bot", "--date", "2026-03-01").returncode == 0
    key = tomllib.loads(path.read_text())["key"][0]
    assert str(key["rotated"]) == "2026-03-01" and str(key["expires"]) == "2026-03-31"
    assert "expires = 2026-03-31 # a month" in path.read_text()
    unsure = MANIFEST.replace('rotation = "30d"', 'rotation = "60d"')
    path.write_text(unsure)
    done = lint(repository, "manifest", "rotated", "billing-bot", "--date", "2026-03-01")
    assert done.returncode == 0 and b"--expires" in done.stdout
    assert str(tomllib.loads(path.read_text())["key"][0]["expires"]) == "2026-01-31"


def test_a_link_out_of_the_repository_is_not_followed(repository: Path, lint: Lint, tmp_path: Path) -> None:
    outside = tmp_path / "outside.toml"
    outside.write_text(MANIFEST)
    (repository / "agentkeys.toml").symlink_to(outside)
    done = lint(repository, "manifest", "rotated", "reader")
    assert done.returncode == 2 and b"outside" in done.stderr and outside.read_text() == MANIFEST
    (repository / "agentkeys.toml").unlink()
    (repository / "real.toml").write_text(MANIFEST)
    (repository / "agentkeys.toml").symlink_to("real.toml")
    assert lint(repository, "manifest", "rotated", "reader").returncode == 0
    assert "rotated" in (repository / "real.toml").read_text() and (repository / "agentkeys.toml").is_symlink()


def test_a_broken_manifest_is_not_edited(repository: Path, lint: Lint) -> None:
    (repository / "agentkeys.toml").write_text(MANIFEST + "\n[[key]\n")
    done = lint(repository, "manifest", "rotated", "reader")
    assert done.returncode == 2 and b"mend it first" in done.stderr
    (repository / "agentkeys.toml").write_text(MANIFEST + "\nkey = []\n")
    assert lint(repository, "manifest", "add", "x").returncode == 2
