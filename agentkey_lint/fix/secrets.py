"""Secrets: a reference in their place, in the syntax that the file's own reader expands."""

from agentkey_lint.catalog import kinds, references, values, variables
from agentkey_lint.fix.quoting import edit, field_at
from agentkey_lint.fix.references import SOLE
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Edit, Fix
from agentkey_lint.model.repository import Repository

_ACTIONS = "${{ secrets.X }}"
_OTHERS = ("KEY", "TOKEN", "SECRET", "PASSWORD", "VALUE", "NAME", "AUTHORIZATION", "BEARER", "ARGS", "URL", "API_KEY", "APIKEY", "ACCESS_TOKEN", "AUTH_TOKEN")
"""Names that many secrets could have: which one is meant, a person must say."""


def replaced(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """A reference in place of a secret. Not in files that set variables themselves, and not where the reader expands nothing."""
    reader, variable = document.reader, claim.variable
    if claim.secret is None or reader is None or reader.example or reader.generic or document.format in kinds.SETTING:
        return None
    field = field_at(document, claim.secret)
    if field is None or field.by_name or not _usable(variable) or "shell" in field.expansion.syntaxes:
        return None
    write = field.expansion.write
    if write not in references.ENVIRONMENT and write != _ACTIONS:
        return None
    span = claim.secret
    if claim.rule == "key-in-url":  # the variable is named after the field, and so holds the whole address
        if field.references or len(field.entry.text.split()) != 1:
            return None
        span = field.entry.value
    if write in SOLE and span != field.entry.value:
        return None
    if write == _ACTIONS and variable.startswith("GITHUB_"):
        return None
    reference = references.rewrite(field.expansion, variable)
    change = edit(document, field.entry, span, reference)
    if change is None or variable not in reference:
        return None
    then = f"{_revoke(claim)}, and {'add the new one to the secrets of the repository as' if write == _ACTIONS else 'set'} {variable}."
    if write == _ACTIONS:
        return Fix(f"write {reference} in its place", (change,), then=then)
    return Fix(f"write {reference} in its place", (change,), declares=(variable,), keeps=(variable, span), then=then)


def named(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The name of the vendor's usual variable in a field that takes a name."""
    field = field_at(document, claim.span)
    variable = kinds.variable_of(claim.key, "", None) if claim.key else ""
    if field is None or claim.secret != field.entry.value or not _usable(variable):
        return None
    change = edit(document, field.entry, claim.secret, variable)
    then = f"{_revoke(claim)}, and set {variable}."
    return Fix(f"write {variable} in its place", (change,), declares=(variable,), keeps=(variable, claim.secret), then=then) if change else None


def without_default(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The reference without its default."""
    field = field_at(document, claim.span)
    reference = next((one for one in field.references if one.default and claim.secret and _within(claim.secret, one.default)), None) if field else None
    if field is None or reference is None or reference.fault or claim.secret is None:
        return None
    plain = "${X}" if "${X}" in field.expansion.syntaxes else field.expansion.write
    if plain not in references.ENVIRONMENT:
        return None
    text = plain.replace("X", reference.name, 1)
    change = edit(document, field.entry, reference.span, text)
    then = f"{_revoke(claim)}, and set {reference.name}."
    if change is None:
        return None
    return Fix(f"write {text}, without the default", (change,), declares=(reference.name,), keeps=(reference.name, claim.secret), then=then)


def emptied(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """Nothing in place of the value that a template shows."""
    field = field_at(document, claim.span)
    if field is None or claim.secret != field.entry.value or document.format == "yaml":
        return None
    return Fix("leave the value empty", (Edit(claim.secret),), then=f"{_revoke(claim)}.")


def _within(inner: "tuple[int, int]", outer: "tuple[int, int]") -> bool:
    return outer[0] <= inner[0] and inner[1] <= outer[1]


def _usable(variable: str) -> bool:
    """Whether a variable's name says enough of one secret to stand for it."""
    fits = variable.isidentifier() and variable.isascii() and variable.isupper() and 3 <= len(variable) <= 64
    return fits and variable not in _OTHERS and not variables.provided(variable) and not values.placeholder(variable)


def _revoke(claim: Claim) -> str:
    link = kinds.advice(claim.key.id)[0] if claim.key else ""
    return f"Revoke what stood here ({link})" if link else "Revoke or change what stood here"
