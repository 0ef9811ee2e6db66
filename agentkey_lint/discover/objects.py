"""Many objects by name: git is asked all at once and answers through a wide pipe, so that neither side waits for the other at each of them."""

from agentkey_lint.discover.git import Git, Talk, answered
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WIDE = 1 << 20
"""Bytes that wait in the pipe, where the system lets it be so wide."""


def many(git: Git, names: "Sequence[str]", limit: int, kind: bytes = b"blob") -> "Iterator[bytes | Fault]":
    """As git.cat_file, for hundreds of objects: full names only. A process of git reads them from a file that has no name."""
    from tempfile import TemporaryFile

    position = 0
    while position < len(names):
        with TemporaryFile(buffering=0) as asked:
            asked.write("".join(f"{name}\n" for name in names[position:]).encode())
            asked.seek(0)
            talk = Talk(git, ("cat-file", "--batch", "--buffer"), asked=asked.fileno())
        try:
            talk.widen(WIDE)
            while not talk.over and position < len(names):
                position += 1
                yield answered(talk, names[position - 1], limit, kind)
        finally:
            talk.close()
