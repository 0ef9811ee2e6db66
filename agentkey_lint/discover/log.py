"""git's log in columns: which commit changed which path from which blob to which."""

import os
from array import array

from agentkey_lint.discover.decode import path_bytes, path_text
from agentkey_lint.discover.git import Answer, Git, Process, complaint
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    Spread = Callable[[int, Callable[[int], "History | None"]], Iterator[tuple[int, "History | None"]]]

# No setting of the repository may start a program, or order, restrict or widen the log.
_LOG = (
    "-c", "core.deltaBaseCacheLimit=8m",  # of the 96 MiB of old trees that git would hold it needs the youngest: as fast in half the memory
    "log", "--raw", "-z", "-c", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap",
    "--no-notes", "--ignore-missing", "--no-decorate", "--no-color", "--no-follow", "--ignore-submodules=none", "-O/dev/null", "--format=%H %at",
)  # fmt: skip
_AT_ONCE = (b"GIT_FLUSH", b"0")
"""git writes when a buffer is full, and not after each commit: so many small pieces would cost both sides a tenth of their time."""

INDEXED = 20_000
"""Where packs hold fewer objects, to list the commits beforehand takes as long as it saves."""
PART = 2_500
"""Commits of one part: each starts with no old trees at hand."""


class History(Record):
    """A log, newest commit first, in columns: a value a row would take ten times the memory.

    commits: ids. dates: of their authors, in seconds since 1970. blobs, paths: of the versions of files; blob 0 is none.
    at, path, old, new: of each change, the numbers of its commit, path, the blob that was there before and the one that is there now.
    of a merge only what differs from all its parents is a change. known: how many commits at the start are reachable from a ref.
    """

    commits: list[str]
    dates: "array[int]"
    blobs: list[str]
    paths: list[str]
    at: "array[int]"
    path: "array[int]"
    old: "array[int]"
    new: "array[int]"
    known: int = 0


def empty() -> History:
    """A history of nothing."""
    return History([], array("q"), [""], [], array("I"), array("I"), array("I"), array("I"))


def log(git: Git, arguments: "Sequence[str]", faults: list[Fault], given: bytes = b"") -> History:
    """The log of some revisions; given: more of them, line by line, for `--stdin`. What git could not read is a fault, and the log ends there."""
    process = Process(git._replace(variables=(*git.variables, _AT_ONCE)), (*_LOG, *arguments, "--"), given=given)
    history, understood = _read(process.chunks())
    if process.status:
        said = complaint_of(process)
        faults.append(Fault("", f"not all of the history could be listed: {said}"))
    elif not understood:
        faults.append(Fault("", "git's log could not be understood: not all of the history was seen"))
    return history._replace(known=len(history.commits))


def in_parts(git: Git, arguments: "Sequence[str]", spread: "Spread") -> History | None:
    """What log() gives of a long history, read in parts by whoever spread() lets work; None for a short one and where anything is amiss, which log() tells."""
    if not _long(git):
        return None
    answer = Process(git, ("rev-list", "--ignore-missing", *arguments, "--")).finish()
    names = answer.output.decode("ascii", "replace").split()
    if answer.status or len(names) < 2 * PART:
        return None
    slices = [names[start : start + PART] for start in range(0, len(names), PART)]

    def work(number: int) -> History | None:
        faults: list[Fault] = []
        history = _of(git, slices[number], faults)
        return None if faults else history

    parts = dict(spread(len(slices), work))
    ordered = [part for number in range(len(slices)) if (part := parts.get(number)) is not None]
    history = joined(ordered)
    return history._replace(known=len(names)) if history.commits == names else None


def _long(git: Git) -> bool:
    """Whether a repository's packs hold many objects, as the size of their indexes tells (32 bytes an object, about)."""
    try:
        with os.scandir(path_bytes(git.common) + b"/objects/pack") as entries:
            return sum(entry.stat().st_size for entry in entries if entry.name.endswith(b".idx")) > INDEXED * 32
    except OSError:
        return False


def complaint_of(process: Process) -> str:
    return complaint(Answer(process.status, b"", process.errors))


def _read(chunks: "Iterator[bytes]") -> tuple[History, bool]:
    """The history that git writes, and whether all of it was understood; it ends where it was not."""
    commits: list[str] = []
    dates, at, place, before, after = array("q"), array("I"), array("I"), array("I"), array("I")
    blobs: dict[bytes, int] = {b"": 0}
    paths: dict[bytes, int] = {}
    rest = change = b""  # what the next token goes on with; the change whose path it is
    understood = True
    try:
        for chunk in chunks:
            *tokens, rest = (rest + chunk).split(b"\0")
            for token in tokens:
                if change:
                    olds, new_name = _blobs(change)
                    new = blobs.setdefault(new_name, len(blobs))
                    number = paths.setdefault(token, len(paths))
                    for old_name in olds:
                        if old_name != new_name:
                            at.append(len(commits) - 1)
                            place.append(number)
                            before.append(blobs.setdefault(old_name, len(blobs)))
                            after.append(new)
                    change = b""
                    continue
                token = token.lstrip(b"\n")  # and an empty one stands before the changes of a merge
                if token[:1] == b":":
                    change = token
                elif token:
                    name, _, date = token.partition(b" ")
                    dates.append(min(max(int(date or 0), -(1 << 62)), 1 << 62))
                    commits.append(name.decode())
    except ValueError:
        understood = False
    history = History(commits, dates, [name.decode() for name in blobs], [path_text(path) for path in paths], at, place, before, after)
    return history, understood and not rest and not change


def _blobs(change: bytes) -> "tuple[Collection[bytes], bytes]":
    """The blobs before a change, of each parent of its commit, and the one after it. Links and submodules are no versions of a file: empty."""
    if change[1:2] != b":":
        before, after, old, new, _ = change.split(b" ")
        return (old if before[:4] == b":100" else b"",), new if after[:3] == b"100" else b""
    parents = change.count(b":")
    words = change[parents:].split(b" ")
    *olds, new = (name if mode[:3] == b"100" else b"" for mode, name in zip(words[: parents + 1], words[parents + 1 : -1], strict=True))
    return {*olds}, new


def log_of(git: Git, commits: "Sequence[str]", faults: list[Fault]) -> History:
    """The changes of exactly these commits."""
    return joined(_of(git, commits[start : start + PART], faults) for start in range(0, len(commits), PART))


def _of(git: Git, commits: "Sequence[str]", faults: list[Fault]) -> History:
    """The changes of these commits. As words of a command line, which no more than some thousands of them fit on, they take an eighth longer."""
    return log(git, ["--no-walk=unsorted", "--stdin"], faults, "".join(f"{name}\n" for name in commits).encode())


def joined(parts: "Iterable[History]") -> History:
    """Logs that follow on each other as one; which of its commits are known to be reachable is the caller's to say."""
    whole = empty()
    blobs: dict[str, int] = {"": 0}
    paths: dict[str, int] = {}
    for part in parts:
        blob_of = [blobs.setdefault(name, len(blobs)) for name in part.blobs]
        path_of = [paths.setdefault(name, len(paths)) for name in part.paths]
        whole.at.extend(map(len(whole.commits).__add__, part.at))
        whole.path.extend(map(path_of.__getitem__, part.path))
        whole.old.extend(map(blob_of.__getitem__, part.old))
        whole.new.extend(map(blob_of.__getitem__, part.new))
        whole.commits.extend(part.commits)
        whole.dates.extend(part.dates)
    return whole._replace(blobs=[*blobs], paths=[*paths])
