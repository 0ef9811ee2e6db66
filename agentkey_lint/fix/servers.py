"""Servers: the version that the repository itself already names, in place of whatever is newest."""

from agentkey_lint.catalog import servers
from agentkey_lint.fix.quoting import edit
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Fix
from agentkey_lint.model.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_LOCK = 4 * 1024 * 1024
"""A lock file of more bytes is not looked into."""
_NPM = ("npx", "bunx", "pnpx", "pnpm", "yarn")


def pinned(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The package with the version of it that is installed or locked here. Not safe: another version than today's may start."""
    for server in servers.servers(document):
        if server.start is None or server.start.entry.value != claim.span:
            continue
        line = servers.words(server)
        split = [word for field in line for word in (field.entry.text.split() if field is server.start else [field.entry.text])]
        runner, package = servers.fetched(split)
        name = package.removesuffix("@latest")
        field = next((field for field in line if field.entry.text == package), None)
        version = _version(name, document.source.path, runner in _NPM, repository) if field else ""
        if field is None or not version:
            return None
        better = f"{name}{'@' if runner in _NPM else '=='}{version}"
        change = edit(document, field.entry, field.entry.value, better)
        return Fix(f"write {better}, the version that is locked here", (change,)) if change else None
    return None


def _version(name: str, path: str, npm: bool, repository: Repository) -> str:
    """The version of a package that is installed or locked beside a file or above it; empty if none is, or it looks like anything else."""
    plain = name.replace("@", "").replace("/", "").replace("-", "").replace("_", "").replace(".", "")
    if repository.read is None or not plain.isalnum() or ".." in name or len(name) > 200:
        return ""
    for folder in _above(path):
        for version in _npm(name, folder, repository) if npm else _python(name, folder, repository):
            if 0 < len(version) <= 40 and version[0].isdigit() and all(part.isalnum() or part in ".-+" for part in version):
                return version
    return ""


def _above(path: str) -> "Iterator[str]":
    """The folders a file lies in, the nearest first, each with its slash; at most eight."""
    steps = path.split("/")[:-1]
    for end in range(len(steps), max(len(steps) - 8, -1), -1):
        yield "".join(f"{step}/" for step in steps[:end])


def _read(path: str, repository: Repository) -> bytes:
    try:
        data = repository.read(path) if repository.read else b""
    except OSError:
        return b""
    return data if len(data) <= MOST_LOCK else b""


def _npm(name: str, folder: str, repository: Repository) -> "Iterator[str]":
    from agentkey_lint.parse.jsonc import parse

    for entry in parse(_read(f"{folder}node_modules/{name}/package.json", repository))[0]:
        if entry.route == ("version",):
            yield entry.text
    for entry in parse(_read(f"{folder}package-lock.json", repository))[0]:
        if entry.route in (("packages", f"node_modules/{name}", "version"), ("dependencies", name, "version")):
            yield entry.text


def _python(name: str, folder: str, repository: Repository) -> "Iterator[str]":
    from agentkey_lint.parse.toml import parse

    wanted = name.lower().replace("_", "-")
    for lock in ("uv.lock", "poetry.lock"):
        found = ""
        for entry in parse(_read(folder + lock, repository))[0]:
            if len(entry.route) == 3 and entry.route[0] == "package" and entry.route[2] == "name":
                found = entry.text
            elif len(entry.route) == 3 and entry.route[2] == "version" and found.lower().replace("_", "-") == wanted:
                yield entry.text
