"""Files in which a system declares the scopes that it grants, recognised by their path and by what stands in them."""

from agentkey_lint.catalog.claimed import SYSTEM, by_path
from agentkey_lint.catalog.compiled import SYSTEM_FILES, SYSTEMS
from agentkey_lint.catalog.patterns import Pattern
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Scope(Record):
    """Entries that grant something.

    form: what the scope is: value (the text), words (several in one text), key (the last step of the route) or level (step and text: `issues:read`).
    level, wildcard, because, severity, confidence, endless: as in a Grant.
    """

    pattern: Pattern
    form: str
    level: str
    wildcard: bool
    because: str
    severity: str
    confidence: str
    endless: bool


class Missing(Record):
    """Entries without which something is granted."""

    routes: tuple[str, ...]
    level: str
    because: str
    severity: str
    confidence: str


class System(Record):
    """Who grants scopes, and where that stands in its files. shape: the function of catalog.systems that reads what routes cannot say."""

    id: str
    name: str
    shape: str
    grants: tuple[Scope, ...]
    missing: tuple[Missing, ...]


def known(path: str) -> bool:
    """Whether a file of this path may declare scopes (what stands in it decides later)."""
    return bool(by_path(path)[SYSTEM])


def find(path: str, data: bytes) -> "Iterator[tuple[System, str]]":
    """The systems whose scopes a file declares, and the format to read it by."""
    seen = set()
    for number in by_path(path)[SYSTEM]:
        requires, contains, form, system = SYSTEM_FILES[number]
        if (system, form) not in seen and all(word in data for word in requires) and (not contains or any(word in data for word in contains)):
            seen.add((system, form))
            name, title, shape, grants, missing = SYSTEMS[system]
            rows = tuple(Scope(Pattern(*row[0]), *row[1:]) for row in grants)
            yield System(name, title, shape, rows, tuple(Missing(*row) for row in missing)), form
