"""The SARIF report: valid, read by others without complaint, and the same places as everywhere else."""

import json
import time
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from report_samples import ABOUT, HOSTILE_PATH, audit, audits, corners, finding, leak, report, reported, reports
from sarif.loader import load_sarif_files  # type: ignore[import-untyped]
from sarif_pydantic import Sarif  # type: ignore[import-untyped]

from agentkey_lint.model.audit import Audit, Audited
from agentkey_lint.model.finding import Judged, Position, Report
from agentkey_lint.model.source import Fault
from agentkey_lint.report.sarif import message, render, render_audit, uri
from agentkey_lint.report.text import About

SCHEMA = Path(__file__).parents[2].parent / "shared" / "schemas" / "sarif-2.1.0.json"


def text_of(value: Report, about: About = ABOUT) -> str:
    text = "".join(render(value, about))
    assert text.isascii()
    return text


def run_of(value: Report, about: About = ABOUT) -> Any:
    return json.loads(text_of(value, about))["runs"][0]


@pytest.fixture(scope="module")
def validator() -> Draft7Validator:
    if not SCHEMA.exists():
        pytest.skip("the public SARIF schema is not kept in this repository, and ../shared/schemas is not here")
    return Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")), format_checker=Draft7Validator.FORMAT_CHECKER)


@pytest.mark.parametrize("name", corners())
def test_valid_against_the_schema(name: str, validator: Draft7Validator) -> None:
    assert [error.message for error in validator.iter_errors(json.loads(text_of(corners()[name])))] == []


def test_the_schema_test_can_fail(validator: Draft7Validator) -> None:
    log = json.loads(text_of(corners()["every verdict"]))
    log["runs"][0]["results"][0]["level"] = "critical"
    assert list(validator.iter_errors(log))


@pytest.mark.parametrize("name", corners())
def test_sarif_pydantic_reads_it(name: str) -> None:
    run = Sarif.model_validate_json(text_of(corners()[name])).runs[0]
    assert run.tool.driver.name == "agentkey-lint"
    assert [result.rule_id for result in run.results or []] == [result["ruleId"] for result in run_of(corners()[name])["results"]]


@pytest.mark.parametrize("name", corners())
def test_sarif_tools_reads_it(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "x.sarif").write_text(text_of(corners()[name]), encoding="utf-8")
    files = load_sarif_files(str(tmp_path))
    records = files.get_records()
    assert capfd.readouterr() == ("", "")
    assert [(record["Line"], record["Severity"]) for record in records] == [
        (result["locations"][0]["physicalLocation"]["region"]["startLine"], result["level"]) for result in run_of(corners()[name])["results"]
    ]
    assert files.get_report().get_severities() == ["error", "warning", "note"]


def test_rules_carry_what_a_service_shows() -> None:
    first, second, third = run_of(report(), ABOUT._replace(manuals={"hardcoded-key": "# A manual"}))["tool"]["driver"]["rules"]
    assert first == {
        "id": "hardcoded-key",
        "name": "HardcodedKey",
        "shortDescription": {"text": "A key of a provider stands in a file."},
        "fullDescription": {"text": "A key of a provider stands in a file."},
        "help": {"text": "# A manual", "markdown": "# A manual"},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security", "NHI2", "ASI03"], "security-severity": "9.5"},
    }
    assert second["help"] == {"text": second["shortDescription"]["text"]}
    assert second["properties"] == {"tags": ["security"], "security-severity": "5.5"}
    assert third["properties"] == {"tags": ["security"]}, "info has no band of security severity"


def test_a_result() -> None:
    (result,) = run_of(reported(finding(rule="missing-reference", severity="medium", end=Position(5, 1))))["results"]
    assert result == {
        "ruleId": "missing-reference",
        "ruleIndex": 1,
        "level": "warning",
        "message": {"text": "A key of Example is written here.\nWrite ${EXAMPLE_API_KEY} and revoke the key."},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "config.ini", "uriBaseId": "%SRCROOT%"},
                    "region": {"startLine": 3, "startColumn": 8, "endLine": 5, "endColumn": 1},
                }
            }
        ],
        "partialFingerprints": {"agentkeyLint/v1": "0123456789abcdef"},
        "properties": {"severity": "medium", "confidence": "high"},
    }
    assert run_of(report())["columnKind"] == "unicodeCodePoints"


def test_levels() -> None:
    results = run_of(corners()["every severity"])["results"]
    assert {one["properties"]["severity"]: one["level"] for one in results} == {
        "critical": "error",
        "high": "error",
        "medium": "warning",
        "low": "warning",
        "info": "note",
    }


