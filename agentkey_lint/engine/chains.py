"""What there is to judge in a history, put in an order in which neighbours resemble each other and every core has work."""

from agentkey_lint.catalog import paths as places
from agentkey_lint.catalog.claimed import READER, by_path
from agentkey_lint.discover.history import Ref, Tree
from agentkey_lint.discover.log import History
from agentkey_lint.engine import cache, documents, pool
from agentkey_lint.model.finding import Judged
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

BATCH, LEAST, LARGEST = 300, 24, 2_000
"""For each batch a process of git starts, which begins to unpack anew; so there are few, but enough that every core has work to the end."""
NAMES = {"commit-message": "COMMIT_EDITMSG", "tag-message": "TAG_EDITMSG", "note": "NOTES_EDITMSG", "object": "object"}
"""What is no file is judged as a file that git itself would keep it in."""


class Survey(Record):
    """What there is to be judged. tree: of the default branch's tip. loose: blobs that no commit was seen to hold.

    others: path and blob of what refs name without a commit.
    """

    refs: tuple[Ref, ...]
    tip: str
    tree: Tree
    history: History
    notes: History
    loose: tuple[str, ...]
    others: tuple[tuple[str, str], ...]


class Chain(Record):
    """Objects to be judged one after the other, as one path. known: what the first came to already, which is then only compared with."""

    kind: str
    path: str
    ids: "Sequence[str]"
    known: tuple[Judged, ...] | None = None


_readings: dict[str, tuple[object, ...]] = {}


def reading(path: str) -> tuple[object, ...]:
    """All that a path says of how its file is judged: the same bytes under two paths of one reading come to the same."""
    if path not in _readings:
        name = path.rsplit("/", 1)[-1]
        manifest = name if name in documents.MANIFESTS else ""
        about = places.style(path), places.is_test(path), places.is_documentation(path), places.is_translation(path)
        _readings[path] = (by_path(path)[READER], manifest, *about)
    return _readings[path]


class Readings:
    """By which paths each object is judged. Most stand at one path only, of which nothing needs to be known then."""

    def __init__(self) -> None:
        self._first: dict[str, str] = {}
        self._more: dict[str, set[tuple[object, ...]]] = {}

    def new(self, blob: str, path: str) -> bool:
        """Whether an object has not been judged yet as a path of this reading; it is from now on."""
        if blob not in self._first:
            self._first[blob] = path
            return True
        first = self._first[blob]
        if first == path:
            return False
        known = self._more.setdefault(blob, {reading(first)})
        if reading(path) in known:
            return False
        known.add(reading(path))
        return True


def files(survey: Survey, known: dict[str, tuple[Judged, ...]], read: frozenset[bytes]) -> "Iterator[Chain]":
    """Every version but the tip's, judged once for each reading of its paths; those of one path behind each other, the newest first.

    known: what is secret at each path of the tip. read: the marks of what was found to hold nothing before.
    """
    history = survey.history
    tip = survey.tree.at()
    judged = Readings()
    for path, blob in tip.items():
        judged.new(blob, path)
    for kind, log in (("file", history), ("note", survey.notes)):
        by_path: dict[int, list[int]] = {}
        for at, new in zip(log.path, log.new, strict=True):
            if new:
                by_path.setdefault(at, []).append(new)
        for number in sorted(by_path, key=log.paths.__getitem__):
            path = log.paths[number]
            name = NAMES.get(kind, path)
            ids = _unread([log.blobs[blob] for blob in by_path[number] if judged.new(log.blobs[blob], name)], name, read)
            if ids and kind == "file" and path in tip:
                yield Chain(kind, path, [tip[path], *ids], known.get(path, ()))
            elif ids:
                yield Chain(kind, path, ids)
    yield from (Chain("ref", path, [blob]) for path, blob in survey.others)
    for start in range(0, len(survey.loose), BATCH):
        yield Chain("object", NAMES["object"], survey.loose[start : start + BATCH])


def messages(survey: Survey, read: frozenset[bytes]) -> "Iterator[Chain]":
    """What every commit says."""
    name = NAMES["commit-message"]
    ids = _unread(survey.history.commits, name, read)
    for start in range(0, len(ids), BATCH):
        yield Chain("commit-message", name, ids[start : start + BATCH])


def _unread(ids: list[str], name: str, read: frozenset[bytes]) -> list[str]:
    """Those of some objects, judged under a name, that no audit before has found to hold nothing."""
    return [one for one in ids if cache.mark(one, reading(name)) not in read] if read else ids


def without(chain: Chain, skipped: set[str]) -> Chain:
    """A chain without some of its objects."""
    if skipped.isdisjoint(chain.ids):
        return chain
    return chain._replace(ids=[one for one in chain.ids if one not in skipped], known=None if chain.ids[0] in skipped else chain.known)


def batches(chains: "Sequence[Chain]") -> list[list[Chain]]:
    """The chains, long ones cut, in batches of about as many objects; messages stand in batches of their own."""
    total = sum(len(chain.ids) for chain in chains)
    size = max(LEAST, min(total // 40, LARGEST), -(-total // (pool.MOST_TICKETS // 2)))
    found: list[list[Chain]] = []
    room = 0
    for chain in chains:
        for start in range(0, len(chain.ids), size):
            part = chain._replace(ids=chain.ids[start : start + size], known=chain.known if not start else None)
            if room < len(part.ids) or (found[-1][0].kind == "commit-message") != (part.kind == "commit-message"):
                found.append([])
                room = size
            found[-1].append(part)
            room -= len(part.ids)
    return found
