"""The lazy facts of a snapshot, worked out from its own files."""

from agentkey_lint.catalog import readers
from agentkey_lint.catalog.globs import route_steps
from agentkey_lint.engine import documents, settings
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.settings import DEFAULT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from agentkey_lint.model.facts import Entry, Reader
    from agentkey_lint.model.repository import Declared, Ignore, Use
    from agentkey_lint.model.settings import Settings

MAX_DECLARING = 2_000
"""So many files are read for declared variables at the most."""
MAX_BY_ENDING = 200
"""So many of those of which the ending alone says that they may declare some."""
MAX_MANIFESTS, MAX_KEYS, MOST_SCOPES = 20, 1_000, 5
"""So many key manifests, keys of each and scopes of a key are shown at other findings."""
MANIFESTS = tuple(documents.MANIFESTS)
DECLARING = (*MANIFESTS, *settings.NAMES)
"""The files that are ours and may declare variables."""
SETS, TEMPLATE, MANIFEST, SETTINGS = "sets", "template", "manifest", "settings"
"""How a variable may be declared, the surest first."""


def declared(paths: "Iterable[str]", read: "Callable[[str], bytes]") -> dict[str, str]:
    """Every variable that a file of the snapshot declares, with the first file that does, by path: files that set it, then templates, manifests, settings."""
    found: dict[str, dict[str, str]] = {SETTINGS: {}, MANIFEST: {}, TEMPLATE: {}, SETS: {}}
    listed = list(paths)
    sure = _declaring(listed)
    named: set[str] = set()
    for path in sure:
        try:
            data = read(path)
        except OSError:
            continue
        known = readers.find(path, data)
        for variable, _, how in _declarations(path, data, known):
            found[how].setdefault(variable, path)
        named.update(_env_files(path, data, known))
    for path in sorted(named.intersection(listed).difference(sure))[:MAX_DECLARING]:
        try:
            data = read(path)
        except OSError:
            continue
        for entry in documents.entries("dotenv", data)[0]:
            found[SETS].setdefault(entry.route[-1], path)
    return {**found[SETTINGS], **found[MANIFEST], **found[TEMPLATE], **found[SETS]}


def places(path: str, read: "Callable[[str], bytes]") -> dict[str, tuple[int, int]]:
    """Line and column of each variable that a file declares, where it first does."""
    from agentkey_lint.engine.places import positions

    try:
        data = read(path)
    except OSError:
        return {}
    starts: dict[str, int] = {}
    for variable, entry, _ in _declarations(path, data, readers.find(path, data)):
        starts.setdefault(variable, entry.key.start)
    where = positions(data, starts.values())
    return {variable: (where[start].line, where[start].column) for variable, start in starts.items()}


def manifests(paths: "Iterable[str]", read: "Callable[[str], bytes]") -> dict[str, frozenset[str]]:
    """The key manifests of the snapshot, each with the variables that its keys name."""
    found = {}
    for path in _manifests(paths):
        try:
            data = read(path)
        except OSError:
            continue
        found[path] = frozenset(variable for variable, _, _ in _declarations(path, data, ()))
    return found


def _manifests(paths: "Iterable[str]") -> list[str]:
    return sorted(path for path in paths if path.endswith(MANIFESTS) and path[path.rfind("/") + 1 :] in MANIFESTS)[:MAX_MANIFESTS]


def records(paths: "Iterable[str]", read: "Callable[[str], bytes]") -> "dict[str, tuple[Declared, ...]]":
    """What the key manifests of the snapshot say of the key that each variable holds; what looks like a secret in them is masked."""
    from agentkey_lint.catalog.scopes import reach
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.engine.judging import secret_spans
    from agentkey_lint.engine.masking import Secrets
    from agentkey_lint.engine.places import positions
    from agentkey_lint.model.repository import Declared

    found: dict[str, tuple[Declared, ...]] = {}
    for path in _manifests(paths):
        try:
            document = documents.build(decode(path, read(path)))
        except OSError:
            continue
        masked = Secrets(document.source.data, secret_spans(document, ())).mask_text
        where = positions(document.source.data, [record.span.start for record in document.records])
        for record in document.records[:MAX_KEYS]:
            if "env" not in record.fields:
                continue
            texts = {name: masked(entry.text) for name, entry in record.fields.items() if name in ("role", "expires", "ttl")}
            ends = next((f"{name} {texts[name]}" for name in ("expires", "ttl") if texts.get(name)), "")
            scopes = tuple(masked(scope.text) for scope in record.scopes[:MOST_SCOPES])
            more = len(record.scopes) - len(scopes)
            key = Declared(masked(record.id), path, *where[record.span.start], texts.get("role", ""), scopes, more, ends, reach(record))
            variable = record.fields["env"].text
            found[variable] = (*found.get(variable, ()), key)
    return found


