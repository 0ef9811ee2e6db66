"""One key in many repositories is one row: it stands in the repository where it is most urgent, and says where else it is."""

from agentkey_lint.engine import urgency
from agentkey_lint.engine.versions import SECRETS
from agentkey_lint.model.audit import Audited, Elsewhere, Leak

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def told_once(repositories: "Sequence[Audited]") -> "Iterator[Audited]":
    """The same repositories, with each key in the rows of one of them. Their fingerprints have one key (Terms.key), or none are the same.

    Rows are of one key if they have its fingerprint and the same verdict: a key that one repository has in its baseline is still to be told of in the others.
    """
    by_key: dict[tuple[str, str], list[tuple[int, Leak]]] = {}
    for number, one in enumerate(repositories):
        for row in one.leaks:
            if row.finding.rule in SECRETS:
                by_key.setdefault((row.finding.fingerprint, row.verdict), []).append((number, row))
    told: dict[tuple[int, Leak], Leak | None] = {}
    for held in by_key.values():
        if len(held) > 1:
            held.sort(key=lambda pair: (urgency.order(pair[1]), pair[0]))
            (first, row), *others = held
            told.update(dict.fromkeys(others))
            told[first, row] = _joined(row, [(repositories[number].name, other) for number, other in others])
    for number, one in enumerate(repositories):
        rows = [row for row in (told.get((number, row), row) for row in one.leaks) if row is not None]
        yield one._replace(leaks=tuple(sorted(rows, key=urgency.order)))


def _joined(row: Leak, others: "Sequence[tuple[str, Leak]]") -> Leak:
    elsewhere = tuple(Elsewhere(name, one.finding.path, one.finding.start.line, one.state, one.finding.severity, one.files) for name, one in others)
    tips = list(dict.fromkeys(one.repository for one in elsewhere if one.state == "tip"))
    more = f" and {len(tips) - 2} more" if len(tips) > 2 else ""
    public = row.finding.key is not None and row.finding.key.tier == "public"
    action = (f"Replace it in {', '.join(tips[:2])}{more} as well.",) if tips and not public else ()
    return row._replace(elsewhere=elsewhere, actions=(*row.actions, *action))
