"""Credentials of several parts are one finding: the secret is reported, and names the id or public key that belongs to it.

A part belongs to a secret where it stands close by: within a few lines, on the same side as its neighbours' parts (first the part before a secret
that no other secret separates from it, then the one behind).
"""

from agentkey_lint.model.facts import KeyMatch
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

LINES = 5
BYTES = 2_000
"""How far the parts of one credential stand from each other, at the most; the second bound is for files of one long line."""


class Pair(Record):
    """Which kinds of keys belong together.

    secrets: the kinds that are reported. kinds: the kinds that belong to them. pattern: text that is no key and belongs to them; what: its name.
    """

    secrets: frozenset[str]
    kinds: frozenset[str] = frozenset()
    pattern: bytes = b""
    what: str = ""


PAIRS = (
    Pair(frozenset({"aws-secret-access-key"}), frozenset({"aws-access-key-id", "aws-temporary-key-id"})),
    Pair(frozenset({"aws-secret-access-key"}), frozenset({"aws-session-token"})),
    Pair(frozenset({"aws-session-token"}), frozenset({"aws-temporary-key-id"})),
    Pair(frozenset({"twilio-auth-token"}), frozenset({"twilio-account-sid"})),
    Pair(frozenset({"twilio-api-key-secret"}), frozenset({"twilio-api-key-sid", "twilio-account-sid"})),
    Pair(frozenset({"twilio-auth-token", "twilio-api-key-secret"}), pattern=rb"\b(?:AC|SK)[a-f0-9]{32}\b", what="account SID"),
    Pair(frozenset({"google-oauth-client-secret"}), pattern=rb"[0-9]{6,21}-[a-z0-9]{32}\.apps\.googleusercontent\.com", what="OAuth client id"),
    Pair(frozenset({"langfuse-secret-key"}), frozenset({"langfuse-public-key"})),
    Pair(frozenset({"supabase-secret-key"}), frozenset({"supabase-publishable-key"})),
    Pair(frozenset({"supabase-secret-key", "supabase-access-token"}), pattern=rb"https://[a-z]{20}\.supabase\.co\b", what="project address"),
    Pair(frozenset({"stripe-secret-key"}), frozenset({"stripe-publishable-key"})),
    Pair(frozenset({"modal-token-secret"}), frozenset({"modal-token-id"})),
    Pair(frozenset({"razorpay-key-secret"}), frozenset({"razorpay-key-id"})),
    Pair(frozenset({"scaleway-secret-key"}), frozenset({"scaleway-access-key"})),
)
_SECRETS = frozenset(kind for pair in PAIRS for kind in pair.secrets)


def join(matches: "Sequence[KeyMatch]", data: bytes) -> list[KeyMatch]:
    """The keys of a file without those that are only a part of another; that one's facts name them and take their claims, and it keeps their spans.

    matches: by place. A secret that looks like a sample takes no part that does not: it would hide a finding.
    """
    if not any(match.facts.id in _SECRETS for match in matches):
        return list(matches)
    joined: dict[int, KeyMatch] = {}
    parts: set[int] = set()
    for pair in PAIRS:
        secrets = [number for number, match in enumerate(matches) if match.facts.id in pair.secrets and number not in parts]
        if not secrets:
            continue
        if pair.pattern:
            secrets = [number for number in secrets if number not in joined]
            spans = _spans(pair.pattern, data, [matches[number].span for number in secrets])
            for number, span in _nearest(secrets, [matches[number].span for number in secrets], spans, data):
                joined[number] = _with(joined.get(number, matches[number]), spans[span], pair.what)
            continue
        others = [number for number, match in enumerate(matches) if match.facts.id in pair.kinds and number not in parts]
        for number, other in _nearest(secrets, [matches[number].span for number in secrets], [matches[one].span for one in others], data):
            part = matches[others[other]]
            if matches[number].confidence != "low" or part.confidence == "low":
                joined[number] = _with(joined.get(number, matches[number]), part.secret, _plain(part.facts.kind), part)
                parts.add(others[other])
    return [joined.get(number, match) for number, match in enumerate(matches) if number not in parts]


def _with(match: KeyMatch, span: Span, what: str, part: KeyMatch | None = None) -> KeyMatch:
    """A secret with one more part. A credential ends when one of its parts does, so a temporary part makes it temporary."""
    facts = match.facts
    told = {name for name, _ in facts.claims}
    more = tuple(claim for claim in part.facts.claims if claim[0] != "sample" and claim[0] not in told) if part else ()
    lifetime = "temporary" if part and part.facts.lifetime == "temporary" else facts.lifetime
    return match._replace(facts=facts._replace(lifetime=lifetime, claims=(*facts.claims, ("with", what), *more)), companions=(*match.companions, span))


def _plain(kind: str) -> str:
    """A kind's name within a sentence: `Access key id` begins small, `API key SID` does not."""
    return kind[:1].lower() + kind[1:] if kind[1:2].islower() else kind


def _nearest(secrets: list[int], places: list[Span], others: list[Span], data: bytes) -> "list[tuple[int, int]]":
    """Pairs of a secret and the position of its part among `others`, each part once. Both lists are by place."""
    from bisect import bisect_left

    starts = [span.start for span in others]
    pairs: list[tuple[int, int]] = []
    free = 0
    for at, (number, place) in enumerate(zip(secrets, places, strict=True)):
        here = bisect_left(starts, place.start)
        following = places[at + 1].start if at + 1 < len(places) else len(data)
        before, behind = here - 1, here
        if before >= free and _close(others[before].end, place.start, data):
            pairs.append((number, before))
            free = here
        elif behind < len(others) and behind >= free and starts[behind] < following and _close(place.end, starts[behind], data):
            pairs.append((number, behind))
            free = behind + 1
    return pairs


def _close(end: int, start: int, data: bytes) -> bool:
    return start - end <= BYTES and data.count(b"\n", end, max(end, start)) <= LINES


def _spans(pattern: bytes, data: bytes, around: list[Span]) -> list[Span]:
    """Where a pattern occurs close to some places, by place; no byte is searched twice."""
    from agentkey_lint.model.expressions import regex

    compiled = regex(pattern)
    found: list[Span] = []
    done = 0
    for place in around:
        for match in compiled.finditer(data, max(done, place.start - BYTES), place.end + BYTES):
            found.append(Span(*match.span()))
        done = max(done, place.end + BYTES)
    return found
