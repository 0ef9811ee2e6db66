"""Java properties files, read as `java.util.Properties.load` documents it, from UTF-8."""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_ENTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

MAX_PROBLEMS = 20

# A backslash before a line break joins the next line without its indentation, in a key, around the delimiter and in a value alike.
_JOIN = rb"\\(?:\r\n|[\r\n])[ \t\f]*+"
_LINE = regex(
    rb"[ \t\f\r\n]*+(?:[#!][^\r\n]*+"
    rb"|((?:[^\\=: \t\f\r\n]++|" + _JOIN + rb"|\\[\s\S]|\\\Z)*+)"
    rb"(?:[ \t\f]++|" + _JOIN + rb")*+(?:[=:](?:[ \t\f]++|" + _JOIN + rb")*+)?"
    rb"((?:[^\\\r\n]++|" + _JOIN + rb"|\\[\s\S]|\\\Z)*+))"
)
_HIGH, _LOW, _CODE = r"u([dD][89abAB][0-9a-fA-F]{2})", r"\\u([dD][c-fC-F][0-9a-fA-F]{2})", r"u([0-9a-fA-F]{4})"
_ESCAPE = regex(rf"\\(?:(?:\r\n|[\r\n])[ \t\f]*+|{_HIGH}{_LOW}|{_CODE}|([\s\S])|\Z)")
_MEANING = {"t": "\t", "n": "\n", "r": "\r", "f": "\f"}


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The properties of a file in file order, routes `(name,)` with the name as one step.

    data: UTF-8 without a byte order mark, invalid bytes allowed. Spans are byte offsets and hold the raw text with its escapes; white space at a
    value's end belongs to it. A backslash and `u` without four hexadecimal digits is a problem. Never raises.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    for line in _LINE.finditer(data):
        key, value = line.span(1), line.span(2)
        if key[0] == -1 or key[0] == value[1]:  # a comment, or the end of the file
            continue
        if len(entries) >= MAX_ENTRIES:
            problems.append(Problem(key[0], "too many values; the rest of the file is not read"))
            break
        name, good_name = _resolve(line[1])
        text, good_text = _resolve(line[2])
        if not (good_name and good_text) and len(problems) < MAX_PROBLEMS:
            problems.append(Problem(key[0], "an escape that needs four hexadecimal digits"))
        entries.append(Entry((name,), Span(*key), Span(*value), text))
    return entries, problems


def _resolve(raw: bytes) -> tuple[str, bool]:
    """The text with its escapes resolved, and whether all of them are well-formed."""
    text = raw.decode("utf-8", "surrogateescape")
    if "\\" not in text:
        return text, True
    good = True

    def meaning(escape: "Match[str]") -> str:
        nonlocal good
        group = escape.lastindex
        if group == 4:
            good = good and escape[4] != "u"
            return _MEANING.get(escape[4], escape[4])
        if group == 2:
            return chr(0x10000 + (int(escape[1], 16) - 0xD800) * 0x400 + int(escape[2], 16) - 0xDC00)
        return chr(int(escape[3], 16)) if group else ""

    return _ESCAPE.sub(meaning, text), good
