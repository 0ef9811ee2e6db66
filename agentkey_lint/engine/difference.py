"""The difference between two states of a file as a unified diff with every secret masked."""

from agentkey_lint.engine.judging import secret_spans
from agentkey_lint.engine.masking import Secrets
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Known = tuple[Document, Sequence[Claim]]
    Block = tuple[int, int, int, int]  # old lines from and to, new lines from and to

CONTEXT = 3
MOST = 4_000
"""More lines than this are not aligned but shown as one replaced block: to align them costs time that grows with their square."""
LONGEST = 400
"""A longer line is cut."""


class _Text:
    """One state of a file, line by line, as it may be shown."""

    def __init__(self, known: "Known | None", plain: bool = False) -> None:
        self.plain = plain
        data = known[0].source.data if known is not None else b""
        self.secrets = Secrets(data, secret_spans(*known) if known is not None else {})
        self.lines = data.split(b"\n")
        self.starts = [0]
        for line in self.lines:
            self.starts.append(self.starts[-1] + len(line) + 1)
        if not self.lines[-1]:
            self.lines.pop()

    def shown(self, number: int) -> str:
        start = self.starts[number]
        if self.plain:
            text = self.lines[number].rstrip(b"\r").decode("utf-8", "replace")
        else:
            text = self.secrets.mask_text(self.secrets.masked(start, start + len(self.lines[number].rstrip(b"\r"))))
        return text if len(text) <= LONGEST else text[:LONGEST] + "…"


def unified(path: str, before: "Known | None", after: "Known", ours: bool = False) -> "Iterator[str]":
    """The lines of the diff, without line ends. before, after: the file's facts with what is claimed of it; no `before` for a file that is new.

    ours: what is added is text of this program and shown as it is; masking takes every digest of a pinned program for a secret.
    """
    old, new = _Text(before), _Text(after, ours)
    yield "--- /dev/null" if before is None else f"--- a/{path}"
    yield f"+++ b/{path}"
    for blocks in _hunks(old.lines, new.lines):
        start, stop = max(blocks[0][0] - CONTEXT, 0), min(blocks[-1][1] + CONTEXT, len(old.lines))
        count = stop - start + sum((end - begin) - (last - first) for first, last, begin, end in blocks)
        top = blocks[0][2] - (blocks[0][0] - start)
        yield f"@@ -{start + (stop > start)},{stop - start} +{top + (count > 0)},{count} @@"
        at = start
        for first, last, begin, end in blocks:
            yield from (f" {old.shown(number)}" for number in range(at, first))
            yield from (f"-{old.shown(number)}" for number in range(first, last))
            yield from (f"+{new.shown(number)}" for number in range(begin, end))
            at = last
        yield from (f" {old.shown(number)}" for number in range(at, stop))


def _hunks(old: list[bytes], new: list[bytes]) -> "list[list[Block]]":
    """The blocks of lines that differ, those together that share lines of context."""
    hunks: list[list[Block]] = []
    for block in _blocks(old, new):
        if hunks and block[0] - hunks[-1][-1][1] <= 2 * CONTEXT:
            hunks[-1].append(block)
        else:
            hunks.append([block])
    return hunks


def _blocks(old: list[bytes], new: list[bytes]) -> "list[Block]":
    head = next((at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), min(len(old), len(new)))
    most = min(len(old), len(new)) - head
    tail = next((at for at in range(most) if old[-1 - at] != new[-1 - at]), most)
    if len(old) + len(new) - 2 * (head + tail) > MOST:
        return [(head, len(old) - tail, head, len(new) - tail)]
    from difflib import SequenceMatcher

    codes = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False).get_opcodes()
    return [(head + a, head + b, head + c, head + d) for tag, a, b, c, d in codes if tag != "equal"]
