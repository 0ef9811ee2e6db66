"""Which claims are hidden, by whom and why: comments of ours and of others, entries of the settings, and the baselines."""

from agentkey_lint.catalog import durations
from agentkey_lint.model.facts import Suppression
from agentkey_lint.model.record import Record
from agentkey_lint.model.repository import once
from agentkey_lint.model.settings import DEFAULT, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentkey_lint.engine.baseline import Known
    from agentkey_lint.engine.secrets_baseline import Baseline
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.settings import Exemption

LATER = ("repository", "usage", "ignores", "past", "findings", "detection")
"""Facts that not every run has: of a rule about them nobody can say that it has nothing to say."""

FORMATS = {"json": "json", "jsonc": "json", "json5": "json", "toml": "toml", "yaml": "yaml", "yml": "yaml", "ini": "ini", "cfg": "ini"}
"""How files are read by their endings where no reader of the catalogue claims them."""

UNTIL = b"until"
"""What every entry of settings that ends has."""


class Hiding(Record):
    """What may hide the claims about one file. recorded: what `.secrets.baseline` says. complain: say which comments hide nothing.

    known: our own baseline, read when something would be reported. isolated: nothing that the file itself says hides anything.
    """

    settings: Settings = DEFAULT
    recorded: "Baseline | None" = None
    complain: bool = True
    known: "Callable[[], Known] | None" = None
    isolated: bool = False


def may_complain(document: "Document") -> bool:
    """Whether there may be something to say of what hides claims, even if there are none: most files hold no such thing."""
    return document.commented or (document.source.path.endswith(".toml") and UNTIL in document.source.data)


def baselines(read: "Callable[[str], bytes]") -> "tuple[Callable[[], Baseline], Callable[[], Known]]":
    """A snapshot's `.secrets.baseline` and our own baseline, each read once and only when it is asked for: a clean run never looks for them."""

    def foreign() -> "Baseline":
        from agentkey_lint.engine import secrets_baseline

        return secrets_baseline.read(read)

    def own() -> "Known":
        from agentkey_lint.engine import baseline

        return baseline.Known(baseline.read(read))

    return once(foreign), once(own)


def nowhere(path: str) -> bytes:
    """Stands for reading in a snapshot whose baselines are not to be followed."""
    raise FileNotFoundError(path)


def hidden(document: "Document", claims: "Sequence[Claim]", hiding: Hiding) -> "tuple[dict[int, str], list[Claim]]":
    """The positions of the claims that are hidden, each with who says so and why; and what is to be said of comments that hide nothing, or no longer."""
    if hiding.isolated:
        return {}, []
    found: dict[int, str] = {}
    places = {number: {claim.span.start, claim.secret.start} for number, claim in enumerate(claims) if claim.secret is not None}
    source = document.source
    if places:
        from agentkey_lint.engine.pragmas import allowed

        lines = allowed(source.data, set().union(*places.values()), source.path)
        found = {number: "a comment of detect-secrets" for number, starts in places.items() if starts & lines}
        if hiding.settings.adopt:
            from agentkey_lint.engine import adopted

            found |= adopted.hidden(source.data, claims, hiding.settings.adopt)
        if hiding.recorded is not None:
            from agentkey_lint.engine.secrets_baseline import hidden as recorded

            found |= dict.fromkeys(recorded(document, claims, hiding.recorded), ".secrets.baseline")
    for exemption in hiding.settings.exemptions:
        found |= dict.fromkeys(
            _exempt(document, claims, exemption), f"{exemption.file}, entry {exemption.number + 1} of ignore: {exemption.reason}".rstrip(": ")
        )
    complaints: list[Claim] = []
    if document.commented and b"agentkey:" in source.data:
        commented, complaints = _commented(document, claims, hiding.settings)
        found |= commented
    if hiding.complain and source.path.endswith(".toml"):
        complaints += _ended(document, hiding.settings)
    return found, complaints if hiding.complain else []


