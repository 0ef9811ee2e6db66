"""What an audit has read and found to hold nothing, kept for the next one: short digests of names of objects, and nothing of what they hold.

One file in the repository's git folder. Its first part says which rules and which code it goes by; what does not fit, is not ours or is damaged is
taken for nothing. Whoever can write to that folder could make it say that something is clean, as they could change the history itself.
"""

import os

NAME = "audit.cache"
SIZE = 10
LARGEST = 256 << 20
HOUR = 3_600.0
_kept: list[bytes] = []


def mark(name: str, reading: tuple[object, ...]) -> bytes:
    """What stands for an object that is judged in one way."""
    from hashlib import blake2b

    return blake2b(f"{name}{reading}".encode(), digest_size=SIZE).digest()


def _head(judged_by: bytes) -> bytes:
    """What a cache is good for: this code, these settings."""
    from hashlib import blake2b

    return blake2b(ruleset() + judged_by, digest_size=32).digest()


def ruleset() -> bytes:
    """A digest of this version with all its rules: of every module of the package."""
    if not _kept:
        from hashlib import blake2b

        top = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
        digest = blake2b(digest_size=32)
        for folder, folders, names in os.walk(top):
            folders.sort()
            for name in sorted(names):
                if name.endswith(".py"):
                    with open(os.path.join(folder, name), "rb") as file:
                        digest.update(name.encode() + file.read())
        _kept.append(digest.digest())
    return _kept[0]


def load(folder: str, judged_by: bytes) -> frozenset[bytes]:
    """The marks of what held nothing, as the file in a git folder says; none if it cannot be trusted. judged_by: the settings, in any form."""
    from hashlib import blake2b

    data = read(os.path.join(folder, "agentkey-lint", NAME))
    head, body, check = data[:32], data[32:-32], data[-32:]
    if len(data) < 64 or head != _head(judged_by) or len(body) % SIZE or blake2b(head + body, digest_size=32).digest() != check:
        return frozenset()
    return frozenset(body[at : at + SIZE] for at in range(0, len(body), SIZE))


def save(folder: str, judged_by: bytes, marks: "frozenset[bytes] | set[bytes]") -> None:
    """Put a new cache in the place of the old one; where that cannot be, there is none."""
    from hashlib import blake2b

    data = _head(judged_by) + b"".join(sorted(marks)[: LARGEST // SIZE - 64])
    write(os.path.join(folder, "agentkey-lint"), NAME, data + blake2b(data, digest_size=32).digest())


def read(path: str) -> bytes:
    """What a file holds that nobody but this user can have written; nothing where it is another's, a link, or too large."""
    try:
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    except OSError:
        return b""
    with os.fdopen(handle, "rb") as file:
        facts = os.fstat(handle)
        if facts.st_mode & 0o170000 != 0o100000 or facts.st_uid != os.geteuid() or facts.st_mode & 0o022 or facts.st_size > LARGEST:
            return b""
        return file.read(LARGEST)


def write(folder: str, name: str, data: bytes) -> bool:
    """Put a new file in the place of the old one, whole or not at all; the folder is made. Whether that could be done.

    What a run that was killed had begun to write is taken away.
    """
    temporary = os.path.join(folder, f"{name}.{os.getpid()}.{os.urandom(4).hex()}")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        _sweep(folder, name)
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0), 0o600)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.replace(temporary, os.path.join(folder, name))
        except OSError:
            os.unlink(temporary)
            return False
    except OSError:
        return False
    return True


def _sweep(folder: str, name: str) -> None:
    """Remove unfinished files for a name that nobody has written to for an hour."""
    from time import time

    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name.startswith(f"{name}.") and entry.stat(follow_symlinks=False).st_mtime < time() - HOUR:
                os.unlink(entry.path)
