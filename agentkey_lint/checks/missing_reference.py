"""A field that needs a secret is empty or still holds a placeholder.

Why it matters
--------------
The agent starts with an empty or made-up credential, and the next person fills in the real one where git will see it.

What to do
----------
Write a reference to a variable, in the syntax that this file's reader expands.

Limits
------
Templates that people copy (`.env.example` and their like) and environment files themselves are right to hold nothing. Where the reader lets the
environment supply an empty field, the finding is severity info.
"""

from agentkey_lint.catalog import kinds, paths, values, variables
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("missing-reference", "field", "medium", "A field that needs a secret is empty or a placeholder", ("NHI2",))


def missing_reference(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    entry, reader = field.entry, field.reader
    if not field.secret or reader.example or reader.generic or reader.format in ("dotenv", "shell", "dockerfile") or field.references or field.by_name:
        return
    if entry.kind not in ("string", "null") or (field.secret != "always" and entry.kind == "null"):
        return
    reason = "empty" if not entry.text.strip() else values.placeholder(entry.text)
    if not reason or entry.text.strip() in ("none", "user_provided"):
        return
    empty = reason == "empty"
    wanted = variables.proposed(field.name, entry.route)
    advice = kinds.instead(reader, wanted)
    span = entry.key if empty and entry.value.start == entry.value.end else entry.value
    yield Claim(
        RULE.id,
        span,
        f"{field.name} of {reader.name} is {'empty' if empty else f'a placeholder ({reason})'}",
        f"{advice[:1].upper()}{advice[1:]}.",
        "info" if empty and field.overridable else "low" if empty else "medium",
        "low" if paths.is_test(document.source.path) else "high" if field.secret == "always" else "medium",
        identity=".".join(entry.route),
        variable=wanted,
    )
