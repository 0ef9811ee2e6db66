"""The work tree: the files as they lie on the disk, tracked ones and those that git does not ignore; or a plain folder."""

import errno
import os

from agentkey_lint.discover.beneath import Reader
from agentkey_lint.discover.decode import path_bytes, path_text, printable
from agentkey_lint.discover.git import Answer, Git, Process, cat_file, complaint, find
from agentkey_lint.discover.walk import reason, walk, walk_beside
from agentkey_lint.model.errors import AgentkeyError, UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from agentkey_lint.discover.ignore import Ignores
    from agentkey_lint.model.repository import Ignore

# What a listed path gives when it is no file of the work tree any more: gone, or a link or a folder in its place.
_NO_FILE = (errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EISDIR)


class Selection(Record):
    """What the arguments of a run come to. paths: sorted. named: those given by name. faults: folders that could not be listed."""

    paths: list[str]
    named: frozenset[str]
    faults: tuple[Fault, ...]


class Worktree:
    """A snapshot of a folder on the disk.

    root: the repository's work tree that holds the given folder, or the folder itself where there is no git.
    git: given by a caller who has looked it up before; plain: he has, and there is none. submodules, faults: what listing left out and why; filled by paths().
    """

    def __init__(self, root: str, git: Git | None = None, plain: bool = False) -> None:
        self.git = git or (None if plain else find(root))
        self.root = self.git.root if self.git else path_text(os.path.realpath(path_bytes(root)))
        self.submodules: list[str] = []
        self.faults: list[Fault] = []
        self._files: list[str] | None = None
        self._walked: frozenset[str] | None = None
        self._tracked: frozenset[str] = frozenset()
        self._ignores: Ignores | None = None
        self._left_out: dict[str, str] = {}
        self._ruled: set[str] = set()
        self._reader = Reader(path_bytes(self.root))

    def paths(self) -> list[str]:
        """Every file, sorted: tracked or not ignored; below a plain folder all but those in `.git`. No links, nothing of submodules."""
        if self._files is None:
            self._files = self._list(self.git) if self.git else self._walk()
        return self._files

    def list_beside(self, meanwhile: "Iterable[object]") -> None:
        """List the files, and take steps of the caller's own work while another process is at that: no more of them once it has something to say."""
        self._files = self._list(self.git, meanwhile) if self.git else self._walk(meanwhile)

    def read(self, path: str) -> bytes:
        """The bytes of a file; a link is followed inside the root. Raises OSError, its strerror a reason to show."""
        try:
            return self._reader.read(path_bytes(path))
        except OSError as error:
            if error.errno not in (errno.ELOOP, errno.ENOTDIR):
                raise
        root = path_bytes(self.root)
        target = os.path.realpath(os.path.join(root, path_bytes(path)))
        if not target.startswith(root.rstrip(b"/") + b"/"):
            raise OSError(errno.ELOOP, "a symbolic link that leads out of the tree is not followed")
        return self._reader.read(os.path.relpath(target, root))

    def size(self, paths: "Iterable[str]") -> int:
        """How many bytes these paths have in all, about: what is gone has none."""
        total = 0
        for path in paths:
            try:
                total += os.lstat(os.path.join(path_bytes(self.root), path_bytes(path))).st_size
            except (OSError, ValueError):
                continue
        return total

    def some(self, paths: "Iterable[str]") -> dict[str, bytes]:
        """Those of the paths that are files, with their bytes; links are none. Raises AgentkeyError for one that cannot be read."""
        found = {}
        for path in filter(self._may_be, paths):
            try:
                found[path] = self._reader.read(path_bytes(path))
            except OSError as error:
                if error.errno not in _NO_FILE and os.path.lexists(os.path.join(path_bytes(self.root), path_bytes(path))):
                    raise AgentkeyError(f"{printable(path_bytes(path))} cannot be read: {reason(error)}") from None
        return found

    def _may_be(self, path: str) -> bool:
        """Whether a file may be at a path, told more cheaply than by opening it: a walk has seen all that are there."""
        if self._walked is not None:
            return path in self._walked
        return os.access(b"%b/%b" % (path_bytes(self.root), path_bytes(path)), os.F_OK)

    def contents(self, paths: "Iterable[str]", named: "Collection[str]" = ()) -> "Iterator[tuple[str, bytes | Fault]]":
        """Read these paths one after the other; what cannot be read is a Fault. See `decode.sources`."""
        for path in paths:
            try:
                yield path, self.read(path) if path in named else self._reader.read(path_bytes(path))
            except OSError as error:
                if path in named or not (self.git and error.errno in _NO_FILE):
                    yield path, Fault(path, f"cannot be read: {reason(error)}")

    def ignore(self, path: str) -> "Ignore | None":
        """What git says of a path; None without git."""
        if self._ignores is None:
            if self.git is None:
                return None
            from agentkey_lint.discover.ignore import Ignores

            self.paths()
            self._ignores = Ignores(self.git, self.tracks, self._ignore_files if self._left_out else None)
        return self._ignores(path)

    def ignored(self) -> list[str]:
        """The files that git ignores, sorted; a folder that it ignores as a whole is not looked into."""
        if self.git is None:
            return []
        answer = Process(self.git, ("ls-files", "-z", "-o", "-i", "--exclude-standard", "--directory")).finish()
        listed = path_text(_whole(answer, self.git).output).split("\0")
        return sorted(path for path in listed if path and not path.endswith("/") and self._is_file(path))

    def _ignore_files(self, path: str) -> "Iterator[tuple[str, bytes]]":
        """In a sparse work tree: the ignore files that a path may fall under and that were not given before.

        git goes by those that it has left out of the work tree as well, but `check-ignore --no-index` does not.
        """
        assert self.git is not None
        steps = path.split("/")[:-1]
        files = [file for depth in range(len(steps) + 1) if (file := "/".join([*steps[:depth], ".gitignore"])) not in self._ruled]
        self._ruled.update(files)
        yield from self.some(files).items()
        absent = [file for file in files if file in self._left_out]
        for file, found in zip(absent, cat_file(self.git, [self._left_out[file] for file in absent]), strict=True):
            if isinstance(found, Fault):
                raise AgentkeyError(f"{printable(path_bytes(file))} {found.message}")
            yield file, found

    def tracks(self, path: str) -> bool:
        """Whether a path is in the index."""
        self.paths()
        return path in self._tracked

    def _list(self, git: Git, meanwhile: "Iterable[object]" = ()) -> list[str]:
        # Beside each other, because git looks at every tracked file for the deleted ones.
        listing = Process(git, ("ls-files", "-z", "-t", "-s", "-c", "-o", "--exclude-standard"))
        deletions = Process(git, ("ls-files", "-z", "-d"))
        for _ in meanwhile:
            if listing.speaks():
                break
        answer = _whole(listing.finish(), git)
        deleted = set(path_text(_whole(deletions.finish(), git).output).split("\0"))
        files, tracked = set(), set()
        for record in path_text(answer.output).split("\0"):
            if record.startswith("?"):
                path = record[2:]
                if path.endswith("/"):
                    self.submodules.append(path[:-1])
                elif self._is_file(path):
                    files.add(path)
            elif record:
                facts, _, path = record.partition("\t")
                tracked.add(path)
                if facts.startswith("S 100") and path.rsplit("/", 1)[-1] == ".gitignore" and not self._is_file(path):
                    self._left_out[path] = facts.split(" ")[2]
                if facts.startswith("160000", 2):
                    self.submodules.append(path)
                # A link may have become a file; a file that git leaves out of a sparse work tree may be there.
                elif (facts.startswith("H 100") or self._is_file(path)) and path not in deleted:
                    files.add(path)
        self._tracked = frozenset(tracked)
        self.faults = [Fault(path, "cannot be opened: permission denied") for path in _refused(answer.errors)]
        return sorted(files)

    def _is_file(self, path: str) -> bool:
        try:
            return os.lstat(os.path.join(path_bytes(self.root), path_bytes(path))).st_mode & 0o170000 == 0o100000
        except (OSError, ValueError):
            return False

    def _walk(self, meanwhile: "Iterable[object] | None" = None) -> list[str]:
        listed, self.faults = walk(self.root) if meanwhile is None or not hasattr(os, "fork") else walk_beside(self.root, meanwhile)
        self._walked = frozenset(listed)
        return listed


