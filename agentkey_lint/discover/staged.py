"""The index: the bytes that a commit would take, whatever the work tree holds meanwhile."""

import errno
import os

from agentkey_lint.discover.decode import path_bytes, path_text, printable, sources
from agentkey_lint.discover.git import Git, Process, Talk, ahead, cat_file, find, run
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from agentkey_lint.discover.ignore import Ignores
    from agentkey_lint.model.repository import Ignore
    from agentkey_lint.model.source import Source

_FEW = 64
_QUESTIONS = 4
"""Once git was asked about some paths so often, it is asked about all."""
_SMALL = 1 << 17
"""Bytes of an index (about 1,300 files) that git lists as a whole as soon as a part of it."""


class Index:
    """A snapshot of the index of the repository that holds a folder.

    git: given by a caller who has looked it up before. Raises AgentkeyError where there is no work tree of git.
    """

    def __init__(self, root: str, git: Git | None = None) -> None:
        found = git or find(root)
        if found is None:
            raise AgentkeyError(f"{printable(path_bytes(root))} is in no work tree of git (or git is not installed): nothing is staged there")
        self.git = found
        self.root = found.root
        self._blobs: dict[str, tuple[str, ...]] = {}
        self._asked: set[str] = set()
        self._whole = False
        self._ignores: Ignores | None = None
        self._ruled: set[str] = set()
        self._questions = 0
        self._idle: list[Talk] = []

    def close(self) -> None:
        """End the processes of git that wait for another question; one more is started for what is read afterwards."""
        for talk in self._idle:
            talk.close()
        self._idle.clear()

    def paths(self) -> list[str]:
        """Every regular file of the index, sorted: no links, no submodules."""
        return sorted(path for path, names in self.blobs().items() if names)

    def changed(self) -> list[str]:
        """The files that differ between the last commit (if there is one) and the index, deleted ones left out."""
        # No settings of the repository may order, restrict or widen this list.
        options = ("--name-only", "-z", "--no-renames", "--diff-filter=ACMT", "--ignore-submodules=all", "-O/dev/null")
        output = run(self.git, "diff", "--cached", "--no-ext-diff", *options)
        files = [path for path in path_text(output).split("\0") if path]
        blobs = self._some(files)
        return sorted({path for path in files if blobs.get(path)})

    def read(self, path: str) -> bytes:
        """The bytes of a file; of an unmerged one our side's. Raises OSError."""
        names = self._some([path]).get(path)
        if not names:
            raise FileNotFoundError(errno.ENOENT, "no file of the index")
        found = next(cat_file(self.git, names[:1], idle=self._idle))
        if isinstance(found, Fault):
            raise OSError(errno.EIO, found.message)
        return found

    def some(self, paths: "Sequence[str]") -> dict[str, bytes]:
        """Those of the paths that are files of the index, with their bytes. Raises AgentkeyError for one that cannot be read."""
        blobs = self._some(paths)
        there = [path for path in paths if blobs.get(path)]
        found = {}
        for path, content in zip(there, cat_file(self.git, [blobs[path][0] for path in there], idle=self._idle), strict=True):
            if isinstance(content, Fault):
                raise AgentkeyError(f"{printable(path_bytes(path))} cannot be read: {content.message}")
            found[path] = content
        return found

    def look_up(self, paths: "Sequence[str]") -> None:
        """Ask git about these paths at once; questions about some of them are then answered from that."""
        self._some(paths)

    def contents(self, paths: "Iterable[str]", named: "Collection[str]" = ()) -> "Iterator[tuple[str, bytes | Fault]]":
        """Read these paths one after the other; of an unmerged one both sides. One that is not in the index is a Fault; a link or submodule is passed over."""
        wanted = list(paths)
        return self._read(wanted, self._some(wanted))

    def ignore(self, path: str) -> "Ignore | None":
        """What git says of a path, by the ignore files of the index."""
        if self._ignores is None:
            from agentkey_lint.discover.ignore import Ignores

            self._ignores = Ignores(self.git, lambda path: path in self._some([path]), self._ignore_files)
        return self._ignores(path)

    def _read(self, paths: "Sequence[str]", blobs: "dict[str, tuple[str, ...]]") -> "Iterator[tuple[str, bytes | Fault]]":
        contents = cat_file(self.git, [name for path in paths for name in blobs.get(path, ())], idle=self._idle)
        for path in paths:
            if path not in blobs:
                yield path, Fault(path, "cannot be read: it is not in the index")
            for _ in blobs.get(path, ()):
                found = next(contents)
                yield path, Fault(path, f"cannot be read: {found.message}") if isinstance(found, Fault) else found

    def _ignore_files(self, path: str) -> "Iterator[tuple[str, bytes]]":
        """The ignore files that a path may fall under and that were not given before."""
        steps = path.split("/")[:-1]
        files = [file for depth in range(len(steps) + 1) if (file := "/".join([*steps[:depth], ".gitignore"])) not in self._ruled]
        self._ruled.update(files)
        there = self._some([path, *files]) if files else {}
        for file, found in self.contents(file for file in files if there.get(file)):
            if isinstance(found, Fault):
                raise AgentkeyError(f"{printable(path_bytes(file))} {found.message}")
            yield file, found

    def blobs(self) -> "dict[str, tuple[str, ...]]":
        """Object names by path, as `_parse` gives them."""
        if not self._whole:
            self._blobs = self._parse(run(self.git, *_LISTED))
            self._whole = True
        return self._blobs

    def _some(self, paths: "Sequence[str]") -> "dict[str, tuple[str, ...]]":
        """What the index holds at these paths (at least): a hook with a few files need not list a large index."""
        if self._asked.issuperset(paths) and not self._whole:
            return self._blobs
        self._questions += 1
        if self._whole or self._questions > _QUESTIONS or _better_whole(self.git, paths):
            return self.blobs()
        self._take(Process(self.git, _question(paths)), paths)
        return self._blobs

    def _take(self, listing: Process, paths: "Sequence[str] | None") -> None:
        """What git says of some paths (None: of all); if that is nothing, it is asked about all."""
        answer = listing.finish()
        if answer.status:
            self.blobs()
            return
        self._blobs |= self._parse(answer.output)
        self._whole = paths is None
        self._asked.update(paths or ())

    @staticmethod
    def _parse(listing: bytes) -> "dict[str, tuple[str, ...]]":
        """Object names by path: one, or of an unmerged path those of both sides; none for what is no regular file."""
        blobs: dict[str, tuple[str, ...]] = {}
        unmerged: dict[str, dict[str, str]] = {}
        for record in path_text(listing).split("\0"):
            facts, _, path = record.partition("\t")
            if not facts.startswith("100"):
                if path:
                    blobs[path] = ()
            elif facts.endswith("0"):
                blobs[path] = (facts[7:-2],)
            else:
                unmerged.setdefault(path, {})[facts[-1]] = facts[7:-2]
        for path, stages in unmerged.items():
            sides = [stages[stage] for stage in "23" if stage in stages] or list(stages.values())
            blobs[path] = tuple(dict.fromkeys(sides))
        return blobs


