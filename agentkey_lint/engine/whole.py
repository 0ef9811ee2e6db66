"""What only a run over the whole repository can say: how its variables are declared here and used there, judged once at the end.

The rules that judge "repository" are asked about each template of an environment file (`.env.example`), and those that judge "usage" about each key
manifest, with the usage of the whole snapshot.
"""

from agentkey_lint.catalog import paths, readers, references
from agentkey_lint.engine import documents, places
from agentkey_lint.engine.repository import declarations, stands
from agentkey_lint.model.repository import Usage, Use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.repository import Repository
    from agentkey_lint.model.source import Source

MOST_TEMPLATES = 50
MOST_NAMES = 500
"""So many names of templates are looked for in other files at the most; the rest is taken for used."""
HAND_ON = (b"env_file", b"env-file", b"envfile", b"dotenv", b"envfrom", b"basesettings", b"set -a", b"allexport", b"source .env", b". .env", b". ./.env")
"""What hands every variable of an environment file to a program."""


def uses(document: "Document") -> tuple[Use, ...]:
    """What a file asks the environment for."""
    asked = list(references.asked(document))
    if not asked:
        return ()
    where = places.positions(document.source.data, [span.start for _, span in asked])
    return tuple(Use(name, document.source.path, where[span.start].line, where[span.start].column) for name, span in asked)


def templates(repository: "Repository") -> "Iterator[tuple[Source, frozenset[str]]]":
    """The templates of environment files of a snapshot, with the names that each declares."""
    from agentkey_lint.model.source import Source

    if repository.read is None:
        return
    left = MOST_TEMPLATES
    for path in sorted(repository.paths()):
        if not left:
            return
        if readers.may_declare(path) and not paths.is_test(path.rpartition("/")[0]):
            known = readers.find(path, b"")
            if known and known[0].example and known[0].declares:
                try:
                    data = repository.read(path)
                except OSError:
                    continue
                left -= 1
                yield Source(path, data), frozenset(declarations(known[0], data))


def usage(repository: "Repository", declared: "dict[str, frozenset[str]]", used: "Iterable[Use]") -> Usage:
    """How the variables that templates declare, and those that key manifests name, are used in the snapshot. A template's and a manifest's name use
    each other.
    """
    manifests = repository.manifests
    of_templates, of_manifests = (frozenset().union(*known.values()) for known in (declared, manifests))
    names = sorted(of_templates | of_manifests)
    mentioned = {name for name, path in repository.declared.items() if path not in declared and path not in manifests}
    mentioned |= {one.name for one in used} | (of_templates & of_manifests) | set(names[MOST_NAMES:])
    wanted = {name.lower().encode(): name for name in names if name not in mentioned}
    handed_on = False
    for path in repository.paths() if wanted else ():
        if path in declared or path in manifests or repository.read is None or _no_use(path):
            continue
        try:
            data = repository.read(path).lower()
        except OSError:
            continue
        handed_on = handed_on or any(word in data for word in HAND_ON)
        for word in [word for word in wanted if stands(word, data)]:
            mentioned.add(wanted.pop(word))
        if not wanted:
            break
    return Usage(declared, tuple(sorted(used)), frozenset(mentioned), handed_on)


def _no_use(path: str) -> bool:
    """Whether what stands in a file is no use of a variable: an environment file, or prose."""
    known = readers.find(path, b"") if readers.may_declare(path) else []
    return any(reader.format == "dotenv" for reader in known) or paths.style(path) == "doc"


def prepared(repository: "Repository", used: "Iterable[Use]") -> "Iterator[tuple[Document, Usage]]":
    """Each template and each key manifest as a document, with the usage of the whole snapshot."""
    found = list(templates(repository))
    if not found and not repository.manifests:
        return
    facts = usage(repository, {source.path: names for source, names in found}, tuple(used))
    for source in (*(source for source, _ in found), *_manifests(repository)):
        yield documents.build(source), facts


def _manifests(repository: "Repository") -> "Iterator[Source]":
    from agentkey_lint.discover.decode import decode

    for path in repository.manifests:
        if repository.read is not None:
            try:
                yield decode(path, repository.read(path))
            except OSError:
                continue
