"""A reference is malformed: no reader would expand it as it was meant.

Why it matters
--------------
A missing brace or a stray blank turns a reference into plain text (or an error at start-up), and the text is sent as the credential.

What to do
----------
Write the reference as the finding shows it.

Limits
------
Only text that was clearly meant as a reference is judged: an upper-case name behind `${`, `{{` or `$ {`. Shell text is left alone.
"""

from agentkey_lint.catalog import references
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("malformed-reference", "reference", "high", "A reference is malformed", ("NHI2",))
WHAT = {
    "unclosed": "is never closed",
    "empty-name": "has no name",
    "space": "has a blank where none may stand",
    "bad-name": "names no variable",
    "nested": "stands inside another reference, which is not expanded here",
}


def malformed_reference(fact: "tuple[Reference, Field]", document: Document, repository: Repository) -> "Iterator[Claim]":
    reference, field = fact
    if reference.fault not in WHAT or references.shell_text(field.expansion, field.entry.route, field.secret):
        return
    if field.reader.generic and not field.secret:
        return
    if reference.fault == "unclosed" and not (reference.name and reference.name == reference.name.upper()):
        return
    if reference.fault in ("empty-name", "bad-name") and not field.secret:
        return
    name = "" if reference.fault == "bad-name" else reference.name  # what no variable is called may be the secret itself
    better = references.rewrite(field.expansion, name)
    yield Claim(
        RULE.id,
        reference.span,
        f"the reference {'to ' + name + ' ' if name else ''}{WHAT[reference.fault]}",
        f"Write {better}." if better else "Write the reference whole, or the value that belongs here.",
        "high" if field.secret else "medium",
        references.confidence(field.reader),
        identity=f"{'.'.join(field.entry.route)}/{reference.fault}/{reference.name}",
    )
