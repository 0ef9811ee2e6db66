"""Which rows of the catalogue claim a path: nearly all paths are told to belong to none by a few looks at their name, and once for each folder."""

from agentkey_lint.catalog.compiled import PATHS
from agentkey_lint.catalog.globs import END, matches, step_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    Entry = tuple[int, int, str]
    Keyed = dict[str, tuple[Entry, ...]]
    Inside = dict[str, tuple[tuple[tuple[str, ...], tuple[Entry, ...]], ...]]
    Index = tuple[Keyed, Keyed, Keyed, Keyed, Keyed, Inside, Inside]
    Rows = tuple[tuple[int, ...], ...]

GROUPS = READER, FAMILY, DEMAND, SYSTEM = range(4)
"""What a row is: of READERS, of IGNORES, of DEMANDS, of SYSTEM_FILES."""
NONE: "Rows" = ((), (), (), ())


def look_up(index: "Index") -> "Callable[[str], Rows]":
    """What gives the rows of a compiled index whose globs a path fits, by group and in their order.

    An entry is (group, row, glob of the last step; `*` where nothing is left to ask). The index holds those of `**/…` with one more step by its name if
    that is a literal, by its ending if it has one (`.json`), else by its first or last END letters, else by a text that stands in it. The others it holds
    behind the glob of their folders, by a literal step among these or else by a text. The answer for a path and what may lie in a folder are kept: several
    ask about one file, and the next one mostly lies beside it.
    """
    names, endings, first, last, texts, folders, partly = index
    known: str | None = None
    rows = NONE
    at_hand: str | None = None
    inside: list[Entry] = []

    def found(path: str) -> "Rows":
        nonlocal known, rows, at_hand, inside
        if path == known:
            return rows
        at = path.rfind("/") + 1
        name, folder = path[at:], path[:at]
        if folder != at_hand:
            at_hand, inside = folder, _inside(folders, partly, folder)
        entries = [*inside]
        if name in names:
            entries += names[name]
        if (ending := name[name.rfind(".") :]) in endings:
            entries += endings[ending]
        if (letters := name[:END]) in first:
            entries += first[letters]
        if (letters := name[-END:]) in last:
            entries += last[letters]
        for text in texts:
            if text in name:
                entries += texts[text]
        known, rows = path, _fitting(entries, name) if entries else NONE
        return rows

    return found


def _inside(folders: "Inside", partly: "Inside", folder: str) -> "list[Entry]":
    """The entries whose globs a folder fits, all but the last step."""
    steps = folder.split("/")[:-1]
    keys = [] if folders.keys().isdisjoint(steps) else [step for step in {*steps} if step in folders]
    candidates = [one for step in keys for one in folders[step]]
    for text in partly:
        if text in folder:
            candidates += partly[text]
    return [entry for glob, entries in candidates if matches(glob, steps) for entry in entries]


def _fitting(entries: "Iterable[Entry]", name: str) -> "Rows":
    every = {(group, row) for group, row, glob in entries if step_matches(glob, name)}
    return tuple([tuple(sorted(row for group, row in every if group == one)) for one in GROUPS]) if every else NONE


_found = look_up(PATHS)
_kept: "dict[str, Rows]" = {}


def by_path(path: str) -> "Rows":
    """The rows of the catalogue that claim a path, by group."""
    rows = _kept.get(path)
    return _found(path) if rows is None else rows


def keep(paths: "Iterable[str]") -> "tuple[list[str], list[str]]":
    """Look up all files of a large run at once: facts of the repository pass over all of them again, and so would each child that shares the work.

    Gives those that any row claims, and the others.
    """
    some: list[str] = []
    others: list[str] = []
    for path in paths:
        rows = _kept[path] = _found(path)
        (others if rows is NONE else some).append(path)
    return some, others
