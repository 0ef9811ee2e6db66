"""What a rule is: a name, the fact it judges, and what it may say."""

from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    Value = str | int | bool | tuple[str, ...]


class Rule(Record):
    """A row of the table of rules.

    id: kebab-case; its module and function have the same name with underscores.
    judges: the fact that its function takes: key, field, reference, record, grant, change, manifest, settings (the document, if it has fields),
    contents (the document, if a key, an assignment or a field was found in it), secret-file (the document, if by its path git may have to ignore it),
    repository, usage, ignores or past (audits alone).
    severity: the usual one. summary: one line. owasp: items of the OWASP lists that it serves.
    options: what a person may set for it, each with its default (text, whole number, true or false, or a tuple of texts, which also say its type).
    """

    id: str
    judges: str
    severity: str
    summary: str
    owasp: tuple[str, ...] = ()
    options: tuple[tuple[str, "Value"], ...] = ()


class Item(Record):
    """One item of a public list. title: the official one. rules: those that serve it. why: of an item that none serves, the reason."""

    id: str
    title: str
    rules: tuple[str, ...]
    why: str = ""


class Standard(Record):
    """A public list that rules serve. source: where it stands."""

    id: str
    name: str
    version: str
    source: str
    items: tuple[Item, ...]
