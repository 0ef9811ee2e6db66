"""A key is bound to no agent.

Why it matters
--------------
A key for everybody is a key of nobody: its log does not say who acted, and when one agent is taken over, all that use the key have to stop.

What to do
----------
Name the one agent that acts with the key in `agent`, and issue a key of its own to every other.

Limits
------
The manifest is believed: whether another agent uses the key as well is not known here. `*`, `any`, `all`, `shared` and the like name no agent. A key that
names several is the affair of `shared-key`.
"""

from agentkey_lint.catalog import declared
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("unbound-key", "record", "medium", "A key is bound to no agent", ("NHI9", "ASI03"))
ANYBODY = frozenset(("*", "any", "all", "anyone", "anybody", "everyone", "everybody", "shared", "agents", "all agents", "various", "multiple"))


def unbound_key(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    entry = declared.place(record, "agent")
    hint = "Name the one agent that acts with it in `agent`; every other needs a key of its own."
    if declared.missing(record, "agent"):
        yield Claim(RULE.id, record.span if entry is None else entry.value, "this key is bound to no agent", hint, RULE.severity, identity=record.id)
    elif entry is not None and entry.text.strip().lower() in ANYBODY:
        yield Claim(RULE.id, entry.value, "this key is bound to no agent: anybody may use it", hint, RULE.severity, identity=record.id)
