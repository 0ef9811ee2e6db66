"""Claims become findings: places, masked excerpts, fingerprints and verdicts."""

from agentkey_lint.engine.hiding import Hiding, hidden
from agentkey_lint.engine.masking import Secrets
from agentkey_lint.engine.places import positions
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES, Claim, Finding, Judged, Place, Position
from agentkey_lint.model.record import Record
from agentkey_lint.model.settings import Settings
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

PRECEDENCE = (
    "secret-in-manifest",
    "example-holds-secret",
    "value-for-name",
    "key-in-permission-rule",
    "secret-in-default",
    "private-key",
    "key-in-command",
    "hardcoded-key",
    "key-in-url",
    "hardcoded-secret",
)
"""Where several rules claim the same secret, the first of these keeps it: one key is one finding."""

PLAIN = ("detect-secrets",)
"""The messages of these hold names of code alone (plugins in camel case, which look random), and nothing of the file."""

FLOOD = 100
"""More findings of one rule in one file than this are summarised."""


class Thresholds(Record):
    """What is reported: at least this severity and this confidence. Empty: as the settings say, or by default."""

    severity: str = "low"
    confidence: str = "medium"


def within(thresholds: Thresholds, settings: Settings) -> Thresholds:
    """The thresholds of one path: the command line's, else those of the settings, else the usual ones."""
    usual = Thresholds()
    return Thresholds(thresholds.severity or settings.min_severity or usual.severity, thresholds.confidence or settings.min_confidence or usual.confidence)


def verdict(claim: "Claim | Finding", thresholds: Thresholds) -> str:
    weak = SEVERITIES.index(claim.severity) < SEVERITIES.index(thresholds.severity)
    unsure = CONFIDENCES.index(claim.confidence) < CONFIDENCES.index(thresholds.confidence)
    return "below-threshold" if weak or unsure else "reported"


def settle(claims: "Sequence[Claim]") -> list[Claim]:
    """One finding a secret: of claims whose secrets overlap, the surer one stays, then the one whose rule goes first."""
    without = [claim for claim in claims if claim.secret is None]
    order = {rule: number for number, rule in enumerate(PRECEDENCE)}
    ranked = sorted(
        (claim for claim in claims if claim.secret is not None),
        key=lambda claim: (claim.confidence == "low", order.get(claim.rule, -1), claim.span.start),
    )
    from bisect import bisect_right, insort

    taken: list[tuple[int, int]] = []
    kept = []
    for claim in ranked:
        assert claim.secret is not None
        start, end = claim.secret
        if claim.rule in order:
            at = bisect_right(taken, (start, end))
            if (at and taken[at - 1][1] > start) or (at < len(taken) and taken[at][0] < end):
                continue
            insort(taken, (start, end))
        kept.append(claim)
    return sorted([*without, *kept], key=lambda claim: (claim.span, claim.rule, claim.identity))


def summarised(claims: list[Claim], thresholds: Thresholds) -> list[Claim]:
    """No flood: where one rule would report more than FLOOD places of one file, its first claim stands for all and says how many there are."""
    counts: dict[str, int] = {}
    for claim in claims:
        if verdict(claim, thresholds) == "reported":
            counts[claim.rule] = counts.get(claim.rule, 0) + 1
    flooded = {rule for rule, count in counts.items() if count > FLOOD}
    if not flooded:
        return claims
    kept = []
    for claim in claims:
        if claim.rule not in flooded:
            kept.append(claim)
        elif counts[claim.rule] and verdict(claim, thresholds) == "reported":
            kept.append(claim._replace(message=f"{claim.message}; and {counts[claim.rule] - 1} more places in this file"))
            counts[claim.rule] = 0
    return kept


def secret_spans(document: Document, claims: "Sequence[Claim]") -> dict[tuple[int, int], int]:
    """Every span of a file that must never be shown, with the length of its public prefix."""
    spans = {(match.secret.start, match.secret.end): match.prefix for match in document.keys}
    for match in document.keys:
        for companion in match.companions:
            spans.setdefault((companion.start, companion.end), 0)
    keys = sorted(spans)
    others = [assignment.value for assignment in document.assignments]
    for field in document.fields:
        if field.secret and field.entry.text:
            others += _literal_parts(field, document.source.data)
    for span in others:
        if span.start < span.end and not _holds_one(keys, span):  # a key's own span says more precisely what is secret
            spans.setdefault((span.start, span.end), 0)
    for claim in claims:
        if claim.secret is not None:
            spans.setdefault((claim.secret.start, claim.secret.end), claim.prefix)
    return spans


