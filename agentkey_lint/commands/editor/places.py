"""Byte offsets to the lines and characters that an editor counts, and back.

An editor's lines end with `\\n`, `\\r\\n` or a lone `\\r`, and it counts from 0: characters in UTF-16 code units unless it has asked for UTF-8 or UTF-32
(Language Server Protocol 3.17, Text Documents). Ours end with `\\n` alone, and columns are code points from 1.
"""

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.finding import Position

_BREAK = re.compile(rb"\r\n|\r|\n")
_CODECS = {"utf-16": "utf-16-le", "utf-32": "utf-32-le"}
_WIDTHS = {"utf-16": 2, "utf-32": 4}


class Lines:
    """The lines of a text in UTF-8. encoding: what the editor counts characters in."""

    def __init__(self, data: bytes, encoding: str = "utf-16") -> None:
        self.data, self.encoding = data, encoding
        self._starts = [0, *(found.end() for found in _BREAK.finditer(data))]
        self._ours: list[int] | None = None

    def place(self, offset: int) -> tuple[int, int]:
        """Line and character of an offset, both from 0."""
        from bisect import bisect_right

        line = bisect_right(self._starts, offset) - 1
        return line, self._units(self.data[self._starts[line] : offset])

    def offset(self, line: int, character: int) -> int:
        """The offset of a place; one behind the end of its line is the line's end, one behind the last line the text's."""
        if line >= len(self._starts):
            return len(self.data)
        start = self._starts[line]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self.data)
        text = self.data[start:end].rstrip(b"\r\n")
        if self.encoding == "utf-8":
            return start + min(character, len(text))
        cut = text.decode("utf-8", "replace").encode(_CODECS[self.encoding])[: character * _WIDTHS[self.encoding]]
        return start + min(len(cut.decode(_CODECS[self.encoding], "ignore").encode()), len(text))

    def of(self, position: "Position") -> int:
        """The offset of a position of a finding."""
        if self._ours is None:
            self._ours = [0, *(found.end() for found in re.finditer(rb"\n", self.data))]
        if position.line > len(self._ours):
            return len(self.data)
        start, before = self._ours[position.line - 1], position.column - 1
        text = self.data[start : start + 4 * before].decode("utf-8", "surrogateescape")
        return start + len(text[:before].encode("utf-8", "surrogateescape"))

    def _units(self, data: bytes) -> int:
        if self.encoding == "utf-8":
            return len(data)
        return len(data.decode("utf-8", "replace").encode(_CODECS[self.encoding])) // _WIDTHS[self.encoding]


def replaced(before: bytes, after: bytes) -> tuple[int, int, bytes]:
    """The one stretch in which two texts in UTF-8 differ: where it begins and ends in the first, and what stands there in the other.

    No character and no `\\r\\n` is cut in two.
    """
    shared = _shared(before, after)
    while shared and (_inside(before, shared) or _inside(after, shared)):
        shared -= 1
    tail = _shared(before[shared:][::-1], after[shared:][::-1])
    while tail and (_inside(before, len(before) - tail) or _inside(after, len(after) - tail)):
        tail -= 1
    return shared, len(before) - tail, after[shared : len(after) - tail]


def _shared(one: bytes, other: bytes) -> int:
    """How many bytes two texts begin with alike."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low


def _inside(data: bytes, at: int) -> bool:
    """Whether an offset lies within a character or between `\\r` and `\\n`."""
    return at < len(data) and (data[at] & 0xC0 == 0x80 or (data[at] == 10 and at > 0 and data[at - 1] == 13))
