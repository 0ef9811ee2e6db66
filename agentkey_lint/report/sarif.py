"""The report for code scanning services: SARIF 2.1.0.

Findings below the threshold are left out. SARIF has no word for them; as suppressed results, GitHub code scanning (which does not read
`suppressions`) would open an alert for each, and with level `none` sarif-tools would give them a column of their own. Our JSON has them.
Suppressed and baselined findings are in it with their suppression, which viewers and most services respect; for an upload to GitHub
they are to be filtered out first.
"""

from agentkey_lint.model.finding import Judged, Report
from agentkey_lint.report.text import About, exit_status, ordered, utf8, whole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from agentkey_lint.model.audit import Audit, Audited, Commit, Leak, Sighting
    from agentkey_lint.model.finding import Finding, Place, Position
    from agentkey_lint.model.rule import Rule, Standard
    from agentkey_lint.model.source import Fault

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "warning", "info": "note"}
# The middle of the band that GitHub shows under the same name: above 9 critical, from 7 high, from 4 medium, below low. Info has no band.
SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
SUPPRESSIONS = {"suppressed": "inSource", "baselined": "external"}
PLACES = 100  # of one key
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def render(report: "Report", about: About) -> "Iterator[str]":
    """The report as one SARIF log with one run, in chunks of at most one result."""
    results = ordered(judged for judged in report.results if judged.verdict != "below-threshold")
    yield from _log(about, [({"invocations": [_invocation(report.faults, report.partial, report.results)]}, ((judged, {}) for judged in results))])


def render_audit(audit: "Audit", about: About) -> "Iterator[str]":
    """The report of an audit: one run for each repository, its leaks in their order, what is known of their history in properties.

    A run is told apart by the name of its repository (`automationDetails`). Leaks that the tip no longer holds are results like any other: a key that was
    never revoked opens the same doors.
    """
    yield from _log(about, (_audited(one, audit.partial) for one in audit.repositories))


def _audited(one: "Audited", partial: bool) -> "tuple[dict[str, object], Iterable[tuple[Judged, dict[str, object]]]]":
    judged = [Judged(leak.finding, leak.verdict) for leak in one.leaks]
    properties = {"commits": one.commits, "blobs": one.blobs, "bytes": one.bytes, "shallow": one.shallow}
    run: dict[str, object] = {
        "automationDetails": {"id": utf8(one.name)},
        "invocations": [_invocation(one.faults, one.partial or partial, judged)],
        "properties": properties,
    }
    return run, ((Judged(leak.finding, leak.verdict), _history(leak)) for leak in one.leaks if leak.verdict != "below-threshold")


def _history(leak: "Leak") -> dict[str, object]:
    """The members that an audit adds to a result: properties of its own, and the other places."""
    properties: dict[str, object] = {"state": leak.state, "moved": leak.moved, "commits": leak.commits, "files": leak.files}
    properties |= {name: _commit(commit) for name, commit in (("first", leak.first), ("last", leak.last)) if commit is not None}
    if leak.actions:
        properties["actions"] = [utf8(action) for action in leak.actions]
    if leak.link:
        properties["link"] = utf8(leak.link)
    if leak.elsewhere:
        properties["alsoIn"] = [utf8(name) for name in dict.fromkeys(one.repository for one in leak.elsewhere[:PLACES])]
    places = [
        {"physicalLocation": {"artifactLocation": _artifact(one.path), "region": {"startLine": one.line}}, "message": {"text": message(_sighting(one))}}
        for one in dict.fromkeys(leak.sightings[:PLACES])
        if one.kind == "file"
    ]
    return {"properties": properties, "relatedLocations": places}


def _commit(commit: "Commit") -> dict[str, object]:
    return {"id": utf8(commit.id), "date": commit.date}


def _sighting(one: "Sighting") -> str:
    """Where and when, so that no two places of one result are the same in every word."""
    times = [f"{word} {commit.id}" for word, commit in (("first in", one.first), ("last in", one.last)) if commit is not None]
    return ", ".join(["at the tip" if one.tip else "in the history", *times])


def _log(about: About, runs: "Iterable[tuple[dict[str, object], Iterable[tuple[Judged, dict[str, object]]]]]") -> "Iterator[str]":
    """A log of runs: for each its own members, then results, each with what is added to it."""
    from json import JSONEncoder

    encode = JSONEncoder(separators=(",", ":")).encode
    index = {rule.id: number for number, rule in enumerate(about.rules)}
    where = {item.id: (number, place) for number, one in enumerate(about.standards) for place, item in enumerate(one.items)}
    rules = [_rule(rule, (about.manuals or {}).get(rule.id, ""), where) for rule in about.rules]
    driver: dict[str, object] = {"name": "agentkey-lint", "version": about.version, "rules": rules}
    common: dict[str, object] = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints"}
    if about.isolated:
        driver["properties"] = {"isolated": True}
    if about.standards:
        driver["supportedTaxonomies"] = [{"name": one.name, "index": number} for number, one in enumerate(about.standards)]
        common["taxonomies"] = [_taxonomy(one) for one in about.standards]
    yield f'{{"$schema":{encode(SCHEMA)},"version":"2.1.0","runs":['
    between = ""
    for members, results in runs:
        yield f'{between}{encode(common | members)[:-1]},"results":['
        comma = "\n"
        for judged, more in results:
            yield comma + encode(_result(judged, index, more))
            comma = ",\n"
        yield "\n]}"
        between = ","
    yield "]}\n"


