"""Ignore lines for files that are not there yet: secret files that programs used here write sooner or later."""

from agentkey_lint.catalog.compiled import IGNORES
from agentkey_lint.catalog.ignores import Family, families
from agentkey_lint.fix.environment import VALUES
from agentkey_lint.fix.ignores import added

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


def wanted(paths: "Iterable[str]", ignored: "Callable[[str], bool]") -> "Iterator[Family]":
    """The families whose lines a repository lacks: environment files in any case, and what always is a secret in a folder of the same program.

    ignored: whether git ignores a path.
    """
    folders = {"/".join(steps[:end]) for path in paths for steps in [path.split("/")] for end in range(1, len(steps))}
    endings = {folder[at:] for folder in folders for at in _starts(folder)}
    for family in (Family._make(row) for row in IGNORES):
        if family.proof == "always":
            examples = [name for glob in family.patterns for name in (glob.removeprefix("**/"),) if "*" not in name and name.rpartition("/")[0] in endings]
        else:
            examples = [VALUES] if family in families(VALUES) else []
        if any(not ignored(example) for example in examples):
            yield family


def lines(data: bytes, found: "Iterable[Family]") -> bytes:
    """The ignore file with the lines of these families."""
    for family in found:
        data = added(data, family.lines, family.name)
    return data


def _starts(folder: str) -> list[int]:
    """Where the steps of a folder's path begin."""
    return [0, *(at + 1 for at, character in enumerate(folder) if character == "/")]
