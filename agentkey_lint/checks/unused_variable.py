"""A variable of a template is used nowhere in the repository.

Why it matters
--------------
Whoever sets up the repository creates a key that nobody needs: it is kept, forgotten and leaked like any other.

What to do
----------
Take the name out of the template, and revoke the keys that were made for it.

Limits
------
A name is used if it stands, in any case, in the text of some file that is neither prose nor an environment file. Names that a vendor's own programs
look for are left out. Where something hands the whole environment file to a program (`env_file`, dotenv), the confidence is low: the program may look
for names that stand nowhere here. Judged in a run over the whole repository only.
"""

from agentkey_lint.catalog import variables
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository, Usage
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("unused-variable", "repository", "info", "A declared variable is used nowhere", ("NHI1",))


def unused_variable(usage: Usage, document: Document, repository: Repository) -> "Iterator[Claim]":
    names = usage.templates[document.source.path]
    for field in document.fields:
        name = field.name
        if name in names and name not in usage.mentioned and not variables.provided(name) and not variables.of_vendor(name):
            yield Claim(
                RULE.id,
                field.entry.key,
                f"{name} is declared here and used nowhere in this repository",
                f"Take {name} out, and revoke what was created for it.",
                RULE.severity,
                "low" if usage.handed_on else "medium",
                identity=name,
            )
