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
own file, and so must a key that Python's configparser is to put in (`%(key)s`). In an INI file whose reader is not known the program may hand such a key
over: severity info, and only for secrets. Where a near name is declared, misspelt-reference speaks instead. Variables that every system sets and those a
CI provides count as declared. A repository that declares no variable at all gets severity info: it has another way to document them. What is declared
outside the repository cannot be seen.
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

RULE = Rule("undeclared-reference", "settings", "low", "The variable is declared nowhere in the repository", ("NHI1",))
MOST_NOTES = 20


def undeclared_reference(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from _inputs(document)
    yield from _keys(document)
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
    known = {field.entry.text for field in document.fields if field.entry.route[-1:] == ("id",) and "inputs" in field.entry.route} if asked else set()
    for reference in asked:
        if reference.name not in known:
            hint = "Declare it under inputs, with its type and a description."
            yield Claim(RULE.id, reference.span, f"this file declares no input {reference.name}", hint, "low", "high", identity=f"input/{reference.name}")


def _keys(document: Document) -> "Iterator[Claim]":
    """References to keys that an INI file does not hold, where configparser stops for want of one."""
    for field in document.fields:
        filled = field.interpolated
        if filled is None or filled.basic != "missing" or (field.reader.generic and not field.secret):
            continue
        written = f"%({filled.missing})s"
        for reference in field.references:
            if document.source.data[slice(*reference.span)].decode("utf-8", "surrogateescape").lower() == written:
                yield Claim(
                    RULE.id,
                    reference.span,
                    f"this file holds no key {filled.missing}: configparser stops there with an error unless the program hands it over",
                    "Correct the name, or write %% for a percent sign.",
                    "low" if filled.used == "basic" or not field.reader.generic else "info",
                    references.confidence(field.reader),
                    identity=f"key/{filled.missing}",
                )
                break
