"""A key manifest on the disk: found, read whole, and replaced in one step."""

import os

from agentkey_lint.discover.decode import decode
from agentkey_lint.engine.documents import MANIFESTS, entries
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.facts import Entry, KeyRecord
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Source
from agentkey_lint.parse.records import records

BOM = b"\xef\xbb\xbf"


class Manifest(Record):
    """One manifest as it was read. form: toml, yaml or json. root: the folder that its source's path is relative to, links resolved."""

    form: str
    source: Source
    entries: tuple[Entry, ...]
    records: tuple[KeyRecord, ...]
    root: str = ""


def parsed(form: str, source: Source) -> Manifest:
    """A manifest from its bytes. Raises UsageError where they do not follow the format: what is half understood is not edited."""
    found, problems = entries(form, source.data)
    if problems or source.encoding not in ("utf-8", "utf-8-sig"):
        line = source.data.count(b"\n", 0, problems[0].offset) + 1 if problems else 1
        raise UsageError(f"the manifest, line {line}: {problems[0].message if problems else 'it is not UTF-8'}; mend it first")
    return Manifest(form, source, tuple(found), records(found))


def existing(root: str) -> list[str]:
    """The manifests of a folder, by name."""
    return [name for name in MANIFESTS if os.path.lexists(os.path.join(root, name))]


def chosen(argument: str, root: str) -> str:
    """The path of the manifest that a person means: the one named, else the only one at the root. Raises UsageError."""
    if argument:
        return argument
    names = existing(root)
    if len(names) != 1:
        raise UsageError(
            f"there are several manifests: name one with --manifest ({', '.join(names)})" if names else "there is no manifest: start with `manifest init`"
        )
    return os.path.join(root, names[0])


def form_of(path: str) -> str:
    """The format that a manifest's name says."""
    _, dot, ending = path.rpartition(".")
    form = {"toml": "toml", "yaml": "yaml", "yml": "yaml", "json": "json"}.get(ending if dot else "")
    if form is None:
        raise UsageError("a manifest ends with .toml, .yaml, .yml or .json")
    return form


def inside(path: str, root: str) -> tuple[str, str]:
    """A root with its links resolved, and a path relative to it. Raises UsageError for one that lies, or that a link leads, outside."""
    real, top = os.path.realpath(path), os.path.realpath(root)
    if not real.startswith(top.rstrip("/") + "/"):
        raise UsageError("the manifest lies, or a link of it leads, outside this repository")
    return top, os.path.relpath(real, top)


def load(path: str, root: str) -> Manifest:
    """Read a manifest within a root. Raises UsageError, also for a file that cannot be read."""
    from agentkey_lint.discover.beneath import Reader

    top, name = inside(path, root)
    try:
        raw = Reader(os.fsencode(top)).read(os.fsencode(name))
    except OSError as error:
        raise UsageError(f"the manifest cannot be read: {_reason(error)}") from None
    return parsed(form_of(name), decode(name, raw))._replace(root=top)


def write(manifest: Manifest, data: bytes) -> None:
    """Replace a manifest by new text in one step, its mode kept. Raises UsageError: the file is then as it was, or as somebody else has left it."""
    from agentkey_lint.fix.write import replace

    before, after = (BOM * (manifest.source.encoding == "utf-8-sig") + text for text in (manifest.source.data, data))
    try:
        replace(manifest.root, manifest.source.path, before, after)
    except OSError as error:
        raise UsageError(f"the manifest was not written: {_reason(error)}") from None


def create(path: str, root: str, data: bytes) -> None:
    """Write a new file and never over another one, nor through a link. Raises UsageError."""
    from agentkey_lint.fix.write import replace

    top, name = inside(path, root)
    try:
        replace(top, name, None, data)
    except OSError as error:
        raise UsageError(f"the manifest was not written: {_reason(error)}") from None


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown trouble").lower()
