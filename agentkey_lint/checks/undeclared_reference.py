"""A reference names a variable that is declared nowhere in the repository.

Why it matters
--------------
Either the name is misspelt, and the reference will never be filled in, or a newcomer cannot know that the variable is needed.

What to do
----------
Correct the name, or declare it: name it in `.env.example`, in the manifest of keys, or wherever this repository declares its variables.

Limits
------
Variables that every system sets and those a CI provides count as declared. A repository that declares no variable at all gets severity info: it has
another way to document them. What is declared outside the repository cannot be seen.
"""

from agentkey_lint.catalog import references, variables
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("undeclared-reference", "reference", "low", "The variable is declared nowhere in the repository", ("NHI1",))


def undeclared_reference(fact: "tuple[Reference, Field]", document: Document, repository: Repository) -> "Iterator[Claim]":
    reference, field = fact
    if reference.fault or reference.default is not None or reference.syntax not in references.ENVIRONMENT or not references.expands(field.expansion, reference):
        return
    if references.shell_text(field.expansion, field.entry.route, field.secret) or field.reader.generic or field.reader.format == "dotenv" or variables.provided(reference.name) or reference.name in repository.declared:
        return
    yield Claim(
        RULE.id,
        reference.span,
        f"{reference.name} is declared nowhere in this repository",
        f"Correct the name, or declare it: add {reference.name}= to .env.example.",
        "low" if repository.declared else "info",
        "high",
        identity=f"{'.'.join(field.entry.route)}/{reference.name}",
    )
