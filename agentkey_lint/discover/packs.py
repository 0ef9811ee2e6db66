"""Objects straight out of a repository's packs, without asking git for each: an index says where an object stands, the pack holds it or how it differs from
another one. The formats are those of gitformat-pack(5), for SHA-1 and SHA-256 alike.

Only what is as usual is read here. Of all else nothing is said: whoever asks then asks git, and hears from it what is wrong. Nothing that a pack claims is
believed before it is bounded. Files are read at offsets, never mapped: of one that is cut short meanwhile, a map would end the process.
"""

import os
import stat
import struct
import zlib
from collections import OrderedDict

from agentkey_lint.discover.decode import path_bytes
from agentkey_lint.discover.deltas import LARGEST, Unusual, applied
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentkey_lint.discover.git import Git

MOST_PACKS = 64
"""The largest ones are read here; a repository that has more is soon repacked."""
LARGEST_DELTA, DEEPEST = 1 << 20, 250
"""Bytes of a difference, and differences upon each other, that are read here: git makes 50 at the most unless told otherwise."""
HELD = 16 << 20
"""Bytes of objects that are kept: those asked for one after the other are mostly told by how they differ from one of the last few."""
HELD_INDEX = 32 << 20
"""Bytes of an index that is held: a million objects. Of a larger one each look reads what it needs."""
PIECE = 1_024
"""So much is read at once. Most differences are smaller."""
NEAR = 32
"""Names are digests, spread evenly: one stands about so many rows from where it should."""

_FAN = struct.Struct(">256I")
_KINDS = {b"commit": 1, b"tree": 2, b"blob": 3, b"tag": 4}
_BY_OFFSET, _BY_NAME = 6, 7


class Pack(Record):
    """A pack that is open. table: its index; held: all of that, unless it is too large. width: bytes of a name. fan: how many names begin with a byte up to
    this one.
    """

    table: int
    data: int
    width: int
    fan: "Sequence[int]"
    held: bytes


class Packs:
    """The packs of a repository, open until close(). Children that were forked meanwhile read from the same files and indexes."""

    def __init__(self, git: "Git", width: int) -> None:
        """width: bytes of a name, 20 or 32."""
        self._packs: list[Pack] = []
        self._kept: OrderedDict[tuple[int, int], tuple[int, bytes]] = OrderedDict()  # of which the oldest is soon found
        self._held = 0
        for stem in _stems(git):
            pack = _opened(stem, width)
            if pack is not None:
                self._packs.append(pack)

    def close(self) -> None:
        for pack in self._packs:
            os.close(pack.table)
            os.close(pack.data)
        self._packs.clear()
        self._kept.clear()

    def find(self, name: str) -> tuple[Pack, int] | None:
        """In which pack the object of a full name stands, and at which offset, if it does."""
        wanted = bytes.fromhex(name)
        try:
            for pack in self._packs:
                offset = _offset(pack, wanted)
                if offset >= 0:
                    return pack, offset
        except OSError:
            pass
        return None

    def read(self, pack: Pack, offset: int, limit: int, kind: bytes) -> bytes | None:
        """The object at an offset, if it is of this kind and has so many bytes at the most; None where git is to be asked."""
        try:
            found, data = self._object(pack, offset)
        except (Unusual, zlib.error, IndexError, OSError, OverflowError):
            return None
        return data if found == _KINDS[kind] and len(data) <= limit else None

    def _object(self, pack: Pack, offset: int) -> tuple[int, bytes]:
        """The type and the content of what stands at an offset."""
        deltas: list[tuple[int, bytes, int, int]] = []
        while (known := self._kept.get((pack.data, offset))) is None:
            piece = os.pread(pack.data, PIECE, offset)
            kind, size, start = _head(piece)
            if kind == _BY_OFFSET:
                back, start = _back(piece, start)
                base = offset - back
            elif kind == _BY_NAME:
                base = _offset(pack, piece[start : start + pack.width])
                start += pack.width
            else:
                known = kind, _inflated(pack, offset, piece, start, size, LARGEST)
                self._keep((pack.data, offset), known)
                break
            deltas.append((offset, piece, start, size))
            offset = base
            if offset <= 0 or len(deltas) > DEEPEST:
                raise Unusual
        kind, data = known
        for offset, piece, start, size in reversed(deltas):
            data = applied(_inflated(pack, offset, piece, start, size, LARGEST_DELTA), data)
            self._keep((pack.data, offset), (kind, data))
        return kind, data

    def _keep(self, key: tuple[int, int], found: tuple[int, bytes]) -> None:
        self._kept[key] = found
        self._held += len(found[1])
        while self._held > HELD:
            self._held -= len(self._kept.popitem(last=False)[1][1])


