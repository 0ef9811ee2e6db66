"""INI files, read the way `configparser` does with `allow_no_value` and without interpolation.

Different on purpose: white space is ASCII white space; section names are stripped; keys keep their case; keys before the first section are fine;
nothing is merged (duplicates stay, `DEFAULT` is a section like any other); a value that stands in quotes as a whole loses them, as most other
readers do; an indented line below a key without a value is a line of its own; `[name` without its bracket is a problem and not a key.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_ENTRIES

MAX_PROBLEMS = 20

# White space is taken together with the blank lines before a line, so that a million blank lines cost one step. ([^\r\n]* matches anywhere: no backtracking.)
_LINE = regex(rb"(\s*+)([^\r\n]*+)")
_DELIMITER = regex(rb"[=:]")


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """The values of an INI file in file order, routes `(key,)` before the first section and `(section, key)` below it.

    data: UTF-8 without a byte order mark, invalid bytes allowed. Spans are byte offsets. A value over several lines has them stripped and joined
    by a line feed in `text`, its span covers them all. A key without a delimiter has the kind null and an empty span. Never raises.
    """
    entries: list[Entry] = []
    problems: list[Problem] = []
    section: tuple[str, ...] = ()
    indent = 0
    value: bytearray | None = None  # what the last key's value is so far, line by line; None where no line can continue it
    begin = first_end = end = 0  # where that value begins, where its first line ends and where its last one does

    def finish() -> None:
        if value and end > first_end:
            entry = entries[-1]._replace(value=Span(begin, end), text=_decode(bytes(value).rstrip(b"\n")), quote="")
            entries[-1] = _unquoted(entry)

    for line in _LINE.finditer(data):
        start = line.start(2)
        content = line[2].rstrip()
        if not content:  # only at the end of the file: blank lines go with the line after them
            break
        gap = line[1]
        column = len(gap) - 1 - max(gap.rfind(b"\n"), gap.rfind(b"\r"))
        if content[0] in b"#;":
            # A comment inside a value neither ends it nor belongs to it, but the blank lines around it do belong.
            if value is not None:
                value += b"\n" * (_breaks(gap) - 1)
            continue
        span = Span(start, start + len(content))
        if value is not None and column > indent:
            value += b"\n" * _breaks(gap) + content
            end = span.end
            continue
        finish()
        value = None
        indent = column
        if len(entries) >= MAX_ENTRIES:
            problems.append(Problem(start, "too many values; the rest of the file is not read"))
            return entries, problems
        delimiter = _DELIMITER.search(content)
        if content[0] == 0x5B and content.rfind(b"]") > 1:
            section = (_decode(content[1 : content.rfind(b"]")].strip()),)
        elif delimiter is None and content[0] != 0x5B:
            entries.append(Entry((*section, _decode(content)), span, Span(span.end, span.end), "", "null"))
        elif delimiter is None or delimiter.start() == 0:
            if len(problems) < MAX_PROBLEMS:
                problems.append(Problem(start, "a line that is neither a section nor a key with a value"))
        else:
            key = content[: delimiter.start()].rstrip()
            text = content[delimiter.end() :].lstrip()
            value, begin, first_end, end = bytearray(text), span.end - len(text), span.end, span.end
            entries.append(_unquoted(Entry((*section, _decode(key)), Span(start, start + len(key)), Span(begin, end), _decode(text))))
    finish()
    return entries, problems


def _unquoted(entry: Entry) -> Entry:
    """The entry without the quotes around its whole value; `"a" "b"` is not one quoted value."""
    text, (start, end) = entry.text, entry.value
    if len(text) < 2 or text[0] not in "\"'" or text[0] != text[-1] or text[0] in text[1:-1]:
        return entry
    return entry._replace(value=Span(start + 1, end - 1), text=text[1:-1], quote=text[0])


def _breaks(gap: bytes) -> int:
    return gap.count(b"\n") + gap.count(b"\r") - gap.count(b"\r\n")


def _decode(raw: bytes) -> str:
    return raw.decode("utf-8", "surrogateescape")
