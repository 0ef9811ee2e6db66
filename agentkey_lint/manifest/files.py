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
    """One manifest as it was read. path: on the disk, links resolved. form: toml, yaml or json."""

    path: str
    form: str
    source: Source
    entries: tuple[Entry, ...]
    records: tuple[KeyRecord, ...]


def parsed(path: str, form: str, source: Source) -> Manifest:
    """A manifest from its bytes. Raises UsageError where they do not follow the format: what is half understood is not edited."""
    found, problems = entries(form, source.data)
    if problems or source.encoding not in ("utf-8", "utf-8-sig"):
        line = source.data.count(b"\n", 0, problems[0].offset) + 1 if problems else 1
        raise UsageError(f"{os.path.basename(path)}, line {line}: {problems[0].message if problems else 'it is not UTF-8'}; mend it first")
    return Manifest(path, form, source, tuple(found), records(found))


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


def inside(path: str, root: str) -> str:
    """A path with its links resolved. Raises UsageError for one that leads out of the root."""
    real, top = os.path.realpath(path), os.path.realpath(root)
    if not real.startswith(top.rstrip("/") + "/"):
        raise UsageError("the manifest lies, or a link of it leads, outside this repository")
    return real


def load(path: str, root: str) -> Manifest:
    """Read a manifest within a root. Raises UsageError, also for a file that cannot be read."""
    from agentkey_lint.discover.beneath import Reader

    real = inside(path, root)
    top = os.path.realpath(root)
    try:
        raw = Reader(os.fsencode(top)).read(os.fsencode(os.path.relpath(real, top)))
    except OSError as error:
        raise UsageError(f"the manifest cannot be read: {(error.strerror or 'unknown trouble').lower()}") from None
    return parsed(real, form_of(real), decode(os.path.basename(real), raw))


def write(manifest: Manifest, data: bytes) -> None:
    """Replace a manifest by new text in one step, its mode kept: a reader sees the old file or the new one, whole. Raises UsageError.

    Beside the file a second one is written and given its name. Where the file changed since it was read, nothing is written.
    """
    before, after = (BOM * (manifest.source.encoding == "utf-8-sig") + text for text in (manifest.source.data, data))
    try:
        with open(manifest.path, "rb") as file:
            mode = os.fstat(file.fileno()).st_mode & 0o7777
            if file.read(len(before) + 1) != before:
                raise UsageError("the manifest was changed by somebody else meanwhile; nothing was written")
        replacement = f"{manifest.path}.{os.getpid()}.new"
        _create(replacement, after, mode)
        try:
            os.replace(replacement, manifest.path)
        except OSError:
            os.unlink(replacement)
            raise
    except OSError as error:
        raise UsageError(f"the manifest cannot be written: {(error.strerror or 'unknown trouble').lower()}") from None


def create(path: str, data: bytes) -> None:
    """Write a new file and never over another one, nor through a link. Raises UsageError."""
    try:
        _create(path, data, None)
    except FileExistsError:
        raise UsageError("there is a manifest already, and it is not overwritten") from None
    except OSError as error:
        raise UsageError(f"the manifest cannot be written: {(error.strerror or 'unknown trouble').lower()}") from None


def _create(path: str, data: bytes, mode: int | None) -> None:
    """A new file with everything in it on the disk, or none. mode: None for the usual one."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0), 0o666 if mode is None else 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
    except OSError:
        os.unlink(path)
        raise