def _taxonomy(one: "Standard") -> dict[str, object]:
    """A public list that rules serve."""
    taxa = [{"id": item.id, "name": item.title, "shortDescription": {"text": item.title}} for item in one.items]
    shape = {"name": one.name, "version": one.version, "organization": "OWASP", "informationUri": one.source, "shortDescription": {"text": one.name}}
    return shape | {"taxa": taxa}


def _rule(rule: "Rule", manual: str, where: "Mapping[str, tuple[int, int]]") -> dict[str, object]:
    """where: for an item of a taxonomy the places of both."""
    properties: dict[str, object] = {"tags": list(dict.fromkeys(("security", *rule.owasp)))}
    if rule.severity in SCORES:
        properties["security-severity"] = SCORES[rule.severity]
    shape: dict[str, object] = {
        "id": rule.id,
        "name": "".join(word.capitalize() for word in rule.id.split("-")),
        "shortDescription": {"text": rule.summary},
        "fullDescription": {"text": rule.summary},
        "help": {"text": manual, "markdown": manual} if manual else {"text": rule.summary},
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": properties,
    }
    targets = [{"id": item, "index": where[item][1], "toolComponent": {"index": where[item][0]}} for item in rule.owasp if item in where]
    if targets:
        shape["relationships"] = [{"target": target, "kinds": ["relevant"]} for target in targets]
    return shape


def _result(judged: "Judged", index: dict[str, int], more: "dict[str, Any]") -> dict[str, object]:
    finding = judged.finding
    shape: dict[str, object] = {"ruleId": finding.rule}
    if finding.rule in index:
        shape["ruleIndex"] = index[finding.rule]
    shape |= {
        "level": LEVELS[finding.severity],
        "message": {"text": message(f"{finding.message}\n{finding.hint}" if finding.hint else finding.message)},
        "locations": [_location(finding)],
        "partialFingerprints": {"agentkeyLint/v1": finding.fingerprint},
        "properties": {"severity": finding.severity, "confidence": finding.confidence, **more.get("properties", {})},
    }
    # each once, for SARIF wants them unique
    related = [_location(place) | {"message": {"text": message(place.message)}} for place in dict.fromkeys(finding.related)]
    if related := [*related, *more.get("relatedLocations", ())]:
        shape["relatedLocations"] = related
    if judged.verdict in SUPPRESSIONS:
        shape["suppressions"] = [{"kind": SUPPRESSIONS[judged.verdict]} | ({"justification": utf8(finding.reason)} if finding.reason else {})]
    return shape


def message(text: str) -> str:
    """Plain text as SARIF wants it. `[text](target)` would be a link that the scanned repository chose, so where one could be, brackets are escaped."""
    text = utf8(text)
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]") if "](" in text else text


def _location(place: "Finding | Place") -> dict[str, object]:
    return {"physicalLocation": {"artifactLocation": _artifact(place.path), "region": _region(place.start, place.end)}}


def _region(start: "Position", end: "Position") -> dict[str, int]:
    """SARIF's end column is exclusive and counts from 1, as ours does."""
    return {"startLine": start.line, "startColumn": start.column, "endLine": end.line, "endColumn": end.column}


def _artifact(path: str) -> dict[str, str]:
    if path.startswith("/"):  # outside the tree
        return {"uri": "file://" + uri(path)}
    return {"uri": uri(path), "uriBaseId": "%SRCROOT%"}


def uri(path: str) -> str:
    """A path as a relative reference: its very bytes, all but the unreserved ones and `/` percent-encoded (`:` too: `a:b` would name a scheme)."""
    try:
        data = path.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a surrogate that stands for no byte; no file system gives one
        data = utf8(path).encode()
    return "".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in data)


def _invocation(faults: "tuple[Fault, ...]", partial: bool, results: "Iterable[Judged]") -> dict[str, object]:
    report = Report(tuple(results), faults, 0, 0, partial)
    return {
        "executionSuccessful": whole(report),
        "exitCode": exit_status(report),
        "toolExecutionNotifications": [_notification(fault) for fault in faults],
    }


def _notification(fault: "Fault") -> dict[str, object]:
    shape: dict[str, object] = {"level": "error", "message": {"text": message(fault.message)}}
    if fault.path:
        shape["locations"] = [{"physicalLocation": {"artifactLocation": _artifact(fault.path)}}]
    return shape
