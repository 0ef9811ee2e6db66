"""Settings by which an agent is allowed too much, as the files of its reader know them: what several rules share."""

from agentkey_lint.catalog import patterns
from agentkey_lint.catalog.compiled import BROAD, ENVIRONMENT
from agentkey_lint.catalog.patterns import Pattern
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from agentkey_lint.model.facts import Document, Field


class Broad(Record):
    """A setting that allows too much: the rule that reports it, and what it means as a sentence without its point. write: the text that allows less."""

    rule: str
    pattern: Pattern
    because: str
    hint: str
    severity: str
    confidence: str
    write: str = ""


def settings(rule: str, document: "Document") -> "Iterator[tuple[Field, Broad]]":
    """The fields of a document that a rule reports, each with the first row that says why; not those that are switched off."""
    if document.reader is None:
        return
    own = [_broad(row) for row in BROAD.get(document.reader.id, ()) if row[0] == rule]
    variables = {name: [_broad(row)] for name, row in ENVIRONMENT.items() if row[0] == rule}
    if not own and not any(field.name in variables for field in document.fields):
        return
    around = patterns.texts(field.entry for field in document.fields)
    for field in document.fields:
        for row in own + variables.get(field.name, []):
            if patterns.fits(row.pattern, field.entry, around):
                if not patterns.disabled(field.entry, around):
                    yield field, row
                break


def rows(reader: str) -> list[Broad]:
    """The settings of a reader that allow too much, for every rule."""
    return [_broad(row) for row in BROAD.get(reader, ())]


def claims(rule: str, document: "Document") -> "Iterator[Claim]":
    """What a rule says that reports such settings and does nothing else."""
    for field, row in settings(rule, document):
        yield Claim(rule, field.entry.value, row.because, row.hint, row.severity, row.confidence, identity="/".join((*field.entry.route, field.entry.text)))


def _broad(row: "tuple[Any, ...]") -> Broad:
    return Broad(row[0], Pattern(*row[1]), *row[2:])
