"""What routes alone cannot say of a system's scopes: statements and rules whose parts decide together.

Each function takes the entries of a file and its bytes, and gives grants. Statements that deny, and those that conditions narrow, grant nothing
that a rule would report.
"""

from bisect import bisect_left

from agentkey_lint.catalog import scopes
from agentkey_lint.model.facts import Entry, Grant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Part = tuple[tuple[str, ...], Entry]

_CHOSEN = ("iam:passrole", "sts:assumerole")
"""Actions that are as wide as the resources that they are granted on."""
_VERBS = ("*", "escalate", "bind", "impersonate", "create", "update", "patch", "delete", "deletecollection", "get", "list", "watch")
_READING = ("get", "list", "watch")
_WIDE_GROUPS = ("", "*", "rbac.authorization.k8s.io")
_OWN_ACTIONS = ("actions/", "github/")


def groups(entries: "Sequence[Entry]", step: str, breaks: "Sequence[int]" = ()) -> "Iterator[list[Part]]":
    """The tables below a step (`Statement`), or of the list below it, each as its entries with the rest of their routes; breaks: ends of documents."""
    found: dict[tuple[int, tuple[str, ...]], list[Part]] = {}
    for entry in entries:
        if step not in entry.route[:-1]:
            continue
        end = len(entry.route) - entry.route[::-1].index(step)
        if end == len(entry.route):
            continue
        end += entry.route[end].isdecimal()
        found.setdefault((bisect_left(breaks, entry.key.start), entry.route[:end]), []).append((entry.route[end:], entry))
    yield from found.values()


def splits(data: bytes, mark: bytes) -> list[int]:
    """Every place where a mark stands that parts a file: the documents of a YAML stream, the blocks of one name."""
    found, at = [], data.find(mark)
    while at >= 0:
        found.append(at)
        at = data.find(mark, at + 1)
    return found


def texts(parts: "Sequence[Part]", name: str) -> "list[Entry]":
    """The text of a name, or the items of its list."""
    return [entry for rest, entry in parts if rest[:1] == (name,) and entry.kind != "empty" and all(step.isdecimal() for step in rest[1:])]


