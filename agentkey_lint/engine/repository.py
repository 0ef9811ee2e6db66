"""The lazy facts of a snapshot, worked out from its own files."""

from agentkey_lint.catalog import readers
from agentkey_lint.engine import documents
from agentkey_lint.model.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentkey_lint.model.repository import Ignore

MAX_DECLARING = 2_000
"""So many files are read for declared variables at the most."""


def declared(paths: "Iterable[str]", read: "Callable[[str], bytes]") -> dict[str, str]:
    """Every variable that a file of the snapshot declares, with the first file that does, by path."""
    found: dict[str, str] = {}
    left = MAX_DECLARING
    for path in sorted(paths):
        name = path.rsplit("/", 1)[-1]
        manifest = documents.MANIFESTS.get(name)
        if not manifest and not readers.may_declare(path):
            continue
        left -= 1
        if left < 0:
            break
        try:
            data = read(path)
        except OSError:
            continue
        if manifest:
            for entry in documents.entries(manifest, data)[0]:
                if len(entry.route) == 3 and entry.route[0] == "key" and entry.route[2] == "env":
                    found.setdefault(entry.text, path)
            continue
        for reader in readers.find(path, data):
            if reader.declares:
                for field in documents.fields_of(reader, data):
                    if readers.listed(reader.declares, field.entry.route, reader.case_insensitive):
                        found.setdefault(field.name, path)
    return found


def make(paths: "Callable[[], Iterable[str]]", read: "Callable[[str], bytes]", ignore: "Callable[[str], Ignore | None]") -> Repository:
    """A repository over a snapshot's own methods."""
    return Repository(lambda: declared(paths(), read), ignore)
