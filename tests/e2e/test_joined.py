"""The joined finding: a key's place, the variable for it, where that is declared, whether git ignores its file, and what the key may do."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from repositories import repository

from agentkey_lint.testing import expand

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA")
SERVERS = '{"mcpServers": {"a": {"command": "a", "env": {"ANTHROPIC_API_KEY": "%s"}}}}\n'
ARGUMENTS = '{"mcpServers": {"a": {"command": "a", "args": ["--api-key", "%s"]}}}\n'
MANIFEST = """version = 1

[[key]]
id = "model"
env = "ANTHROPIC_API_KEY"
role = "read-only"
scopes = ["messages:read"]
ttl = "30d"
"""


def findings(done: "subprocess.CompletedProcess[bytes]", path: str) -> list[dict]:
    return [finding for finding in json.loads(done.stdout)["findings"] if finding["path"] == path]


def related(lint: Lint, folder: Path, path: str, rule: str) -> list[str]:
    """The related places of the one finding of a rule in a file, as `path:line:column message`."""
    done = lint(folder, "check", "--format", "json", "--min-severity", "info", "--min-confidence", "low")
    (finding,) = [one for one in findings(done, path) if one["rule"] == rule]
    return [f"{one['path']}:{one['start']['line']}:{one['start']['column']} {one['message']}" for one in finding["related"]]


FILES = {
    ".gitignore": "# local\n.env\n",
    ".env.example": "# copy me\nexport ANTHROPIC_API_KEY=\n",
    "agentkeys.toml": MANIFEST,
    ".mcp.json": SERVERS.replace("%s", KEY),
}
ALL = [
    ".env.example:2:8 ANTHROPIC_API_KEY is declared here",
    ".env:1:1 the value of ANTHROPIC_API_KEY belongs in .env, which git ignores (.gitignore:2)",
    "agentkeys.toml:4:7 what the key model in ANTHROPIC_API_KEY may do: role read-only; scopes messages:read; ttl 30d",
]


def test_everything_that_is_known_of_the_variable_stands_at_the_one_finding(tmp_path: Path, lint: Lint) -> None:
    places = related(lint, repository(tmp_path, FILES), ".mcp.json", "hardcoded-key")
    assert places == ALL


def test_every_mode_and_every_format_says_it(tmp_path: Path, lint: Lint) -> None:
    folder = repository(tmp_path, FILES)
    tree = findings(lint(folder, "check", "--format", "json"), ".mcp.json")
    assert any(len(finding["related"]) == len(ALL) for finding in tree)
    assert tree == findings(lint(folder, "check", "--format", "json", ".mcp.json"), ".mcp.json")
    assert tree == findings(lint(folder, "check", "--format", "json", "--staged"), ".mcp.json")
    assert tree == findings(lint(folder, "hook", "--format", "json", "--", ".mcp.json"), ".mcp.json")
    assert tree == findings(lint(folder, "check", "--format", "json", "--stdin-path", ".mcp.json", "-", stdin=FILES[".mcp.json"].encode()), ".mcp.json")
    for form in ("terminal", "sarif"):
        shown = lint(folder, "check", "--format", form).stdout.decode()
        assert all(place.split(" ", 1)[1] in shown for place in ALL)
        assert KEY[20:40] not in shown


def test_a_place_that_git_does_not_ignore_and_a_variable_that_nobody_declares(tmp_path: Path, lint: Lint) -> None:
    folder = repository(tmp_path, {"app/.mcp.json": SERVERS.replace("%s", KEY), ".gitignore": "/.env\n"})
    assert related(lint, folder, "app/.mcp.json", "hardcoded-key") == [
        "app/.mcp.json:1:69 ANTHROPIC_API_KEY is declared nowhere in this repository, and neither is any other variable",
        "app/.env:1:1 the value of ANTHROPIC_API_KEY belongs in app/.env, which git does not ignore",
    ]


def test_a_manifest_that_says_nothing_of_the_variable_and_others_that_are_declared(tmp_path: Path, lint: Lint) -> None:
    files = {"agentkeys.toml": MANIFEST.replace("ANTHROPIC_API_KEY", "OTHER_KEY"), "app/agentkeys.yaml": "version: 1\n", ".gitignore": ".env\n"}
    assert related(lint, repository(tmp_path, {**files, ".mcp.json": SERVERS.replace("%s", KEY)}), ".mcp.json", "hardcoded-key") == [
        ".mcp.json:1:69 ANTHROPIC_API_KEY is declared nowhere in this repository",
        ".env:1:1 the value of ANTHROPIC_API_KEY belongs in .env, which git ignores (.gitignore:1)",
        "agentkeys.toml:1:1 no key in agentkeys.toml nor in 1 more is bound to ANTHROPIC_API_KEY",
    ]


def test_the_variable_of_a_field_is_its_vendors(tmp_path: Path, lint: Lint) -> None:
    text = '{"provider": {"anthropic": {"options": {"apiKey": ""}}}}'
    assert related(lint, repository(tmp_path, {**FILES, "opencode.json": text}), "opencode.json", "missing-reference") == ALL


def test_a_tracked_file_of_values_is_named_even_where_a_pattern_ignores_it(tmp_path: Path, lint: Lint) -> None:
    folder = repository(tmp_path, {".env": "ANTHROPIC_API_KEY=\n", ".gitignore": ".env\n", ".mcp.json": SERVERS.replace("%s", KEY)})
    assert related(lint, folder, ".mcp.json", "hardcoded-key") == [
        ".env:1:1 ANTHROPIC_API_KEY is declared here",
        ".env:1:1 the value of ANTHROPIC_API_KEY belongs in .env, which git ignores (.gitignore:1) and tracks all the same",
    ]


@pytest.mark.parametrize(
    ("path", "text", "rule"),
    [
        (".cursor/mcp.json", SERVERS.replace("%s", "${ANTHROPIC_API_KEY}"), "unexpanded-reference"),
        (".mcp.json", SERVERS.replace("%s", ""), "missing-reference"),
        (".mcp.json", SERVERS.replace("%s", f"${{ANTHROPIC_API_KEY:-{KEY}}}"), "secret-in-default"),
        (".mcp.json", ARGUMENTS.replace("%s", KEY), "key-in-command"),
    ],
)
def test_rules_that_name_a_variable(tmp_path: Path, lint: Lint, path: str, text: str, rule: str) -> None:
    assert related(lint, repository(tmp_path, {**FILES, ".mcp.json": "{}", path: text}), path, rule) == ALL


def test_without_git_nothing_is_said_of_what_it_ignores(tmp_path: Path, lint: Lint) -> None:
    for path in (".env.example", ".mcp.json"):
        (tmp_path / path).write_text(FILES[path])
    assert related(lint, tmp_path, ".mcp.json", "hardcoded-key") == ALL[:1]


def test_a_secret_in_the_manifest_shows_at_no_other_finding(tmp_path: Path, lint: Lint) -> None:
    other = expand("sk-ant-api03-{{93 x aA0_-}}AA", 1)
    folder = repository(tmp_path, {**FILES, "agentkeys.toml": MANIFEST.replace("messages:read", other)})
    assert other[20:40] not in lint(folder, "check", "--format", "json").stdout.decode()
    assert "scopes sk-ant-api03-" in related(lint, folder, ".mcp.json", "hardcoded-key")[2]


def test_in_a_file_that_sets_variables_only_the_manifest_has_more_to_say(tmp_path: Path, lint: Lint) -> None:
    folder = repository(tmp_path, {**FILES, ".env": f"ANTHROPIC_API_KEY={KEY}\n"})
    assert related(lint, folder, ".env", "hardcoded-key") == ALL[2:]
