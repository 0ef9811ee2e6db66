"""The joined finding: what the snapshot knows of the variable that a value belongs in, as related places of the claim that names it.

Where the variable is declared, whether git ignores the file that would hold its value, and what the key manifest lets its key do. A claim about a
declared key tells where its variable is used. What makes a leak or a grant graver is the affair of `gravity.py`.
"""

from agentkey_lint.catalog import kinds, readers, variables
from agentkey_lint.engine import gravity
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Declared, Ignore, Repository
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_KEYS = 3
MOST_USES = 5
LONGEST = 64
"""A longer name is no variable's, and a longer text is cut."""
UNDECLARED = "undeclared-reference"
"""The rule whose message says already that the variable is declared nowhere."""


def joined(claims: "Sequence[Claim]", document: Document, repository: Repository) -> list[Claim]:
    """The claims about a configuration file or a key manifest, those that name a variable with what is known of it. Nothing but their notes changes,
    and where what is known makes them graver their severity and message.
    """
    known: dict[str, tuple[Note, ...]] = {}
    found = []
    for claim in claims:
        name = claim.variable
        if name.isidentifier() and name.isascii() and len(name) <= LONGEST:
            if name not in known:
                known[name] = tuple(_uses(name, repository) if document.records else _notes(name, document, repository))
            missing = () if document.records else _missing(claim, document, repository)
            claim = gravity.weighed(claim, document, repository)._replace(notes=(*claim.notes, *missing, *known[name]))
        found.append(claim)
    return found


def _uses(name: str, repository: Repository) -> "Iterator[Note]":
    """Where the variable of a declared key is used."""
    for use in repository.uses.get(name, ())[:MOST_USES]:
        says = f"a secret stands here that belongs in {name}" if use.value else f"{name} is asked for here"
        yield Note(Span(use.line, use.column), says, use.path)


def _missing(claim: Claim, document: Document, repository: Repository) -> "Iterator[Note]":
    """That a variable is declared nowhere; it has no place but the claim's own."""
    name = claim.variable
    if claim.rule != UNDECLARED and document.format not in kinds.SETTING and name not in repository.declared and not variables.provided(name):
        yield Note(claim.span, f"{name} is declared nowhere in this repository" + ("" if repository.declared else ", and neither is any other variable"))


def _notes(name: str, document: Document, repository: Repository) -> "Iterator[Note]":
    where, keys = repository.declared.get(name, ""), repository.records.get(name, ())
    if document.format not in kinds.SETTING:  # a file that sets variables is where the value is; other rules say whether git ignores it
        if where and where != document.source.path and all(key.path != where for key in keys):
            yield Note(Span(*repository.places(where).get(name, (1, 1))), f"{name} is declared here", where)
        yield from _value(name, document.source.path, where, repository)
    if repository.manifests and not keys:
        more = f" nor in {len(repository.manifests) - 1} more" if len(repository.manifests) > 1 else ""
        first = next(iter(repository.manifests))
        yield Note(Span(1, 1), f"no key in {first}{more} is bound to {name}", first)
    for key in keys[:MOST_KEYS]:
        yield Note(Span(key.line, key.column), _allowed(name, key), key.path)


def _value(name: str, path: str, where: str, repository: Repository) -> "Iterator[Note]":
    """Whether git ignores the file that would hold the value; of two possible ones, the one that it does not."""
    answers = [(file, repository.ignore(file)) for file in _files(path, where)]
    asked = [(file, ignore) for file, ignore in answers if ignore is not None]
    if asked:
        file, ignore = next(((file, ignore) for file, ignore in asked if not ignore.ignored or ignore.tracked), asked[0])
        yield Note(Span(1, 1), f"the value of {name} belongs in {file}, which {_says(ignore)}", file)


def _files(path: str, where: str) -> list[str]:
    """The environment file that a template stands for; otherwise the one beside the file, or beside the hidden folder it lies in, and the root's."""
    known = readers.find(where, b"") if where else []
    folder, slash, name = where.rpartition("/")
    if known and known[0].format == "dotenv":
        stem = name.rpartition(".")[0]
        return [where if not known[0].example else folder + slash + (stem if stem.startswith(".env") else ".env")]
    steps = path.split("/")[:-1]
    hidden = next((at for at, step in enumerate(steps) if step.startswith(".")), len(steps))
    return list(dict.fromkeys(("/".join([*steps[:hidden], ".env"]), ".env")))


def _says(ignore: Ignore) -> str:
    if ignore.ignored:
        pattern = f" ({ignore.source}:{ignore.line})" if ignore.source and not ignore.source.startswith("/") else ""
        return f"git ignores{pattern}" + (" and tracks all the same" if ignore.tracked else "")
    return "git tracks" if ignore.tracked else "git does not ignore"


def _allowed(name: str, key: Declared) -> str:
    """What a manifest says of a key, as one clause."""
    scopes = ", ".join(_cut(scope) for scope in key.scopes) or "none"
    more = f" and {key.more} more" if key.more else ""
    parts = [f"role {_cut(key.role) or 'none'}", f"scopes {scopes}{more}", _cut(key.ends) or "no end"]
    return f"what the key {_cut(key.id)} in {name} may do: {'; '.join(parts)}"


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"
