"""An administrator's key is declared for a routine task.

Why it matters
--------------
An agent that reads and writes all day meets planted instructions all day. With an administrator's key each of them can change rights and members, not
only the text that the task is about.

What to do
----------
Take a key of its own for the task, with the role `read-only` or `write` and the scopes that it needs. Where the task does need an administrator, say why
in `justification`.

Limits
------
The text of `task` is read by its words: one of `routine_tasks` and none of `administration_tasks` in `rules/words.toml`, in English. A task in other words
is not judged, and neither is a key without one. Admin is what the role says, or a scope that goes beyond it.
"""

from agentkey_lint.catalog import declared, scopes
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("admin-key-for-routine-task", "record", "high", "An administrator's key does a routine task", ("NHI5", "ASI03"))


def admin_key_for_routine_task(record: KeyRecord, document: Document, repository: Repository) -> "Iterator[Claim]":
    if declared.routine(declared.text(record, "task")) and scopes.reach(record) == "admin" and declared.missing(record, "justification"):
        yield Claim(
            RULE.id,
            record.fields["task"].value,
            "this task reads and writes, and its key may do what an administrator may",
            "Give the task a key with the role that it needs; if it does need an administrator, say why in `justification`.",
            RULE.severity,
            identity=record.id,
            variable=declared.variable(record),
        )
