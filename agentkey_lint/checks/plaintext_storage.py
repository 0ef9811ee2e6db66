"""A key that can write is kept as plain text.

Why it matters
--------------
Every program that an agent starts inherits its environment, and crash reports and logs like to print it. A vault hands the key out to the one that may
have it, notes that it did, and can replace it.

What to do
----------
Keep the key in a vault or the system's key ring, and say where in `storage`: `vault://…`, `aws-secretsmanager:…`, `op://…`, `keyring:…`.

Limits
------
Severity info: for many, the environment is the best there is. Keys that only read are not reported, nor are those that do not say where they are kept.
The OWASP cheat sheet for MCP advises against environment variables; that reading keys may stay there is our choice.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("plaintext-storage", "record", "info", "A key that can write is kept as plain text", ("NHI2", "ASI03"))


def plaintext_storage(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    tier = scopes.reach(record)
    if declared.plaintext(record) and tier in ("write", "admin"):
        what = "an administrator's key" if tier == "admin" else "a key that can write"
        hint = "Keep it in a vault or a key ring, and say where in `storage`."
        yield Claim(RULE.id, record.fields["storage"].value, f"{what} is kept as plain text", hint, RULE.severity, identity=record.id)
