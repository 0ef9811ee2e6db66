"""A secret stands in a key manifest.

Why it matters
--------------
A manifest describes keys so that everybody can read it: it is committed, reviewed and handed around. A key that is written there is in all these places
at once, with what it may do beside it.

What to do
----------
Revoke the key; deleting the line does not undo the leak. Write the name of its variable in `env`, or its place in a vault in `storage`.

Limits
------
Found are keys in the shape that a vendor documents, in any field, and a value without such a shape in `env`. A password without a shape elsewhere in a
manifest is found by `hardcoded-secret`, where its name says what it is.
"""

from agentkey_lint.catalog import judge, kinds
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("secret-in-manifest", "manifest", "high", "A secret stands in a key manifest", ("NHI2", "ASI03"))


def secret_in_manifest(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    for match in document.keys:
        yield kinds.claim(RULE.id, match, "in a manifest, which only names keys", kinds.mend(match.facts, "", None))
    for record in document.records:
        entry = record.fields.get("env")
        if entry is None or entry.kind != "string":
            continue
        named = entry.text.isidentifier() and entry.text.isascii()
        if named and entry.text == entry.text.upper() and "_" in entry.text:
            continue  # the form that names of variables have, whatever their words look like
        why = judge.features("token", entry.text, '"', "config", document.source.path)
        if judge.confidence(why) in (("high",) if named else ("high", "medium")):
            message = "`env` names a variable; this looks like its value"
            hint = "Revoke it, and write the name of the variable that holds it."
            yield Claim(RULE.id, entry.value, message, hint, "high", "medium", entry.value, identity=record.id, why=tuple(why))
