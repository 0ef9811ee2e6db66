"""Entries become grants: of key manifests, and of the files in which other systems declare scopes."""

from agentkey_lint.catalog import declared, patterns, scopes
from agentkey_lint.catalog.globs import route_matches
from agentkey_lint.model.facts import Grant
from agentkey_lint.parse.records import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentkey_lint.catalog.adapters import Scope, System
    from agentkey_lint.model.facts import Entry, KeyRecord

_ALL = ("*", "**", "all")
_SEVERITY = {"read": "medium", "write": "high", "admin": "critical"}
_NOTHING = ("", "none", "null", "false", "deny", "no")


def of_records(records: "Iterable[KeyRecord]") -> "Iterator[Grant]":
    """The scopes of declared keys, and resources that are all there are."""
    for record in records:
        for entry in resources(record):
            if entry.text.strip() in _ALL:
                level = scopes.granted(record)
                because = f"`resources` says {entry.text.strip()}: this key is not limited to anything that its provider holds"
                yield Grant(record.id, entry.text, entry.value, scopes.provider(record), (), level, True, because, _SEVERITY[level])
        yield from scopes_of(record)


def scopes_of(record: "KeyRecord") -> "Iterator[Grant]":
    """The scopes of one declared key."""
    role, reason = record.fields.get("role"), record.fields.get("justification")
    for scope in record.scopes:
        yield Grant(
            record.id,
            scope.text,
            scope.value,
            scopes.provider(record),
            role=role.text if role is not None and role.text in scopes.ROLES else "",
            justified=reason is not None and bool(reason.text.strip()),
            variable=declared.variable(record),
        )


def resources(record: "KeyRecord") -> "list[Entry]":
    """What a declared key says it is limited to: a text, or the items of a list."""
    return [entry for entry in record.resources if entry.kind == "string" and entry.text.strip()]


def of_file(system: "System", entries: "Sequence[Entry]", data: bytes, in_full: bool = False) -> "Iterator[Grant]":
    """The scopes that a file of a system declares; entries: of the whole file. in_full: also those of which no rule would say anything."""
    if system.id == "aws" and (b"aws_iam_" in data or b"jsonencode" in data):
        from agentkey_lint.engine.terraform import policies

        entries = policies(entries, data)
    around = patterns.texts(entries)
    for entry in entries:
        if entry.text == "" and entry.kind != "empty":
            continue
        for row in system.grants:
            if patterns.fits(row.pattern, entry, around):
                if not patterns.disabled(entry, around):
                    yield from _grants(row, entry, system.id)
                break
    for absent in system.missing if entries else ():
        if not any(route_matches(glob, entry.route) for entry in entries for glob in absent.routes):
            yield Grant("", "", entries[0].key, system.id, (), absent.level, True, absent.because, absent.severity, absent.confidence)
    if system.shape:
        from agentkey_lint.catalog import granted, systems

        yield from (granted.ALL if in_full else systems.SHAPES)[system.shape](entries, data)


def _grants(row: "Scope", entry: "Entry", system: str) -> "Iterator[Grant]":
    """What one entry grants."""
    subject = ".".join(step for step in entry.route[: -1 if row.form in ("key", "level") else None] if not step.isdigit())
    rest = ((), row.level, row.wildcard, row.because, row.severity, row.confidence, "", False, "", row.endless)
    if row.form == "words":
        for word in words(entry):
            yield Grant(subject, word.text, word.value, system, *rest)
    elif row.form == "value":
        yield Grant(subject, entry.text, entry.value, system, *rest)
    elif entry.text.strip().lower() not in _NOTHING or (row.form == "key" and entry.kind == "empty"):
        scope = f"{entry.route[-1]}:{entry.text}" if row.form == "level" else entry.route[-1]
        yield Grant(subject, scope, entry.value if row.form == "level" else entry.key, system, *rest)
