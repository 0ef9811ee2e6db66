"""What a reader does with one reference, as judgement that several rules share."""

from agentkey_lint.catalog import names, variables
from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.model.facts import Document, Expansion, Field, Reader, Reference
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SHELL = frozenset(WORDS["shell_fields"])
_CERTAIN = ("run", "source", "documented")
ENVIRONMENT = frozenset(
    (
        "${X}", "$X", "$<X>", "${X:-d}", "${X-d}", "${X:?e}", "${X?e}", "${X?}", "${X:+a}", "${X+a}", "${env:X}", "${env:X:-d}", "${ENV:X}", "${env.X}",
        "{env:X}", "{env:X:d}", "%(ENV_X)s", "%X%", "os.environ/X", "$__env{X}", '<%= ENV["X"] %>', '<%= ENV.fetch("X") %>', '<%= ENV.fetch("X", d) %>',
        "{{ $env.X }}", "${localEnv:X}", "${localEnv:X:d}",
    )
)  # fmt: skip
"""The syntaxes whose name is that of an environment variable."""
LIKELY = 2
"""The strength of a name from which on it says that a secret stands there."""


def expands(expansion: Expansion, reference: Reference) -> bool:
    """Whether a reader expands a reference as it is written."""
    if reference.syntax not in expansion.syntaxes and not (reference.syntax == "${x.y}" and "${X}" in expansion.syntaxes):
        return False
    return not expansion.names or _takes(expansion.names, reference.name)


def _takes(pattern: str, name: str) -> bool:
    from agentkey_lint.model.expressions import regex

    return regex(pattern).fullmatch(name) is not None


def why(expansion: Expansion, reference: Reference) -> str:
    """A clause for names that do not fit where the syntax would."""
    if reference.syntax not in expansion.syntaxes or not expansion.names:
        return ""
    upper = reference.name.upper()
    return " (only upper-case names)" if reference.name != upper and _takes(expansion.names, upper) else " (the name has a form it does not take)"


def rewrite(expansion: Expansion, name: str) -> str:
    """The same reference in the syntax that works; empty if none does."""
    name = name.upper() if expansion.names and not _takes(expansion.names, name) else name
    return expansion.write.replace("X", name, 1) if expansion.write and name else ""


def shell_text(expansion: Expansion, route: "Sequence[str]", secret: str) -> bool:
    """Whether a field holds text that a shell or another program will expand, whatever the file's own reader does."""
    return "shell" in expansion.syntaxes or (not secret and not _SHELL.isdisjoint(route))


def deliberate(reference: Reference, secret: bool) -> bool:
    """Whether text was meant as a reference: bare and percent forms occur in ordinary text, so their name must look like a variable's."""
    if reference.syntax in ("$X", "%X%", "$(X)", "@(X)", "%(X)", "<X>"):
        return reference.name == reference.name.upper() and len(reference.name) >= 3
    if reference.syntax in ("{{X}}", "%(X)s", "${x.y}", "{{ .X }}", "$(command)", "${{ X }}"):
        return secret and reference.name != ""
    return True


def confidence(reader: Reader) -> str:
    """How sure a judgement about a reader is: what was run, read in its code or documented is sure."""
    if reader.generic:
        return "medium"
    if reader.evidence in _CERTAIN:
        return "high"
    return "medium" if reader.evidence in ("issue", "text") else "low"


def asked(document: Document) -> "Iterator[tuple[str, Span]]":
    """The variables that a file cannot do without, and somebody must declare: each reference without a default, and each field that holds a name."""
    for field in document.fields:
        if field.by_name:
            name = field.entry.text
            if not field.reader.example and _plain_name(name) and not variables.provided(name) and not _within_key(document, field.entry.value):
                yield name, field.entry.value
            continue
        for reference in field.references:
            if asks(reference, field):
                yield reference.name, reference.span


def asks(reference: Reference, field: Field) -> bool:
    """Whether a reference needs a variable that somebody must declare."""
    return reference.default is None and _filled(reference, field) and not variables.provided(reference.name)


def _filled(reference: Reference, field: Field) -> bool:
    """Whether the reader of a field puts in an environment variable for a reference."""
    if reference.fault or reference.syntax not in ENVIRONMENT or not expands(field.expansion, reference):
        return False
    shell = shell_text(field.expansion, field.entry.route, field.secret)
    return not shell and not field.reader.generic and field.reader.format not in ("dotenv", "shell", "dockerfile")


def handed(document: Document) -> "Iterator[tuple[str, Span, Field]]":
    """The variables that are handed to the reader of a file, with a default or without, and the fields that they are for."""
    for field in document.fields:
        if field.by_name:
            text = field.entry.text
            if not field.reader.example and _plain_name(text) and not _within_key(document, field.entry.value):
                yield text, field.entry.value, field
            continue
        for reference in field.references:
            if _filled(reference, field):
                yield reference.name, reference.span, field


def secrets(document: Document) -> "Iterator[tuple[str, Span]]":
    """Those of the variables that a reader is handed which hold a secret, by the field's name or their own, and which nobody provides."""
    for name, span, field in handed(document):
        if (names.strength(name) >= LIKELY or (field.secret and not field.by_name)) and not variables.provided(name):
            yield name, span


def _plain_name(text: str) -> bool:
    """Whether text has the form that names of variables have; a secret in its place is another rule's business and must not be shown."""
    return text.isidentifier() and text.isascii() and text == text.upper() and (len(text) < 20 or "_" in text)


def _within_key(document: Document, span: Span) -> bool:
    return any(match.secret.start < span.end and span.start < match.secret.end for match in document.keys)
