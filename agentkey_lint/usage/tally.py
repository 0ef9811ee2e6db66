"""Counting: what each declared key was used for. Only counters are held, so a log of any length takes the same memory, and order never matters."""

from agentkey_lint.catalog import durations
from agentkey_lint.model.record import Record
from agentkey_lint.usage.cover import SYSTEMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from agentkey_lint.model.facts import KeyRecord
    from agentkey_lint.usage.formats import Event

    Group = tuple[str, ...]
    Counts = dict[str | None, list[float]]

MOST_SCOPES = 10_000
"""So many different scopes of one key are told apart; of a key with more only the totals are known, and that is a fault."""
MOST_OF_ALL = 200_000
"""So many scopes of all keys together; beyond, only totals are kept of every key."""
_MOST_ACTORS = 10_000
_EVER = float("inf")


class Key(Record):
    """A declared key, as far as a log can be held against it. ends: when, in seconds since 1970. names: what a log may call it, a person's word included."""

    id: str
    scopes: tuple[str, ...]
    provider: str = ""
    agent: str = ""
    env: str = ""
    ends: float = _EVER
    logged: bool = True
    names: tuple[str, ...] = ()


class Tally:
    """The counters. groups: for the keys that one name of a log may mean (mostly one), by scope: how often allowed, refused, allowed after the key's end,
    and when last allowed and refused. None as a scope: all of them, where there are too many to tell apart.

    held: the scopes that the log says a group's key has at all. events: entries understood; others: of no declared key; foreign: not understood.
    systems: whose logs they were.
    """

    def __init__(self, keys: "Sequence[Key]") -> None:
        self.keys = {key.id: key for key in keys}
        self.groups: dict[Group, Counts] = {}
        self.held: dict[Group, set[str]] = {}
        self.events = self.others = self.foreign = self._different = 0
        self._full = False
        self.systems: set[str] = set()
        self._index: dict[str, list[tuple[int, str]]] = {}
        self._known: dict[tuple[str, tuple[str, ...]], Group] = {}
        for key in keys:
            for rank, names in enumerate((key.names, (key.id,), (key.env,), (key.agent,))):
                for name in names:
                    if name:
                        self._index.setdefault(_plain(name), []).append((rank, key.id))

    def add(self, event: "Event") -> None:
        self.events += 1
        names, scopes, when, denied, system, held = event
        self.systems.add(system)
        if not names:
            return
        group = self._known.get((system, names))
        if group is None:
            if len(self._known) >= _MOST_ACTORS:
                self._known.clear()
            group = self._known[system, names] = self._match(names, system)
        if not group:
            self.others += 1
            return
        late = not denied and when is not None and all(when >= self.keys[name].ends for name in group)
        counts = self.groups.setdefault(group, {})
        for scope in scopes or ("",):
            row = counts.get(None) or counts.get(scope)
            if row is None:
                row = counts[None if self._full else scope] = [0, 0, 0, 0, 0]
                self._different += 1
            row[denied] += 1
            row[2] += late
            row[3 + denied] = max(row[3 + denied], when or 0)
        if held and None not in counts:
            self.held.setdefault(group, set()).update(held)
        if len(counts) > MOST_SCOPES or len(self.held.get(group, ())) > MOST_SCOPES:
            self._total(group)
        if self._different > MOST_OF_ALL and not self._full:
            self._full = True
            for known in self.groups:
                self._total(known)

    def _total(self, group: "Group") -> None:
        """Keep nothing but the totals of a group."""
        rows = list(self.groups[group].values())
        self.groups[group] = {None: [*(sum(row[at] for row in rows) for at in range(3)), *(max(row[at] for row in rows) for at in (3, 4))]}
        self.held.pop(group, None)

    def _match(self, names: tuple[str, ...], system: str) -> "Group":
        """The keys that an actor's names mean: by what a person said, the key's id, its variable, its agent, the surest alone."""
        found: dict[str, int] = {}
        for name in names:
            for rank, key in self._index.get(_plain(name), ()):
                if not rank or self._may_log(system, self.keys[key].provider):
                    found[key] = min(rank, found.get(key, rank))
        best = min(found.values(), default=0)
        chosen = sorted(key for key, rank in found.items() if rank == best)
        same = [key for key in chosen if self.keys[key].provider]
        return tuple(same if system and same else chosen)

    @staticmethod
    def _may_log(system: str, provider: str) -> bool:
        """Whether a system's log is where a provider's keys are used: the log of a Vault that keeps a Stripe key says nothing of Stripe."""
        return not system or not provider or provider.lower() in SYSTEMS[system]


def declared(records: "Iterable[KeyRecord]", actors: "Mapping[str, Sequence[str]]") -> list[Key]:
    """The keys of a manifest; actors: by id, what a person says that the log calls them."""
    found = []
    for record in records:
        texts = {name: entry.text for name, entry in record.fields.items()}
        audit = record.fields.get("audit")
        logged = not (audit is not None and audit.kind == "boolean" and audit.text == "false")
        scopes = tuple(dict.fromkeys(scope.text for scope in record.scopes if scope.text))
        provider, agent, env = (texts.get(name, "") for name in ("provider", "agent", "env"))
        found.append(Key(record.id, scopes, provider, agent, env, _end(texts), logged, tuple(actors.get(record.id, ()))))
    return found


def _end(texts: "Mapping[str, str]") -> float:
    """When a key ends: a day counts until its end, and `ttl` from when it was rotated or made."""
    end = durations.date(texts.get("expires", ""))
    if end is not None:
        return end + (durations.DAY if len(texts["expires"].strip()) == 10 else 0)
    starts = [start for name in ("created", "rotated") if (start := durations.date(texts.get(name, ""))) is not None]
    length = durations.seconds(texts["ttl"]) if "ttl" in texts else None
    return max(starts) + length if starts and length is not None else _EVER


def _plain(name: str) -> str:
    """A name without what people and systems write differently: case, blanks and dashes."""
    return "".join(character if character.isalnum() else "-" for character in name.casefold())
