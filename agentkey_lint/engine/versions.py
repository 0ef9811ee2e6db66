"""The versions of a file, newest first → what each holds that is secret.

Most versions differ from the one before in a few lines. If what surrounds these lines holds nothing secret, neither here nor there, the version holds
what its neighbour holds, some lines further up or down; only where it might not is it examined from end to end.
"""

from agentkey_lint.catalog import readers
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, pipeline
from agentkey_lint.engine.judging import FLOOD, PRECEDENCE
from agentkey_lint.match.scan import scan
from agentkey_lint.model.facts import Reader
from agentkey_lint.model.finding import Judged, Position
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentkey_lint.model.repository import Repository

SECRETS = PRECEDENCE
"""The rules that judge a history: those about secrets. What a configuration file refers to or grants matters where it is still in force."""

CONTEXT = 2_048
"""A rule about a secret in plain text looks no further than this around it: parts of a credential, the longest of contexts, lie within 2,000 bytes."""

BESIDE, BEFORE = 1_024, 160
"""Where no key's anchor is near: a value stands so close behind the word in its name, and what stands before a name tells so little further on."""

SMALL = 2 * CONTEXT
"""To look through so many bytes costs less than to compare them."""

FAR = 16_384
"""Changes that lie no further apart than this are one."""

PROBE, REACH, TRIES, STEP = 64, 8_192, 40, 1_024
"""So many bytes must be the same for two texts to be brought together again; they are looked for so far ahead, for so many lines."""

MOST_SHARE = 0.8
"""If more than this share of a version would be examined, it is examined as a whole at once."""


class Version(Record):
    """A version that was judged, to be compared with the next."""

    source: Source
    judged: tuple[Judged, ...]


class Came(Record):
    """What one version came to."""

    id: str
    judged: tuple[Judged, ...]
    faults: tuple[Fault, ...]
    bytes: int


def judged(
    path: str, versions: "Iterable[tuple[str, bytes | Fault]]", repository: "Repository", plan: pipeline.Plan, known: tuple[Judged, ...] | None = None
) -> "Iterator[Came]":
    """The versions of one path, each with its name. known: what the first of them came to already, if it did; it is then left out."""
    plan = plan._replace(only=SECRETS, whole=False, detect=None)
    before: Version | None = None
    for name, data in versions:
        if isinstance(data, Fault):
            known = None
            yield Came(name, (), (data._replace(path=path),), 0)
            continue
        source = decode(path, data)
        if known is not None:
            before, known = Version(source, known), None
            continue
        carried = () if len(data) <= SMALL and _bare(source) else _carried(source, before, repository, plan) if before is not None else None
        if carried is None and len(data) > SMALL and _bare(source):
            carried = ()
        faults: tuple[Fault, ...] = ()
        if carried is None:
            outcome = pipeline.examine(source, repository, plan)
            carried, faults = outcome.judged, outcome.faults
        before = Version(source, carried)
        yield Came(name, carried, faults, len(data))


def _carried(source: Source, before: Version, repository: "Repository", plan: pipeline.Plan) -> tuple[Judged, ...] | None:
    """What a version holds if it is what its neighbour holds; None where that cannot be said."""
    data, old = source.data, before.source.data
    if source.encoding != "utf-8" or before.source.encoding != "utf-8" or len(before.judged) >= FLOOD:
        return None
    known = _readers(source)
    if _secret(source, known):
        return None
    same = _same_start(data, old)
    end = max(same, len(data) - _same_end(data, old, min(len(data), len(old)) - same))
    if not before.judged:
        return () if all(_silent(source, *change, bool(known), repository, plan) for change in changes(data, old, same, end)) else None
    if not _silent(source, same, end, bool(known), repository, plan):
        return None
    start, stop = _lines(data, same - CONTEXT, end + CONTEXT)
    first = data.count(b"\n", 0, start) + 1
    old_last = old.count(b"\n", 0, stop + len(old) - len(data)) + 1
    if any(one.finding.end.line >= first and one.finding.start.line <= old_last for one in before.judged):
        return None
    by = data.count(b"\n") - old.count(b"\n")
    return tuple(_moved(one, old_last, by) for one in before.judged)


