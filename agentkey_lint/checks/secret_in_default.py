"""A reference's default is a secret.

Why it matters
--------------
`${API_KEY:-the key itself}` looks like a reference and is a hard-coded key: it leaks with the file, and it is used silently wherever the variable is
not set, so nobody notices that the environment is not read.

What to do
----------
Revoke the key. Leave the default out, so that a missing variable is an error; where the reader has a syntax that demands the variable
(`${API_KEY:?}` in compose), use that.

Limits
------
Defaults of references in configuration files and second arguments of look-ups such as `os.getenv(name, default)` are judged, by shape or by the same
judgement as any literal.
"""

from agentkey_lint.catalog import judge, kinds, paths
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("secret-in-default", "contents", "high", "A reference's default is a secret", ("NHI2", "ASI03"))


def secret_in_default(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    defaults = [(one.name, one.value) for one in document.assignments if one.style == "default"]
    for field in document.fields:
        defaults += [(reference.name, reference.default) for reference in field.references if reference.default is not None]
    for name, span in defaults:
        yield from _default(name, span, document)


def _default(name: str, span: Span, document: Document) -> "Iterator[Claim]":
    hint = f"Revoke it and leave the default out: {name} must come from the environment."
    for match in document.keys:
        if span.start <= match.secret.start and match.secret.end <= span.end:
            message = f"the default of {name} is a key: {kinds.title(match.facts)} ({kinds.says(match.facts)})"
            severity = kinds.severity(match.facts)
            yield Claim(RULE.id, match.secret, message, hint, severity, match.confidence, match.secret, match.prefix, key=match.facts, variable=name)
            return
    text = document.source.data[span.start : span.end].decode("utf-8", "replace")
    found = judge.features(name, text, '"', "config", document.source.path)
    confidence = judge.confidence(found)
    if confidence:
        severity = "medium" if paths.is_test(document.source.path) else "high"
        message = f"the default of {name} is a literal secret"
        yield Claim(RULE.id, span, message, hint, severity, confidence, span, identity=name, why=tuple(found), variable=name)
