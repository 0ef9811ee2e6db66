"""Byte offsets to lines and columns, in one walk over the file however many places are asked for."""

from agentkey_lint.model.finding import Position

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def positions(data: bytes, offsets: "Iterable[int]") -> dict[int, Position]:
    """Line and column (from 1, in code points; a byte that is not UTF-8 counts as one) of each offset. Linear in the file's size."""
    found: dict[int, Position] = {}
    line, line_start, at, column = 1, 0, 0, 1
    for offset in sorted(set(offsets)):
        breaks = data.count(b"\n", at, offset)
        if breaks:
            line += breaks
            line_start = data.rindex(b"\n", at, offset) + 1
            at, column = line_start, 1
        column += len(data[at:offset].decode("utf-8", "surrogateescape"))
        at = offset
        found[offset] = Position(line, column)
    return found


def line_bounds(data: bytes, offset: int) -> tuple[int, int]:
    """Where the line of an offset begins and ends, without its line break."""
    start = data.rfind(b"\n", 0, offset) + 1
    end = data.find(b"\n", offset)
    end = len(data) if end < 0 else end
    if end > start and data[end - 1 : end] == b"\r":
        end -= 1
    return start, max(end, start)
