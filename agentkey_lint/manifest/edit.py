"""Edits of a manifest that leave everything else as it stands: comments, order, quoting and line ends.

The parsers say where each value stands, so an edit replaces or inserts bytes there, the same way for TOML, YAML and JSON. The new text is read again and
must say what the old one said but for the edit. Where the layout itself must change (keys in one inline list) tomlkit edits TOML; in YAML and JSON, and
where that does not work either, the edit is refused, never half done.
"""

import json

from agentkey_lint.manifest.files import Manifest, parsed
from agentkey_lint.manifest.lists import after_line, items, line_end
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.facts import Entry, KeyRecord
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Value = str | tuple[str, ...]
    Edit = tuple[int, int, bytes]

MOST_COMPLAINTS = 3
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.:/*@+-")
"""What a text may hold that takes the place of another within its quotes."""


class LayoutError(UsageError):
    """The edit cannot be made as the manifest is laid out."""


class Facts(Record):
    """own: the manifest's fields beside its keys, by route. tables: each key's fields."""

    own: "dict[tuple[str, ...], Value]"
    tables: "list[dict[str, Value]]"


def add(manifest: Manifest, fields: "Mapping[str, Value]") -> bytes:
    """The text with one more key at the end of the list. fields: `id` among them, in the order to write them. Raises UsageError."""
    if any(record.id == fields["id"] for record in manifest.records):
        raise UsageError("the manifest has a key of this id already")
    data, end = manifest.source.data, line_end(manifest.source.data)
    known = [entry for entry in manifest.entries if entry.route[:1] == ("key",) and len(entry.route) > 2]
    empty = next((entry.value for entry in manifest.entries if entry.route == ("key",)), None)
    if manifest.form == "toml":
        edit = _append(data, end + end.join([b"[[key]]", *(f"{name} = {_text(value)}".encode() for name, value in fields.items()), b""]))
    elif known:
        last = max(known, key=lambda entry: entry.value)
        first = min((entry for entry in known if entry.route[1] == last.route[1]), key=lambda entry: entry.key)
        edit = (_object if manifest.form == "json" else _listed)(data, first, last, fields, end)
    elif manifest.form == "json":
        edit = (empty.start, empty.end, f"[{json.dumps(fields, ensure_ascii=False)}]".encode()) if empty else (0, 0, b"")
    elif empty:
        edit = len(data[: empty.start].rstrip(b" ")), empty.end, end + _item(fields, b"  ", end)
    else:
        edit = _append(data, b"key:" + end + _item(fields, b"  ", end) + end)
    expected = _facts(manifest)
    expected.tables.append({name: value if isinstance(value, str) else tuple(value) for name, value in fields.items()})
    return _made(manifest, [edit], expected, fields)


def put(manifest: Manifest, record: KeyRecord, fields: "Mapping[str, str]") -> bytes:
    """The text with some fields of one key set to new texts; a field that the key lacks is put behind its dates or its id. Raises UsageError."""
    edits: list[Edit] = []
    for name, text in fields.items():
        known = record.fields.get(name)
        if known is None:
            edits.append(_new_field(manifest, record, name, text))
        else:
            edits.append((known.value.start, known.value.end, text.encode()))
    expected = _facts(manifest)
    for key in expected.tables:
        if key.get("id") == record.id:
            key.update(fields)
    return _made(manifest, edits, expected, fields, record.id)


def narrow(manifest: Manifest, wanted: "Mapping[str, Mapping[str, Sequence[str]]]") -> bytes:
    """The text with scopes replaced. wanted: key id → scope → those that take its place, none to take it out; what is not named stays."""
    edits: list[Edit] = []
    expected = _facts(manifest)
    for record in manifest.records:
        changes = wanted.get(record.id)
        if changes:
            new = [one for scope in record.scopes for one in changes.get(scope.text, (scope.text,))]
            if not new or any(not _PLAIN.issuperset(text) for text in new):
                raise UsageError(f"the scopes of {record.id} cannot be narrowed here: write them by hand")
            for key in expected.tables:
                if key.get("id") == record.id:
                    key["scopes"] = tuple(new)
            text = record.fields["scopes"]
            if len(text.route) == 3:
                comma = ", " if "," in text.text else " "
                edits.append((text.value.start, text.value.end, comma.join(new).encode()))
            else:
                edits += items(manifest.source.data, manifest.form, record.scopes, changes)
    return _proved(manifest, edits, expected)


def complaints(manifest: Manifest) -> list[str]:
    """What breaks the schema, the first of it, each with its line."""
    from agentkey_lint.config.schema import validate

    data = manifest.source.data
    found = [(span.start, message) for span, message in validate(manifest.entries)]
    lines = [(data.count(b"\n", 0, start) + 1, message) for start, message in sorted(found)[:MOST_COMPLAINTS]]
    return [f"line {line}: {message}" for line, message in lines]


def _made(manifest: Manifest, edits: "Iterable[Edit]", expected: "Facts", fields: "Mapping[str, Value]", id_: str = "") -> bytes:
    """The text with these edits, or where the layout does not allow them with the fields put in by tomlkit."""
    try:
        return _proved(manifest, edits, expected)
    except LayoutError as refused:
        if manifest.form != "toml":
            raise
        from agentkey_lint.manifest.structure import changed

        try:
            data = changed(manifest.source.data, fields, id_)
        except ValueError:
            raise refused from None
        return _checked(manifest, data, expected)


def _proved(manifest: Manifest, edits: "Iterable[Edit]", expected: "Facts") -> bytes:
    """The edited text, when reading it says what is expected and it follows the schema."""
    data = manifest.source.data
    for start, end, text in sorted(edits, reverse=True):
        data = data[:start] + text + data[end:]
    return _checked(manifest, data, expected)


def _checked(manifest: Manifest, data: bytes, expected: "Facts") -> bytes:
    refused = LayoutError("this layout of the manifest cannot be edited without rewriting it: make the change by hand")
    try:
        after = parsed(manifest.form, Source(manifest.source.path, data, manifest.source.encoding))
    except UsageError:
        raise refused from None
    if _facts(after) != expected or (manifest.form == "toml" and not _is_toml(data)):
        raise refused
    wrong = complaints(after)
    if wrong:
        raise UsageError(f"the manifest would not be valid: {'; '.join(wrong)}")
    return data


def _is_toml(data: bytes) -> bool:
    """Whether other readers take the text too: ours forgives a list that is opened both as `key = []` and as `[[key]]`."""
    import tomllib

    try:
        tomllib.loads(data.decode())
    except (ValueError, RecursionError):
        return False
    return True


def _facts(manifest: Manifest) -> "Facts":
    """What a manifest says, without places: its own fields, and each key as a table of texts and of tuples for lists."""
    own: dict[tuple[str, ...], Value] = {}
    keys: dict[str, dict[str, Value]] = {}
    for entry in manifest.entries:
        if entry.route[:1] == ("key",) and len(entry.route) >= 3:
            table, name = keys.setdefault(entry.route[1], {}), entry.route[2]
            known = table.get(name, ())
            if len(entry.route) > 3:
                table[name] = (*(known if isinstance(known, tuple) else ()), entry.text)
            else:
                table[name] = () if entry.kind == "empty" else tuple(entry.text.replace(",", " ").split()) if name == "scopes" else entry.text
        elif entry.route != ("key",):
            own[entry.route] = entry.text
    return Facts(own, list(keys.values()))


def _text(value: "Value") -> str:
    """A value as TOML, YAML and JSON all write it: JSON's escapes are escapes of the other two as well."""
    return json.dumps(value, ensure_ascii=False)


def _append(data: bytes, text: bytes) -> "Edit":
    """Text behind everything else, which first gets the line end that it may lack."""
    end = line_end(data)
    if text.startswith(end) and (not data.strip() or data.endswith(end + end)):
        text = text[len(end) :]
    return len(data), len(data), (end if data and not data.endswith(b"\n") else b"") + text


def _item(fields: "Mapping[str, Value]", indent: bytes, end: bytes) -> bytes:
    """One key as an item of a YAML list."""
    lines = [f"{name}: {_text(value)}".encode() for name, value in fields.items()]
    return indent + b"- " + (end + indent + b"  ").join(lines)


def _listed(data: bytes, first: Entry, last: Entry, fields: "Mapping[str, Value]", end: bytes) -> "Edit":
    """One key behind the last of a YAML list, which these two entries begin and end."""
    start = data.rfind(b"\n", 0, first.key.start) + 1
    at = after_line(data, len(data[: last.value.end].rstrip()))
    return at, at, end + _item(fields, data[start : first.key.start].partition(b"-")[0], end)


def _object(data: bytes, first: Entry, last: Entry, fields: "Mapping[str, Value]", end: bytes) -> "Edit":
    """One key behind the last of a JSON list, which these two entries begin and end; laid out as that one is."""
    at = data.find(b"}", last.value.end + len(last.quote)) + 1
    opening = data.rfind(b"{", 0, first.key.start)
    inner, outer = data[opening + 1 : data.find(b'"', opening)], data[data.rfind(b"\n", 0, opening) + 1 : opening]
    pairs = [f"{json.dumps(name)}: {_text(value)}".encode() for name, value in fields.items()]
    if b"\n" not in inner:
        return at, at, (b"," + end + outer if not outer.strip() else b", ") + b"{" + b", ".join(pairs) + b"}"
    closing = data[data.rfind(b"\n", 0, at) + 1 : at - 1]
    return at, at, b"," + (end + outer if not outer.strip() else b" ") + b"{" + inner + (b"," + inner).join(pairs) + end + closing + b"}"


def _new_field(manifest: Manifest, record: KeyRecord, name: str, text: str) -> "Edit":
    """A field behind the last that says when, or the id; on a line of its own where that one has one."""
    data, anchor = manifest.source.data, next(record.fields[name] for name in ("created", "expires", "ttl", "id") if name in record.fields)
    start = data.rfind(b"\n", 0, anchor.key.start) + 1
    before, at = data[start : anchor.key.start], anchor.value.end + len(anchor.quote)
    pair = f"{json.dumps(name)}: {_text(text)}" if manifest.form == "json" else f"{name}{' =' if manifest.form == 'toml' else ':'} {_text(text)}"
    end, indent = line_end(data), b" " * len(before)
    if manifest.form == "json":
        own = not before.strip(b' \t"')
        return at, at, (b"," + end + before.rstrip(b'"') if own else b", ") + pair.encode()
    if before.strip(b" \t-"):
        return at, at, b", " + pair.encode()
    at = after_line(data, at)
    return at, at, end + (before if manifest.form == "toml" else indent) + pair.encode()
