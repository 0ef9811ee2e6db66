"""What was found in a history, by key: where each stands or stood, since when and until when, and in what order to take care of them."""

from agentkey_lint.catalog import kinds
from agentkey_lint.discover import history as past
from agentkey_lint.discover.git import Git
from agentkey_lint.discover.log import History
from agentkey_lint.engine import urgency
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.versions import SECRETS
from agentkey_lint.model.audit import Commit, Leak, Sighting
from agentkey_lint.model.finding import Finding, Judged
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Reading = Callable[[str], tuple[object, ...]]

STATES = ("tip", "branch", "history", "unreachable")
_VERDICTS = ("reported", "below-threshold", "suppressed", "baselined")


class Found(Record):
    """What one object holds, judged as one path. id: of a blob or commit, or a tag's name."""

    kind: str
    path: str
    id: str
    judged: tuple[Judged, ...]


class Tips(Record):
    """What stands now. main: the default branch's tip; blobs: at each of its paths. others: the commits that other refs lead to."""

    main: str
    blobs: "Mapping[str, str]"
    others: tuple[str, ...]


class Way(Record):
    """One key at one path: how it came there and went. blobs: the versions that hold it. commits: by number, newest first.

    changed: brought or changed a version that holds it; brought: it was not there before; ended: it was not there any more.
    """

    kind: str
    path: str
    blobs: dict[str, Judged]
    changed: list[int]
    brought: list[int]
    ended: list[int]


class _Sighted(Record):
    """A sighting, with what decides about its key's state."""

    sighting: Sighting
    judged: Judged
    state: str
    way: Way | None


def rows(git: Git, history: History, notes: History, found: "Sequence[Found]", reading: "Reading", tips: Tips, thresholds: Thresholds) -> tuple[Leak, ...]:
    """One row a key, the most urgent first."""
    ways = [*_ways("file", history, found, reading, tips), *_ways("note", notes, found, reading, tips)]
    elsewhere = past.holds(git, tips.others, [(way.path, blob) for _, way in ways for blob in way.blobs if tips.blobs.get(way.path) != blob])
    parents = past.parents(git, sorted({log.commits[way.ended[0]] for _, way in ways if way.ended for log in (_log(way, history, notes),)}))
    dates = {log.commits[number]: log.dates[number] for log in (history, notes) for number in range(len(log.commits))} if ways else {}
    sighted: dict[str, list[_Sighted]] = {}
    for fingerprint, way in ways:
        log = _log(way, history, notes)
        sighted.setdefault(fingerprint, []).append(_at(way, log, tips, elsewhere, parents, dates))
    for one in found:
        if one.kind in ("commit-message", "tag-message", "object", "ref"):
            for judged in one.judged:
                sighted.setdefault(judged.finding.fingerprint, []).append(_said(one, judged, history, dates))
    return tuple(sorted((_leak(places, thresholds) for places in sighted.values()), key=urgency.order))


def _log(way: Way, history: History, notes: History) -> History:
    return history if way.kind == "file" else notes


def _ways(kind: str, log: History, found: "Sequence[Found]", reading: "Reading", tips: Tips) -> "Iterator[tuple[str, Way]]":
    """Every key of a log's versions at every path that had one of these, with its fingerprint."""
    results: dict[tuple[str, object], tuple[Judged, ...]] = {}
    here: dict[tuple[str, str], tuple[Judged, ...]] = {}
    for one in found:
        if one.kind == kind:
            secret = tuple(judged for judged in one.judged if judged.finding.rule in SECRETS)
            results[one.id, reading(one.path) if kind == "file" else ""] = secret
            here[one.path if kind == "file" else "", one.id] = one.judged
    if not results:
        return
    wanted = {blob for blob, _ in results}
    holding = {number for number, name in enumerate(log.blobs) if name in wanted}
    events: dict[int, list[tuple[int, int, int]]] = {}
    for at, place, old, new in zip(log.at, log.path, log.old, log.new, strict=True):
        if new in holding or old in holding:
            events.setdefault(place, []).append((at, old, new))
    ways: dict[tuple[str, str], dict[str, Judged]] = {}

    def meet(path: str, blob: str) -> None:
        at_tip = here.get((path, blob)) if kind == "file" and tips.blobs.get(path) == blob else None
        for judged in at_tip or results.get((blob, reading(path) if kind == "file" else ""), ()):
            ways.setdefault((judged.finding.fingerprint, path), {}).setdefault(blob, judged)

    for path, blob in here:
        if tips.blobs.get(path) == blob:
            meet(path, blob)
    by_path = {log.paths[place]: changes for place, changes in events.items()}
    for path, changes in by_path.items():
        for number in dict.fromkeys(one for _, old, new in changes for one in (new, old) if one in holding):
            meet(path, log.blobs[number])
    numbers = {log.blobs[number]: number for number in holding}
    for (fingerprint, path), blobs in ways.items():
        own = {numbers.get(blob, -1) for blob in blobs}
        changes = by_path.get(path, [])
        changed = [at for at, _, new in changes if new in own]
        brought = [at for at, old, new in changes if new in own and old not in own]
        ended = [at for at, old, new in changes if old in own and new not in own]
        yield fingerprint, Way(kind, path if kind == "file" else path.replace("/", ""), blobs, changed, brought, ended)


