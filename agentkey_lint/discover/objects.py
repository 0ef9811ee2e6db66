"""Many objects by name: out of the packs where they can be read, else from git, which is asked all at once and answers through a wide pipe, so that neither
side waits for the other at each of them.
"""

from agentkey_lint.discover.git import Git, Talk, answered, cat_file
from agentkey_lint.discover.packs import Packs
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDE = 1 << 20
"""Bytes that wait in the pipe, where the system lets it be so wide."""


def many(git: Git, packs: Packs, names: "Sequence[str]", limit: int, kind: bytes = b"blob") -> "Iterator[bytes | Fault]":
    """As git.cat_file, for hundreds of objects: full names only. packs: the repository's."""
    idle: list[Talk] = []
    try:
        places = [packs.find(name) for name in names]
        elsewhere = asked(git, [name for name, place in zip(names, places, strict=True) if place is None], limit, kind)
        for name, place in zip(names, places, strict=True):
            if place is None:
                yield next(elsewhere)
                continue
            data = packs.read(*place, limit, kind)
            yield data if data is not None else next(cat_file(git, [name], limit, kind, idle))
    finally:
        for talk in idle:
            talk.close()


def asked(git: Git, names: "Sequence[str]", limit: int, kind: bytes = b"blob") -> "Iterator[bytes | Fault]":
    """As many, from git alone. A process of git reads the names from a file that has no name."""
    from tempfile import TemporaryFile

    position = 0
    while position < len(names):
        with TemporaryFile(buffering=0) as file:
            file.write("".join(f"{name}\n" for name in names[position:]).encode())
            file.seek(0)
            talk = Talk(git, ("cat-file", "--batch", "--buffer"), asked=file.fileno())
        try:
            talk.widen(WIDE)
            while not talk.over and position < len(names):
                position += 1
                yield answered(talk, names[position - 1], limit, kind)
        finally:
            talk.close()
