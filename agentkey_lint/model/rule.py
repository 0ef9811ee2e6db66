"""What a rule is: a name, the fact it judges, and what it may say."""

from agentkey_lint.model.record import Record


class Rule(Record):
    """A row of the table of rules.

    id: kebab-case; its module and function have the same name with underscores.
    judges: the fact that its function takes: key, field, reference, record, grant, document or repository.
    severity: the usual one. summary: one line. owasp: items of the OWASP lists that it serves.
    """

    id: str
    judges: str
    severity: str
    summary: str
    owasp: tuple[str, ...] = ()
