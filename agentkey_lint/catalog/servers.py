"""Servers that an agent's configuration starts or calls: which package runs, over which address, and whether a key is handed over."""

from agentkey_lint.catalog.compiled import RUNNERS, WORDS
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentkey_lint.model.facts import Document, Field

_STARTS = ("command", "cmd")
_ADDRESSES = ("url", "serverUrl", "httpUrl", "uri", "endpoint", "baseUrl")
_HANDING = ("env", "environment", "envs", "env_keys", "env_vars", "headers", "http_headers", "env_http_headers", "requestInit", "auth", "oauth")
_PRIVATE = ("10.", "127.", "192.168.", "169.254.", *(f"172.{number}." for number in range(16, 32)))
_LOCAL = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".svc", ".cluster.local", ".test", ".invalid", ".example")


class Server(Record):
    """One table of a file that says how to reach a server; fields: all that stand in it and below."""

    start: "Field | None"
    address: "Field | None"
    fields: "tuple[Field, ...]"


def servers(document: "Document") -> "Iterator[Server]":
    """The servers of a file that are not switched off."""
    found: dict[tuple[str, ...], list[Field]] = {}
    for field in document.fields:
        route = field.entry.route
        if len(route) > 1 and (route[-1] in _STARTS or route[-1] in _ADDRESSES):
            found.setdefault(route[:-1], [])
        elif len(route) > 2 and route[-2] in _STARTS and route[-1] == "0":
            found.setdefault(route[:-2], [])
    if not found:
        return
    for field in document.fields:
        for end in range(1, len(field.entry.route)):
            if field.entry.route[:end] in found:
                found[field.entry.route[:end]].append(field)
    for route, fields in found.items():
        own = {field.entry.route[len(route) :]: field for field in reversed(fields)}
        off = {name: own[name,].entry.text.strip().lower() for name in ("disabled", "enabled") if (name,) in own}
        if off.get("disabled") != "true" and off.get("enabled") != "false":
            start = next((own[rest] for name in _STARTS for rest in ((name,), (name, "0")) if rest in own), None)
            yield Server(start, next((own[name,] for name in _ADDRESSES if (name,) in own), None), tuple(fields))


def handed_key(server: Server, document: "Document") -> bool:
    """Whether a server is given a key: a secret field, a key in any field or an option named after one, or a reference or a variable's name where its
    environment or its headers are set.
    """
    for field in server.fields:
        if field.secret and field.entry.text:
            return True
        handing = any(step in _HANDING for step in field.entry.route)
        if field.by_name or (handing and field.references):
            return True
        if _holds_key(field, document) or _option(field.entry.text):
            return True
        if field.entry.text.strip() and any(mark in field.entry.text for mark in ("${", "{env:")) and _names_secret(field):
            return True
    return False


def _holds_key(field: "Field", document: "Document") -> bool:
    """Whether a key of the file stands in a field; a URL's password that everybody knows is none."""
    from bisect import bisect_left

    span, keys = field.entry.value, document.keys
    at = bisect_left(keys, span, key=lambda match: match.secret)
    if at == len(keys) or keys[at].secret.end > span.end or keys[at].confidence == "low" or keys[at].facts.tier == "public":
        return False
    if keys[at].rule != "key-in-url":
        return True
    from agentkey_lint.catalog.urls import weak_password

    secret = document.source.data[slice(*keys[at].secret)].decode("utf-8", "replace")
    return not weak_password(field.entry.text, secret)


def _option(text: str) -> bool:
    """Whether an argument is an option whose name says that a secret follows: `--api-key`, `--token=…`."""
    if not text.startswith("--"):
        return False
    from agentkey_lint.catalog.names import holds_secret

    return holds_secret(text[2:].partition("=")[0])


def _names_secret(field: "Field") -> bool:
    from agentkey_lint.catalog.names import holds_secret

    return any(holds_secret(reference.name) for reference in field.references)


def words(server: Server) -> "list[Field]":
    """The command and its arguments, in their order."""
    listed = [field for field in server.fields if field.entry.route[-1].isdecimal() and field.entry.route[-2] in ("args", *_STARTS)]
    start = [server.start] if server.start is not None and server.start not in listed else []
    return start + listed


def unpinned(line: "Sequence[str]") -> str:
    """The program that fetches and runs a package of no stated version (`npx`); empty if a command line does nothing of the kind."""
    return fetched(line)[0]


def fetched(line: "Sequence[str]") -> tuple[str, str]:
    """As `unpinned`, with the package as it is written; twice empty if there is none."""
    for at, word in enumerate(line[:4]):
        runner = word.replace("\\", "/").rpartition("/")[2].removesuffix(".cmd").removesuffix(".exe")
        if runner in RUNNERS:
            before, package, value = RUNNERS[runner]
            rest = list(line[at + 1 :])
            if before:
                if before not in rest:
                    return "", ""
                rest = rest[rest.index(before) + 1 :]
            name = _package(rest, package, value)
            return (runner, name) if name and not _pinned(name) else ("", "")
    return "", ""


def _package(words: "Sequence[str]", package: "Sequence[str]", value: "Sequence[str]") -> str:
    """The package that a runner is told to fetch; empty if it cannot be told."""
    skip = False
    for number, word in enumerate(words):
        option, equals, given = word.partition("=")
        if skip:
            skip = False
        elif option in package:
            return given if equals else (list(words[number + 1 : number + 2]) or [""])[0]
        elif option in value:
            skip = not equals
        elif not word.startswith("-"):
            return word
    return ""


def _pinned(package: str) -> bool:
    """Whether a package's version is stated, or is none of a registry's: a path, or something that is put in."""
    if package.startswith((".", "/", "~", "\\")) or any(sign in package for sign in ("${", "{env:", "<", "://localhost")) or package.endswith((".tgz", ".whl")):
        return True
    if package.startswith(("git+", "github:", "https://", "git@")):
        last = package.rpartition("/")[2]
        return "@" in last or "#" in last
    version = package[1:].partition("@")[2]
    if version:
        return version[0] in "0123456789^~v=" and any(character.isdigit() for character in version)
    return any(sign in package for sign in ("==", ">=", "~=", "<="))


def remote_plain(address: str) -> bool:
    """Whether an address is `http://` and leaves this machine and its network."""
    text = address.strip()
    if not text.lower().startswith("http://"):
        return False
    host = text[7:].split("/")[0].split("?")[0].rpartition("@")[2].lower()
    if host.startswith("[") or "$" in host or "{" in host:
        return False
    host = host.split(":")[0]
    if "." not in host or host in WORDS["local_hosts"]:
        return False
    return not host.startswith(_PRIVATE) and not host.endswith(_LOCAL)
