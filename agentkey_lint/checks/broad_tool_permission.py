"""An agent's tool is allowed far more than a task needs.

Why it matters
--------------
A permission such as `Bash(*)` makes every question "may I run this?" a yes. One planted instruction in a page, an issue or a file is then enough to run
commands, read keys, and send them away.

What to do
----------
Allow single commands, folders, addresses and tools: `Bash(npm run test:*)`, `Edit(src/**)`, `WebFetch(domain:docs.example.com)`, `mcp__github__get_issue`.
What is rarely needed may ask.

Limits
------
Judged are the permission files of Claude Code, Cursor, Codex, Gemini CLI, Qwen Code, Kiro, Amazon Q, opencode, Zed, OpenHands and the Copilot CLI;
what is broad in each is a table of `rules/readers/`. A whole server (`mcp__github`) is low; commands that run any other (`Bash(python:*)`) are
medium. A later `deny` that narrows such a rule is not weighed against it. What Cursor's documentation does not spell out is told at low confidence;
the switches of CrewAI that no longer do anything, and lists that only make tools available, are info.
"""

from agentkey_lint.catalog import permissions
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("broad-tool-permission", "settings", "high", "An agent's tool is allowed far more than a task needs", ("NHI5", "ASI02"))


def broad_tool_permission(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from permissions.claims(RULE.id, document)
