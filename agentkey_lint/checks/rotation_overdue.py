"""A key should have been replaced by now.

Why it matters
--------------
A key that was copied somewhere works until it is replaced. Rotation also shows that replacing works, before a leak makes it urgent.

What to do
----------
Issue a new key, let the agent use it, revoke the old one, and enter the day in `rotated`. Better still: a key that ends by itself (`ttl`), so that
nobody has to remember.

Limits
------
The interval is the key's `rotation`, and 90 days at the most (option `rotation`): the CIS benchmarks for AWS and Google Cloud want keys rotated within
90 days. It counts from `rotated`, or else from `created`; without either nothing is said. A day counts until its end in UTC. A key that ends before it is
due is the affair of `expired-key` and `long-lived-key`.
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

RULE = Rule("rotation-overdue", "record", "medium", "A key should have been replaced by now", ("NHI7", "ASI03"), (("rotation", "90d"),))
DAY = durations.DAY


def rotation_overdue(record: KeyRecord, document: Document, repository: Repository, today: int | None = None) -> "Iterator[Claim]":
    """today: the start of the day to judge by, in seconds since 1970; this day by default."""
    now = durations.today() if today is None else today
    starts = {name: start for name in ("rotated", "created") if name in record.fields and (start := durations.date(record.fields[name].text)) is not None}
    if not starts:
        return
    name = max(starts, key=lambda field: starts[field])
    every = _interval(record, str(repository.settings(document.source.path).option(RULE, "rotation")))
    due = starts[name] + every
    if due < now and due < _end(record, starts[name]):
        days = f"{every / DAY:,.1f}".removesuffix(".0")
        yield Claim(
            RULE.id,
            record.fields[name].value,
            f"this key dates from {day(starts[name])} and is to be replaced every {days} days: it was due on {day(int(due))}",
            "Replace it, revoke the old one, and enter the day in `rotated`.",
            RULE.severity,
            identity=f"{record.id}/{name}",
        )


def _interval(record: KeyRecord, most: str) -> float:
    """How often the key is to be replaced, in seconds; what is no duration, or no limit, leaves the limit."""
    own = durations.seconds(record.fields["rotation"].text) if "rotation" in record.fields else None
    limit = durations.seconds(most)
    return min(durations.NEVER if own is None else own, durations.NEVER if limit is None else limit)


def _end(record: KeyRecord, start: int) -> float:
    """When the key ends by itself."""
    fields = record.fields
    expires = durations.date(fields["expires"].text) if "expires" in fields else None
    length = durations.seconds(fields["ttl"].text) if "ttl" in fields else None
    return min(durations.NEVER if expires is None else expires, durations.NEVER if length is None else start + length)
