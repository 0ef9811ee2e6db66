"""What the `.secrets.baseline` of detect-secrets at the root of a snapshot says, and which claims it takes out.

A baseline is part of the scanned repository, so it is hostile: it may name data, never code. Its regular expressions are matched by Hyperscan, in
linear time, and nothing that it names is opened but files of its own snapshot. detect-secrets itself is not imported for any of this.
"""

from agentkey_lint.engine.places import line_bounds
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault
from agentkey_lint.parse.bounds import MAX_BYTES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

NAME = ".secrets.baseline"
MAX_LINE = 10_000
"""Characters of a line, and of a secret, that are looked at."""
MAX_PATTERNS = 200
MAX_PATTERN = 1_000
MAX_WORDS = 100_000
NEAR = 6
"""So many values before a secret are tried for one that holds it."""
OWN = "detect_secrets.filters."


def never(text: str) -> bool:
    return False


class Baseline(Record):
    """What a baseline says.

    recorded: for each path the hashes of its allowlisted secrets. real: those that a person has marked as secret, by (path, hash).
    excludes_file, _line, _secret: from the text to whether a filter takes it out. plugins, filters: as listed; None where there is no list.
    faults: what could not be read or honoured.
    """

    recorded: dict[str, frozenset[str]] = {}  # noqa: RUF012
    real: frozenset[tuple[str, str]] = frozenset()
    excludes_file: "Callable[[str], bool]" = never
    excludes_line: "Callable[[str], bool]" = never
    excludes_secret: "Callable[[str], bool]" = never
    plugins: "list[dict[str, Any]] | None" = None
    filters: "list[dict[str, Any]] | None" = None
    faults: tuple[Fault, ...] = ()


class _Broken(Exception):
    """A baseline is not what it should be; the message is the place and holds nothing of the file but names of its own format."""


def read(read_file: "Callable[[str], bytes]") -> Baseline:
    """The baseline at the root of a snapshot; an empty one where there is none. A broken one is a fault, and then it says nothing else."""
    try:
        raw = read_file(NAME)
    except FileNotFoundError:
        return Baseline()
    except OSError as error:
        return _broken(f"cannot be read: {(error.strerror or 'unknown trouble').lower()}")
    from agentkey_lint.discover.decode import decode

    data = decode(NAME, raw).data  # PowerShell's redirection writes UTF-16
    if len(data) > MAX_BYTES:
        return _broken(f"larger than {MAX_BYTES // 1024 // 1024} MiB")
    import json

    try:
        return _parsed(json.loads(data.decode("utf-8")), read_file)
    except json.JSONDecodeError as error:
        return _broken(f"line {error.lineno}, column {error.colno}: {error.msg[0].lower() + error.msg[1:]}")
    except UnicodeDecodeError as error:
        return _broken(f"line {data.count(10, 0, error.start) + 1}: not UTF-8")
    except _Broken as error:
        return _broken(str(error))
    except (ValueError, RecursionError):
        return _broken("nested too deeply, or a number in it is too long")


def _broken(why: str) -> Baseline:
    return Baseline(faults=(Fault(NAME, f"{why}; nothing that it records is suppressed"),))


def _of(kind: "type[Any]", value: object, place: str) -> "Any":
    """The value if it is of the kind. Raises _Broken, naming the place."""
    if not isinstance(value, kind):
        raise _Broken(f"{place} is not a {'table' if kind is dict else 'list' if kind is list else 'text'}")
    return value


