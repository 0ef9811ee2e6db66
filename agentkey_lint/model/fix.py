"""What would mend a claim, as data: text to be put in place of other text, and what belongs in other files."""

from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Span


class Edit(Record):
    """Text that takes the place of a span of the file; an empty span is a place to insert at."""

    span: Span
    text: str = ""


class Fix(Record):
    """How one claim can be mended.

    title: what is done, for a person; nothing secret. safe: nothing that works today works differently afterwards.
    declares: variables that belong, by name alone, in the template of the environment.
    ignores: lines for an ignore file; heading: the comment above them. keeps: the variable and the span of its value, which may go into `.env`.
    then: what is left for a person to do, a sentence; empty if nothing is.
    """

    title: str
    edits: tuple[Edit, ...] = ()
    safe: bool = False
    declares: tuple[str, ...] = ()
    ignores: tuple[str, ...] = ()
    heading: str = ""
    keeps: tuple[str, Span] | None = None
    then: str = ""


class Fixed(Record):
    """One fix that was carried out. line: of the finding, in the file as it was."""

    path: str
    line: int
    rule: str
    title: str
    then: str = ""
