"""A value stands where the name of a variable belongs.

Why it matters
--------------
Fields such as `bearer_token_env_var` or `env_key` take the *name* of a variable. A key written there leaks with the file and does not even work: the
reader looks for a variable of that name and finds none.

What to do
----------
Write the variable's bare name, without `$` or braces, and keep the value in the environment. A key that stood here must be revoked.

Limits
------
Which fields take a name is a fact of the file's reader (`by_name` in `rules/readers/`).
"""

from agentkey_lint.catalog import judge, kinds
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("value-for-name", "field", "high", "A value stands where the name of a variable belongs", ("NHI2",))


def value_for_name(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    entry = field.entry
    if not field.by_name or entry.kind != "string" or not entry.text:
        return
    within = [match for match in document.keys if entry.value.start <= match.secret.start and match.secret.end <= entry.value.end]
    place = f"{field.name} of {field.reader.name} takes the name of a variable"
    identity = ".".join(entry.route)
    if within:
        match = within[0]
        hint = kinds.mend(match.facts, field.name, None)
        message = f"{place}; {kinds.title(match.facts)} stands there ({kinds.says(match.facts)})"
        yield Claim(RULE.id, match.secret, message, hint, kinds.severity(match.facts), match.confidence, match.secret, match.prefix, identity, match.facts)
    elif entry.text.isidentifier() and entry.text.isascii():
        found = judge.features("token", entry.text, '"', "config", document.source.path)
        if judge.confidence(found) == "high":
            hint = "Revoke it, and write the name of the variable that holds it."
            yield Claim(RULE.id, entry.value, f"{place}; this looks like its value", hint, "high", "medium", entry.value, identity=identity, why=tuple(found))
    else:
        # Only a bare name works; what stands here may be a reference, or a secret that must not be shown.
        hint = "Write the variable's bare name, without $ or braces; revoke what stood here if it was a secret."
        yield Claim(RULE.id, entry.value, f"{place}; this is none", hint, "high", "high", entry.value, identity=identity)
