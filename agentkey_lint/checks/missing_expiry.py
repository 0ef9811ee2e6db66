"""A key never ends.

Why it matters
--------------
A key that leaks unnoticed works until it ends. One without an end outlives the agent it was made for, and the people who remember it.

What to do
----------
Set `ttl` (`30d`, `12h`) or `expires` (a date), at the provider first and then in the manifest.

Limits
------
The manifest is believed: whether the provider really ends the key is not known here. `never`, `none`, null and zero are no end. That a key must have an
end is our choice, after OWASP NHI7; how long it may be is the affair of `long-lived-key`.
"""

from agentkey_lint.catalog import durations, scopes
from agentkey_lint.model.facts import Document, Entry, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("missing-expiry", "record", "high", "A key never ends", ("NHI7", "NHI1", "ASI03"))
SEVERITY = {"read": "medium", "write": "high", "admin": "high"}
HINT = "Set `ttl: 30d` or `expires` with a date, at the provider first and then here."


def missing_expiry(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    severity = SEVERITY[scopes.granted(record)]
    ends = [record.fields[name] for name in ("expires", "ttl") if name in record.fields]
    if not ends:
        yield Claim(RULE.id, record.span, "this key has neither `expires` nor `ttl`: it never ends", HINT, severity, identity=f"{record.id}/none")
    for end in ends:
        if _endless(end):
            span = end.value if end.value.start < end.value.end else end.key
            yield Claim(RULE.id, span, f"`{end.route[-1]}` says that this key never ends", HINT, severity, identity=f"{record.id}/{end.route[-1]}")


def _endless(end: Entry) -> bool:
    """Whether a field says that there is no end; of a value that is taken from elsewhere (a YAML alias) nothing is known."""
    return end.kind in ("string", "number", "null", "boolean") and durations.seconds(end.text) == durations.NEVER
