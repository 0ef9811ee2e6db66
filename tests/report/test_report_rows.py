"""The formats in rows, each read back by a program that is not ours: csv, an XML parser, a Markdown parser, the facts of GitLab's schema."""

import csv
import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from jsonschema import Draft7Validator  # type: ignore[import-untyped]
from markdown_it import MarkdownIt
from report_samples import ABOUT, HOSTILE_PATH, audit, audits, corners, finding, leak, report, reported, reports

from agentkey_lint.model.audit import Audit, Audited, Commit
from agentkey_lint.model.finding import SEVERITIES, Judged, Position, Report
from agentkey_lint.model.source import Fault
from agentkey_lint.report import csv as csv_report
from agentkey_lint.report import github, gitlab, junit, markdown
from agentkey_lint.report.rows import of_audit
from agentkey_lint.report.text import VERDICTS, counts, visible

MODULES = (csv_report, github, gitlab, junit, markdown)
TROUBLE = report(faults=(Fault(HOSTILE_PATH, "cannot be read"),), partial=True)
FORMULA = finding("=cmd|'x'!A1", message="+1", hint=" @SUM(1)", severity="high")


def text_of(module: ModuleType, value: Report | Audit) -> str:
    render: Callable[..., Iterator[str]] = module.render_audit if isinstance(value, Audit) else module.render
    return "".join(render(value, ABOUT))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_faults_and_an_interruption_are_said(module: ModuleType) -> None:
    for value in (TROUBLE, audit(faults=TROUBLE.faults, partial=True)):
        said = text_of(module, value)
        assert "cannot be read" in said and "the job was NOT done as a whole: it was interrupted" in said.replace("&#", "")
    assert "NOT done" not in text_of(module, report())


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_corner_is_written(module: ModuleType) -> None:
    for value in corners().values():
        text_of(module, value).encode()


# -- CSV


def records(value: Report | Audit) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text_of(csv_report, value), newline=""), strict=True))


@given(reports | audits)
def test_csv_is_read_back(value: Report | Audit) -> None:
    written = text_of(csv_report, value)
    assert all(line.endswith("\r") for line in written.split("\n")[:-1]), "RFC 4180 ends lines with CRLF"
    if isinstance(value, Audit):
        rows = of_audit(value, ABOUT).rows
    else:
        rows = sorted(value.results, key=lambda one: (one.finding.path, one.finding.start, one.finding.rule))
    read = [one for one in records(value) if one["verdict"] in VERDICTS]
    assert len(read) == len(rows)
    for one, row in zip(read, rows, strict=True):
        assert None not in one and None not in one.values()
        for column in ("path", "message", "hint"):
            expected = visible(getattr(row.finding, column))
            assert one[column] in (expected, "'" + expected)
        for text in one.values():
            assert not text.strip().startswith(("=", "+", "-", "@"))


def test_csv_guards_formulas_and_nothing_else() -> None:
    (one,) = records(reported(FORMULA))
    assert [one["path"], one["message"], one["hint"]] == ["'=cmd|'x'!A1", "'+1", "' @SUM(1)"]
    assert one["line"] == "3" and one["rule"] == "hardcoded-key"


def test_csv_has_every_verdict_and_the_history() -> None:
    assert [one["verdict"] for one in records(corners()["every verdict"])] == sorted(VERDICTS)
    (one,) = records(audit(leak("history")))
    assert (one["repository"], one["state"], one["first_date"], one["last_date"], one["commits"]) == ("shop", "history", "2021-02-01", "2023-07-01", "12")
    assert one["actions"] == "Revoke the key at Example.; Write ${EXAMPLE_API_KEY}."


# -- JUnit


