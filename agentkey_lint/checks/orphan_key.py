"""A declared key is used nowhere in the repository.

Why it matters
--------------
A key that nobody needs is missed by nobody when it is stolen. It still works, and everybody believes that somebody else uses it.

What to do
----------
Revoke the key at its provider and take it out of the manifest. If something outside this repository uses it, declare it there.

Limits
------
A key is used if the name of its variable (`env`) stands, in any case, in some file that is neither prose nor a key manifest, a template of the
environment included. Keys without a variable are not judged, nor names that a vendor's own programs look for. Where something hands the whole
environment file to a program (`env_file`, dotenv), the confidence is low: the program may look for names that stand nowhere here. Judged in a run over
the whole repository only, for the first few hundred variables.
"""

from agentkey_lint.catalog import declared, variables
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository, Usage
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("orphan-key", "usage", "low", "A declared key is used nowhere", ("NHI1",))


def orphan_key(usage: Usage, document: Document, repository: Repository) -> "Iterator[Claim]":
    for record in document.records:
        name = declared.variable(record)
        if name and name not in usage.mentioned and not variables.provided(name) and not variables.of_vendor(name):
            yield Claim(
                RULE.id,
                record.fields["env"].value,
                f"{name} stands nowhere else in this repository: nothing here uses this key",
                "Revoke the key and take it out, or declare it where it is used.",
                RULE.severity,
                "low" if usage.handed_on else "medium",
                identity=f"{record.id}/{name}",
            )
