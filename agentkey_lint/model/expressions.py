"""Regular expressions without `re`: to import it and to compile the dozen that a hook needs takes longer than all that they are used for.

What `re` makes of an expression is kept in a file beside this module's bytecode, and the next run hands it to the machine underneath, which checks it.
As with bytecode: it holds for one version of Python, whoever could write it could write our modules, and where it cannot be written, all goes without it.
"""

import _sre  # type: ignore[import-not-found]
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Pattern
    from typing import Any, AnyStr

_FOR = (sys.hexversion, _sre.MAGIC)
_MOST = 2_000
"""Expressions that are kept at the most."""
_new: dict[str | bytes, bytes] = {}
_kept: list[dict[str | bytes, bytes]] = []
_compiled: "dict[str | bytes, Pattern[Any]]" = {}


def regex(pattern: "AnyStr") -> "Pattern[AnyStr]":
    """An expression as `re.compile` gives it; flags stand in the pattern. Only for expressions of our own: what stems from a scanned file is not kept."""
    if pattern not in _compiled:
        from marshal import loads

        known = _known().get(pattern) or _made(pattern)
        _compiled[pattern] = _sre.compile(pattern, *loads(known))
    return _compiled[pattern]


def keep() -> None:
    """Keep what this process has compiled for the next ones, beside what others have kept meanwhile."""
    file = _file()
    if not _new or not file or sys.dont_write_bytecode:
        return
    _kept.clear()
    everything = {**_known(), **_new}
    if len(everything) > _MOST:
        return
    from marshal import dumps
    from os import getpid, replace

    try:
        with open(part := f"{file}.{getpid()}", "xb") as written:
            written.write(dumps((_FOR, everything)))
        replace(part, file)
    except OSError:
        pass


def _known() -> dict[str | bytes, bytes]:
    """What an earlier run has kept."""
    if not _kept:
        from marshal import loads

        try:
            with open(_file(), "rb") as file:
                version, known = loads(file.read())
        except (OSError, EOFError, ValueError, TypeError):
            version, known = None, {}
        _kept.append(known if version == _FOR else {})
    return _kept[0]


def _file() -> str:
    """Where expressions are kept; empty where bytecode has no place."""
    cached = __spec__.cached
    return cached.removesuffix("pyc") + "regex" if cached else ""


def _made(pattern: str | bytes) -> bytes:
    """What `_sre.compile` takes beside the pattern, as `re._compiler.compile` works it out."""
    from marshal import dumps
    from re import _compiler, _parser  # type: ignore[attr-defined]

    parsed = _parser.parse(pattern)
    state = parsed.state
    names = {number: name for name, number in state.groupdict.items()}
    code = [int(word) for word in _compiler._code(parsed, 0)]
    groups = tuple(names.get(number) for number in range(state.groups))
    _new[pattern] = dumps((int(state.flags), code, state.groups - 1, dict(state.groupdict), groups))
    return _new[pattern]
