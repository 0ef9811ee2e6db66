"""One finding, and one manual, as the templates show them: text alone, unsafe characters already escaped."""

from agentkey_lint.model.finding import SEVERITIES
from agentkey_lint.model.record import Record
from agentkey_lint.report.rows import STATES, Row, rank, web
from agentkey_lint.report.text import About, plural, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentkey_lint.model.audit import Commit, Sighting
    from agentkey_lint.model.finding import Excerpt

PLACES = 50
TITLE = 120  # characters
KINDS = {"commit-message": "message of commit", "tag-message": "message of tag", "note": "note on", "object": "object"}


class View(Record):
    """One finding. rank, state_rank: 0 for the gravest and the nearest. excerpt: before, in and behind its mark. places: each with what is known of it."""

    number: int
    severity: str
    rank: int
    title: str
    rule: str
    vendor: str
    repository: str
    path: str
    line: int
    state: str
    state_label: str
    state_rank: int
    verdict: str
    since: str
    message: str
    excerpt: tuple[str, str, str]
    hint: str
    facts: tuple[tuple[str, str], ...]
    places: tuple[tuple[str, str], ...]
    more: int
    actions: tuple[str, ...]
    link: str


def view(number: int, row: Row, labels: "Mapping[str, str]") -> View:
    """The row as it is shown, under the name of its key or, without one, its message. labels: what states are called."""
    finding, key, leak = row.finding, row.finding.key, row.leak
    state = leak.state if leak is not None else row.verdict
    places = (
        [_sighting(one) for one in leak.sightings]
        if leak is not None
        else [(_place(one.path, one.start.line), visible(one.message)) for one in finding.related]
    )
    return View(
        number,
        finding.severity,
        rank(SEVERITIES[::-1], finding.severity),
        _short(visible(f"{key.vendor} {key.kind}" if key is not None else finding.message)),
        finding.rule,
        visible(key.vendor) if key is not None else "",
        visible(row.repository),
        visible(finding.path),
        finding.start.line,
        state,
        labels.get(state, state),
        rank((*STATES, *labels), state),
        row.verdict,
        leak.first.day if leak is not None and leak.first is not None else "",
        visible(finding.message),
        _excerpt(finding.excerpt),
        visible(finding.hint),
        tuple((label, visible(text)) for label, text in _facts(row) if text),
        tuple(places[:PLACES]),
        max(0, len(places) - PLACES),
        tuple(visible(action) for action in leak.actions) if leak is not None else (),
        web(leak.link) if leak is not None else "",
    )


def _short(title: str) -> str:
    return title if len(title) <= TITLE else title[: TITLE - 1] + "…"


def _excerpt(excerpt: "Excerpt") -> tuple[str, str, str]:
    start = min(max(excerpt.caret, 0), len(excerpt.text))
    end = min(max(start + excerpt.width, start), len(excerpt.text))
    return visible(excerpt.text[:start]), visible(excerpt.text[start:end]), visible(excerpt.text[end:])


def _facts(row: Row) -> "Iterable[tuple[str, str]]":
    finding, key, leak = row.finding, row.finding.key, row.leak
    yield "Confidence", finding.confidence
    if key is not None:
        yield from (("Tier", key.tier), ("Lifetime", key.lifetime), ("Checksum", key.checksum))
        yield from key.claims
    if leak is not None:
        yield "Held by", f"{plural(leak.commits, 'commit')}, {plural(leak.files, 'file')}"
        yield "First commit", _commit(leak.first)
        yield "Last commit", _commit(leak.last)
        yield "Removed", "no: a commit only moved it to another path" if leak.moved else ""
        others = list(dict.fromkeys(one.repository for one in leak.elsewhere))
        yield "Also in", ", ".join(others[:PLACES]) + (f" and {len(others) - PLACES} more" if len(others) > PLACES else "")
    yield "Fingerprint", finding.fingerprint


def _commit(commit: "Commit | None") -> str:
    return " ".join(part for part in (commit.id[:10], commit.day) if part) if commit is not None else ""


def _sighting(one: "Sighting") -> tuple[str, str]:
    where = _place(one.path, one.line) if one.kind == "file" else f"{KINDS.get(one.kind, one.kind)} {visible(one.path)}"
    times = " to ".join(dict.fromkeys(_commit(commit) for commit in (one.first, one.last) if commit is not None))
    return where, visible("; ".join(part for part in ("on the default branch" if one.tip else "", times) if part))


def _place(path: str, line: int) -> str:
    return f"{visible(path)}:{line}"


class Manual(Record):
    """A rule with its manual: blocks of (kind, pieces), kind h or p; every second piece of a block is code."""

    id: str
    summary: str
    meta: str
    blocks: tuple[tuple[str, tuple[str, ...]], ...]


def manuals(rules: "Iterable[str]", about: About) -> list[Manual]:
    """The manuals of these rules, as far as they are known."""
    rows = {rule.id: rule for rule in about.rules}
    found = []
    for rule in rules:
        text = (about.manuals or {}).get(rule, "")
        row = rows.get(rule)
        meta = f"Usual severity: {row.severity}. OWASP: {', '.join(row.owasp) or 'none'}." if row is not None else ""
        found.append(Manual(rule, row.summary if row is not None else "", meta, tuple(_blocks(text))))
    return found


def _blocks(text: str) -> "Iterable[tuple[str, tuple[str, ...]]]":
    for block in text.split("\n\n"):
        first, _, rest = block.strip("\n").partition("\n")
        under, _, below = rest.partition("\n")
        if under and not under.strip("-="):
            yield "h", (first,)
            first, rest = "", below
        words = "\n".join(part for part in (first, rest) if part)
        if words:
            yield "p", tuple(words.split("`"))
