"""The pass over the bytes: candidates for keys, confirmed at their anchors, and the places of secret-sounding words."""

from agentkey_lint.catalog.compiled import ANCHORS, KINDS
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


class Hits(Record):
    """What the pass has seen.

    candidates: every confirmed (kind, match), overlapping ones included, in the order of their anchors. words: where each secret-sounding word ends.
    encoded: where each word starts that tells of encoded text. broken: where each anchor starts that begins a key, while what follows does not go on like one.
    """

    candidates: "list[tuple[int, Match[bytes]]]"
    words: list[int]
    encoded: list[int]
    broken: list[int]


_most: dict[int, int] = {}
_patterns: "dict[int, Pattern[bytes]]" = {}
_after: "dict[int, Pattern[bytes]]" = {}
_goes_on: "dict[int, Callable[[bytes, int, int], Match[bytes] | None] | None]" = {}
"""For an anchor that stands further in whatever its kind (`://`, the commonest of all): what must follow it, looked at before anything else."""
_scan: "Scanner | None" = None
_few: "Scanner | None" = None
_left = FEW


def pattern(number: int) -> "Pattern[bytes]":
    """The confirming regex of a kind."""
    if number not in _patterns:
        import re

        _patterns[number] = re.compile(KINDS[number][3], re.IGNORECASE if KINDS[number][5] else 0)
    return _patterns[number]


def after(number: int) -> "Pattern[bytes]":
    """What follows the anchor of a kind whose anchor stands further in."""
    if number not in _after:
        import re

        _after[number] = re.compile(KINDS[number][15])
    return _after[number]


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
    from agentkey_lint.catalog.anchors import ENCODED, WORDS

    literals = [(literal, caseless) for literal, caseless, _ in ANCHORS] + [(word, True) for word in (*WORDS, *ENCODED)]
    if _left >= 0:
        from agentkey_lint.match.plain import each_in_turn

        _few = each_in_turn(literals)
        return _few
    from agentkey_lint.match.simd import compile_literals

    _scan = compile_literals(literals)
    return _scan


def _ending_after(number: int, data: bytes, anchor: int, before: int, least: int) -> "Match[bytes] | None":
    """The match of a kind whose anchor stands further in: what follows the anchor is looked at first, for that is what rarely fits."""
    if KINDS[number][15] and after(number).match(data, anchor, anchor + WINDOW) is None:
        return None
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


def scan(data: bytes) -> Hits:
    """One pass over some bytes."""
    from agentkey_lint.catalog.anchors import ENCODED, WORDS

    found: list[tuple[int, Match[bytes]]] = []
    words: list[int] = []
    encoded: list[int] = []
    broken: list[int] = []
    done: dict[int, int] = {}  # per kind: where its last match ended, so that many anchors within one match confirm it once
    first_word = len(ANCHORS)
    first_encoded = first_word + len(WORDS)

    def on_hit(anchor: int, _start: int, end: int, _flags: int, _context: object) -> None:
        if anchor >= first_encoded:
            encoded.append(end - len(ENCODED[anchor - first_encoded]))
            return
        if anchor >= first_word:
            words.append(end)
            return
        literal, _, kinds = ANCHORS[anchor]
        start = end - len(literal)
        if anchor not in _goes_on:
            _goes_on[anchor] = after(kinds[0]).match if len(kinds) == 1 and KINDS[kinds[0]][4] and KINDS[kinds[0]][15] else None
        goes_on = _goes_on[anchor]
        if goes_on is not None and goes_on(data, start, start + WINDOW) is None:
            return
        for number in kinds:
            if start < done.get(number, 0):
                continue
            before = KINDS[number][4]
            match = _ending_after(number, data, start, before, done.get(number, 0)) if before else pattern(number).match(data, start, end + WINDOW)
            if match is None:
                if not before and not data[start - 1 : start].isalnum() and len(broken) < MAX_BROKEN:
                    broken.append(start)
                continue
            done[number] = match.end()
            found.append((number, match))

    _scanner(len(data))(data, on_hit)
    return Hits(found, words, encoded, broken)
