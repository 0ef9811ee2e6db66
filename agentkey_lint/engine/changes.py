"""Where two texts differ: what lies between two changes stands in both just so."""

from agentkey_lint.model.record import Record

FAR = 4_096
"""Changes that lie no further apart than this are one: who looks at what surrounds them would look at the same bytes twice."""

PROBE, REACH, TRIES, STEP = 64, 8_192, 40, 1_024
"""So many bytes must be the same for two texts to be brought together again; they are looked for so far ahead, for so many lines."""

GRAIN = 16
"""Where two texts begin to differ is not told better than this, in bytes: to look at a few more of them costs less than another step."""


class Change(Record):
    """What stands in one text from `start` to `end` stands in the other from `was` to `until` in another way."""

    start: int
    end: int
    was: int
    until: int


def changes(data: bytes, old: bytes) -> list[Change]:
    """Where a text differs from another one, in order.

    After a change the two are brought together again at the beginning of one of the next lines. Where that takes too long, all of the rest is one change.
    """
    start = _same_start(data, old)
    tail = _same_end(data, old, min(len(data), len(old)) - start)
    end, last = len(data) - tail, len(old) - tail
    if end - start <= FAR:
        return [Change(start, end, start, last)]
    found: list[Change] = []
    at, behind, budget = start, start, 4 * len(data)
    while at < end or behind < last:
        line, there = at, -1
        for _ in range(TRIES):
            line = data.find(b"\n", line, end) + 1
            if not line or end - line < PROBE:
                break
            there = old.find(data[line : line + PROBE], behind, min(behind + REACH, last))
            budget -= REACH
            if there >= 0 or budget < 0:
                break
        if there < 0:
            line, there = end, last
        if found and at - found[-1].end < FAR:
            found[-1] = found[-1]._replace(end=line, until=there)
        else:
            found.append(Change(at, line, behind, there))
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
    """How many bytes two texts have in common at their start, or up to GRAIN fewer: by halves, for comparing slices is what Python does fastest."""
    low, high = 0, min(len(one), len(other))
    while high - low > GRAIN:
        middle = (low + high) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle
    return low


def _same_end(one: bytes, other: bytes, most: int) -> int:
    """How many bytes two texts have in common at their end, `most` at the most, or up to GRAIN fewer."""
    low, high = 0, most
    while high - low > GRAIN:
        middle = (low + high) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle
    return low
