"""The OWASP lists: whole, in order, every item served or the reason why not, and the same in SARIF."""

import json
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint.catalog import compile
from agentkey_lint.catalog.owasp import standards
from agentkey_lint.catalog.rule_files import RuleFileError, load
from agentkey_lint.engine.pipeline import rules

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
ITEMS = {item.id: item for one in standards() for item in one.items}


def test_both_lists_are_whole_and_in_order() -> None:
    nhi, agentic = standards()
    assert [item.id for item in nhi.items] == [f"NHI{number}" for number in range(1, 11)]
    assert [item.id for item in agentic.items] == [f"ASI{number:02}" for number in range(1, 11)]
    assert all(one.source.startswith("https://") for one in standards())


def test_every_rule_serves_items_that_exist_and_every_item_says_who_serves_it_or_why_nobody_does() -> None:
    for rule in rules():
        assert rule.owasp and set(rule.owasp) <= ITEMS.keys(), rule.id
        assert len(set(rule.owasp)) == len(rule.owasp), rule.id
    for item in ITEMS.values():
        assert item.rules == tuple(rule.id for rule in rules() if item.id in rule.owasp)
        assert bool(item.rules) != bool(item.why), item.id


def test_knowledge_that_does_not_fit_the_rules_is_refused() -> None:
    table = load(".")["owasp"]
    rows = compile.rule_rows()
    with pytest.raises(RuleFileError, match="no title for NHI99"):
        compile.owasp_rows(table, [*rows, ("x", "key", "low", "x", ("NHI99",), ())])
    with pytest.raises(RuleFileError, match="NHI10: uncovered are"):
        compile.owasp_rows(table, [*rows, ("x", "key", "low", "x", ("NHI10",), ())])


def test_the_list_on_the_command_line(tmp_path: Path, lint: Lint) -> None:
    text = lint(tmp_path, "list", "--owasp").stdout.decode()
    shape = json.loads(lint(tmp_path, "list", "--owasp", "--format", "json").stdout)
    assert [one["id"] for one in shape["standards"]] == ["owasp-nhi-2025", "owasp-agentic-2026"]
    for one in shape["standards"]:
        for item in one["items"]:
            assert item["title"] in text and (", ".join(item["rules"]) or f"not covered: {item['why']}") in text
            assert item["covered"] == bool(item["rules"])
    assert [one["id"] for one in json.loads(lint(tmp_path, "list", "--format", "json").stdout)["rules"]] == [rule.id for rule in rules()]


def test_sarif_has_the_items_as_tags_and_as_taxonomies(tmp_path: Path, lint: Lint) -> None:
    [run] = json.loads(lint(tmp_path, "check", "--format", "sarif").stdout)["runs"]
    taxonomies = run["taxonomies"]
    assert [one["name"] for one in run["tool"]["driver"]["supportedTaxonomies"]] == [one["name"] for one in taxonomies]
    known = {rule.id: rule for rule in rules()}
    for shape in run["tool"]["driver"]["rules"]:
        targets = [one["target"] for one in shape["relationships"]]
        named = tuple(taxonomies[target["toolComponent"]["index"]]["taxa"][target["index"]]["id"] for target in targets)
        assert named == tuple(target["id"] for target in targets) == known[shape["id"]].owasp
        assert set(named) < set(shape["properties"]["tags"])
