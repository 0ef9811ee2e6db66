"""A reference misspells a variable that the repository declares.

Why it matters
--------------
The variable of that name never exists, so the placeholder or an empty text is sent as the credential, while everybody sees that the right variable is set.

What to do
----------
Write the name as it is declared; the finding says where.

Limits
------
A name counts as misspelt if nobody declares it and a declared one is the same but for underscores and case, or differs by one slip in one word: two
letters exchanged, one left out or doubled, or in a long word one taken for another. Digits and plurals are no slips, and short words must be
transposed: `HOST` and `POST` are two names.
"""

from agentkey_lint.catalog import paths, references, variables
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("misspelt-reference", "settings", "medium", "The variable's name is misspelt", ("NHI1",))


def misspelt_reference(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    for name, span in references.asked(document):
        if name in repository.declared:
            continue
        meant = variables.near(name, repository.declared)
        if meant:
            where = repository.declared[meant]
            yield Claim(
                RULE.id,
                span,
                f"{name} is declared nowhere in this repository, but {meant} is, in {where}",
                f"Write {meant}, or declare {name} if it is another variable.",
                RULE.severity,
                "low" if paths.is_test(document.source.path) else "high",
                identity=name,
                notes=(Note(Span(1, 1), f"{meant} is declared here", where),),
            )
