"""Which program reads a configuration file, and what it makes of each field."""

from agentkey_lint.catalog.claimed import READER, by_path
from agentkey_lint.catalog.compiled import MARKED, READERS
from agentkey_lint.catalog.globs import route_matches
from agentkey_lint.model.facts import Expansion, Reader

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_made: dict[int, Reader] = {}
_unexpanded: dict[str, Expansion] = {}
"""What readers do that expand nothing in a field."""
_shared: tuple[str, bytes, list[Reader]] | None = None


def _reader(number: int) -> Reader:
    if number not in _made:
        row = READERS[number][1]
        expands = tuple((fields, Expansion(frozenset(syntaxes), write, names, unset)) for fields, (syntaxes, write, names, unset) in row[6])
        _made[number] = Reader._make((*row[:6], expands, *row[7:]))
    return _made[number]


def find(path: str, data: bytes, marked: bool = True) -> "list[Reader]":
    """Every reader of a file, the likeliest first: by its path and, where a name is shared, by what stands in it. Generic ones only if no other.

    marked: False if it is known already that no mark of MARKED stands in it, so that it need not be searched for what begins with one.
    """
    found: list[Reader] = []
    for number in by_path(path)[READER]:
        contains = READERS[number][0]
        if not contains or ((marked or number not in MARKED) and any(word in data for word in contains)):
            reader = _reader(number)
            if reader.generic and found:
                break
            found.append(reader)
    return found


def sharing(path: str, data: bytes) -> "list[Reader]":
    """The named readers that share a file: all are known to read it, and none is only for files of any other name."""
    global _shared
    if _shared is None or _shared[1] is not data or _shared[0] != path:  # asked once for each reference of a file, and each answer reads the whole file
        _shared = path, data, [reader for reader in find(path, data) if not reader.generic]
    return _shared[2]


def known(path: str) -> bool:
    """Whether a file of this path may have a reader (what stands in it decides later)."""
    return bool(by_path(path)[READER])


def may_declare(path: str) -> bool:
    """Whether a file of this path may declare variables (what stands in it decides later)."""
    numbers = by_path(path)[READER]
    return bool(numbers) and any(_declares(_reader(number)) for number in numbers)


def by_ending_alone(path: str) -> bool:
    """Whether nothing but the ending of a file's name says that it may declare variables, as with Kubernetes: such files are many and cost more."""
    known = [_reader(number) for number in by_path(path)[READER]]
    return all(reader.generic and reader.format == "yaml" for reader in known if _declares(reader))


def _declares(reader: Reader) -> bool:
    return bool(reader.declares or reader.pairs or reader.names)


def declared_name(glob: str, route: "Sequence[str]") -> str:
    """The variable that a field declares by its place: its own name, or with a glob that ends in `**` the step before that: with
    `variable.*.**` the field `variable.region.default` declares `region`.
    """
    if glob.endswith(".**"):
        return route[glob.count(".") - 1]
    return next((step for step in reversed(route) if not step.isdigit()), "")


def listed(globs: "Sequence[str]", route: "Sequence[str]", caseless: bool = False) -> bool:
    """Whether a route is one of those that a reader lists."""
    if not globs:
        return False
    if caseless:
        globs, route = [glob.lower() for glob in globs], [step.lower() for step in route]
    for glob in globs:  # noqa: SIM110  # asked for every field: a generator for each costs more than most answers
        if route_matches(glob, route):
            return True
    return False


def expansion(reader: Reader, route: "Sequence[str]") -> Expansion:
    """What a reader does with references in one field."""
    for fields, what in reader.expands:
        if listed(fields, route, reader.case_insensitive):
            return what
    if reader.unset not in _unexpanded:
        _unexpanded[reader.unset] = Expansion(unset=reader.unset)
    return _unexpanded[reader.unset]