def _bare(source: Source) -> bool:
    """Whether a version has no word and no anchor, and no field that is secret whatever it is called: nothing can be found in it."""
    return not any(scan(source.data)) and not _secret(source, _readers(source))


def _readers(source: Source) -> list[Reader]:
    """Who reads a version."""
    return readers.find(source.path, source.data) if readers.known(source.path) else []


def _secret(source: Source, known: list[Reader]) -> bool:
    """Whether a version is a manifest, or has a reader that is known to keep secrets in certain fields."""
    return source.path.rsplit("/", 1)[-1] in documents.MANIFESTS or any(not reader.generic or reader.secrets for reader in known)


def _silent(source: Source, at: int, end: int, read: bool, repository: "Repository", plan: pipeline.Plan) -> bool:
    """Whether nothing secret is, or depends on, what stands between two offsets.

    read: something reads it. What a reader makes of its file cannot be told from a part of it that has any word near.
    """
    data = source.data
    start = max(at - CONTEXT, 0)
    hits = scan(data[start : end + CONTEXT])
    if not any(hits):
        return True
    keys = hits.candidates or hits.encoded or hits.broken
    near = [start + word for word in hits.words if at - BESIDE < start + word <= end + BEFORE]
    if not keys and not near:
        return True
    if read:
        return False
    first, last = _lines(data, at - CONTEXT, end + CONTEXT) if keys else _lines(data, min(at, near[0] - BEFORE), max(end, near[-1] + BESIDE))
    return last - first <= len(data) * MOST_SHARE and not pipeline.examine(Source(source.path, data[first:last]), repository, plan).judged


def _lines(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the lines begin and end that two offsets lie in."""
    return data.rfind(b"\n", 0, max(start, 0)) + 1, data.find(b"\n", end) + 1 or len(data)


def _moved(judged: Judged, after: int, by: int) -> Judged:
    """A finding that stands below a line, so many lines further down."""

    def place(position: Position) -> Position:
        return position._replace(line=position.line + by) if position.line > after else position

    finding = judged.finding
    related = tuple(
        one._replace(start=place(one.start), end=place(one.end)) if one.path == finding.path else one for one in finding.related
    )  # fmt: skip
    return judged._replace(finding=finding._replace(start=place(finding.start), end=place(finding.end), related=related))


def changes(data: bytes, old: bytes, start: int, end: int) -> list[tuple[int, int]]:
    """Where in `data`, between the first and the last difference, it is not what `old` is: what lies between two changes stands in `old` just so.

    After a change the two are brought together again at the beginning of one of the next lines. Where that takes too long, all of the rest is one change.
    """
    last = len(old) - (len(data) - end)
    if end - start <= FAR:
        return [(start, end)]
    found: list[tuple[int, int]] = []
    at, behind, budget = start, start, 4 * len(data)
    while at < end or behind < last:
        line = at
        for _ in range(TRIES):
            line = data.find(b"\n", line, end) + 1
            if not line or end - line < PROBE:
                return [*found, (at, end)]
            there = old.find(data[line : line + PROBE], behind, behind + REACH)
            budget -= REACH
            if there >= 0 or budget < 0:
                break
        else:
            there = -1
        if there < 0:
            return [*found, (at, end)]
        if found and line - found[-1][0] < FAR:
            found[-1] = found[-1][0], line
        else:
            found.append((at, line))
        at, behind = _both(data, line, end, old, there, last)
    return found


def _both(data: bytes, at: int, end: int, old: bytes, behind: int, last: int) -> tuple[int, int]:
    """The offsets up to which two texts run on alike from two others."""
    step = STEP
    while at < end and behind < last:
        one, other = data[at : min(at + step, end)], old[behind : min(behind + step, last)]
        same = len(one) if one == other else _same_start(one, other)
        at, behind = at + same, behind + same
        if one != other:
            break
        step *= 2
    return at, behind


def _same_start(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their start: by halves, for comparing slices is what Python does fastest."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _same_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes two texts have in common at their end, `most` at the most."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
