"""A first manifest, from the variables that hold secrets in a repository. Names alone are taken from it, never a value."""

from agentkey_lint.catalog import names, paths, references, variables
from agentkey_lint.catalog.compiled import BROAD, KINDS
from agentkey_lint.model.facts import Document
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from agentkey_lint.manifest.edit import Value

MOST_KEYS = 1_000
LONGEST = 64
_SYSTEMS = {"amazon-web-services": "aws", "microsoft-azure": "azure"}
HEAD = "# The keys that agents act with here: what each may do, and until when. Names and never values.\n"


class Draft(Record):
    """One variable that holds a secret. agents: the programs of agents that ask for it. places: the files that name it."""

    variable: str
    agents: tuple[str, ...] = ()
    places: tuple[str, ...] = ()


def asked(document: Document) -> "Iterator[tuple[str, str, str]]":
    """The secret variables that a file asks for, each with the agent that reads the file (empty for any other program) and the path."""
    reader = document.reader
    if reader is None or reader.example or paths.is_test(document.source.path):
        return
    secret = {
        span
        for field in document.fields
        if field.secret
        for span in (field.entry.value, *(one.span for one in field.references if one.span == field.entry.value))
    }
    agent = reader.name.partition(" (")[0] if reader.id in BROAD else ""
    found = list(references.asked(document))
    if agent:  # it runs where no CI provides anything
        found += [(name, span) for name, span, _ in references.handed(document) if variables.provided(name) == "ci"]
    for name, span in found:
        if span in secret or holds_secret(name):
            yield name, agent, document.source.path


def declared(known: "Mapping[str, str]") -> "Iterator[tuple[str, str, str]]":
    """The secret variables that files of the repository declare, as `asked` gives them."""
    for name, path in known.items():
        if holds_secret(name) and not variables.provided(name) and not paths.is_test(path.rpartition("/")[0]):
            yield name, "", path


def holds_secret(name: str) -> bool:
    """Whether a variable's name says that it holds a secret, or a vendor's programs look there for a key."""
    return names.holds_secret(name) or variables.of_vendor(name)


def drafts(found: "Iterable[tuple[str, str, str]]") -> list[Draft]:
    """What was found, once for each variable, sorted by name."""
    agents: dict[str, set[str]] = {}
    places: dict[str, set[str]] = {}
    for name, agent, path in found:
        if len(name) <= LONGEST and name.isascii() and name.isidentifier():
            agents.setdefault(name, set()).update({agent} - {""})
            places.setdefault(name, set()).add(path)
    return [Draft(name, tuple(sorted(agents[name])), tuple(sorted(places[name]))) for name in sorted(places)[:MOST_KEYS]]


def vendor(variable: str) -> str:
    """The system that grants the key of a variable, as manifests name it: the vendor whose programs look there, else the one that its first word is.

    Empty if none or several are known.
    """
    slugs = [(kind[1].lower().replace(" ", "-"), kind[14]) for kind in KINDS]
    first = variable.partition("_")[0].lower()
    found = {slug for slug, looked_for in slugs if variable in looked_for} or {slug for slug, _ in slugs if slug == first}
    return _SYSTEMS.get(name := found.pop(), name) if len(found) == 1 else ""


def fields(draft: Draft) -> "dict[str, Value]":
    """What is known of one key. The role is the narrowest one; nothing else is guessed: what is left out, the linter asks for."""
    known: dict[str, Value] = {"id": "-".join(filter(None, draft.variable.lower().split("_")))}
    if provider := vendor(draft.variable):
        known["provider"] = provider
    if len(draft.agents) == 1:
        known["agent"] = draft.agents[0]
    return known | {"role": "read-only", "env": draft.variable}


def text(found: "Iterable[Draft]") -> bytes:
    """The manifest, in TOML. Two variables whose names differ in case alone get ids of their own."""
    import json

    parts, ids = [HEAD + "version = 1\n"], set[str]()
    for draft in found:
        known = fields(draft)
        name, number = str(known["id"]), 1
        while known["id"] in ids:
            number += 1
            known["id"] = f"{name[:58]}-{number}"
        ids.add(str(known["id"]))
        parts.append("\n[[key]]\n" + "".join(f"{field} = {json.dumps(value)}\n" for field, value in known.items()))
    return "".join(parts).encode()
