"""A permission rule is written so that its reader passes it over.

Why it matters
--------------
A rule that is silently ignored allows nothing that was meant to be allowed, which is a nuisance; as a `deny` rule it protects nothing, which nobody notices.

What to do
----------
Write the tool and what it may do in parentheses: `Bash(npm run test:*)`, `Read(./.env)`.

Limits
------
Judged are the rules of Claude Code, by their shape alone: arguments behind a colon instead of in parentheses (`Bash:*`), empty parentheses, one that is
not closed, and arguments for a tool of a server (`mcp__github__get_issue(*)`). Whether a tool of that name exists is not looked up: new ones come with
every version.
"""

from agentkey_lint.catalog import permissions
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("invalid-permission-rule", "settings", "medium", "A permission rule is written so that its reader passes it over", ("NHI5", "ASI02"))


def invalid_permission_rule(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from permissions.claims(RULE.id, document)
