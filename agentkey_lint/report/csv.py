"""The report for spreadsheets: RFC 4180, UTF-8, one finding a row, findings of every verdict.

Faults and an interruption are rows of their own with that word as their verdict, so that nobody takes half a table for a whole one. No cell holds a line
end, and none starts a formula: a spreadsheet would run what the scanned repository wrote there. Such a cell gets an apostrophe in front.
"""

from agentkey_lint.report.rows import Row, Table, of_audit, of_report
from agentkey_lint.report.text import About, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report

COLUMNS = (
    "repository",
    "verdict",
    "severity",
    "confidence",
    "rule",
    "path",
    "line",
    "column",
    "message",
    "hint",
    "excerpt",
    "vendor",
    "kind",
    "tier",
    "lifetime",
    "checksum",
    "fingerprint",
    "state",
    "first_date",
    "first_commit",
    "last_date",
    "last_commit",
    "commits",
    "files",
    "actions",
    "link",
    "elsewhere",
)
# Of ASCII what OWASP's page on CSV injection names, and the wide forms that a spreadsheet reads as the same.
_STARTS = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files; every chunk is one record."""
    return _render(of_report(report, about))


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit, in the same columns."""
    return _render(of_audit(audit, about))


def _render(table: Table) -> "Iterator[str]":
    yield _record(COLUMNS)
    for row in table.rows:
        yield _record(_cells(row))
    trouble = [("fault", fault) for fault in table.faults] + [("interrupted", table.state)] * table.partial
    for verdict, message in trouble:
        yield _record([{"verdict": verdict, "message": message}.get(column, "") for column in COLUMNS])


def _cells(row: Row) -> list[str]:
    finding, key, leak = row.finding, row.finding.key, row.leak
    cells = [row.repository, row.verdict, finding.severity, finding.confidence, finding.rule, finding.path]
    cells += [str(finding.start.line), str(finding.start.column), finding.message, finding.hint, finding.excerpt.text]
    cells += [key.vendor, key.kind, key.tier, key.lifetime, key.checksum] if key is not None else [""] * 5
    cells.append(finding.fingerprint)
    if leak is None:
        return cells + [""] * (len(COLUMNS) - len(cells))
    cells.append(leak.state)
    for commit in (leak.first, leak.last):
        cells += [commit.day, commit.id] if commit is not None else ["", ""]
    return [*cells, str(leak.commits), str(leak.files), "; ".join(leak.actions), leak.link, "; ".join(dict.fromkeys(one.repository for one in leak.elsewhere))]


def _record(cells: "list[str] | tuple[str, ...]") -> str:
    return ",".join(map(cell, cells)) + "\r\n"


def cell(text: str) -> str:
    """One cell: no control character, no start of a formula, quoted where a comma, a quote or a blank at an end asks for it."""
    text = visible(text)
    if text.lstrip().startswith(_STARTS):
        text = "'" + text
    return '"' + text.replace('"', '""') + '"' if '"' in text or "," in text or text != text.strip() else text
