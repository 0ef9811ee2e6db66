"""TOML, by way of tree-sitter: every value with its place, before and after whatever is broken.

The tree is walked with one explicit stack, so depth costs nothing; the meaning of tables and of positions in arrays of tables is worked out on the way.
"""

from itertools import takewhile

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.extensions import extension
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_DEPTH, MAX_ENTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from re import Match
    from typing import Any

    import tree_sitter

MAX_PROBLEMS = 20
MAX_TREE_BYTES = 1024 * 1024
"""The tree of a broken file takes up to 300 bytes of memory for each byte of text; what stands beyond this is not read."""

_KINDS = {
    "string": "string",
    "integer": "number",
    "float": "number",
    "boolean": "boolean",
    "offset_date_time": "date",
    "local_date_time": "date",
    "local_date": "date",
    "local_time": "date",
}
_TABLES = ("table", "table_array_element")
_TOO_DEEP = "nested too deep; what is inside is not read"
_KEYS = ("bare_key", "quoted_key", "dotted_key")
_QUOTES = (b'"""', b"'''", b'"', b"'")
_ESCAPE = regex(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|x([0-9A-Fa-f]{2})|([btnfre\"\\])|[ \t]*\r?\n\s*)")
_MEANING = {"b": "\b", "t": "\t", "n": "\n", "f": "\f", "r": "\r", "e": "\x1b", '"': '"', "\\": "\\"}

# A line of text that tree-sitter could not read: a table's header, or a key and what seems to be its value.
_KEY_PART = r"""(?:[A-Za-z0-9_-]++|"[^"\n]*+"|'[^'\n]*+')"""
_DOTTED_KEY = rf"{_KEY_PART}(?:[ \t]*+\.[ \t]*+{_KEY_PART})*+"
_LINE = regex(
    rf"""(?m)^[ \t]*+(?:(\[\[?)[ \t]*+({_DOTTED_KEY})|({_DOTTED_KEY})[ \t]*+[=:][ \t]*+(?!\[|{{[^}}\n]*=|\"{{3}}|'{{3}})([\"'])?)""".encode()
)
_PART = regex(_KEY_PART.encode())
_NUMBER = regex(rb"[+-]?[0-9][0-9_.xoabcdefABCDEF+-]*+")

Route = tuple[str, ...]


class _Reading:
    """One file while it is read: what was found, the table that is open, and how many items each array of tables has."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.table: Route = ()
        self.lists: dict[Route, int] = {}
        self.headers: list[int] = []  # the entries that stand for a table's header
        self.full = False

    def broken(self, offset: int) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(offset, "this is not TOML"))

    def add(self, entry: Entry) -> None:
        if len(self.entries) < MAX_ENTRIES:
            self.entries.append(entry)
        elif not self.full:
            self.full = True
            self.problems.append(Problem(entry.value.start, "too many values; the rest of the file is not read"))

    def enter(self, steps: Route, span: Span, item: bool) -> None:
        """Begin a table. Names of arrays on the way stand for their last item."""
        route: Route = ()
        for number, step in enumerate(steps[: MAX_DEPTH + 1], 1):
            route = (*route, step)
            if item and number == len(steps):
                self.lists[route] = self.lists.get(route, -1) + 1
            if route in self.lists:
                route = (*route, str(self.lists[route]))
        self.table = route
        if len(route) <= MAX_DEPTH and not self.full:
            self.headers.append(len(self.entries))
            self.add(Entry(route, span, Span(span.end, span.end), "", "empty"))


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """All values and empty containers in file order; list positions are decimal route steps. `data` is UTF-8, invalid bytes allowed.

    Spans are byte offsets inside the quotes; the key of a list item is the item. Never raises; at most 20 problems, and one for each bound.
    """
    cut = len(data)
    if cut > MAX_TREE_BYTES:
        cut = data.rfind(b"\n", 0, MAX_TREE_BYTES) + 1 or MAX_TREE_BYTES
    reading = _Reading(data[:cut])
    sitter, grammar = _sitter()
    root = sitter.Parser(sitter.Language(grammar.language())).parse(reading.data).root_node
    done = 0
    for node in _statements(root):
        if reading.full:
            break
        if node.start_byte < done:
            continue
        parts = _header(node) if node.type in _TABLES else node.children
        if node.is_error or node.is_missing or any(part.is_error or part.is_missing for part in parts):
            reading.broken(node.start_byte)
            end = parts[-1].end_byte if parts else node.end_byte
            done = reading.data.find(b"\n", max(node.start_byte, end - 1)) + 1 or cut
            _lines(reading, node.start_byte, done)
        elif node.type == "pair":
            _walk(reading, node)
        else:
            for key in (part for part in parts if part.type in _KEYS):
                reading.enter(*_key(reading.data, key), node.type == "table_array_element")
    if cut < len(data):
        reading.problems.append(Problem(cut, "too long; the rest of the file is not read"))
    return _without_filled(reading), reading.problems


def _sitter() -> "tuple[Any, Any]":
    """tree-sitter and its grammar of TOML."""
    sitter, grammar = extension("tree_sitter", "_binding"), extension("tree_sitter_toml", "_binding")
    if sitter is None or grammar is None:
        import tree_sitter as sitter
        import tree_sitter_toml as grammar
    return sitter, grammar


def _statements(root: "tree_sitter.Node") -> "Iterator[tree_sitter.Node]":
    """Headers, pairs and broken text in file order."""
    if root.type != "document":
        yield root
        return
    for node in root.children:
        yield node
        if node.type in _TABLES:
            yield from (child for child in node.children if child.type == "pair" or child.is_error)


def _header(table: "tree_sitter.Node") -> "list[tree_sitter.Node]":
    """What stands before the first pair of a table."""
    return list(takewhile(lambda child: child.type != "pair", table.children))


def _walk(reading: _Reading, pair: "tree_sitter.Node") -> None:
    """The values of one `key = value`."""
    # What is still to be read, the next one last: a node, the route it belongs to, and the span of its key.
    todo: list[tuple[tree_sitter.Node, Route, Span | None]] = [(pair, reading.table, None)]
    while todo and not reading.full:
        node, route, key = todo.pop()
        if len(route) > MAX_DEPTH:
            if not any(problem.message == _TOO_DEEP for problem in reading.problems):
                reading.problems.append(Problem(node.start_byte, _TOO_DEEP))
            continue
        children = [child for child in node.children if (child.is_named and child.type != "comment") or child.is_missing]
        if node.is_error or node.is_missing:
            reading.broken(node.start_byte)
            todo += [(child, route, key) for child in reversed(children) if child.type in _KINDS]  # a comma is missing
        elif node.type in _KINDS:
            reading.add(_value(reading.data, node, route, key))
        elif node.type == "pair" and len(children) > 1:
            steps, key = _key(reading.data, children[0])
            todo += [(child, (*route, *steps[: MAX_DEPTH + 1]), key) for child in reversed(children[1:])]
        elif node.type in ("array", "inline_table"):
            if not children:
                span = Span(node.start_byte, node.end_byte)
                reading.add(Entry(route, key or span, span, "", "empty"))
            elif node.type == "array":
                todo += [(child, (*route, str(position)), None) for position, child in reversed(list(enumerate(children)))]
            else:
                todo += [(child, route, key) for child in reversed(children)]


def _lines(reading: _Reading, start: int, end: int) -> None:
    """Broken text, line by line, as far as a line says by itself what it means. (tree-sitter would give one line's value to another's key.)"""
    data = reading.data
    for match in _LINE.finditer(data[start:end]):
        key_start, key_end = (offset + start for offset in match.span(3 if match[3] else 2))
        parts = [_inside(data, key_start + part.start(), key_start + part.end())[0] for part in _PART.finditer(data[key_start:key_end])]
        steps = tuple(_text(data, part, b"") for part in parts)
        if match[1]:
            reading.enter(steps, parts[-1], match[1] == b"[[")
            continue
        begin = start + match.end()
        line_end = data.find(b"\n", begin, end)
        raw = data[begin : line_end if line_end >= 0 else end]
        quote = match[4] or b""
        stop = raw.find(quote if quote else b"#")
        raw = (raw[:stop] if stop >= 0 else raw).rstrip()
        route = (*reading.table, *steps)
        if raw and len(route) <= MAX_DEPTH:
            kind = "string" if quote else "boolean" if raw in (b"true", b"false") else "number" if _NUMBER.fullmatch(raw) else "string"
            reading.add(Entry(route, parts[-1], Span(begin, begin + len(raw)), raw.decode("utf-8", "surrogateescape"), kind, quote.decode()))


def _without_filled(reading: _Reading) -> list[Entry]:
    """The entries without the headers of tables that hold something."""
    if not reading.headers:
        return reading.entries
    headers = set(reading.headers)
    filled = {entry.route[:length] for number, entry in enumerate(reading.entries) for length in range(len(entry.route) + (number not in headers))}
    return [entry for number, entry in enumerate(reading.entries) if number not in headers or entry.route not in filled]


def _key(data: bytes, node: "tree_sitter.Node") -> tuple[Route, Span]:
    """The steps of a key and the span of its last part. Dots nest to the left in the tree."""
    parts: list[tree_sitter.Node] = []
    todo = [node]
    while todo:
        part = todo.pop()
        if part.type == "dotted_key":
            todo.extend(part.named_children)
        elif part.type in _KEYS:
            parts.append(part)
    parts.reverse()
    spans = [_inside(data, part.start_byte, part.end_byte)[0] for part in parts]
    steps = tuple(_text(data, span, data[part.start_byte : part.start_byte + 1]) for part, span in zip(parts, spans, strict=True))
    return steps, spans[-1] if spans else Span(node.start_byte, node.end_byte)


def _value(data: bytes, node: "tree_sitter.Node", route: Route, key: Span | None) -> Entry:
    span, quote = _inside(data, node.start_byte, node.end_byte) if node.type == "string" else (Span(node.start_byte, node.end_byte), b"")
    return Entry(route, key or span, span, _text(data, span, quote), _KINDS[node.type], quote.decode())


def _inside(data: bytes, start: int, end: int) -> tuple[Span, bytes]:
    """The span between the quotes, and the quote. The line break that may follow three quotes is no part of the text."""
    quote = next((quote for quote in _QUOTES if data.startswith(quote, start, end) and end - start >= 2 * len(quote)), b"")
    start, end = start + len(quote), end - (len(quote) if data.endswith(quote, start, end) else 0)
    if len(quote) == 3:
        start += 2 if data.startswith(b"\r\n", start, end) else data.startswith(b"\n", start, end)
    return Span(start, end), quote


def _text(data: bytes, span: Span, quote: bytes) -> str:
    text = data[span.start : span.end].decode("utf-8", "surrogateescape")
    if len(quote) == 3:
        text = text.replace("\r\n", "\n")
    return _ESCAPE.sub(_meaning, text) if quote[:1] == b'"' and "\\" in text else text


def _meaning(escape: "Match[str]") -> str:
    digits = escape[1] or escape[2] or escape[3]
    if digits:
        return chr(int(digits, 16)) if int(digits, 16) < 0x110000 else escape[0]
    return _MEANING[escape[4]] if escape[4] else ""
