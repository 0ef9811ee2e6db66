"""Items of a list that go or give way to others, as edits of the text that holds the list: on one line or several, with commas or dashes."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from agentkey_lint.model.facts import Entry

    Edit = tuple[int, int, bytes]


def line_end(data: bytes) -> bytes:
    at = data.find(b"\n")
    return b"\r\n" if at > 0 and data[at - 1 : at] == b"\r" else b"\n"


def after_line(data: bytes, at: int) -> int:
    """Where the line that an offset stands on ends, before its line end."""
    end = data.find(b"\n", at)
    end = len(data) if end < 0 else end
    return end - 1 if data[end - 1 : end] == b"\r" and end > at else end


def items(data: bytes, form: str, scopes: "Sequence[Entry]", changes: "Mapping[str, Sequence[str]]") -> "list[Edit]":
    """The edits of a list: each item that goes, with the comma or the line that belongs to it, and each that others take the place of."""
    edits: list[Edit] = []
    spans = [(scope.value.start - len(scope.quote), scope.value.end + len(scope.quote)) for scope in scopes]
    end = line_end(data)
    kept = [number for number, scope in enumerate(scopes) if changes.get(scope.text, (scope.text,))]
    for number, scope in enumerate(scopes):
        start, stop = spans[number]
        line = data.rfind(b"\n", 0, start) + 1
        dashed = form == "yaml" and data[line:start].strip() == b"-"
        new = changes.get(scope.text, (scope.text,))
        if tuple(new) == (scope.text,):
            continue
        quote = scope.quote or '"'
        texts = [f"{quote}{text}{quote}".encode() for text in new]
        if texts:
            alone = b"\n" + data[line:start] if dashed or not data[line:start].strip() else b" "
            between = alone.replace(b"\n", end) if dashed else b"," + alone.replace(b"\n", end)
            edits.append((start, stop, between.join(texts)))
        elif dashed:
            edits.append((line, min(after_line(data, stop) + len(end), len(data)), b""))
        elif number < kept[-1]:
            edits.append((start, _behind(data, stop, spans[number + 1][0]), b""))
        else:
            edits.append((spans[number - 1][1] if not _commented(data, spans[number - 1][1], start) else start, stop, b""))
    return edits


def _behind(data: bytes, stop: int, following: int) -> int:
    """Where to cut behind an item: before the next one, or only behind the comma where a comment stands between."""
    if not _commented(data, stop, following):
        return following
    comma = data.find(b",", stop, following)
    return comma + 1 if comma >= 0 else stop


def _commented(data: bytes, start: int, end: int) -> bool:
    return bool(data[start:end].strip(b" \t\r\n,"))
