"""The pass over the bytes: candidates for keys, confirmed at their anchors, and the places of secret-sounding words."""

from agentkey_lint.catalog.anchors import CASED, ENCODED, LITERALS, WORDS
from agentkey_lint.catalog.compiled import ANCHORS, KINDS, MARKED
from agentkey_lint.model.expressions import regex
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match, Pattern

    Scanner = Callable[[bytes, Callable[[int, int, int, int, object], None]], None]

WINDOW = 16_384
"""A confirming regex never looks further than this many bytes from its anchor."""

SHORT = 120
"""Kinds of which no match is longer are searched for around their anchor; of longer ones each possible start is tried, which costs less there."""

FEW, CALL = 24_000, 100
"""So many bytes of a run are looked through without the compiled database; each call counts as some bytes more. Loading and compiling it takes as long."""

MAX_BROKEN = 100_000
"""So many anchors without a match are remembered, at the most."""

AFTER = tuple(KINDS[kinds[0]][15] if len(kinds) == 1 else b"" for _, _, kinds in ANCHORS)
"""Of each anchor what must follow for it to count, itself included (empty: anything): `://` is the commonest of all, and a password rarely follows."""

FIRST_WORD = len(ANCHORS)
FIRST_ENCODED = FIRST_WORD + len(WORDS) + len(CASED)
FIRST_COMMENT = FIRST_ENCODED + len(ENCODED)
FIRST_MARK = FIRST_WORD + len(LITERALS)
"""Among what is looked for the numbers below the first of these are anchors."""


class Hits(Record):
    """What the pass has seen.

    candidates: every confirmed (kind, match), overlapping ones included, in the order of their anchors. words: where each secret-sounding word ends.
    encoded: where each word starts that tells of encoded text. broken: where each anchor starts that begins a key, while what follows does not go on like one.
    comments: where the word ends that our own comments begin with. marks: where a text ends without which no reader of MARKED reads the file.
    """

    candidates: "list[tuple[int, Match[bytes]]]"
    words: list[int]
    encoded: list[int]
    broken: list[int]
    comments: list[int]
    marks: list[int]


_most: dict[int, int] = {}
_patterns: "dict[int, Pattern[bytes]]" = {}
_confirming: "dict[int, tuple[int, tuple[tuple[int, int, Pattern[bytes]], ...]]]" = {}
_scan: "Scanner | None" = None
_few: "Scanner | None" = None
_left = FEW


def pattern(number: int) -> "Pattern[bytes]":
    """The confirming regex of a kind."""
    if number not in _patterns:
        _patterns[number] = regex((b"(?i)" if KINDS[number][5] else b"") + KINDS[number][3])
    return _patterns[number]


def _kinds_of(anchor: int) -> "tuple[int, tuple[tuple[int, int, Pattern[bytes]], ...]]":
    """How long an anchor is (0 if the scanner tells where it begins), and the kinds that it stands for: number, how far in the anchor may stand, regex."""
    if anchor not in _confirming:
        literal, _, kinds = ANCHORS[anchor]
        _confirming[anchor] = 0 if AFTER[anchor] else len(literal), tuple((number, KINDS[number][4], pattern(number)) for number in kinds)
    return _confirming[anchor]


def most(number: int) -> int:
    """How many bytes the longest match of a kind has."""
    if number not in _most:
        from re import _parser  # type: ignore[attr-defined]

        _most[number] = _parser.parse(KINDS[number][3]).getwidth()[1]
    return _most[number]


def _scanner(size: int) -> "Scanner":
    """What looks for anchors and words in the next so many bytes: at first each literal in turn, and once that would add up the compiled database."""
    global _scan, _few, _left
    if _scan is not None:
        return _scan
    _left -= size + CALL
    if _few is not None and _left >= 0:
        return _few
    literals = _literals()
    if _left >= 0:
        from agentkey_lint.match.plain import each_in_turn

        _few = each_in_turn(literals)
        return _few
    from agentkey_lint.match.simd import compile_literals

    _scan = compile_literals(literals)
    return _scan


def _literals() -> "list[tuple[bytes, bool, bytes]]":
    """What is looked for: anchors, then words, then what tells of encoded text, then our comments, then the marks of readers."""
    anchors = [(literal, caseless, after) for (literal, caseless, _), after in zip(ANCHORS, AFTER, strict=True)]
    marks = [(mark, False, b"") for some in MARKED.values() for mark in some]
    return anchors + [(literal, caseless, b"") for literal, caseless in LITERALS] + marks


def _around(number: int, data: bytes, anchor: int, before: int, least: int) -> "Match[bytes] | None":
    """The match of a kind whose anchor stands further in."""
    first = max(least, anchor - before)
    if most(number) <= SHORT:
        # Two more bytes than the match may have: what must not follow it is looked at as well.
        match = pattern(number).search(data, first, anchor + most(number) + 2)
        return match if match is not None and match.start() <= anchor < match.end() else None
    for start in range(first, anchor + 1):
        match = pattern(number).match(data, start, anchor + WINDOW)
        if match is not None and match.end() > anchor:
            return match
    return None


def literals(data: bytes) -> list[int]:
    """Where each literal ends that the pass looks for. Where there is none, scan() has nothing to tell, whatever stands further away."""
    ends: list[int] = []

    def on_hit(_literal: int, _start: int, end: int, _flags: int, _context: object) -> None:
        ends.append(end)

    _scanner(len(data))(data, on_hit)
    return ends


def scan(data: bytes) -> Hits:
    """One pass over some bytes."""
    found: list[tuple[int, int, Match[bytes]]] = []
    words: list[int] = []
    encoded: list[int] = []
    broken: list[int] = []
    comments: list[int] = []
    marks: list[int] = []
    done: dict[int, int] = {}  # per kind: where its last match ended, so that many anchors within one match confirm it once

    def on_hit(anchor: int, start: int, end: int, _flags: int, _context: object) -> None:
        if anchor >= FIRST_WORD:
            if anchor < FIRST_ENCODED:
                words.append(end)
            elif anchor < FIRST_COMMENT:
                encoded.append(end - len(ENCODED[anchor - FIRST_ENCODED]))
            elif anchor < FIRST_MARK:
                comments.append(end)
            else:
                marks.append(end)
            return
        length, kinds = _confirming.get(anchor) or _kinds_of(anchor)
        if length:
            start = end - length
        for number, before, confirming in kinds:
            least = done.get(number, 0)
            if start < least:
                continue
            match = _around(number, data, start, before, least) if before else confirming.match(data, start, end + WINDOW)
            if match is not None:
                done[number] = match.end()
                found.append((start, number, match))
            elif not before and not data[start - 1 : start].isalnum() and len(broken) < MAX_BROKEN:
                broken.append(start)

    _scanner(len(data))(data, on_hit)
    if len(found) > 1:
        found.sort(key=lambda one: one[0])
    return Hits([(number, match) for _, number, match in found], words, encoded, broken, comments, marks)
