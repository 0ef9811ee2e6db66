"""A file that holds secrets is tracked although a pattern ignores it.

Why it matters
--------------
An ignore pattern does nothing for a file that git tracks already: every change of it is committed, while its author believes it is left out.

What to do
----------
`git rm --cached` the file, commit, and revoke what it held: it is in the history.

Limits
------
Judged where the file's name or content says that secrets stand in it, by git's own rules.
"""

from agentkey_lint.catalog import evidence, paths
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("tracked-secret-file", "secret-file", "high", "A file that holds secrets is tracked although a pattern ignores it", ("NHI2",))


def tracked_secret_file(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    found = evidence.secret_file(document, repository)
    if found is None:
        return
    family, ignore = found
    if not ignore.ignored or not ignore.tracked:
        return
    yield Claim(
        RULE.id,
        Span(0, 0),
        f"{family.name}: tracked, although {ignore.pattern} in {ignore.source}:{ignore.line} ignores it",
        f"git rm --cached -- {document.source.path}; then revoke what it held: it is in the history.",
        family.severity,
        "low" if paths.is_test(document.source.path) else "high",
        identity=family.id,
    )
