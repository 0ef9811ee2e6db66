"""An unset variable would silently give an empty credential.

Why it matters
--------------
The reader of this file puts an empty text where the variable is not set. The program starts, sends `Bearer ` and nothing behind it, and the error
looks like a wrong key.

What to do
----------
Where the reader has a syntax that demands the variable (`${API_KEY:?}` in compose), use it; otherwise let the program check its key when it starts.

Limits
------
Only fields that hold a secret are judged, and only readers of which it is known what they do. Severity info: the reference is right, and a variable
that is always set never shows the trap.
"""

from agentkey_lint.catalog import references, variables
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("empty-when-unset", "reference", "info", "An unset variable would silently give an empty credential", ("NHI1",))
REQUIRED = ("${X:?e}", "${X?e}")
BEYOND_ENVIRONMENT = ("${{ secrets.X }}", "${{ vars.X }}")


def empty_when_unset(fact: "tuple[Reference, Field]", document: Document, repository: Repository) -> "Iterator[Claim]":
    reference, field = fact
    expansion, reader = field.expansion, field.reader
    if not field.secret or expansion.unset != "empty" or reader.generic or reader.example or reader.format in ("dotenv", "shell", "dockerfile"):
        return
    if reference.fault or reference.syntax in REQUIRED or (reference.default is not None and reference.default.start < reference.default.end):
        return
    if reference.syntax not in references.ENVIRONMENT and reference.syntax not in BEYOND_ENVIRONMENT:
        return
    if not references.expands(expansion, reference) or "shell" in expansion.syntaxes or variables.provided(reference.name):
        return
    required = next((syntax for syntax in REQUIRED if syntax in expansion.syntaxes), "")
    demand = required.replace("X", reference.name, 1).replace("e}", "not set}")
    yield Claim(
        RULE.id,
        reference.span,
        f"if {reference.name} is not set, {reader.name} silently uses an empty {field.name}",
        f"Write {demand}, so that a missing variable is an error." if demand else "Let the program that gets it check that it is not empty.",
        RULE.severity,
        references.confidence(reader),
        identity=f"{'.'.join(field.entry.route)}/{reference.name}",
    )
