"""Names that are given a value, in any text: around a secret-sounding word the name, an operator and a literal are looked for.

One regex at each hit of a word, bounded on every side; no format is parsed. What is found is a fact; whether it is a secret is judged elsewhere.
"""

from agentkey_lint.catalog import names, paths
from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.match.forms import HEADS, OPTIONS, ahead, around, option
from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Assignment
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match, Pattern

_LOOKUPS = tuple(word.encode() for word in WORDS["lookups"])
_LOOKUP_CALL = regex(rb"(?:getenv|environ\.get|environ\.setdefault|env|ENV\.fetch|getProperty|config)\s?\(\s?[\"'`]?\Z")
_ESCAPE = regex("%([2-7][0-9A-Fa-f])")
MOST_NAMES = 20_000
_known_names: tuple[dict[bytes, str], dict[bytes, str]] = {}, {}
_NO_NAME = b"\"' =:("
_NAME = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-$@"
LONGEST = 64
"""Bytes of a name up to the end of its word, at the most."""
_UP_TO_VALUE = rb"""(?P<close>\\?+["'`]?+\]?+\)?+)(?:\[[0-9]{0,4}\])?+
    (?:(?P<type>[ \t]?:[ \t]?[A-Za-z_&*][A-Za-z0-9_.\[\]<>|?&* ]{0,40}(?==))|[ \t]{0,30})
    (?:(?P<op>:=|=>|->|={1,3}|!==?|\?=|\|\|=|:|,|>)[ \t]{0,20}|(?P<space>[ \t]{1,3})(?=["'@NnIi])(?:(?:identified|by|is|to|encrypted|with)[ \t]){0,3})
    (?P<wrap>(?:(?:new[ \t])?[A-Za-z_][A-Za-z0-9_.:<>]{0,40}+[(\[][ \t]{0,4}+){0,2}[(\[{]?[ \t]{0,4})"""
_STRING = rb"""[rRbBuUfFL@$]{0,2}(?P<quote>\\?["'`]{3}|\\?["'`])"""
_BARE = rb"""(?P<bare>[^\s"'`<>(){}\[\],;|&\\#][^\s"'`<>()\[\],;|&\\]{2,300})"""
_ONLY_STRINGS = ("code", "json")
"""In these styles a bare word is no value."""
_aheads: "dict[bool, Pattern[bytes]]" = {}


def _ahead(style: str) -> "Pattern[bytes]":
    """What follows a word in a name for it to count. Its group `right` is what follows a name that an operator gives a value, up to the quote that opens it, or
    the whole of a bare one. Compiled when it is first asked for."""
    only_strings = style in _ONLY_STRINGS
    if only_strings not in _aheads:
        _aheads[only_strings] = ahead(_UP_TO_VALUE + (_STRING if only_strings else rb"(?:" + _STRING + rb"|" + _BARE + rb")"))
    return _aheads[only_strings]


def find(data: bytes, ends: "Iterable[int]", path: str) -> list[Assignment]:
    """The assignments around places where a secret-sounding word ends, by place."""
    style = paths.style(path)
    known, follows = _known_names[style == "config"], _ahead(style).match
    found: dict[int, Assignment] = {}
    seen = 0
    for end in ends:
        if end <= seen:
            continue
        at = end
        while at > seen and data[at - 1] in _NO_NAME:  # some words are looked for with what follows the name
            at -= 1
        match = follows(data, at)
        one = None
        if match is not None:
            first = at - LONGEST if at > LONGEST else 0
            start = first + len(data[first:at].rstrip(_NAME))
            if data[start - 1 : start] == b"%" and data[start : start + 2].lower() in (b"26", b"3f"):
                start += 2  # the percent-encoded & or ? before a name
            seen = stop = match.start(match.lastindex or 0)
            written = data[start:stop]
            name = known.get(written)
            if name is None:
                name = _judged(written, style == "config")
            if name:
                one = _around(data, start, stop, name, match, style)
        if one is None and data[end - 3 : end].lower() in (HEADS if match is None else OPTIONS):
            one = _given_by_option(data, end)
        if one is not None and one.value.start not in found:
            found[one.value.start] = one
    return sorted(found.values(), key=lambda one: one.value.start)


def _judged(written: bytes, dotted: bool) -> str:
    """The name that could be a secret's, as it is judged; empty for all others. What follows its last dot counts (self.config.password), unless dotted."""
    name = written.decode("latin-1").lstrip("-.@$").rstrip(".")
    name = name if dotted else name.rsplit(".", 1)[-1]
    name = "password" if name.lower() == "identified" else name
    known = _known_names[dotted]
    if len(known) > MOST_NAMES:
        known.clear()
    known[written] = name = name if names.maybe_secret(name) else ""
    return name


def _around(data: bytes, start: int, stop: int, name: str, match: "Match[bytes]", style: str) -> Assignment | None:
    """What a name is given that stands between two offsets. match: what follows it."""
    one = _assigned(data, Span(start, stop), name, match, style) if match.lastgroup == "right" else None
    if one is not None:
        return one
    form = around(data, stop - len(data[start:stop].lstrip(b"-.@$")), stop, match.lastgroup == "open")
    return _given(data, Span(start, stop), name, *form) if form is not None else None


