"""Edits put into the bytes of a file, and whether the file says the same afterwards but for what was edited."""

from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from agentkey_lint.model.facts import Entry, Problem
    from agentkey_lint.model.fix import Edit, Fix
    from agentkey_lint.model.source import Source

    Read = tuple[Sequence[Entry], Sequence[Problem]]

_MARKS = {"utf-8-sig": b"\xef\xbb\xbf", "utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff", "utf-32-le": b"\xff\xfe\0\0", "utf-32-be": b"\0\0\xfe\xff"}


def line_end(data: bytes) -> str:
    """What the lines of a file end with."""
    return "\r\n" if b"\r\n" in data else "\n"


def disjoint(fixes: "Iterable[Fix]") -> "list[Fix]":
    """The fixes that can be carried out together: of those that overlap the first stays, and an edit that another makes already is no overlap."""
    taken: set[Edit] = set()
    chosen = []
    for fix in sorted(fixes, key=lambda fix: min((edit.span for edit in fix.edits), default=Span(0, 0))):
        new = [edit for edit in fix.edits if edit not in taken]
        if not any(_overlap(edit.span, other.span) for edit in new for other in taken):
            taken.update(new)
            chosen.append(fix)
    return chosen


def _overlap(one: Span, other: Span) -> bool:
    """Whether two spans share a byte or touch: what touches may be the same comma."""
    return one.start <= other.end and other.start <= one.end


def edited(data: bytes, fixes: "Iterable[Fix]") -> bytes:
    """The bytes with every edit made; fixes: disjoint."""
    parts, at = [], 0
    for edit in sorted({edit for fix in fixes for edit in fix.edits}):
        parts += [data[at : edit.span.start], edit.text.encode("utf-8", "surrogateescape")]
        at = edit.span.end
    return b"".join([*parts, data[at:]])


def raw(source: "Source", before: bytes, after: bytes) -> bytes | None:
    """The bytes of a file whose text (UTF-8) has changed, in its own encoding; None if it cannot be put back as it was.

    source: as it was read. before: the file's own bytes then.
    """
    for mark in dict.fromkeys((_MARKS.get(source.encoding, b""), b"")):
        if mark + _encoded(source.data, source.encoding) == before:
            return mark + _encoded(after, source.encoding)
    return None


def _encoded(data: bytes, encoding: str) -> bytes:
    return data if encoding in ("utf-8", "utf-8-sig", "binary") else data.decode("utf-8", "surrogatepass").encode(encoding, "surrogatepass")


def same(before: "Read", after: "Read", fixes: "Iterable[Fix]") -> bool:
    """Whether a file read again has all that it had, in its order, but for the values that were edited, and nothing is wrong that was not before."""
    spans = sorted(edit.span for fix in fixes for edit in fix.edits)
    (old, problems), (new, later) = before, after
    if len(later) > len(problems):
        return False
    left = iter(new)
    touched = [entry for entry in old if _touched(entry, spans)]
    kept = [entry for entry in old if not _touched(entry, spans)]
    if not all(any(_alike(entry, other) for other in left) for entry in kept):
        return False
    nulls = sum(entry.kind == "null" for entry in new) - sum(entry.kind == "null" for entry in old)
    return nulls <= 0 and len(new) - len(kept) <= len(touched) + sum(edit.text.count("\n") + edit.text.count(",") for fix in fixes for edit in fix.edits)


def _alike(one: "Entry", other: "Entry") -> bool:
    return (one.text, one.kind, _names(one)) == (other.text, other.kind, _names(other))


def _names(entry: "Entry") -> "tuple[str, ...]":
    """A route without the positions in lists, which shift."""
    return tuple(step for step in entry.route if not step.isdecimal())


def _touched(entry: "Entry", spans: "Sequence[Span]") -> bool:
    """Whether one of some sorted, disjoint spans shares a byte with a value."""
    from bisect import bisect_left

    at = bisect_left(spans, (max(entry.value.end, entry.value.start + 1), 0)) - 1
    return at >= 0 and spans[at].end > entry.value.start
