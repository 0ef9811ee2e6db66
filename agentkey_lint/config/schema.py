"""Whether a key manifest follows its published schema, and where in the file it does not.

The schema (`manifest.schema.json`, JSON Schema draft 2020-12) is the one that editors use too. Its `errorMessage` of a field says what the field must be;
what a schema cannot say (two keys of one id, a day that does not exist) is checked here. No message quotes a value: values may hold secrets.
"""

from functools import cache

from agentkey_lint.catalog import durations
from agentkey_lint.model.facts import Entry
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

MAX_MESSAGES = 1_000
"""After this many, one message says that there are more."""

_DEPTH = 4  # key, its number, field, item: what stands deeper is wrong whatever it is
_DATES = ("created", "expires", "rotated")
_DURATIONS = ("ttl", "rotation")
_SCALARS = ("string", "number", "boolean", "null", "date", "empty")  # of anything else (an alias, a tagged value) the value is not known here


def text() -> str:
    """The published schema."""
    with open(f"{__file__.rpartition('/')[0]}/manifest.schema.json", encoding="utf-8") as file:
        return file.read()


def validate(entries: "Iterable[Entry]") -> "Iterator[tuple[Span, str]]":
    """Every place where a manifest's entries break the schema, with what is wrong there; nothing is said twice."""
    seen: set[tuple[Span, str]] = set()
    for fault in _faults(list(dict.fromkeys(entries))):
        if fault in seen:
            continue
        if len(seen) == MAX_MESSAGES:
            yield fault[0], f"there are more than {MAX_MESSAGES} mistakes in this manifest; the others are not listed"
            return
        seen.add(fault)
        yield fault


def _faults(entries: list[Entry]) -> "Iterator[tuple[Span, str]]":
    yield from _doubles(entries)
    yield from _impossible(entries)
    yield from _against_schema(entries)


def _doubles(entries: list[Entry]) -> "Iterator[tuple[Span, str]]":
    """Fields that are given twice, and ids that two keys have."""
    routes: set[tuple[str, ...]] = set()
    ids: set[str] = set()
    for entry in entries:
        if entry.route in routes:
            name = next((step for step in reversed(entry.route) if not step.isdecimal()), "")
            yield entry.key, f"{_field(name)} is given twice; readers differ in which one counts"
        elif len(entry.route) == 3 and entry.route[::2] == ("key", "id") and entry.kind == "string":
            if entry.text in ids:
                yield _place(entry), f"two keys have the id {entry.text}" if _public(entry.text) else "two keys have the same id"
            ids.add(entry.text)
        routes.add(entry.route)


def _impossible(entries: list[Entry]) -> "Iterator[tuple[Span, str]]":
    """Days that do not exist, durations of an unknown form, and keys that end before they begin."""
    created: dict[str, int] = {}
    for entry in entries:
        if len(entry.route) == 3 and entry.route[::2] == ("key", "created") and (moment := durations.date(entry.text)) is not None:
            created[entry.route[1]] = moment
    for entry in entries:
        if len(entry.route) != 3 or entry.route[0] != "key":
            continue
        field = entry.route[2]
        moment = durations.date(entry.text) if field in _DATES else None
        if field in _DATES and durations.dated(entry.text) and moment is None:
            yield _place(entry), f"`{field}` is a date that does not exist"
        elif field in ("expires", "rotated") and moment is not None and moment < created.get(entry.route[1], moment):
            yield _place(entry), f"`{field}` lies before `created`"
        elif field in _DURATIONS and entry.kind == "string" and durations.seconds(entry.text) is None:
            yield _place(entry), f"`{field}` {_hint(_schema(), field)}"


def _against_schema(entries: list[Entry]) -> "Iterator[tuple[Span, str]]":
    import jsonschema  # type: ignore[import-untyped]

    for entry in entries:
        if not entry.route and entry.kind not in ("empty", "null"):
            yield _place(entry), "a manifest must be a table with a list `key`"
    schema = _schema()
    tree, first = _tree(entries)
    lines: dict[tuple[str, ...], Span] = {entry.route[:2]: _place(entry) for entry in reversed(entries) if len(entry.route) == 3 and entry.route[2] == "id"}
    for error in jsonschema.Draft202012Validator(_resolved(schema, schema["$defs"])).iter_errors(_plain(tree)):
        route = _route(tree, error.absolute_path)
        here = lines.get(route) or (_place(first[route]) if route in first else Span(0, 0))
        if error.validator == "additionalProperties":
            for name in error.instance:
                if name not in error.schema["properties"]:
                    yield first[*route, name].key, _unknown(name, error.schema["properties"])
        elif error.validator == "required":
            for name in error.validator_value:
                if (*route, name) not in first:  # one that is there, but of a kind that is not known here, is not missing
                    yield here, f"the key has no `{name}`: {_hint(schema, name)}"
        elif error.validator == "not":
            yield first[*route, "ttl"].key, "the key has both `expires` and `ttl`: one of them says when it ends"
        else:
            yield here, _message(schema, route)


