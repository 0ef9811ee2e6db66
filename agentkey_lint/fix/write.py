"""Files written whole or not at all, and never through a link."""

import contextlib
import errno
import os

from agentkey_lint.discover.decode import path_bytes

_FOLDER = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0) | getattr(os, "O_NOFOLLOW", 0)
_FILE = os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0)


def replace(root: str, path: str, before: bytes | None, after: bytes) -> None:
    """Put new bytes in place of a file's, its mode kept. Raises OSError, its strerror a reason to show; the file is then as it was.

    before: what it must still hold; None: there must be no such file, and folders on the way to it are made.
    Every folder on the way is opened from its parent and must be no link.
    """
    *folders, name = path_bytes(path).split(b"/")
    if any(part in (b"", b".", b"..") or part.lower() == b".git" for part in (*folders, name)):
        raise OSError(errno.EINVAL, "not the name of a file of the work tree")
    folder = os.open(path_bytes(root), os.O_RDONLY | os.O_CLOEXEC | getattr(os, "O_DIRECTORY", 0))
    try:
        for part in folders:
            if before is None:
                with contextlib.suppress(FileExistsError):
                    os.mkdir(part, dir_fd=folder)
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        _replace(folder, name, before, after)
    finally:
        os.close(folder)


def _replace(folder: int, name: bytes, before: bytes | None, after: bytes) -> None:
    mode = _unchanged(folder, name, before)
    temporary = b".agentkey-" + os.urandom(8).hex().encode()
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600, dir_fd=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(after)
            file.flush()
            os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        if before is None:
            os.link(temporary, name, src_dir_fd=folder, dst_dir_fd=folder, follow_symlinks=False)  # fails where a file has come meanwhile
            os.unlink(temporary, dir_fd=folder)
        else:
            _unchanged(folder, name, before)
            os.replace(temporary, name, src_dir_fd=folder, dst_dir_fd=folder)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(temporary, dir_fd=folder)
        raise


def _unchanged(folder: int, name: bytes, before: bytes | None) -> int:
    """The mode that a file has, or is to have; raises OSError where it is not as it was read."""
    try:
        descriptor = os.open(name, _FILE, dir_fd=folder)
    except FileNotFoundError:
        if before is None:
            return 0o600 if name == b".env" else 0o666 & ~_umask()
        raise
    with os.fdopen(descriptor, "rb") as file:
        facts = os.fstat(descriptor)
        if before is None or facts.st_mode & 0o170000 != 0o100000 or file.read(len(before) + 1) != before:
            raise OSError(errno.EBUSY, "it has changed since it was read")
        return facts.st_mode & 0o7777


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
