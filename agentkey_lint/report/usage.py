"""What audit logs come to beside the manifest, for a person or as JSON."""

from agentkey_lint.model.days import day
from agentkey_lint.model.usage import KINDS, Compared, Difference
from agentkey_lint.report.text import plural, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LONGEST = 100
MOST_ROWS = 50
"""So many differences of one kind are shown at a terminal."""


def terminal(compared: Compared, written: bool) -> "Iterator[str]":
    """A table of the keys, the differences by kind, the narrower scopes, and what the run comes to."""
    rows = [("KEY", "USES", "REFUSED", "LAST USED")]
    rows += [(_cut(key.id), f"{key.allowed:,}", f"{key.denied:,}", _day(key.last) or "-") for key in compared.keys]
    yield from _table(rows)
    for kind, meaning in KINDS.items():
        found = [one for one in compared.differences if one.kind == kind]
        if found:
            yield f"\n{kind}: {meaning}\n"
            yield from _table([_row(one) for one in found[:MOST_ROWS]])
        if len(found) > MOST_ROWS:
            yield f"  and {len(found) - MOST_ROWS} more (--format json lists them)\n"
    narrower = [key for key in compared.keys if key.narrower]
    if narrower:
        yield "\nScopes that would do" + (" (now in the manifest):\n" if written else " (--write puts them into the manifest):\n")
    for key in narrower:
        yield from (f"  {_cut(key.id)}: {_cut(scope)} → {', '.join(map(_cut, instead)) or 'nothing'}\n" for scope, instead in key.narrower)
    yield "\n"
    yield from (f"fault: {f'{visible(fault.path)}: ' if fault.path else ''}{visible(fault.message)}\n" for fault in compared.faults)
    entries = f"{compared.events:,} {'entry' if compared.events == 1 else 'entries'} understood, {compared.others:,} of them of nobody in the manifest"
    entries += f", {compared.foreign:,} more of no known form" if compared.foreign else ""
    whole = "the logs were NOT read as a whole" if compared.faults else "the logs were read as a whole"
    yield f"{plural(len(compared.differences), 'difference')}; {entries}; {whole}\n"


def json(compared: Compared, written: bool) -> "Iterator[str]":
    """The same as one JSON object, nothing left out; times in ISO 8601."""
    from json import dumps

    document = {
        "version": 1,
        "keys": [
            {
                "id": key.id,
                "allowed": key.allowed,
                "denied": key.denied,
                "after_expiry": key.late,
                "last": _time(key.last),
                "narrower": [{"scope": scope, "instead": list(instead)} for scope, instead in key.narrower],
            }
            for key in compared.keys
        ],
        "differences": [
            {"kind": one.kind, "keys": list(one.keys), "scope": one.scope or None, "count": one.times, "last": _time(one.last)} for one in compared.differences
        ],
        "faults": [{"path": fault.path or None, "message": fault.message} for fault in compared.faults],
        "summary": {
            "entries": compared.events,
            "of_no_declared_key": compared.others,
            "of_no_known_form": compared.foreign,
            "whole": not compared.faults,
            "written": written,
        },
    }
    yield dumps(document, indent=2) + "\n"


def _row(one: Difference) -> tuple[str, ...]:
    times = (f"{one.times:,} times" if one.times > 1 else "once") if one.times else ""
    last = f"last {_day(one.last)}" if one.last else ""
    return _cut(" or ".join(one.keys)), _cut(one.scope), times, last


def _table(rows: "Sequence[tuple[str, ...]]") -> "Iterator[str]":
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  " + "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width).rstrip() + "\n"


def _cut(text: str) -> str:
    text = visible(text)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _time(moment: float) -> str | None:
    from datetime import UTC, datetime, timedelta

    if not moment:
        return None
    try:
        return (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(moment))).isoformat().replace("+00:00", "Z")
    except OverflowError:
        return None


def _day(moment: float) -> str:
    return day(int(moment)) if moment else ""
