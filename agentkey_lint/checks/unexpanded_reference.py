"""A reference is written in a syntax that the reader of this file never expands.

Why it matters
--------------
The placeholder itself is sent as the credential. The error is a 401 that looks like a bad key, and people answer it by writing the key into the file.

What to do
----------
Write the syntax that this reader expands (the finding names it), or use what it offers instead.

Limits
------
What each reader expands is a fact from its code, its documentation or a run of it; `rules/readers/` says which, and confidence follows. Text that a
shell expands (command lines, hooks) is not judged, and files whose reader is not known only where a field holds a secret. In an INI file `${key}` and
`${section:key}` are left alone where Python's ExtendedInterpolation finds that key in the file.
"""

from agentkey_lint.catalog import names, readers, references
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("unexpanded-reference", "reference", "high", "This reader never expands this syntax", ("NHI2", "NHI4"))
USED = "the text itself is used as the value"
STOPS = f"{USED}, and ExtendedInterpolation, which takes keys of this file, stops there with an error"


def unexpanded_reference(fact: "tuple[Reference, Field]", document: Document, repository: Repository) -> "Iterator[Claim]":
    reference, field = fact
    reader, expansion = field.reader, field.expansion
    if reference.fault or references.expands(expansion, reference) or references.shell_text(field.expansion, field.entry.route, field.secret):
        return
    secret = bool(field.secret) or names.holds_secret(reference.name)
    whole = reference.span == field.entry.value
    if reader.generic and not (secret and (whole or reference.syntax == "$<X>")):
        return
    if not secret and not whole:
        return
    if not references.deliberate(reference, secret):
        return
    keys = field.interpolated.extended if field.interpolated is not None and reference.syntax.startswith("${") else ""
    if keys == "filled":
        return  # a key of the file, which Python's ExtendedInterpolation puts in
    others = readers.sharing(document.source.path, document.source.data)
    if any(references.expands(readers.expansion(other, field.entry.route), reference) for other in others if other != reader):
        return  # ambiguous-reader says who does what
    better = references.rewrite(expansion, reference.name)
    written = reference.syntax.replace("X", reference.name, 1)
    yield Claim(
        RULE.id,
        reference.span,
        f"{reader.name} does not expand {written}{references.why(expansion, reference)}: {USED if not keys else STOPS}",
        f"Write {better}." if better else (reader.instead or "Put the value in at deployment, or let the program read the variable itself."),
        "high" if secret and not reader.generic else "medium",
        references.confidence(reader),
        identity=f"{'.'.join(field.entry.route)}/{reference.name}",
        variable=reference.name if reference.syntax in references.ENVIRONMENT or reference.name.isupper() else "",
    )
