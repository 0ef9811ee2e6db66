"""Globs over steps: the folders of a path or the keys of a route. `*` in a step is any text, the step `**` any number of steps."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

END = 3
"""By so many letters at the beginning or end of a name the compiled catalogue leads to globs that say no more of it."""

_routes: dict[str, tuple[tuple[str, ...], int, str]] = {}
"""The steps of route globs, how many a route must have (0: any number), and the last of them if it stands for itself: the same few are tried at each field."""
MOST_ROUTES = 10_000


def step_matches(glob: str, text: str) -> bool:
    """Whether one step fits: `*` stands for any text. Linear but for the number of stars."""
    star = glob.find("*")
    if star < 0:
        return glob == text
    if glob == "*":
        return True
    if not text.startswith(glob[:star]):
        return False
    first, *middle, last = glob.split("*")
    if len(text) < len(first) + len(last) or not text.endswith(last):
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


def route_steps(glob: str) -> tuple[str, ...]:
    """The steps of a route glob."""
    return tuple(part.replace("\0", ".") for part in glob.replace("\\.", "\0").split("."))


def route_matches(glob: str, route: "Sequence[str]") -> bool:
    """A route glob's steps are joined by dots; a dot inside a step is written `\\.`."""
    known = _routes.get(glob)
    if known is None:
        if len(_routes) > MOST_ROUTES:
            _routes.clear()
        steps = route_steps(glob)
        known = _routes[glob] = steps, 0 if "**" in steps else len(steps), "" if "*" in steps[-1] else steps[-1]
    steps, length, last = known
    return (not length or length == len(route)) and (not last or (len(route) > 0 and route[-1] == last)) and matches(steps, route)
