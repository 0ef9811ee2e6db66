"""Text as a value of each format is written, and spans with the quotes around them."""

from agentkey_lint.model.fix import Edit
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.facts import Document, Entry, Field

QUOTED = ("json", "toml")
"""Formats in which no text stands without quotes."""
PLAIN = ("ini", "dotenv", "properties")
"""Formats in which text is written as it is."""
_YAML_SIGNS = "{}[]%@`&*!|>'\"#,?:-"


def field_at(document: "Document", span: Span) -> "Field | None":
    """The field whose value holds a span."""
    return next((field for field in document.fields if field.entry.value.start <= span.start and span.end <= field.entry.value.end), None)


def outer(entry: "Entry") -> Span:
    """The span of a value with its quotes."""
    return Span(entry.value.start - len(entry.quote), entry.value.end + len(entry.quote))


def edit(document: "Document", entry: "Entry", span: Span, text: str) -> Edit | None:
    """The edit that puts text in place of a part of a value, or of the whole, quoted as its format has it; None if that cannot be said."""
    form, whole = document.format, span == entry.value
    if any(character < " " for character in text):
        return None
    if entry.quote:
        inner = _escaped(text, entry.quote, form)
        return None if inner is None else Edit(span, inner)
    if form in QUOTED:
        return Edit(span, f'"{_escaped(text, chr(34), form)}"') if whole else None
    if form == "yaml" and whole and text:
        line = document.source.data[document.source.data.rfind(b"\n", 0, span.start) + 1 : span.start]
        if text[0] in _YAML_SIGNS or text[-1] == ":" or ": " in text or " #" in text or b"{" in line or b"[" in line:
            return Edit(span, f'"{_escaped(text, chr(34), form)}"')
        return Edit(span, text)
    if form == "xml":
        return Edit(span, text.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;"))
    return Edit(span, text) if form in PLAIN or (form == "yaml" and text) else None


def _escaped(text: str, quote: str, form: str) -> str | None:
    """Text for between quotes; None where such quotes cannot hold it."""
    if quote == '"' and form not in PLAIN:
        return text.replace("\\", "\\\\").replace('"', '\\"')
    if quote == "'" and form == "yaml":
        return text.replace("'", "''")
    return None if quote in text or "\\" in text else text


def without(document: "Document", entry: "Entry") -> Edit | None:
    """The edit that takes an item out of its list, with its comma or its line; None where the text around it is too unusual to say."""
    data, (start, end) = document.source.data, outer(entry)
    if document.format in QUOTED:
        return _without_comma(data, start, end)
    if document.format != "yaml":
        return None
    first, last = _line(data, start, end)
    alone = data[first:start].strip() == b"-" and _blank(data[end:last])
    return Edit(Span(first, last)) if alone else None


def _without_comma(data: bytes, start: int, end: int) -> Edit | None:
    after = end + len(data[end:]) - len(data[end:].lstrip())
    if data[after : after + 1] == b",":
        first, last = _line(data, start, after + 1)
        if not data[first:start].strip() and _blank(data[after + 1 : last]):
            return Edit(Span(first, last))
        rest = data[after + 1 : last]
        return Edit(Span(start, after + 1 + len(rest) - len(rest.lstrip(b" \t"))))
    before = len(data[:start].rstrip())
    if data[before - 1 : before] == b",":
        return Edit(Span(before - 1, end))
    return Edit(Span(before, end)) if data[before - 1 : before] == b"[" and data[after : after + 1] == b"]" else None


def _line(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the lines from start to end begin and end, with the last line's break."""
    last = data.find(b"\n", end)
    return data.rfind(b"\n", 0, start) + 1, len(data) if last < 0 else last + 1


def _blank(rest: bytes) -> bool:
    """Whether the rest of a line says nothing more than a remark on what stood before it."""
    return not rest.strip() or rest.lstrip().startswith((b"//", b"#"))
