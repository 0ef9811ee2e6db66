"""A source becomes a document: keys from the matcher, fields from the parser of its reader, references within the fields."""

from agentkey_lint.catalog import adapters, ignores, names, readers
from agentkey_lint.match import keys
from agentkey_lint.match.scan import Hits, scan
from agentkey_lint.model.facts import Assignment, Document, Entry, Field, Grant, Interpolated, KeyMatch, Problem, Reader, Reference
from agentkey_lint.model.source import Source, Span
from agentkey_lint.parse.bounds import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PARSERS = {"json": "jsonc", "toml": "toml", "yaml": "yaml", "ini": "ini", "dotenv": "dotenv", "properties": "properties", "xml": "xml", "hcl": "hcl"}
PARSERS |= {"shell": "shell", "dockerfile": "dockerfile"}
MANIFESTS = {"agentkeys.toml": "toml", "agentkeys.yaml": "yaml", "agentkeys.yml": "yaml", "agentkeys.json": "json"}
MAX_GRANTING = 1024 * 1024
"""No file that declares scopes is larger than this; what is (the description of a large API) is not read for them."""
MAX_READERS = 4
"""A shared file name is judged by this many of its readers at the most."""
NOTHING = Document(Source("", b""), commented=False)[1:]
"""What a document is beside its source if there is nothing to be said of it: most are."""
_manifest: Document | None = None
"""The key manifest that was built last: facts of the repository ask for it again and again, and a large one takes a second."""