def aws(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Statements of IAM policies, on their own or within a template."""
    for parts in groups(entries, "Statement"):
        if not any(entry.text == "Allow" for entry in texts(parts, "Effect")):
            continue
        narrowed = any(rest[:1] == ("Condition",) for rest, _ in parts)
        everywhere = any(entry.text == "*" for entry in texts(parts, "Resource"))
        principals = [entry for rest, entry in parts if rest[:1] == ("Principal",)]
        own_account = any(entry.text.endswith(":root") or "AWS::AccountId" in entry.text for entry in principals)
        actions = texts(parts, "Action")
        for entry in texts(parts, "NotAction")[:1]:
            yield Grant("", entry.text, entry.key, "aws", (), "admin", True, "this allows every action there is but those that are named")
        for entry in actions:
            action = entry.text.strip().lower()
            if action == "kms:*" and own_account:  # a key's own policy begins so, or nobody could change it
                continue
            chosen = action in _CHOSEN and (narrowed or not everywhere)
            yield Grant("", entry.text, entry.value, "aws", ("*",) if everywhere else (), "write" if chosen else "")
        for entry in principals:
            if entry.text == "*" and not narrowed and any(action.text.lower() in _CHOSEN or _changes(action.text) for action in actions[:50]):
                yield Grant("", "*", entry.value, "aws", (), "admin", True, "anybody in the world may do this: the principal is `*`")


def _changes(action: str) -> bool:
    return scopes.rank(scopes.tier(action, "aws").level) > scopes.rank("read")


def kubernetes(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Rules of Roles and ClusterRoles; several documents may stand in one file."""
    for parts in groups(entries, "rules", splits(data, b"\n---")):
        verbs = {entry.text.lower(): entry for entry in reversed(texts(parts, "verbs"))}
        resources = [entry.text.lower() for entry in texts(parts, "resources")]
        if not resources:
            continue
        wide = any(entry.text in _WIDE_GROUPS for entry in texts(parts, "apiGroups"))
        named = any(rest[:1] == ("resourceNames",) for rest, _ in parts)
        for verb in _VERBS:
            if verb in verbs:
                yield _kubernetes(verb, verbs[verb], resources, wide, named)


def _kubernetes(verb: str, entry: Entry, resources: list[str], wide: bool, named: bool) -> Grant:
    """One verb of a rule, on its widest resource."""
    if "*" in resources:
        level = "read" if verb in _READING else "admin" if wide else "write"
        because = "this reads everything there is in the group" + (", secrets included" if wide else "") if level == "read" else ""
        return Grant("", f"*:{verb}", entry.value, "kubernetes", ("*",), level, True, because)
    tiers = ((name, scopes.tier(f"{name}:{verb}", "kubernetes")) for name in resources)
    admin, because = next(((name, tier.because) for name, tier in tiers if tier.level == "admin"), ("", ""))
    if verb == "*":
        return Grant("", f"{admin or resources[0]}:*", entry.value, "kubernetes", (), "admin" if admin and not named else "write", True)
    if named or not admin:  # reading named secrets, or binding named roles, is as narrow as it gets
        return Grant("", f"{resources[0]}:{verb}", entry.value, "kubernetes", (), "read" if verb in _READING else "write")
    return Grant("", f"{admin}:{verb}", entry.value, "kubernetes", (), "admin", False, f"this grants `{because}`, which is a way to further rights")


def vault(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """The widest capability of each path, from blocks or JSON; `deny` beats all others."""
    found: dict[tuple[str, ...], list[Entry]] = {}
    for entry in entries:
        if len(entry.route) > 2 and entry.route[0] == "path" and entry.route[2] in ("capabilities", "policy"):
            found.setdefault(entry.route[:2], []).append(entry)
    for route, capabilities in found.items():
        if any(entry.text == "deny" for entry in capabilities):
            continue
        tiers = [(scopes.rank(scopes.tier(entry.text, "vault").level), -number) for number, entry in enumerate(capabilities)]
        rank, number = max(tiers)
        widest, level, path = capabilities[-number], scopes.TIERS[rank], route[1].strip("/")
        if path in ("*", "+", "+/*"):
            yield Grant(path, widest.text, widest.value, "vault", ("*",), level, True, "this holds for every path there is")
        elif rank >= scopes.rank("write") and (path in ("sys/*", "auth/*") or path.startswith("auth/token/create")):
            yield Grant(path, widest.text, widest.value, "vault", (), "admin", False, "this path hands out further rights")
        else:
            yield Grant(path, widest.text, widest.value, "vault")


def workflow(entries: "Sequence[Entry]", data: bytes) -> "Iterator[Grant]":
    """Permissions of the token that a GitHub workflow runs with."""
    top: list[Entry] = []
    jobs: dict[str, list[Entry]] = {}
    entries = [entry for entry in entries if entry.route]  # a file that is one text alone has an entry without a route
    for entry in entries:
        if entry.route[0] == "permissions":
            top.append(entry)
        elif entry.route[0] == "jobs" and len(entry.route) > 2:
            jobs.setdefault(entry.route[1], []).append(entry)
    events = [entry for entry in entries if entry.route[0] == "on"]
    triggers = {entry.route[1] if len(entry.route) > 1 and not entry.route[1].isdecimal() else entry.text for entry in events}
    reported: set[Entry] = set()
    everything: list[Entry] = []
    for job in jobs.values():
        own = [entry for entry in job if entry.route[2] == "permissions"] or top
        everything += own
        if not own and triggers != {"workflow_call"}:  # a workflow that is only called gets what its caller has
            yield Grant("", "", job[0].key, "github-actions", (), "write", True, DEFAULT, "low", "medium")
        if any(_movable(entry) for entry in job if "uses" in entry.route):
            for entry in own:
                if entry not in reported and scopes.tier(f"{entry.route[-1]}:{entry.text}", "github-actions").level == "admin":
                    reported.add(entry)
                    yield Grant("", entry.route[-1], entry.value, "github-actions", (), "admin", False, _MOVABLE, "medium")
    for entry in dict.fromkeys((*top, *everything)):
        if entry.text == "write-all":
            yield Grant("", entry.text, entry.value, "github-actions", (), "admin", True, "this grants every permission that a token can have")


DEFAULT = "no permissions are declared: this job gets the default of the repository, which may be to write everything"
_MOVABLE = "an action of somebody else gets this permission, by a tag or branch that can be moved"


def _movable(entry: Entry) -> bool:
    """Whether a step runs somebody else's action by a name that may mean other code tomorrow."""
    action, _, revision = entry.text.partition("@")
    if entry.route[-1] != "uses" or not revision or action.startswith((".", "docker:", *_OWN_ACTIONS)) or "${{" in entry.text:
        return False
    return not (len(revision) == 40 and all(character in "0123456789abcdef" for character in revision.lower()))


SHAPES: "dict[str, Callable[[Sequence[Entry], bytes], Iterator[Grant]]]" = {"aws": aws, "kubernetes": kubernetes, "vault": vault, "workflow": workflow}
