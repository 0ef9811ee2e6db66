"""A name that says secret is given a literal.

Why it matters
--------------
A password or token without a vendor's shape leaks like any other: with the file, its history and every copy of it.

What to do
----------
Change the secret, then write a reference in the syntax that this file's reader expands, and keep the value in the environment or a vault.

Limits
------
Name, value, file and neighbourhood are judged together (`agentkey_lint/catalog/judge.py`): words, placeholders, paths, references and expressions are
no secrets; word-like passwords, and literals in tests and examples, have low confidence and are not reported by default.
"""

from agentkey_lint.catalog import judge, kinds, paths, urls, values, variables
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

RULE = Rule("hardcoded-secret", "contents", "high", "A name that says secret is given a literal", ("NHI2", "ASI03"))
SCHEMES = ("bearer ", "basic ", "token ", "apikey ", "api-key ", "digest ")
LONGEST_SCHEME = max(map(len, SCHEMES))
SHORTEST_TOKEN = 16
"""A shorter word behind `Bearer` is text."""


def hardcoded_secret(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    for field in document.fields:
        yield from _field(field, document)
    for one in document.assignments:
        text, span = _without_scheme(one.text, one.value)
        if one.text.lower().startswith("basic "):
            text = urls.basic_password(text)
        found = judge.features(one.name, text, one.quote, one.style, document.source.path)
        confidence = judge.confidence(found)
        if confidence and (text == one.text or len(one.text) >= SHORTEST_TOKEN):
            severity = "medium" if paths.is_test(document.source.path) else "high"
            yield _claim(one.name, (), span, f"{one.name} is given a literal", document, severity, confidence, found)


def _field(field: Field, document: Document) -> "Iterator[Claim]":
    entry, reader = field.entry, field.reader
    if not field.secret or entry.kind not in ("string", "number") or field.references or field.by_name:
        return
    text, span = _without_scheme(entry.text, entry.value)
    found = judge.features(field.name, text, entry.quote or '"', "config", document.source.path)
    confidence = judge.confidence(found)
    if field.secret == "always" and text.strip() and not values.placeholder(text) and not values.templated(text):
        confidence = "high" if confidence in ("high", "medium") else "medium"
    if reader.example or (reader.generic and entry.kind == "number"):
        confidence = "low" if confidence else ""
    if confidence:
        owner = "" if reader.generic else f"of {reader.name} "
        yield _claim(field.name, entry.route, span, f"{field.name} {owner}holds a literal", document, "high", confidence, found)


def _without_scheme(text: str, span: Span) -> tuple[str, Span]:
    """An authorization header's value without its scheme."""
    lower = text[:LONGEST_SCHEME].lower()
    if lower.startswith(SCHEMES):
        scheme = next(scheme for scheme in SCHEMES if lower.startswith(scheme))
        return text[len(scheme) :], span._replace(start=span.start + len(scheme))
    return text, span


def _claim(
    name: str, route: "Sequence[str]", span: Span, message: str, document: Document, severity: str, confidence: str, found: "list[tuple[str, int]]"
) -> Claim:
    wanted = variables.proposed(name, route)
    hint = f"Change it, then {kinds.instead(document.reader, wanted)}."
    return Claim(RULE.id, span, message, hint, severity, confidence, span, identity=name, why=tuple(found), variable=wanted)