def entries(form: str, data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The entries of a file in a format; none for formats without a parser (plain text)."""
    module = PARSERS.get(form)
    if module is None:
        return [], []
    if len(data) > MAX_BYTES:
        return [], [Problem(0, f"larger than {MAX_BYTES // 1024 // 1024} MiB: its text is matched, but it is not read as configuration")]
    parser = __import__(f"agentkey_lint.parse.{module}", fromlist=["parse"])
    found: tuple[list[Entry], list[Problem]] = parser.parse(data)
    return found


def plain(path: str) -> bool:
    """Whether a file of this path has no facts unless the pass over its bytes has hits: nobody reads it, and by its path alone it is nothing to any rule."""
    return not (_read(path) or ignores.known(path) or path.endswith(".toml"))


def build(source: Source, hits: Hits | None = None, grants: bool = True) -> Document:
    """All facts of one file. hits: what the pass over its bytes has seen, if that is known already. grants: False where nobody asks for the scopes."""
    global _manifest
    if source.path[source.path.rfind("/") + 1 :] not in MANIFESTS:
        return _build(source, scan(source.data) if hits is None else hits, grants)
    if _manifest is None or _manifest.source != source:
        _manifest = _build(source, scan(source.data) if hits is None else hits, True)
    return _manifest


def _build(source: Source, hits: Hits, grants: bool) -> Document:
    data = source.data
    if not any(hits) and not _read(source.path):
        return Document._make((source, *NOTHING))
    if source.encoding == "binary":
        sure = tuple(match for match in keys.find(data, hits.candidates, ()) if match.confidence == "high")
        return Document(source, keys=sure, commented=bool(hits.comments))
    found, assignments = _matched(source, hits)
    manifest = MANIFESTS.get(source.path[source.path.rfind("/") + 1 :])
    if manifest:
        from agentkey_lint.engine.grants import of_records
        from agentkey_lint.parse.records import records

        all_entries, problems = entries(manifest, data)
        declared = records(all_entries)
        given = tuple(of_records(declared))
        return Document(source, manifest, None, found, (), (), declared, tuple(all_entries), tuple(problems), given, bool(hits.comments))
    known = readers.find(source.path, data, bool(hits.marks))[:MAX_READERS]
    if not known:
        complete = _complete(found, source, hits, assignments, ())
        given = _granted(source, "", []) if grants else ()
        if not (complete or assignments or given or hits.comments):
            return Document._make((source, *NOTHING))
        return Document(source, "", None, complete, tuple(assignments), (), (), (), (), given, bool(hits.comments))
    reader = known[0]
    all_entries, problems = entries(reader.format, data)
    fields = tuple(_fields(all_entries, reader, data))
    return Document(
        source,
        reader.format,
        reader,
        _named(_complete(found, source, hits, assignments, fields), fields),
        _beside(assignments, fields),
        fields,
        (),
        (),
        tuple(problems) if not reader.generic else (),
        _granted(source, reader.format, all_entries) if grants else (),
        bool(hits.comments),
    )


def _read(path: str) -> bool:
    """Whether more than plain text may be seen in a file of this path."""
    return path[path.rfind("/") + 1 :] in MANIFESTS or readers.known(path) or adapters.known(path)


def unread(source: Source, hits: Hits) -> Document:
    """The keys and assignments of a text that nothing reads, from what the scan has seen of it; not its scopes."""
    found, assignments = _matched(source, hits)
    return Document(source, keys=_complete(found, source, hits, assignments, ()), assignments=tuple(assignments))


def _matched(source: Source, hits: Hits) -> tuple[tuple[KeyMatch, ...], list[Assignment]]:
    """What stands in a text in whatever format: keys as they are, and names that are given a value."""
    assignments: list[Assignment] = []
    if hits.words:
        from agentkey_lint.match.assignments import find

        assignments = find(source.data, hits.words, source.path)
    return tuple(keys.find(source.data, hits.candidates, assignments)), assignments


def _granted(source: Source, form: str, known: list[Entry]) -> tuple[Grant, ...]:
    """The scopes that a file of some system declares; known: its entries, read as form. Such a file may be another's of that name: no problems of it."""
    found: list[Grant] = []
    if len(source.data) > MAX_GRANTING:
        return ()
    for system, needed in adapters.find(source.path, source.data):
        from agentkey_lint.engine.grants import of_file

        found.extend(of_file(system, known if needed == form else entries(needed, source.data)[0], source.data))
    return tuple(found)


def _complete(found: tuple[KeyMatch, ...], source: Source, hits: Hits, assignments: list[Assignment], fields: tuple[Field, ...]) -> tuple[KeyMatch, ...]:
    """The keys of a file with those in another spelling; parts of one credential are one key. A key that stands there plainly is not told twice."""
    if assignments or fields or hits.encoded or hits.broken:
        from agentkey_lint.match import encodings

        hidden = encodings.find(source.data, source.path, hits, assignments, fields)
        if hidden:
            from bisect import bisect_left

            plain = [match.secret for match in found if match.confidence != "low"]  # by place, and none overlaps another
            before = [bisect_left(plain, (match.secret.end, 0)) - 1 for match in hidden]
            hidden = [match for match, at in zip(hidden, before, strict=True) if at < 0 or plain[at].end <= match.secret.start]
            found = tuple(sorted((*found, *hidden), key=lambda match: match.secret))
    if found:
        from agentkey_lint.match import parts

        found = tuple(parts.join(found, source.data))
    return found


def fields_of(reader: Reader, data: bytes) -> tuple[Field, ...]:
    """The fields of a file, as one reader sees them."""
    return tuple(_fields(entries(reader.format, data)[0], reader, data))


def _fields(all_entries: list[Entry], reader: Reader, data: bytes) -> "Iterator[Field]":
    filled: dict[int, Interpolated] = {}
    if reader.interpolation and any(mark in data for mark in (b"%", b"$")):
        from agentkey_lint.parse.interpolation import interpolated

        filled = interpolated(all_entries, reader.interpolation, reader.given, data)
    for number, entry in enumerate(all_entries):
        if readers.listed(reader.pairs, entry.route) and "=" in entry.text:
            entry = _pair(entry, data)
        made = field(entry, reader, data)
        if number in filled and (reader.interpolation == "percent" or "shell" not in made.expansion.syntaxes):
            made = made._replace(interpolated=filled[number])
        yield made


def _pair(entry: Entry, data: bytes) -> Entry:
    """A list item `NAME=value` as an entry of that name."""
    raw = data[entry.value.start : entry.value.end]
    at = raw.find(b"=")
    if at < 0:
        return entry
    name, _, text = entry.text.partition("=")
    start = entry.value.start
    return Entry((*entry.route[:-1], name.strip()), Span(start, start + at), Span(start + at + 1, entry.value.end), text, "string", entry.quote)


def field(entry: Entry, reader: Reader, data: bytes) -> Field:
    """An entry with what its reader makes of it."""
    name = _last_name(entry.route)
    by_name = readers.listed(reader.by_name, entry.route, reader.case_insensitive)
    secret = ""
    if readers.listed(reader.secrets, entry.route, reader.case_insensitive):
        secret = "always"
    elif not by_name and names.holds_secret(name):
        secret = "named"
    references: tuple[Reference, ...] = ()
    if entry.kind == "string" and entry.text and not by_name:
        raw = data[entry.value.start : entry.value.end]
        if b"$" in raw or b"%" in raw or b"{" in raw or b"@(" in raw or b"os.environ/" in raw:
            from agentkey_lint.parse.references import scan

            references = scan(data, entry.value.start, entry.value.end)
    overridable = readers.listed(reader.overridable, entry.route, reader.case_insensitive)
    return Field(entry, name, secret, readers.expansion(reader, entry.route), references, reader, overridable, by_name)


def _last_name(route: tuple[str, ...]) -> str:
    """The last step of a route that is no place in a list; empty if there is none."""
    for step in reversed(route):
        if not step.isdigit():
            return step
    return ""


def _beside(assignments: list[Assignment], fields: tuple[Field, ...]) -> tuple[Assignment, ...]:
    """The assignments that no secret field is: in comments, within the text of values, and where the name stands apart (`name:` above `value:`)."""
    taken = {field.entry.value.start for field in fields if field.secret or field.by_name}
    return tuple(one for one in assignments if one.value.start not in taken)


def _named(found: tuple[KeyMatch, ...], fields: tuple[Field, ...]) -> tuple[KeyMatch, ...]:
    """Keys that stand in a field are told its name; one in a command line or its arguments is a key in a command."""
    if not found or not fields:
        return found
    from bisect import bisect_right

    ordered = sorted(fields, key=lambda item: item.entry.value.start)
    starts = [item.entry.value.start for item in ordered]
    named = []
    for match in found:
        at = bisect_right(starts, match.secret.start) - 1
        if at >= 0 and match.secret.end <= ordered[at].entry.value.end:
            route = ordered[at].entry.route
            in_command = match.rule == "hardcoded-key" and ("args" in route or route[-1:] == ("command",))
            match = match._replace(name=ordered[at].name, rule="key-in-command" if in_command else match.rule)
        named.append(match)
    return tuple(named)
