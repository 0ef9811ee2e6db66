"""The report that people look at: one self-contained page, made with Jinja2 from `templates/`.

Nothing in it leaves the page: the policy in its head allows its own style and scripts by their hashes and nothing else, not even a picture. Jinja escapes
every value; `visible` has replaced what could hide or reorder text. Without scripts, and on paper, every finding stands open.
"""

from functools import cache

from agentkey_lint.report.html.charts import Timeline, bars, timeline
from agentkey_lint.report.html.views import manuals, view
from agentkey_lint.report.rows import Row, Table, gravest, headline, of_audit, of_report, rank, severities, totals, unshown
from agentkey_lint.report.text import About, count, plural, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from jinja2 import Environment

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report

HERE = "agentkey_lint.report.html"
TIERS = ("admin", "write", "restricted", "public")
STATES = {"tip": "default branch", "branch": "other branch", "history": "history only", "unreachable": "unreachable"}
VERDICTS = {"reported": "reported", "suppressed": "suppressed", "baselined": "baselined"}
VENDORS = 8
CHUNK = 64  # pieces of the template that make one chunk of output


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files. Findings below the threshold are counted, and shown where `about.show` has them."""
    return _render(of_report(report, about), about)


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit, with a timeline and, for several repositories, a table of them."""
    return _render(of_audit(audit, about), about)


def _render(table: Table, about: About) -> "Iterator[str]":
    environment = _environment()
    style, early, script = (environment.get_template(name).render() for name in ("style.css", "early.js", "report.js"))
    listed = frozenset(VERDICTS) | about.show
    rows = tuple(row for row in table.rows if row.verdict in listed)
    if not table.repositories:  # an audit has an order of its own
        rows = tuple(gravest(rows))
    labels = STATES if table.repositories else VERDICTS
    stream = environment.get_template("report.html").stream(
        about=about,
        table=table,
        headline=headline(table),
        title=headline(table).partition(":")[0],  # the tiles below it say the rest
        also=unshown(table._replace(rows=rows), frozenset({"reported"})),
        below=unshown(table, listed),
        style=style,
        early=early,
        script=script,
        policy=_policy(style, [early, script]),
        severities=severities(rows),
        states=_states(rows, labels),
        tiers=bars(count((row.finding.key.tier for row in rows if row.finding.key is not None), TIERS)),
        vendors=_vendors(rows),
        timeline=_timeline(rows) if table.repositories else None,
        repositories=[one._replace(name=visible(one.name)) for one in totals(table.repositories)],
        total=len(rows),
        with_state=bool(table.repositories) or any(row.verdict != "reported" for row in rows),
        with_since=bool(table.repositories),
        with_repository=len(table.repositories) > 1,
        filters=_filters(rows, labels),
        findings=(view(number, row, labels) for number, row in enumerate(rows)),
        manuals=manuals(sorted({row.finding.rule for row in rows}), about),
    )
    stream.enable_buffering(CHUNK)
    return iter(stream)


@cache
def _environment() -> "Environment":
    from jinja2 import Environment, PackageLoader, StrictUndefined

    # Every template is escaped, the style and the scripts too: they hold no value, and `safe` puts them in as they are.
    environment = Environment(loader=PackageLoader(HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    environment.globals["plural"] = plural
    return environment


def _policy(style: str, scripts: list[str]) -> str:
    """The content security policy: by hash, so that nothing that was slipped in is applied or run."""
    from base64 import b64encode
    from hashlib import sha256

    def digest(text: str) -> str:
        return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"

    return f"default-src 'none'; style-src {digest(style)}; script-src {' '.join(map(digest, scripts))}; base-uri 'none'; form-action 'none'"


def _states(rows: tuple[Row, ...], labels: dict[str, str]) -> list[tuple[str, int, int]]:
    """Where the keys are, as bars; for a run over files, what became of the findings, where that is not one thing."""
    names = [row.leak.state if row.leak is not None else row.verdict for row in rows]
    return [(labels.get(name, name), number, width) for name, number, width in bars(count(names, tuple(labels)))] if len(set(names)) > 1 else []


def _vendors(rows: tuple[Row, ...]) -> list[tuple[str, int, int]]:
    """The vendors with the most keys, and all others together."""
    counted = count(visible(row.finding.key.vendor) for row in rows if row.finding.key is not None)
    first = sorted(counted.items(), key=lambda pair: -pair[1])
    shown, others = first[:VENDORS], first[VENDORS:]
    if len(others) == 1:
        shown += others
    elif others:
        shown.append((f"{len(others)} others", sum(number for _, number in others)))
    return bars(dict(shown))


def _timeline(rows: tuple[Row, ...]) -> Timeline | None:
    """When findings entered and, where the tips have them no more, when they were last there."""
    leaks = [row.leak for row in rows if row.leak is not None and row.verdict == "reported"]
    entered = [leak.first.date for leak in leaks if leak.first is not None]
    left = [leak.last.date for leak in leaks if leak.last is not None and leak.state == "history"]
    return timeline(entered, left)


def _filters(rows: tuple[Row, ...], labels: dict[str, str]) -> list[tuple[str, str, list[tuple[str, str, int]]]]:
    """(attribute, label, its values with what they are called and how many rows have each), only where there is a choice."""
    kinds = [
        ("severity", "Severity", count(row.finding.severity for row in rows), tuple(severities(()))),
        ("state", "State", count(row.leak.state if row.leak is not None else row.verdict for row in rows), tuple(labels)),
        ("rule", "Rule", count(row.finding.rule for row in rows), ()),
        ("vendor", "Vendor", count(visible(row.finding.key.vendor) for row in rows if row.finding.key is not None), ()),
        ("repository", "Repository", count(visible(row.repository) for row in rows), ()),
    ]
    found = []
    for attribute, label, counted, order in kinds:
        names = sorted(counted, key=lambda name: (rank(order, name), name.lower()))
        found.append((attribute, label, [(name, labels.get(name, name) if attribute == "state" else name, counted[name]) for name in names]))
    return [one for one in found if len(one[2]) > 1]
