"""A key lives longer than its role allows.

Why it matters
--------------
The longer a key lives, the longer a copy of it works that nobody knows of: in a log, a backup, an agent's memory.

What to do
----------
Shorten `ttl` or `expires`, at the provider first, and let the agent fetch a fresh key when it starts.

Limits
------
Read-only keys may live 90 days, write keys 30 days, admin keys 24 hours; an admin key of more than 7 days is severity high. Only the 90 days rest on an
authority (the CIS benchmarks for AWS and Google Cloud); the others are our choice, and all are options: `read`, `write`, `admin` and `admin-high`.
Where neither `created` nor `rotated` is given, the time that is left until `expires` counts: the key lives that long at least. A key without any end is
the affair of `missing-expiry`.
"""

from agentkey_lint.catalog import durations, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule(
    "long-lived-key",
    "record",
    "medium",
    "A key lives longer than its role allows",
    ("NHI7", "ASI03"),
    (("read", "90d"), ("write", "30d"), ("admin", "24h"), ("admin-high", "7d")),
)
DAY = durations.DAY
LIMITS = {"read": (("read", "medium"),), "write": (("write", "medium"),), "admin": (("admin-high", "high"), ("admin", "medium"))}
"""For each tier the options that limit it, the longest first, and the severity of what is longer."""


def long_lived_key(record: KeyRecord, document: Document, repository: Repository, today: int | None = None) -> "Iterator[Claim]":
    """today: the start of the day to judge by, in seconds since 1970; this day by default."""
    tier = scopes.granted(record)
    settings = repository.settings(document.source.path)
    for name, length in _lengths(record, durations.today() if today is None else today):
        for option, severity in LIMITS[tier]:
            limit = durations.seconds(str(settings.option(RULE, option)))
            if limit is not None and limit < length < durations.NEVER:
                words = _days(limit)
                message = f"this key lives {_days(length)}; a key for {tier} may live {words}"
                hint = f"Let it live {words} at the most, and fetch a fresh one when it ends."
                yield Claim(RULE.id, record.fields[name].value, message, hint, severity, identity=f"{record.id}/{name}")
                break


def _lengths(record: KeyRecord, now: int) -> "Iterator[tuple[str, float]]":
    """How long the key lives, in seconds, by each field that says so."""
    fields = record.fields
    if "ttl" in fields and (length := durations.seconds(fields["ttl"].text)) is not None:
        yield "ttl", length
    starts = [start for name in ("created", "rotated") if name in fields and (start := durations.date(fields[name].text)) is not None]
    if "expires" in fields and (end := durations.date(fields["expires"].text)) is not None:
        yield "expires", end - max(starts, default=now)


def _days(length: float) -> str:
    """A length of time for a person."""
    count, unit = (length / DAY, "days") if length >= 2 * DAY else (length / 3_600, "hours")
    return f"{count:,.2f}".rstrip("0").rstrip(".") + f" {unit}"
