"""How far a long reading is, at a terminal and nowhere else."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

EVERY = 4_096
"""The clock is looked at once in so many entries."""
_PAUSE, _WIDTH = 0.2, 30


def shown(items: "Iterable[object]", at: "Callable[[], int]", size: int) -> "Iterator[object]":
    """The items, with a bar on standard error if that is a terminal. at: bytes read so far; size: of all, 0 if not known."""
    if not sys.stderr.isatty():
        yield from items
        return
    from time import monotonic

    start = last = monotonic()
    for number, item in enumerate(items):
        yield item
        if not number % EVERY and (now := monotonic()) - last > _PAUSE:
            last = now
            sys.stderr.write(f"\r{bar(at(), size, now - start)}\x1b[K")
            sys.stderr.flush()
    sys.stderr.write("\r\x1b[K")
    sys.stderr.flush()


def bar(done: int, size: int, seconds: float) -> str:
    """One line: how much, how fast, and how long still, as far as that is known."""
    rate = done / max(seconds, 0.001)
    said = f"{done / 1e6:,.0f} MB, {rate / 1e6:,.0f} MB/s"
    if not size or not done:
        return said
    full = min(_WIDTH * done // size, _WIDTH)
    return f"[{'#' * full}{'.' * (_WIDTH - full)}] {said}, {max(size - done, 0) / rate:,.0f} s left"