def _parsed(top: object, read_file: "Callable[[str], bytes]") -> Baseline:
    table = _of(dict, top, "the whole")
    recorded: dict[str, set[str]] = {}
    real = set()
    for number, (path, entries) in enumerate(_of(dict, table.get("results", {}), "results").items(), 1):
        for count, entry in enumerate(_of(list, entries, f"results, file {number}"), 1):
            place = f"results, file {number}, entry {count}"
            digest = _of(str, _of(dict, entry, place).get("hashed_secret"), f"{place}, hashed_secret").lower()
            for one in _paths(path):
                recorded.setdefault(one, set()).add(digest)
                if entry.get("is_secret") is True:
                    real.add((one, digest))
    lists: dict[str, list[dict[str, Any]] | None] = {}
    for key, name in (("plugins_used", "name"), ("filters_used", "path")):
        lists[key] = None if key not in table else _of(list, table[key], key)
        for number, row in enumerate(lists[key] or (), 1):
            _of(str, _of(dict, row, f"{key}, entry {number}").get(name), f"{key}, entry {number}, {name}")
    filters = lists["filters_used"]
    faults: list[Fault] = []
    file, line, secret = (search(_patterns(table, filters, what), f"the filter that excludes {what}s", faults) for what in ("file", "line", "secret"))
    words = [row for row in filters or () if row["path"] == OWN + "wordlist.should_exclude_secret"]
    secret = _either(secret, _words(words[0], read_file, faults) if words else never)
    if any("\\\\" in pattern for pattern in _patterns(table, filters, "file")):  # written for paths of Windows
        file = _either(file, _with_backslashes(file))
    hashes = {path: frozenset(digests) for path, digests in recorded.items()}
    plugins = lists["plugins_used"]
    if plugins is not None:  # the format before 1.0 named a plugin's file here
        plugins = plugins + [{"name": str(path), "path": str(path)} for path in _of(list, table.get("custom_plugin_paths", []), "custom_plugin_paths")]
    return Baseline(hashes, frozenset(real), file, line, secret, plugins, filters, tuple(faults))


def _either(first: "Callable[[str], bool]", second: "Callable[[str], bool]") -> "Callable[[str], bool]":
    return first if second is never else second if first is never else lambda text: first(text) or second(text)


def _with_backslashes(excludes: "Callable[[str], bool]") -> "Callable[[str], bool]":
    return lambda path: excludes(path.replace("/", "\\"))


def _paths(path: str) -> set[str]:
    """The paths of a snapshot that a recorded one may mean: Windows writes it with back-slashes, and `./` may stand before it."""
    return {path, path.replace("\\", "/").removeprefix("./")}


def _patterns(table: "dict[str, Any]", filters: "list[dict[str, Any]] | None", what: str) -> list[str]:
    found = [row.get("pattern") for row in filters or () if row["path"] == f"{OWN}regex.should_exclude_{what}"]
    before = table.get("exclude")  # the formats before 1.0
    if isinstance(before, dict):
        found.append(before.get(what + "s") or [])
    if what == "file":
        found.append(table.get("exclude_regex") or [])
    return [one for item in found for one in (item if isinstance(item, list) else [item]) if isinstance(one, str)]


def search(patterns: "Sequence[str]", what: str, faults: list[Fault], caseless: bool = False) -> "Callable[[str], bool]":
    """Whether one of some regular expressions occurs in a text, in linear time. Those that cannot be matched so are faults, and match nothing."""
    if not patterns:
        return never
    import hyperscan

    databases = []
    for number, pattern in enumerate(patterns, 1):
        try:
            if number > MAX_PATTERNS or len(pattern) > MAX_PATTERN or _repeats(pattern) > MAX_PATTERN:
                raise ValueError
            database = hyperscan.Database()
            flags = hyperscan.HS_FLAG_UTF8 | hyperscan.HS_FLAG_ALLOWEMPTY | hyperscan.HS_FLAG_SINGLEMATCH | (hyperscan.HS_FLAG_CASELESS if caseless else 0)
            database.compile(expressions=[pattern.encode()], ids=[0], elements=1, flags=[flags])
            databases.append(database)
        except (hyperscan.error, ValueError):
            faults.append(Fault(NAME, f"{what} is not honoured: pattern {number} is no regular expression that can be matched in linear time"))
            if number > MAX_PATTERNS:
                break

    def occurs(text: str) -> bool:
        data = text.encode("utf-8", "replace")  # Hyperscan wants text that is well-formed
        hits: list[object] = []
        for database in databases:
            database.scan(data, match_event_handler=lambda *hit: hits.append(hit))
            if hits:
                return True
        return False

    return occurs


def _repeats(pattern: str) -> int:
    """What the counted repeats of a pattern multiply to: how many states it may need."""
    import re

    product = 1
    for low, high in re.findall(r"\{(\d{0,5})(?:,(\d{0,5}))?\}", pattern):
        product *= max(int(low or 1), int(high or 1), 1)
        if product > MAX_PATTERN:
            break
    return product


