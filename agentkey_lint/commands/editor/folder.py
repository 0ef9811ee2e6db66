"""One work tree with the buffers that are open in it: a snapshot in which a buffer stands in place of its file."""

from agentkey_lint.catalog import readers
from agentkey_lint.commands.running import Options, plan_of
from agentkey_lint.discover.decode import decode
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.engine import documents, pipeline
from agentkey_lint.engine import settings as engine_settings
from agentkey_lint.engine.repository import make
from agentkey_lint.fix.overlay import Overlay
from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.repository import Repository

MOST = 4 << 20
"""Bytes of a buffer that is linted as it is typed: some 100 ms. `check` reads larger files."""
ALSO = (".gitignore", ".secrets.baseline", ".agentkey-baseline")


def declares(path: str) -> bool:
    """Whether a change of this file may change what is said of others. Files that few facts come from are looked at anew when they are saved."""
    name = path.rpartition("/")[2]
    known = (*documents.MANIFESTS, *engine_settings.NAMES, *ALSO)
    return name in known or (readers.may_declare(path) and not readers.by_ending_alone(path))


class Alone(Worktree):
    """The folder of a file that belongs to nothing that is open, such as `/etc`: it is not walked through for facts."""

    def paths(self) -> list[str]:
        return []


class Folder:
    """root: the work tree's. buffers: what is open, path → bytes (UTF-8). tree: how the root is read."""

    def __init__(self, root: str, tree: "Callable[[str], Worktree]" = Worktree) -> None:
        self.root, self._open = root, tree
        self.buffers: dict[str, bytes] = {}
        self._tree: Worktree | None = None
        self._facts: tuple[Overlay, engine_settings.Finder, Repository] | None = None

    def put(self, path: str, data: bytes) -> bool:
        """A buffer is open, or has changed. Whether that may matter to other files."""
        self.buffers[path] = data
        if self._facts is not None and path in self._facts[0].files and not declares(path):
            self._facts[0].files[path] = data
            return False
        self._drop()
        return declares(path)

    def drop(self, path: str) -> None:
        """A buffer was closed."""
        self.buffers.pop(path, None)
        self._drop()

    def forget(self) -> None:
        """Something on the disk has changed: list and read it anew when it is next asked for."""
        self._drop()
        self._tree = None

    def _drop(self) -> None:
        if self._facts is not None:
            self._facts[0].close()
        self._facts = None

    def overlay(self, path: str) -> Overlay:
        """A new overlay over the work tree, with the open buffers in it and this one among them."""
        if self._tree is None:
            self._tree = self._open(self.root)
        overlay = Overlay(self._tree)
        listed = set(self._tree.paths())
        for one, data in self.buffers.items():
            if one == path or one in listed or not _left_out(self._tree, one):
                overlay.files[one] = data
        return overlay

    def finder(self, overlay: Overlay) -> engine_settings.Finder:
        """The settings of such an overlay: those in buffers, else those of the disk."""

        def some(paths: "Sequence[str]") -> dict[str, bytes]:
            here = {path: overlay.files[path] for path in paths if path in overlay.files}
            return here | overlay.tree.some(path for path in paths if path not in here)

        return engine_settings.Finder(some)

    def plan(self, overlay: Overlay) -> pipeline.Plan:
        return plan_of(Options(), overlay.tree)

    def report(self, path: str) -> "Report":
        """What is to be said of an open buffer. Raises AgentkeyError, as for settings that are wrong."""
        if self._facts is None:
            overlay = self.overlay("")
            settings = self.finder(overlay)
            self._facts = overlay, settings, make(overlay.paths, overlay.read, overlay.ignore, settings)
        overlay, settings, repository = self._facts
        return lint(source(path, self.buffers[path]), settings, repository, self.plan(overlay))


def _left_out(tree: Worktree, path: str) -> bool:
    answer = tree.ignore(path)
    return answer is not None and answer.ignored and not answer.tracked


def source(path: str, data: bytes) -> Source:
    """A buffer as a source. An editor has decoded it, so it is in UTF-8 whatever it looks like."""
    found = decode(path, data)
    return found if found.encoding in ("utf-8", "utf-8-sig", "binary") else Source(path, data, "binary")


def lint(one: Source, settings: engine_settings.Finder, repository: "Repository", plan: pipeline.Plan) -> "Report":
    """What is to be said of one source; nothing if settings exclude it."""
    settings.prepare([one.path])
    excluded = settings(one.path).excluded
    item = Fault(one.path, f"larger than {MOST >> 20} MiB: it is not linted while you type; agentkey-lint check does") if len(one.data) > MOST else one
    return pipeline.lint([] if excluded else [item], repository, plan)
