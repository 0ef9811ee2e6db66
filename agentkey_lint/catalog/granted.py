"""All that statements and rules grant, for comparing two versions of a file. `catalog.systems` gives of the same files what is worth a finding by itself.

Each function takes the entries of a file and its bytes. Subjects are what the file names: a role, a job. One without a name stands for all of the file.
"""

from bisect import bisect_left

from agentkey_lint.catalog.systems import DEFAULT, groups, splits, texts
from agentkey_lint.model.facts import Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from agentkey_lint.model.facts import Entry

MOST = 2_000
"""So many grants of one statement, and resources of one, are looked at."""
_LEVELS = {"read": "read", "write": "write", "read-all": "read", "write-all": "admin"}


def aws(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Every allowed action with its resources; a condition is a part of the resource, so that taking it away is a change of the grant."""
    for parts in groups(entries, "Statement"):
        if not any(entry.text == "Allow" for entry in texts(parts, "Effect")):
            continue
        route = parts[0][1].route
        subject = route[1] if route[0] == "Resources" and len(route) > 2 else ""
        conditions = sorted(f"{'.'.join(rest[1:])} {entry.text}" for rest, entry in parts if rest[:1] == ("Condition",))
        only = f" if {', '.join(conditions)}" if conditions else ""
        resources = tuple(sorted({entry.text + only for entry in texts(parts, "Resource")[:MOST]})) or ("*" + only,)
        for entry in texts(parts, "Action")[:MOST]:
            yield Grant(subject, entry.text, entry.value, "aws", resources)
        for entry in texts(parts, "NotAction")[:1]:
            yield Grant(subject, "*", entry.key, "aws", resources, "admin", True, "this allows every action there is but those that are named")
        for rest, entry in parts:
            if rest[:1] == ("Principal",) and entry.text:
                yield Grant(f"{subject} principal".strip(), entry.text, entry.value, "aws", ("*" + only,), "write", entry.text == "*")


def kubernetes(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Every verb on every resource, by the role's name."""
    breaks = splits(data, b"\n---")
    names = {bisect_left(breaks, entry.key.start): entry.text for entry in entries if entry.route[-2:] == ("metadata", "name")}
    for parts in groups(entries, "rules", breaks):
        subject = names.get(bisect_left(breaks, parts[0][1].key.start), "")
        named = tuple(sorted(entry.text for entry in texts(parts, "resourceNames")[:MOST]))
        pairs = ((resource, verb) for verb in texts(parts, "verbs") for resource in texts(parts, "resources") or texts(parts, "nonResourceURLs"))
        for _, (resource, verb) in zip(range(MOST), pairs, strict=False):
            yield Grant(subject, f"{resource.text}:{verb.text}", verb.value, "kubernetes", named)


def vault(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Every capability of every path."""
    for entry in entries:
        if len(entry.route) > 2 and entry.route[0] == "path" and entry.route[2] in ("capabilities", "policy") and entry.text != "deny":
            yield Grant("", entry.text, entry.value, "vault", (entry.route[1].strip("/"),))


def workflow(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """The permissions of the jobs that state their own, and under no name those of all others: without any, the repository's default."""
    declared = False
    for entry in entries:
        steps = entry.route
        top = steps[:1] == ("permissions",)
        declared = declared or top
        if not top and (len(steps) < 3 or steps[0] != "jobs" or steps[2] != "permissions"):
            continue
        scope = entry.text if steps[-1] == "permissions" else f"{steps[-1]}:{entry.text}"
        level = _LEVELS.get(entry.text)
        if level is not None:
            because = "this grants every permission that a token can have" if level == "admin" else ""
            yield Grant("" if top else steps[1], scope, entry.value, "github-actions", (), level, level == "admin", because)
    if entries and not declared:
        yield Grant("", "", entries[0].key, "github-actions", (), "write", True, DEFAULT, "low", "medium")


ALL: "dict[str, Callable[[Sequence[Entry], bytes], Iterator[Grant]]]" = {"aws": aws, "kubernetes": kubernetes, "vault": vault, "workflow": workflow}
