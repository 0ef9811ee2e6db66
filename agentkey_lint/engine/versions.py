"""The versions of a file, newest first → what each holds that is secret.

Most versions differ from the one before in a few lines. If what surrounds these lines holds nothing secret, neither here nor there, the version holds
what its neighbour holds, some lines further up or down; only where it might not is it examined from end to end.
"""

from agentkey_lint.catalog import names, readers
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, pipeline
from agentkey_lint.engine.changes import FAR, Change, changes
from agentkey_lint.engine.judging import FLOOD, PRECEDENCE
from agentkey_lint.match.scan import WINDOW, literals, scan
from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Reader
from agentkey_lint.model.finding import Judged, Position
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentkey_lint.model.repository import Repository

SECRETS = PRECEDENCE
"""The rules that judge a history: those about secrets. What a configuration file refers to or grants matters where it is still in force."""

CONTEXT = FAR // 2
"""A rule about a secret in plain text looks no further than this around it: parts of a credential, the longest of contexts, lie within 2,000 bytes."""

BESIDE, BEFORE = 1_024, 400
"""A value stands so close behind the word in its name, and what stands before a name tells so little further on."""

AROUND = BESIDE + 256
"""So much is looked through on either side of a change: what a name tells of lies within, and what keys have around them. No key but a private one
that has more bytes holds white space, and of a private key the first bytes tell.
"""

SMALL = 2 * CONTEXT
"""To look through so many bytes costs less than to compare them."""

_NAMED = regex(rb"([A-Za-z0-9_.$ -]{2,64}+)[\"']?[ \t]{0,4}+[=:]")
"""A field's name, in the formats of configuration that generic readers have. Such names are more than the words that the scan looks for: `creds`, `jwt`."""

TOGETHER = 1 << 16
"""Bytes of short texts that are looked through in one pass."""


class Version(Record):
    """A version that was judged, to be compared with the next. readers: who reads it."""

    source: Source
    readers: list[Reader]
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
    readable = readers.known(path)
    before: Version | None = None
    for name, data in versions:
        if isinstance(data, Fault):
            known = None
            yield Came(name, (), (data._replace(path=path),), 0)
            continue
        source = decode(path, data)
        if known is not None:
            before, known = Version(source, readers.find(path, source.data) if readable else [], known), None
            continue
        where = changes(source.data, before.source.data) if before is not None and len(source.data) > SMALL else None
        read = _readers(source, before, where) if readable else []
        carried = _carried(source, read, before, where, repository, plan)
        faults: tuple[Fault, ...] = ()
        if carried is None:
            outcome = pipeline.examine(source, repository, plan)
            carried, faults = outcome.judged, outcome.faults
        before = Version(source, read, carried)
        yield Came(name, carried, faults, len(data))


def unrelated(path: str, texts: "Iterable[tuple[str, bytes | Fault]]", repository: "Repository", plan: pipeline.Plan) -> "Iterator[Came]":
    """As judged(), of texts that have little to do with each other and that no reader of configuration reads: most are short and hold nothing."""
    group: list[tuple[str, bytes | Fault]] = []
    size = 0
    for name, data in texts:
        more = 0 if isinstance(data, Fault) else len(data)
        if size + more > TOGETHER:
            yield from _together(path, group, repository, plan)
            group, size = [], 0
        group.append((name, data))
        size += more
    yield from _together(path, group, repository, plan)


def _together(path: str, texts: "Sequence[tuple[str, bytes | Fault]]", repository: "Repository", plan: pipeline.Plan) -> "Iterator[Came]":
    """One pass over all of them tells in which there is anything to be judged; only these are."""
    from bisect import bisect_left
    from itertools import accumulate

    sources = [b"" if isinstance(data, Fault) else decode(path, data).data for _, data in texts]
    ends = [*accumulate(len(data) + 1 for data in sources)]
    telling = {bisect_left(ends, end) for end in literals(b"\n".join(sources))}
    rest = []
    for number, (name, data) in enumerate(texts):
        if number in telling or isinstance(data, Fault):
            rest.append((name, data))
        else:
            yield Came(name, (), (), len(data))
    yield from judged(path, rest, repository, plan)


def _readers(source: Source, before: Version | None, where: "Sequence[Change] | None") -> list[Reader]:
    """Who reads a version. If nobody reads its neighbour, what tells of a reader can only stand near a change: to search a long text costs more."""
    if before is not None and where is not None and not before.readers:
        parts = (source.data[max(one.start - CONTEXT, 0) : one.end + CONTEXT] for one in where)
        if not any(readers.find(source.path, part) for part in parts):
            return []
    return readers.find(source.path, source.data)


