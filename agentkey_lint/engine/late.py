"""Rows of an audit beside those of keys: files that are ignored at the tip and were committed before, and what the tip lacks."""

from agentkey_lint.catalog import ignores
from agentkey_lint.discover.log import History
from agentkey_lint.engine import documents, judging, pipeline, urgency
from agentkey_lint.model.audit import Commit, Leak, Sighting
from agentkey_lint.model.finding import Judged
from agentkey_lint.model.repository import Past, Repository
from agentkey_lint.model.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

MOST = 1_000
"""So many files of the past are asked about at the most."""


def rows(history: History, facts: Repository, held: "Collection[str]", plan: pipeline.Plan) -> "Iterator[Leak]":
    """One row a file. facts: of the tip. held: the paths in whose versions a secret was found."""
    tip = set(facts.paths())
    gone = {
        number: path
        for number, path in enumerate(history.paths)
        if path not in tip and ignores.families(path) and not facts.settings(path).excluded and "\n" not in path
    }
    changes: dict[int, list[int]] = {}
    for at, place, new in zip(history.at, history.path, history.new, strict=True):
        if place in gone and at < history.known:
            changes.setdefault(place, []).append(at if new else -1)
    for place in sorted(changes, key=lambda place: gone[place])[:MOST]:
        path, commits = gone[place], [at for at in changes[place] if at >= 0]
        ignore = facts.ignore(path)
        if ignore is None or not commits:
            continue
        document = documents.build(Source(path, b""))
        claims, _ = pipeline.claims(document, facts, {"past": (Past(ignore, path in held),)})
        thresholds, hiding = pipeline.terms(document, facts, plan)
        last, first = (Commit(history.commits[at], history.dates[at]) for at in (min(commits), max(commits)))
        for finding, verdict in judging.findings(document, claims, thresholds, plan.fingerprint, hiding._replace(complain=False)):
            sighting = Sighting(path, 1, first=first, last=last)
            row = Leak(finding, verdict, "history", (sighting,), first, last, commits=len(commits), files=1)
            yield row._replace(actions=urgency.actions(row))


def lacking(judged: "Sequence[Judged]") -> "Iterator[Leak]":
    """One row for each finding about a file that the tip does not have: no commit brought it, and it has no place."""
    for finding, verdict in judged:
        row = Leak(finding, verdict, "tip")
        yield row._replace(actions=urgency.actions(row))
