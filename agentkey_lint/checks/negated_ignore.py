"""A negated pattern brings a file that holds secrets back.

Why it matters
--------------
The last pattern that fits a path decides. A line such as `!service/.env`, or one meant for a template (`!.env*`), undoes the lines above it, and the
next `git add .` takes the file along.

What to do
----------
Take the negated pattern out, or write it so that it fits the template alone (`!.env.example`). If the file is tracked, take it out of the index as well
(`git rm --cached`), and revoke what it held.

Limits
------
Judged where the file's name or content says that secrets stand in it, by git's own rules. Whether an earlier pattern excluded the file is not asked:
with the negated one behind it, it would change nothing.
"""

from agentkey_lint.catalog import evidence, paths
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("negated-ignore", "secret-file", "high", "A negated ignore pattern brings a file that holds secrets back", ("NHI2",))


def negated_ignore(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    found = evidence.secret_file(document, repository)
    if found is None:
        return
    family, ignore = found
    if not ignore.negated:
        return
    where = f"{ignore.source}:{ignore.line}"
    notes = (Note(Span(ignore.line, 1), f"{ignore.pattern} brings it back", ignore.source),) if ignore.shared else ()
    yield Claim(
        RULE.id,
        Span(0, 0),
        f"{family.name}: this file holds secrets, and {ignore.pattern} in {where} brings it back into git's sight",
        "Take that pattern out, or narrow it to the template that it is meant for"
        + (f"; then git rm --cached -- {document.source.path}" if ignore.tracked else ""),
        family.severity,
        "low" if paths.is_test(document.source.path) else "high",
        identity=family.id,
        notes=notes,
    )