@cache
def _schema() -> "Any":
    import json

    return json.loads(text())


def _resolved(node: "Any", definitions: "Any") -> "Any":
    """A schema with what its references name put in their place: following them anew for every key takes as long as all the rest."""
    if isinstance(node, list):
        return [_resolved(child, definitions) for child in node]
    if not isinstance(node, dict):
        return node
    named = _resolved(definitions[node["$ref"].rpartition("/")[2]], definitions) if "$ref" in node else {}
    return named | {name: _resolved(child, definitions) for name, child in node.items() if name not in ("$ref", "$defs")}


def _message(schema: "Any", route: tuple[str, ...]) -> str:
    """What the field at a route must be."""
    if len(route) == 2:
        return f"a key {schema['$defs']['key']['errorMessage']}"
    if len(route) == 1:
        return f"`{route[0]}` {schema['properties'][route[0]]['errorMessage']}"
    return f"`{route[2]}` {_hint(schema, route[2])}" if len(route) > 2 else "a manifest must be a table with a list `key`"


def _hint(schema: "Any", field: str) -> str:
    hint: str = schema["$defs"]["key"]["properties"][field]["errorMessage"]
    return hint


def _unknown(name: str, known: "Iterable[str]") -> str:
    import difflib

    if _field(name) == "a field":
        return "unknown field"
    near = difflib.get_close_matches(name.lower().replace("-", "_"), known, 1)
    return f"unknown field `{name}`; did you mean `{near[0]}`?" if near else f"unknown field `{name}`"


def _field(name: str) -> str:
    """A field's name as a message may show it: what is no plain name is not shown."""
    plain = 0 < len(name) <= 30 and name.isascii() and name.replace("_", "").replace("-", "").isalpha()
    return f"`{name}`" if plain else "a field"


def _public(name: str) -> bool:
    """Whether an id looks like a name and not like a secret that was written there by mistake: short words that may end in a few digits."""
    import re

    return len(name) <= 48 and all(re.fullmatch(r"[A-Za-z]{1,16}[0-9]{0,4}|[0-9]{1,4}", word) for word in re.split(r"[._-]", name))


def _place(entry: Entry) -> Span:
    """Where an entry is shown: its value, or its name where the value is nothing."""
    return entry.value if entry.value.start < entry.value.end else entry.key


def _tree(entries: list[Entry]) -> "tuple[dict[str, Any], dict[tuple[str, ...], Entry]]":
    """The entries as nested tables, lists still tables by position; and of every route the entry that stands first there."""
    tree: dict[str, Any] = {}
    first: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        route, node = entry.route[:_DEPTH], tree
        for depth in range(1, len(route) + 1):
            first.setdefault(route[:depth], entry)
        if not route or entry.kind not in _SCALARS:
            continue
        for step in route[:-1]:
            node = node.setdefault(step, {})
            if not isinstance(node, dict):  # a broken file may say of one route that it is both a value and a table
                break
        else:
            node.setdefault(route[-1], {} if len(entry.route) > _DEPTH else _value(entry))
    return tree, first


def _value(entry: Entry) -> "Any":
    """A value as the schema sees it: dates are text, as they are in JSON."""
    if entry.kind == "number":
        try:
            return int(entry.text) if len(entry.text) <= 20 else float(entry.text)
        except ValueError:
            return entry.text
    return {"null": None, "boolean": entry.text == "true", "empty": []}.get(entry.kind, entry.text)


def _plain(node: "Any") -> "Any":
    """The tree with its lists as lists; not deeper than _DEPTH."""
    if not isinstance(node, dict):
        return node
    if node and all(step.isdecimal() for step in node):
        return [_plain(child) for child in node.values()]
    return {step: _plain(child) for step, child in node.items()}


def _route(tree: "dict[str, Any]", path: "Iterable[str | int]") -> tuple[str, ...]:
    """The route of what jsonschema names by a path: positions are counted in the order of the file, which may leave some out."""
    route: tuple[str, ...] = ()
    node: Any = tree
    for step in path:
        name = list(node)[step] if isinstance(step, int) else step
        node = node[name]
        route += (name,)
    return route