def _at(way: Way, log: History, tips: Tips, elsewhere: "Mapping[tuple[str, str], str]", parents: "Mapping[str, str]", dates: "Mapping[str, int]") -> _Sighted:
    """One key at one path, as a report shows it."""

    def commit(name: str) -> Commit | None:
        return Commit(name, dates[name]) if name in dates else None

    first = next((log.commits[at] for at in reversed(way.brought or way.changed)), "")
    blob = next(iter(way.blobs))
    tip = way.kind == "file" and tips.blobs.get(way.path) in way.blobs
    other = next((elsewhere[way.path, one] for one in way.blobs if (way.path, one) in elsewhere), "")
    if tip:
        state, last, blob = "tip", tips.main, tips.blobs[way.path]
    elif other:
        state, last = "branch", other
    else:
        reachable = any(at < log.known for at in way.changed)
        state = "history" if reachable else "unreachable"
        last = parents.get(log.commits[way.ended[0]], "") if way.ended else next((log.commits[at] for at in way.changed), "")
    if way.kind == "note" and not way.ended:
        state = "branch"
    judged = way.blobs[blob]
    return _Sighted(Sighting(way.path, judged.finding.start.line, way.kind, tip, commit(first), commit(last)), judged, state, way)


def _said(one: Found, judged: Judged, history: History, dates: "Mapping[str, int]") -> _Sighted:
    """A key in a message, or in a blob that no commit was seen to hold, or that a ref names without one."""
    at = judged.finding.start.line
    if one.kind == "commit-message":
        number = history.commits.index(one.id)
        commit = Commit(one.id, history.dates[number])
        sighting = Sighting(one.id, at, one.kind, False, commit, commit)
        return _Sighted(sighting, judged, "history" if number < history.known else "unreachable", None)
    if one.kind == "ref":
        return _Sighted(Sighting(one.path, at), judged, "branch", None)
    sighting = Sighting(one.id, at, one.kind)
    return _Sighted(sighting, judged, "branch" if one.kind == "tag-message" else "unreachable", None)


def _leak(places: "Sequence[_Sighted]", thresholds: Thresholds) -> Leak:
    """One key from all that was seen of it."""
    rank = {verdict: number for number, verdict in enumerate(_VERDICTS)}

    def telling(one: _Sighted) -> tuple[object, ...]:
        last = one.sighting.last
        return rank[one.judged.verdict], STATES.index(one.state), -(last.date if last else 0), one.sighting.path

    ordered = sorted(places, key=telling)
    best = ordered[0]
    finding = _named(best)
    state = min((one.state for one in places), key=STATES.index)
    commits = {at for one in places if one.way for at in one.way.changed} | {one.sighting.path for one in places if one.way is None}
    first = min((one.sighting.first for one in places if one.sighting.first), key=lambda commit: commit.date, default=None)
    last = max((one.sighting.last for one in places if one.sighting.last), key=lambda commit: commit.date, default=None)
    moved = any(one is not other and one.way and other.way and set(one.way.ended) & set(other.way.brought) for one in places for other in places)
    secret = finding.rule in SECRETS
    row = Leak(
        finding,
        best.judged.verdict,
        state,
        tuple(one.sighting for one in ordered),
        first,
        last,
        moved,
        len(commits),
        len({(one.sighting.kind, one.sighting.path) for one in places}),
        link=kinds.advice(finding.key.id)[0] if finding.key is not None and secret else "",
    )
    return row._replace(actions=urgency.actions(row))


def _named(one: _Sighted) -> Finding:
    """The finding under the path of its sighting: equal files are judged once, and messages under the name of a file of git's own."""
    sighting, finding = one.sighting, one.judged.finding
    path = sighting.path if sighting.kind in ("file", "object") else f"{sighting.kind} {sighting.path}"
    return finding._replace(path=path, related=tuple(place._replace(path=path) if place.path == finding.path else place for place in finding.related))
