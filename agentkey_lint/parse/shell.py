"""The assignments of a shell script's plain lines (`.envrc`), and of the commands of a Procfile: `export X=…`, `X=… command`, `web: X=… command`.

Nothing is run and no block is understood: an assignment in a function or behind a condition counts as any other.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_ENTRIES

_WORDS = rb"((?:(?:export|readonly|local|env|declare|typeset)[ \t]++|-[A-Za-z]++[ \t]++)*+)"
_LINE = regex(rb"(?m)^[ \t]*+(?:[A-Za-z][\w-]*+:[ \t]++)?" + _WORDS + rb"(?=[A-Za-z_])")
_NAME = regex(rb"([A-Za-z_]\w*+)(=?)")
_BLANK = regex(rb"[ \t]*+")
_WORD = regex(rb"""(?s)(?:\$\([^\r\n]*+|`[^\r\n]*+|[^\s"'\\;&|]++|\\.|"(?:[^"\\]++|\\.)*+"|'[^']*+')*+""")
_QUOTED = regex(rb"""(?s)(["'])(.*)\1""")
_ESCAPE = regex(rb'\\([\\"$`])')


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The variables that are assigned at the start of a line, in file order, routes `(NAME,)`.

    data: UTF-8, invalid bytes allowed. `export NAME` without a value has the kind null. What is no assignment is no problem. Never raises.
    """
    entries: list[Entry] = []
    at = 0
    while line := _LINE.search(data, at):
        at = line.end()
        while name := _NAME.match(data, at):
            if len(entries) >= MAX_ENTRIES:
                return entries, [Problem(at, "too many values; the rest of the file is not read")]
            if name[2]:
                entry, at = value(data, Span(*name.span(1)), name.end())
                entries.append(entry)
            elif line[1] and data[name.end() : name.end() + 1].strip() == b"":  # `export NAME`, but not `env command`
                at = name.end()
                if not line[1].startswith(b"env"):
                    entries.append(Entry((_text(name[1]),), Span(*name.span(1)), Span(at, at), "", "null"))
            else:
                break
            blank = _BLANK.match(data, at)
            at = blank.end() if blank else at
        at = data.find(b"\n", at) + 1  # the rest of the line is a command
        if not at:
            break
    return entries, []


def value(data: bytes, key: Span, at: int) -> tuple[Entry, int]:
    """The assignment of the word at `at` to the name at `key`, and where the word ends. An unclosed quote ends it early."""
    word = _WORD.match(data, at)
    end = word.end() if word else at
    span, quote, raw = Span(at, end), "", data[at:end]
    quoted = _QUOTED.fullmatch(raw)
    if quoted and quoted[1] not in quoted[2].replace(b"\\" + quoted[1], b""):
        span, quote, raw = Span(at + 1, end - 1), quoted[1].decode(), quoted[2]
    if quote != "'":
        raw = _ESCAPE.sub(rb"\1", raw)
    return Entry((_text(data[key.start : key.end]),), key, span, _text(raw), "string", quote), end


def _text(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
