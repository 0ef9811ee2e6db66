"""The dry run: for every reference of a repository's configuration, which source would supply it today, and whether that would work.

Rows hold names, places and words of ours, and never a value.
"""

from agentkey_lint.catalog import paths, readers, references, variables
from agentkey_lint.checks.malformed_reference import malformed_reference
from agentkey_lint.checks.overridden_reference import overridden_reference
from agentkey_lint.checks.unexpanded_reference import unexpanded_reference
from agentkey_lint.engine import documents
from agentkey_lint.engine.masking import MASK, Secrets
from agentkey_lint.engine.places import positions
from agentkey_lint.engine.shape import judge, sensitive
from agentkey_lint.model.facts import Document, Field, Reference
from agentkey_lint.model.record import Record
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.source import Fault, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentkey_lint.engine.environment import Variable
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.source import Source

DEFAULTS = ("${X:-d}", "${X-d}", "${X:=d}", "${X=d}", "${X:d}", "${env:X:-d}", "{env:X:d}", "${localEnv:X:d}")
OPTIONAL = ("${X?}", "${X:+a}", "${X+a}")
_PROVIDERS = {"system": "system", "ci": "CI", "tools": "its reader"}
_UNSET = {
    "literal": "{} would use the text of the reference itself",
    "empty": "{} would use an empty value",
    "error": "{} would stop with an error",
    "none": "{} would have no value",
    "omit": "{} would leave the field out",
}


class Row(Record):
    """One reference and what would become of it.

    line, column: from 1. field: the way to the field. variable: its name. reader: the program that reads the file. secret: a secret belongs there.
    source: process, an environment file, default, system, CI, its reader, or empty for none. beaten: sources that set it to something else and lose.
    state: set, default, optional, provided, unset, empty, placeholder, wrong-shape, wrong-checksum, expired, overridden, unexpanded or malformed.
    message: what is wrong or worth knowing; empty if nothing is.
    """

    path: str
    line: int
    column: int
    field: str
    variable: str
    reader: str
    secret: bool
    source: str
    beaten: tuple[str, ...]
    state: str
    message: str


FINE = frozenset(("set", "default", "optional", "provided", "overridden"))
"""The states that are no trouble."""


def rows(source: "Source", environment: "Mapping[str, Variable]", repository: Repository) -> "Iterator[Row | Fault]":
    """What would become of every reference of one file, and where the file is broken. Templates, tests and environment files ask for nothing."""
    if paths.is_test(source.path) or source.encoding == "binary" or not readers.find(source.path, source.data):
        return
    document = documents.build(source)
    reader = document.reader
    if reader is None or reader.example or reader.format == "dotenv":
        return
    for problem in document.problems:
        line = source.data.count(b"\n", 0, problem.offset) + 1
        yield Fault(source.path, f"line {line}: {problem.message}")
    asked = [(reference, field) for field in document.fields for reference in _references(field)]
    places = positions(source.data, [reference.span.start for reference, _ in asked] + [field.entry.key.start for field in document.fields])
    secrets = Secrets(source.data, {(match.secret.start, match.secret.end): 0 for match in document.keys if match.confidence != "low"})

    def row(field: Field, span: Span, variable: str, supplied: str, beaten: tuple[str, ...], state: str, message: str) -> Row:
        shown, said = secrets.mask_text(variable), secrets.mask_text(message)
        if MASK in secrets.masked(*span):
            shown, said = MASK, message and "a key stands where a variable's name belongs"
        place = places[span.start]
        route = secrets.mask_text(".".join(field.entry.route))
        return Row(source.path, place.line, place.column, route, shown, field.reader.name, _secret(field, variable), supplied, beaten, state, said)

    for reference, field in asked:
        outcome = _outcome(reference, field, document, environment, repository)
        if outcome is not None:
            yield row(field, reference.span, reference.name, *outcome)
    real = Repository(lambda: dict.fromkeys(environment, "the environment"), repository.ignore)
    for field in document.fields:
        for claim in overridden_reference(field, document, real):
            variable = claim.identity.rpartition("/")[2]
            message = f"the environment sets {variable}, and {field.reader.name} takes that in place of what the file says"
            yield row(field, field.entry.key, variable, environment[variable].source, (source.path,), "overridden", message)


def _references(field: Field) -> "tuple[Reference, ...]":
    """The references of a field; the text of a field that holds a variable's name is one."""
    text = field.entry.text
    if field.by_name and text.isascii() and text.isidentifier() and text == text.upper():
        return (Reference(text, "name", field.entry.value),)
    return field.references


def _secret(field: Field, variable: str) -> bool:
    return bool(field.secret) or sensitive(variable)


def _outcome(
    reference: Reference, field: Field, document: Document, environment: "Mapping[str, Variable]", repository: Repository
) -> "tuple[str, tuple[str, ...], str, str] | None":
    """Source, beaten sources, state and message; None for what is no reference to a variable, or nobody's business."""
    if reference.syntax != "name":
        alone = field._replace(references=(reference,))
        claims = (malformed_reference(alone, document, repository), unexpanded_reference((reference, field), document, repository))
        for state, found in zip(("malformed", "unexpanded"), claims, strict=True):
            claim = _said(found)
            if claim is not None:
                return "", (), state, claim.message
        if reference.fault or not references.expands(field.expansion, reference):
            return None
        if reference.syntax not in references.ENVIRONMENT and reference.syntax not in DEFAULTS:
            supplier = "CI" if reference.syntax.startswith("${{") else "its reader"
            return (supplier, (), "provided", "") if _secret(field, reference.name) else None
        if references.shell_text(field.expansion, field.entry.route, field.secret) and not _secret(field, reference.name):
            return None
    variable = environment.get(reference.name)
    if variable is None:
        return _unset(reference, field, repository)
    trouble = judge(variable.value, (reference.name, field.name), environment)
    if trouble is not None:
        return variable.source, variable.beaten, trouble.state, f"{reference.name} {trouble.message}"
    beaten = f"{variable.source} beats what {' and '.join(variable.beaten)} says" if variable.beaten else ""
    return variable.source, variable.beaten, "set", beaten


def _said(claims: "Iterable[Claim]") -> "Claim | None":
    """The first claim of a rule that would be reported by default."""
    return next((claim for claim in claims if claim.confidence != "low" and claim.severity != "info"), None)


def _unset(reference: Reference, field: Field, repository: Repository) -> "tuple[str, tuple[str, ...], str, str]":
    if reference.default is not None or reference.syntax in DEFAULTS:
        return "default", (), "default", ""
    if reference.syntax in OPTIONAL:
        return "", (), "optional", ""
    provider = variables.provided(reference.name)
    if provider:
        who = _PROVIDERS.get(provider, provider)
        return who, (), "provided", "" if provider == "tools" else f"{reference.name} is not set here: the {who} sets it where it runs"
    unset = {"${X:?e}": "error", "${X?e}": "error", "name": "none"}.get(reference.syntax, field.expansion.unset)
    declared = repository.declared.get(reference.name, "")
    known = f" ({declared} names it)" if declared else ""
    return "", (), "unset", f"{reference.name} is not set{known}: {_UNSET[unset].format(field.reader.name)}"