def _given_by_option(data: bytes, end: int) -> Assignment | None:
    match = option(data, end)
    return _given(data, Span(end, end), "password", match, "shell") if match is not None else None


def _given(data: bytes, key: Span, name: str, match: "Match[bytes]", style: str) -> Assignment:
    value = Span(*match.span("value"))
    quote = "'" if style == "shell" else match.groupdict().get("quote") or "'"
    text = match["value"].decode("utf-8", "replace")
    if "%" in text:
        text = _ESCAPE.sub(lambda escape: chr(int(escape[1], 16)), text)
    return Assignment(name, key, value, text, quote if isinstance(quote, str) else quote.decode(), style)


def _assigned(data: bytes, key: Span, name: str, match: "Match[bytes]", style: str) -> Assignment | None:
    """A name with an operator and a literal."""
    start = key.start
    op = (match["op"] or b" ").decode()
    quoted_name = bool(match["close"]) and match["close"][:1] in b"\"'`\\"
    opening = match["quote"]
    if opening is None:
        return _bare(data, key, name, match, style, op, quoted_name)
    wrap = match["wrap"].strip().lower()
    if b"[" in wrap[1:] or any(word in wrap for word in _LOOKUPS):
        return None  # the quoted text is a name that something is looked up by
    if op == "," and not (quoted_name and data[max(start - 3, 0) : start].rstrip(b"\"'` ").endswith(b"(")):
        return None  # side by side in a list, not as the arguments of a call
    if op == " " and not (_is_option(data, start) and not quoted_name) and b" " not in match["space"].strip():
        return None  # two words side by side
    if op == ">" and style == "code":
        return None
    value_start = match.end("quote")
    value = _quoted(data, value_start, opening)
    if value is None:
        return None
    text = data[value.start : value.end].decode("utf-8", "replace")
    if _in_comment(data, start):
        style = "comment"
    if op == ",":
        style = "default" if _LOOKUP_CALL.search(data, max(0, start - 40), start) else "pair"
    elif op in ("==", "===", "!=", "!=="):
        style = "compare"
    elif match["wrap"].strip():
        style = "wrapped"
    return Assignment(name, key, value, text, opening[-1:].decode(), style)


def _is_option(data: bytes, start: int) -> bool:
    """Whether a name is a command's option: `--password`."""
    return b"-" in data[max(start - 1, 0) : start + 1]


def _quoted(data: bytes, start: int, opening: bytes) -> Span | None:
    """The span up to the quote that closes a string, on the same line; at most 500 bytes."""
    limit = min(len(data), start + 500)
    line = data.find(b"\n", start, limit)
    if line >= 0 and len(opening) < 3:
        limit = line
    at = start
    while True:
        at = data.find(opening, at, limit)
        if at < 0:
            return None
        back = at
        while opening[:1] != b"\\" and back > start and data[back - 1 : back] == b"\\":
            back -= 1
        if (at - back) % 2 == 0:
            return Span(start, at) if at > start else None
        at += 1


def _bare(data: bytes, key: Span, name: str, match: "Match[bytes]", style: str, op: str, quoted_name: bool) -> Assignment | None:
    """An unquoted value: in configuration and shell text, where the rest of the line is the value or nothing but a comment follows."""
    if op not in ("=", ":", "?=", ":=", ">", "==") or match["wrap"].strip() or quoted_name:
        return None
    value = Span(*match.span("bare"))
    if data[value.end : value.end + 1] in (b"(", b"["):
        return None  # a call or a subscript
    text = match["bare"].decode("utf-8", "replace")
    spaced = match.start("op") > key.end or data[match.end("op") : match.end("op") + 1] in b" \t"
    if style == "shell" and spaced and op not in (":=", "?="):
        return None
    if op == ">":
        if data[value.end : value.end + 2] != b"</":
            return None
    elif op in ("=", ":", ":=", "?=") and style != "shell":
        rest = data[value.end : value.end + 200].split(b"\n", 1)[0].strip()
        ends = not rest or rest[:1] in (b"#", b";", b"\\", b"<") or rest.startswith(b"//")
        if not ends and style != "doc" and (op == ":" or spaced):
            return None
    kind = "prose" if style == "doc" and (spaced or op == ":") else "comment" if _in_comment(data, key.start) else "bare"
    return Assignment(name, key, value, text.rstrip(".") if style == "doc" else text, "", kind)


def _in_comment(data: bytes, at: int) -> bool:
    """Whether the line of a place begins as a comment."""
    start = data.rfind(b"\n", max(0, at - 400), at) + 1
    return data[start:at].lstrip()[:2] in (b"//", b"/*", b"* ", b"# ", b"##", b"--", b"; ", b";;") or data[start:at].lstrip()[:1] in (b"#", b";")
