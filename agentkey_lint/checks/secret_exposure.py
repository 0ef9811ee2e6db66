"""A program is told to hand its secrets on.

Why it matters
--------------
Most agents keep variables that look like keys away from the commands that they run. Where a setting switches that off, every command and every
expression of a workflow reads all keys of the process.

What to do
----------
Put the default back, and hand each command or node the one variable that it needs.

Limits
------
Judged are `ignore_default_excludes` of Codex, the redaction of Gemini CLI (low), `N8N_BLOCK_ENV_ACCESS_IN_NODE`, and in a `server.json` of the MCP registry
a value or default of what is declared secret. A default that is itself put in (`{token}`) is fine.
"""

from agentkey_lint.catalog import permissions
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("secret-exposure", "settings", "high", "A program is told to hand its secrets on", ("NHI2", "ASI03"))


def secret_exposure(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from permissions.claims(RULE.id, document)
