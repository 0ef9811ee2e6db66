"""What a Dockerfile sets: the variables of its ENV and ARG instructions. All other instructions are left alone."""

import re

from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_ENTRIES
from agentkey_lint.parse.shell import value

_INSTRUCTION = re.compile(rb"^[ \t]*+(ENV|ARG)[ \t]++", re.MULTILINE | re.IGNORECASE)
# Lines that end with a backslash go on, and comments between them are left out.
_GAP = re.compile(rb"(?:[ \t]++|\\[ \t]*+\r?\n(?:[ \t]*+(?:#[^\n]*+)?\r?\n)*+)*+")
_NAME = re.compile(rb"([A-Za-z_]\w*+)(=?)")
_REST = re.compile(rb"[^\r\n]*+")


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The variables in file order, routes `("ENV", NAME)` and `("ARG", NAME)`.

    data: UTF-8, invalid bytes allowed. An ARG without a default has the kind null; `ENV NAME the rest of the line` is read as Docker does. Never raises.
    """
    entries: list[Entry] = []
    at = 0
    while instruction := _INSTRUCTION.search(data, at):
        at = instruction.end()
        word = instruction[1].decode().upper()
        first = True
        while name := _NAME.match(data, _gap(data, at)):
            if len(entries) >= MAX_ENTRIES:
                return entries, [Problem(at, "too many values; the rest of the file is not read")]
            key, at = Span(*name.span(1)), name.end()
            if name[2]:
                entry, at = value(data, key, at)
            elif word == "ARG":
                entry = Entry((name[1].decode(),), key, Span(at, at), "", "null")
            elif first:
                entry, at = _rest(data, key, at)
            else:
                break
            entries.append(entry._replace(route=(word, *entry.route)))
            first = False
    return entries, []


def _gap(data: bytes, at: int) -> int:
    gap = _GAP.match(data, at)
    return gap.end() if gap else at


def _rest(data: bytes, key: Span, at: int) -> tuple[Entry, int]:
    """The old form without an equals sign: the rest of the line is the value."""
    rest = _REST.match(data, at)
    end = rest.end() if rest else at
    raw = data[at:end]
    start = at + len(raw) - len(raw.lstrip())
    text = raw.strip().decode("utf-8", "surrogateescape")
    return Entry((data[key.start : key.end].decode(),), key, Span(start, start + len(raw.strip())), text), end