def test_verdicts() -> None:
    results = run_of(corners()["every verdict"])["results"]
    paths = {one["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]: one.get("suppressions") for one in results}
    assert paths == {"baselined.ini": [{"kind": "external"}], "reported.ini": None, "suppressed.ini": [{"kind": "inSource"}]}


def test_a_rule_that_is_not_listed_has_no_index() -> None:
    (result,) = run_of(corners()["a rule that is not listed"])["results"]
    assert "ruleIndex" not in result


def test_faults_and_interruption() -> None:
    (invocation,) = run_of(report(faults=(Fault("a b.ini", "cannot be read"), Fault("", "a rule failed"))))["invocations"]
    assert invocation == {
        "executionSuccessful": False,
        "exitCode": 2,
        "toolExecutionNotifications": [
            {
                "level": "error",
                "message": {"text": "cannot be read"},
                "locations": [{"physicalLocation": {"artifactLocation": {"uri": "a%20b.ini", "uriBaseId": "%SRCROOT%"}}}],
            },
            {"level": "error", "message": {"text": "a rule failed"}},
        ],
    }
    assert run_of(reported(finding()))["invocations"] == [{"executionSuccessful": True, "exitCode": 1, "toolExecutionNotifications": []}]
    assert run_of(report(partial=True))["invocations"][0]["executionSuccessful"] is False


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("a/b-c_d.e~f", "a/b-c_d.e~f"),
        ("a b#c%d?e", "a%20b%23c%25d%3Fe"),
        ("http:x", "http%3Ax"),
        ("ü", "%C3%BC"),
        (HOSTILE_PATH, "a%20b/%1B%5B2J%E2%80%AE%23%25%3A%FF%80.ini"),
    ],
)
def test_paths_are_percent_encoded(path: str, expected: str) -> None:
    assert uri(path) == expected


@given(st.binary(max_size=40))
def test_a_uri_holds_the_very_bytes_of_the_path(data: bytes) -> None:
    encoded = uri(data.decode("utf-8", "surrogateescape"))
    assert unquote_to_bytes(encoded) == data
    parts = urlsplit("./" + encoded)
    assert (parts.scheme, parts.query, parts.fragment) == ("", "", "")


def test_a_path_outside_the_tree_is_absolute() -> None:
    (result,) = run_of(corners()["outside the tree"])["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"] == {"uri": "file:///outside/x.ini"}


def test_no_link_comes_from_the_repository() -> None:
    assert message("[click](https://example.org)") == r"\[click\](https://example.org)"
    assert message(r"\[click](x)") == r"\\\[click\](x)", "an escape of their own must not undo ours"
    assert message("servers[0] is ${X}") == "servers[0] is ${X}"


@given(reports)
def test_any_report_parses_back_to_the_same_numbers(value: Report) -> None:
    run = run_of(value)
    json.dumps(run, ensure_ascii=False).encode()
    kept = [judged.finding for judged in value.results if judged.verdict != "below-threshold"]
    regions = [one["locations"][0]["physicalLocation"]["region"] for one in run["results"]]
    assert sorted(tuple(region.values()) for region in regions) == sorted((*one.start, *one.end) for one in kept)
    assert len(run["invocations"][0]["toolExecutionNotifications"]) == len(value.faults)


def test_100_000_findings_come_one_by_one_and_soon() -> None:
    one = finding()
    value = report(*(Judged(one._replace(start=Position(number, 1)), "reported") for number in range(1, 100_001)))
    start = time.process_time()
    chunks = list(render(value, ABOUT))
    assert time.process_time() - start < 10
    assert max(map(len, chunks)) < 5000
    assert len(json.loads("".join(chunks))["runs"][0]["results"]) == 100_000


# -- audits


def audit_of(value: Audit) -> Any:
    return json.loads("".join(render_audit(value, ABOUT)))


@given(audits)
def test_an_audit_is_a_run_for_each_repository(value: Audit) -> None:
    log = audit_of(value)
    Sarif.model_validate(log)
    assert len(log["runs"]) == len(value.repositories)
    for run, one in zip(log["runs"], value.repositories, strict=True):
        assert len(run["results"]) == sum(leak.verdict != "below-threshold" for leak in one.leaks)
        assert run["invocations"][0]["executionSuccessful"] == (not one.faults and not one.partial and not value.partial)
        for result in run["results"]:
            related = [json.dumps(place) for place in result.get("relatedLocations", ())]
            assert len(set(related)) == len(related)


def test_an_audit_is_valid_against_the_schema(validator: Draft7Validator) -> None:
    value = Audit((Audited("a", (leak("tip"), leak("history", first=None, last=None))), Audited("", (), (Fault("x", "gone"),))))
    assert [error.message for error in validator.iter_errors(audit_of(value))] == []


def test_what_an_audit_says_of_a_key() -> None:
    run = audit_of(audit(leak("history")))["runs"][0]
    assert run["automationDetails"] == {"id": "shop"}
    assert run["properties"] == {"commits": 120, "blobs": 340, "bytes": 5600, "shallow": False}
    (result,) = run["results"]
    assert result["properties"] == {
        "severity": "critical",
        "confidence": "high",
        "state": "history",
        "moved": False,
        "commits": 12,
        "files": 2,
        "first": {"id": "a" * 40, "date": 1_612_137_600},
        "last": {"id": "b" * 40, "date": 1_688_169_600},
        "actions": ["Revoke the key at Example.", "Write ${EXAMPLE_API_KEY}."],
        "link": "https://example.com/keys",
    }
    assert [place["physicalLocation"]["artifactLocation"]["uri"] for place in result["relatedLocations"]] == ["config.ini", "old/config.ini"]
