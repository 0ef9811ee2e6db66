"""An agent acts without asking anybody.

Why it matters
--------------
Asking is the last thing between a planted instruction and a command that runs with the keys of a person. A committed setting switches it off for everybody
who opens the repository.

What to do
----------
Remove the setting. Allow what is needed rule by rule, and keep unattended runs to containers that hold no keys and reach no network.

Limits
------
Judged are settings by which all questions fall away (`bypassPermissions`, `danger-full-access`, `approval_policy = "never"`, `trust: true`,
`autoApprove: ["*"]`, `yolo`, `chat.tools.global.autoApprove`), in the files of Claude Code, VS Code, Codex, Gemini CLI, Qwen Code, Roo Code, Cline,
Kiro, Windsurf, Cursor, opencode, Goose, Zed, OpenHands and Aider, and `COPILOT_ALLOW_ALL` and `GOOSE_MODE` wherever a file sets variables. Options in
scripts (`--dangerously-skip-permissions`) are not read. A server or table that is disabled is passed over. Modes that ask less are info.
"""

from agentkey_lint.catalog import permissions
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("approval-bypass", "settings", "high", "An agent acts without asking anybody", ("ASI02", "ASI05", "ASI09"))


def approval_bypass(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from permissions.claims(RULE.id, document)
