"""A file that holds secrets is ignored now, and an earlier version of it is in the history.

Why it matters
--------------
An ignore pattern keeps out what comes next. Whoever clones the repository still has what the file held before, and nothing shows it: the file is gone
from the tip.

What to do
----------
Revoke what the file held. Once that is done, the history need not be rewritten; where something in it cannot be revoked, rewrite it (`git filter-repo`),
knowing that clones and forks keep what they have.

Limits
------
Judged by `audit` alone, of files that the default branch's tip no longer holds and its ignore files exclude. Files that hold secrets by their nature are
reported by name; others only where a secret was found in a version of them.
"""

from agentkey_lint.catalog import ignores, paths
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Past, Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("ignored-too-late", "past", "medium", "A file that holds secrets was ignored only after it had been committed", ("NHI2",))


def ignored_too_late(fact: Past, document: Document, repository: Repository) -> "Iterator[Claim]":
    family = next((one for one in ignores.families(document.source.path) if one.proof == "always" or fact.secret), None)
    if family is None or not fact.ignore.ignored:
        return
    yield Claim(
        RULE.id,
        Span(0, 0),
        f"{family.name}: {fact.ignore.pattern} in {fact.ignore.source}:{fact.ignore.line} ignores this file now, and the history holds it",
        "Revoke what it held; the history need not be rewritten once that is done.",
        RULE.severity,
        "low" if paths.is_test(document.source.path) else "high",
        identity=family.id,
    )
