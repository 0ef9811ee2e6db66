"""What a declared key of a manifest says of itself, as judgement that several rules share."""

from agentkey_lint.catalog import names
from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.model.facts import Entry, KeyRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING = frozenset(("", "none", "null", "~", "false", "no", "nobody", "nowhere", "unknown", "n/a", "tbd", "todo", "?", "-"))
_KNOWN = ("string", "number", "boolean", "null", "empty")
_ROUTINE, _ADMINISTRATION = frozenset(WORDS["routine_tasks"]), frozenset(WORDS["administration_tasks"])
_PRODUCTION, _NOT = frozenset(WORDS["production"]), frozenset(WORDS["not_production"])


def missing(record: KeyRecord, field: str) -> bool:
    """Whether a key says nothing in a field, or words that mean nothing; of a value that is taken from elsewhere (a YAML alias) nothing is known."""
    entry = record.fields.get(field)
    return entry is None or (entry.kind in _KNOWN and entry.text.strip().lower() in _NOTHING)


def text(record: KeyRecord, field: str) -> str:
    """What a key says in a field; empty if nothing."""
    return "" if missing(record, field) else record.fields[field].text.strip()


def variable(record: KeyRecord) -> str:
    """The variable that hands a key over; empty where `env` holds no name of one."""
    name = text(record, "env")
    return name if name.isidentifier() and name.isascii() else ""


def place(record: KeyRecord, field: str) -> Entry | None:
    """The entry of a field that can be pointed at: one that has a text."""
    entry = record.fields.get(field)
    return entry if entry is not None and entry.value.start < entry.value.end else None


def plaintext(record: KeyRecord) -> bool:
    """Whether `storage` says that the key is kept as plain text: in the environment or a file."""
    return text(record, "storage").partition(":")[0].lower() in WORDS["plaintext_storage"]


def marks(record: KeyRecord) -> "Iterator[tuple[str, str]]":
    """By what two declared keys can be seen to be one: the fields, each with its text."""
    for field in ("id", "storage", "env"):
        if (said := text(record, field)) and not (field == "storage" and plaintext(record)):
            yield field, said


def production(environment: str) -> bool:
    """Whether an environment's name means production: `prod-eu` does, `non-prod`, `preprod` and `staging` do not."""
    words = names.tokens(environment)
    return not _PRODUCTION.isdisjoint(words) and _NOT.isdisjoint(words)


def routine(task: str) -> bool:
    """Whether the text of a task speaks of reading and writing alone, and of no administration."""
    words = {form for word in names.tokens(task[:1_000]) for form in _forms(word)}
    return not words.isdisjoint(_ROUTINE) and words.isdisjoint(_ADMINISTRATION)


def _forms(word: str) -> "Iterator[str]":
    """A word and what it may be a form of: `summarising`, `sends`, `drafted`."""
    yield word
    for ending in ("s", "es", "ing", "ed", "d"):
        if word.endswith(ending):
            yield word.removesuffix(ending)
            yield word.removesuffix(ending) + "e"
