"""One manifest entry, one configuration file, one leaked key: three findings that tell of each other, in every mode the same."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import repository

from agentkey_lint.testing import expand

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA")
ADMIN = expand("sk-ant-admin01-{{93 x aA0_-}}AA")
PASSWORD = expand("{{28 x aA0}}")
MCP = '{"mcpServers": {"a": {"command": "a", "env": {"ANTHROPIC_API_KEY": "%s"}}}}\n'
MANIFEST = """version = 1

[[key]]
id = "model"
agent = "support"
owner = "team"
role = "%s"
scopes = ["%s"]
env = "%s"
ttl = "12h"
audit = "siem"
"""


def findings(done: "subprocess.CompletedProcess[bytes]") -> dict[tuple[str, str], dict]:
    report = json.loads(done.stdout)
    assert report["faults"] == []
    return {(finding["path"], finding["rule"]): finding for finding in report["findings"] if finding["verdict"] == "reported"}


def places(finding: dict) -> list[str]:
    return [f"{one['path']}:{one['start']['line']}:{one['start']['column']} {one['message']}" for one in finding["related"]]


def story(lint: Lint, folder: Path, files: dict[str, str], *arguments: str) -> dict[tuple[str, str], dict]:
    return findings(lint(repository(folder, files), "check", "--format", "json", *arguments))


WILD = {"agentkeys.toml": MANIFEST % ("admin", "*", "ANTHROPIC_API_KEY"), ".mcp.json": MCP % "${ANTHROPIC_API_KEY}", ".env": f"ANTHROPIC_API_KEY={KEY}\n"}


def test_manifest_configuration_and_leak_tell_of_each_other(tmp_path: Path, lint: Lint) -> None:
    found = story(lint, tmp_path, WILD)
    grant, leak = found["agentkeys.toml", "wildcard-scope"], found[".env", "hardcoded-key"]
    assert places(grant) == [
        ".env:1:19 a secret stands here that belongs in ANTHROPIC_API_KEY",
        ".mcp.json:1:69 ANTHROPIC_API_KEY is asked for here",
    ]
    assert grant["message"].endswith("; a key for ANTHROPIC_API_KEY is written down in this repository")
    assert leak["severity"] == "critical"
    assert leak["message"].endswith("; by agentkeys.toml its key has the tier admin")
    assert any(place.startswith("agentkeys.toml:4:7 what the key model") for place in places(leak))


def test_a_variable_that_a_ci_provides_is_asked_for_all_the_same(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkeys.toml": MANIFEST % ("admin", "*", "GITHUB_TOKEN"), ".mcp.json": MCP % "${GITHUB_TOKEN:-}"}
    found = story(lint, tmp_path, files)
    assert places(found["agentkeys.toml", "wildcard-scope"]) == [".mcp.json:1:69 GITHUB_TOKEN is asked for here"]


@pytest.mark.parametrize("path", WILD)
def test_every_mode_tells_the_same(tmp_path: Path, lint: Lint, path: str) -> None:
    folder = repository(tmp_path, WILD)
    whole = {key: finding for key, finding in findings(lint(folder, "check", "--format", "json")).items() if key[0] == path}
    assert whole or path == ".mcp.json"
    for arguments in (("check", path), ("check", "--staged", path), ("hook", path)):
        mode = {key: finding for key, finding in findings(lint(folder, arguments[0], "--format", "json", *arguments[1:])).items() if key[0] == path}
        assert mode == whole, arguments


def test_a_grant_is_graver_where_its_key_has_leaked(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkeys.toml": MANIFEST % ("write", "tickets:*", "ANTHROPIC_API_KEY"), ".mcp.json": MCP % "${ANTHROPIC_API_KEY}"}
    clean = story(lint, tmp_path, files)["agentkeys.toml", "wildcard-scope"]
    assert clean["severity"] == "high" and "written down" not in clean["message"]
    assert places(clean) == [".mcp.json:1:69 ANTHROPIC_API_KEY is asked for here"]
    leaked = story(lint, tmp_path, {".mcp.json": MCP % KEY})["agentkeys.toml", "wildcard-scope"]
    assert leaked["severity"] == "critical" and "written down" in leaked["message"]
    assert leaked["fingerprint"] == clean["fingerprint"]


@pytest.mark.parametrize(
    ("role", "key", "severity", "says"),
    [
        ("read-only", KEY, "critical", "agentkeys.toml declares it read-only, but a key of this kind has the tier write"),
        ("write", KEY, "high", ""),
        ("admin", KEY, "critical", "by agentkeys.toml its key has the tier admin"),
        ("write", ADMIN, "critical", "agentkeys.toml declares it write, but a key of this kind has the tier admin"),
        ("admin", ADMIN, "critical", ""),
    ],
)
def test_a_leak_against_the_role_of_its_key(tmp_path: Path, lint: Lint, role: str, key: str, severity: str, says: str) -> None:
    variable = "ANTHROPIC_API_KEY" if key is KEY else "ANTHROPIC_ADMIN_KEY"
    files = {"agentkeys.toml": MANIFEST % (role, "things:read", variable), ".env": f"{variable}={key}\n"}
    leak = story(lint, tmp_path, files)[".env", "hardcoded-key"]
    assert leak["severity"] == severity
    assert leak["message"].endswith(says) and ("agentkeys.toml" in leak["message"]) == bool(says)


def test_a_secret_without_a_shape_and_a_sample(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkeys.toml": MANIFEST % ("admin", "things:read", "CRM_TOKEN"), ".env": f"CRM_TOKEN={PASSWORD}\n"}
    assert story(lint, tmp_path, files)[".env", "hardcoded-secret"]["severity"] == "critical"
    sample = story(lint, tmp_path, {".env": "CRM_TOKEN=your-token-here\n"})
    assert (".env", "hardcoded-secret") not in sample


@pytest.mark.parametrize("comment", ["pragma: allowlist secret", "agentkey: ignore[hardcoded-secret] it opens nothing"])
def test_what_a_comment_allows_makes_nothing_graver(tmp_path: Path, lint: Lint, comment: str) -> None:
    files = {"agentkeys.toml": MANIFEST % ("write", "tickets:*", "CRM_TOKEN"), ".env": f"CRM_TOKEN={PASSWORD}  # {comment}\n"}
    assert story(lint, tmp_path, files)["agentkeys.toml", "wildcard-scope"]["severity"] == "high"


def test_what_settings_say_of_a_rule_stays(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkey-lint.toml": '[rules.hardcoded-key]\nseverity = "medium"\n', **WILD}
    leak = story(lint, tmp_path, files)[".env", "hardcoded-key"]
    assert leak["severity"] == "medium" and "agentkeys.toml" in leak["message"]


def test_a_leak_in_a_file_that_settings_exclude_is_none(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkey-lint.toml": 'exclude = [".env"]\n', **WILD, "agentkeys.toml": MANIFEST % ("write", "tickets:*", "ANTHROPIC_API_KEY")}
    assert story(lint, tmp_path, files)["agentkeys.toml", "wildcard-scope"]["severity"] == "high"


def test_a_comment_about_a_rule_on_the_whole_repository_is_never_idle(tmp_path: Path, lint: Lint) -> None:
    entry = MANIFEST % ("read-only", "tickets:read", "CRM_TOKEN")
    repository(tmp_path, {"agentkeys.toml": entry.replace('"CRM_TOKEN"', '"CRM_TOKEN"  # agentkey: ignore[orphan-key] the scheduler uses it')})
    for arguments in (("check",), ("check", "agentkeys.toml"), ("hook", "agentkeys.toml")):
        assert findings(lint(tmp_path, arguments[0], "--format", "json", "--min-severity", "info", *arguments[1:])) == {}


def test_one_key_in_a_manifest_is_one_finding(tmp_path: Path, lint: Lint) -> None:
    found = story(lint, tmp_path, {"agentkeys.toml": MANIFEST % ("write", "tickets:read", KEY)})
    assert {rule for _, rule in found} == {"secret-in-manifest", "invalid-manifest"}
    assert KEY[20:40] not in json.dumps(list(found.values()))


def test_no_secret_shows(tmp_path: Path, lint: Lint) -> None:
    folder = repository(tmp_path, {**WILD, "agentkeys.yaml": f"version: 1\nkey:\n  - id: {KEY}\n    env: {PASSWORD}\n    scopes: ['*']\n"})
    for form in ("terminal", "json", "sarif"):
        shown = lint(folder, "check", "--format", form, "--min-severity", "info", "--min-confidence", "low").stdout.decode()
        assert KEY[20:40] not in shown and PASSWORD[4:20] not in shown
