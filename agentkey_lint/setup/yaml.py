"""YAML files that get one more item: the text is inserted, and must then read as before but for it."""

from agentkey_lint.setup import Refused

TYPE_CHECKING = False
if TYPE_CHECKING:
    from yaml import MappingNode, Node, SequenceNode

LARGEST = 256 * 1024
"""Bytes: PyYAML takes a second for some 100 KiB."""


def text_of(data: bytes) -> str:
    """The text of a file. Raises Refused."""
    if len(data) > LARGEST:
        raise Refused(f"it is larger than {LARGEST // 1024} KiB")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        raise Refused("it is not UTF-8") from None


def root(text: str) -> "MappingNode | None":
    """The mapping that a file is; None for a file without any content. Raises Refused for anything else."""
    import yaml

    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Refused("it is not one document of YAML") from None
    if node is not None and (not isinstance(node, yaml.MappingNode) or node.flow_style):
        raise Refused("it is not written as `key: value` lines")
    return node


def value(node: "Node | None", key: str) -> "Node | None":
    """What a mapping has under a key."""
    import yaml

    pairs = node.value if isinstance(node, yaml.MappingNode) else ()
    return next((held for name, held in pairs if name.value == key), None)


def items(node: "Node | None") -> "list[Node]":
    """The items of a list, none of anything else."""
    import yaml

    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def appended(text: str, sequence: "SequenceNode", lines: "list[str]") -> str:
    """The text with one more item of a list; lines: the item without its dash. Raises Refused."""
    if sequence.flow_style and sequence.value:
        raise Refused("its list is written in brackets")
    end = "\r\n" if "\r\n" in text else "\n"
    if not sequence.value:
        start, stop = sequence.start_mark.index, sequence.end_mark.index
        if text[stop : _next_line(text, stop)].strip():
            raise Refused("something follows its empty list")
        item = end.join(f"  {'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines))
        return _proved(text, text[:start].rstrip(" ") + end + item + text[stop:])
    column = sequence.start_mark.column
    at = _after(text, sequence.value[-1], column)
    item = end.join(f"{' ' * column}{'- ' if number == 0 else '  '}{line}" for number, line in enumerate(lines)) + end
    return _proved(text, text[:at] + (end if at and text[at - 1] != "\n" else "") + item + text[at:])


def extended(text: str, block: str) -> str:
    """The text with more lines at its end, a blank line between. Raises Refused."""
    end = "\r\n" if "\r\n" in text else "\n"
    gap = "" if not text.strip() else end if text.endswith("\n") else end * 2
    return _proved(text, text + gap + block.replace("\n", end))


def _after(text: str, node: "Node", column: int) -> int:
    """The start of the line behind an item of a list whose dashes stand in a column, with the comments that belong to it."""
    at = _last(node)
    at = at if at and text[at - 1] == "\n" else _next_line(text, at)
    while at < len(text):
        line = text[at : _next_line(text, at)]
        if not line.strip().startswith("#") or len(line) - len(line.lstrip(" ")) <= column:
            break
        at += len(line)
    return at


def _last(node: "Node") -> int:
    """Where the last scalar within a node ends. The end of a block itself lies behind the comments that follow it."""
    import yaml

    while isinstance(node, (yaml.MappingNode, yaml.SequenceNode)) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(last, tuple) else last
    return int(node.end_mark.index)


def _next_line(text: str, at: int) -> int:
    return text.find("\n", at) + 1 or len(text)


def _proved(before: str, after: str) -> str:
    """The new text, if its events are those of the old one with some more in one place."""
    old, new = _events(before), _events(after)
    more = len(new) - len(old)
    same = next((number for number, (one, other) in enumerate(zip(old, new, strict=False)) if one != other), len(old))
    if more <= 0 or new[same + more :] != old[same:]:
        raise Refused("nothing can be added to its layout safely")
    return after


def _events(text: str) -> list[tuple[str, ...]]:
    """What a text says, as a flat list: no alias is ever followed."""
    import yaml

    try:
        found = [
            (type(event).__name__, *(str(getattr(event, name, "")) for name in ("tag", "anchor", "value")))
            for event in yaml.parse(text, Loader=yaml.SafeLoader)
        ]
    except (yaml.YAMLError, RecursionError, ValueError):
        raise Refused("nothing can be added to its layout safely") from None
    return found
