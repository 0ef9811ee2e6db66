"""Families of files that git must ignore because of what they hold."""

from agentkey_lint.catalog.compiled import IGNORE_NAMES, IGNORES
from agentkey_lint.catalog.globs import path_matches, rows_for
from agentkey_lint.model.record import Record


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


def families(path: str) -> list[Family]:
    """The families that a path belongs to."""
    found = []
    for number in rows_for(IGNORE_NAMES, path):
        family = Family._make(IGNORES[number])
        if not any(path_matches(glob, path) for glob in family.exceptions):
            found.append(family)
    return found
