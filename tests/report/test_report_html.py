"""The page: nothing of the repository becomes markup, its policy holds its own text, and what it counts is right. tests/browser opens it."""

import hashlib
import re
from base64 import b64encode
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_samples import ABOUT, HOSTILE_PATH, audit, audits, corners, finding, leak, report, reported, reports

from agentkey_lint.model.audit import Audit, Audited, Commit
from agentkey_lint.model.finding import Excerpt, Judged, Report
from agentkey_lint.model.source import Fault
from agentkey_lint.report import html
from agentkey_lint.report.html.charts import LATEST, PERIODS, WIDTH, timeline
from agentkey_lint.report.html.views import manuals
from agentkey_lint.report.text import VERDICTS, visible

VOID = {"meta", "input", "rect", "line"}
ALLOWED = VOID | set(re.findall(r"<([a-z0-9]+)", (Path(html.__file__).parent / "templates" / "report.html").read_text(encoding="utf-8")))
"""What the template writes: nothing else may come out."""


class Page(HTMLParser):
    """The elements of a page with their attributes and texts, as a reader without scripts gets them. Fails on elements that do not nest."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[tuple[str, str, list[str]]] = []
        self.texts: list[tuple[str, str, str]] = []
        self.attributes: list[tuple[str, str, str]] = []
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        found = {name: value or "" for name, value in attributes}
        self.attributes += [(tag, name, value) for name, value in found.items()]
        if tag not in VOID:
            self.open.append((tag, found.get("class", ""), []))

    def handle_startendtag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        assert tag in VOID
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        name, style, parts = self.open.pop()
        assert name == tag
        self.texts.append((tag, style, "".join(parts)))
        if self.open:
            self.open[-1][2].append("".join(parts))

    def handle_data(self, data: str) -> None:
        if self.open:
            self.open[-1][2].append(data)

    def all(self, tag: str, style: str = "") -> list[str]:
        return [text for name, of, text in self.texts if name == tag and of == style]


def page_of(value: Report | Audit) -> str:
    return "".join(html.render_audit(value, ABOUT) if isinstance(value, Audit) else html.render(value, ABOUT))


def shown(value: Report | Audit) -> list[Judged]:
    found = (Judged(one.finding, one.verdict) for each in value.repositories for one in each.leaks) if isinstance(value, Audit) else value.results
    return [one for one in found if one.verdict != "below-threshold"]


markup = st.lists(st.sampled_from(["<script>", "</script>", "</noscript>", "<img src=x onerror=y>", "-->", "]]>", "&lt;", '"', "'", "{{ 1 }}", "\n"])).map(
    "".join
)


@settings(max_examples=60, deadline=None)
@given(reports | audits)
def test_texts_are_shown_as_they_are(value: Report | Audit) -> None:
    written = page_of(value)
    page = Page(written)
    found = shown(value)
    assert sorted(page.all("p", "message")) == sorted(visible(one.finding.message) for one in found)
    assert sorted(page.all("bdi", "path")) == sorted(visible(one.finding.path) for one in found)
    excerpts = sorted(visible(one.finding.excerpt.text) for one in found if one.finding.excerpt.text)
    assert sorted(text for tag, style, text in page.texts if tag == "code" and style == "" and text in excerpts) == excerpts
    assert not [name for _, name, _ in page.attributes if name.startswith("on") or name in ("style", "src", "srcset", "action")]
    links = {value for tag, name, value in page.attributes if tag == "a" and name == "href"}
    assert all(link.startswith("#") or re.fullmatch(r"https://[!-~]+", link) for link in links)


@settings(max_examples=40, deadline=None)
@given(markup, markup, markup)
def test_markup_of_the_repository_is_text(one: str, other: str, third: str) -> None:
    hostile = finding(one, message=other, hint=third, excerpt=Excerpt(one + other, len(one), 3))
    for value in (reported(hostile), audit(leak(finding=hostile, actions=(one, other), link=third), name=third, faults=(Fault(one, other),))):
        page = Page(page_of(value))
        assert page.all("p", "message") == [visible(other)]
        assert len(page.all("script")) == 2 and len(page.all("style")) == 1


@pytest.mark.parametrize("name", corners())
def test_every_corner_is_a_page(name: str) -> None:
    page = Page(page_of(corners()[name]))
    assert len(page.all("tbody", "finding")) == len(shown(corners()[name]))


def test_the_policy_is_of_its_own_text() -> None:
    page = Page(page_of(reported(finding())))
    policy = next(value for tag, name, value in page.attributes if tag == "meta" and name == "content" and "default-src" in value)
    digests = {f"'sha256-{b64encode(hashlib.sha256(text.encode()).digest()).decode()}'" for text in page.all("script") + page.all("style")}
    assert set(re.findall(r"'sha256-[^']+'", policy)) == digests
    assert policy.startswith("default-src 'none'; ") and "unsafe" not in policy


def test_nothing_is_loaded_from_anywhere() -> None:
    page = Page(page_of(audit(leak())))
    assert not [(tag, name) for tag, name, value in page.attributes if "//" in value and (tag, name) != ("a", "href")]
    assert not any("@import" in text or "url(" in text for text in page.all("style"))


def test_it_comes_in_pieces() -> None:
    chunks = html.render(reported(*(finding(f"{number}.ini") for number in range(300))), ABOUT)
    sizes = [len(chunk) for chunk in chunks]
    assert len(sizes) > 50 and max(sizes) < sum(sizes) / 4


def test_counts_faults_and_verdicts_are_said() -> None:
    several = report(*(Judged(finding(f"{verdict}.ini"), verdict) for verdict in VERDICTS), faults=(Fault(HOSTILE_PATH, "gone"),))
    page = Page(page_of(several))
    assert page.all("h1") == ["1 finding"]
    assert page.all("p", "verdict broken") == ["The job was NOT done as a whole: 1 fault."]
    (read,) = page.all("p", "read")
    assert "also listed: 1 suppressed, 1 baselined" in read and "not shown: 1 below-threshold" in read
    asked = Page("".join(html.render(several, ABOUT._replace(show=frozenset(VERDICTS)))))
    assert len(asked.all("tbody", "finding")) == 4 and "not shown" not in asked.all("p", "read")[0]
    assert page.all("h1") + Page(page_of(report())).all("h1") == ["1 finding", "No findings"]
    assert Page(page_of(report())).all("p", "clean") == ["Nothing was found."]
    assert "in what could be read" in Page(page_of(report(partial=True))).all("p", "clean")[0]


def test_repositories_are_listed_with_what_is_the_matter_with_each() -> None:
    two = Audit((Audited("a", (leak("tip"), leak("history"))), Audited("b", (), (Fault("x", "gone"),), shallow=True)))
    written = page_of(two)
    assert "shallow: its history is cut off; 1 fault" in written
    assert [text for text in Page(written).all("th") if text in ("a", "b")] == ["a", "b"]


def test_a_manual_is_headings_paragraphs_and_code() -> None:
    about = ABOUT._replace(manuals={"hardcoded-key": "A key stands there.\n\nWhat to do\n----------\nWrite `x`,\nthen `y`.\n\nAnd so on."})
    (manual,) = manuals(["hardcoded-key"], about)
    assert manual.blocks == (("p", ("A key stands there.",)), ("h", ("What to do",)), ("p", ("Write ", "x", ",\nthen ", "y", ".")), ("p", ("And so on.",)))
    assert "OWASP: NHI2, ASI03" in manual.meta


dates = st.lists(st.integers(-(10**10), 10**13) | st.integers(10**9, 2 * 10**9), max_size=30)


@given(dates, dates)
def test_the_timeline_counts_every_date_that_can_be_believed(entered: list[int], left: list[int]) -> None:
    chart = timeline(entered, left)
    believed = [sum(0 <= date < LATEST for date in of) for of in (entered, left)]
    if chart is None:
        assert believed == [0, 0]
        return
    assert [sum(one.entered for one in chart.periods), sum(one.left for one in chart.periods)] == believed
    assert len(chart.periods) <= PERIODS
    assert all(one.x >= 0 and one.x + one.width <= WIDTH and 0 <= one.up <= chart.middle + 0.01 and one.width > 0 for one in chart.periods)


def test_the_timeline_takes_the_shortest_period_that_fits() -> None:
    year = 31_557_600
    units = {span: chart.unit for span in (1, 8, 30, 100) if (chart := timeline([0], [span * year]))}
    assert units == {1: "month", 8: "quarter", 30: "year", 100: "five years"}
    assert timeline([], []) is None


def test_a_key_that_the_tip_still_holds_has_not_left() -> None:
    last = Commit("b" * 40, 1_688_169_600)
    assert "1 entered, 1 left" in page_of(audit(leak("history", first=last, last=last)))
    assert "1 entered, 0 left" in page_of(audit(leak("tip", first=last, last=last)))
