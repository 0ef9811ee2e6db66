"""Which entries of a file something is known about: by route, by text and by what stands beside them."""

from agentkey_lint.catalog.globs import route_matches, step_matches
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from agentkey_lint.model.facts import Entry

    Route = tuple[str, ...]
    Texts = Mapping[Route, str]

_OFF = (("disabled", "true"), ("enabled", "false"))


class Pattern(Record):
    """Texts are in small letters here, and compared so.

    routes: globs. values: the whole text; globs: of the text; neither: any text. other: globs of texts that are not meant. ends: how the text ends,
    a `*` there being a star.
    steps: one of them is a step of the route. beside: names of the same table, each with its text.
    """

    routes: tuple[str, ...]
    values: tuple[str, ...] = ()
    globs: tuple[str, ...] = ()
    other: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    ends: tuple[str, ...] = ()
    beside: tuple[tuple[str, str], ...] = ()


def texts(entries: "Iterable[Entry]") -> "dict[Route, str]":
    """The text of every entry by its route, both in small letters; the first counts."""
    found: dict[Route, str] = {}
    for entry in entries:
        found.setdefault(tuple(step.lower() for step in entry.route), entry.text.strip().lower())
    return found


def fits(pattern: Pattern, entry: "Entry", around: "Texts") -> bool:
    """Whether a pattern speaks of an entry; around: the texts of its file."""
    text = entry.text.strip().lower()
    if (pattern.values or pattern.globs) and text not in pattern.values and not any(step_matches(glob, text) for glob in pattern.globs):
        return False
    if any(step_matches(glob, text) for glob in pattern.other) or not any(route_matches(glob, entry.route) for glob in pattern.routes):
        return False
    if pattern.ends and not text.endswith(pattern.ends):
        return False
    route = tuple(step.lower() for step in entry.route)
    if pattern.steps and not any(step in pattern.steps for step in route):
        return False
    return all(around.get((*route[:-1], name)) == wanted for name, wanted in pattern.beside)


def disabled(entry: "Entry", around: "Texts") -> bool:
    """Whether a table that an entry stands in is switched off."""
    route = tuple(step.lower() for step in entry.route)
    return any(around.get((*route[:end], name)) == off and route != (*route[:end], name) for end in range(len(route)) for name, off in _OFF)
