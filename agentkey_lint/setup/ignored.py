"""Ignore lines for files that are not there yet: secret files that programs used here write sooner or later."""

from agentkey_lint.catalog import ignores
from agentkey_lint.engine.expected import prepared
from agentkey_lint.fix.environment import VALUES
from agentkey_lint.fix.ignores import added

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from agentkey_lint.catalog.ignores import Family
    from agentkey_lint.model.repository import Ignore, Repository


def wanted(repository: "Repository") -> "list[Family]":
    """The families whose lines a repository lacks: environment files in any case, and what the rule missing-ignore and its like would ask for."""
    answer = repository.ignore(VALUES)
    lacking = {family.id for family in ignores.families(VALUES)} if answer is not None and not _kept_out(answer) else set()
    _, expected = prepared(repository, strict=False) or (None, ())
    lacking |= {one.family for one in expected if not _kept_out(one.ignore) and not one.ignore.negated}
    return [ignores.family(one) for one in sorted(lacking)]


def lines(data: bytes, found: "Iterable[Family]") -> bytes:
    """The ignore file with the lines of these families."""
    for family in found:
        data = added(data, family.lines, family.name)
    return data


def _kept_out(ignore: "Ignore") -> bool:
    """Whether every clone ignores a file, and not this machine alone."""
    return ignore.ignored and ignore.shared