def select(arguments: "Sequence[str]", tree: Worktree) -> Selection:
    """What a person's arguments mean: a folder all files of the snapshot below it, a file itself, ignored or not; nothing: everything.

    Raises UsageError for a path outside the tree.
    """
    named, folders = set(), []
    for argument in arguments or (tree.root,):
        path = relative(argument, tree.root)
        folder = _real_folder(tree, path)
        if folder is None:
            named.add(path)
        else:
            folders.append(folder)
    below: list[list[str]] = []
    faults = []
    if folders:
        from bisect import bisect_left

        paths = tree.paths()
        # Sorted, all paths below a folder stand together: "0" is what follows "/".
        below = [paths[bisect_left(paths, folder + "/") : bisect_left(paths, folder + "0")] if folder else paths for folder in folders]
        faults = [fault for fault in tree.faults if any(not folder or (fault.path + "/").startswith(folder + "/") for folder in folders)]
    found = below[0] if len(below) == 1 and not named else sorted(named.union(*below))
    return Selection(found, frozenset(named), tuple(faults))


def relative(argument: str, root: str) -> str:
    """A path from the command line, relative to the current folder, as one relative to the root (which itself is empty).

    Raises UsageError for one that lies outside.
    """
    raw, top = os.fsencode(argument), path_bytes(root)
    full = os.path.normpath(os.path.join(os.getcwdb(), raw))
    # As it is written; else the way to it may lead through a link, or it may be one itself.
    for place in (full, os.path.join(os.path.realpath(os.path.dirname(full)), os.path.basename(full)), os.path.realpath(full)):
        if place == top:
            return ""
        if place.startswith(top.rstrip(b"/") + b"/"):
            return path_text(os.path.relpath(place, top))
    raise UsageError(f"{printable(raw)} lies outside {printable(top)}")


def _real_folder(tree: Worktree, path: str) -> str | None:
    """The folder of the tree that a path leads to, if need be through links; None for anything else."""
    root = path_bytes(tree.root)
    full = os.path.realpath(os.path.join(root, path_bytes(path)))
    if not os.path.isdir(full) or (full != root and not full.startswith(root.rstrip(b"/") + b"/")):
        return None
    return path_text(os.path.relpath(full, root)) if full != root else ""


def _whole(answer: Answer, git: Git) -> Answer:
    if answer.status:
        raise AgentkeyError(f"git cannot list the files of {printable(path_bytes(git.root))}: {complaint(answer)}")
    return answer


def _refused(errors: bytes) -> "Iterator[str]":
    """The folders and ignore files that git warns it could not open."""
    for line in errors.splitlines():
        if line.startswith((b"warning: could not open directory '", b"warning: unable to access '")):
            path = line.partition(b"'")[2].rpartition(b"'")[0].rstrip(b"/")
            if not path.startswith(b"/"):  # the user's own settings are no part of the snapshot
                yield path_text(path)
