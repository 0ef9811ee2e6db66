"""A configuration file asks for a secret that no key of the manifest is bound to.

Why it matters
--------------
The manifest says what each key may do, until when, and who answers for it. Of a key that is missing there nobody knows any of that, and none of the
rules on manifests can speak of it.

What to do
----------
Declare the key: `[[key]]` with the name of the variable in `env`. If the name is misspelt here or there, correct it.

Limits
------
Severity info where neither the file's reader is an agent (`agent` in `rules/readers/`) nor the file asks for a key that is declared: a manifest for
agents need not name the password of a database. Judged are files in the folder of a key manifest and below it; a variable counts as declared if any
manifest of the repository names it. A secret is what the field's name or the variable's says is one. Code, shell scripts, environment files and the
secrets of a CI are not looked at; tests and examples have low confidence. Variables that every system sets and those a CI provides need no declaration.
Where a near name is declared, `misspelt-reference` speaks instead.
"""

from agentkey_lint.catalog import paths, references, variables
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("undeclared-key", "settings", "low", "A secret is asked for that the key manifest does not declare", ("NHI1", "ASI03"))
MOST_NOTES = 20


def undeclared_key(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    asked: dict[str, list[Span]] = {}
    for name, span in references.secrets(document):
        asked.setdefault(name, []).append(span)
    if not asked or not (manifest := _manifest(document.source.path, repository)):
        return
    known = frozenset().union(*repository.manifests.values())
    agents = (document.reader is not None and document.reader.agent) or not known.isdisjoint(asked)
    for name, (first, *others) in asked.items():
        misspelt = name not in repository.declared and variables.near(name, repository.declared)  # that rule says which name was meant
        if not misspelt and name not in known:
            yield Claim(
                RULE.id,
                first,
                f"no key of {manifest} is bound to {name}",
                f"Declare the key there, with env = {name}; or correct the name.",
                RULE.severity if agents else "info",
                "low" if paths.is_test(document.source.path) else "high",
                identity=name,
                notes=tuple(Note(span, "and here") for span in others[:MOST_NOTES]),
            )


def _manifest(path: str, repository: Repository) -> str:
    """The nearest key manifest in the folder of a file or above it; empty if there is none."""
    above = [manifest for manifest in repository.manifests if path.startswith(manifest[: manifest.rfind("/") + 1])]
    return max(above, key=lambda manifest: (manifest.count("/"), manifest), default="")
