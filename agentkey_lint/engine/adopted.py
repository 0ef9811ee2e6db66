"""Comments of other secret scanners, where a person wants them to count: `--adopt`, or `adopt` in the settings. They hide secrets and nothing else.

gitleaks, betterleaks, trufflehog and kingfisher have a word that hides what stands on its line. secretlint's comments (its rule filter-comments) hide
the line, the next line, or all up to `secretlint-enable`; one that names rules of secretlint hides only keys of a vendor that such a name holds.
detect-secrets' own are honoured always, in `pragmas`.
"""

from agentkey_lint.engine.places import line_bounds
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentkey_lint.model.finding import Claim

WORDS = {
    "gitleaks": (b"gitleaks:allow",),
    "betterleaks": (b"betterleaks:allow", b"gitleaks:allow"),
    "trufflehog": (b"trufflehog:ignore",),
    "kingfisher": (b"kingfisher:ignore",),
}
MOST = 1_000


class Range(Record):
    """A stretch of a file in which a comment of secretlint hides keys; rules: the names it gives, empty for all."""

    start: int
    end: int
    rules: str


def hidden(data: bytes, claims: "Sequence[Claim]", tools: "Sequence[str]") -> dict[int, str]:
    """The positions of the claims about a secret that another tool's comment allows, with the word that does."""
    words = [word for tool in tools for word in WORDS.get(tool, ()) if word in data]
    ranges = list(_ranges(data)) if "secretlint" in tools else []
    found: dict[int, str] = {}
    if not words and not ranges:
        return found
    for number, claim in enumerate(claims):
        if claim.secret is None:
            continue
        for at in (claim.secret.start, claim.span.start):
            line = data[slice(*line_bounds(data, at))] if words else b""
            word = next((word.decode() for word in words if word in line), "")
            if not word and any(one.start <= at <= one.end and _names(one.rules, claim) for one in ranges):
                word = "secretlint-disable"
            if word:
                found.setdefault(number, f"a comment {word}")
    return found


def _ranges(data: bytes) -> "Iterator[Range]":
    """What secretlint's comments hide; up to MOST of them are read."""
    opened: dict[str, int] = {}
    at = data.find(b"secretlint-")
    for _ in range(MOST):
        if at < 0:
            break
        start, end = line_bounds(data, at)
        word, _, rest = data[at : min(end, at + 500)].decode("utf-8", "replace").partition(" ")
        rules = " ".join(name for name in rest.partition(" -- ")[0].replace(",", " ").split() if "secretlint" in name)
        if word == "secretlint-disable-line":
            yield Range(start, end, rules)
        elif word == "secretlint-disable-next-line" and end < len(data):
            yield Range(*line_bounds(data, data.find(b"\n", end) + 1), rules)
        elif word == "secretlint-disable":
            opened.setdefault(rules, at)
        elif word == "secretlint-enable":
            for name in [name for name in opened if not rules or name == rules]:
                yield Range(opened.pop(name), at, name)
        at = data.find(b"secretlint-", at + 1)
    for rules, begin in opened.items():
        yield Range(begin, len(data), rules)


def _names(rules: str, claim: "Claim") -> bool:
    return not rules or (claim.key is not None and any(part in rules for part in claim.key.id.split("-")[:1]))