def _carried(
    source: Source, read: "Sequence[Reader]", before: Version | None, where: "Sequence[Change] | None", repository: "Repository", plan: pipeline.Plan
) -> tuple[Judged, ...] | None:
    """What a version holds, if that can be told by its changes, or if it holds nothing; None where it must be examined. read: by whom it is read."""
    if source.path.rsplit("/", 1)[-1] in documents.MANIFESTS or any(not reader.generic or reader.secrets for reader in read):
        return None  # what is secret there is not told by words
    if before is None or where is None:
        return () if _silent(source, 0, len(source.data), bool(read), repository, plan) else None
    if source.encoding != "utf-8" or before.source.encoding != "utf-8" or len(before.judged) >= FLOOD:
        return None
    moved = _moved(before, where, source.data) if before.judged else ()
    if moved is None or not all(_silent(source, one.start, one.end, bool(read), repository, plan) for one in where):
        return None
    return moved


def _silent(source: Source, at: int, end: int, read: bool, repository: "Repository", plan: pipeline.Plan) -> bool:
    """Whether nothing secret is, or depends on, what stands between two offsets.

    read: something reads it. What a reader makes of its file cannot be told from a part of it that has any word or a secret's name near.
    """
    far = WINDOW if _runs_on(source.data, at, end) else AROUND
    start = max(at - far, 0)
    data = source.data[start : end + far]
    hits = scan(data)
    if read and any(names.holds_secret(name.decode()) for name in _NAMED.findall(data)):
        return False
    if not any(hits):
        return True
    near = [word for word in hits.words if at - BESIDE < start + word <= end + BEFORE]
    if not (near or hits.candidates or hits.encoded or hits.broken):
        return True
    if read or source.encoding == "binary":
        return False
    document = documents.unread(Source(source.path, data), hits._replace(words=near))
    if not (document.keys or document.assignments):
        return True
    claims, faults = pipeline.claims(document, repository, only=plan.only)
    first, last = at - start - CONTEXT, end - start + CONTEXT
    return not faults and all(max(claim.span.end, claim.secret.end if claim.secret else 0) <= first or claim.span.start >= last for claim in claims)


def _runs_on(data: bytes, at: int, end: int) -> bool:
    """Whether all that would be looked through on one side of a change may be one word, as the longest of keys are."""
    return _one_word(data, at - AROUND, at) or _one_word(data, end, end + AROUND)


def _one_word(data: bytes, start: int, end: int) -> bool:
    """Whether a text goes on from one offset to another without a line's end or a space."""
    return start >= 0 and end <= len(data) and data.find(b"\n", start, end) < 0 and data.find(b" ", start, end) < 0


def _lines(data: bytes, start: int, end: int) -> tuple[int, int]:
    """Where the lines begin and end that two offsets lie in."""
    return data.rfind(b"\n", 0, max(start, 0)) + 1, data.find(b"\n", end) + 1 or len(data)


def _moved(before: Version, where: "Sequence[Change]", data: bytes) -> tuple[Judged, ...] | None:
    """The findings of a version's neighbour, each as many lines further down as it stands now; None if one stands near a change."""
    old = before.source.data
    near: list[tuple[int, int, int]] = []  # around each change the first and the last line of the neighbour, and how far down has moved what follows
    line, counted, by = 1, 0, 0
    for one in where:
        start, stop = _lines(old, one.was - CONTEXT, one.until + CONTEXT)
        first = line + old.count(b"\n", counted, start)  # which may lie within what surrounds the change before
        line, counted = first + old.count(b"\n", max(start, counted), stop), stop
        by += data.count(b"\n", one.start, one.end) - old.count(b"\n", one.was, one.until)
        near.append((first, line, by))

    def place(position: Position) -> Position:
        return position._replace(line=position.line + next((by for _, last, by in reversed(near) if position.line > last), 0))

    found = []
    for result in before.judged:
        finding = result.finding
        spans = [(finding.start, finding.end), *((one.start, one.end) for one in finding.related if one.path == finding.path)]
        if any(end.line >= first and start.line <= last for start, end in spans for first, last, _ in near):
            return None
        if finding.rule == "private-key" and finding.start.line <= near[-1][1]:
            return None  # its place is where it begins, and it goes on for thousands of bytes
        related = tuple(
            one._replace(start=place(one.start), end=place(one.end)) if one.path == finding.path else one for one in finding.related
        )  # fmt: skip
        found.append(result._replace(finding=finding._replace(start=place(finding.start), end=place(finding.end), related=related)))
    return tuple(found)
