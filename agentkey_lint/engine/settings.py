"""The settings that apply to a path: the nearest file of a snapshot that holds some, and those that it extends.

`agentkey-lint.toml` or the table `[tool.agentkey-lint]` of `pyproject.toml`, in the folder of the path or the nearest one above it; never a link. All
that settings can name is data: rules, globs, names of variables, and other files of the same snapshot.
"""

from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.settings import DEFAULT, Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from typing import Any

    from agentkey_lint.config.layers import Layer
    from agentkey_lint.config.settings import Wrong

NAMES = OWN, PYPROJECT = "agentkey-lint.toml", "pyproject.toml"
MAX_BYTES = 256 * 1024
MAX_DOTS = 200
"""Dots on one line: for a key of n parts, tomllib takes n² steps."""
MAX_EXTENDS = 8


class Finder:
    """Settings by path. some: those of the given paths that are files of the snapshot, with their bytes; asked for few files at a time, and once for each."""

    def __init__(self, some: "Callable[[Sequence[str]], dict[str, bytes]]") -> None:
        self._some = some
        self._files: dict[str, bytes | None] = {}
        self._holding: set[str] = set()  # the folders that hold any of these
        self._layers: dict[str, Layer | None] = {}
        self._chains: dict[str, tuple[Layer, ...]] = {}
        self._settings: dict[str, Settings] = {}

    @property
    def any(self) -> bool:
        """Whether any settings were found."""
        return any(self._chains.values())

    def candidates(self, paths: "Iterable[str]") -> list[str]:
        """Where the settings of some paths may stand and nobody has looked yet."""
        folders: set[str] = set()
        for path in paths:
            for folder in _above(path):
                if folder in folders or folder in self._chains:
                    break
                folders.add(folder)
        before = [f"{folder}/" if folder else "" for folder in sorted(folders)]
        return [place for folder in before for place in (folder + OWN, folder + PYPROJECT) if place not in self._files]

    def prepare(self, paths: "Iterable[str]") -> None:
        """Read the settings of all these paths at once. Raises UsageError for what is wrong in them, even where nothing would come of it."""
        inside = {path[: path.rfind("/") + 1] for path in paths}
        self._read(self.candidates(inside))
        if any(data is not None and _speaks(file, data) for file, data in self._files.items()):
            for path in sorted(inside):
                self._chain(path)
        else:  # which is much the commonest, and need not be worked out for each folder
            self._chains.update(dict.fromkeys([path[:-1] for path in inside], ()))

    def __call__(self, path: str) -> Settings:
        """The settings of one path."""
        layers = self.layers(path)
        if not layers:
            return DEFAULT
        if path not in self._settings:
            from agentkey_lint.config.layers import resolve

            if len(self._settings) > 4_096:
                self._settings.clear()
            self._settings[path] = resolve(layers, path)
        return self._settings[path]

    def layers(self, path: str) -> "tuple[Layer, ...]":
        """The files that apply to a path, the nearest first."""
        folder = path.rpartition("/")[0]
        if folder not in self._chains:
            self._read(self.candidates([path]))
            self._chain(path)
        return self._chains[folder]

    def _chain(self, path: str) -> None:
        """Work out what applies to a path and to the folders above it, as far as that is the same. All files that may matter have been read."""
        passed = [path.rpartition("/")[0]]
        chain: tuple[Layer, ...] = ()
        for folder in _above(path):
            if folder in self._chains:
                chain = self._chains[folder]
                break
            passed.append(folder)
            if folder in self._holding and (first := self._own(folder)) is not None:
                chain = self._extended(first)
                break
        self._chains.update(dict.fromkeys(passed, chain))

    def _own(self, folder: str) -> "Layer | None":
        """What the settings that stand in a folder itself say."""
        for name in NAMES:
            file = f"{folder}/{name}" if folder else name
            if self._files[file] is not None and (found := self._layer(file)) is not None:
                return found
        return None

    def _extended(self, first: "Layer") -> "tuple[Layer, ...]":
        from agentkey_lint.config.settings import Wrong

        chain = [first]
        while extends := chain[-1].extends:
            file = chain[-1].file
            target = _joined(file.rpartition("/")[0], extends)
            if target is None:
                raise self._error(file, Wrong(("extends",), "`extends` names a file outside the repository"))
            if any(one.file == target for one in chain):
                raise self._error(file, Wrong(("extends",), "these settings extend each other in a circle"))
            if len(chain) > MAX_EXTENDS:
                raise self._error(file, Wrong(("extends",), f"more than {MAX_EXTENDS} files extend each other"))
            self._read([target])
            found = self._layer(target) if self._files[target] is not None else None
            if found is None:
                raise self._error(file, Wrong(("extends",), "`extends` names a file that is not there or holds no settings (it is relative to this one)"))
            chain.append(found)
        return tuple(chain)

    def _read(self, places: "Sequence[str]") -> None:
        wanted = [place for place in places if place not in self._files]
        if wanted:
            found = self._some(wanted)
            self._files.update(dict.fromkeys(wanted))
            self._files.update(found)
            self._holding.update(place.rpartition("/")[0] for place in found)

    def _layer(self, file: str) -> "Layer | None":
        """What one file says; None for a pyproject.toml that says nothing to us."""
        if file not in self._layers:
            data = self._files[file] or b""
            self._layers[file] = self._parsed(file, data, not prefix(file)) if _speaks(file, data) else None
        return self._layers[file]

    def _parsed(self, file: str, data: bytes, mine: bool) -> "Layer | None":
        from agentkey_lint.config.settings import Wrong, layer

        table: Any = _loaded(file, data)
        if not mine:
            tool = table.get("tool")
            table = tool.get("agentkey-lint") if isinstance(tool, dict) else None
            if table is None:
                return None
        try:
            if not isinstance(table, dict):
                raise Wrong((), "`tool.agentkey-lint` is a table")
            return layer(table, file)
        except Wrong as wrong:
            raise self._error(file, wrong) from None

    def _error(self, file: str, wrong: "Wrong") -> UsageError:
        """What is wrong, with the line it stands on."""
        return UsageError(f"{_shown(file)}:{line_of(self._files[file] or b'', (*prefix(file), *wrong.route))}: {wrong.message}")


