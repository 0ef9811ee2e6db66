"""A file that holds secrets is not ignored by git.

Why it matters
--------------
The next `git add .` takes it along, if it is not in the repository already.

What to do
----------
Add the lines that the finding names to .gitignore. If the file is tracked, take it out of the index as well (`git rm --cached`), and revoke what it held.

Limits
------
Files that hold secrets by their nature (an agent's local settings, its login) are reported by name; others, such as `.env`, only when a secret
stands in them. Git's own rules decide what is ignored, your global excludes and .git/info/exclude included. A file that a negated pattern brings back is
the affair of `negated-ignore`.
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

RULE = Rule("unignored-secret-file", "secret-file", "high", "A file that holds secrets is not ignored by git", ("NHI2",))


def unignored_secret_file(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    found = evidence.secret_file(document, repository)
    if found is None:
        return
    family, ignore = found
    if ignore.ignored or ignore.negated:
        return
    lines = ", ".join(family.lines)
    yield Claim(
        RULE.id,
        Span(0, 0),
        f"{family.name}: this file holds secrets and no ignore pattern excludes it",
        f"Add to .gitignore: {lines}" + (f"; then git rm --cached -- {document.source.path}" if ignore.tracked else ""),
        family.severity,
        "low" if paths.is_test(document.source.path) else "high",
        identity=family.id,
    )
