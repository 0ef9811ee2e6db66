"""Where two texts differ: what lies between two changes stands in both just so."""

from agentkey_lint.model.record import Record

FAR = 4_096
"""Changes that lie no further apart than this are one: who looks at what surrounds them would look at the same bytes twice."""

PROBE, REACH, STEP = 64, 8_192, 1_024
"""So many bytes must be the same for two texts to be brought together again. They are looked for so far ahead, and four times as far as the line that
they are of; texts that run on alike are compared by so many at first.
"""

GRAIN = 64
"""Where two texts begin to differ is not told better than this, in bytes: to look at a few more of them costs less than another step."""


class Change(Record):
    """What stands in one text from `start` to `end` stands in the other from `was` to `until` in another way."""

    start: int
    end: int
    was: int
    until: int


def changes(data: bytes, old: bytes) -> list[Change]:
    """Where a text differs from another one, in order.

    After a change the two are brought together again where a line begins, soon or twice as far ahead each time, and from there as far back as they are
    alike. Where that takes too long, all of the rest is one change.
    """
    start = _same_start(data, old)
    tail = _same_end(data, old, min(len(data), len(old)) - start)
    end, last = len(data) - tail, len(old) - tail
    if end - start <= FAR:
        return [Change(start, end, start, last)]
    found: list[Change] = []
    at, behind, budget = start, start, 8 * len(data)
    while at < end or behind < last:
        line, there, ahead = at, -1, 0
        while there < 0 and budget > 0 and (line := data.find(b"\n", max(line, at + ahead), end) + 1) and end - line >= PROBE:
            there = old.find(data[line : line + PROBE], behind, min(behind + REACH + 4 * ahead, last))
            budget -= REACH + 4 * ahead
            ahead = max(PROBE, 2 * ahead)
        if there < 0:
            line, there = end, last
        back = _same_end(data[at:line], old[behind:there], min(line - at, there - behind))
        if found and at - found[-1].end < FAR:
            found[-1] = found[-1]._replace(end=line - back, until=there - back)
        else:
            found.append(Change(at, line - back, behind, there - back))
        at, behind = _both(data, line, end, old, there, last)
    return found


def _both(data: bytes, at: int, end: int, old: bytes, behind: int, last: int) -> tuple[int, int]:
    """The offsets up to which two texts run on alike from two others."""
    step = STEP
    while at < end and behind < last:
        one, other = data[at : min(at + step, end)], old[behind : min(behind + step, last)]
        same = len(one) if one == other else _same_start(one, other)
        at, behind = at + same, behind + same
        if one != other:
            break
        step *= 2
    return at, behind


def _same_start(one: bytes, other: bytes) -> int:
    """How many bytes two texts have in common at their start, or up to GRAIN fewer: by halves, for to compare stretches is what Python does fastest."""
    view = memoryview(other)  # cuts without copying
    low, high = 0, min(len(one), len(other))
    while high - low > GRAIN:
        middle = (low + high) // 2
        if one.startswith(view[low:middle], low):
            low = middle
        else:
            high = middle
    return low


def _same_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes two texts have in common at their end, `most` at the most, or up to GRAIN fewer. Mostly that is all but a few lines: tried first."""
    view = memoryview(other)
    low, high, but = 0, most, GRAIN
    while high - low > GRAIN:
        middle = max(most - but, (low + high) // 2)
        if one.endswith(view[len(other) - middle : len(other) - low], 0, len(one) - low):
            low = middle
        else:
            high = middle
        but *= 4
    return low
