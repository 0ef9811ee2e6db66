"""The report for a person at a terminal."""

from agentkey_lint.report.paint import BOLD, COLOURS, CYAN, DIM, RED, fault_line, paint
from agentkey_lint.report.text import ISOLATED, About, by_severity, by_verdict, escape, ordered, plural, state, visible, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Drift, Finding, Report

TAB = 4
WIDTH = 120  # columns of an excerpt: more wraps in most windows, and a wrapped line parts the caret from what it marks

_HOW = {"below-threshold": "--min-severity info --min-confidence low shows them"}
_HOW_ELSE = "--show-suppressed lists them"


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report as text: a block for each finding with a verdict in `about.show`, then faults, then the summary. Every chunk ends with a line end."""
    for finding, verdict in ordered(judged for judged in report.results if judged.verdict in about.show):
        yield _block(finding, verdict, about.colour)
    yield from (fault_line(fault, about.colour) for fault in report.faults)
    if report.faults:
        yield "\n"
    if report.drift is not None:
        yield from (f"{paint('note:', CYAN, about.colour)} {visible(note.path)}: {visible(note.message)}\n" for note in report.drift.notes)
    yield _summary(report, about)


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """An audit as text; see report/audit_table.py."""
    from agentkey_lint.report.audit_table import render

    return render(audit, about)


def _block(finding: "Finding", verdict: str, colour: bool) -> str:
    place = paint(f"{visible(finding.path)}:{finding.start.line}:{finding.start.column}", BOLD, colour)
    severity = paint(finding.severity, COLOURS.get(finding.severity, BOLD), colour)
    lines = [f"{place}  {severity}  {finding.rule}{'' if verdict == 'reported' else f'  ({verdict})'}", f"  {visible(finding.message)}"]
    if finding.excerpt.text:  # none for an empty file
        lines += _excerpt(finding, colour)
    if finding.reason:
        lines.append(f"  hidden by {visible(finding.reason)}")
    elif finding.hint:
        lines.append(f"  → {visible(finding.hint)}")
    lines += [f"  see {visible(place.path)}:{place.start.line}:{place.start.column}  {visible(place.message)}".rstrip() for place in finding.related]
    return "\n".join(lines) + "\n\n"


def _excerpt(finding: "Finding", colour: bool) -> list[str]:
    """The masked line and, below it, carets under the marked part."""
    line, indent, marked = fit(*finding.excerpt)
    last = finding.end.line - (finding.end.column <= 1)  # the end is exclusive: column 1 is the line end before it
    more = f" to line {last}" if last > finding.start.line else ""
    number = str(finding.start.line)
    carets = paint("^" * marked, COLOURS.get(finding.severity, BOLD), colour)
    return [
        f"  {paint(f'{number} │', DIM, colour)} {line}".rstrip(),
        f"  {paint(' ' * len(number) + ' │', DIM, colour)} {' ' * indent}{carets}{more}",
    ]


def fit(text: str, caret: int, width: int, limit: int = WIDTH) -> tuple[str, int, int]:
    """One line laid out for a terminal of `limit` columns or more.

    In: the text, and where its marked part starts and how long it is, in code points. Out: the text as shown (tabs as spaces, what is not
    printable escaped, clipped ends as `…`), and how many columns stand before the carets and how many carets there are (one or more).
    """
    caret = min(max(caret, 0), len(text))
    end = min(max(caret + width, caret), len(text))
    pieces, edges = _pieces(text)
    first, last, room = 0, len(pieces), limit - 2  # two columns for two ellipses
    if edges[-1] > limit:
        before = edges[caret] - max(room - (edges[end] - edges[caret]), room // 3)  # as much as fits in front of the mark, a third at least
        while first < caret and edges[first] < before:
            first += 1
        while last > caret and edges[last] - edges[first] > room:
            last -= 1
    left, right = "…" * (first > 0), "…" * (last < len(pieces))
    start, stop = edges[caret] - edges[first], edges[min(end, last)] - edges[first]
    return left + "".join(pieces[first:last]) + right, start + len(left), max(stop - start, 1)


def _pieces(text: str) -> tuple[list[str], list[int]]:
    """Each code point as it is shown, and the columns of the edges between them, one more than there are code points."""
    if text.isascii() and text.isprintable():  # nearly every line, and there may be 100,000
        return list(text), list(range(len(text) + 1))
    from unicodedata import category, east_asian_width

    pieces, edges = [], [0]
    for char in text:
        if char == "\t":
            piece = " " * (TAB - edges[-1] % TAB)
            columns = len(piece)
        elif not char.isprintable():
            piece = escape(char)
            columns = len(piece)
        elif category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":  # marks, and Hangul vowels and finals, join the character before them
            piece, columns = char, 0
        else:
            piece, columns = char, 2 if east_asian_width(char) in "WF" else 1
        pieces.append(piece)
        edges.append(edges[-1] + columns)
    return pieces, edges


def _summary(report: "Report", about: About) -> str:
    """Counts that leave nothing out: what was found, what is not shown and how to see it, what was read, and whether that is all."""
    severities = [f"{number} {severity}" for severity, number in by_severity(report).items() if number]
    verdicts = by_verdict(report)
    lines = [f"{plural(verdicts['reported'], 'finding')}: {', '.join(severities)}" if severities else "no findings"]
    for verdict, number in verdicts.items():
        if number and verdict != "reported":
            how = "" if verdict in about.show else f", not shown ({_HOW.get(verdict, _HOW_ELSE)})"
            lines.append(f"{number} {verdict}{how}")
    if report.excluded:
        lines.append(f"{plural(report.excluded, 'file')} excluded by the settings")
    if about.isolated:
        lines.append(ISOLATED)
    if report.drift is not None:
        lines.append(_drift(report.drift))
    run = f"{visible(about.mode)}: {plural(report.files, 'file')} read, {plural(report.bytes, 'byte')}; {state(len(report.faults), report.partial)}"
    lines.append(paint(run, BOLD if whole(report) else RED, about.colour))
    return "\n".join(lines) + "\n"


def _drift(drift: "Drift") -> str:
    """How many grants a change widened and narrowed, and where it narrowed some."""
    places = ", ".join(visible(path) for path in drift.where[:3]) + (f" and {plural(len(drift.where) - 3, 'file')} more" if len(drift.where) > 3 else "")
    return f"since {visible(drift.base)}: {plural(drift.widened, 'grant')} widened, {drift.narrowed} narrowed" + (f" ({places})" if places else "")
