"""All that one version of a file lets somebody do: scopes, lifetimes and roles of declared keys, scopes of other systems, permissions of agents."""

from agentkey_lint.catalog import adapters, durations, patterns, permissions, readers, scopes
from agentkey_lint.catalog.compiled import BROAD
from agentkey_lint.catalog.globs import route_matches
from agentkey_lint.engine import documents
from agentkey_lint.engine.drift import RESOURCE, TOOL
from agentkey_lint.engine.grants import of_file, resources, scopes_of
from agentkey_lint.model.facts import Grant, Measure, Powers, Problem
from agentkey_lint.model.finding import SEVERITIES
from agentkey_lint.parse.records import records

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentkey_lint.model.facts import Entry, KeyRecord, Reader
    from agentkey_lint.model.source import Source

MOST_READERS = 4
_BY_TIER = {"none": "low", "read": "low", "write": "medium", "admin": "high"}
_RULES = ("approval-bypass", "broad-tool-permission", "secret-exposure")
_ALLOWED = ("allow", "true")


def concerns(path: str) -> bool:
    """Whether a file of this name may allow anything: without having read it."""
    if path.rsplit("/", 1)[-1] in documents.MANIFESTS or adapters.known(path):
        return True
    return any(reader.id in BROAD for reader in readers.find(path, b""))


def of_source(source: "Source") -> tuple[Powers, list[Problem]]:
    """What a file allows, and where it is broken: what stands around such places is read all the same."""
    problems: list[Problem] = []
    if source.encoding == "binary" or len(source.data) > documents.MAX_GRANTING:
        return Powers(), problems
    manifest = documents.MANIFESTS.get(source.path.rsplit("/", 1)[-1])
    if manifest:
        entries, problems = documents.entries(manifest, source.data)
        declared = records(entries)
        scoped = [grant for record in declared for grant in (*scopes_of(record), *_resources(record))]
        return Powers(tuple(scoped), tuple(measure for record in declared for measure in _of_record(record))), problems
    grants: list[Grant] = []
    measures: list[Measure] = []
    for system, form in adapters.find(source.path, source.data):
        entries, problems = documents.entries(form, source.data)
        grants += of_file(system, entries, source.data, in_full=True)
    for reader in readers.find(source.path, source.data)[:MOST_READERS]:
        if reader.id in BROAD:
            entries, problems = documents.entries(reader.format, source.data)
            for power in _of_agent(reader, entries):
                if isinstance(power, Grant):
                    grants.append(power)
                else:
                    measures.append(power)
            break
    return Powers(tuple(grants), tuple(measures)), problems


def _resources(record: "KeyRecord") -> "Iterator[Grant]":
    """What a key is limited to; without `resources` to nothing."""
    level = scopes.granted(record)
    limits = resources(record)
    for entry in limits:
        yield Grant(record.id, entry.text, entry.value, RESOURCE, (), level, entry.text.strip() == "*")
    if not limits:
        yield Grant(record.id, "*", record.span, RESOURCE, (), level, True, "this key is not limited to any resources")


def _of_record(record: "KeyRecord") -> "Iterator[Measure]":
    fields = record.fields
    level = scopes.granted(record)
    severity = _BY_TIER[level]
    for name, names in (("lifetime", ("ttl", "expires")), ("rotation", ("rotation",))):
        given = [fields[field] for field in names if field in fields]
        lengths = [length for entry in given if (length := _length(entry, fields)) is not None]
        if not given:
            yield Measure(record.id, name, durations.NEVER, "no end" if name == "lifetime" else "none", record.span, severity)
        elif lengths:
            yield Measure(record.id, name, min(lengths), f"{given[0].route[-1]} {given[0].text}", given[0].value, severity)
    role = fields.get("role")
    if role is not None and role.text in scopes.ROLES:
        yield Measure(record.id, "role", scopes.rank(scopes.ROLES[role.text]), role.text, role.value, severity)
    other = fields.get("third_party")
    if other is not None and other.kind == "boolean":
        yield Measure(record.id, "third_party", float(other.text == "true"), other.text, other.value, severity, "somebody else holds this key", optional=True)


def _length(entry: "Entry", fields: "dict[str, Entry]") -> float | None:
    """How long, in seconds, by a field of a key; a date counts from when the key was made or changed last, where that is known, or else from today."""
    if entry.route[-1] != "expires":
        return durations.seconds(entry.text)
    end = durations.date(entry.text)
    if end is None:
        return durations.seconds(entry.text)
    starts = [start for name in ("created", "rotated") if name in fields and (start := durations.date(fields[name].text)) is not None]
    return end - max(starts, default=durations.today())


def _of_agent(reader: "Reader", entries: "Sequence[Entry]") -> "Iterator[Grant | Measure]":
    """The settings of an agent by which it may do something: items of lists are scopes, single settings have more and less."""
    rows = [row for row in permissions.rows(reader.id) if row.rule in _RULES]
    around = patterns.texts(entries)
    for entry in entries:
        near = [row for row in rows if any(route_matches(glob, entry.route) for glob in row.pattern.routes)]
        if not near or patterns.disabled(entry, around):
            continue
        row = next((row for row in near if patterns.fits(row.pattern, entry, around)), None)
        because, severity, confidence = (row.because, row.severity, row.confidence) if row is not None else ("", "", "high")
        subject = ".".join(step for step in entry.route if not step.isdecimal())
        if entry.route[-1].isdecimal():
            if entry.kind == "string":
                yield Grant(subject, entry.text, entry.value, TOOL, because=because, severity=severity or "low", confidence=confidence, level="write")
        elif entry.kind != "empty":
            allowed = entry.text.strip().lower() in _ALLOWED and any(glob.endswith(".*") for row in near for glob in row.pattern.routes)
            amount = 1 + SEVERITIES.index(severity) if severity else int(allowed)
            yield Measure("", subject, amount, entry.text, entry.value, severity or "low", because, confidence, optional=True)
