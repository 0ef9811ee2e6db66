"""A bar for whoever waits at a terminal: how far, how fast, how long still. Where standard error is no terminal, nothing."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import TracebackType
    from typing import TextIO

WIDTH = 30
EVERY = 0.1  # seconds


class shown:
    """Within it, `tell(done, of, bytes)` draws; at its end the line is cleared. what: is counted; empty for bytes, of which `of` is 0 if not known."""

    def __init__(self, stream: "TextIO", what: str = "objects") -> None:
        self._stream = stream
        self._what = what
        self._on = stream.isatty()
        self._start = self._drawn = 0.0

    def __enter__(self) -> "Callable[[int, int, int], None]":
        return self.tell

    def __exit__(self, kind: "type[BaseException] | None", error: "BaseException | None", trace: "TracebackType | None") -> None:
        if self._drawn:
            self._stream.write("\r\x1b[K")
            self._stream.flush()

    def tell(self, done: int, of: int, size: int) -> None:
        if not self._on:
            return
        from time import monotonic

        now = monotonic()
        self._start = self._start if done and self._start else now
        if now - self._drawn < EVERY:
            return
        self._drawn = now
        self._stream.write("\r" + line(done, of, size, now - self._start, self._what) + "\x1b[K")
        self._stream.flush()


def line(done: int, of: int, size: int, seconds: float, what: str = "objects") -> str:
    """The bar after so many seconds: done of how many, bytes read."""
    parts = []
    if of or what:
        share = min(done / of, 1.0) if of else 1.0
        full = round(share * WIDTH)
        parts.append(f"[{'#' * full}{'.' * (WIDTH - full)}] {share:4.0%}")
    parts.append(f"{done}/{of} {what}" if what else f"{size / 1e6:.0f} MB")
    if seconds > 0 and done:
        parts.append(f"{size / seconds / 1e6:.0f} MB/s")
        if of:
            left = round(seconds * max(of - done, 0) / done)
            parts.append(f"{left // 60}:{left % 60:02} left")
    return "  ".join(parts)
