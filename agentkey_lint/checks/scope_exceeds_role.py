"""A key's scope grants more than the role that is declared for it.

Why it matters
--------------
The role is what people rely on when they hand the key to an agent. A read-only key that can delete turns every mistake and every planted instruction
into lost data.

What to do
----------
Take a narrower scope. If the agent does need this one, declare the role that it comes to, so that the limits of that role apply.

Limits
------
What a scope grants is read from its words (see `rules/scopes/`); a scope whose words say nothing is not judged. The provider has the last word: where a
scope is read wrongly, its name can be entered in `rules/scopes/`.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("scope-exceeds-role", "record", "high", "A scope grants more than the declared role", ("NHI5", "ASI03"))


def scope_exceeds_role(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    role = record.fields.get("role")
    if role is None or role.text not in scopes.ROLES:
        return
    for item in record.scopes:
        tier = scopes.tier(item.text, scopes.provider(record))
        if scopes.rank(tier.level) > scopes.rank(scopes.ROLES[role.text]):
            yield Claim(
                RULE.id,
                item.value,
                f"this scope grants {tier.level} (by `{tier.because}`), but the key's role is {role.text}",
                f"Take a narrower scope, or declare the role {tier.level}.",
                RULE.severity,
                identity=f"{record.id}/{item.text}",
                variable=declared.variable(record),
            )
