"""What Python's `configparser` makes of the values of an INI file, by running its own interpolations on them.

The values come from `parse.ini`, which is held against `configparser`; the text itself is not given to it, for its expressions take quadratic time
over hostile lines. A value that names others that name others can grow without bound within the ten levels that it allows, so the work of each
value is estimated first, and what would be too much is left alone.
"""

from configparser import (
    MAX_INTERPOLATION_DEPTH,
    BasicInterpolation,
    ExtendedInterpolation,
    InterpolationDepthError,
    InterpolationError,
    InterpolationMissingOptionError,
    RawConfigParser,
)

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Interpolated
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

BUDGET = 256 * 1024
"""Characters that are put together for one file at the most, and all that its marked values may hold; a key that is gone over counts as one."""
LONGEST = 4 * 1024
"""A longer value is not read."""
MOST = 20_000
"""A file of more values is not looked at."""
_NOTHING = "", ""
_FORMS: "dict[str, tuple[str, str, str, type[Any]]]" = {"%": ("(", ")", "s", BasicInterpolation), "$": ("{", "}", "", ExtendedInterpolation)}
"""By its mark, how a reference to a key is written, and what fills it in."""
_STRAY = {
    "basic": regex(rb"%%|%\([^)]+\)s|(%)"),
    # Python's % operator with a mapping: `%s` is no error there, and `%d` is one.
    "percent": regex(rb"%%|%\([^)]*\)[#0 +-]*[0-9]*(?:\.[0-9]+)?[hlL]?[diouxXeEfFgGcrsa]|%[0-9]*[sra]|(%)"),
}


def interpolated(entries: "Sequence[Entry]", way: str, given: "Sequence[str]", data: bytes) -> dict[int, Interpolated]:
    """By its number among the entries, each value that holds a `%` or `$` and what becomes of it.

    way: basic (the default of configparser), any (not known which, so both) or percent (Python's `%` operator, as supervisord has it).
    given: keys that the program hands over as defaults. A file with a key before its first section is not configparser's: nothing is said of it.
    """
    marked = [number for number, entry in enumerate(entries) if ("%" in entry.text or "$" in entry.text) and len(entry.text) <= LONGEST]
    if not marked or len(entries) > MOST or any(len(entry.route) != 2 for entry in entries) or sum(len(entries[number].text) for number in marked) > BUDGET:
        return {}
    if way == "percent":
        strays = {number: _stray(entries[number], data, way) for number in marked}
        return {number: Interpolated(basic="syntax", stray=stray) for number, stray in strays.items() if stray is not None}
    parser = RawConfigParser(defaults=dict.fromkeys(given, ""), strict=False, interpolation=None)
    tables: dict[str, dict[str, str]] = {}
    for entry in entries:
        tables.setdefault(entry.route[0], {})[entry.route[1]] = entry.text
    parser.read_dict(tables)
    basic = _outcomes(entries, marked, parser, "%")
    extended = _outcomes(entries, marked, parser, "$") if way == "any" else {}
    filled = [name for name, outcomes in (("basic", basic), ("extended", extended)) if any(outcome == "filled" for outcome, _ in outcomes.values())]
    used = filled[0] if len(filled) == 1 else ""
    found = {}
    for number in sorted(basic.keys() | extended.keys()):
        (one, missing), (other, lacking) = basic.get(number, _NOTHING), extended.get(number, _NOTHING)
        stray = _stray(entries[number], data, "basic") if one == "syntax" else None
        found[number] = Interpolated(one, other, missing or lacking, stray, used)
    return found


def _outcomes(entries: "Sequence[Entry]", marked: "Sequence[int]", parser: RawConfigParser, mark: str) -> dict[int, tuple[str, str]]:
    """What the interpolation with a mark makes of the values that hold it, as far as the budget goes."""
    work, left, found = _work(entries, mark), BUDGET, {}
    interpolation = _FORMS[mark][3]()
    for number in marked:
        text = entries[number].text
        if mark in text:
            needed = len(text) + sum(work.get(name, 0) for name in _names(text, mark))
            if needed <= left:
                left -= needed
                found[number] = _outcome(interpolation, parser, entries[number], mark)
    return found


def _outcome(interpolation: "Any", parser: RawConfigParser, entry: Entry, mark: str) -> tuple[str, str]:
    """filled, syntax, missing or depth, or empty where no key is put in; and the name of the key that is missing."""
    section, key = entry.route
    try:
        interpolation.before_get(parser, section, parser.optionxform(key), entry.text, parser[section])
    except InterpolationMissingOptionError as error:
        return "missing", str(error.reference)
    except InterpolationDepthError:
        return "depth", ""
    except InterpolationError:
        return "syntax", ""
    return ("filled" if any(_names(entry.text, mark)) else ""), ""


def _names(text: str, mark: str) -> "Iterator[str]":
    """The names of the keys that an interpolation puts in, up to the first place where it would stop with an error."""
    opening, closing, behind, _ = _FORMS[mark]
    at = text.find(mark)
    while at >= 0:
        end = at + 1
        if text.startswith(opening, end):
            end = text.find(closing, at)
            if end < at + 3 or not text.startswith(behind, end + 1):
                return
            name = text[at + 2 : end].lower()
            yield name.rpartition(":")[2] if mark == "$" else name
            end += len(behind)
        elif not text.startswith(mark, end):
            return
        at = text.find(mark, end + 1)


def _work(entries: "Sequence[Entry]", mark: str) -> dict[str, int]:
    """For each key's name, how much is put together for a value of it at the most, whichever section it stands in."""
    texts: dict[str, list[tuple[int, list[str]]]] = {}
    for entry in entries:
        walked = len(entries) if mark == "$" and "$" in entry.text else 0  # ExtendedInterpolation goes over its whole section to put in such a value
        texts.setdefault(entry.route[1].lower(), []).append((len(entry.text) + walked, list(_names(entry.text, mark))))
    work = {name: max(size for size, _ in found) for name, found in texts.items()}
    naming = {name: found for name, found in texts.items() if any(names for _, names in found)}
    for _ in range(MAX_INTERPOLATION_DEPTH if naming else 0):
        work |= {name: max(min(BUDGET + 1, size + sum(work.get(one, 0) for one in names)) for size, names in found) for name, found in naming.items()}
    return work


def _stray(entry: Entry, data: bytes, way: str) -> Span | None:
    """The first `%` of a value that begins nothing and is not doubled."""
    for match in _STRAY[way].finditer(data, entry.value.start, entry.value.end):
        if match[1]:
            return Span(*match.span(1))
    return None