def _commented(document: "Document", claims: "Sequence[Claim]", settings: Settings) -> "tuple[dict[int, str], list[Claim]]":
    """What our own comments hide, and what is to be said of them."""
    from agentkey_lint.engine.suppressions import PROSE, comments

    found: dict[int, str] = {}
    complaints: list[Claim] = []
    source, today = document.source, durations.today()
    starts = sorted(
        {(start, number) for number, claim in enumerate(claims) for start in (claim.span.start, claim.secret.start if claim.secret else claim.span.start)}
    )
    lines: dict[tuple[int, int], dict[str, list[int]]] = {}
    for one in comments(source.data, source.path):
        line = one.start, one.end
        if line not in lines:
            lines[line] = {}
            for number in _between(starts, *line):
                lines[line].setdefault(claims[number].rule, []).append(number)
        if not one.fault and settings.require_reason and not any(map(str.isalnum, one.reason)):
            one = one._replace(fault="it gives no reason")
        said = lines[line]
        one = one._replace(idle=tuple(rule for rule in one.rules if rule not in said and spoke(rule, settings)))
        if not one.fault and (one.until is None or one.until >= today):
            for rule in one.rules:
                found |= dict.fromkeys(said.get(rule, ()), f"a comment: {one.reason}".rstrip(": "))
                said[rule] = []  # hidden once, however many comments say so
        before = source.data[max(one.span.start - 16, 0) : one.span.start]
        if before.rstrip(b" \t").endswith(b"<!--") or not source.path.lower().endswith(PROSE):
            complaints += complaints_of(one, document, settings)
    return found, complaints


def _between(starts: list[tuple[int, int]], first: int, last: int) -> "Iterator[int]":
    """The claims that start between two places."""
    from bisect import bisect_left, bisect_right

    for _, number in starts[bisect_left(starts, (first, -1)) : bisect_right(starts, (last, len(starts)))]:
        yield number


def spoke(rule: str, settings: Settings) -> bool:
    """Whether a rule would have spoken in every run, had it anything to say."""
    from agentkey_lint.catalog.compiled import RULES

    return rule not in settings.disabled and any(row[0] == rule and row[1] not in LATER for row in RULES)


def complaints_of(suppression: Suppression, document: "Document", settings: Settings) -> "Iterator[Claim]":
    """What is to be said of a suppression that hides nothing, or no longer."""
    from agentkey_lint.checks.expired_suppression import expired_suppression
    from agentkey_lint.checks.unused_suppression import unused_suppression
    from agentkey_lint.model.repository import empty

    for function in (expired_suppression, unused_suppression):
        for claim in function(suppression, document, empty()):
            if claim.rule not in settings.disabled:
                yield claim._replace(severity=settings.severities.get(claim.rule, claim.severity))


def _ended(document: "Document", settings: Settings) -> "list[Claim]":
    """The entries `ignore` of a settings file that hold no longer."""
    if UNTIL not in document.source.data:
        return []
    from agentkey_lint.engine.documents import entries
    from agentkey_lint.engine.settings import NAMES, prefix

    source = document.source
    if source.path.rpartition("/")[2] not in NAMES:
        return []
    found: list[Claim] = []
    for entry in entries("toml", source.data)[0]:
        route = entry.route[len(prefix(source.path)) :]
        if entry.route == (*prefix(source.path), *route) and len(route) == 3 and route[::2] == ("ignore", "until"):
            one = Suppression(entry.value, entry.value.start, entry.value.end, (), until=durations.date(entry.text))
            found += complaints_of(one, document, settings)
    return found


def _exempt(document: "Document", claims: "Sequence[Claim]", exemption: "Exemption") -> "Iterator[int]":
    """The claims that an entry of the settings hides. Its paths are those of the document already."""
    if exemption.until is not None and exemption.until < durations.today():
        return
    about = [number for number, claim in enumerate(claims) if claim.rule in exemption.rules]
    named = _named(document, exemption.key) if about and exemption.key else []
    for number in about:
        claim = claims[number]
        at = (claim.secret or claim.span).start
        if exemption.key and claim.variable != exemption.key and not any(start <= at <= end for start, end in named):
            continue
        if exemption.fingerprint:
            from agentkey_lint.engine.digests import is_of

            if not is_of(exemption.fingerprint, claim, document.source):
                continue
        yield number


def _named(document: "Document", key: str) -> "list[tuple[int, int]]":
    """Where the file gives something to a name, from the name to the value's end: the last step of a route, or the whole route with dots between."""
    from agentkey_lint.engine.documents import entries

    suffix = document.source.path.rpartition(".")[2].lower()
    read = [field.entry for field in document.fields] or (entries(FORMATS[suffix], document.source.data)[0] if suffix in FORMATS else [])
    found = [(entry.key.start, entry.value.end) for entry in read if key in (*entry.route[-1:], ".".join(entry.route))]
    return found + [(one.key.start, one.value.end) for one in document.assignments if one.name == key]
