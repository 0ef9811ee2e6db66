"""Nobody can see what a key is used for.

Why it matters
--------------
Without a record of its uses a stolen key works unseen, and after an incident nobody can say what an agent did and what somebody else did with its key.

What to do
----------
Turn on the provider's audit log, send it where somebody looks, and write down in `audit` where that is.

Limits
------
The manifest is believed: whether anything is logged is not known here (`agentkey-lint usage` reads such logs). `false` and words such as `none` are no
place. The severity follows what the key may do: reading is low, writing and administration medium. That a key must be audited is our choice, after the
OWASP Agentic Top 10.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("missing-audit", "record", "medium", "Uses of a key are logged nowhere", ("ASI03", "ASI10"))
SEVERITY = {"read": "low", "write": "medium", "admin": "medium"}


def missing_audit(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    if declared.missing(record, "audit"):
        entry = declared.place(record, "audit")
        span = record.span if entry is None else entry.value
        hint = "Turn on the provider's audit log, and write in `audit` where it is kept."
        yield Claim(RULE.id, span, "it is said nowhere that uses of this key are logged", hint, SEVERITY[scopes.reach(record)], identity=record.id)
