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

from agentkey_lint.catalog import paths, references, variables
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("undeclared-reference", "document", "low", "The variable is declared nowhere in the repository", ("NHI1",))
MOST_NOTES = 20


def undeclared_reference(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    places: dict[str, list[Span]] = {}
    for field in document.fields:
        for reference in field.references:
            if _asks(reference, field) and reference.name not in repository.declared:
                places.setdefault(reference.name, []).append(reference.span)
    for name, spans in places.items():
        yield Claim(
            RULE.id,
            spans[0],
            f"{name} is declared nowhere in this repository" + (f" ({len(spans)} references in this file)" if len(spans) > 1 else ""),
            f"Correct the name, or declare it: add {name}= to .env.example.",
            "low" if repository.declared else "info",
            "low" if paths.is_test(document.source.path) else "high",
            identity=name,
            notes=tuple(Note(span, "and here") for span in spans[1 : MOST_NOTES + 1]),
        )


def _asks(reference: Reference, field: Field) -> bool:
    """Whether a reference needs a variable that somebody must declare."""
    if reference.fault or reference.default is not None or reference.syntax not in references.ENVIRONMENT or not references.expands(field.expansion, reference):
        return False
    if references.shell_text(field.expansion, field.entry.route, field.secret) or field.reader.generic or field.reader.format == "dotenv":
        return False
    return not variables.provided(reference.name)
