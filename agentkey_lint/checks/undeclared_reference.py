"""A reference names a variable that is declared nowhere in the repository.

Why it matters
--------------
Either the name is misspelt, and the reference will never be filled in, or a newcomer cannot know that the variable is needed.

What to do
----------
Correct the name, or declare it: name it in `.env.example`, in the manifest of keys, or wherever this repository declares its variables.

Limits
------
A field that holds a variable's name (`bearer_token_env_var`) refers to it like any other reference; an input (`${input:token}`) must be declared in its
own file. Where a near name is declared, misspelt-reference speaks instead. Variables that every system sets and those a CI provides count as declared.
A repository that declares no variable at all gets severity info: it has another way to document them. What is declared outside the repository cannot
be seen.
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

RULE = Rule("undeclared-reference", "document", "low", "The variable is declared nowhere in the repository", ("NHI1",))
MOST_NOTES = 20


def undeclared_reference(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from _inputs(document)
    places: dict[str, list[Span]] = {}
    for name, span in references.asked(document):
        if name not in repository.declared:
            places.setdefault(name, []).append(span)
    for name, spans in places.items():
        if variables.near(name, repository.declared):
            continue  # misspelt-reference says which name was meant
        yield Claim(
            RULE.id,
            spans[0],
            f"{name} is declared nowhere in this repository" + (f" ({len(spans)} references in this file)" if len(spans) > 1 else ""),
            f"Correct the name, or declare it: add {name}= to .env.example.",
            "low" if repository.declared else "info",
            "low" if paths.is_test(document.source.path) else "high",
            identity=name,
            notes=tuple(Note(span, "and here") for span in spans[1 : MOST_NOTES + 1]),
            variable=name,
        )


def _inputs(document: Document) -> "Iterator[Claim]":
    """References to inputs that their own file does not declare."""
    asked = [
        reference
        for field in document.fields
        for reference in field.references
        if reference.syntax == "${input:X}" and not field.reader.generic and references.expands(field.expansion, reference)
    ]
    known = {field.entry.text for field in document.fields if field.entry.route[-1] == "id" and "inputs" in field.entry.route} if asked else set()
    for reference in asked:
        if reference.name not in known:
            hint = "Declare it under inputs, with its type and a description."
            yield Claim(RULE.id, reference.span, f"this file declares no input {reference.name}", hint, "low", "high", identity=f"input/{reference.name}")
