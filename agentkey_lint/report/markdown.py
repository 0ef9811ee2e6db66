"""The report for comments on pull requests and summaries of jobs: GitHub flavoured Markdown.

What stems from the repository is no Markdown: it makes no link, mentions nobody and ends no cell. A comment has room for 65,536 characters, so the table
holds the gravest 100 and says how many more there are.
"""

import re

from agentkey_lint.report.rows import Row, Table, gravest, headline, of_audit, of_report, place, unshown, web
from agentkey_lint.report.text import About, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report

ROWS = 100
WIDTH = 200  # characters of one text: the rest of a longer one is cut off, and an ellipsis says so
# What Markdown, its tables, mathematics and links by themselves are made of; what stands behind an entity is text and nothing else.
_MARKS = re.compile(r"[\\`*\[\]<>|~&$#@]|(?<![a-z0-9])_|_(?![a-z0-9])|(?<=www)\.|:(?=//)", re.IGNORECASE)


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files; every chunk is a line or a few."""
    cells = ("Severity", "Rule", "Place", "Finding")
    return _render(of_report(report, about), about, cells, lambda row: [row.finding.severity, code(row.finding.rule), code(place(row)), _said(row)])


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit, with the life of each key and what to do first."""
    cells = ("Severity", "State", "Key", "Place", "Since", "Do first")
    return _render(of_audit(audit, about), about, cells, _leak)


def _render(table: Table, about: About, cells: tuple[str, ...], line: "Callable[[Row], list[str]]") -> "Iterator[str]":
    yield f"### agentkey-lint: {headline(table)}\n\n"
    if not table.whole:
        yield f"**{_upper(table.state)}.**\n\n"
        yield "".join(f"- {text(fault)}\n" for fault in table.faults[:ROWS]) + "\n" * bool(table.faults)
        if len(table.faults) > ROWS:
            yield f"… and {len(table.faults) - ROWS} more faults.\n\n"
    rows = gravest(row for row in table.rows if row.verdict in about.show)
    if rows:
        yield f"| {' | '.join(cells)} |\n|{' --- |' * len(cells)}\n"
        for row in rows[:ROWS]:
            yield f"| {' | '.join(line(row))} |\n"
        yield "\n"
    if len(rows) > ROWS:
        yield f"… and {len(rows) - ROWS} more; `--format html` and `--format csv` have them all.\n\n"
    hidden = unshown(table, about.show)
    yield f"{text(_upper(table.read))}; {table.state}.{f' Not shown: {hidden}.' if hidden else ''}\n"


def _said(row: Row) -> str:
    hint = row.finding.hint
    return text(row.finding.message) + (f"<br>→ {text(hint)}" if hint else "")


def _leak(row: Row) -> list[str]:
    leak, key = row.leak, row.finding.key
    assert leak is not None
    what = text(f"{key.vendor} {key.kind}") if key is not None else code(row.finding.rule)
    where = code(f"{row.repository}: {place(row)}") + (f" and {leak.files - 1} more" if leak.files > 1 else "")
    others = len({one.repository for one in leak.elsewhere})
    where += f"; also in {others} more repositor{'y' if others == 1 else 'ies'}" if others else ""
    first = text(leak.actions[0]) if leak.actions else ""
    if web(leak.link):
        first += f" [→]({leak.link})"
    return [row.finding.severity, leak.state, what, where, leak.first.day if leak.first is not None else "", first]


def code(words: str) -> str:
    """Words of the repository as a code span in a table; as text where what they hold would end the span."""
    shown = _short(words)
    return text(words) if not shown or set(shown) & set("`|\\") or shown != shown.strip() else f"`{shown}`"


def text(words: str) -> str:
    """Words of the repository as plain text. The empty comment parts an @ from a name, for GitHub looks for names when Markdown is through."""
    return _MARKS.sub(lambda mark: f"&#{ord(mark[0])};" + "<!-- -->" * (mark[0] in "@#"), _short(words))


def _short(words: str) -> str:
    words = visible(words)
    return words if len(words) <= WIDTH else words[: WIDTH - 1] + "…"


def _upper(words: str) -> str:
    return words[:1].upper() + words[1:]