def _words(row: "dict[str, Any]", read_file: "Callable[[str], bytes]", faults: list[Fault]) -> "Callable[[str], bool]":
    """The filter by a list of words: its file is read from the snapshot, wherever the path would lead on the disk."""
    try:
        text = read_file(str(row.get("file_name")).replace("\\", "/").removeprefix("./")).decode("utf-8", "replace")
    except (OSError, ValueError):
        faults.append(Fault(NAME, "the filter by a list of words is not honoured: its file is not in the repository"))
        return never
    least = row.get("min_length")
    short = least if isinstance(least, int) else 3
    words = [word for word in (line.strip().lower() for line in text.splitlines()[:MAX_WORDS]) if len(word) >= max(short, 1)]
    return lambda secret: any(word in lowered for lowered in [secret[:MAX_LINE].lower()] for word in words)


def hidden(document: Document, claims: "Sequence[Claim]", baseline: Baseline) -> set[int]:
    """The positions of the claims that a baseline takes out: their secret is recorded for this file, or a filter excludes it, its line or the file."""
    source = document.source
    secret = {number: claim for number, claim in enumerate(claims) if claim.secret is not None}
    if baseline.excludes_file(source.path):
        return set(secret)
    if source.path == NAME:  # a hash that it records is no secret
        hashes = {digest for digests in baseline.recorded.values() for digest in digests}
        return {number for number, claim in secret.items() if claim.secret and source.data[slice(*claim.secret)].decode("utf-8", "replace").lower() in hashes}
    recorded = baseline.recorded.get(source.path, frozenset())
    real = {digest for digest in recorded if (source.path, digest) in baseline.real}
    values = sorted(_values(document)) if recorded else []
    found = set()
    for number, claim in secret.items():
        digests = {claim.identity, *map(sha1, _texts(source.data, claim, values))} if recorded else set()
        if digests & recorded:
            if not digests & real:
                found.add(number)
        elif _excluded(source.data, claim, baseline):
            found.add(number)
    return found


def _excluded(data: bytes, claim: Claim, baseline: Baseline) -> bool:
    if claim.secret is None or (baseline.excludes_line is never and baseline.excludes_secret is never):
        return False
    start, end = line_bounds(data, claim.secret.start)
    line, secret = (data[first : min(last, first + MAX_LINE)].decode("utf-8", "replace") for first, last in ((start, end), claim.secret))
    return baseline.excludes_line(line) or baseline.excludes_secret(secret)


def sha1(text: bytes) -> str:
    """What detect-secrets records of a secret."""
    import hashlib

    return hashlib.sha1(text, usedforsecurity=False).hexdigest()


def _values(document: Document) -> "Iterator[tuple[int, int, bytes]]":
    """Where the values of a file stand, and their text as its reader sees it."""
    for field in document.fields:
        yield *field.entry.value, field.entry.text.encode("utf-8", "replace")
    for one in document.assignments:
        yield *one.value, one.text.encode("utf-8", "replace")
    for match in document.keys:
        yield *match.span, document.source.data[slice(*match.span)]


def _texts(data: bytes, claim: Claim, values: "list[tuple[int, int, bytes]]") -> "Iterator[bytes]":
    """What detect-secrets may have taken for the secret of a claim: it, the whole value that it stands in, the rest of its line.

    Each holds the secret, so a recorded hash of one of them is a hash of this secret; but for a private key detect-secrets records its header alone.
    """
    from bisect import bisect_right

    assert claim.secret is not None
    start, end = claim.secret
    yield data[start:end]
    at = bisect_right(values, (start, len(data), b""))
    for first, last, text in values[max(at - NEAR, 0) : at]:
        if last >= end:
            yield text
            yield data[first:last]
    line_start, line_end = line_bounds(data, start)
    yield data[start : min(line_end, start + MAX_LINE)].rstrip().rstrip(b"\"'`,")  # where no quotes end it, a value goes as far as the line
    line_start, line_end = line_bounds(data, claim.span.start)
    header = data.find(b"BEGIN ", line_start, line_end)
    close = data.find(b"PRIVATE KEY", header, line_end) if header >= 0 else -1
    if close >= 0:
        block = data.startswith(b" BLOCK", close + len("PRIVATE KEY"))
        yield data[header : close + len("PRIVATE KEY" + " BLOCK" * block)]
