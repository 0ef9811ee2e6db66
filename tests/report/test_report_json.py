"""The JSON report: its shape is a promise to other programs."""

import json
import time
from typing import Any

from hypothesis import given
from report_samples import ABOUT, KEY, corners, finding, report, reported, reports

from agentkey_lint.model.finding import Excerpt, Judged, Place, Position, Report
from agentkey_lint.model.source import Fault
from agentkey_lint.report.json import render


def parsed(value: Report) -> Any:
    text = "".join(render(value, ABOUT))
    assert text.isascii()
    assert text.endswith("}\n")
    return json.loads(text)


def test_the_shape_of_version_1() -> None:
    value = report(
        Judged(finding(related=(Place("x.env", Position(1, 2), Position(1, 5), "declared here"),), key=KEY), "reported"),
        faults=(Fault("a.ini", "cannot be read"),),
        files=7,
        size=99,
    )
    shape = parsed(value)
    assert shape == {
        "version": 1,
        "tool": {"name": "agentkey-lint", "version": "1.2.3"},
        "scanned": {"files": 7, "bytes": 99},
        "findings": [
            {
                "rule": "hardcoded-key",
                "severity": "critical",
                "confidence": "high",
                "message": "A key of Example is written here.",
                "hint": "Write ${EXAMPLE_API_KEY} and revoke the key.",
                "path": "config.ini",
                "start": {"line": 3, "column": 8},
                "end": {"line": 3, "column": 18},
                "fingerprint": "0123456789abcdef",
                "verdict": "reported",
                "related": [{"path": "x.env", "start": {"line": 1, "column": 2}, "end": {"line": 1, "column": 5}, "message": "declared here"}],
                "excerpt": {"text": "token = ex-*******", "caret": 8, "width": 10},
                "key": {"vendor": "Example", "kind": "API key", "tier": "write", "lifetime": "long-lived", "checksum": "valid", "account": "42"},
            }
        ],
        "faults": [{"path": "a.ini", "message": "cannot be read"}],
        "summary": {
            "severity": {"critical": 1, "high": 0, "medium": 0, "low": 0, "info": 0},
            "verdict": {"reported": 1, "below-threshold": 0, "suppressed": 0, "baselined": 0},
            "rule": {"hardcoded-key": 1},
            "whole": False,
            "exit": 2,
        },
    }
    assert list(shape) == ["version", "tool", "scanned", "findings", "faults", "summary"]
    assert list(shape["findings"][0])[:11] == [
        "rule",
        "severity",
        "confidence",
        "message",
        "hint",
        "path",
        "start",
        "end",
        "fingerprint",
        "verdict",
        "related",
    ]


def test_every_verdict_is_in_it_but_only_reported_ones_count_by_severity_and_rule() -> None:
    shape = parsed(corners()["every verdict"])
    assert sorted(one["verdict"] for one in shape["findings"]) == ["baselined", "below-threshold", "reported", "suppressed"]
    assert shape["summary"]["verdict"] == {"reported": 1, "below-threshold": 1, "suppressed": 1, "baselined": 1}
    assert shape["summary"]["severity"]["critical"] == 1
    assert shape["summary"]["rule"] == {"hardcoded-key": 1}


def test_bytes_that_are_not_utf8() -> None:
    shape = parsed(corners()["hostile"])["findings"][0]
    assert shape["path"] == "a b/\x1b[2J\u202e#%:\\xff\\x80.ini"
    assert shape["related"][0]["path"] == "\x9bz\\xe9"
    assert shape["related"][0]["message"] == "\r\x00\\xfd"
    assert shape["message"].endswith(" \\xfe\n")
    assert parsed(corners()["faults only"])["faults"][2] == {"path": shape["path"], "message": "gone \x1b[31m \\x9b"}
    assert shape["excerpt"] == {"text": "\x1b[31m\u202etoken\x07 \ufffd*** \ufffd", "caret": 6, "width": 5}, "one code point each: the caret stays right"


def test_exit_status() -> None:
    def status(value: Report) -> int:
        number: int = parsed(value)["summary"]["exit"]
        return number

    assert status(report()) == 0
    assert status(reported(finding())) == 1
    assert status(report(*(Judged(finding(), verdict) for verdict in ("below-threshold", "suppressed", "baselined")))) == 0
    assert status(reported(finding(severity="info"), finding(confidence="low"))) == 0, "shown on request, yet never a reason to stop"
    assert status(report(Judged(finding(), "reported"), faults=(Fault("", "x"),))) == 2
    assert status(report(faults=(Fault("", "x"),), partial=True)) == 130
    assert parsed(report(partial=True))["summary"]["whole"] is False


def test_findings_are_ordered() -> None:
    places = [("b", 1, 1), ("a", 10, 1), ("a", 9, 5), ("a", 9, 1)]
    shape = parsed(reported(*(finding(*place) for place in places)))
    assert [(one["path"], one["start"]["line"], one["start"]["column"]) for one in shape["findings"]] == sorted(places)


def test_one_finding_a_line() -> None:
    lines = "".join(render(reported(finding("a"), finding("b"), finding("c")), ABOUT)).splitlines()
    assert [json.loads(line.rstrip(","))["path"] for line in lines[1:-1]] == ["a", "b", "c"]


@given(reports)
def test_any_report_parses_back_to_the_same_numbers(value: Report) -> None:
    shape = parsed(value)
    json.dumps(shape, ensure_ascii=False).encode()
    assert shape["scanned"] == {"files": value.files, "bytes": value.bytes}
    assert len(shape["faults"]) == len(value.faults)
    numbers = sorted((*judged.finding.start, *judged.finding.end, *judged.finding.excerpt[1:], judged.verdict) for judged in value.results)
    back = [(*one["start"].values(), *one["end"].values(), one["excerpt"]["caret"], one["excerpt"]["width"], one["verdict"]) for one in shape["findings"]]
    assert sorted(back) == numbers
    assert sum(shape["summary"]["verdict"].values()) == len(value.results)
    assert sum(shape["summary"]["severity"].values()) == sum(shape["summary"]["rule"].values()) == shape["summary"]["verdict"]["reported"]


@given(reports)
def test_excerpts_keep_their_length(value: Report) -> None:
    lengths = sorted(len(judged.finding.excerpt.text) for judged in value.results)
    assert sorted(len(one["excerpt"]["text"]) for one in parsed(value)["findings"]) == lengths


def test_100_000_findings_come_one_by_one_and_soon() -> None:
    one = finding(excerpt=Excerpt("界" * 50, 0, 1))
    value = report(*(Judged(one._replace(start=Position(number, 1)), "reported") for number in range(1, 100_001)))
    start = time.process_time()
    chunks = list(render(value, ABOUT))
    assert time.process_time() - start < 10
    assert max(map(len, chunks)) < 2000
    assert len(json.loads("".join(chunks))["findings"]) == 100_000
