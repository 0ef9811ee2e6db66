"""Key-shaped text: anchors from the SIMD pass, confirmed by one small regex a kind, and read for what the key says of itself."""

from agentkey_lint.catalog.compiled import ANCHORS, KINDS
from agentkey_lint.model.facts import KeyFacts, KeyMatch
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from re import Match, Pattern

WINDOW = 16_384
"""A confirming regex never looks further than this many bytes from its anchor."""

LITERALS = tuple((literal, caseless) for literal, caseless, _ in ANCHORS)
_LOWER = {"high": "medium", "medium": "low", "low": "low"}
_patterns: "dict[int, Pattern[bytes]]" = {}
_scan: "Callable[[bytes, Callable[[int, int, int, int, object], None]], None] | None" = None


def _pattern(number: int) -> "Pattern[bytes]":
    if number not in _patterns:
        import re

        _patterns[number] = re.compile(KINDS[number][3], re.IGNORECASE if KINDS[number][5] else 0)
    return _patterns[number]


def candidates(data: bytes) -> "list[tuple[int, Match[bytes]]]":
    """Every confirmed (kind, match) of some bytes, overlapping ones included, in the order of their anchors."""
    global _scan
    if _scan is None:
        from agentkey_lint.match.simd import compile_literals

        _scan = compile_literals(LITERALS)
    found: list[tuple[int, Match[bytes]]] = []
    done: dict[int, int] = {}  # per kind: where its last match ended, so that many anchors within one match confirm it once

    def on_hit(anchor: int, _start: int, end: int, _flags: int, _context: object) -> None:
        literal, _, kinds = ANCHORS[anchor]
        start = end - len(literal)
        for number in kinds:
            if start < done.get(number, 0):
                continue
            before = KINDS[number][4]
            if before:
                match = None
                for match in _pattern(number).finditer(data, max(done.get(number, 0), start - before), end + WINDOW):
                    if match.end() >= end:
                        break
                if match is None or not match.start() <= start < match.end():
                    continue
            else:
                match = _pattern(number).match(data, start, end + WINDOW)
                if match is None:
                    continue
            done[number] = match.end()
            found.append((number, match))

    _scan(data, on_hit)
    return found


def find(data: bytes) -> list[KeyMatch]:
    """The keys in some bytes, by place. Where matches overlap the most telling stays: the higher confidence, then the longer."""
    matches = [_read(number, match) for number, match in candidates(data)]
    if len(matches) < 2:
        return matches
    rank = {"high": 0, "medium": 1, "low": 2}
    matches.sort(key=lambda match: (rank[match.confidence], -(match.secret.end - match.secret.start), match.secret.start))
    kept: dict[int, KeyMatch] = {}
    taken: list[tuple[int, int]] = []
    from bisect import bisect_right

    for match in matches:
        start, end = match.secret
        at = bisect_right(taken, (start, end))
        if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
            continue
        taken.insert(at, (start, end))
        kept[start] = match
    return [kept[start] for start, _ in taken]


def _read(number: int, match: "Match[bytes]") -> KeyMatch:
    kind, vendor, name, _, _, _, prefix, tier, lifetime, checksum, decode, confidence, rule, _, _ = KINDS[number]
    start, end = match.span("secret")
    text = match.group("secret").decode("utf-8", "replace")
    claims: tuple[tuple[str, str], ...] = ()
    verdict = ""
    if decode:
        from agentkey_lint.catalog.decode import decode as read

        result = read(decode, kind, text)
        claims, tier, lifetime = result.claims, result.tier or tier, result.lifetime or lifetime
        if not result.genuine:
            confidence = "low"
    if checksum:
        from agentkey_lint.catalog.checksums import check

        verdict = check(checksum, text)
        if verdict == "invalid":
            confidence = _LOWER[confidence]
    if confidence != "low" and rule == "hardcoded-key" and decode != "jwt":
        from agentkey_lint.catalog.values import sample

        why = sample(text[prefix:])
        if why:
            confidence, claims = "low", (*claims, ("sample", why))
    shown = min(prefix, end - start)
    return KeyMatch(Span(*match.span()), Span(start, end), shown, rule, KeyFacts(kind, vendor, name, tier, lifetime, verdict, claims), confidence)

