"""git's log in columns: which commit changed which path from which blob to which."""

from array import array

from agentkey_lint.discover.decode import path_text
from agentkey_lint.discover.git import Answer, Git, Process, complaint
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# No setting of the repository may start a program, or order, restrict or widen the log.
_LOG = (
    "log", "--raw", "-z", "-c", "--root", "--no-abbrev", "--no-renames", "--no-ext-diff", "--no-textconv", "--no-show-signature", "--no-mailmap",
    "--no-notes", "--ignore-missing", "--no-decorate", "--no-color", "--no-follow", "--ignore-submodules=none", "-O/dev/null", "--format=%H %at",
)  # fmt: skip
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
    process = Process(git, (*_LOG, *arguments, "--"))
    history = empty()
    try:
        _fill(history, process.chunks())
    except ValueError:
        faults.append(Fault("", "git's log could not be understood: not all of the history was seen"))
    if process.status:
        said = complaint_of(process)
        faults.append(Fault("", f"not all of the history could be listed: {said}"))
    return history._replace(known=len(history.commits))


def complaint_of(process: Process) -> str:
    return complaint(Answer(process.status, b"", process.errors))


def _fill(history: History, chunks: "Iterator[bytes]") -> None:
    blobs: dict[bytes, int] = {}
    paths: dict[bytes, int] = {}

    def blob(name: bytes, mode: bytes) -> int:
        """Links and submodules are no versions of a file."""
        if not mode.startswith(b"100"):
            return 0
        if name not in blobs:
            blobs[name] = len(history.blobs)
            history.blobs.append(name.decode())
        return blobs[name]

    tokens = _tokens(chunks)
    for token in tokens:
        token = token.lstrip(b"\n")
        if not token:  # stands before the changes of a merge
            continue
        if not token.startswith(b":"):
            name, _, date = token.partition(b" ")
            history.commits.append(name.decode())
            history.dates.append(min(max(int(date or 0), -(1 << 62)), 1 << 62))
            continue
        parents = len(token) - len(token.lstrip(b":"))
        words = token[parents:].split(b" ")
        path = next(tokens)
        new = blob(words[2 * parents + 1], words[parents])
        olds = {blob(words[parents + 1 + one], words[one]) for one in range(parents)}
        if path not in paths:
            paths[path] = len(history.paths)
            history.paths.append(path_text(path))
        for old in olds - {new}:
            history.at.append(len(history.commits) - 1)
            history.path.append(paths[path])
            history.old.append(old)
            history.new.append(new)


def _tokens(chunks: "Iterator[bytes]") -> "Iterator[bytes]":
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


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
