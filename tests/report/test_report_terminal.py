"""The terminal report: what a person reads, and that no repository can drive the terminal it is read on."""

import os
import re
import subprocess
import sys
import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from report_samples import ABOUT, HOSTILE_PATH, RULES, corners, finding, report, reported, reports

from agentkey_lint.model.finding import Excerpt, Judged, Place, Position, Report
from agentkey_lint.model.source import Fault
from agentkey_lint.report.terminal import WIDTH, fit, render
from agentkey_lint.report.text import About


def shown(value: Report, about: About = ABOUT) -> str:
    return "".join(render(value, about))


def golden(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def test_nothing_found() -> None:
    assert shown(report(files=0, size=0)) == golden("""
        no findings
        check: 0 files read, 0 bytes; the whole job was done
    """)


def test_findings_stand_in_order_of_place_with_all_that_belongs_to_them() -> None:
    related = (Place("other.env", Position(12, 3), Position(12, 9), "declared here"),)
    late = finding(line=12, severity="medium", rule="missing-reference", message="Nothing stands here.", hint="", excerpt=Excerpt("OAuthSecret =", 0, 11))
    value = reported(late, finding("b.ini"), finding(related=related))
    assert shown(value, ABOUT._replace(mode="hook")) == golden("""
        b.ini:3:8  critical  hardcoded-key
          A key of Example is written here.
          3 │ token = ex-*******
            │         ^^^^^^^^^^
          → Write ${EXAMPLE_API_KEY} and revoke the key.

        config.ini:3:8  critical  hardcoded-key
          A key of Example is written here.
          3 │ token = ex-*******
            │         ^^^^^^^^^^
          → Write ${EXAMPLE_API_KEY} and revoke the key.
          see other.env:12:3  declared here

        config.ini:12:8  medium  missing-reference
          Nothing stands here.
          12 │ OAuthSecret =
             │ ^^^^^^^^^^^

        3 findings: 2 critical, 1 medium
        hook: 1 file read, 20 bytes; the whole job was done
    """)


def test_faults_are_shown_and_the_summary_says_that_something_is_missing() -> None:
    value = report(faults=(Fault("a/b.ini", "cannot be read"), Fault("", "a rule failed")), files=2, size=1, partial=True)
    assert shown(value) == golden("""
        fault: a/b.ini: cannot be read
        fault: a rule failed

        no findings
        check: 2 files read, 1 byte; the job was NOT done as a whole: it was interrupted, 2 faults
    """)


def test_no_verdict_vanishes() -> None:
    value = corners()["every verdict"]
    assert shown(value) == golden("""
        reported.ini:3:8  critical  hardcoded-key
          A key of Example is written here.
          3 │ token = ex-*******
            │         ^^^^^^^^^^
          → Write ${EXAMPLE_API_KEY} and revoke the key.

        1 finding: 1 critical
        1 below-threshold, not shown (--min-severity info --min-confidence low shows them)
        1 suppressed, not shown (--show-suppressed lists them)
        1 baselined, not shown (--show-suppressed lists them)
        check: 1 file read, 20 bytes; the whole job was done
    """)
    wanted = shown(value, ABOUT._replace(show=frozenset({"suppressed"})))
    assert wanted.startswith("suppressed.ini:3:8  critical  hardcoded-key  (suppressed)\n")
    assert "\n1 suppressed\n" in wanted
    assert "reported.ini" not in wanted


def test_a_span_of_several_lines_says_how_far_it_goes() -> None:
    for end, last in ((Position(6, 1), 5), (Position(6, 2), 6)):
        assert f"    │         ^^^^^^^^^^ to line {last}\n" in shown(reported(finding(end=end)))
    assert "to line" not in shown(reported(finding(end=Position(4, 1)))), "the line end alone is no further line"


def test_an_empty_file_has_no_line_to_show() -> None:
    assert "│" not in shown(reported(finding(excerpt=Excerpt("", 0, 0))))


def test_hostile_text_is_shown_escaped() -> None:
    text = shown(corners()["hostile"])
    assert text.startswith(r"a b/\x1b[2J\u202e#%:\xff\x80.ini:3:8  critical  hardcoded-key" + "\n")
    assert r"name \x1b]0;x\x07 [click](https://example.org) \xfe\x0a" in text
    assert r"3 │ \x1b[31m\u202etoken\x07 \xff*** \ud800" + "\n" in text
    assert r"see \u009bz\xe9:1:1  \x0d\x00\xfd" in text


def test_colour_only_adds_codes() -> None:
    for name, value in corners().items():
        coloured = shown(value, ABOUT._replace(colour=True))
        assert "\x1b[" in coloured, name
        assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == shown(value), name


@given(reports)
def test_any_report_is_safe_to_print(value: Report) -> None:
    text = shown(value, ABOUT._replace(show=frozenset({"reported", "suppressed"})))
    text.encode()
    assert text.endswith("\n")
    assert all(char == "\n" or char.isprintable() for char in text)


# The caret. A screen of our own says in which columns each character stands; the widths are written down here, not asked of the code under test.
WIDTHS = {"a": 1, "é": 1, "я": 1, "ש": 1, "界": 2, "한": 2, "\u3042": 2, "😀": 2, "\u0301": 0, "\u20dd": 0, "\ufe0f": 0, "\u1161": 0, "X": 1, "鍵": 2}
PREFIX = st.text(st.sampled_from([*(char for char in WIDTHS if char not in "X鍵"), "\t", "\x1b", "\u202e", "\u200d", "\udcff", "\x9b"]), max_size=120)


def columns(line: str, wanted: str) -> list[int]:
    """The columns that the wanted characters of a printed line take up."""
    found: list[int] = []
    column = 0
    for char in line:
        width = WIDTHS.get(char, 1)
        if char in wanted:
            found += range(column, column + width)
        column += width
    return found


@given(PREFIX, st.sampled_from(["X", "XXXX", "鍵", "X鍵X"]), PREFIX)
def test_carets_stand_under_the_marked_text(before: str, marked: str, after: str) -> None:
    value = reported(finding(excerpt=Excerpt(before + marked + after, len(before), len(marked))))
    line, carets = [row for row in shown(value).splitlines() if "│" in row]
    assert columns(carets, "^") == columns(line, "X鍵")


@pytest.mark.parametrize(
    ("text", "caret", "expected"),
    [
        ("\tX", 1, ("    X", 4, 1)),
        ("a\tX", 2, ("a   X", 4, 1)),
        ("界\tX", 2, ("界  X", 4, 1)),
        ("e\u0301X", 2, ("e\u0301X", 1, 1)),
        ("\x1bX", 1, (r"\x1bX", 4, 1)),
        ("\tX", 0, ("    X", 0, 4)),
        ("", 0, ("", 0, 1)),
        ("ab", 7, ("ab", 2, 1)),
    ],
)
def test_one_line_laid_out(text: str, caret: int, expected: tuple[str, int, int]) -> None:
    assert fit(text, caret, 1) == expected


@given(PREFIX, st.integers(0, 300), st.integers(0, 300), st.integers(20, 200))
def test_a_clipped_line_fits_and_keeps_its_carets(text: str, caret: int, width: int, limit: int) -> None:
    line, indent, marked = fit(text, caret, width, limit)
    total = sum(WIDTHS.get(char, 1) for char in line)
    assert total <= limit
    assert 0 <= indent <= total
    assert marked >= 1
    assert indent + marked <= max(total, indent + 1)


def test_long_lines_are_clipped_around_the_mark() -> None:
    line, indent, marked = fit("a" * 500 + "XXX" + "b" * 500, 500, 3)
    assert (line[0], line[-1], len(line)) == ("…", "…", WIDTH)
    assert line[indent : indent + marked] == "XXX"
    assert fit("XXX" + "b" * 500, 0, 3)[0] == "XXX" + "b" * (WIDTH - 5) + "…"
    assert fit("a" * WIDTH, 0, 1)[0] == "a" * WIDTH
    line, indent, marked = fit("a" * 90 + "X" * 500, 90, 500)
    assert set(line[indent : indent + marked]) == {"X"}
    assert marked > WIDTH // 2
    assert indent >= WIDTH // 3, "what stands before a long mark says what it is"


def test_100_000_findings_come_one_by_one_and_soon() -> None:
    one = finding()
    value = report(*(Judged(one._replace(path=f"dir/{number % 1000}.ini", start=Position(number, 1)), "reported") for number in range(1, 100_001)))
    start = time.process_time()
    chunks = list(render(value, ABOUT))
    assert time.process_time() - start < 10
    assert len(chunks) == 100_001
    assert max(map(len, chunks)) < 1000


def test_importing_the_terminal_report_costs_nothing_needless() -> None:
    code = "import sys; before = set(sys.modules); import agentkey_lint.report.terminal; print(*sorted(set(sys.modules) - before))"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    done = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, env=environment)
    forbidden = {"typing", "dataclasses", "json", "re", "argparse", "subprocess", "pathlib", "unicodedata"}
    assert "agentkey_lint.report.terminal" in done.stdout.split()
    assert not forbidden & set(done.stdout.split())


def test_the_samples_hold_what_they_promise() -> None:
    assert {judged.finding.severity for judged in corners()["every severity"].results} == {"info", "low", "medium", "high", "critical"}
    assert not HOSTILE_PATH.isprintable()
    assert len({rule.id for rule in RULES}) == len(RULES)
