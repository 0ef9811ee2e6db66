"""XML configuration such as Maven's settings.xml, NuGet.config and web.config.

Expat says where elements begin and end; all text is taken from the bytes themselves. So an invalid byte stays what it is, and no entity beyond the
five standard ones and character references is ever expanded: they are masked before expat sees them, in content and in attributes alike.
"""

import pyexpat
import re

from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_DEPTH, MAX_ENTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

MAX_PROBLEMS = 20

_CDATA, _CDATA_END = b"<![CDATA[", b"]]>"
_ENTITY = rb"(?:amp|lt|gt|quot|apos|#[0-9]{1,7}|#x[0-9a-fA-F]{1,6});"
# Sections in which & means nothing run to their end or to the file's end, so that each byte is looked at once.
_STRAY = re.compile(rb"<!\[CDATA\[[\s\S]*?(?:\]\]>|\Z)|<!--[\s\S]*?(?:-->|\Z)|((?:&(?!" + _ENTITY + rb"))++)")
_INVALID = re.compile("[\udc80-\udcff]")
_NAME = re.compile(rb"<([^\s/>]++)")
_ATTRIBUTE = re.compile(rb"""\s*+([^\s=/>]++)\s*+=\s*+(?:"([^"]*+)"|'([^']*+)')""")
_TAG_END = re.compile(rb"\s*+/?>")
_MARKUP = re.compile(
    r"<!\[CDATA\[([\s\S]*?)\]\]>|<!--[\s\S]*?-->|<\?[\s\S]*?\?>|\r\n?|&(?:(amp|lt|gt|quot|apos)|#x([0-9a-fA-F]{1,6})|#([0-9]{1,7}));"
)
_MEANING = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_WHITE = re.compile(r"\r\n|[\r\n\t]")


class _Stop(Exception):
    """A bound is reached; raised through expat, which has no other way to end early."""


class _Element:
    """An open element: its route, the span of its name, where its content begins, and whether anything else than its text tells what it holds."""

    __slots__ = ("content", "leaf", "name", "route", "silent")

    def __init__(self, route: tuple[str, ...], name: Span, content: int, silent: bool) -> None:
        self.route, self.name, self.content, self.silent = route, name, content, silent
        self.leaf = True


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """Attribute values and the text of elements without children, in file order; routes are element names, then `@name` for an attribute.

    data: UTF-8 whatever its declaration says, invalid bytes allowed. Spans are byte offsets. Text loses the white space around it; an element with
    neither text nor attributes is an empty value. A text that is one CDATA section counts as quoted by it. A document type declaration and
    entities of one's own are problems and not expanded; reading ends with one problem where the XML is broken or nested too deep. Never raises.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    stack: list[_Element] = []

    def complain(offset: int, message: str) -> None:
        if len(problems) < MAX_PROBLEMS:
            problems.append(Problem(offset, message))

    def add(entry: Entry) -> None:
        if len(entries) >= MAX_ENTRIES:
            raise _Stop("too many values; the rest of the file is not read")
        entries.append(entry)

    def begin(name: str, attributes: "Mapping[str, str]") -> None:
        start = parser.CurrentByteIndex
        if len(stack) >= MAX_DEPTH:
            raise _Stop("nested too deep; the rest of the file is not read")
        if stack:
            stack[-1].leaf = False
        tag = _NAME.match(data, start)
        assert tag
        route = (*(stack[-1].route if stack else ()), _decode(tag[1]))
        end = tag.end()
        while attribute := _ATTRIBUTE.match(data, end):
            end = attribute.end()
            quoted = 2 if attribute[2] is not None else 3
            value = Span(*attribute.span(quoted))
            text = _resolve(_WHITE.sub(" ", _decode(attribute[quoted])))
            quote = "\"'"[quoted - 2]
            add(Entry((*route, "@" + _decode(attribute[1])), Span(*attribute.span(1)), value, text, "string", quote))
        closing = _TAG_END.match(data, end)
        stack.append(_Element(route, Span(*tag.span(1)), closing.end() if closing else end, bool(attributes)))

    def finish(name: str) -> None:
        element = stack.pop()
        if not element.leaf:
            return
        raw = data[element.content : max(element.content, parser.CurrentByteIndex)]  # for <a/> the index is the tag's own
        stripped = raw.strip()
        start = element.content + len(raw) - len(raw.lstrip()) if stripped else element.content
        text = _resolve(_decode(stripped))
        quote = ""
        if stripped.startswith(_CDATA) and stripped.find(_CDATA_END) == len(stripped) - len(_CDATA_END):
            stripped, start, quote = stripped[len(_CDATA) : -len(_CDATA_END)], start + len(_CDATA), _CDATA.decode()
        if text or not element.silent:
            add(Entry(element.route, element.name, Span(start, start + len(stripped)), text, "string", quote))

    def doctype(*_: object) -> None:
        problems.append(Problem(parser.CurrentByteIndex, "a document type declaration; nothing that it declares is expanded"))

    parser = pyexpat.ParserCreate("utf-8")
    parser.specified_attributes = True  # no defaults from a document type: they do not stand in the tag
    parser.StartElementHandler = begin
    parser.EndElementHandler = finish
    parser.StartDoctypeDeclHandler = doctype
    try:
        parser.Parse(_masked(data, complain), True)
    except pyexpat.ExpatError:
        problems.append(Problem(max(0, parser.ErrorByteIndex), "the XML is not well-formed here; the rest of the file is not read"))
    except _Stop as stop:
        problems.append(Problem(parser.CurrentByteIndex, str(stop)))
    return entries, sorted(problems)


def _masked(data: bytes, complain: "Callable[[int, str], None]") -> bytes:
    """The data for expat, every byte at its place: question marks for invalid bytes and for each & that begins no standard entity."""
    if not data.isascii():
        data = _INVALID.sub("?", _decode(data)).encode()
    if b"&" not in data:
        return data
    masked = bytearray(data)
    for stray in _STRAY.finditer(data):
        if stray[1]:
            masked[stray.start() : stray.end()] = b"?" * len(stray[1])
            complain(stray.start(), "an & that begins neither a standard entity nor a character reference")
    return bytes(masked)


def _resolve(text: str) -> str:
    """The text as an XML reader sees it: entities and CDATA resolved, comments left out, line breaks normalized."""
    return _MARKUP.sub(_meaning, text) if "&" in text or "<" in text or "\r" in text else text


def _meaning(markup: re.Match[str]) -> str:
    cdata, name, hexadecimal, decimal = markup.groups()
    if name:
        return _MEANING[name]
    if hexadecimal or decimal:
        code = int(hexadecimal, 16) if hexadecimal else int(decimal)
        return chr(code) if code < 0x110000 else markup[0]
    if cdata is not None:
        return re.sub("\r\n?", "\n", cdata)
    return "\n" if markup[0][0] == "\r" else ""


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
