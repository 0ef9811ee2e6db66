"""A reference is malformed: no reader would expand it as it was meant.

Why it matters
--------------
A missing brace or a stray blank turns a reference into plain text (or an error at start-up), and the text is sent as the credential.

In a file that Python's configparser fills in, a `%` alone is an error as well: a password with one in it cannot be read, and the program stops.

What to do
----------
Write the reference as the finding shows it, and a plain `%` as `%%` where configparser reads it.

Limits
------
Only text that was clearly meant as a reference is judged: an upper-case name behind `${`, `{{` or `$ {`. Shell text is left alone.
Python's own configparser says whether it can read a value. In an INI file whose reader is not known, a `%` alone is looked at only in a secret, and is
severity info unless another value of the file shows that it is filled in (`%(key)s`).
"""

from agentkey_lint.catalog import references
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("malformed-reference", "field", "high", "A reference is malformed", ("NHI2",))
WHAT = {
    "unclosed": "is never closed",
    "empty-name": "has no name",
    "space": "has a blank where none may stand",
    "bad-name": "names no variable",
    "nested": "stands inside another reference, which is not expanded here",
}


def malformed_reference(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    found = [claim for reference in field.references for claim in _malformed(reference, field)]
    yield from found or _stray(field)


def _malformed(reference: Reference, field: Field) -> "Iterator[Claim]":
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


def _stray(field: Field) -> "Iterator[Claim]":
    """A `%` that stands for itself where the reader takes it for the beginning of a reference."""
    reader, filled = field.reader, field.interpolated
    if filled is None or filled.stray is None:
        return
    secret = bool(field.secret) or ("://" in field.entry.text and "@" in field.entry.text)  # perhaps an address with its password
    if reader.generic and not secret:
        return
    sure = filled.used == "basic" or not reader.generic
    who = reader.name if reader.interpolation == "percent" else f"configparser's default interpolation{'' if sure else ', if that is what reads this file,'}"
    yield Claim(
        RULE.id,
        filled.stray,
        f"a % stands alone in {field.name}: {who} stops there with an error, and the value cannot be read",
        "Write %% for a percent sign.",
        "info" if not sure else "high" if secret and not reader.generic else "medium",
        references.confidence(reader),
        identity=f"{'.'.join(field.entry.route)}/%",
    )