def _stems(git: "Git") -> list[bytes]:
    """The paths of packs without their endings, the largest first. Folders that lead elsewhere, and those that a variable names, are git's alone."""
    folder = path_bytes(git.common)
    if any(name == b"GIT_OBJECT_DIRECTORY" for name, _ in git.variables):
        return []
    for part in (b"objects", b"pack"):
        folder = os.path.join(folder, part)
        if os.path.islink(folder):
            return []
    try:
        with os.scandir(folder) as entries:
            sizes = [(entry.stat(follow_symlinks=False).st_size, entry.path[:-5]) for entry in entries if entry.name.endswith(b".pack")]
    except OSError:
        return []
    return [stem for _, stem in sorted(sizes, reverse=True)[:MOST_PACKS]]


def _opened(stem: bytes, width: int) -> Pack | None:
    """A pack whose index has the second version and belongs to it, by all that git looks at when it opens one."""
    files: list[int] = []
    try:
        for ending in (b".idx", b".pack"):
            files.append(os.open(stem + ending, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC))
        if all(stat.S_ISREG(os.fstat(file).st_mode) for file in files):
            pack = _whole(files[0], files[1], width)
            if pack is not None:
                files.clear()
                return pack
    except OSError:
        pass
    finally:
        for file in files:
            os.close(file)
    return None


def _whole(table: int, data: int, width: int) -> Pack | None:
    length, head = os.fstat(table).st_size, os.pread(table, 8 + _FAN.size, 0)
    if len(head) < 8 + _FAN.size or head[:8] != b"\xfftOc\0\0\0\2":
        return None
    fan = _FAN.unpack_from(head, 8)
    count = fan[255]
    least = len(head) + count * (width + 8) + 2 * width
    if list(fan) != sorted(fan) or not least <= length <= least + 8 * max(count - 1, 0):
        return None
    first, last = os.pread(data, 12, 0), os.pread(data, width, max(os.fstat(data).st_size - width, 0))
    if first[:7] != b"PACK\0\0\0" or first[7:8] not in (b"\2", b"\3") or first[8:] != count.to_bytes(4, "big"):
        return None
    if last != os.pread(table, width, length - 2 * width):
        return None
    return Pack(table, data, width, fan, os.pread(table, length, 0) if length <= HELD_INDEX else b"")


def _looked_up(pack: Pack, size: int, at: int) -> bytes:
    """So many bytes of an index, or as many as there are."""
    return pack.held[at : at + size] if pack.held else os.pread(pack.table, size, at)


def _offset(pack: Pack, name: bytes) -> int:
    """Where in its pack the object of a name stands; -1: it is not there."""
    width, fan = pack.width, pack.fan
    if len(name) != width:
        return -1
    low, high = fan[name[0] - 1] if name[0] else 0, fan[name[0]]
    guess = low + ((high - low) * int.from_bytes(name[1:4], "big") >> 24)
    while low < high:
        first = max(low, guess - NEAR)
        rows = _looked_up(pack, (min(high, guess + NEAR) - first) * width, 8 + _FAN.size + first * width)
        if len(rows) < width:
            break
        if name < rows[:width]:
            high = first
        elif name > rows[-width:]:
            low = first + len(rows) // width
        else:
            at = rows.find(name)
            while at > 0 and at % width:
                at = rows.find(name, at + 1)
            return _offset_of(pack, first + at // width) if at >= 0 else -1
        guess = (low + high) // 2
    return -1


def _offset_of(pack: Pack, row: int) -> int:
    """The offset of the object in a row of an index; those beyond 2 GiB stand in a table of their own."""
    count = pack.fan[255]
    table = 8 + _FAN.size + count * (pack.width + 4)
    offset = int.from_bytes(_looked_up(pack, 4, table + 4 * row), "big")
    return offset if offset < 1 << 31 else int.from_bytes(_looked_up(pack, 8, table + 4 * count + 8 * (offset - (1 << 31))), "big")


def _head(piece: bytes) -> tuple[int, int, int]:
    """Type and size of what begins here, and where it goes on."""
    byte, at = piece[0], 1
    kind, size, shift = byte >> 4 & 7, byte & 15, 4
    while byte & 128:
        byte = piece[at]
        size |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
    return kind, size, at


def _back(piece: bytes, at: int) -> tuple[int, int]:
    """How far back the base of a difference stands, and where the difference begins."""
    byte = piece[at]
    back, at = byte & 127, at + 1
    while byte & 128:
        byte = piece[at]
        back, at = back + 1 << 7 | byte & 127, at + 1
    return back, at


def _inflated(pack: Pack, offset: int, piece: bytes, start: int, size: int, most: int) -> bytes:
    """What is deflated at an offset of a pack, of which a piece was read already, from a place in it; `size` bytes."""
    if size > most:
        raise Unusual
    room = size + (size >> 8) + 64  # what does not deflate grows by less
    if room <= len(piece) - start:
        data = zlib.decompress(piece[start:], bufsize=size + 1)
    else:
        stream = zlib.decompressobj()
        data = stream.decompress(os.pread(pack.data, room, offset + start), size + 1)
        if not stream.eof:
            raise Unusual
    if len(data) != size:
        raise Unusual
    return data
