"""An administrator's key is handed to a third party.

Why it matters
--------------
What the third party loses, its other customers' troubles included, is yours: whoever gets the key there governs your accounts, and your own logs and
devices see nothing of it.

What to do
----------
Hand out a key with the scopes that the integration needs, and keep administration to yourself. If the integration offers nothing narrower, create the
resource it needs under an account of its own.

Limits
------
The manifest is believed: `third_party` is true or names somebody. Admin is what the role says, or a scope that goes beyond it. A `justification` does
not change this finding.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("admin-key-third-party", "record", "high", "An administrator's key is handed to a third party", ("NHI3", "NHI5", "ASI03"))


def admin_key_third_party(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    if not declared.missing(record, "third_party") and scopes.reach(record) == "admin":
        yield Claim(
            RULE.id,
            record.fields["third_party"].value,
            "a third party holds this key, and it may do what an administrator may",
            "Hand out a key with the scopes that the integration needs, and no administrator's.",
            RULE.severity,
            identity=record.id,
            variable=declared.variable(record),
        )
