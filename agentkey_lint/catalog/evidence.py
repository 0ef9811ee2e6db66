"""Whether a file holds a secret, as far as its facts say: judgement that the rules on ignore files share."""

from agentkey_lint.catalog import values
from agentkey_lint.catalog.ignores import Family, families
from agentkey_lint.model.facts import Document
from agentkey_lint.model.repository import Ignore, Repository


def holds_secret(document: Document) -> bool:
    """A key that is no sample, or a secret field with a literal that is no placeholder."""
    if any(match.confidence != "low" and match.facts.tier != "public" for match in document.keys):
        return True
    return any(
        field.secret
        and field.entry.kind == "string"
        and not field.references
        and not values.placeholder(field.entry.text)
        and values.could_be_secret(field.entry.text)
        for field in document.fields
    )


def secret_file(document: Document, repository: Repository) -> tuple[Family, Ignore] | None:
    """The family by which git must ignore this file, and what git says of it; None if it need not be ignored, or there is no git."""
    family = _family(document)
    ignore = repository.ignore(document.source.path) if family is not None else None
    return (family, ignore) if family is not None and ignore is not None else None


def _family(document: Document) -> Family | None:
    for family in families(document.source.path):
        if family.proof == "always":
            return family
        if family.proof == "private-key" and any(match.rule == "private-key" and match.confidence != "low" for match in document.keys):
            return family
        if family.proof == "secret" and holds_secret(document):
            return family
    return None
