"""Bytes of a file → text as every other room expects it, and a stream of a snapshot's files in that shape.

Nothing here raises on any bytes. Hidden text is the danger: a key in a UTF-16 file has a NUL between any two letters
and no pattern would see it, so such files are put into UTF-8 first.
"""

from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from typing import Protocol

    class Snapshot(Protocol):
        """The files of one state of a repository: its work tree or its index."""

        def paths(self) -> list[str]: ...
        def read(self, path: str) -> bytes: ...
        def contents(self, paths: Iterable[str], named: Collection[str] = ()) -> Iterator[tuple[str, bytes | Fault]]: ...


MAX_FILE = 256 << 20
"""The largest file that is read, in bytes. A larger one is a fault."""

_NUL_WINDOW = 8192
_GUESS_WINDOW = 1024


def path_bytes(path: str) -> bytes:
    """The bytes that a path stands for, whatever the locale says."""
    return path.encode("utf-8", "surrogateescape")


def path_text(raw: bytes) -> str:
    """A path as this tool writes it: UTF-8, other bytes as surrogate escapes."""
    return raw.decode("utf-8", "surrogateescape")


def printable(raw: bytes) -> str:
    """Bytes for a message: what is not printable is escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in raw.decode("utf-8", "backslashreplace"))


def sources(snapshot: "Snapshot", paths: "Iterable[str]", named: "Collection[str]" = ()) -> "Iterator[Source | Fault]":
    """Read and decode files of a snapshot, one after the other.

    paths: relative to the snapshot's root. named: those of them that a person asked for by name; trouble with
    these is always a fault, while a listed file that is no longer part of the snapshot is left out.
    """
    for path, found in snapshot.contents(paths, named):
        yield decode(path, found) if isinstance(found, bytes) else found


def decode(path: str, raw: bytes) -> Source:
    """A source whose data is UTF-8 without a byte order mark; bytes that are not UTF-8 stay as they are.

    UTF-16 and UTF-32 are transcoded, a lone surrogate becoming its three bytes; bytes behind the last whole
    character are dropped. A file with a NUL byte in its first 8 KiB that is neither is `binary`.
    """
    without_nul = raw.find(b"\0", 0, _NUL_WINDOW) < 0
    if without_nul and raw[:1] not in b"\xef\xff\xfe":  # no mark begins: nearly every file
        return Source(path, raw, "utf-8")
    if raw.startswith(b"\xef\xbb\xbf"):
        data = raw[3:]
        return Source(path, data, "utf-8-sig" if data.find(b"\0", 0, _NUL_WINDOW) < 0 else "binary")
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            text = _transcode(raw, len(mark), encoding)
            if text is not None:
                return Source(path, text, encoding)
    if without_nul:
        return Source(path, raw, "utf-8")
    guess = _guess(raw[:_GUESS_WINDOW])
    text = _transcode(raw, 0, guess) if guess else None
    return Source(path, raw, "binary") if text is None else Source(path, text, guess)


# UTF-32 first: its little-endian mark begins with that of UTF-16.
_MARKS = ((b"\xff\xfe\0\0", "utf-32-le"), (b"\0\0\xfe\xff", "utf-32-be"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))


def _transcode(raw: bytes, start: int, encoding: str) -> bytes | None:
    """The text from `start` on as UTF-8; None where it is not in that encoding."""
    width = 4 if encoding.startswith("utf-32") else 2
    end = len(raw) - (len(raw) - start) % width
    try:
        return memoryview(raw)[start:end].tobytes().decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    except UnicodeError:
        return None


def _guess(sample: bytes) -> str:
    """UTF-16 without a mark: in Latin text nearly every second byte is NUL, and hardly one of the others."""
    pairs = len(sample) // 2
    first, second = sample[: pairs * 2 : 2].count(0), sample[1 : pairs * 2 : 2].count(0)
    if pairs >= 2 and second * 10 >= pairs * 7 and first * 20 <= pairs:
        return "utf-16-le"
    if pairs >= 2 and first * 10 >= pairs * 7 and second * 20 <= pairs:
        return "utf-16-be"
    return ""
