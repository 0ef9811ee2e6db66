"""JSON as people write it: comments, trailing commas, several documents in a file, and JSON5's quotes, names and numbers.

One regular expression cuts the bytes into tokens; an explicit stack of containers gives each value its route. A fault costs one problem and as
little else as possible: the reader guesses what was meant (a comma, a colon, a bracket that is missing) and goes on.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_DEPTH, MAX_ENTRIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

MAX_PROBLEMS = 20
_MAX_SKIPPED = 1000

# Possessive repeats and alternatives that cannot fail once begun keep this linear: an unclosed string or comment is a token as well. White space
# belongs to the token after it, or to the end. A plain string and a plain name with its colon, nearly all of a usual file, are one step each.
_COMMENT = rb"//[^\r\n]*+|/\*[\s\S]*?(?:\*/|\Z)"
_TOKEN = regex(
    rb'\s*+(?:"([^"\\\r\n]*+)"\s*+:'  # 1 a name and its colon
    rb'|"([^"\\\r\n]*+)"'  # 2 a plain string
    rb"|([{}\[\],:])"  # 3
    rb"|(" + _COMMENT + rb")"  # 4
    rb"""|((?:[^\s"'{}\[\],:/$]++|\$\{[^\s{}"']*+\}|\$|/(?![/*]))++)"""  # 5 a number, a literal, a name without quotes
    rb'|"((?:[^"\\\r\n]++|\\(?:\r\n|[\s\S]))*+)("?)'  # 6, 7 a string with escapes, or without its end
    rb"|'((?:[^'\\\r\n]++|\\(?:\r\n|[\s\S]))*+)('?)"  # 8, 9
    rb"|\Z)"
)
_NAME, _PLAIN, _PUNCTUATION, _REMARK, _WORD, _DOUBLE, _SINGLE = 1, 2, 3, 4, 5, 7, 9
_COLON = regex(rb"\s*+:")
_NUMBER = regex(rb"[+-]?(?:0[xX][0-9a-fA-F]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|Infinity|NaN)")
_LITERALS = {b"true": "boolean", b"false": "boolean", b"null": "null"}
_BRACKETS = regex(rb"""([\[{]++)|([\]}]++)|"(?:[^"\\\r\n]++|\\[\s\S])*+"?|'(?:[^'\\\r\n]++|\\[\s\S])*+'?|""" + _COMMENT)
_ESCAPE = regex(r"\\(?:u([dD][89abAB][0-9a-fA-F]{2})\\u([dD][c-fC-F][0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(\r\n|[\s\S]))")
_MEANING = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0", "\n": "", "\r": "", "\r\n": ""} | {sign: sign for sign in "\"'\\/"}

# Makes a named tuple of a tuple at half the price of the class's own constructor, which counts where there are three to a value.
_new = tuple.__new__

# What is expected next in a container.
_FIRST, _NEXT, _COLON_NEXT, _VALUE, _AFTER, _JUNK = range(6)
_NAME_NEXT = (_FIRST, _NEXT)


class _Container:
    """An object or list that is being read (or the file itself), and what is expected next in it."""

    __slots__ = ("index", "key", "name", "opener", "openers", "route", "slot", "start", "state")

    def __init__(self, opener: str, start: int, route: tuple[str, ...], slot: Span | None, around: str) -> None:
        self.opener, self.start, self.route, self.slot = opener, start, route, slot
        self.openers = around if opener in around else around + opener  # which kinds are open: a stray bracket costs no search
        self.state, self.index, self.name = _FIRST, 0, ""
        self.key: Span | None = None


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """All scalars and empty containers in file order; list positions are decimal route steps, all documents of a file share their routes.

    data: UTF-8 without a byte order mark, invalid bytes allowed. Spans are byte offsets, inside the quotes where there are some; a list item's key
    is the item. Lone surrogates of `\\u` escapes are kept. Never raises; at most 20 problems, and one more for each bound that is reached.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    stack = [_Container("", 0, (), None, "")]
    position = 0
    for skipped in range(_MAX_SKIPPED):
        position = _read(data, position, stack, entries, problems)
        if position == len(data):
            break
        if not skipped:
            problems.append(Problem(position, "nested too deep; what is inside is not read"))
        position = _skip(data, position)
    else:
        problems.append(Problem(position, "nested too deep too often; the rest of the file is not read"))
    if len(stack) > 1:
        _complain(problems, stack[-1].start, "a bracket that is never closed")
    return entries, problems


def _read(data: bytes, position: int, stack: list[_Container], entries: list[Entry], problems: list[Problem]) -> int:
    """Read tokens from position on; says where it stopped: before a container that is nested too deep, or at the end of the data."""
    container = stack[-1]
    for token in _TOKEN.finditer(data, position):
        what = token.lastindex
        if len(entries) >= MAX_ENTRIES and what and what != _REMARK and token[what] not in (b",", b"}", b"]"):
            problems.append(Problem(token.start(what), "too many values; the rest of the file is not read"))
            return len(data)
        if what == _PUNCTUATION:
            sign = token[_PUNCTUATION]
            if sign == b",":
                if container.state != _AFTER or not container.opener:
                    _stray_comma(container, token.start(_PUNCTUATION), problems)
                container.state = _NEXT
            elif sign == b":":
                if container.state != _COLON_NEXT:
                    _complain(problems, token.start(_PUNCTUATION), "a colon out of place")
                else:
                    container.state = _VALUE
            elif sign in b"{[":
                start = token.start(_PUNCTUATION)
                # A container in a place for names stands for the one around it: the best guess there is.
                route, key = _slot(container, start, problems) or (container.route, None)
                if len(stack) > MAX_DEPTH:
                    return start
                container = _Container(sign.decode(), start, route, key, container.openers)
                stack.append(container)
            else:
                container = _close(stack, "{" if sign == b"}" else "[", token.start(_PUNCTUATION), entries, problems)
            continue
        if what is None or what == _REMARK:
            if what and token[_REMARK].startswith(b"/*") and (len(token[_REMARK]) < 4 or not token[_REMARK].endswith(b"*/")):
                _complain(problems, token.start(_REMARK), "a comment that is not closed")
            continue
        if what <= _PLAIN:
            span, text, kind, quote, closed = _new(Span, token.span(what)), token[what].decode("utf-8", "surrogateescape"), "string", '"', True
        else:
            span, text, kind, quote, closed = _scalar(token, what, problems)
        state = container.state
        if what == _NAME:
            named = True
        elif state in _NAME_NEXT:
            named = container.opener == "{"
        else:  # a name after a missing comma is told by its colon
            named = state != _VALUE and what != _PLAIN and _COLON.match(data, token.end()) is not None
        if named:
            if container.opener != "{" or state not in _NAME_NEXT:
                container = _resume(stack, span.start, problems)
            container.name, container.key, container.state = text, span, _VALUE if what == _NAME else _COLON_NEXT
        elif slot := _slot(container, span.start, problems):
            if not kind:
                _complain(problems, span.start, "a value without quotes")
            entries.append(_new(Entry, (slot[0], slot[1] or span, span, text, kind or "string", quote)))
            if not closed:
                container.state = _NEXT  # the line's end has taken the comma with it
    return len(data)


def _scalar(token: "Match[bytes]", what: int, problems: list[Problem]) -> tuple[Span, str, str, str, bool]:
    """Span, text, kind, quote and whether it is closed, of any other token than a plain string; the kind of an unknown word is empty."""
    if what == _WORD:
        raw = token[_WORD]
        kind = _LITERALS.get(raw) or ("number" if _NUMBER.fullmatch(raw) else "")
        return _new(Span, token.span(_WORD)), raw.decode("utf-8", "surrogateescape"), kind, "", True
    raw, start, closed = token[what - 1], token.start(what - 1), bool(token[what])
    if not closed:
        _complain(problems, start - 1, "a string that is not closed on its line")
        raw = raw.rstrip(b" \t,")
    text = raw.decode("utf-8", "surrogateescape")
    if "\\" in text:
        text, good = _resolve(text)
        if not good:
            _complain(problems, start, "an escape that JSON does not know")
    return Span(start, start + len(raw)), text, "string", '"' if what == _DOUBLE else "'", closed


def _slot(container: _Container, start: int, problems: list[Problem]) -> tuple[tuple[str, ...], Span | None] | None:
    """The route and key of a value that begins at start, which it fills; None where no value can stand."""
    state = container.state
    container.state = _AFTER
    if state in (_VALUE, _COLON_NEXT):  # in a list too: a name out of place says more than a position
        if state == _COLON_NEXT:
            _complain(problems, start, "a colon is missing")
        return (*container.route, container.name), container.key
    if container.opener == "[":
        if state == _AFTER:
            _complain(problems, start, "a comma is missing")
        container.index += 1
        return (*container.route, str(container.index - 1)), None
    if not container.opener:
        return (), None
    if state != _JUNK:
        _complain(problems, start, "a value without a name")
    container.state = _JUNK
    return None


def _resume(stack: list[_Container], start: int, problems: list[Problem]) -> _Container:
    """The container that a name out of place belongs to (a list inside an object ends here: its bracket is missing)."""
    container = stack[-1]
    if container.opener == "[" and len(stack) > 1 and stack[-2].opener == "{":
        _complain(problems, start, "a list that is not closed before the next name")
        stack.pop()
        return stack[-1]
    if container.opener != "{":
        _complain(problems, start, "a name outside of an object")
    elif container.state == _AFTER:
        _complain(problems, start, "a comma is missing")
    elif container.state in (_COLON_NEXT, _VALUE):
        _complain(problems, start, "a name without a value before this one")
    return container


def _stray_comma(container: _Container, start: int, problems: list[Problem]) -> None:
    if container.state in (_COLON_NEXT, _VALUE):
        _complain(problems, start, "a name without a value")
    elif container.state != _JUNK:
        _complain(problems, start, "a comma out of place")


def _close(stack: list[_Container], opener: str, start: int, entries: list[Entry], problems: list[Problem]) -> _Container:
    """Close the innermost container of this kind, and with it those inside that are still open; the container that goes on."""
    if opener not in stack[-1].openers:
        _complain(problems, start, "a closing bracket that nothing opens")
        return stack[-1]
    while True:
        closed = stack.pop()
        if closed.opener == opener:
            break
        _complain(problems, start, "another closing bracket than the one expected")
    if closed.state in (_COLON_NEXT, _VALUE):
        _complain(problems, start, "a name without a value")
    elif closed.state == _FIRST:
        span = Span(closed.start, start + 1)
        entries.append(Entry(closed.route, closed.slot or span, span, "", "empty"))
    return stack[-1]


def _skip(data: bytes, start: int) -> int:
    """The offset behind the container that begins at start, counting brackets of both kinds alike; the file's end if it is never closed."""
    depth = 0
    for token in _BRACKETS.finditer(data, start):
        if token.lastindex == 1:
            depth += token.end() - token.start()
        elif token.lastindex == 2:
            count = token.end() - token.start()
            if count >= depth:
                return token.start() + depth
            depth -= count
    return len(data)


def _resolve(text: str) -> tuple[str, bool]:
    """The text with its escapes resolved, and whether all are known; an unknown one stays as it is."""
    good = True

    def meaning(escape: "Match[str]") -> str:
        nonlocal good
        group = escape.lastindex
        if group == 5:
            good = good and escape[5] in _MEANING
            return _MEANING.get(escape[5], escape[0])
        if group == 2:
            return chr(0x10000 + (int(escape[1], 16) - 0xD800) * 0x400 + int(escape[2], 16) - 0xDC00)
        return chr(int(escape[group or 0], 16))

    return _ESCAPE.sub(meaning, text), good


def _complain(problems: list[Problem], offset: int, message: str) -> None:
    if len(problems) < MAX_PROBLEMS:
        problems.append(Problem(offset, message))
