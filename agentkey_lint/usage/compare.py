"""What the counters come to: where use and declaration part, and the narrower scopes that would do."""

from agentkey_lint.model.source import Fault
from agentkey_lint.model.usage import DENIED, HELD, KINDS, LATE, NEVER, OUTSIDE, SILENT, UNUSED, Compared, Difference, KeyUse
from agentkey_lint.usage.cover import SYSTEMS, covers, names_policies, narrowest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.usage.tally import Counts, Group, Key, Tally

MOST_INSTEAD = 20
"""A wildcard that stands for more uses than this is left as it is."""


def compare(tally: "Tally") -> Compared:
    """Hold the counters against the manifest."""
    found: list[Difference] = []
    faults: list[Fault] = []
    for group, counts in tally.groups.items():
        found += _of_group(group, counts, tally)
        if None in counts:
            faults.append(Fault("", f"{' or '.join(group)}: more different scopes than are told apart; only its totals are known"))
    shared = {name for group in tally.groups if len(group) > 1 for name in group}
    keys = []
    for name, key in tally.keys.items():
        rows = [numbers for group, counts in tally.groups.items() if name in group for numbers in counts.values()]
        allowed, denied, late = (int(sum(row[at] for row in rows)) for at in range(3))
        narrower = _narrower(key, tally.groups[name,]) if allowed and name not in shared else {}
        keys.append(KeyUse(name, allowed, denied, late, max((row[3] for row in rows), default=0), tuple(narrower.items())))
        found += [Difference(UNUSED, (name,), scope) for scope, instead in narrower.items() if not instead]
        if not allowed:
            found.append(Difference(NEVER if rows or _spoken_of(key, tally) else SILENT, (name,)))
    order = list(KINDS)
    found.sort(key=lambda one: (order.index(one.kind), one[1:]))
    return Compared(tuple(found), tuple(keys), tuple(sorted(faults)), tally.events, tally.others, tally.foreign)


def _of_group(group: "Group", counts: "Counts", tally: "Tally") -> "Iterator[Difference]":
    system = _system(tally.keys[group[0]].provider)
    declared = [scope for name in group for scope in tally.keys[name].scopes]
    for scope, (allowed, denied, late, last, refused) in counts.items():
        for kind, times, latest in ((LATE, late, last), (DENIED, denied, refused)):
            if times:
                yield Difference(kind, group, scope or "", int(times), latest)
        if scope and allowed and declared and narrowest(declared, scope, system) == "":
            yield Difference(OUTSIDE, group, scope, int(allowed), last)
    if declared and (system != "vault" or names_policies(declared)):
        for scope in tally.held.get(group, ()):
            if not any(scope.lower() == one.lower() or (system != "vault" and covers(one, scope, system)) for one in declared):
                yield Difference(HELD, group, scope)


def _narrower(key: "Key", counts: "Counts") -> dict[str, tuple[str, ...]]:
    """The scopes of a key that fewer or narrower ones could take the place of, as far as the log can tell; none if nothing would be left.

    GitHub's log names actions, which are no scopes.
    """
    system = _system(key.provider)
    used = [scope for scope, numbers in counts.items() if scope and numbers[0]]
    if None in counts or not used:
        return {}
    laid: dict[str | None, list[str]] = {}
    for scope in used:
        laid.setdefault(narrowest(key.scopes, scope, system), []).append(scope)
    changes: dict[str, tuple[str, ...]] = {}
    for scope in key.scopes:
        uses = tuple(sorted(laid.get(scope, ())))
        if not uses and all(covers(scope, one, system) is not None for one in used):
            changes[scope] = ()
        elif "*" in scope and system != "github" and uses and len(uses) <= MOST_INSTEAD and uses != (scope,):
            changes[scope] = uses
    return changes if any(changes.get(scope, (scope,)) for scope in key.scopes) else {}


def _spoken_of(key: "Key", tally: "Tally") -> bool:
    """Whether the logs speak of the provider of a key at all: its own log was read, or another of its keys was seen."""
    if not key.logged or not key.provider:
        return False
    seen = {_system(tally.keys[name].provider) for group in tally.groups for name in group}
    return _system(key.provider) in seen | tally.systems


def _system(provider: str) -> str:
    """The system whose log speaks of a provider's keys, else the provider itself."""
    name = provider.lower()
    return next((system for system, names in SYSTEMS.items() if name in names), name)