def without_settings() -> Finder:
    """The settings of a snapshot that has none, or whose own are not to be followed."""
    return Finder(lambda paths: {})


def prefix(file: str) -> tuple[str, ...]:
    """The route of the table that holds the settings in a file."""
    return ("tool", "agentkey-lint") if file.rpartition("/")[2] == PYPROJECT else ()


def _speaks(file: str, data: bytes) -> bool:
    """Whether a file may hold settings: one that is not ours alone has to name us."""
    return not prefix(file) or b"agentkey-lint" in data


def line_of(data: bytes, route: tuple[str, ...]) -> int:
    """The line (from 1) on which the value at a route of a TOML file begins, or the nearest table around it that has a place."""
    from agentkey_lint.parse.toml import parse

    entries = parse(data)[0]
    for size in range(len(route), 0, -1):
        for entry in entries:
            if entry.route[:size] == route[:size]:
                return data.count(b"\n", 0, entry.key.start) + 1
    return 1


def _loaded(file: str, data: bytes) -> "dict[str, Any]":
    if len(data) > MAX_BYTES:
        raise UsageError(f"{_shown(file)}: settings are not read from a file of more than {MAX_BYTES // 1024} KiB")
    if any(line.count(b".") > MAX_DOTS for line in data.split(b"\n")):
        raise UsageError(f"{_shown(file)}: settings are not read from a file with more than {MAX_DOTS} dots on one line")
    import tomllib

    try:
        return tomllib.loads(data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except tomllib.TOMLDecodeError as error:  # its words may hold text of the file, all but the place
        words = str(error).rpartition("(at line ")[2]
        number = words.partition(",")[0] if words[:1].isdigit() else str(data.count(b"\n") + 1)
        raise UsageError(f"{_shown(file)}:{number}: this is not TOML") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{_shown(file)}:{data.count(10, 0, error.start) + 1}: this is not UTF-8") from None
    except (RecursionError, ValueError):
        raise UsageError(f"{_shown(file)}: nested too deeply, or a number in it is too long") from None


def _shown(file: str) -> str:
    from agentkey_lint.discover.decode import path_bytes, printable

    return printable(path_bytes(file))


def _above(path: str) -> "Iterator[str]":
    """The folders that hold a path, the nearest first, the root (empty) last. What does not lie below the root belongs to nobody but it."""
    if path.startswith("/") or (".." in path and ".." in path.split("/")):
        yield ""
        return
    while True:
        path = path[: max(path.rfind("/"), 0)]
        yield path
        if not path:
            return


def _joined(folder: str, target: str) -> str | None:
    """A path relative to a folder as one relative to the root; None if it leads out."""
    steps = folder.split("/") if folder else []
    for step in target.split("/"):
        if step == "..":
            if not steps:
                return None
            steps.pop()
        elif step not in ("", "."):
            steps.append(step)
    return "/".join(steps) if steps and not target.startswith("/") and "\0" not in target else None
