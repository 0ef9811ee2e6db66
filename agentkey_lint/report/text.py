"""What every report needs: what it is told about the run, text made safe to show, and counts.

Everything in a finding that stems from the repository (paths, excerpts, names in messages) is hostile until it went through here.
"""

import sys

from agentkey_lint.model.finding import SEVERITIES, Finding, Judged, Report
from agentkey_lint.model.record import Record
from agentkey_lint.model.rule import Rule, Standard

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import BinaryIO

    from agentkey_lint.model.audit import Audit

ISOLATED = "isolated: settings, baselines and comments of the repository itself were not followed"
VERDICTS = ("reported", "below-threshold", "suppressed", "baselined")


class About(Record):
    """What a report says of the run beyond its results.

    version: of this tool. rules: every rule that could have spoken, each id once.
    show: the verdicts that the terminal prints in full; all of them are counted. colour: ANSI colours at the terminal.
    mode: how the files were chosen, as a person would say it. manuals: rule id to its manual (Markdown), for the formats that carry it.
    standards: the public lists that rules serve. isolated: the repository's own settings, baselines and comments were not followed.
    """

    version: str
    rules: tuple[Rule, ...] = ()
    show: frozenset[str] = frozenset({"reported"})
    colour: bool = False
    mode: str = "check"
    manuals: "Mapping[str, str] | None" = None
    standards: tuple[Standard, ...] = ()
    isolated: bool = False


def escape(char: str) -> str:
    r"""One code point in visible ASCII: `\xNN` for a control character of ASCII or a byte that is not UTF-8 (kept as a surrogate escape),
    `\uNNNN` or `\UNNNNNNNN` for any other, so that `\x` always means a byte."""
    code = ord(char)
    if 0xDC80 <= code <= 0xDCFF:
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x80 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible(text: str) -> str:
    """The text for a terminal: whatever could move the cursor, change colours, reorder or hide text is escaped.

    That is all that Unicode calls not printable: controls, bidi overrides, zero-width characters, lone surrogates, odd spaces, line ends.
    """
    return text if text.isprintable() else "".join(char if char.isprintable() else escape(char) for char in text)


def utf8(text: str) -> str:
    r"""The text with lone surrogates escaped, so that it can be encoded: bytes of a path that are not UTF-8 become `\xNN`."""
    return "".join(escape(char) if "\ud800" <= char <= "\udfff" else char for char in text) if has_surrogates(text) else text


def has_surrogates(text: str) -> bool:
    """Whether the text holds a code point that UTF-8 cannot encode."""
    if text.isascii():
        return False
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def ordered(results: "Iterable[Judged]") -> list[Judged]:
    """The results in the order in which every report shows them: path, line, column, rule."""
    return sorted(results, key=lambda judged: (judged.finding.path, judged.finding.start, judged.finding.rule))


def count(names: "Iterable[str]", known: tuple[str, ...] = ()) -> dict[str, int]:
    """How often each name occurs: the known ones first and in their order, zero included, then the others sorted."""
    totals = dict.fromkeys(known, 0)
    for name in names:
        totals[name] = totals.get(name, 0) + 1
    return {name: totals[name] for name in (*known, *sorted(totals.keys() - set(known)))}


def by_severity(report: Report) -> dict[str, int]:
    """How many reported findings there are of each severity, the gravest first."""
    return count((judged.finding.severity for judged in report.results if judged.verdict == "reported"), SEVERITIES[::-1])


def by_verdict(report: Report) -> dict[str, int]:
    """How many findings have each verdict."""
    return count((judged.verdict for judged in report.results), VERDICTS)


def by_rule(report: Report) -> dict[str, int]:
    """How many reported findings each rule has, rules without one left out."""
    return count(judged.finding.rule for judged in report.results if judged.verdict == "reported")


def whole(report: Report) -> bool:
    """Whether everything that was asked for was done."""
    return not report.faults and not report.partial


def exit_status(report: Report) -> int:
    """0 clean, 1 findings, 2 not the whole job could be done, 130 interrupted; never a matter of the output format.

    Findings of severity info or of low confidence never change it, not even where a person asked to see them.
    """
    if not whole(report):
        return 130 if report.partial else 2
    return int(any(counts(finding, verdict) for finding, verdict in report.results))


def counts(finding: Finding, verdict: str) -> bool:
    """Whether a result makes a run end with status 1."""
    return verdict == "reported" and finding.severity != "info" and finding.confidence != "low"


def state(faults: int, partial: bool) -> str:
    """Whether the whole job was done, as a person would say it."""
    if not faults and not partial:
        return "the whole job was done"
    reasons = ["it was interrupted"] * partial + [plural(faults, "fault")] * bool(faults)
    return f"the job was NOT done as a whole: {', '.join(reasons)}"


def audit_status(audit: "Audit") -> int:
    """As exit_status, of an audit."""
    if audit.partial or any(one.partial for one in audit.repositories):
        return 130
    if any(one.faults for one in audit.repositories):
        return 2
    rows = [row for one in audit.repositories for row in one.leaks]
    return int(any(counts(row.finding, row.verdict) for row in rows))


def say(text: "str | Iterable[str]", stream: "BinaryIO | None" = None) -> None:
    """A text, or the chunks of one, to standard output or another stream: in UTF-8, whatever the terminal is set to."""
    stream = stream or sys.stdout.buffer
    for chunk in (text,) if isinstance(text, str) else text:
        stream.write(chunk.encode("utf-8", "backslashreplace"))
    stream.flush()


def plural(number: int, noun: str) -> str:
    """`1 file`, `2 files`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