@given(reports | audits)
def test_junit_is_xml_and_its_counts_are_right(value: Report | Audit) -> None:
    root = ET.fromstring(text_of(junit, value))
    for suite in (root, root[0]):
        found = {kind: len(root.findall(f".//{kind}")) for kind in ("testcase", "failure", "error", "skipped")}
        assert [suite.get(name) for name in ("tests", "failures", "errors", "skipped")] == [str(number) for number in found.values()]
    assert root.findall(".//testcase"), "an empty file counts as a broken one"
    rows = of_audit(value, ABOUT).rows if isinstance(value, Audit) else value.results
    assert len(root.findall(".//failure")) == sum(counts(row.finding, row.verdict) for row in rows)


def test_junit_shows_texts_as_they_are() -> None:
    hostile = finding('<a href="x">&amp;\x00.ini', message="]]>&\"'\ufffe")
    (case,) = ET.fromstring(text_of(junit, reported(hostile))).iter("testcase")
    assert case.get("classname") == visible(hostile.path) and case.get("name") == "hardcoded-key at 3:8"
    assert case[0].get("message") == visible(hostile.message)


def test_junit_fails_for_what_changes_the_status_alone() -> None:
    root = ET.fromstring(text_of(junit, report(*(Judged(finding(f"{verdict}.ini"), verdict) for verdict in VERDICTS))))
    assert {str(case.get("file")): case[0].tag for case in root.iter("testcase")} == {
        "reported.ini": "failure",
        "suppressed.ini": "skipped",
        "baselined.ini": "skipped",
    }
    root = ET.fromstring(text_of(junit, reported(finding(severity="info"), finding("b", confidence="low"))))
    assert [case[0].tag for case in root.iter("testcase")] == ["skipped", "skipped"]


# -- GitHub


def commands(value: Report | Audit) -> list[tuple[str, dict[str, str], str]]:
    """What the runner makes of an output: it looks at lines that start with two colons. (ActionCommand.cs of actions/runner.)"""
    found = []
    for line in re.split(r"\r\n|\r|\n", text_of(github, value)):
        if match := re.match(r"::(\w+) ?(.*?)::(.*)$", line):
            pairs = dict(pair.split("=", 1) for pair in match[2].split(",") if pair)
            found.append((match[1], {name: unquote(text) for name, text in pairs.items()}, unquote(match[3])))
    return found


@given(reports | audits)
def test_github_says_each_finding_once_and_nothing_of_the_repositorys(value: Report | Audit) -> None:
    table = of_audit(value, ABOUT).rows if isinstance(value, Audit) else value.results
    shown = [row.finding for row in table if row.verdict == "reported"]
    found = [one for one in commands(value) if one[1]["title"] != "agentkey-lint"]
    assert len(found) == len(shown) == text_of(github, value).count("\n::") + text_of(github, value).startswith("::") - (len(commands(value)) - len(found))
    assert {level for level, _, _ in found} <= {"error", "warning", "notice"}
    for _, properties, message in found:
        assert any(message.startswith(visible(one.message)) for one in shown)
        assert not {"file"} & properties.keys() or any(properties["file"] == visible(one.path) for one in shown)


def test_github_escapes() -> None:
    hostile = finding("a,line=9::b%0A.ini", message="100%\n::error::x")
    ((level, properties, message),) = commands(reported(hostile))
    assert (level, properties["file"], properties["line"]) == ("error", "a,line=9::b%0A.ini", "3")
    assert message.startswith("100%\\x0a::error::x\n")


def test_github_puts_the_gravest_first_for_it_shows_ten() -> None:
    levels = [properties["title"].partition(":")[0] for _, properties, _ in commands(reported(*(finding(severity=one) for one in SEVERITIES)))]
    assert levels == list(SEVERITIES[::-1])


def test_github_annotates_lines_that_are_there_alone() -> None:
    assert ["file" in properties for _, properties, _ in commands(audit(leak("tip"), leak("history")))] == [True, False]
    ((_, properties, _),) = commands(reported(finding(end=Position(6, 1))))
    assert properties == {"title": "critical: hardcoded-key", "file": "config.ini", "line": "3", "endLine": "6"}


