"""The lazy facts of a snapshot, worked out from its own files."""

from agentkey_lint.catalog import readers
from agentkey_lint.engine import documents
from agentkey_lint.model.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from agentkey_lint.model.facts import Entry, Reader
    from agentkey_lint.model.repository import Ignore

MAX_DECLARING = 2_000
"""So many files are read for declared variables at the most."""
MAX_BY_ENDING = 200
"""So many of those of which the ending alone says that they may declare some."""


def declared(paths: "Iterable[str]", read: "Callable[[str], bytes]") -> dict[str, str]:
    """Every variable that a file of the snapshot declares, with the first file that does, by path: a template only where no other file does."""
    templates: dict[str, str] = {}
    found: dict[str, str] = {}
    for path in _declaring(paths):
        manifest = documents.MANIFESTS.get(path.rsplit("/", 1)[-1])
        try:
            data = read(path)
        except OSError:
            continue
        if manifest:
            for entry in documents.entries(manifest, data)[0]:
                if len(entry.route) >= 3 and entry.route[0] == "key" and entry.route[2] == "env":
                    found.setdefault(entry.text, path)
            continue
        for reader in readers.find(path, data):
            where = templates if reader.example else found
            for variable in declarations(reader, data):
                where.setdefault(variable, path)
    return {**templates, **found}


def _declaring(paths: "Iterable[str]") -> list[str]:
    """The files to read for declared variables, sorted."""
    sure: list[str] = []
    perhaps: list[str] = []
    for path in sorted(paths):
        if path.rsplit("/", 1)[-1] in documents.MANIFESTS:
            sure.append(path)
        elif readers.may_declare(path):
            (perhaps if readers.by_ending_alone(path) else sure).append(path)
    return sorted(sure[:MAX_DECLARING] + perhaps[:MAX_BY_ENDING])


def declarations(reader: "Reader", data: bytes) -> "Iterator[str]":
    """The variables that a file declares for its reader."""
    if not (reader.declares or reader.pairs or reader.names):
        return
    for entry in documents.entries(reader.format, data)[0]:
        for variable in _names(reader, entry):
            if variable.isidentifier() and variable.isascii():
                yield variable


def _names(reader: "Reader", entry: "Entry") -> "Iterator[str]":
    if readers.listed(reader.names, entry.route, reader.case_insensitive):
        yield from entry.text.replace(",", " ").split()
    elif readers.listed(reader.pairs, entry.route, reader.case_insensitive):
        yield from _of_text(entry)
    else:
        for glob in reader.declares:
            prefix, _, route = glob.rpartition("=")
            if readers.listed((route,), entry.route, reader.case_insensitive):
                yield prefix + readers.declared_name(route, entry.route)
                return


def _of_text(entry: "Entry") -> "Iterator[str]":
    """The names in a text of the form `NAME=value`, several or none of them with a value; of a mapping in such a place, the key."""
    import re

    found = re.findall(r"(?:^|[\s,;\"'])(?:[DRU]:)*([A-Za-z_]\w*)[ \t]*=", entry.text)
    if found:
        yield from found
    elif entry.route[-1].isdigit():
        yield entry.text.strip()  # a bare name is handed through
    else:
        yield entry.route[-1]


def make(paths: "Callable[[], Iterable[str]]", read: "Callable[[str], bytes]", ignore: "Callable[[str], Ignore | None]") -> Repository:
    """A repository over a snapshot's own methods."""
    return Repository(lambda: declared(paths(), read), ignore, paths, read)
