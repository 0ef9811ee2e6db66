"""rules/keys/*.toml compiled: each kind with the expression that confirms it, and the anchors that lead to it."""

from re import _constants, _parser  # type: ignore[attr-defined]
from typing import Any

from agentkey_lint.catalog.rule_files import RuleFileError

ANCHOR = 8
"""Bytes of an anchor that the SIMD pass looks for: longer literals are compiled far slower, and the confirming regex sees the rest."""
LEFT = rb"(?:(?<![A-Za-z0-9])|(?<=\\[nrt])|(?<=%[0-9A-Fa-f]{2}))"
RIGHT = rb"(?![A-Za-z0-9_])"


def literal_prefix(pattern: str) -> str:
    """The literal that every match of a pattern begins with."""
    text = ""
    for operation, argument in _parser.parse(pattern.encode()):
        if operation is _constants.LITERAL:
            text += chr(argument)
        elif operation is _constants.SUBPATTERN and not text:
            inner = argument[3]
            if all(op is _constants.LITERAL for op, _ in inner):
                text += "".join(chr(value) for _, value in inner)
                continue
            break
        else:
            break
    return text


def unbounded(pattern: str) -> bool:
    """Whether a repeat in a pattern has no upper bound or holds another repeat: such a pattern could be slow on hostile text."""

    def walk(items: Any, repeated: bool) -> bool:
        for operation, argument in items:
            if operation in (_constants.MAX_REPEAT, _constants.MIN_REPEAT):
                _, most, inner = argument
                if most is _constants.MAXREPEAT or (most > 1 and (repeated or walk(inner, True))) or walk(inner, repeated):
                    return True
            elif operation is _constants.SUBPATTERN:
                if walk(argument[3], repeated):
                    return True
            elif operation is _constants.BRANCH:
                if any(walk(branch, repeated) for branch in argument[1]):
                    return True
            elif operation in (_constants.ASSERT, _constants.ASSERT_NOT, _constants.GROUPREF):
                return True
        return False

    return walk(_parser.parse(pattern.encode()), False)


Anchors = dict[tuple[bytes, bool], list[int]]


def key_kinds(tables: dict[str, dict[str, Any]]) -> tuple[list[tuple[Any, ...]], Anchors, dict[str, list[int]]]:
    """The kinds of keys; for each anchor (literal, caseless) the kinds that it may lead to; for each word of a context likewise."""
    contexts: dict[str, list[int]] = {}
    kinds: list[tuple[Any, ...]] = []
    anchors: dict[tuple[bytes, bool], list[int]] = {}
    seen: set[str] = set()
    for stem, table in tables.items():
        for key in table["key"]:
            where = f"rules/keys/{stem}.toml: {key.get('id')}"
            if key["id"] in seen:
                raise RuleFileError(f"{where}: the id is taken")
            seen.add(key["id"])
            pattern = key["pattern"]
            if unbounded(pattern):
                raise RuleFileError(f"{where}: every repeat needs an upper bound, and none may hold another; no look-around")
            context = key.get("context", [])
            prefix = "" if key.get("before") else literal_prefix(pattern)
            literals = [] if context else key.get("anchors") or [prefix]
            if any(len(literal) < 3 for literal in literals):
                raise RuleFileError(f"{where}: needs an anchor of 3 bytes or more")
            ignorecase = key.get("ignorecase", False)
            body = pattern.encode() if "(?P<secret>" in pattern else b"(?P<secret>" + pattern.encode() + b")"
            regex = body if context or not key.get("boundary", True) else LEFT + body + RIGHT
            number = len(kinds)
            for word in context:
                contexts.setdefault("".join(character for character in word.lower() if character.isalnum()), []).append(number)
            for literal in dict.fromkeys((literal.lower() if ignorecase else literal).encode()[:ANCHOR] for literal in literals):
                anchors.setdefault((literal, ignorecase), []).append(number)
            kinds.append(
                (
                    key["id"],
                    table["vendor"],
                    key["name"],
                    regex,
                    key.get("before", 0),
                    ignorecase,
                    len(prefix),
                    key["tier"],
                    key["lifetime"],
                    key.get("checksum", ""),
                    key.get("decode", ""),
                    key.get("confidence", "high"),
                    key.get("rule", "hardcoded-key"),
                    table.get("revoke", ""),
                    tuple(table.get("variables", ())),
                    key.get("after", "").encode(),
                )
            )
    return kinds, anchors, contexts
