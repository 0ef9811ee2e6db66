"""A key has ended and is still declared.

Why it matters
--------------
Either the agent no longer works, or the key was never ended at its provider and works on behind everybody's back.

What to do
----------
Make sure that the provider has revoked it. Then remove it from the manifest, or enter the date of its successor.

Limits
------
A day counts until its end in UTC, and what is said does not change within a day. `ttl` counts from `rotated`, or else from `created`; without either it
ends at an unknown time.
"""

from agentkey_lint.catalog import durations
from agentkey_lint.model.days import day
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("expired-key", "record", "high", "A key has ended and is still declared", ("NHI1", "ASI03"))


def expired_key(record: KeyRecord, document: Document, repository: Repository, today: int | None = None) -> "Iterator[Claim]":
    """today: the start of the day to judge by, in seconds since 1970; this day by default."""
    now = durations.today() if today is None else today
    hint = "Make sure that it is revoked at the provider, then remove it here or enter its successor."
    for name, end in _ends(record):
        if end < now:
            message = f"this key ended on {day(int(end))}"
            yield Claim(RULE.id, record.fields[name].value, message, hint, RULE.severity, identity=f"{record.id}/{name}")


def _ends(record: KeyRecord) -> "Iterator[tuple[str, float]]":
    """When the key ends, by each field that says so."""
    fields = record.fields
    if "expires" in fields and (end := durations.date(fields["expires"].text)) is not None:
        yield "expires", end
    starts = [start for name in ("created", "rotated") if name in fields and (start := durations.date(fields[name].text)) is not None]
    if "ttl" in fields and starts and (length := durations.seconds(fields["ttl"].text)) is not None:
        yield "ttl", max(starts) + length
