"""What the reports in rows are made of: one table, whether it comes from a run over files or from an audit of histories."""

from agentkey_lint.model.audit import Audit, Audited, Leak
from agentkey_lint.model.finding import SEVERITIES, Finding, Report
from agentkey_lint.model.record import Record
from agentkey_lint.report.text import ISOLATED, VERDICTS, About, count, ordered, plural, state, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentkey_lint.model.source import Fault

STATES = ("tip", "branch", "history", "unreachable")


class Row(Record):
    """One finding. leak: with its way through the history, where an audit found it, in the repository of that name."""

    finding: Finding
    verdict: str
    repository: str = ""
    leak: Leak | None = None


class Table(Record):
    """All that a run has to say, in the order in which it is to be shown.

    rows: of every verdict. faults: one visible line each. read: what was read.
    repositories: of an audit.
    """

    rows: tuple[Row, ...]
    faults: tuple[str, ...]
    read: str
    partial: bool
    repositories: tuple[Audited, ...] = ()

    @property
    def whole(self) -> bool:
        return not self.faults and not self.partial

    @property
    def state(self) -> str:
        return state(len(self.faults), self.partial)


def of_report(report: Report, about: About) -> Table:
    """The table of a run over files."""
    rows = tuple(Row(finding, verdict) for finding, verdict in ordered(report.results))
    read = f"{visible(about.mode)}: {plural(report.files, 'file')} read, {plural(report.bytes, 'byte')}{_isolated(about)}"
    return Table(rows, tuple(_fault(fault) for fault in report.faults), read, report.partial)


def of_audit(audit: Audit, about: About) -> Table:
    """The table of an audit. The leaks of one repository stay in its order; those of several are merged: the nearest to the tip first, then the gravest."""
    rows = [Row(leak.finding, leak.verdict, one.name, leak) for one in audit.repositories for leak in one.leaks]
    if len(audit.repositories) > 1:
        rows.sort(key=lambda row: (rank(STATES, row.leak.state if row.leak else ""), -SEVERITIES.index(row.finding.severity)))
    faults = tuple(_fault(fault, one.name) for one in audit.repositories for fault in one.faults)
    commits = sum(one.commits for one in audit.repositories)
    blobs = sum(one.blobs for one in audit.repositories)
    size = sum(one.bytes for one in audit.repositories)
    repositories = f"{len(audit.repositories)} repositories" if len(audit.repositories) != 1 else "1 repository"
    read = f"{repositories}: {plural(commits, 'commit')}, {plural(blobs, 'blob')} read, {plural(size, 'byte')}{_isolated(about)}"
    return Table(tuple(rows), faults, read, audit.partial or any(one.partial for one in audit.repositories), audit.repositories)


class Total(Record):
    """What one repository of an audit comes to. keys: reported ones, those told in the row of another repository included; tips: of these, on its tip.

    worst: their gravest severity, empty without one. remarks: what was not whole.
    """

    name: str
    keys: int
    tips: int
    worst: str
    commits: int
    blobs: int
    remarks: str


def totals(repositories: "Sequence[Audited]") -> list[Total]:
    """The table by repository, the gravest first."""
    shared: dict[str, list[tuple[str, str]]] = {}
    for leak in (leak for one in repositories for leak in one.leaks if leak.verdict == "reported"):
        for other in leak.elsewhere:
            shared.setdefault(other.repository, []).append((other.severity, other.state))
    found = []
    for one in repositories:
        keys = [(leak.finding.severity, leak.state) for leak in one.leaks if leak.verdict == "reported"] + shared.pop(one.name, [])
        tips = sum(state == "tip" for _, state in keys)
        worst = max((severity for severity, _ in keys), key=SEVERITIES.index, default="")
        remarks = ["shallow: its history is cut off"] * one.shallow + ["interrupted"] * one.partial + [plural(len(one.faults), "fault")] * bool(one.faults)
        remarks += [f"{plural(one.excluded, 'path')} excluded by its settings"] * bool(one.excluded)
        found.append(Total(one.name, len(keys), tips, worst, one.commits, one.blobs, "; ".join(remarks)))
    return sorted(found, key=lambda one: (-SEVERITIES.index(one.worst) if one.worst else 1, -one.tips, -one.keys, one.name))


def rank(order: tuple[str, ...], name: str) -> int:
    """The place of a name in an order; what is not in it comes last."""
    return order.index(name) if name in order else len(order)


def gravest(rows: "Iterable[Row]") -> list[Row]:
    """Rows for a reader who may not come to the end: the gravest first, else in their order."""
    return sorted(rows, key=lambda row: -SEVERITIES.index(row.finding.severity))


def severities(rows: "Iterable[Row]") -> dict[str, int]:
    """How many reported rows there are of each severity, the gravest first."""
    return count((row.finding.severity for row in rows if row.verdict == "reported"), SEVERITIES[::-1])


def headline(table: Table) -> str:
    """`3 findings: 1 critical, 2 high`."""
    found = {severity: number for severity, number in severities(table.rows).items() if number}
    parts = ", ".join(f"{number} {severity}" for severity, number in found.items())
    return f"{plural(sum(found.values()), 'finding')}: {parts}" if found else "no findings"


def unshown(table: Table, shown: frozenset[str]) -> str:
    """How many rows have a verdict that is not shown, as `2 suppressed, 1 baselined`; empty where all are."""
    verdicts = count((row.verdict for row in table.rows if row.verdict not in shown), VERDICTS)
    return ", ".join(f"{number} {verdict}" for verdict, number in verdicts.items() if number)


def place(row: Row) -> str:
    """`path:line:column`, unsafe characters in it escaped."""
    return f"{visible(row.finding.path)}:{row.finding.start.line}:{row.finding.start.column}"


def web(link: str) -> str:
    """The link, if it is a plain address of the web that can stand in any format as it is; else nothing."""
    import re

    return link if re.fullmatch(r"https://[A-Za-z0-9./_~%?=&#+-]+", link) else ""


def _isolated(about: About) -> str:
    return f"; {ISOLATED}" if about.isolated else ""


def _fault(fault: "Fault", repository: str = "") -> str:
    return ": ".join(visible(part) for part in (repository, fault.path, fault.message) if part) or "unknown trouble"
