"""A key is granted a wildcard instead of the scopes it needs.

Why it matters
--------------
A wildcard grants what the agent needs and everything beside it, what the provider adds next year included. Whoever steers the agent, by a planted
instruction or a leaked key, gets all of it.

What to do
----------
Write down the scopes that the task needs, one by one: `tickets:read` instead of `tickets:*`.

Limits
------
A wildcard is a whole part of a scope: `*`, `tickets:*`, `*:read`, or `All` as Microsoft Graph writes it. A star within a word (`s3:Get*`) is a group of
actions of one kind and is not reported. The severity follows what it grants: reading is medium, writing high, everything critical. `resources` are not
looked at.
"""

from agentkey_lint.catalog import scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("wildcard-scope", "record", "high", "A scope is a wildcard", ("NHI5", "ASI03"))
SEVERITY = {"read": "medium", "write": "high", "admin": "critical"}
REACH = {"read": "reading of everything it matches", "write": "every action on what it matches", "admin": "everything there is, rights and settings included"}


def wildcard_scope(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    for item in record.scopes:
        tier = scopes.tier(item.text, scopes.provider(record))
        if tier.wildcard:
            yield Claim(
                RULE.id,
                item.value,
                f"this scope is a wildcard: it grants {REACH[tier.level]}",
                "List the scopes that the task needs, one by one.",
                SEVERITY[tier.level],
                identity=f"{record.id}/{item.text}",
            )
