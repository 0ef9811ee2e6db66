"""Secrets leave no trace in what is shown: excerpts and texts with every known secret replaced.

Known are the spans that rules and matchers named in this file; besides, every long random-looking run in an excerpt is masked, for what is not
recognised may be secret all the same.
"""

from agentkey_lint.engine.places import line_bounds
from agentkey_lint.model.finding import Excerpt
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match, Pattern

MASK = "****"
AROUND = 100
"""How many characters of a long line are shown on each side of the marked part."""
MARGIN = 2_000
"""How many bytes on each side are masked first: a clip before that could cut a secret so short that nothing tells it any more."""
MARKED = 80
"""How many bytes of a long marked part are shown."""
SHORTEST = 8
"""Shorter secrets, and plain words, are masked where they stand but not looked for elsewhere: they would blot out ordinary text."""

LONGEST_WORD = 24
"""So many small letters in a row are no word, unless somebody wants to be read with difficulty."""

_ENDS = b" \t,;\"'`<>()[]{}|"
"""What ends a word: no secret that stands alone holds these, so a line may be clipped there."""

_RUN = "[A-Za-z0-9+=_!%^~*&#$@/.-]"
_PLAIN = rf"(?:[A-Z]?+[a-z]{{1,{LONGEST_WORD - 2}}}+|[-_@/.]*+(?:[a-z]{{1,{LONGEST_WORD - 1}}}+[-_@/.]++)*+[a-z]{{0,{LONGEST_WORD - 1}}}+|[-_@/.A-Z]++)"
"""What reads like words at once: nothing in it changes its kind but for the first letter, and no word is too long."""

_random: "Pattern[str] | None" = None
_same: "Pattern[str] | None" = None


class Secrets:
    """The secret spans of one file: (start, end, prefix that may be shown), and their texts."""

    def __init__(self, data: bytes, spans: "dict[tuple[int, int], int]") -> None:
        self.data = data
        self.spans: list[tuple[int, int, int]] = []
        for (start, end), prefix in sorted(spans.items()):
            if self.spans and start < self.spans[-1][1]:
                # Spans that overlap are one; what one of them may show, another may not.
                first, last, shown = self.spans[-1]
                self.spans[-1] = (first, max(last, end), max(min(shown, start + prefix - first), 0))
            else:
                self.spans.append((start, end, min(prefix, end - start)))
        self.texts: list[str] | None = None

    def _known(self) -> list[str]:
        """The secrets' own texts, longest first, for copies that stand elsewhere."""
        if self.texts is None:
            found = set()
            for start, end, prefix in self.spans[:1000]:
                for line in self.data[start + prefix : min(end, start + 4096)].decode("utf-8", "replace").splitlines():
                    plain = len(line) < 16 and line.isalpha() and line.islower()
                    if len(line.strip()) >= SHORTEST and not plain:
                        found.add(line.strip())
            self.texts = sorted(found, key=len, reverse=True)
        return self.texts

    def mask_text(self, text: str) -> str:
        """A text with every known secret in it replaced, and what looks random: names in messages come from the file."""
        return _hide(self.without(text))

    def without(self, text: str) -> str:
        """A text with every known secret in it replaced, and nothing else."""
        if len(text) < SHORTEST:
            return text
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
        for at in range(first, len(self.spans)):
            span = self.spans[at]
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
        marked_end = max(min(span.end, line_end), span.start)
        covering = self._within(span.start, max(marked_end, span.start + 1))
        if marked_end - span.start > MARKED and not covering:
            marked_end = self._whole(span.start + MARKED, marked_end)
        start = self._whole(max(line_start, span.start - MARGIN), span.start) if span.start - line_start > MARGIN else line_start
        end = self._whole(min(line_end, marked_end + MARGIN), line_end, -1) if line_end - marked_end > MARGIN else line_end
        before = self.mask_text(self.masked(start, span.start))
        marked = self.mask_text(self.masked(span.start, marked_end))
        after = self.mask_text(self.masked(marked_end, max(end, marked_end)))
        if start > line_start or len(before) > AROUND:
            before = "…" + before[-AROUND:]
        if end < line_end or len(after) > AROUND:
            after = after[:AROUND] + "…"
        if len(marked) > 4 * MARKED:
            marked = marked[: 4 * MARKED] + "…"
        return Excerpt(before + marked + after, len(before), max(len(marked), 1))

    def _whole(self, at: int, limit: int, step: int = 1) -> int:
        """The next place from `at` on (or before it, with step -1) that cuts no word and no character apart; `limit` if there is none so near."""
        reach = range(at, min(limit, at + MARGIN)) if step > 0 else range(at, max(0, at - MARGIN), -1)
        for place in reach:
            if self.data[place] in _ENDS or self.data[place - 1] in _ENDS:
                return place
        return limit if step > 0 else reach.stop


def _hide(text: str) -> str:
    """Mask what looks random: runs of 8 or more characters of a key's or a password's alphabet, unless they read like words or a path."""
    global _random, _same
    if len(text) < SHORTEST:
        return text
    if _random is None or _same is None:
        from agentkey_lint.model.expressions import regex

        _random = regex(rf"(?<!{_RUN})(?!{_PLAIN}(?!{_RUN})){_RUN}{{8,}}")
        _same = regex(r"[a-z]+|[A-Z]+|[0-9]+|[^A-Za-z0-9]+")
    return _random.sub(_shown, text)


def _shown(match: "Match[str]") -> str:
    return MASK if _looks_random(match[0]) else match[0]


_JOINTS = str.maketrans("-_@/.", "     ")


def _looks_random(run: str) -> bool:
    """Whether a run, or a word in it, is of no language: names, versions, paths and addresses are made of words with few digits between."""
    if run.isdigit():
        return False
    words = run.translate(_JOINTS).split()
    for word in words:
        if _disordered(word, 8) or (len(word) >= LONGEST_WORD and word.islower()):
            return True
    if len(words) > 1 and _disordered("".join(words), 16):
        return True
    return any(len(part) >= 24 and _numbered(part) for part in run.replace(".", "/").split("/"))


def _numbered(part: str) -> bool:
    """Whether a long part of a run has too many digits for a name, or one in which a word is long."""
    digits = sum(map(str.isdigit, part))
    return 0 < digits < len(part) and (digits >= 6 or any(len(word) >= 16 for word in part.translate(_JOINTS).split()))


def _disordered(word: str, least: int) -> bool:
    """Whether the characters of a word change their kind too often for a name: in every third place, in short words in every second."""
    return len(word) >= least and _changes(word) >= len(word) / (3 if len(word) >= 10 else 2)


def _changes(word: str) -> int:
    """How often small and capital letters, digits and other characters take turns in a word; in names that people give it is seldom."""
    assert _same is not None  # whoever hides has compiled it
    return len(_same.findall(word)) - 1
