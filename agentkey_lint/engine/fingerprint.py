"""Fingerprints tell findings apart without saying anything of a secret: keyed, truncated digests.

The key is 32 random bytes in the repository's own git folder, made when it is first needed: who sees a report but not that folder cannot try
guesses against it. Where there is no git folder, or it cannot be written, a key is made for the one run.
An audit of many repositories (engine/fleet.py) gives all of them one key, kept in a folder of the user's: the same secret is the same row in all of them.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

NAME = "agentkey-lint.key"
SIZE = 32


def key(folder: str) -> bytes:
    """The key kept in a git folder (empty text: none); made on first use. A link or a file of another size is not trusted."""
    if not folder:
        return os.urandom(SIZE)
    path = os.path.join(folder, NAME)
    try:
        return _made(path)
    except FileExistsError:
        pass
    except OSError:
        return os.urandom(SIZE)
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return os.urandom(SIZE)
    try:
        kept = os.read(handle, SIZE + 1)
    except OSError:  # a folder of that name
        kept = b""
    finally:
        os.close(handle)
    return kept if len(kept) == SIZE else os.urandom(SIZE)


def _made(path: str) -> bytes:
    """A new key in a file that has all of it from the start, whenever the run is killed. Raises FileExistsError where there is something already."""
    if os.path.lexists(path):
        raise FileExistsError(path)
    fresh, temporary = os.urandom(SIZE), f"{path}.{os.getpid()}.{os.urandom(4).hex()}"
    handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        os.write(handle, fresh)
        try:
            os.link(temporary, path)  # of two runs at a time one is first, and the other takes its key
        except FileExistsError:
            raise
        except OSError:  # a file system without links
            os.rename(temporary, path)
    finally:
        os.close(handle)
        if os.path.lexists(temporary):
            os.unlink(temporary)
    return fresh


def fingerprinter(folder: str, given: bytes = b"") -> "Callable[[bytes], str]":
    """From what tells a finding apart to sixteen hex digits. The key, if none is given, is read, or made, when the first finding asks for it."""
    kept = [given] if given else []

    def fingerprint(told_by: bytes) -> str:
        try:
            from _blake2 import blake2b  # hashlib offers the same, but loads OpenSSL first
        except ImportError:
            from hashlib import blake2b

        if not kept:
            kept.append(key(folder))
        return blake2b(told_by, key=kept[0], digest_size=8).hexdigest()

    return fingerprint
