"""A template that people copy holds a real secret.

Why it matters
--------------
`.env.example` is committed on purpose and copied by everybody. A working key in it is published, and shared by all who start from the copy.

What to do
----------
Revoke the key and leave the value empty, or write a placeholder such as `<your key>`.

Limits
------
Shaped keys that are no samples are reported; literals without a shape only when every feature says secret.
"""

from agentkey_lint.catalog import judge, kinds
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("example-holds-secret", "contents", "high", "A template that people copy holds a real secret", ("NHI2", "NHI9"))
HINT = "Revoke it, and leave the value empty or write a placeholder."


def example_holds_secret(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    if document.reader is None or not document.reader.example:
        return
    for match in document.keys:
        if match.rule == "hardcoded-key" and match.facts.tier != "public":
            message = f"this template holds a key: {kinds.title(match.facts)} ({kinds.says(match.facts)})"
            yield Claim(RULE.id, match.secret, message, HINT, kinds.severity(match.facts), match.confidence, match.secret, match.prefix, key=match.facts)
    for field in document.fields:
        entry = field.entry
        if field.secret and entry.kind == "string" and not field.references:
            found = judge.features(field.name, entry.text, '"', "config", "")
            if judge.confidence(found) == "high":
                message = f"{field.name} of this template holds a literal"
                yield Claim(RULE.id, entry.value, message, HINT, "high", "medium", entry.value, identity=field.name, why=tuple(found))
