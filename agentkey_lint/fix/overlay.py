"""The work tree as it would be: files with other bytes than on the disk, so that fixes are judged before anything is written."""

from agentkey_lint.discover.ignore import Ignores
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.fix.ignores import NAME
from agentkey_lint.model.repository import Ignore

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from agentkey_lint.model.source import Fault


class Overlay:
    """A snapshot over another. files: what differs, path → bytes. before: files as they were when they were first looked at, None where there was none."""

    def __init__(self, tree: Worktree) -> None:
        self.tree = tree
        self.files: dict[str, bytes] = {}
        self.before: dict[str, bytes | None] = {}
        self._listed: tuple[dict[str, bytes], list[str]] | None = None
        self._asked: tuple[dict[str, bytes], Ignores] | None = None

    def paths(self) -> list[str]:
        """Every file: the tree's, and new ones; not those that new patterns make git ignore."""
        if self._listed is None or self._listed[0] != self.files:
            listed = sorted(set(self.tree.paths()) | self.files.keys())
            if self._patterns():
                listed = [path for path in listed if path in self.files or not _left_out(self.ignore(path))]
            self._listed = dict(self.files), listed
        return self._listed[1]

    def read(self, path: str) -> bytes:
        """The bytes of a file. Raises OSError."""
        return self.files[path] if path in self.files else self.tree.read(path)

    def contents(self, paths: "Iterable[str]", named: "Collection[str]" = ()) -> "Iterator[tuple[str, bytes | Fault]]":
        """Read these paths one after the other, those that have changed from memory."""
        for path in paths:
            if path in self.files:
                yield path, self.files[path]
            else:
                yield from self.tree.contents((path,), named)

    def find(self, path: str) -> bytes | None:
        """The bytes of a file that may be changed; None where there is none that can be read."""
        if path in self.files:
            return self.files[path]
        if path not in self.before:
            try:
                self.before[path] = self.tree.read(path)
            except OSError:
                self.before[path] = None
        return self.before[path]

    def ignore(self, path: str) -> Ignore | None:
        """What git would say of a path."""
        patterns = self._patterns()
        if not patterns or self.tree.git is None:
            return self.tree.ignore(path)
        if self._asked is None or self._asked[0] != patterns:
            self.close()
            self.tree.paths()
            names = {one for one in self.tree.paths() if one.rsplit("/", 1)[-1] == NAME} | patterns.keys()
            files = iter([(one, data) for one in sorted(names) if (data := self.find(one)) is not None])
            self._asked = patterns, Ignores(self.tree.git, self.tree.tracks, lambda _: files)  # the first question takes them all
        return self._asked[1](path)

    def ignored(self) -> list[str]:
        """The files of the disk that git ignores."""
        return self.tree.ignored()

    def close(self) -> None:
        """End what was started to ask git."""
        if self._asked is not None:
            self._asked[1].close()
        self._asked = None

    def _patterns(self) -> dict[str, bytes]:
        return {path: data for path, data in self.files.items() if path.rsplit("/", 1)[-1] == NAME}


def _left_out(answer: Ignore | None) -> bool:
    return answer is not None and answer.ignored and not answer.tracked
