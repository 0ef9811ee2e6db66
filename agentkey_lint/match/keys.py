"""Key-shaped text: confirmed matches of the scan and values whose name tells their vendor, read for what the key says of itself."""

from agentkey_lint.catalog.compiled import CONTEXTS, KINDS
from agentkey_lint.match.scan import pattern
from agentkey_lint.model.facts import Assignment, KeyFacts, KeyMatch
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match

NEAR = 120
"""A vendor's name may stand this many bytes before the name of its key."""
SHORTEST = 12
"""No kind that is told by its name alone has shorter keys."""
_LOWER = {"high": "medium", "medium": "low", "low": "low"}


def find(data: bytes, candidates: "Iterable[tuple[int, Match[bytes]]]", assignments: "Iterable[Assignment]") -> list[KeyMatch]:
    """The keys in some bytes, by place. Where matches overlap the most telling stays: the higher confidence, then the longer."""
    matches = [_read(number, match) for number, match in candidates]
    eligible = [one for one in assignments if len(one.text) >= SHORTEST and one.text.isascii() and " " not in one.text]
    if eligible:  # the vendors that are named anywhere near them are few
        text = "\n".join({part for one in eligible for part in (_plain(one.name), _before(data, one))})
        contexts = tuple(row for row in CONTEXTS if row[0] in text)
        for assignment in eligible:
            matches += _told_by_name(data, assignment, contexts)
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


def _told_by_name(data: bytes, assignment: Assignment, contexts: "tuple[tuple[str, tuple[int, ...]], ...]") -> list[KeyMatch]:
    """Kinds too plain to stand alone: the name that the value is assigned to, or text just before it, names the vendor."""
    name = _plain(assignment.name)
    near = ""
    for word, numbers in contexts:
        if word not in name:
            if len(word) < 5:
                continue
            near = near or _before(data, assignment)
            if word not in near:
                continue
        for number in numbers:
            match = pattern(number).fullmatch(data, assignment.value.start, assignment.value.end)
            if match is not None:
                found = _read(number, match)
                return [found if word in name else found._replace(confidence=_LOWER[found.confidence])]
    return []


def _before(data: bytes, assignment: Assignment) -> str:
    """The text just before a name."""
    return _plain(data[max(0, assignment.key.start - NEAR) : assignment.key.start].decode("latin-1"))


def _plain(text: str) -> str:
    return text.lower().replace("_", "").replace("-", "").replace(" ", "").replace(".", "")


def _read(number: int, match: "Match[bytes]") -> KeyMatch:
    kind, vendor, name, _, _, _, prefix, tier, lifetime, checksum, decode, confidence, rule, *_ = KINDS[number]
    start, end = match.span("secret")
    prefix = max(prefix - (start - match.start()), 0)  # counted from where the secret begins
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
    return KeyMatch(
        Span(*match.span()), Span(start, end), min(prefix, end - start), rule, KeyFacts(kind, vendor, name, tier, lifetime, verdict, claims), confidence
    )
