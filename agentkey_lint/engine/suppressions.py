"""Our own comments: `agentkey: ignore[rule, rule] reason until=2026-12-31`, behind what they hide or on a line of their own above it.

A comment begins with one of MARKS. It is read where the file holds the word `agentkey:` and nowhere else; everything here is linear and bounded.
"""

from agentkey_lint.catalog import durations
from agentkey_lint.catalog.compiled import RULES
from agentkey_lint.engine.places import line_bounds
from agentkey_lint.model.facts import Suppression
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

WORD = b"agentkey:"
MARKS = (b"#", b"//", b"/*", b"--", b";", b"%", b"!", b"(*", b"..")
"""What a comment begins with; `--` takes in `<!--`. A `*` does where nothing stands before it, and `'` and `rem` do in Basic."""
CLOSERS = ("*/", "-->", "#}", "%}", "*)", "}}")
BASIC = (".bas", ".vb", ".vbs", ".cls", ".frm", ".bat", ".cmd")
PROSE = (".md", ".markdown", ".rst", ".txt", ".adoc")
"""Files that write about comments: there only one that is a comment of theirs can be called useless."""
MOST, LONGEST = 1_000, 1_000
"""Comments of a file, and bytes of one, that are read."""


def comments(data: bytes, path: str) -> "Iterator[Suppression]":
    """The comments of a file that want to hide something, in their order."""
    lone: list[Suppression] = []
    at, count = data.find(WORD), 0
    while at >= 0 and count < MOST:
        start, end = line_bounds(data, at)
        before = data[max(start, at - LONGEST) : at].rstrip(b" \t")
        mark = _mark(before, path)
        if mark and (found := _read(data, at, min(end, at + LONGEST), start, end)) is not None:
            count += 1
            if not before[: len(before) - len(mark)].strip(b" \t#/*;%!<-({.") and at - start <= LONGEST:
                lone.append(found)
            else:
                yield found
        at = data.find(WORD, at + 1)
    yield from _moved(data, lone)


def _moved(data: bytes, lone: list[Suppression]) -> "Iterator[Suppression]":
    """Comments on lines of their own speak of the next line, however many of them stand above each other."""
    target = (-1, -1)
    for one in reversed(lone):
        below = data.find(b"\n", one.end) + 1
        if not below or below >= len(data):
            target = (one.end, one.end)
        elif not lone_at(lone, below):
            target = line_bounds(data, below)
        yield one._replace(start=target[0], end=target[1])


def lone_at(lone: list[Suppression], offset: int) -> bool:
    """Whether one of some comments, in the order of their places, stands on the line that begins at an offset."""
    from bisect import bisect_left

    at = bisect_left(lone, (offset,), key=lambda one: (one.start,))
    return at < len(lone) and lone[at].start == offset


def _mark(before: bytes, path: str) -> bytes:
    """The mark that the text before our word ends with, if it begins a comment there."""
    for mark in MARKS:
        if before.endswith(mark):
            quoted = before[: -len(mark)].endswith((b'"', b"'", b"`"))  # a text about such a comment
            return b"" if quoted else mark
    if before.endswith(b"*") and not before[:-1].strip():
        return b"*"
    if path.lower().endswith(BASIC):
        return b"'" if before.endswith(b"'") else before[-3:] if before[-3:].lower() == b"rem" else b""
    return b""


def _read(data: bytes, at: int, stop: int, start: int, end: int) -> Suppression | None:
    """What a comment says; None if it does not speak of ignoring anything."""
    text = data[at + len(WORD) : stop].decode("utf-8", "replace").lstrip(" \t")
    if not text.startswith("ignore") or text[6:7].isalnum():
        return None
    rest = text[6:].lstrip(" \t")
    names, closed = "", True
    if rest.startswith("["):
        names, bracket, rest = rest[1:].partition("]")
        closed = bool(bracket)
    for closer in CLOSERS:
        rest = rest.rstrip().removesuffix(closer)
    rules = tuple(dict.fromkeys(name for name in names.replace(",", " ").split() if name))
    words = rest.split()
    dates = [word[6:].rstrip(".,;)") for word in words if word.startswith("until=")]
    until = durations.date(dates[0]) if len(dates) == 1 else None
    reason = " ".join(word for word in words if not word.startswith("until=")).strip(" -:,;.–—")
    fault = "its list of rules is not closed" if not closed else "it names no rule: ignore[rule] why" if not rules else _unknown(rules)
    if not fault and dates and until is None:
        fault = "`until=` takes one day, such as until=2026-12-31"
    length = len(data[at:stop].rstrip())
    return Suppression(Span(at, at + length), start, end, rules, reason, until, fault)


def _unknown(rules: tuple[str, ...]) -> str:
    known = [row[0] for row in RULES]
    for rule in rules:
        if rule not in known:
            import difflib

            near = difflib.get_close_matches(rule[:80], known, 1)
            return "there is no rule of a name that it gives" + (f"; did you mean {near[0]}?" if near else "")
    return ""
