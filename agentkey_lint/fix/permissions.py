"""What an agent is allowed: the rule taken out of its list, the switch set the other way, the mode set to one that asks."""

from agentkey_lint.catalog import permissions
from agentkey_lint.catalog.compiled import ENVIRONMENT
from agentkey_lint.fix.quoting import edit, field_at, without
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Edit, Fix
from agentkey_lint.model.repository import Repository

_OPPOSITE = {"true": "false", "false": "true", "yes": "no", "no": "yes", "on": "off", "off": "on"}


def tightened(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The setting that allows too much, without the excess. Never safe: somebody may count on it."""
    found = next(((field, row) for field, row in permissions.settings(claim.rule, document) if field.entry.value == claim.span), None)
    if found is None:
        return None
    field, row = found
    entry, text = field.entry, field.entry.text.strip()
    if row.write:
        change = edit(document, entry, entry.value, row.write)
        return Fix(f"set {field.name} to {row.write}", (change,)) if change else None
    if entry.route[-1].isdecimal():
        return _taken_out(document, claim, "take this rule out")
    if text.lower() in _OPPOSITE and field.name not in ENVIRONMENT:  # of a variable, being set at all may count
        opposite = _OPPOSITE[text.lower()]
        return Fix(f"set {field.name} to {opposite}", (Edit(entry.value, opposite.capitalize() if text[0].isupper() else opposite),))
    return None


def forgotten(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """A permission rule that captured a secret, taken out: nobody will need that very command again."""
    return _taken_out(document, claim, "take this rule out", "Revoke what it had captured.")


def _taken_out(document: Document, claim: Claim, title: str, then: str = "") -> Fix | None:
    field = field_at(document, claim.span)
    change = without(document, field.entry) if field is not None and field.entry.route[-1].isdecimal() else None
    return Fix(title, (change,), then=then) if change else None
