"""Audits as plain lists, to be sent to another process or kept in a file as JSON, and back: what comes from outside is checked, never unpickled."""

from agentkey_lint.model.audit import Audited, Commit, Elsewhere, Leak, Sighting
from agentkey_lint.model.facts import KeyFacts
from agentkey_lint.model.finding import Excerpt, Finding, Place, Position
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TypeVar

    Second = TypeVar("Second")
    Value = TypeVar("Value", bound=tuple[Any, ...])


def audited(data: "Any") -> Audited:
    """An audit of one repository, from what JSON makes of it. Raises ValueError or TypeError for what is none."""
    one = Audited(*data)
    return _sound(one)._replace(leaks=tuple(map(_leak, one.leaks)), faults=tuple(_sound(Fault(*fault)) for fault in one.faults))


def _leak(data: "Any") -> Leak:
    row = Leak(*data)
    return _sound(row)._replace(
        finding=_finding(row.finding),
        sightings=tuple(map(_sighting, row.sightings)),
        first=_commit(row.first),
        last=_commit(row.last),
        actions=tuple(_text(action) for action in row.actions),
        elsewhere=tuple(_sound(Elsewhere(*one)) for one in row.elsewhere),
    )


def _finding(data: "Any") -> Finding:
    one = Finding(*data)
    return _sound(one)._replace(
        start=_sound(Position(*one.start)),
        end=_sound(Position(*one.end)),
        excerpt=_sound(Excerpt(*one.excerpt)),
        related=tuple(map(_place, one.related)),
        key=_key(one.key),
        why=tuple(_pair(pair, int) for pair in one.why),
    )


def _place(data: "Any") -> Place:
    one = Place(*data)
    return _sound(one)._replace(start=_sound(Position(*one.start)), end=_sound(Position(*one.end)))


def _key(data: "Any") -> KeyFacts | None:
    if data is None:
        return None
    one = KeyFacts(*data)
    return _sound(one)._replace(claims=tuple(_pair(pair, str) for pair in one.claims))


def _sighting(data: "Any") -> Sighting:
    one = Sighting(*data)
    return _sound(one)._replace(first=_commit(one.first), last=_commit(one.last))


def _commit(data: "Any") -> Commit | None:
    return _sound(Commit(*data)) if data is not None else None


def _pair(data: "Any", kind: "type[Second]") -> "tuple[str, Second]":
    name, value = data
    if not isinstance(value, kind):
        raise TypeError("a value of another type")
    return _text(name), value


def _text(data: "Any") -> str:
    if not isinstance(data, str):
        raise TypeError("no text")
    return data


_TYPES: "dict[type, tuple[type, ...]]" = {
    Audited: (str, list, list, int, int, int, bool, bool, int, int),
    Commit: (str, int),
    Elsewhere: (str, str, int, str, str, int),
    Excerpt: (str, int, int),
    Fault: (str, str),
    Finding: (str, str, str, str, str, str, list, list, list, str, list, list, list, str),
    KeyFacts: (str, str, str, str, str, str, list),
    Leak: (list, str, str, list, list, list, bool, int, int, list, str, list),
    Place: (str, list, list, str),
    Position: (int, int),
    Sighting: (str, int, str, bool, list, list),
}
"""What JSON has in the place of each field; None may stand where a list does."""


def _sound(value: "Value") -> "Value":
    """The value, if each of its fields has its type. Raises TypeError otherwise."""
    kinds = _TYPES[type(value)]
    if not all(isinstance(field, kind) or (field is None and kind is list) for field, kind in zip(value, kinds, strict=True)):
        raise TypeError("a field of another type")
    return value
