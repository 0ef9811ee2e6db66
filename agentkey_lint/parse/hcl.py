"""HCL as Vault, OpenBao, Nomad and Terraform write it: blocks, attributes, objects, lists, heredocs.

Read by hand, with an explicit stack: tree-sitter-hcl needs quadratic time for many broken files (minutes for 100 KiB of unclosed
quotes) and cannot be interrupted. The tests hold this reader against it on sound files. Expressions are not taken apart.
"""

import re

from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_DEPTH, MAX_ENTRIES

MAX_PROBLEMS = 20
MAX_STEPS = 2 * MAX_ENTRIES
"""Values, brackets and broken lines; brackets alone make no entries, but take time."""

_COMMENT = rb"\#[^\n]*+|//[^\n]*+|/\*(?s:.*?)(?:\*/|\Z)"
_BLANKS = re.compile(rb"(?:[\s,]++|" + _COMMENT + rb")*+")
_WORD = rb"""(?:[\w.\x80-\xff-]++|"(?:[^"\\\n]++|\\.)*+"|\([^()\n]*+\))"""
_HEAD = re.compile(rb"(" + _WORD + rb"(?:[ \t]*+" + _WORD + rb")*+)[ \t]*+(=(?![=>])|[:{])[ \t]*+")
_WORDS = re.compile(_WORD)
_END = rb"(?=[ \t]*+(?:[\r\n,}\])\#]|//|/\*|\Z))"
_LITERAL = re.compile(rb"(?:(true|false)|(null)|(-?[0-9][0-9.]*+(?:[eE][-+]?[0-9]++)?))" + _END)
_ENDED = re.compile(_END)
_COMPUTED = re.compile(rb"[\[{]\s*+for\b")
_HEREDOC = re.compile(rb"<<(-?)([\w\x80-\xff-]++)[ \t]*+\r?\n")
_LONE_WORD = re.compile(rb"^[ \t]*+([\w\x80-\xff-]++)[ \t]*+\r?$", re.MULTILINE)
_TOKEN = re.compile(rb"""[^"<\[({\])},\n#/]++|["\[({\])},\n]|""" + _COMMENT + rb"|.", re.DOTALL)
_IN_QUOTES = re.compile(rb"""[^"\\\n$%]++|\\.|\$\$\{|%%\{|[$%]\{|["\n$%\\]""", re.DOTALL)
_IN_TEMPLATE = re.compile(rb"""[^"{}\n]++|["{}\n]""")
_ESCAPE = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U(000[0-9A-Fa-f]{5}|0010[0-9A-Fa-f]{4})|([nrt\"\\]))")
_MEANING = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "\\": "\\"}

_ENDS = (b"]", b")", b"}", b",", b"\n", b"#", b"//", b"/*")

Route = tuple[str, ...]


class _Container:
    """An open block, object or list: how it closes, its route and place, and how much is in it."""

    __slots__ = ("closer", "count", "key", "route", "start")

    def __init__(self, closer: bytes, route: Route, start: int, key: Span | None) -> None:
        self.closer, self.route, self.start, self.key, self.count = closer, route, start, key, 0


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """All values and empty containers in file order. `data` is UTF-8, invalid bytes allowed.

    The route is the block's type and labels, then attributes, names in objects and decimal positions in lists. Templates keep their `${…}`, and
    with them every escape. Any other expression is an entry of kind expression. Never raises; at most 20 problems, and one for each bound.
    """
    reading = _Reading(data)
    while reading.step():
        pass
    if len(reading.stack) > 1:
        reading.complain(reading.stack[-1].start, "a bracket that is never closed")
    return reading.entries, reading.problems


