"""A file with very many findings of one rule is one finding that says how many there are."""

import pytest

from agentkey_lint.engine import pipeline
from agentkey_lint.engine.judging import FLOOD, Thresholds
from agentkey_lint.model.finding import Report
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source
from agentkey_lint.testing import expand


def lint(text: str) -> Report:
    plan = pipeline.Plan(Thresholds(), lambda told_by: f"{hash(told_by):x}")
    return pipeline.lint([Source("app/keys.py", text.encode())], empty(), plan)


def keys(count: int) -> str:
    return "".join(f'k{number} = "{expand("tvly-{{32 x aA0}}", number)}"\n' for number in range(count))


@pytest.mark.parametrize("count", [FLOOD, FLOOD + 1, 5 * FLOOD])
def test_many_findings_of_one_rule_are_one(count: int) -> None:
    reported = [finding for finding, verdict in lint(keys(count)).results if verdict == "reported"]
    if count <= FLOOD:
        assert len(reported) == count
    else:
        assert [finding.start.line for finding in reported] == [1]
        assert f"and {count - 1} more places in this file" in reported[0].message


def test_another_rule_is_not_summarised_with_it() -> None:
    text = keys(2 * FLOOD) + 'url = "postgres://app:q8Zr4tLw1@db.corp.net/app"\n'
    reported = [finding.rule for finding, verdict in lint(text).results if verdict == "reported"]
    assert sorted(reported) == ["hardcoded-key", "key-in-url"]
