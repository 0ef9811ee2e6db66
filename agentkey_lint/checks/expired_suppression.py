"""A suppression has ended.

Why it matters
--------------
Somebody excused a finding for a time. The time is over, and the finding counts again.

What to do
----------
Mend what it excused and remove it; or, if the reason still holds, give it a new day.

Limits
------
A day counts until its end in UTC, and what is said does not change within a day. Comments and the entries `[[ignore]]` of settings are looked at.
"""

from agentkey_lint.catalog import durations
from agentkey_lint.model.days import day
from agentkey_lint.model.facts import Document, Suppression
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("expired-suppression", "suppression", "medium", "A suppression has ended", ("NHI1",))


def expired_suppression(suppression: Suppression, document: Document, repository: Repository, today: int | None = None) -> "Iterator[Claim]":
    """today: the start of the day to judge by, in seconds since 1970; this day by default."""
    now = durations.today() if today is None else today
    if not suppression.fault and suppression.until is not None and suppression.until < now:
        message = f"this suppression ended on {day(suppression.until)} and hides nothing any more"
        hint = "Mend what it excused and remove it, or give it a new day."
        yield Claim(RULE.id, suppression.span, message, hint, RULE.severity, identity=f"{day(suppression.until)}/{' '.join(suppression.rules)}")