_LISTED = ("ls-files", "-s", "-z")


def _question(paths: "Sequence[str]") -> "list[str | bytes]":
    return ["--literal-pathspecs", *_LISTED, "--", *map(path_bytes, paths)]


def _better_whole(git: Git, paths: "Sequence[str]") -> bool:
    """Whether git had better list the whole index than these paths."""
    if len(paths) > _FEW or any(not path or "\0" in path for path in paths):
        return True
    name = dict(git.variables).get(b"GIT_INDEX_FILE", b"")
    try:
        return os.stat(os.path.join(path_bytes(git.root), name or path_bytes(git.directory) + b"/index")).st_size <= _SMALL
    except OSError:
        return False


def begin(paths: "Sequence[str]") -> "Callable[[], Index]":
    """The index of the repository of the current folder, with these paths looked up. git is at that while the caller goes on, until he asks for it."""
    working = ahead()
    if working is None:
        return lambda: Index(os.getcwd())
    place = working.place
    asked = None if _better_whole(place, paths) else paths
    listing = Process(place, _LISTED if asked is None else _question(asked))

    def index() -> Index:
        found = Index(place.root, working.find())
        if found.root == place.root:
            found._idle.append(working.talk)
            found._take(listing, asked)
        else:
            found.look_up(paths)
        return found

    return index


def for_paths(index: Index, paths: "Iterable[str]") -> "Iterator[Source | Fault]":
    """The hook's way: each path's blob in the index, and the work tree's bytes only where the path is not in the index."""
    wanted = list(dict.fromkeys(paths))
    blobs = index._some(wanted)
    yield from sources(index, [path for path in wanted if path in blobs])
    others = [path for path in wanted if path not in blobs]
    if others:
        from agentkey_lint.discover.worktree import Worktree

        yield from sources(Worktree(index.root, index.git), others, named=others)