def _literal_parts(field: Field, data: bytes) -> "Iterator[Span]":
    """What a secret field holds beside its references: a password may hold what looks like one. Plain words, such as `Bearer`, may be shown."""
    at, end = field.entry.value
    for reference in field.references:
        if not data[at : reference.span.start].strip().isalpha():
            yield Span(at, reference.span.start)
        at = reference.span.end
    if not field.references or not data[at:end].strip().isalpha():
        yield Span(at, end)


def _holds_one(spans: list[tuple[int, int]], outer: Span) -> bool:
    """Whether one of some sorted spans lies within another."""
    from bisect import bisect_left

    at = bisect_left(spans, (outer.start, 0))
    return at < len(spans) and spans[at][1] <= outer.end


def weighed(
    document: Document, claims: "Sequence[Claim]", thresholds: Thresholds, hiding: Hiding, flood: bool = True
) -> list[tuple[Claim, str, str]]:
    """The claims about one document that stay, each with its verdict and, if it is hidden, by whom; in the order of their places.

    Among them is what there is to say of comments that hide nothing. flood: too many of one rule are one.
    """
    every = settle(claims)
    quiet, complaints = hidden(document, every, hiding)
    verdicts = [(every[number], "suppressed", reason) for number, reason in quiet.items()]
    loud = [claim for number, claim in enumerate(every) if number not in quiet] + complaints
    known = hiding.known() if hiding.known is not None and any(verdict(claim, thresholds) == "reported" for claim in loud) else None
    if known is not None:
        old = {number for number, claim in enumerate(loud) if verdict(claim, thresholds) == "reported" and known.knows(claim, document.source)}
        verdicts += [(loud[number], "baselined", ".agentkey-baseline") for number in old]
        loud = [claim for number, claim in enumerate(loud) if number not in old]
    loud = summarised(loud, thresholds) if flood else loud
    verdicts += [(claim, verdict(claim, thresholds), "") for claim in loud]
    return sorted(verdicts, key=lambda row: (row[0].span, row[0].rule, row[0].identity))


def findings(
    document: Document, claims: "Sequence[Claim]", thresholds: Thresholds, fingerprint: "Callable[[bytes], str]", hiding: "Hiding | None" = None
) -> list[Judged]:
    """The claims about one document as findings with verdicts, in the order of their places."""
    verdicts = weighed(document, claims, thresholds, hiding or Hiding())
    if not verdicts:
        return []
    settled = [claim for claim, *_ in verdicts]
    source = document.source
    data = source.data
    secrets = Secrets(data, secret_spans(document, claims))
    spans = [claim.span for claim in settled] + [note.span for claim in settled for note in claim.notes if not note.path]
    where = positions(data, [offset for span in spans for offset in span])
    judged = []
    for claim, came_to, reason in verdicts:
        if claim.secret is not None:
            told_by = b"secret\0" + data[claim.secret.start : claim.secret.end]
        else:
            told_by = f"{claim.rule}\0{source.path}\0{claim.identity}".encode("utf-8", "surrogatepass")
        finding = Finding(
            claim.rule,
            claim.severity,
            claim.confidence,
            claim.message if claim.rule in PLAIN else secrets.mask_text(claim.message),
            secrets.mask_text(claim.hint),
            source.path,
            where[claim.span.start],
            where[claim.span.end],
            secrets.excerpt(claim.span, source.encoding == "binary"),
            fingerprint(told_by),
            tuple(_place(note.path or source.path, note.span, secrets.mask_text(note.message), where if not note.path else {}) for note in claim.notes),
            claim.key,
            claim.why,
            secrets.mask_text(reason),
        )
        judged.append(Judged(finding, came_to))
    return judged


def _place(path: str, span: Span, message: str, where: "dict[int, Position]") -> Place:
    """A note's place; for one in another file `span` counts lines and columns already (start: line, end: column)."""
    if where:
        return Place(path, where[span.start], where[span.end], message)
    at = Position(max(span.start, 1), max(span.end, 1))
    return Place(path, at, at, message)
