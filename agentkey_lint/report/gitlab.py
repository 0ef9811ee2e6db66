"""The report for GitLab: a secret detection report.

Held against the schema of secret detection reports as GitLab keeps it in lib/gitlab/ci/parsers/security/validators/schemas: what is written here is what
versions 15.0.0 to 15.2.1 all take. GitLab has no word for findings that are suppressed, so only reported ones are in it.
"""

from agentkey_lint.report.rows import Row, Table, of_audit, of_report, web
from agentkey_lint.report.text import About, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit
    from agentkey_lint.model.finding import Report

VERSION = "15.0.7"
NO_COMMIT = "0000000"  # a commit must be named; this is what GitLab's own analyzer writes where there is none


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report of a run over files, in chunks of at most one finding."""
    return _render(of_report(report, about), about)


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit: each key at the commit that brought it."""
    return _render(of_audit(audit, about), about)


def _render(table: Table, about: About) -> "Iterator[str]":
    from json import JSONEncoder

    encode = JSONEncoder(separators=(",", ":")).encode
    names = {rule.id: rule.summary for rule in about.rules}
    yield f'{{"version":{encode(VERSION)},"scan":{encode(_scan(table, about))},"vulnerabilities":['
    comma, seen = "\n", dict[str, int]()
    for row in table.rows:
        if row.verdict == "reported":
            yield comma + encode(_vulnerability(row, _identity(row, seen), names.get(row.finding.rule, row.finding.rule)))
            comma = ",\n"
    yield "\n]}\n"


def _scan(table: Table, about: About) -> dict[str, object]:
    """A report does not know when its run began, so both times are that of the report."""
    from time import gmtime, strftime

    now = strftime("%Y-%m-%dT%H:%M:%S", gmtime())
    tool = {"id": "agentkey-lint", "name": "agentkey-lint", "version": about.version, "vendor": {"name": "agentkey-lint"}}
    said = [{"level": "warn", "value": fault} for fault in table.faults] + [{"level": "warn", "value": table.state}] * table.partial
    return {
        "analyzer": tool,
        "scanner": tool,
        "type": "secret_detection",
        "start_time": now,
        "end_time": now,
        "status": "success" if table.whole else "failure",
        "messages": [{"level": "info", "value": table.read}, *said],
    }


def _vulnerability(row: Row, identity: str, name: str) -> dict[str, object]:
    finding, leak = row.finding, row.leak
    kind = f"{finding.rule}/{finding.key.id}" if finding.key is not None else finding.rule
    shape: dict[str, object] = {
        "id": identity,
        "name": visible(name)[:255],
        "description": visible(finding.message),
        "severity": finding.severity.capitalize(),
        "identifiers": [{"type": "agentkey_lint_rule", "name": f"agentkey-lint {kind}", "value": kind}],
        "location": {
            "file": visible(finding.path),
            "start_line": finding.start.line,
            "end_line": max(finding.end.line, finding.start.line),
            "commit": _commit(row),
        },
    }
    actions = ([finding.hint] if finding.hint else []) + (list(leak.actions) if leak is not None else [])
    if actions:
        shape["solution"] = "\n".join(visible(action) for action in actions)[:7000]
    if leak is not None:
        shape["details"] = {
            "repository": {"name": "Repository", "type": "text", "value": visible(row.repository)},
            "state": {"name": "State", "type": "text", "value": leak.state},
            "commits": {"name": "Commits that hold it", "type": "value", "value": leak.commits},
            "files": {"name": "Files that hold it", "type": "value", "value": leak.files},
        }
        if web(leak.link):
            shape["links"] = [{"name": "Where the vendor revokes keys", "url": leak.link}]
    return shape


def _commit(row: Row) -> dict[str, str]:
    first = row.leak.first if row.leak is not None else None
    if first is None:
        return {"sha": NO_COMMIT}
    return {"sha": first.id or NO_COMMIT, "date": first.day}


def _identity(row: Row, seen: dict[str, int]) -> str:
    """A UUID, as the schema recommends: of the finding alone, so that it is the same tomorrow. seen: how often each was given, for the second of two alike."""
    from hashlib import blake2b
    from uuid import UUID

    finding = row.finding
    parts = "\0".join((row.repository, finding.rule, finding.path, finding.fingerprint, *map(str, finding.start)))
    seen[parts] = seen.get(parts, 0) + 1
    text = f"{parts}\0{seen[parts]}".encode("utf-8", "surrogatepass")
    return str(UUID(bytes=blake2b(text, digest_size=16).digest(), version=4))
