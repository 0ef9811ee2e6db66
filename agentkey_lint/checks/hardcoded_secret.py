"""A field that holds a secret holds a literal.

Why it matters
--------------
A password or token without a vendor's shape leaks like any other: with the file, its history and every copy of it.

What to do
----------
Change the secret, then write a reference in the syntax that this file's reader expands, and keep the value in the environment or a vault.

Limits
------
The field's name (or its reader's own list of secret fields) says that a secret belongs here; the value must be a literal that is no placeholder,
no plain word and no path. Short or word-like values have low confidence.
"""

from agentkey_lint.catalog import kinds, paths, values
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("hardcoded-secret", "field", "high", "A field that holds a secret holds a literal", ("NHI2", "ASI03"))
SCHEMES = ("bearer ", "basic ", "token ", "apikey ", "api-key ")


def hardcoded_secret(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    entry = field.entry
    if not field.secret or entry.kind not in ("string", "number") or field.references or field.by_name:
        return
    text, span = entry.text, entry.value
    for scheme in SCHEMES:
        if text.lower().startswith(scheme):
            text = text[len(scheme) :]
            span = span._replace(start=span.start + len(scheme))
            break
    if not text.strip() or values.placeholder(text):
        return
    sure = values.could_be_secret(text)
    if field.secret != "always" and not sure:
        return
    example = field.reader.example or paths.is_test(document.source.path)
    yield Claim(
        RULE.id,
        span,
        f"{field.name} of {field.reader.name} holds a literal" if not field.reader.generic else f"{field.name} holds a literal",
        f"Change it, then {kinds.instead(field.reader, field.name)}.",
        "high" if field.secret == "always" else "medium",
        "low" if example else "high" if field.secret == "always" and sure else "medium",
        span,
        identity=".".join(entry.route),
    )
