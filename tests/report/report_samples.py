"""Reports built by hand, and a strategy for hostile ones."""

from typing import Any

from hypothesis import strategies as st

from agentkey_lint.model.audit import Audit, Audited, Commit, Leak, Sighting
from agentkey_lint.model.facts import KeyFacts
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES, Excerpt, Finding, Judged, Place, Position, Report
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Fault
from agentkey_lint.report.text import VERDICTS, About

RULES = (
    Rule("hardcoded-key", "key", "critical", "A key of a provider stands in a file.", ("NHI2", "ASI03")),
    Rule("missing-reference", "field", "medium", "A secret field is empty where a reference belongs."),
    Rule("long-lived-key", "record", "info", "A key lives longer than it has to."),
)
ABOUT = About("1.2.3", RULES)
KEY = KeyFacts("example-api", "Example", "API key", "write", "long-lived", "valid", (("account", "42"), ("vendor", "not Example")))
HOSTILE_PATH = "a b/\x1b[2J\u202e#%:\udcff\udc80.ini"


def finding(path: str = "config.ini", line: int = 3, column: int = 8, **changes: Any) -> Finding:
    """A finding of medium size; `changes` replaces any of its fields."""
    width = 10
    value = Finding(
        rule="hardcoded-key",
        severity="critical",
        confidence="high",
        message="A key of Example is written here.",
        hint="Write ${EXAMPLE_API_KEY} and revoke the key.",
        path=path,
        start=Position(line, column),
        end=Position(line, column + width),
        excerpt=Excerpt("token = ex-*******", 8, width),
        fingerprint="0123456789abcdef",
    )
    return value._replace(**changes)


def report(*results: Judged, faults: tuple[Fault, ...] = (), files: int = 1, size: int = 20, partial: bool = False) -> Report:
    """A report of these results."""
    return Report(results, faults, files, size, partial)


def reported(*findings: Finding) -> Report:
    """A report in which all of these are reported."""
    return report(*(Judged(one, "reported") for one in findings))


def corners() -> dict[str, Report]:
    """One report for each corner, by name."""
    verdicts = tuple(Judged(finding(f"{verdict}.ini"), verdict) for verdict in VERDICTS)
    return {
        "nothing": report(files=0, size=0),
        "faults only": report(faults=(Fault("a/b.ini", "cannot be read"), Fault("", "a rule failed"), Fault(HOSTILE_PATH, "gone \x1b[31m \udc9b"))),
        "interrupted": report(partial=True),
        "every verdict": report(*verdicts),
        "every severity": reported(*(finding(severity=severity) for severity in SEVERITIES)),
        "several lines": reported(finding(end=Position(6, 1))),
        "same related place twice": reported(finding(related=(Place("x.ini", Position(1, 1), Position(1, 2), "here"),) * 2)),
        "a rule that is not listed": reported(finding(rule="of-somebody-else")),
        "outside the tree": reported(finding(path="/outside/x.ini")),
        "hostile": reported(
            finding(
                HOSTILE_PATH,
                message="name \x1b]0;x\x07 [click](https://example.org) \udcfe\n",
                hint="\u2028hint\u200b",
                excerpt=Excerpt("\x1b[31m\u202etoken\x07 \udcff*** \ud800", 6, 5),
                related=(Place("\x9bz\udce9", Position(1, 1), Position(1, 1), "\r\x00\udcfd"),),
                key=KEY,
            )
        ),
        "caret outside the text": reported(finding(excerpt=Excerpt("ab", 9, 9)), finding(excerpt=Excerpt("", 0, 0)), finding(excerpt=Excerpt("ab", -3, -1))),
    }


# Surrogates too, and the characters that do harm often enough to meet them.
text = st.text(st.characters(exclude_categories=()) | st.sampled_from("\udc80\udcff\ud800\x1b\x9b\u202e\n\t[](\\"), max_size=20)
_numbers = st.integers(1, 10**6)
_positions = st.builds(Position, _numbers, _numbers)
_findings = st.builds(
    Finding,
    rule=st.sampled_from([rule.id for rule in RULES]),
    severity=st.sampled_from(SEVERITIES),
    confidence=st.sampled_from(CONFIDENCES),
    message=text,
    hint=text,
    path=text,
    start=_positions,
    end=_positions,
    excerpt=st.builds(Excerpt, text, st.integers(0, 40), st.integers(0, 40)),
    fingerprint=st.text("0123456789abcdef", max_size=16),
    related=st.lists(st.builds(Place, text, _positions, _positions, text), max_size=2).map(tuple),
    key=st.none() | st.builds(KeyFacts, *[st.just("x")] * 5, claims=st.lists(st.tuples(text, text), max_size=2).map(tuple)),
)
reports = st.builds(
    Report,
    st.lists(st.builds(Judged, _findings, st.sampled_from(VERDICTS)), max_size=4).map(tuple),
    st.lists(st.builds(Fault, text, text), max_size=2).map(tuple),
    st.integers(0, 10**9),
    st.integers(0, 10**15),
    st.booleans(),
)

_commits = st.builds(Commit, text, st.integers(-(10**12), 10**13))
_sightings = st.builds(Sighting, text, _numbers, st.sampled_from(["file", "commit-message", "tag-message", "note"]), st.booleans(), *[st.none() | _commits] * 2)
_leaks = st.builds(
    Leak,
    _findings,
    st.sampled_from(VERDICTS),
    st.sampled_from(["tip", "branch", "history", "unreachable"]),
    st.lists(_sightings, max_size=3).map(tuple),
    st.none() | _commits,
    st.none() | _commits,
    st.booleans(),
    st.integers(0, 10**6),
    st.integers(0, 10**6),
    st.lists(text, max_size=2).map(tuple),
    st.sampled_from(["", "https://example.com/keys", "javascript:alert(1)"]) | text,
)
audits = st.builds(
    Audit,
    st.lists(
        st.builds(
            Audited,
            text,
            st.lists(_leaks, max_size=3).map(tuple),
            st.lists(st.builds(Fault, text, text), max_size=2).map(tuple),
            *[st.integers(0, 10**9)] * 3,
            st.booleans(),
            st.booleans(),
        ),
        max_size=3,
    ).map(tuple),
    st.booleans(),
)


def leak(state: str = "tip", **changes: Any) -> Leak:
    """A key in two places, in the history from 2021 to 2023."""
    first, last = Commit("a" * 40, 1_612_137_600), Commit("b" * 40, 1_688_169_600)
    places = (Sighting("config.ini", 3, tip=state == "tip", first=first, last=last), Sighting("old/config.ini", 7, first=first, last=first))
    actions = ("Revoke the key at Example.", "Write ${EXAMPLE_API_KEY}.")
    value = Leak(finding(key=KEY), "reported", state, places, first, last, False, 12, 2, actions, "https://example.com/keys")
    return value._replace(**changes)


def audit(*leaks: Leak, **changes: Any) -> Audit:
    """An audit of one repository."""
    return Audit((Audited("shop", leaks, commits=120, blobs=340, bytes=5600)._replace(**changes),))
