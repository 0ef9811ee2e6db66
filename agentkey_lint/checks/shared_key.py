"""One key is bound to two agents.

Why it matters
--------------
Two agents with one key are one identity: the log does not say which of them acted, each may do what the other needs, and neither key can be revoked
alone.

What to do
----------
Issue a key to each agent, with the scopes of its own task, and a variable of its own.

Limits
------
Judged within one manifest: two keys of one `id`, one `env` or one place in a vault whose agents differ, and a key that names several agents. The same
variable in two manifests is taken for two keys. Two agents that run apart can have two keys behind one variable's name; the manifest cannot tell, and
two names can.
"""

from agentkey_lint.catalog import declared
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("shared-key", "manifest", "medium", "One key is bound to two agents", ("NHI9", "ASI03"))
WHAT = {"id": "the id", "env": "the variable", "storage": "the place"}
HINT = "Give each agent a key and a variable of its own."
MOST_NOTES = 20


def shared_key(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    groups: dict[tuple[str, str], list[KeyRecord]] = {}
    for record in document.records:
        if len({agent.text.strip() for agent in record.agents}) > 1:
            first, *others = record.agents
            notes = tuple(Note(agent.value, "and this agent") for agent in others[:MOST_NOTES])
            yield Claim(RULE.id, first.value, "this key is bound to several agents", HINT, RULE.severity, identity=f"{record.id}/agents", notes=notes)
        elif record.agents:
            for mark in declared.marks(record):
                groups.setdefault(mark, []).append(record)
    told: set[tuple[int, ...]] = set()
    for (field, text), records in groups.items():
        agents = {record.agents[0].text.strip() for record in records}
        starts = tuple(record.span.start for record in records)
        if len(agents) > 1 and starts not in told:
            told.add(starts)  # keys that share two things are told once
            other = next(record for record in records if record.agents[0].text.strip() != records[0].agents[0].text.strip())
            notes = tuple(Note(record.fields[field].value, "and here") for record in records if record is not other)
            message = f"{WHAT[field]} of this key is bound to {len(agents)} agents"
            yield Claim(RULE.id, other.fields[field].value, message, HINT, RULE.severity, identity=f"{field}/{text}", notes=notes[:MOST_NOTES])
