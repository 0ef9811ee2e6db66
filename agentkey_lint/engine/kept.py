"""What a fleet's run has finished, kept for `--resume`: a file for each repository in a folder of the user's own, and beside them the key of fingerprints.

A file holds what the report says, so no secret. Its first line is a keyed digest of the rest: a file that is damaged, another's or of another key is
taken for nothing. Results are good for a day, for keys and suppressions expire.
"""

import os

from agentkey_lint.engine import cache, fingerprint
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.audit import Audited

DAY = 86_400.0


class Kept(Record):
    """The folder (empty: nothing can be kept) and the key of one run."""

    folder: str
    key: bytes


class Result(Record):
    """What a repository, with its submodules, came to, and what that is good for (fleet.Answer)."""

    standing: str
    common: str
    audited: "tuple[Audited, ...]"


def opened() -> Kept:
    """The folder `agentkey-lint` among the user's caches, made if it is not there, with its key. One that others can write to is not used."""
    top = os.environ.get("XDG_CACHE_HOME", "")
    folder = os.path.join(top if os.path.isabs(top) else os.path.expanduser("~/.cache"), "agentkey-lint")
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        facts = os.stat(folder)
    except OSError:
        folder = ""
    else:
        if facts.st_uid != os.geteuid() or facts.st_mode & 0o022:
            folder = ""
    return Kept(folder, fingerprint.key(folder))


def save(kept: Kept, place: str, result: Result) -> bool:
    """Keep the result of the repository at a path in place of the one before. Whether that could be done."""
    import json

    if not kept.folder:
        return False
    data = json.dumps(result).encode()
    return cache.write(os.path.join(kept.folder, "audit"), _name(place), _mark(kept.key, data) + b"\n" + data)


def load(kept: Kept, place: str) -> Result | None:
    """What was kept of the repository at a path within a day. Raises ValueError if there is a file that cannot be trusted."""
    import json

    from agentkey_lint.engine.plain import audited

    path = os.path.join(kept.folder, "audit", _name(place))
    if not kept.folder or not os.path.lexists(path):
        return None
    mark, _, data = cache.read(path).partition(b"\n")
    if mark != _mark(kept.key, data):
        raise ValueError
    if _old(path):
        return None
    try:
        standing, common, found = json.loads(data)
        return Result(standing, common, tuple(map(audited, found)))
    except TypeError as error:
        raise ValueError from error


def _old(path: str) -> bool:
    from time import time

    return os.stat(path).st_mtime < time() - DAY


def _name(place: str) -> str:
    from hashlib import blake2b

    return blake2b(os.fsencode(place), digest_size=16).hexdigest() + ".json"


def _mark(key: bytes, data: bytes) -> bytes:
    from hashlib import blake2b

    return blake2b(data, key=key, person=b"fleet", digest_size=32).hexdigest().encode()
