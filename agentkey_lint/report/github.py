"""The report for a job of GitHub Actions: one workflow command a finding, which becomes an annotation at its line.

GitHub shows ten annotations of each level for a step, so the gravest come first, and faults before all. The last line is for the person who reads the log.
"""

from agentkey_lint.report.rows import Row, Table, gravest, headline, of_audit, of_report, unshown
from agentkey_lint.report.text import About, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report

LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "warning", "info": "notice"}


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files; every chunk is one line."""
    return _render(of_report(report, about), about)


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit. Only what the tip still holds has a line to stand at; the rest is said with its place in the message."""
    return _render(of_audit(audit, about), about)


def _render(table: Table, about: About) -> "Iterator[str]":
    for fault in table.faults:
        yield command("error", f"not read: {fault}", title="agentkey-lint")
    if table.partial:
        yield command("error", table.state, title="agentkey-lint")
    for row in gravest(row for row in table.rows if row.verdict in about.show):
        yield _annotation(row)
    hidden = unshown(table, about.show)
    yield f"agentkey-lint: {headline(table)}{f'; not shown: {hidden}' if hidden else ''}. {table.read}; {table.state}\n"


def _annotation(row: Row) -> str:
    finding = row.finding
    said = [finding.message, finding.hint] if finding.hint else [finding.message]
    where = {}
    if row.leak is not None:
        said += [f"{row.repository}, {finding.path}:{finding.start.line} ({row.leak.state})", *row.leak.actions, row.leak.link]
    if row.leak is None or row.leak.state == "tip":
        where = {"file": finding.path, "line": str(finding.start.line), "endLine": str(max(finding.end.line, finding.start.line))}
        if finding.end.line == finding.start.line:  # columns mean nothing across lines
            where |= {"col": str(finding.start.column), "endColumn": str(finding.end.column)}
    return command(LEVELS[finding.severity], "\n".join(visible(line) for line in said if line), title=f"{finding.severity}: {finding.rule}", **where)


def command(level: str, message: str, **properties: str) -> str:
    """One workflow command; a line end in the message stands for one in the annotation. (What is escaped: `command.ts` of actions/toolkit.)"""
    pairs = ",".join(f"{name}={_data(visible(value)).replace(':', '%3A').replace(',', '%2C')}" for name, value in properties.items())
    return f"::{level} {pairs}::{_data(message)}\n"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
