"""A permission rule of an agent captured a secret.

Why it matters
--------------
"Allow always" writes the whole command into the agent's settings, with the token that stood in it. Such files have been committed and pushed.

What to do
----------
Revoke the secret, replace the rule by one without it (`Bash(curl https://api.example.com/*)`), and keep `.claude/settings.local.json` out of git.

Limits
------
Rules in `permissions` of agent settings are judged: keys by shape, and literals behind a secret's name or header.
"""

from agentkey_lint.catalog import judge, kinds
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("key-in-permission-rule", "settings", "high", "A permission rule of an agent captured a secret", ("NHI2", "ASI03"))
HINT = "Revoke it, allow the command without it, and keep this file out of git."


def key_in_permission_rule(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    rules = [field.entry for field in document.fields if _is_rule(field.entry.route)]
    if not rules:
        return
    for match in document.keys:
        if match.rule != "key-in-url" and any(rule.value.start <= match.secret.start and match.secret.end <= rule.value.end for rule in rules):
            message = f"the rule captured a key: {kinds.title(match.facts)} ({kinds.says(match.facts)})"
            yield Claim(RULE.id, match.secret, message, HINT, kinds.severity(match.facts), match.confidence, match.secret, match.prefix, key=match.facts)
    for one in document.assignments:
        if any(rule.value.start <= one.value.start and one.value.end <= rule.value.end for rule in rules):
            found = judge.features(one.name, one.text, one.quote, one.style, document.source.path)
            confidence = judge.confidence(found)
            if confidence:
                message = f"the rule captured a literal for {one.name}"
                yield Claim(RULE.id, one.value, message, HINT, "high", confidence, one.value, identity=one.name, why=tuple(found))


def _is_rule(route: tuple[str, ...]) -> bool:
    return len(route) >= 3 and "permissions" in route[:-1] and route[-1].isdigit()
