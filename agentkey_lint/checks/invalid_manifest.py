"""A key manifest does not follow its schema.

Why it matters
--------------
A field that nobody reads guards nothing: a misspelt `expires` is a key without end, and a role that does not exist is no limit.

What to do
----------
Correct the field. `agentkey-lint schema` prints the JSON Schema, and an editor that is given it completes names and marks mistakes as they are typed.

Limits
------
A file that is not valid TOML, YAML or JSON is a fault of the run, not a finding; what could still be read of it is judged. Values that the file takes
from elsewhere (YAML aliases and tags) are not looked into. After a thousand mistakes the rest is not listed. A missing owner, agent, expiry or audit
is no mistake of form: rules of their own speak of those.
"""

from agentkey_lint.model.facts import Document, Entry
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("invalid-manifest", "manifest", "medium", "A key manifest does not follow its schema", ("NHI5", "ASI03"))


def invalid_manifest(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    if document.source.path.rpartition("/")[2].partition(".")[0] != "agentkeys" or not document.format:
        return
    from agentkey_lint.config import schema  # jsonschema takes longer to load than a whole run without a manifest

    hint = "Correct it; `agentkey-lint schema` prints what a manifest may hold."
    times: dict[str, int] = {}
    for span, message in schema.validate(_entries(document)):
        times[message] = times.get(message, 0) + 1  # the same mistake in two keys is two findings, wherever they stand
        yield Claim(RULE.id, span, message, hint, RULE.severity, identity=f"{message}/{times[message]}")


def _entries(document: Document) -> list[Entry]:
    """Every entry of a manifest; of a document that does not keep them all, what its records hold."""
    found: tuple[Entry, ...] = getattr(document, "entries", ())
    return list(found or (entry for record in document.records for entry in record.fields.values()))
