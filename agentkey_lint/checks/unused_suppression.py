"""A comment, or an entry of the settings, hides no finding.

Why it matters
--------------
A comment that outlived what it excused will hide the next secret on its line, and one that never worked gives a false calm: somebody reads that a
finding is excused, while nothing is checked or while it is reported all the same.

What to do
----------
Remove it, or the rules in it that say nothing here. Where it was meant to work: `agentkey: ignore[rule, rule] reason`, in a comment behind the finding or
alone on the line above; a reason is required (unless the setting `require-reason` is false), `until=2026-12-31` ends it.

Limits
------
Rules about the whole repository, `repeated-key` and `detect-secrets` do not speak in every run, so a comment that names them is never called unused for
their sake. Entries `[[ignore]]` of settings are judged by a `check` of the whole repository alone. In prose (Markdown and the like) only a comment in
`<!-- -->` is looked at, for such files explain comments. A text in a program that looks like such a comment is taken for one.
"""

from agentkey_lint.model.facts import Document, Suppression
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("unused-suppression", "suppression", "low", "A comment, or an entry of the settings, hides no finding", ("NHI1",))


def unused_suppression(suppression: Suppression, document: Document, repository: Repository) -> "Iterator[Claim]":
    if suppression.fault:
        hint = "Write `agentkey: ignore[rule] reason`, or remove it."
        yield Claim(RULE.id, suppression.span, f"this comment hides nothing: {suppression.fault}", hint, RULE.severity, identity=suppression.fault)
    elif suppression.entry:
        message = f"entry {suppression.entry} of ignore hides nothing"
        yield Claim(RULE.id, suppression.span, message, "Remove it.", RULE.severity, identity=str(suppression.entry))
    elif suppression.idle:
        rules = " and ".join(suppression.idle)
        hint = "Remove it." if suppression.idle == suppression.rules else f"Take {rules} out of it."
        yield Claim(RULE.id, suppression.span, f"{rules} {'say' if len(suppression.idle) > 1 else 'says'} nothing here", hint, RULE.severity, identity=rules)