# -- Markdown


def tokens(source: str) -> list[Any]:
    """What GitHub's Markdown makes of it, as far as markdown-it-py goes: tables, struck out text, bare links."""
    parser = MarkdownIt("gfm-like", {"linkify": False})
    return [inner for token in parser.parse(source) for inner in (token, *(token.children or ()))]


@given(reports | audits)
def test_markdown_holds_no_markup_of_the_repositorys(value: Report | Audit) -> None:
    source = text_of(markdown, value)
    found = tokens(source)
    links = [token.attrs["href"] for token in found if token.type == "link_open"]
    assert set(links) <= {"https://example.com/keys"}
    assert {token.content for token in found if token.type == "html_inline"} <= {"<br>", "<!-- -->"}
    assert not [token for token in found if token.type in ("html_block", "image", "em_open", "strong_open", "s_open", "fence") and token.type != "strong_open"]
    table = of_audit(value, ABOUT).rows if isinstance(value, Audit) else value.results
    assert sum(token.type == "tr_open" for token in found) == (len(shown) + 1 if (shown := [row for row in table if row.verdict == "reported"]) else 0)
    cells = sum(token.type == "td_open" for token in found)
    assert cells == len(shown) * (6 if isinstance(value, Audit) else 4)
    assert not re.search(r"https?://(?!example\.com/keys\))|www\.|[@#](?!<!--)(?=\w)", re.sub(r"`[^`]*`|&#\d+;|^### ", "", source), re.IGNORECASE)


def test_markdown_shows_texts_as_they_are() -> None:
    hostile = finding("a|b`c.ini", message="<b>|@octocat *x* _y_ [z](https://z.example) www.z.example #1 a_b", hint="")
    found = tokens(text_of(markdown, reported(hostile)))
    cell = next(token for token in found if token.type == "inline" and token.content.startswith("&#60;b"))
    assert "".join(token.content for token in cell.children if token.type in ("text", "text_special")) == hostile.message
    assert any("a|b`c.ini:3:8" in "".join(one.content for one in token.children or ()) for token in found if token.type == "inline")


def test_markdown_keeps_room_for_a_comment() -> None:
    many = reported(*(finding(f"{'long/' * 60}{number}.ini", message="m" * 900, severity="low") for number in range(300)), finding("z.ini"))
    source = text_of(markdown, many)
    assert len(source) < 65_536 and "and 201 more" in source
    assert source.index("z.ini") < source.index("long/"), "the gravest come first"


# -- GitLab

TEXT = {"type": "string", "minLength": 1}
TOOL = {
    "type": "object",
    "required": ["id", "name", "version", "vendor"],
    "properties": {"id": TEXT, "name": TEXT, "version": TEXT, "vendor": {"type": "object", "required": ["name"], "properties": {"name": TEXT}}},
}
TIME = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}$"}
FACTS = {
    # The demands of GitLab's secret-detection-report-format.json, 15.0.0 to 15.2.1, on the fields that we write.
    "type": "object",
    "required": ["scan", "version", "vulnerabilities"],
    "properties": {
        "version": {"type": "string", "pattern": r"^15\.[0-9]+\.[0-9]+$"},
        "scan": {
            "type": "object",
            "required": ["analyzer", "end_time", "scanner", "start_time", "status", "type"],
            "properties": {
                "analyzer": TOOL,
                "scanner": TOOL,
                "start_time": TIME,
                "end_time": TIME,
                "status": {"enum": ["success", "failure"]},
                "type": {"enum": ["secret_detection"]},
                "messages": {
                    "type": "array",
                    "items": {"type": "object", "required": ["level", "value"], "properties": {"level": {"enum": ["info", "warn", "fatal"]}, "value": TEXT}},
                },
            },
        },
        "vulnerabilities": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["id", "identifiers", "location"],
                "properties": {
                    "id": TEXT,
                    "name": {"type": "string", "maxLength": 255},
                    "description": {"type": "string", "maxLength": 1048576},
                    "severity": {"enum": ["Info", "Unknown", "Low", "Medium", "High", "Critical"]},
                    "solution": {"type": "string", "maxLength": 7000},
                    "identifiers": {
                        "type": "array",
                        "minItems": 1,
                        "items": {"type": "object", "required": ["type", "name", "value"], "properties": {"type": TEXT, "name": TEXT, "value": TEXT}},
                    },
                    "links": {"type": "array", "items": {"type": "object", "required": ["url"], "properties": {"url": {"pattern": "^(https?|ftp)://.+"}}}},
                    "details": {
                        "type": "object",
                        "additionalProperties": {
                            "type": "object",
                            "required": ["name", "type", "value"],
                            "properties": {"name": TEXT, "type": {"enum": ["text", "value"]}, "value": {"type": ["number", "string", "boolean"]}},
                        },
                    },
                    "location": {
                        "type": "object",
                        "required": ["commit"],
                        "properties": {
                            "file": {"type": "string"},
                            "start_line": {"type": "number"},
                            "end_line": {"type": "number"},
                            "commit": {"type": "object", "required": ["sha"], "properties": {"sha": TEXT, "date": {"type": "string"}}},
                        },
                    },
                },
            },
        },
    },
}


