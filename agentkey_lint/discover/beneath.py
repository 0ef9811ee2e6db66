"""Reading files that surely lie below one folder.

Each folder on the way is opened from its parent and must be no link, so nothing leads out, not even a link that is
put in place meanwhile. Neighbours share the open folders above them, which also makes a walk of ten thousand files cheap.
"""

import errno
import os

from agentkey_lint.discover.decode import MAX_FILE

# Opening never waits (a named pipe would) and follows no link; O_PATH enters a folder that may be entered but not listed.
_FILE = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)
_ROOT = os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_PATH", os.O_RDONLY)
_FOLDER = _ROOT | getattr(os, "O_NOFOLLOW", 0)
_OPEN = 32
"""So many folders on the way are kept open; of a deeper one only the last."""
AT_ONCE = 1 << 18
"""A smaller file is read in one step, into a room of always this size: memory is found faster than for each file's own."""
_KINDS = {0o010000: "a named pipe", 0o020000: "a device", 0o060000: "a device", 0o140000: "a socket", 0o040000: "a folder"}


class Reader:
    """Reads files by their paths relative to `root`, which is an absolute path or one relative to the current folder."""

    def __init__(self, root: bytes) -> None:
        self._root = root
        self._folder: bytes | None = None
        self._way: list[tuple[bytes, int]] = []  # each folder on the way by its name, the root first, with its descriptor

    def __del__(self) -> None:
        self._leave(0)

    def read(self, path: bytes) -> bytes:
        """The bytes of a regular file. Raises OSError: for a link on the way ELOOP or ENOTDIR, for one that is too large EFBIG."""
        folder, _, name = path.rpartition(b"/")
        if b"\0" in path or name in (b"", b".", b".."):
            raise OSError(errno.EINVAL, "not the name of a file")
        if folder != self._folder:
            self._enter(folder)
        descriptor = os.open(name, _FILE, dir_fd=self._way[-1][1])
        try:
            facts = os.fstat(descriptor)
            if facts.st_mode & 0o170000 != 0o100000:
                kind = facts.st_mode & 0o170000
                raise OSError(errno.EISDIR if kind == 0o040000 else errno.EINVAL, f"it is {_KINDS.get(kind, 'no file')}, not a file")
            if facts.st_size > MAX_FILE:
                raise OSError(errno.EFBIG, f"it is larger than {MAX_FILE >> 20} MiB")
            if facts.st_size < AT_ONCE:
                data = os.read(descriptor, AT_ONCE)
                if facts.st_size <= len(data) < AT_ONCE:
                    return data
                os.lseek(descriptor, 0, os.SEEK_SET)
            return _all(descriptor, facts.st_size)
        finally:
            os.close(descriptor)

    def _enter(self, folder: bytes) -> None:
        self._folder = None
        if not self._way:
            self._way.append((b"", os.open(self._root, _ROOT)))
        parts = folder.split(b"/") if folder else []
        same = 1
        while same < len(self._way) and same <= len(parts) and self._way[same][0] == parts[same - 1]:
            same += 1
        self._leave(same)
        for part in parts[same - 1 :]:
            if part in (b"", b".", b".."):
                raise OSError(errno.EINVAL, "not the name of a file")
            inner = os.open(part, _FOLDER, dir_fd=self._way[-1][1])
            if len(self._way) > _OPEN:
                name, outer = self._way.pop()
                os.close(outer)
                part = name + b"/" + part  # which is no folder's name, so nobody shares this one
            self._way.append((part, inner))
        self._folder = folder

    def _leave(self, left: int) -> None:
        """Close the folders on the way but so many."""
        while len(self._way) > left:
            os.close(self._way.pop()[1])
        self._folder = None


def _all(descriptor: int, size: int) -> bytes:
    """The rest of an open file that may grow meanwhile: never more than the bound."""
    parts, left = [], MAX_FILE + 1
    while part := os.read(descriptor, min(size + 1, left)):
        parts.append(part)
        left -= len(part)
        if not left:
            raise OSError(errno.EFBIG, f"it is larger than {MAX_FILE >> 20} MiB")
    return parts[0] if len(parts) == 1 else b"".join(parts)
