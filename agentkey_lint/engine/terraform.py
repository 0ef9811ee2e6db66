"""IAM policies in Terraform, as the entries that the same policies have in JSON: `aws_iam_policy_document`, `jsonencode(…)` and JSON in a heredoc."""

from bisect import bisect_right

from agentkey_lint.model.facts import Entry
from agentkey_lint.model.source import Span
from agentkey_lint.parse import hcl, jsonc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_NAMES = {"effect": "Effect", "actions": "Action", "not_actions": "NotAction", "resources": "Resource", "condition": "Condition", "principals": "Principal"}
_BLOCK = rb"(?:^|[{}\n])[ \t\r]{0,200}statement[ \t]{0,20}\{"
_CALL = b"jsonencode("


def policies(entries: "Sequence[Entry]", data: bytes) -> list[Entry]:
    """The entries of a file with those of the policies in it, their routes as CloudFormation has them: `Resources`, name, …, `Statement`."""
    return [*entries, *_statements(entries, data), *(entry for outer in entries for entry in _embedded(outer, data))]


def _statements(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Entry]":
    """The statements of policy documents. Blocks of one name have one route, so each statement is told by where it begins; without `effect` it allows."""
    import re

    starts = [match.start() for match in re.finditer(_BLOCK, data)]
    effects: dict[tuple[str, int], Entry] = {}
    for entry in entries:
        route = entry.route
        if route[:2] != ("data", "aws_iam_policy_document") or len(route) < 5 or route[3] != "statement" or route[4] not in _NAMES:
            continue
        at = bisect_right(starts, entry.key.start)
        rest = route[5:]
        if route[4] == "principals":
            if rest[:1] != ("identifiers",):
                continue
            rest = rest[1:]
        if route[4] == "effect" or (route[2], at) not in effects:
            effects[route[2], at] = entry if route[4] == "effect" else entry._replace(text="Allow", kind="string")
        if route[4] != "effect":
            yield entry._replace(route=("Resources", route[2], "Statement", str(at), _NAMES[route[4]], *rest))
    for (name, at), entry in effects.items():
        yield entry._replace(route=("Resources", name, "Statement", str(at), "Effect"))


def _embedded(outer: Entry, data: bytes) -> "Iterator[Entry]":
    """The policy in one value."""
    raw = data[outer.value.start : outer.value.end]
    if b"Statement" not in raw or len(outer.route) < 3:
        return
    start = outer.value.start
    if raw.startswith(_CALL) and raw.endswith(b")"):
        name = b"x="
        inner, start = name + raw[len(_CALL) : -1], start + len(_CALL) - len(name)
        found = [entry._replace(route=entry.route[1:]) for entry in hcl.parse(inner)[0]]
    elif outer.quote.startswith("<<"):
        found = jsonc.parse(raw)[0]
    else:
        return
    for entry in found:
        key, value = (Span(start + span.start, start + span.end) for span in (entry.key, entry.value))
        yield Entry(("Resources", outer.route[2], *entry.route), key, value, entry.text, entry.kind, entry.quote)