def gitlab_of(value: Report | Audit) -> Any:
    import json

    log = json.loads(text_of(gitlab, value))
    assert [error.message for error in Draft7Validator(FACTS).iter_errors(log)] == []
    return log


@given(reports | audits)
def test_gitlab_takes_it(value: Report | Audit) -> None:
    log = gitlab_of(value)
    rows = of_audit(value, ABOUT).rows if isinstance(value, Audit) else value.results
    assert len(log["vulnerabilities"]) == sum(row.verdict == "reported" for row in rows)
    identities = [one["id"] for one in log["vulnerabilities"]]
    assert len(set(identities)) == len(identities), "each has its own id, equal findings too"
    assert (log["scan"]["status"] == "success") == (len(log["scan"]["messages"]) == 1)


def test_gitlab_names_the_commit_that_brought_a_key() -> None:
    (one,) = gitlab_of(audit(leak("history")))["vulnerabilities"]
    assert one["location"] == {"file": "config.ini", "start_line": 3, "end_line": 3, "commit": {"sha": "a" * 40, "date": "2021-02-01"}}
    assert one["identifiers"][0]["value"] == "hardcoded-key/example-api"
    (one,) = gitlab_of(reported(finding()))["vulnerabilities"]
    assert one["location"]["commit"] == {"sha": "0000000"}


def test_gitlab_ids_stay_when_another_finding_comes_or_goes() -> None:
    alone = gitlab_of(reported(finding("b.ini")))["vulnerabilities"][0]["id"]
    assert [one["id"] for one in gitlab_of(reported(finding("a.ini"), finding("b.ini")))["vulnerabilities"]][1] == alone


# -- what they share


def test_leaks_of_several_repositories_are_merged_nearest_to_the_tip_first() -> None:
    low = leak("tip", finding=finding(severity="low"))
    one, other = Audited("a", (leak("history"), low)), Audited("b", (leak("tip"),))
    assert [(row.repository, row.leak.state if row.leak else "") for row in of_audit(Audit((one, other)), ABOUT).rows] == [
        ("b", "tip"),
        ("a", "tip"),
        ("a", "history"),
    ]
    assert [row.finding.severity for row in of_audit(Audit((Audited("a", (low, leak("tip"))),)), ABOUT).rows] == ["low", "critical"], "one keeps its own order"


def test_dates() -> None:
    days = [Commit("", seconds).day for seconds in (0, 1_612_137_600, 253402300799, 253402300800, -1, 10**18)]
    assert days == ["1970-01-01", "2021-02-01", "9999-12-31", "", "", ""]
