"""Environment files (`.env`), read the way python-dotenv does without interpolation.

Different on purpose: white space is ASCII white space; backticks quote too, as in Node; a quoted key ends on its line; where python-dotenv drops a
line (an unclosed quote, text after a closing quote, `KEY: value`) its value is still given, next to a problem, because other readers do take it.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_ENTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

MAX_PROBLEMS = 20

_KEY = regex(rb"\s*+(?:export[^\S\r\n]++)?(?:(#)|'([^'\r\n]++)'|([^=#\s'][^=#\s]*+))?")
_EQUALS = regex(rb"[^\S\r\n]*+=([^\S\r\n]*+)")
_QUOTED = {
    ord('"'): regex(rb'"((?:[^"\\]++|\\[\s\S])*+)"'),
    ord("'"): regex(rb"'((?:[^'\\]++|\\[\s\S])*+)'"),
    ord("`"): regex(rb"`([^`]*+)`"),
}
_COMMENT = regex(rb"[^\S\r\n]#")
_REST = regex(rb"[^\r\n]*+")
_END = regex(rb"[^\S\r\n]*+(?:#[^\r\n]*+)?(?=[\r\n]|\Z)")
_ESCAPE = {'"': regex(r"\\([\\'\"abfnrtv])"), "'": regex(r"\\([\\'])")}
_MEANING = {"a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The variables of an environment file in file order, routes `(KEY,)`.

    data: UTF-8 without a byte order mark, invalid bytes allowed. Spans are byte offsets, inside the quotes where there are some. A variable without
    `=` has the kind null and an empty span. Escapes are resolved in quotes, backticks excepted. Never raises.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []

    def complain(offset: int, message: str) -> None:
        if len(problems) < MAX_PROBLEMS:
            problems.append(Problem(offset, message))

    position = 0
    while position < len(data):
        if len(entries) >= MAX_ENTRIES:
            problems.append(Problem(position, "too many values; the rest of the file is not read"))
            break
        head = _KEY.match(data, position)
        assert head  # every part of the pattern is optional
        group, position = head.lastindex, head.end()
        if group is None or group == 1:  # a comment, the end of the file, or no name
            if group is None and position < len(data):
                complain(position, "a line without a name before its value")
            position = _end_of_line(data, position)
            continue
        key, name = Span(*head.span(group)), head[group]
        equals = _EQUALS.match(data, position)
        if equals:
            entry, position, fault = _value(data, equals)
        else:
            entry, position, fault = _bare(data, name, position)
            key = Span(key.start, key.end - name.endswith(b":"))
        entries.append(entry._replace(route=(_decode(data[key.start : key.end]),), key=key))
        if fault:
            complain(key.start, fault)
    return entries, problems


def _value(data: bytes, equals: "Match[bytes]") -> tuple[Entry, int, str]:
    """The value after an equals sign (route and key are the caller's), where the next line begins, and what is wrong."""
    start = equals.end()
    quote = data[start : start + 1]
    if (quote == b"#" and equals[1]) or quote in (b"", b"\r", b"\n"):
        after_sign = equals.start(1)
        return _entry(after_sign, after_sign, ""), _end_of_line(data, start), ""
    if quote not in (b'"', b"'", b"`"):
        end = _end_of_line(data, start)
        comment = _COMMENT.search(data, start, end)
        raw = data[start : comment.start() if comment else end].rstrip()
        return _entry(start, start + len(raw), _decode(raw)), end, ""
    sign = quote.decode()
    quoted = _QUOTED[quote[0]].match(data, start)
    if quoted is None:
        # Happens once a file for each kind of quote (a later quote would have closed this one), so looking for the end stays linear.
        end = _end_of_line(data, start)
        raw = data[start + 1 : end].rstrip()
        return _entry(start + 1, start + 1 + len(raw), _decode(raw), sign), end, "a quote that is not closed"
    text = _decode(quoted[1])
    if sign in _ESCAPE and "\\" in text:
        text = _ESCAPE[sign].sub(lambda escape: _MEANING.get(escape[1], escape[1]), text)
    fault = "" if _END.match(data, quoted.end()) else "text after the closing quote"
    return _entry(quoted.start(1), quoted.end(1), text, sign), _end_of_line(data, quoted.end()), fault


def _bare(data: bytes, name: bytes, position: int) -> tuple[Entry, int, str]:
    """What follows a name without an equals sign: nothing, a value after a colon, or something that is no assignment."""
    end = _end_of_line(data, position)
    if not name.endswith(b":"):
        fault = "" if _END.match(data, position) else "a line that assigns nothing"
        return _entry(position, position, "", kind="null"), end, fault
    raw = data[position:end].strip()
    start = position + len(data[position:end]) - len(data[position:end].lstrip()) if raw else position
    return _entry(start, start + len(raw), _decode(raw)), end, "a colon where an equals sign belongs"


def _entry(start: int, end: int, text: str, quote: str = "", kind: str = "string") -> Entry:
    return Entry((), Span(start, end), Span(start, end), text, kind, quote)


def _end_of_line(data: bytes, position: int) -> int:
    rest = _REST.match(data, position)
    return rest.end() if rest else position


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
