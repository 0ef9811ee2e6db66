"""One key is used in production and elsewhere.

Why it matters
--------------
Where things are tried out, logs are open, debuggers run and colleagues come and go. A key that is valid there and in production brings the one's
carelessness to the other's data.

What to do
----------
Issue a key for each environment, and declare each with its own `id` and one `environment`.

Limits
------
An environment is production by its name (`production`, `prod`, `live`; see `rules/words.toml`), and `*` or `all` is everything. Two keys behind one
variable's name, one for production and one for another environment, are severity info: that is how programs are usually set up, and mixing them up is
one mistake in a deployment away. Judged within one manifest.
"""

from agentkey_lint.catalog import declared
from agentkey_lint.model.facts import Document, KeyRecord
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("environment-mix", "manifest", "medium", "One key is used in production and elsewhere", ("NHI8",))
EVERYTHING = ("*", "all", "any", "every")
SEVERITY = {"id": "medium", "storage": "medium", "env": "info"}
"""What two keys may have in common, the surest first, and how bad that is."""
HINT = "Issue a key for each environment, and declare each by itself."
MOST_NOTES = 20


def environment_mix(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    sides: dict[tuple[str, str], dict[bool, list[KeyRecord]]] = {}
    for record in document.records:
        kinds = _kinds(record)
        if len(kinds) > 1:
            span = record.environments[0].value
            yield Claim(RULE.id, span, "this key is used in production and elsewhere", HINT, RULE.severity, identity=f"{record.id}/environments")
        elif kinds:
            (live,) = kinds
            for mark in declared.marks(record):
                sides.setdefault(mark, {}).setdefault(live, []).append(record)
    told: set[tuple[int, int]] = set()
    both = [(mark, found) for mark, found in sides.items() if len(found) > 1]
    for (field, text), found in sorted(both, key=lambda one: list(SEVERITY).index(one[0][0])):
        other, others = found[False][0], found[True]
        if (other.span.start, others[0].span.start) not in told:
            told.add((other.span.start, others[0].span.start))  # keys that share two things are told once
            message = f"a key for production has the same `{field}`" + (": take care that each gets its own value" if field == "env" else "")
            notes = tuple(Note(record.fields[field].value, "here it is for production") for record in others[:MOST_NOTES])
            yield Claim(RULE.id, other.fields[field].value, message, HINT, SEVERITY[field], identity=f"{field}/{text}", notes=notes)


def _kinds(record: KeyRecord) -> set[bool]:
    """Whether the key is for production (True), for anything else (False), for both, or does not say."""
    names = {entry.text.strip().lower() for entry in record.environments}
    return {True, False} if names & set(EVERYTHING) else {declared.production(name) for name in names if name}