class _Reading:
    """One file while it is read. `single`: something ran over several lines to no end, and from now on everything ends with its line."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = self.steps = 0
        self.entries: list[Entry] = []
        self.problems: list[Problem] = []
        self.stack = [_Container(b"", (), 0, None)]
        self.single = False
        self.too_deep = False

    def complain(self, offset: int, message: str) -> None:
        if len(self.problems) < MAX_PROBLEMS:
            self.problems.append(Problem(offset, message))

    def step(self) -> bool:
        """Read one value, the beginning or the end of a container; False at the end of the file."""
        blanks = _BLANKS.match(self.data, self.at)
        self.at = blanks.end() if blanks else self.at
        if self.at >= len(self.data):
            return False
        self.steps += 1
        if len(self.entries) >= MAX_ENTRIES or self.steps > MAX_STEPS:
            self.problems.append(Problem(self.at, "too many values; the rest of the file is not read"))
            return False
        container = self.stack[-1]
        sign = self.data[self.at : self.at + 1]
        head = _HEAD.match(self.data, self.at)
        if head and head[2] == b"=" and container.closer == b"]" and len(self.stack) > 1:
            self.complain(self.at, "a list that is not closed before the next name")
            self.stack.pop()
        elif sign in (b"}", b"]"):
            self.close(sign)
        elif container.closer == b"]":
            container.count += 1
            self.value((*container.route, str(container.count - 1)), None)
        elif head:
            container.count += 1
            self.statement(head, container)
        else:
            self.complain(self.at, "neither a block nor an attribute")
            self.at = self.line_end(self.at)
        return True

    def statement(self, head: re.Match[bytes], container: _Container) -> None:
        spans = [_unquoted(self.data, head.start() + word.start(), head.start() + word.end()) for word in _WORDS.finditer(head[1])]
        names = [_text(self.data[span.start : span.end]) for span in spans]
        self.at = head.end()
        if head[2] == b"{":
            self.open(b"}", (*container.route, *names[: MAX_DEPTH + 1]), head.start(2), spans[-1])
            return
        if len(names) > 1:
            self.complain(head.start(), "more than one name before the equals sign")
        self.value((*container.route, names[-1]), spans[-1])

    def value(self, route: Route, key: Span | None) -> None:
        """Read the value that begins here."""
        data, start = self.data, self.at
        sign = data[start : start + 1]
        if sign in (b"", b"\r", b"\n", b",", b"#"):
            self.complain(start, "a value is missing")
        elif sign in (b"[", b"{") and not _COMPUTED.match(data, start):
            self.at += 1
            self.open(b"]" if sign == b"[" else b"}", route, start, key)
        elif literal := _LITERAL.match(data, start):
            self.at = literal.end()
            self.add(route, key, Span(start, literal.end()), ("", "boolean", "null", "number")[literal.lastindex or 0])
        elif (heredoc := _HEREDOC.match(data, start)) and self.heredoc(route, key, heredoc):
            pass
        elif sign == b'"':
            end, closed = self.string_end(start)
            if not closed:
                self.complain(start, "a string that is not closed on its line")
                end = start + len(data[start:end].rstrip())
                self.add(route, key, Span(start + 1, max(start + 1, end)), "string", '"')
                self.at = end
            elif _ENDED.match(data, end):
                self.add(route, key, Span(start + 1, end - 1), "string", '"')
                self.at = end
            else:
                self.expression(route, key)
        else:
            self.expression(route, key)

    def expression(self, route: Route, key: Span | None) -> None:
        start = self.at
        end = self.expression_end(start)
        end = start + len(self.data[start:end].rstrip())
        self.at = max(end, start + 1)
        if end > start:
            self.add(route, key, Span(start, end), "expression")

    def heredoc(self, route: Route, key: Span | None, head: re.Match[bytes]) -> bool:
        """Read a heredoc; False if it is never closed."""
        body = head.end()
        end = None if self.single else next((word for word in _LONE_WORD.finditer(self.data, body) if word[1] == head[2]), None)
        if end is None:
            self.single = True
            self.complain(head.start(), "a heredoc that is never closed")
            return False
        raw = self.data[body : end.start()]
        text = raw.decode("utf-8", "surrogateescape")
        if head[1]:
            lines = text.splitlines(keepends=True)
            indent = min((len(line) - len(line.lstrip(" \t")) for line in lines if line.strip()), default=0)
            text = "".join(line[indent:] for line in lines)
        first = body + len(raw) - len(raw.lstrip())
        span = Span(first, max(first, body + len(raw.rstrip())))
        self.entries.append(Entry(route, key or span, span, text, "string", "<<" + head[1].decode()))
        self.at = end.end()
        return True

    def add(self, route: Route, key: Span | None, span: Span, kind: str, quote: str = "") -> None:
        raw = self.data[span.start : span.end]
        self.entries.append(Entry(route, key or span, span, _text(raw) if quote else raw.decode("utf-8", "surrogateescape"), kind, quote))

    def open(self, closer: bytes, route: Route, start: int, key: Span | None) -> None:
        if len(self.stack) > MAX_DEPTH or len(route) > MAX_DEPTH:
            if not self.too_deep:
                self.problems.append(Problem(start, "nested too deep; what is inside is not read"))
            self.too_deep = True
            self.at = max(self.expression_end(start), start + 1)
        else:
            self.stack.append(_Container(closer, route, start, key))

    def close(self, sign: bytes) -> None:
        self.at += 1
        if self.stack[-1].closer != sign:
            self.complain(self.at - 1, "a closing bracket out of place")
            if sign == b"]" or len(self.stack) < 3 or self.stack[-2].closer != sign:
                return
            self.stack.pop()  # a list whose own bracket is missing
        container = self.stack.pop()
        if not container.count:
            span = Span(container.start, self.at)
            self.entries.append(Entry(container.route, container.key or span, span, "", "empty"))

    def line_end(self, start: int) -> int:
        end = self.data.find(b"\n", start)
        return end if end >= 0 else len(self.data)

    def expression_end(self, start: int) -> int:
        """Where the expression ends: at a line's end, a comma, a comment or a closing bracket that does not belong to it."""
        at, depth = start, 0
        while token := _TOKEN.match(self.data, at):
            sign = token[0]
            if sign == b'"':
                at = self.string_end(at)[0]
                continue
            if sign in (b"[", b"(", b"{"):
                depth += 1
            elif depth and sign in (b"]", b")", b"}"):
                depth -= 1
            elif (not depth and sign.startswith(_ENDS)) or (self.single and sign == b"\n"):
                return at
            at = token.end()
        if depth and not self.single:
            self.single = True
            self.complain(start, "a bracket that is never closed")
            return self.expression_end(start)
        return at

    def string_end(self, start: int) -> tuple[int, bool]:
        """Where the string that begins at `start` ends, behind its quote, and whether it has one. Inside of `${…}` there may be strings and lines."""
        at, inside, lines = start + 1, ['"'], False
        while inside:
            quoted = inside[-1] == '"'
            token = (_IN_QUOTES if quoted else _IN_TEMPLATE).match(self.data, at)
            sign = token[0] if token else b"\n"
            if (sign == b"\n" and (quoted or self.single or not token)) or len(inside) > MAX_DEPTH:
                self.single = self.single or lines
                return self.line_end(start), False
            lines = lines or sign == b"\n"
            at = token.end() if token else at
            if sign == (b'"' if quoted else b"}"):
                inside.pop()
            elif sign in (b"${", b"%{", b"{"):
                inside.append("{")
            elif sign == b'"':
                inside.append('"')
        return at, True


def _unquoted(data: bytes, start: int, end: int) -> Span:
    return Span(start + 1, end - 1) if data[start : start + 1] == b'"' else Span(start, end)


def _text(raw: bytes) -> str:
    text = raw.decode("utf-8", "surrogateescape")
    return text if "\\" not in text or "${" in text or "%{" in text else _ESCAPE.sub(_meaning, text)


def _meaning(escape: re.Match[str]) -> str:
    digits = escape[1] or escape[2]
    return chr(int(digits, 16)) if digits else _MEANING[escape[3]]
