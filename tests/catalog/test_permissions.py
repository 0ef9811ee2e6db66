"""What is known of systems and of settings that allow too much: the tables are sound, and a pattern means what rules/README.md says."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import patterns, scopes, systems
from agentkey_lint.catalog.compiled import RULES, SCOPES, SYSTEMS
from agentkey_lint.catalog.patterns import Pattern
from agentkey_lint.engine.documents import PARSERS
from agentkey_lint.model.facts import Entry
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES
from agentkey_lint.model.source import Span

FOLDER = Path(__file__).resolve().parents[2] / "rules"
PATTERN = {"routes", "values", "globs", "other", "steps", "ends", "beside"}
RULE_IDS = {row[0] for row in RULES}
SYSTEM_FILES = sorted(path for path in (FOLDER / "scopes").glob("*.toml") if path.stem != "default")
BROAD = [
    (path.stem, row)
    for path in [*sorted((FOLDER / "readers").glob("*.toml")), FOLDER / "environment.toml"]
    for row in tomllib.loads(path.read_text(encoding="utf-8")).get("broad", ())
]


def entry(route: str, text: str, kind: str = "string") -> Entry:
    return Entry(tuple(route.split("/")), Span(0, 0), Span(0, 0), text, kind)


@pytest.mark.parametrize("path", SYSTEM_FILES, ids=lambda path: path.stem)
def test_a_system_says_where_it_is_told_and_how_it_is_known(path: Path) -> None:
    table: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    assert set(table) <= {"name", "source", "confirmed", "evidence", "confidence", "shape", "read", "write", "admin", "globs", "files", "grants", "missing"}
    assert table["name"] and table["source"].startswith("https://") and table["files"]
    assert table["evidence"] in ("run", "source", "documented", "issue", "text", "unconfirmed")
    if table["evidence"] == "unconfirmed":
        assert table["confidence"] == "low", "what nobody has confirmed is told at low confidence"
    assert table.get("shape", "") in ("", *systems.SHAPES)
    for file in table["files"]:
        assert set(file) <= {"format", "paths", "requires", "contains"} and file["format"] in PARSERS and file["paths"]
    for row in table.get("grants", ()):
        assert set(row) <= PATTERN | {"form", "level", "wildcard", "because", "severity", "confidence", "endless"}
        assert row.get("form", "value") in ("value", "words", "key", "level")
        assert row.get("level", "read") in scopes.TIERS and row.get("severity", "low") in SEVERITIES and row.get("confidence", "low") in CONFIDENCES
        assert ("level" in row) == ("because" in row), "a level of our own needs a sentence, and the other way round"
    assert table.get("grants") or table.get("shape")


@pytest.mark.parametrize(("reader", "row"), BROAD, ids=[f"{reader} {number}" for number, (reader, _) in enumerate(BROAD)])
def test_a_broad_setting_names_a_rule_and_says_what_it_means(reader: str, row: dict[str, Any]) -> None:
    assert set(row) <= PATTERN | {"rule", "because", "hint", "severity", "confidence", "variable", "write"}
    assert row["rule"] in RULE_IDS and row["severity"] in SEVERITIES and row.get("confidence", "low") in CONFIDENCES
    assert row["because"][0].islower() or row["because"].startswith(tuple("ACGNP")), "a sentence that goes on behind the rule's name"
    assert not row["because"].endswith(".") and row["hint"].endswith((".", ")"))
    assert row.get("values") or row.get("globs"), "which texts are meant"
    assert ("variable" in row) == (reader == "environment")


def test_every_shape_is_used() -> None:
    assert {row[2] for row in SYSTEMS} - {""} == set(systems.SHAPES)


@pytest.mark.parametrize(
    ("scope", "system", "level"),
    [
        ("auditlogs:read", "slack", "admin"),
        ("channels:read", "slack", "read"),
        ("administration:write", "github-app", "admin"),
        ("administration:read", "github-app", "read"),
        ("issues:write", "github-app", "write"),
        ("https://www.googleapis.com/auth/drive", "google", "admin"),
        ("https://www.googleapis.com/auth/drive.file", "google", "write"),
        ("https://www.googleapis.com/auth/drive", "", "write"),
        ("manage:jira-configuration", "atlassian", "admin"),
        ("manage:jira-configuration", "", "write"),
        ("iam:*", "aws", "admin"),
        ("iam:GetUser", "aws", "read"),
        ("iam:PutRolePolicy", "AWS", "admin"),
        ("secrets:list", "kubernetes", "admin"),
        ("secrets:list", "", "read"),
        ("configmaps:list", "kubernetes", "read"),
        ("list", "vault", "read"),
        ("sudo", "vault", "admin"),
    ],
)
def test_a_system_has_words_of_its_own(scope: str, system: str, level: str) -> None:
    assert scopes.tier(scope, system).level == level


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        (Pattern(("a.*",), ("x",)), "x", True),
        (Pattern(("a.*",), ("x",)), " X ", True),
        (Pattern(("a.*",), ("x*",)), "xy", False),
        (Pattern(("a.*",), (), ("x*",)), "xy", True),
        (Pattern(("a.*",), (), ("x*",), ("*y",)), "xy", False),
        (Pattern(("a.*",), (), ("x*",), ends=("__*",)), "x__*", True),
        (Pattern(("a.*",), (), ("x*",), ends=("__*",)), "x__y", False),
        (Pattern(("b.*",), ("x",)), "x", False),
        (Pattern(("a.*",), ("x",), steps=("here",)), "x", True),
        (Pattern(("a.*",), ("x",), steps=("there",)), "x", False),
        (Pattern(("a.*",), ("x",), beside=(("kind", "big"),)), "x", True),
        (Pattern(("a.*",), ("x",), beside=(("kind", "small"),)), "x", False),
        (Pattern(("a.*",)), "", True),
    ],
)
def test_what_a_pattern_fits(pattern: Pattern, text: str, fits: bool) -> None:
    around = patterns.texts([entry("a/Kind", "Big"), entry("a/here", text)])
    assert patterns.fits(pattern, entry("a/here", text), around) == fits


@pytest.mark.parametrize(
    ("other", "off"),
    [
        (("a/disabled", "true"), True),
        (("a/disabled", "false"), False),
        (("a/enabled", "False"), True),
        (("disabled", "true"), True),
        (("b/disabled", "true"), False),
    ],
)
def test_a_table_that_is_switched_off(other: tuple[str, str], off: bool) -> None:
    one = entry("a/b/c", "x")
    assert patterns.disabled(one, patterns.texts([one, entry(*other)])) == off


def test_a_switch_does_not_switch_itself_off() -> None:
    one = entry("a/enabled", "false", "boolean")
    assert not patterns.disabled(one, patterns.texts([one]))


@settings(deadline=None)
@given(st.sampled_from(sorted({word.partition("/")[0] for words in SCOPES.values() for word in words if "/" in word})), st.text(max_size=20))
def test_any_scope_of_a_known_system_has_a_tier(system: str, scope: str) -> None:
    assert scopes.tier(scope, system).level in scopes.TIERS
