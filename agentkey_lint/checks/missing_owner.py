"""A key has no owner.

Why it matters
--------------
When the key leaks, ends or is no longer needed, somebody has to act. A key that nobody answers for stays when its agent and the people who made it are
gone.

What to do
----------
Name the person or team that answers for the key in `owner`; a team outlives a person.

Limits
------
Whether the owner exists, or knows, is not known here. Words such as `none`, `unknown` and `todo` name nobody. The severity follows what the key may do:
reading is low, writing medium, an administrator's key high. That a key must have an owner is our choice, after OWASP NHI1.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("missing-owner", "record", "medium", "A key has no owner", ("NHI1", "ASI03"))
SEVERITY = {"read": "low", "write": "medium", "admin": "high"}


def missing_owner(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    if declared.missing(record, "owner"):
        entry = declared.place(record, "owner")
        span = record.span if entry is None else entry.value
        hint = "Name the person or team that answers for it in `owner`."
        yield Claim(RULE.id, span, "nobody is named who answers for this key", hint, SEVERITY[scopes.reach(record)], identity=record.id)
