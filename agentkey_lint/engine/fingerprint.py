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
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
    except FileExistsError:
        pass
    except OSError:
        return os.urandom(SIZE)
    else:
        fresh = os.urandom(SIZE)
        try:
            os.write(handle, fresh)
        finally:
            os.close(handle)
        return fresh
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
