"""Families of files that git must ignore because of what they hold."""

from agentkey_lint.catalog.claimed import DEMAND, FAMILY, by_path
from agentkey_lint.catalog.compiled import DEMANDS, IGNORES
from agentkey_lint.catalog.globs import path_matches
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Family(Record):
    """One family of rules/ignores/. lines: what to write into .gitignore. proof: always, secret or private-key: what the file must hold."""

    id: str
    name: str
    patterns: tuple[str, ...]
    exceptions: tuple[str, ...]
    lines: tuple[str, ...]
    proof: str
    why: str
    severity: str


def known(path: str) -> bool:
    """Whether a path is of a family, but for exceptions."""
    return bool(by_path(path)[FAMILY])


def families(path: str) -> list[Family]:
    """The families that a path belongs to."""
    found = []
    for number in by_path(path)[FAMILY]:
        family = Family._make(IGNORES[number])
        if not any(path_matches(glob, path) for glob in family.exceptions):
            found.append(family)
    return found


def family(id: str) -> Family:
    """The family of this id. Raises KeyError for one that there is not."""
    for row in IGNORES:
        if row[0] == id:
            return Family._make(row)
    raise KeyError(id)


def demanded(path: str) -> list[tuple[str, str]]:
    """The files that a tool makes where this one shows that it is in use, each with the id of its family."""
    made: list[tuple[str, str]] = []
    for number in by_path(path)[DEMAND]:
        row, steps, files = DEMANDS[number]
        base = "".join(f"{step}/" for step in path.split("/")[:-steps])
        made += [(IGNORES[row][0], base + file) for file in files]
    return made


def usual() -> "Iterator[tuple[str, str]]":
    """The files that tools make at the root of a repository, whichever are in use, each with the id of its family."""
    for row, _, files in DEMANDS:
        for file in files:
            yield IGNORES[row][0], file
