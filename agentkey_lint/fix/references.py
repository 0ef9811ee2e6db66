"""References: written in the syntax that the reader expands, with the name that was meant, and declared where people look for names."""

from agentkey_lint.catalog import kinds, references, variables
from agentkey_lint.fix.quoting import edit, field_at
from agentkey_lint.model.facts import Document, Expansion, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Fix
from agentkey_lint.model.repository import Repository

SOLE = ("os.environ/X",)
"""Syntaxes that only work where they are the whole value."""
_DEFAULTS = {"${env:X}": "${env:X:-d}", "${X}": "${X:-d}", "${localEnv:X}": "${localEnv:X:d}", "{env:X}": "{env:X:d}"}
"""For each syntax the one that states a default as well."""


def rewritten(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The same reference as its reader expands it. Safe where the name stays: what stands there now is text that nobody wants."""
    field = field_at(document, claim.span)
    reference = next((one for one in field.references if one.span == claim.span), None) if field else None
    if field is None or reference is None or reference.fault in ("bad-name", "empty-name", "nested") or document.format in kinds.SETTING:
        return None  # in a file that sets variables the value itself is missing
    better = _better(field.expansion, reference, document.source.data)
    if not better or (field.expansion.write in SOLE and reference.span != field.entry.value):
        return None
    change = edit(document, field.entry, reference.span, better)
    if change is None:
        return None
    return Fix(f"write {better}", (change,), safe=claim.confidence == "high" and reference.name in better)


def _better(expansion: Expansion, reference: Reference, data: bytes) -> str:
    """The reference in the recommended syntax, its default kept; empty where that loses something or the name is no variable's."""
    if not reference.fault and reference.syntax not in references.ENVIRONMENT:
        return ""
    if expansion.write not in references.ENVIRONMENT:
        return ""
    if reference.default is not None:
        form = _DEFAULTS.get(expansion.write, "")
        default = data[reference.default.start : reference.default.end].decode("utf-8", "replace")
        plain = all(character.isalnum() or character in "._-/" for character in default)
        return form.replace("X", reference.name, 1).replace("d}", default + "}") if form in expansion.syntaxes and plain else ""
    if any(mark in reference.syntax for mark in ("?", "+")) and not reference.fault:
        return ""
    return references.rewrite(expansion, reference.name)


def respelt(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The name that is declared in place of the one that is not."""
    field = field_at(document, claim.span)
    meant = variables.near(claim.identity, repository.declared)
    text = document.source.data[claim.span.start : claim.span.end].decode("utf-8", "replace")
    if field is None or not meant or text.count(claim.identity) != 1:
        return None
    change = edit(document, field.entry, claim.span, text.replace(claim.identity, meant))
    return Fix(f"write {meant}", (change,)) if change else None


def declared(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The variable's name in the template of the environment, where there is one: it may well be declared elsewhere, or misspelt."""
    return Fix(f"declare {claim.variable}", safe=True, declares=(claim.variable,)) if claim.variable else None


def listed(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The names that a template leaves out."""
    return Fix(f"declare {', '.join(claim.names)}", safe=True, declares=claim.names) if claim.names else None
