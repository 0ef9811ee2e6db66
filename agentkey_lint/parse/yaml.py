"""YAML from the event stream of PyYAML (libyaml where it is there), never composed: no aliases are followed and no depth costs stack.

PyYAML refuses control characters and invalid bytes; each such byte is put as `?` before it sees them. Its marks count characters,
which become byte offsets here. After a break the reading goes on at the next line that begins with a key in the first column.
"""

from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Entry, Problem
from agentkey_lint.model.source import Span
from agentkey_lint.parse.bounds import MAX_DEPTH, MAX_ENTRIES
from agentkey_lint.parse.pyyaml import yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BREAKS = 20
MAX_NODES = 3 * MAX_ENTRIES
"""Keys, values, containers and documents; a file of empty documents has no entries, but an end."""

_LOADER = getattr(yaml, "CLoader", yaml.Loader)
# As a set of what is allowed, this would take ten times as long to compile.
_REFUSED = regex("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x84\\x86-\\x9f\\ud800-\\udfff\\ufeff\\ufffe\\uffff]")
_RESUME = regex(r"""(?m)^(?:---(?=\s)|[A-Za-z_"'][^\n#]{0,200}?:(?=\s))""")
_PROPERTIES = regex(r"(?:[!&][^\s,\[\]{}]*+(?:\s++|\#[^\n]*+)*+){0,2}")
_BLOCK = regex(r"[|>][^\n]*+\n?\s*+")
_VALUES = yaml.ScalarEvent, yaml.AliasEvent, yaml.CollectionStartEvent
_STANDARD = "tag:yaml.org,2002:"
_TAGGED = {"str": "string", "int": "number", "float": "number", "bool": "boolean", "null": "null", "timestamp": "date", "binary": "string"}
_NULL = regex(r"~|null|Null|NULL|")
_NO_STRING = ("", *"~nNtTfF+-.0123456789")
"""What a text begins with that may be something else than a string."""
_BOOLEAN = regex(r"true|True|TRUE|false|False|FALSE")
_NUMBER = regex(r"[-+]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][-+]?[0-9]++)?|0o[0-7]++|0x[0-9a-fA-F]++|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

# Makes a named tuple of a tuple at half the price of the class's own constructor, which counts where there are two to a value.
_new = tuple.__new__


class _Container:
    """An open mapping or sequence, or the file itself: its route, where it begins, and what comes next in it."""

    __slots__ = ("count", "key", "mapping", "name", "place", "route", "start")

    def __init__(self, route: tuple[str, ...], mapping: bool, start: int, place: Span | None) -> None:
        self.route, self.mapping, self.start, self.place = route, mapping, start, place
        self.count = 0
        self.key: Span | None = None
        self.name = ""


def parse(data: bytes) -> tuple[list[Entry], list[Problem]]:
    """All scalars, aliases and empty containers in file order; list positions are decimal route steps, all documents share their routes.

    data: UTF-8, invalid bytes allowed. Kinds besides the usual: alias, and `tag:!name` for a scalar with a tag of its own. In the place of a key that
    is a container stands `?`. The span of a block scalar runs from its first character to its last. Never raises; one problem for all
    breaks of the syntax (a template breaks in many places) and one for each bound.
    """
    text = _REFUSED.sub(lambda match: "?" * _width(match[0]), data.decode("utf-8", "surrogateescape"))
    place = _places(text)
    entries: list[Entry] = []
    problems: list[Problem] = []
    begin: int | None = 0
    for _ in range(MAX_BREAKS):
        if begin is None:
            break
        problem, begin = _read(data, text, begin, place, entries)
        if problem and all(problem.message != other.message for other in problems):
            problems.append(problem)
    return entries, problems


def _read(data: bytes, text: str, begin: int, place: "Callable[[int], int]", entries: list[Entry]) -> tuple[Problem | None, int | None]:
    """Read events from character `begin` on; a problem, if there is one, and where to go on after it (None: nowhere)."""
    stack = [_Container((), False, begin, None)]
    last = begin
    raw = text[begin:] if begin else text
    reader = _LOADER(raw)
    try:
        for number, event in enumerate(iter(reader.get_event, None)):
            start, end = begin + event.start_mark.index, begin + event.end_mark.index
            if isinstance(event, _VALUES):
                if len(entries) >= MAX_ENTRIES or number >= MAX_NODES:
                    return Problem(place(start), "too many values; the rest of the file is not read"), None
                if len(stack) > MAX_DEPTH:
                    return Problem(place(start), "nested too deep; the rest of the file is not read"), None
                last = max(last, end)
                if isinstance(event, yaml.CollectionStartEvent):
                    _open(stack, isinstance(event, yaml.MappingStartEvent), place(_behind(text, start, end)))
                else:
                    _leaf(stack, event, *_scalar(data, text, event, start, end, place), entries)
            elif isinstance(event, yaml.CollectionEndEvent):
                _close(stack, place(end), entries)
    except yaml.YAMLError as error:
        marks = [begin + mark.index for mark in (getattr(error, "context_mark", None), getattr(error, "problem_mark", None)) if mark]
        # Behind all that was read, and behind the beginning of what could not be: an unclosed quote breaks at the file's end.
        after = max([last, *marks[:1]])
        if after == begin or text[after - 1 : after] != "\n":
            after = text.find("\n", after) + 1 or len(text)
        resume = _RESUME.search(text, after)
        return Problem(place(min(len(text), max(marks, default=begin))), "this is not YAML"), resume.start() if resume else None
    return None, None


def _behind(text: str, start: int, end: int) -> int:
    """Where a node begins behind its tag and anchor; most have neither."""
    if text[start : start + 1] not in ("!", "&"):
        return start
    return _PROPERTIES.match(text, start, end).end()  # type: ignore[union-attr]  # it may match nothing, but it matches


def _scalar(data: bytes, text: str, event: "yaml.ScalarEvent | yaml.AliasEvent", start: int, end: int, place: "Callable[[int], int]") -> tuple[Span, str]:
    """Where a scalar stands, without its tag and its quotes, and what it says; of an alias, how it is written."""
    if isinstance(event, yaml.AliasEvent):
        span = Span(place(start), place(end))
        return span, data[span.start : span.end].decode("utf-8", "surrogateescape")
    start = _behind(text, start, end)
    if event.style in ("|", ">"):
        start = min(_BLOCK.match(text, start, end).end(), end)  # type: ignore[union-attr]
        while end > start and text[end - 1].isspace():
            end -= 1
    elif event.style:
        start, end = start + 1, end - 1
    value: str = event.value
    span = _new(Span, (place(start), place(end)))
    if "?" in value and value == text[start:end]:  # the bytes that PyYAML was not shown
        value = data[span.start : span.end].decode("utf-8", "surrogateescape")
    return span, value


def _kind(tag: str | None, value: str, quoted: bool) -> str:
    if tag and tag != "!":
        return _TAGGED.get(tag.removeprefix(_STANDARD), "tag:!!" + tag.removeprefix(_STANDARD)) if tag.startswith(_STANDARD) else "tag:" + tag
    if quoted or tag or value[:1] not in _NO_STRING:
        return "string"
    if _NULL.fullmatch(value):
        return "null"
    return "boolean" if _BOOLEAN.fullmatch(value) else "number" if _NUMBER.fullmatch(value) else "string"


def _next(container: _Container) -> tuple[tuple[str, ...], Span | None]:
    """The route and key of the value that comes next, which thereby fills its place."""
    container.count += 1
    if container.mapping:
        key, container.key = container.key, None
        return (*container.route, container.name), key
    if not container.route and container.place is None:  # the file itself
        return (), None
    return (*container.route, str(container.count - 1)), None


def _leaf(stack: list[_Container], event: "yaml.ScalarEvent | yaml.AliasEvent", span: Span, text: str, entries: list[Entry]) -> None:
    """A scalar or an alias: the name of the value that comes next, or a value itself."""
    container = stack[-1]
    if container.mapping and container.key is None:
        container.key, container.name = span, text
        return
    route, key = _next(container)
    if isinstance(event, yaml.AliasEvent):
        entries.append(Entry(route, key or span, span, "", "alias"))
    elif route or span.start < span.end:  # an empty document is no value
        quote = event.style or ""
        entries.append(_new(Entry, (route, key or span, span, text, _kind(event.tag, text, bool(quote)), quote)))


def _open(stack: list[_Container], mapping: bool, start: int) -> None:
    container = stack[-1]
    if container.mapping and container.key is None:
        container.name, container.key = "?", Span(start, start)
        stack.append(_Container((*container.route, "?"), mapping, start, container.key))
        return
    route, key = _next(container)
    stack.append(_Container(route, mapping, start, key or Span(start, start)))


def _close(stack: list[_Container], end: int, entries: list[Entry]) -> None:
    container = stack.pop()
    if not container.count:
        span = Span(container.start, end)
        key = container.place if container.place and container.place.start < container.place.end else span
        entries.append(Entry(container.route, key, span, "", "empty"))


def _width(character: str) -> int:
    """How many bytes a character takes in the file; a surrogate escape stands for one."""
    return 1 if "\udc80" <= character <= "\udcff" else len(character.encode("utf-8", "surrogatepass"))


def _places(text: str) -> "Callable[[int], int]":
    """From character to byte offsets. Linear over all calls, as marks hardly ever go back, and then not far."""
    if text.isascii():
        return int
    character = byte = 0

    def place(index: int) -> int:
        nonlocal character, byte
        if index >= character:
            byte += len(text[character:index].encode())
        else:
            byte -= len(text[index:character].encode())
        character = index
        return byte

    return place
