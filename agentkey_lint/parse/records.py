"""Key manifests: the entries of `agentkeys.toml`, `.yaml`, `.yml` or `.json` as one `KeyRecord` for each declared key."""

from agentkey_lint.model.facts import Entry, KeyRecord
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_WORDS = 1_000
"""Scopes that are read from one text; the schema refuses a text that holds more."""


def records(entries: "Iterable[Entry]") -> tuple[KeyRecord, ...]:
    """The declared keys of a manifest's entries, in the order of the file. What is not part of a `key` list is passed over."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        if len(entry.route) >= 3 and entry.route[0] == "key" and entry.route[1].isdecimal():
            found.setdefault(entry.route[1], []).append(entry)
    return tuple(_record(own) for own in found.values())


def _record(entries: list[Entry]) -> KeyRecord:
    """One key from its entries, of which there is at least one."""
    fields: dict[str, Entry] = {}
    for entry in entries:
        fields.setdefault(entry.route[2], entry)
    name = fields.get("id")
    span = name.value if name is not None and name.text else entries[0].key
    items = (tuple(_items(entries, field)) for field in ("scopes", "agent", "environment", "resources"))
    return KeyRecord(name.text if name is not None else "", span, fields, *items)


def _items(entries: list[Entry], field: str) -> "Iterator[Entry]":
    """What one field of a key lists: the texts of its list, or the words of its one text, as OAuth writes scopes. An agent's name may hold blanks."""
    for entry in entries:
        if entry.route[2] != field or entry.kind != "string":
            continue
        if len(entry.route) == 4 or (len(entry.route) == 3 and field == "agent" and entry.text.strip()):
            yield entry
        elif len(entry.route) == 3:
            yield from words(entry)


def words(entry: Entry) -> "Iterator[Entry]":
    """The words of a text, parted by blanks and commas, each with its own place where the file spells the text out plainly."""
    plain = entry.text.isascii() and entry.value.end - entry.value.start == len(entry.text)
    place = 0
    for word in entry.text.replace(",", " ").split(maxsplit=MAX_WORDS)[:MAX_WORDS]:
        start = entry.text.index(word, place)
        place = start + len(word)
        span = Span(entry.value.start + start, entry.value.start + place) if plain else entry.value
        yield entry._replace(key=span, value=span, text=word)
