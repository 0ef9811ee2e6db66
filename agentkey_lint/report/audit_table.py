"""An audit for a person at a terminal: a table of keys, the most urgent first, then what to do about each."""

from agentkey_lint.report.paint import BOLD, COLOURS, DIM, fault_line, paint
from agentkey_lint.report.rows import Total, totals
from agentkey_lint.report.text import ISOLATED, About, count, plural, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentkey_lint.model.audit import Audit, Audited, Commit, Leak, Sighting

HEAD = ("#", "SEVERITY", "WHAT", "NOW", "SINCE", "UNTIL", "PLACES", "WHERE")
TOTALS = ("REPOSITORY", "FOUND", "ON THE TIP", "GRAVEST", "COMMITS", "REMARKS")
WIDEST = (4, 8, 34, 11, 10, 10, 6, 60)
MOST_PLACES = 5
STATES = {"tip": "on the tip", "branch": "on a ref", "history": "in history", "unreachable": "unreachable"}
_KEPT = 12  # characters of a commit's name


def render(audit: "Audit", about: About) -> "Iterator[str]":
    """A table and its details for each repository, then, if they are several, a table of these, and a summary.

    Only keys with a verdict in `about.show` are told in full; of several repositories, those that have none and no fault stand in their table alone.
    """
    several = len(audit.repositories) > 1
    for one in audit.repositories:
        if not several or one.faults or any(row.verdict in about.show for row in one.leaks):
            yield from _repository(one, about)
    if several:
        yield from _totals(totals(audit.repositories), about.colour)
        yield "\n"
    shown = [row for one in audit.repositories for row in one.leaks if row.verdict == "reported"]
    rest = [row for one in audit.repositories for row in one.leaks if row.verdict != "reported"]
    states = [f"{number} {STATES[state]}" for state, number in count((row.state for row in shown), tuple(STATES)).items() if number]
    yield (f"{plural(len(shown), 'row')}: {', '.join(states)}" if states else "nothing was found") + "\n"
    for verdict, number in count(row.verdict for row in rest).items():
        yield f"not shown: {number} {verdict} (--format json lists them)\n"
    commits, objects, size = (sum(getattr(one, name) for one in audit.repositories) for name in ("commits", "blobs", "bytes"))
    skipped = sum(one.skipped for one in audit.repositories)
    if skipped:
        yield f"left out: {plural(skipped, 'version')} larger than --max-blob-size\n"
    excluded = sum(one.excluded for one in audit.repositories)
    if excluded:
        yield f"left out: {plural(excluded, 'path')} excluded by the settings\n"
    if about.isolated:
        yield f"{ISOLATED}\n"
    yield f"read {plural(commits, 'commit')}, {plural(objects, 'object')}, {size / 1e6:.1f} MB\n"
    if audit.partial:
        yield "interrupted: this is what was found until then\n"
    elif any(one.faults for one in audit.repositories):
        yield "not everything could be read: see the faults above\n"


def _repository(one: "Audited", about: About) -> "Iterator[str]":
    rows = [row for row in one.leaks if row.verdict in about.show]
    yield f"{paint(visible(one.name), BOLD, about.colour)}{'  (a shallow clone: older history is not here)' if one.shallow else ''}\n\n"
    if rows:
        yield from _table(rows, about.colour)
        yield "\n"
    for number, row in enumerate(rows, 1):
        yield from _details(number, row, about.colour)
    yield from (fault_line(fault, about.colour) for fault in one.faults)
    if one.faults:
        yield "\n"


def _totals(rows: "Sequence[Total]", colour: bool) -> "Iterator[str]":
    cells = [(visible(one.name), str(one.keys or "-"), str(one.tips or "-"), one.worst or "-", str(one.commits), one.remarks) for one in rows]
    widths = [min(max(map(len, column)), 60) for column in zip(TOTALS, *cells, strict=True)]
    yield paint(_line(TOTALS, widths), DIM, colour) + "\n"
    for one, texts in zip(rows, cells, strict=True):
        line = _line(texts, widths)
        yield (paint(line, COLOURS.get(one.worst, ""), colour) if one.tips else line) + "\n"


def _table(rows: "Sequence[Leak]", colour: bool) -> "Iterator[str]":
    cells = [(str(number), *_cells(row)) for number, row in enumerate(rows, 1)]
    widths = [min(max(map(len, column)), most) for column, most in zip(zip(HEAD, *cells, strict=True), WIDEST, strict=True)]
    yield paint(_line(HEAD, widths), DIM, colour) + "\n"
    for row, texts in zip(rows, cells, strict=True):
        line = _line(texts, widths)
        yield (paint(line, COLOURS.get(row.finding.severity, ""), colour) if row.state == "tip" else line) + "\n"


def _line(texts: "Sequence[str]", widths: "Sequence[int]") -> str:
    cut = [text if len(text) <= width else text[: width - 1] + "…" for text, width in zip(texts, widths, strict=True)]
    return "  ".join(f"{text:<{width}}" for text, width in zip(cut, widths, strict=True)).rstrip()


def _cells(row: "Leak") -> tuple[str, ...]:
    key = row.finding.key
    what = f"{key.vendor} {key.kind}" if key is not None else row.finding.rule
    until = "" if row.state in ("tip", "branch") else _day(row.last)
    where = visible(f"{row.finding.path}:{row.finding.start.line}")
    return row.finding.severity, visible(what), STATES[row.state], _day(row.first), until, str(row.files), where


def _day(commit: "Commit | None") -> str:
    return commit.day if commit is not None else ""


def _details(number: int, row: "Leak", colour: bool) -> "Iterator[str]":
    finding = row.finding
    severity = paint(finding.severity, COLOURS.get(finding.severity, ""), colour)
    yield f"{number}. {severity}  {finding.rule}  {visible(finding.message)}\n"
    if finding.excerpt.text:
        yield f"   {paint(f'{finding.start.line} │', DIM, colour)} {visible(finding.excerpt.text.strip())}\n"
    for one in row.sightings[:MOST_PLACES]:
        yield f"   {_sighting(one)}\n"
    if len(row.sightings) > MOST_PLACES:
        yield f"   and {plural(len(row.sightings) - MOST_PLACES, 'more place')}\n"
    for other in row.elsewhere[:MOST_PLACES]:
        yield f"   also in {visible(other.repository)}: {visible(other.path)}:{other.line}, {STATES[other.state]}\n"
    if len(row.elsewhere) > MOST_PLACES:
        yield f"   and {len(row.elsewhere) - MOST_PLACES} more in other repositories\n"
    if row.moved:
        yield "   a commit that seems to remove it only moved it\n"
    yield from (f"   → {visible(action)}\n" for action in row.actions)
    yield "\n"


def _sighting(one: "Sighting") -> str:
    place = f"{visible(one.path)}:{one.line}" if one.kind in ("file", "object") else f"{one.kind} {visible(one.path)}, line {one.line}"
    parts = [f"in {place}"]
    if one.first is not None:
        parts.append(f"since {one.first.id[:_KEPT]} ({one.first.day})")
    if one.tip:
        parts.append("still there")
    elif one.last is not None and one.last != one.first:
        parts.append(f"last in {one.last.id[:_KEPT]} ({one.last.day})")
    return ", ".join(parts)
