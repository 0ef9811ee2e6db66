"""The report for programs: version 1 of our JSON, one finding a line.

Only ASCII is written: no reader's encoding, and no terminal that the text passes by, can make anything else of it.
"""

from agentkey_lint.model.finding import SEVERITIES, Judged
from agentkey_lint.report.text import (
    VERDICTS,
    About,
    audit_status,
    by_rule,
    by_severity,
    by_verdict,
    count,
    exit_status,
    has_surrogates,
    ordered,
    utf8,
    whole,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.audit import Audit, Commit, Leak
    from agentkey_lint.model.facts import KeyFacts
    from agentkey_lint.model.finding import Drift, Excerpt, Place, Position, Report


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report as one JSON object, in chunks of at most one finding; findings of every verdict are in it."""
    from json import JSONEncoder

    encode = JSONEncoder(separators=(",", ":")).encode
    tool = {"name": "agentkey-lint", "version": about.version}
    scanned = {"files": report.files, "bytes": report.bytes} | ({"excluded": report.excluded} if report.excluded else {})
    yield f'{{"version":1,"tool":{encode(tool)},"scanned":{encode(scanned)},{_isolated(about)}"findings":['
    comma = "\n"
    for judged in ordered(report.results):
        yield comma + encode(_finding(judged))
        comma = ",\n"
    faults = [{"path": utf8(fault.path), "message": utf8(fault.message)} for fault in report.faults]
    summary: dict[str, object] = {
        "severity": by_severity(report),
        "verdict": by_verdict(report),
        "rule": by_rule(report),
        "whole": whole(report),
        "exit": exit_status(report),
    }
    if report.drift is not None:
        summary["drift"] = _drift(report.drift)
    yield f'\n],"faults":{encode(faults)},"summary":{encode(summary)}}}\n'


def _isolated(about: About) -> str:
    return '"isolated":true,' if about.isolated else ""


def _drift(drift: "Drift") -> dict[str, object]:
    notes = [{"path": utf8(note.path), "message": utf8(note.message)} for note in drift.notes]
    return {"base": utf8(drift.base), "widened": drift.widened, "narrowed": drift.narrowed, "where": [utf8(path) for path in drift.where], "notes": notes}


def _finding(judged: "Judged") -> dict[str, object]:
    finding = judged.finding
    shape: dict[str, object] = {
        "rule": finding.rule,
        "severity": finding.severity,
        "confidence": finding.confidence,
        "message": utf8(finding.message),
        "hint": utf8(finding.hint),
        "path": utf8(finding.path),
        "start": _position(finding.start),
        "end": _position(finding.end),
        "fingerprint": finding.fingerprint,
        "verdict": judged.verdict,
        "related": [_place(place) for place in finding.related],
        "excerpt": _excerpt(finding.excerpt),
    }
    if finding.key is not None:
        shape["key"] = _key(finding.key)
    if finding.reason:
        shape["reason"] = utf8(finding.reason)
    if finding.why:
        shape["why"] = [{"feature": feature, "points": points} for feature, points in finding.why]
    return shape


def _position(position: "Position") -> dict[str, int]:
    return {"line": position.line, "column": position.column}


def _place(place: "Place") -> dict[str, object]:
    return {"path": utf8(place.path), "start": _position(place.start), "end": _position(place.end), "message": utf8(place.message)}


def _excerpt(excerpt: "Excerpt") -> dict[str, object]:
    # A byte that is not UTF-8 becomes one U+FFFD and not four characters of escape: caret and width count code points.
    text = "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in excerpt.text) if has_surrogates(excerpt.text) else excerpt.text
    return {"text": text, "caret": excerpt.caret, "width": excerpt.width}


def _key(key: "KeyFacts") -> dict[str, str]:
    """What the key says of itself. A claim comes from inside the key, so it never takes the place of what the catalogue says."""
    facts = {"vendor": key.vendor, "kind": key.kind, "tier": key.tier, "lifetime": key.lifetime, "checksum": key.checksum}
    return facts | {utf8(name): utf8(value) for name, value in key.claims if name not in facts}


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """An audit as one JSON object, version 1, one key a line; keys of every verdict are in it."""
    from json import JSONEncoder

    encode = JSONEncoder(separators=(",", ":")).encode
    yield f'{{"version":1,"tool":{encode({"name": "agentkey-lint", "version": about.version})},{_isolated(about)}"audit":['
    comma = "\n"
    for one in audit.repositories:
        facts: dict[str, object] = {"name": utf8(one.name)}
        facts |= {name: getattr(one, name) for name in ("commits", "blobs", "bytes", "shallow", "partial", "skipped", "excluded")}
        faults = [{"path": utf8(fault.path), "message": utf8(fault.message)} for fault in one.faults]
        yield f'{comma}{encode(facts)[:-1]},"faults":{encode(faults)},"leaks":['
        inner = "\n"
        for row in one.leaks:
            yield inner + encode(_leak(row))
            inner = ",\n"
        yield "\n]}"
        comma = ",\n"
    rows = [row for one in audit.repositories for row in one.leaks]
    reported = [row for row in rows if row.verdict == "reported"]
    summary = {
        "severity": count((row.finding.severity for row in reported), SEVERITIES[::-1]),
        "verdict": count((row.verdict for row in rows), VERDICTS),
        "state": count((row.state for row in reported), ("tip", "branch", "history", "unreachable")),
        "rule": count(row.finding.rule for row in reported),
        "whole": audit_status(audit) < 2,
        "exit": audit_status(audit),
    }
    yield f'\n],"summary":{encode(summary)}}}\n'


def _leak(row: "Leak") -> dict[str, object]:
    shape = _finding(Judged(row.finding, row.verdict))
    shape["state"] = row.state
    shape["first"], shape["last"] = _commit(row.first), _commit(row.last)
    shape["moved"], shape["commits"], shape["files"] = row.moved, row.commits, row.files
    shape["actions"] = [utf8(action) for action in row.actions]
    shape["link"] = row.link
    shape["elsewhere"] = [
        {"repository": utf8(one.repository), "path": utf8(one.path), "line": one.line, "state": one.state, "severity": one.severity, "files": one.files}
        for one in row.elsewhere
    ]
    shape["sightings"] = [
        {"kind": one.kind, "path": utf8(one.path), "line": one.line, "tip": one.tip, "first": _commit(one.first), "last": _commit(one.last)}
        for one in row.sightings
    ]
    return shape


def _commit(commit: "Commit | None") -> dict[str, object] | None:
    return None if commit is None else {"id": commit.id, "date": commit.day}
