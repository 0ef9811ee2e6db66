"""A key stands in a command line or its arguments.

Why it matters
--------------
Beside the leak through the file itself, arguments of a running process can be read by every user of the machine (`ps`), and land in shell
histories and process logs.

What to do
----------
Revoke the key. Hand it to the program through the environment or a file that only its user can read; most programs that take `--api-key` also read
a variable.

Limits
------
In agent configurations, `command` and `args` fields are judged. A key in a shell script's own text is a `hardcoded-key`.
"""

from agentkey_lint.catalog import kinds, names, values
from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("key-in-command", "contents", "high", "A key stands in a command line or its arguments", ("NHI2", "ASI03"))
MIN_LENGTH = 8


def key_in_command(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    for match in document.keys:
        if match.rule == RULE.id:
            reader = document.reader
            yield kinds.claim(RULE.id, match, "in a command", kinds.mend(match.facts, match.name, reader), kinds.variable_of(match.facts, "", reader))
    options: dict[tuple[str, ...], Field] = {}
    for field in document.fields:
        route = field.entry.route
        if len(route) < 2 or route[-2] != "args" or not route[-1].isdigit():
            continue
        options[route] = field
        before = options.get((*route[:-1], str(int(route[-1]) - 1)))
        yield from _option(field, before, document)


def _option(field: Field, before: "Field | None", document: Document) -> "Iterator[Claim]":
    """`--api-key VALUE` and `--api-key=VALUE`, where the value is a literal."""
    text = field.entry.text
    span = field.entry.value
    option, equals, value = text.partition("=")
    if text.startswith("-") and equals:
        span = span._replace(start=span.end - len(value.encode("utf-8", "surrogateescape")))
    elif before is not None and before.entry.text.startswith("--"):
        option, value = before.entry.text, text
    else:
        return
    literal = len(value) >= MIN_LENGTH and not field.references and not value.startswith("-") and not values.placeholder(value)
    if not literal or not names.holds_secret(option.strip("-")) or not values.could_be_secret(value):
        return
    yield Claim(
        RULE.id,
        span,
        f"the argument of {option} is a literal",
        f"Revoke it, then {kinds.instead(document.reader, option.strip('-'))}.",
        "high",
        "medium",
        span,
        variable=kinds.variable(option.strip("-")),
    )
