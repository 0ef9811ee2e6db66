"""Secrets leave no trace in what is shown: excerpts and texts with every known secret replaced.

Known are the spans that rules and matchers named in this file; besides, every long random-looking run in an excerpt is masked, for what is not
recognised may be secret all the same.
"""

from agentkey_lint.engine.places import line_bounds
from agentkey_lint.model.finding import Excerpt
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern

MASK = "****"
AROUND = 100
"""How many bytes of a long line are shown on each side of the marked part."""
MARKED = 80
"""How many bytes of a long marked part are shown."""
SHORTEST = 8
"""Shorter secrets, and plain words, are masked where they stand but not looked for elsewhere: they would blot out ordinary text."""

_random: "Pattern[str] | None" = None


class Secrets:
    """The secret spans of one file: (start, end, prefix that may be shown), and their texts."""

    def __init__(self, data: bytes, spans: "dict[tuple[int, int], int]") -> None:
        self.data = data
        self.spans: list[tuple[int, int, int]] = []
        reach = -1
        for (start, end), prefix in sorted(spans.items()):
            if end <= reach:
                continue
            if start < reach:
                start, prefix = reach, 0
            self.spans.append((start, end, min(prefix, end - start)))
            reach = end
        self.texts: list[str] = []

    def _known(self) -> list[str]:
        """The secrets' own texts, longest first, for copies that stand elsewhere."""
        if not self.texts and self.spans:
            found = set()
            for start, end, prefix in self.spans[:1000]:
                for line in self.data[start + prefix : min(end, start + 4096)].decode("utf-8", "replace").splitlines():
                    plain = len(line) < 16 and line.isalpha() and line.islower()
                    if len(line.strip()) >= SHORTEST and not plain:
                        found.add(line.strip())
            self.texts = sorted(found, key=len, reverse=True)
        return self.texts

    def mask_text(self, text: str) -> str:
        """A message with every known secret in it replaced."""
        for secret in self._known():
            if secret in text:
                text = text.replace(secret, MASK)
        return text

    def masked(self, start: int, end: int) -> str:
        """The text between two offsets with every secret in it replaced."""
        parts = []
        at = start
        for first, last, prefix in self._within(start, end):
            plain = min(max(first + prefix, at), end)
            parts.append(_hide(self.data[at:plain].decode("utf-8", "replace")))
            if plain > at or len(parts) < 2:  # masks that touch are one
                parts.append(MASK)
            at = min(max(last, at), end)
        parts.append(_hide(self.data[at:end].decode("utf-8", "replace")))
        return "".join(parts)

    def _within(self, start: int, end: int) -> list[tuple[int, int, int]]:
        from bisect import bisect_left

        first = max(bisect_left(self.spans, (start, 0, 0)) - 1, 0)
        found = []
        for span in self.spans[first:]:
            if span[0] >= end:
                break
            if span[1] > start:
                found.append(span)
        return found

    def excerpt(self, span: Span, binary: bool = False) -> Excerpt:
        """The line a span starts on, masked and clipped; the caret stands under the part of the span that is on that line."""
        if binary:
            return Excerpt("(binary file)", 0, 13)
        line_start, line_end = line_bounds(self.data, span.start)
        start = max(line_start, span.start - AROUND)
        marked_end = max(min(span.end, line_end), span.start)
        covering = self._within(span.start, max(marked_end, span.start + 1))
        if marked_end - span.start > MARKED and not covering:
            marked_end = span.start + MARKED
        end = min(line_end, marked_end + AROUND)
        start, end = self._clear(start, line_start, -1), self._clear(end, line_end, 1)
        before = ("…" if start > line_start else "") + self.mask_text(self.masked(start, span.start))
        marked = self.mask_text(self.masked(span.start, marked_end)) or ""
        after = self.mask_text(self.masked(marked_end, end)) + ("…" if end < line_end else "")
        if len(marked) > 4 * MARKED:
            marked = marked[: 4 * MARKED] + "…"
        return Excerpt(before + marked + after, len(before), max(len(marked), 1))

    def _clear(self, at: int, limit: int, _direction: int) -> int:
        """Keep a clip from standing inside a UTF-8 sequence."""
        while at != limit and at < len(self.data) and self.data[at] & 0xC0 == 0x80:
            at += 1
        return min(at, len(self.data)) if limit >= at else at


def _hide(text: str) -> str:
    """Mask long random-looking runs: 24 or more characters of a key's alphabet with letters and digits, unless they read like words or a path."""
    global _random
    if len(text) < 24:
        return text
    if _random is None:
        import re

        _random = re.compile(r"[A-Za-z0-9+=_-]{24,}")
    return _random.sub(lambda match: MASK if _looks_random(match[0]) else match[0], text)


def _looks_random(run: str) -> bool:
    digits = sum(character.isdigit() for character in run)
    if not digits or digits == len(run):
        return False
    words = run.replace("-", "_").split("_")
    return max(len(word) for word in words) >= 16 or digits >= 6
