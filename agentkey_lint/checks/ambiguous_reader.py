"""Several programs read this file, and they disagree about a reference in it.

Why it matters
--------------
What one of them fills in, another takes as it stands, and sends the placeholder as the credential. The file works for whoever wrote it and for nobody
who uses the other program.

What to do
----------
Write the form that all of them expand, or give each program a file of its own. The finding names both.

Limits
------
The readers of a file are told by its path and by what stands in it (`rules/readers/`); who really reads it here is not known, so the severity is low.
Only a reference that one of them expands and another leaves as it is counts.
"""

from agentkey_lint.catalog import names, readers, references
from agentkey_lint.model.facts import Document, Field, Reader, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("ambiguous-reader", "settings", "low", "Several programs read this file and disagree about a reference", ("NHI2",))


def ambiguous_reader(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    if not any(field.references for field in document.fields):
        return
    known = readers.sharing(document.source.path, document.source.data)
    if len(known) < 2 or any(reader.example for reader in known):
        return
    for field in document.fields:
        for reference in field.references:
            secret = bool(field.secret) or names.holds_secret(reference.name)
            if reference.fault or not references.deliberate(reference, secret) or not (secret or reference.span == field.entry.value):
                continue
            claim = _judged(reference, field, known)
            if claim is not None:
                yield claim


def _judged(reference: Reference, field: Field, known: "list[Reader]") -> Claim | None:
    """What to say of a reference that not all of its readers treat alike."""
    route = field.entry.route
    there = [(reader, readers.expansion(reader, route)) for reader in known]
    if any(references.shell_text(expansion, route, field.secret) for _, expansion in there):
        return None
    does = [reader.name for reader, expansion in there if references.expands(expansion, reference)]
    does_not = [reader.name for reader, expansion in there if not references.expands(expansion, reference)]
    if not does or not does_not:
        return None
    common = sorted(set.intersection(*(set(expansion.syntaxes) for _, expansion in there)), key=lambda syntax: (syntax != "${X}", len(syntax)))
    portable = [syntax for syntax in common if syntax in references.ENVIRONMENT and "d" not in syntax]
    hint = f"Write {portable[0].replace('X', reference.name, 1)}, which all of them expand." if portable else "Give each program a file of its own."
    written = reference.syntax.replace("X", reference.name, 1)
    return Claim(
        RULE.id,
        reference.span,
        f"{_list(does)} {'expands' if len(does) == 1 else 'expand'} {written}; {_list(does_not)} {'takes' if len(does_not) == 1 else 'take'} it as it stands",
        hint,
        RULE.severity,
        min((references.confidence(reader) for reader, _ in there), key=("low", "medium", "high").index),
        identity=f"{'.'.join(route)}/{reference.name}",
    )


def _list(texts: "list[str]") -> str:
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} and {texts[-1]}"
