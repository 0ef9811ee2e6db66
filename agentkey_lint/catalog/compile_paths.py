"""The globs of paths in the catalogue as the index that `catalog.claimed.look_up` reads."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from agentkey_lint.catalog.globs import END

if TYPE_CHECKING:
    from agentkey_lint.catalog.claimed import Entry, Index


def index(groups: Sequence[Sequence[Sequence[str]]]) -> "Index":
    """The index over groups of rows, each row being its globs. A glob that ends in `**` is of what lies in the folders before: its last step is any."""
    names: dict[str, list[Entry]] = {}
    endings: dict[str, list[Entry]] = {}
    first: dict[str, list[Entry]] = {}
    last: dict[str, list[Entry]] = {}
    texts: dict[str, list[Entry]] = {}
    folders: dict[str, dict[tuple[str, ...], list[Entry]]] = {}
    partly: dict[str, dict[tuple[str, ...], list[Entry]]] = {}
    for group, row, glob in ((group, row, glob) for group, rows in enumerate(groups) for row, globs in enumerate(rows) for glob in globs):
        *steps, name = f"{glob}/*".split("/") if glob == "**" or glob.endswith("/**") else glob.split("/")
        if steps != ["**"]:
            literals = [step for step in steps if "*" not in step]
            by, key = (folders, max(literals, key=len)) if literals else (partly, _longest("/".join(steps)))
            by.setdefault(key, {}).setdefault(tuple(steps), []).append((group, row, name))
            continue
        head, tail = name[: name.find("*")], name[name.rfind("*") + 1 :]
        ending = tail[tail.rfind(".") :]
        if "*" not in name:
            names.setdefault(name, []).append((group, row, "*"))
        elif "." in tail:
            endings.setdefault(ending, []).append((group, row, "*" if name == "*" + ending else name))
        elif len(head) >= END:
            first.setdefault(head[:END], []).append((group, row, name))
        elif len(tail) >= END:
            last.setdefault(tail[-END:], []).append((group, row, name))
        else:
            texts.setdefault(_longest(name), []).append((group, row, name))
    keyed = ({key: tuple(entries) for key, entries in some.items()} for some in (names, endings, first, last, texts))
    inside = ({key: tuple((glob, tuple(entries)) for glob, entries in some.items()) for key, some in by.items()} for by in (folders, partly))
    return (*keyed, *inside)  # type: ignore[return-value]


def _longest(glob: str) -> str:
    """The longest text that stands in all that a glob fits."""
    return max((part.strip("/") for part in glob.split("*")), key=len)
