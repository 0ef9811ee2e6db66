"""The environment sets a field that the file sets as well, and the environment wins.

Why it matters
--------------
Some programs let a variable of a fixed name beat their own file. Whoever changes the key in the file, or the variable that the file refers to, changes
nothing, and a revoked key stays in use.

What to do
----------
Keep one of the two: leave the field empty, or stop setting the variable.

Limits
------
Which variable beats which field is a fact of the file's reader (`overrides` in `rules/readers/`). Only fields that hold a secret or a reference are
judged, and only variables that a file of this repository declares can be seen. The names that Smart Agent looks for are those of its family and not
confirmed for itself, so that finding has low confidence.
"""

from agentkey_lint.catalog import paths, readers
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("overridden-reference", "field", "low", "The environment beats what the file says", ("NHI1",))


def overridden_reference(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    entry, reader = field.entry, field.reader
    if not reader.overrides or reader.example or not entry.text.strip() or not (field.secret or field.references):
        return
    for fields, template, joiner, confidence in reader.overrides:
        if not readers.listed(fields, entry.route, reader.case_insensitive):
            continue
        variable = template.replace("{}", _joined(entry.route, joiner))
        where = repository.declared.get(variable, "")
        if where and where != document.source.path and not any(reference.name == variable for reference in field.references):
            yield Claim(
                RULE.id,
                entry.key,
                f"{field.name} of {reader.name} is set here and by {variable} in {where}, and the environment wins",
                f"Keep one of the two: leave {field.name} empty, or take {variable} out of the environment.",
                RULE.severity,
                "low" if paths.is_test(document.source.path) else confidence,
                identity=f"{'.'.join(entry.route)}/{variable}",
                notes=(Note(Span(1, 1), f"{variable} is declared here", where),),
            )
        return


def _joined(route: tuple[str, ...], joiner: str) -> str:
    """The steps of a route as part of a variable's name: upper case, dots joined like steps, dashes left out or written as the joiner's underscore."""
    steps = [part for step in route for part in step.split(".")]
    return joiner.join(step.replace("-", "_") for step in steps).upper()
