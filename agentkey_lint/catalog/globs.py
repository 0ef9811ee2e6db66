"""Globs over steps: the folders of a path or the keys of a route. `*` in a step is any text, the step `**` any number of steps."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    Row = tuple[int, str, tuple[str, ...]]
    Index = tuple[dict[str, tuple[Row, ...]], dict[str, tuple[Row, ...]], tuple[tuple[str, str, int, str, tuple[str, ...]], ...]]


_kept: "dict[int, tuple[str, list[int]]]" = {}
"""What each index last answered: several ask about one file, and an audit about hundreds of versions of it."""

_rest: "dict[int, tuple[list[tuple[str, Row]], list[tuple[str, Row]]]]" = {}
"""The entries of each index that have neither a name nor an ending, each with the longest text that its glob asks for: those that fit hidden files and
folders alone, and the others."""

_routes: dict[str, tuple[str, ...]] = {}
"""The steps of route globs: the same few are tried at each field."""
MOST_ROUTES = 10_000


def step_matches(glob: str, text: str) -> bool:
    """Whether one step fits: `*` stands for any text. Linear but for the number of stars."""
    if "*" not in glob:
        return glob == text
    if glob == "*":
        return True
    first, *middle, last = glob.split("*")
    if len(text) < len(first) + len(last) or not text.startswith(first) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


def matches(glob: "Sequence[str]", steps: "Sequence[str]") -> bool:
    """Whether all steps fit a glob. Time grows with len(glob) × len(steps) at the most."""
    before = len(glob) > 0 and glob[0] == "**"
    rest = glob[1:] if before else glob
    if "**" not in rest:  # each of these steps stands for one
        at = len(steps) - len(rest)
        return (at == 0 or (before and at > 0)) and all(map(step_matches, rest, steps[at:]))
    reached = {0}
    for part in glob:
        if part == "**":
            reached = set(range(min(reached), len(steps) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if at < len(steps) and step_matches(part, steps[at])}
        if not reached:
            return False
    return len(steps) in reached


def path_matches(glob: str, path: str) -> bool:
    if glob.startswith("**/") and "/" not in glob[3:]:
        return step_matches(glob[3:], path[path.rfind("/") + 1 :])
    return matches(glob.split("/"), path.split("/"))


def route_matches(glob: str, route: "Sequence[str]") -> bool:
    """A route glob's steps are joined by dots; a dot inside a step is written `\\.`."""
    if glob not in _routes:
        if len(_routes) > MOST_ROUTES:
            _routes.clear()
        _routes[glob] = tuple(part.replace("\0", ".") for part in glob.replace("\\.", "\0").split("."))
    return matches(_routes[glob], route)


def rows_for(index: "Index", path: str) -> "list[int]":
    """The rows of a compiled index whose globs a path fits, in their order.

    The index holds (row, glob, fixed) under a glob's last step if that is a literal, under its ending if it has one (`.json`), and
    (beginning, ending, row, glob, fixed) for the rest; fixed are the folders that the path must hold, as `/name/`: a cheap look before the glob.
    """
    kept = _kept.get(id(index))
    if kept is not None and kept[0] == path:
        return kept[1]
    last = path[path.rfind("/") + 1 :]
    by_name, by_ending, others = index
    dot = last.rfind(".")
    candidates = by_name.get(last, ()) + (by_ending.get(last[dot:], ()) if dot >= 0 else ())
    if id(index) not in _rest:
        sought = [(_needle(glob), (row, glob, fixed)) for _, _, row, glob, fixed in others]
        _rest[id(index)] = [one for one in sought if "/." in one[0]], [one for one in sought if "/." not in one[0]]
    hidden, plain = _rest[id(index)]
    whole = f"/{path}"
    for needle, entry in plain:
        if needle in whole:
            candidates += (entry,)
    if "/." in whole:
        candidates += tuple(entry for needle, entry in hidden if needle in whole)
    if not candidates:
        _kept[id(index)] = path, []
        return []
    found = set()
    for row, glob, fixed in candidates:
        for step in fixed:
            if step not in whole:
                break
        else:
            if row not in found and path_matches(glob, path):
                found.add(row)
    rows = sorted(found)
    _kept[id(index)] = path, rows
    return rows


def _needle(glob: str) -> str:
    """The longest text that stands in every path of a glob, with a slash before the path."""
    return max((part.rstrip("/") for part in glob.split("*")), key=len)
