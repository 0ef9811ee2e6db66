"""git's log in columns: which commit changed which path from which blob to which."""

from array import array

from agentkey_lint.discover.decode import path_text
from agentkey_lint.discover.git import Answer, Git, Process, complaint
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

# No setting of the repository may start a program, or order, restrict or widen the log.
_LOG = (
    "-c", "core.deltaBaseCacheLimit=8m",  # of the 96 MiB of old trees that git would hold it needs the youngest: as fast in half the memory
    "log", "--raw", "-z", "-c", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap",
    "--no-notes", "--ignore-missing", "--no-decorate", "--no-color", "--no-follow", "--ignore-submodules=none", "-O/dev/null", "--format=%H %at",
)  # fmt: skip
_AT_ONCE = (b"GIT_FLUSH", b"0")
"""git writes when a buffer is full, and not after each commit: so many small pieces would cost both sides a tenth of their time."""


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


def log(git: Git, arguments: "Sequence[str]", faults: list[Fault]) -> History:
    """The log of some revisions. What git could not read is a fault, and the log ends there."""
    process = Process(git._replace(variables=(*git.variables, _AT_ONCE)), (*_LOG, *arguments, "--"))
    history, understood = _read(process.chunks())
    if process.status:
        said = complaint_of(process)
        faults.append(Fault("", f"not all of the history could be listed: {said}"))
    elif not understood:
        faults.append(Fault("", "git's log could not be understood: not all of the history was seen"))
    return history._replace(known=len(history.commits))


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
    """The changes of exactly these commits. Many names do not fit on a command line, so they are asked for in pieces."""
    history = empty()
    for start in range(0, len(commits), 1000):
        history = together(history, log(git, ["--no-walk=unsorted", *commits[start : start + 1000]], faults))
    return history


def together(first: History, second: History) -> History:
    """Two logs as one."""
    blobs = {name: number for number, name in enumerate(first.blobs)}
    paths = {name: number for number, name in enumerate(first.paths)}
    of_blob = [blobs.setdefault(name, len(blobs)) for name in second.blobs]
    of_path = [paths.setdefault(name, len(paths)) for name in second.paths]
    offset = len(first.commits)
    at = first.at + array("I", [number + offset for number in second.at])
    path = first.path + array("I", [of_path[number] for number in second.path])
    old, new = (one + array("I", [of_blob[number] for number in two]) for one, two in ((first.old, second.old), (first.new, second.new)))
    return History([*first.commits, *second.commits], first.dates + second.dates, list(blobs), list(paths), at, path, old, new, first.known)