def _declarations(path: str, data: bytes, known: "Sequence[Reader]") -> "Iterator[tuple[str, Entry, str]]":
    """The variables that a file declares for its readers, each with its entry and how it is declared."""
    if path.rsplit("/", 1)[-1] in documents.MANIFESTS:
        from agentkey_lint.discover.decode import decode

        for record in documents.build(decode(path, data)).records:
            if "env" in record.fields:
                yield record.fields["env"].text, record.fields["env"], MANIFEST
        return
    if path.rsplit("/", 1)[-1] in settings.NAMES and (not settings.prefix(path) or b"agentkey-lint" in data):
        for entry in documents.entries("toml", data)[0]:
            if entry.route[:-1] == (*settings.prefix(path), "env"):
                yield entry.text, entry, SETTINGS
    for reader in known:
        for variable, entry in _declared(reader, data):
            yield variable, entry, TEMPLATE if reader.example else SETS


def _env_files(path: str, data: bytes, known: "Sequence[Reader]") -> "Iterator[str]":
    """The files of variables that a file names, whatever they are called; paths that lead out of the repository are none of its files."""
    for reader in known:
        if reader.env_files:
            import posixpath

            for entry in documents.entries(reader.format, data)[0]:
                if readers.listed(reader.env_files, entry.route):
                    yield posixpath.normpath(posixpath.join(posixpath.dirname(path), entry.text))


def _declaring(paths: "Iterable[str]") -> list[str]:
    """The files to read for declared variables, sorted."""
    sure: list[str] = []
    perhaps: list[str] = []
    for path in sorted(path for path in paths if path.endswith(DECLARING) or readers.known(path)):
        if path[path.rfind("/") + 1 :] in DECLARING:
            sure.append(path)
        elif readers.may_declare(path):
            (perhaps if readers.by_ending_alone(path) else sure).append(path)
    return sorted(sure[:MAX_DECLARING] + perhaps[:MAX_BY_ENDING])


def declarations(reader: "Reader", data: bytes) -> "Iterator[str]":
    """The variables that a file declares for its reader."""
    return (variable for variable, _ in _declared(reader, data))


def _declared(reader: "Reader", data: bytes) -> "Iterator[tuple[str, Entry]]":
    if not _may_declare(reader, data):
        return
    for entry in documents.entries(reader.format, data)[0]:
        for variable in _names(reader, entry):
            if variable.isidentifier() and variable.isascii():
                yield variable, entry


def _may_declare(reader: "Reader", data: bytes) -> bool:
    """Whether a file is worth parsing for variables: the steps of a route under which its reader finds some stand in it, or letters are written as numbers."""
    globs = (*reader.declares, *reader.pairs, *reader.names)
    text = data.lower() if globs else b""
    for glob in globs:
        steps = [step.lower().encode() for step in route_steps(glob.rpartition("=")[2]) if "*" not in step]
        if all(stands(step, text) for step in steps):
            return True
    return b"\\u" in text or b"\\x" in text


def stands(word: bytes, data: bytes) -> bool:
    """Whether a word stands in a text, not as a part of a longer name."""
    at = data.find(word)
    while at >= 0:
        around = data[max(at - 1, 0) : at] + data[at + len(word) : at + len(word) + 1]
        if not any(part.isalnum() or part == "_" for part in around.decode("latin-1")):
            return True
        at = data.find(word, at + len(word))
    return False


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
    from agentkey_lint.model.expressions import regex

    found = regex(r"(?:^|[\s,;\"'])(?:[DRU]:)*([A-Za-z_]\w*)[ \t]*=").findall(entry.text)
    if found:
        yield from found
    elif entry.route[-1].isdigit():
        yield entry.text.strip()  # a bare name is handed through
    else:
        yield entry.route[-1]


def make(
    paths: "Callable[[], Iterable[str]]",
    read: "Callable[[str], bytes]",
    ignore: "Callable[[str], Ignore | None]",
    set_for: "Callable[[str], Settings]" = lambda path: DEFAULT,
    ignored: "Callable[[], Iterable[str]]" = tuple,
) -> Repository:
    """A repository over a snapshot's own methods. set_for: a person's settings, by path."""
    return Repository(
        lambda: declared(paths(), read),
        ignore,
        paths,
        read,
        records=lambda: records(paths(), read),
        places=lambda path: places(path, read),
        settings=set_for,
        manifests=lambda: manifests(paths(), read),
        uses=_uses,
        ignored=ignored,
    )


def _uses(repository: Repository) -> "Mapping[str, tuple[Use, ...]]":
    from agentkey_lint.engine.uses import uses

    return uses(repository)
