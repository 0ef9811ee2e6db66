"""What one version of a file allows and another did not: a pure comparison of two `Powers`.

A grant is new where no grant of the other version covers it: the same scope, one of which it is a part (`Bash` and `Bash(ls)`, `drive` and
`drive.file`), a wildcard that fits it, or the same thing at a higher level (`contents:write` and `contents:read`), on all of its resources. So
narrowing is what the comparison says with the versions exchanged, and whatever is said of one direction is not said of the other.
"""

from agentkey_lint.catalog import scopes
from agentkey_lint.catalog.globs import step_matches
from agentkey_lint.model.facts import Change, Grant, Measure, Powers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

RESOURCE = "resource"
"""The system of what a declared key is limited to; of a key that is new as a whole that says nothing more."""
FLAT = ("aws", "kubernetes", "vault", RESOURCE)
"""Systems in which writing does not include reading, and no name is a part of another."""
TOOL = "tool"
"""The system of what an agent may do by its own settings."""
MOST_GLOBS, MOST_GONE = 200, 200
"""So many wildcards of one subject are tried on a scope, and so many grants that went away are looked through for the one that a new one replaces."""
_READING = ("none", "read", "readonly", "only", "view", "viewer")
_WRITING = ("write", "readwrite", "rw", "edit", "editor", "modify", "manage")
_LEVELS = frozenset((*_READING, *_WRITING, "admin", "administrator", "owner", "full", "control", "fullcontrol", "access"))
"""Words that say how much of a thing is granted."""
_EDGES = ":./("
_EVERYTHING = {"": "*", "write-all": "*", "read-all": "*:read", "all": "*"}
_SEVERITY = {"none": "info", "read": "low", "write": "medium", "admin": "high"}
_WILDCARD = {"none": "low", "read": "medium", "write": "high", "admin": "critical"}


def widened(before: Powers, after: Powers) -> list[Change]:
    """Every grant of `after` that nothing in `before` covers, and every measure that has grown; sorted, and the same for every order of theirs."""
    old, new = _grouped(before.grants), _grouped(after.grants)
    found = [change for key in new for change in _new_grants(key, old, new)]
    known = {(one.subject, one.name): one for one in sorted(before.measures, key=_amount)}
    for measure in {(one.subject, one.name): one for one in sorted(after.measures, key=_amount)}.values():
        earlier = known.get((measure.subject, measure.name))
        if (earlier.amount if earlier is not None else 0 if measure.optional else measure.amount) < measure.amount:
            text = earlier.text if earlier is not None else ""
            found.append(_change(f"{measure.subject}: {measure.name}".removeprefix(": "), text, measure.text, measure))
    return sorted(found)


def _amount(measure: Measure) -> "tuple[float, Measure]":
    return measure.amount, measure


def _change(subject: str, old: str, new: str, fact: "Grant | Measure", severity: str = "") -> Change:
    return Change(subject, old, new, fact.span, fact.severity or severity, fact.because, fact.confidence)


class _Scopes:
    """The scopes of one subject, each with its grants, and the ways to find those that cover another."""

    def __init__(self) -> None:
        self.grants: dict[str, list[Grant]] = {}
        self.resources: dict[str, set[str]] = {}
        self.stems: dict[tuple[str, ...], list[tuple[int, str]]] = {}
        self.globs: list[str] = []

    def add(self, grant: Grant) -> None:
        name = _name(grant)
        if name not in self.grants:
            self.grants[name], self.resources[name] = [], set()
            if "*" in _glob(grant):
                self.globs.append(name)
        self.grants[name].append(grant)
        self.resources[name].update(grant.resources or "*")
        if stem := _stem(grant):
            self.stems.setdefault(stem[1], []).append((stem[0], name))

    def covering(self, grant: Grant) -> "Iterator[str]":
        """The scopes here that cover a grant's, whatever their resources."""
        name, tier = _name(grant), scopes.of(grant)
        if name in self.grants:
            yield name
        for part in _beginnings(grant):
            if part in self.grants and (_who(grant) == TOOL or _includes(scopes.of(self.grants[part][0]), tier)):
                yield part
        for wide in self.globs[:MOST_GLOBS]:
            if step_matches(_glob(self.grants[wide][0]), name):
                yield wide
        if stem := _stem(grant):
            for words in (stem[1], (*stem[1], "all")):
                yield from (other for level, other in self.stems.get(words, ())[:MOST_GLOBS] if level >= stem[0])


def _includes(wide: scopes.Tier, narrow: scopes.Tier) -> bool:
    """Whether a scope that another begins with grants as much: `Mail.Read` is the beginning of `Mail.Read.All`, but no more than a part of it."""
    return scopes.rank(wide.level) >= scopes.rank(narrow.level) and (wide.wildcard or not narrow.wildcard)


def _grouped(grants: "Iterable[Grant]") -> "dict[tuple[str, bool], _Scopes]":
    """The grants by their subjects; those that are resources of a key apart from its scopes."""
    found: dict[tuple[str, bool], _Scopes] = {}
    for grant in sorted(grants):
        found.setdefault((grant.subject, _who(grant) == RESOURCE), _Scopes()).add(grant)
    return found


def _new_grants(key: tuple[str, bool], old: "Mapping[tuple[str, bool], _Scopes]", new: "Mapping[tuple[str, bool], _Scopes]") -> "Iterator[Change]":
    """One change for each scope of a subject that was not covered; the file's grants without a subject were the subject's too."""
    subject, limits = key
    pools = [old[name] for name in dict.fromkeys((key, ("", limits))) if name in old]
    before, after = old.get(key), new[key]
    gone = [grants[0] for name, grants in before.grants.items() if name not in after.grants][:MOST_GONE] if before is not None else []
    said = 0
    for name, grants in after.grants.items():
        known = {resource for pool in pools for scope in pool.covering(grants[0]) for resource in pool.resources[scope]}
        wide = [resource for resource in known if "*" in resource][:MOST_GLOBS]
        fresh = sorted(resource for resource in after.resources[name] if resource not in known and not any(step_matches(glob, resource) for glob in wide))
        if not fresh or (before is None and limits):
            continue
        said += 1
        tier = scopes.of(grants[0])
        old_text, new_text = "", _label(grants[0])
        if before is not None and name in before.grants:
            old_text, new_text = f"{new_text} on {_listed(sorted(before.resources[name]))}", f"{new_text} on {_listed(fresh)}"
        elif said <= MOST_GONE:
            replaced = _Scopes()
            for one in grants:
                replaced.add(one)
            old_text = next((_label(one) for one in gone if any(True for _ in replaced.covering(one)) or _alike(one, grants[0])), "")
        shown = f"{subject}: resources" if limits else subject
        yield _change(shown, old_text, new_text, grants[0], (_WILDCARD if tier.wildcard else _SEVERITY)[tier.level])


def _alike(one: Grant, other: Grant) -> bool:
    stems = _stem(one), _stem(other)
    return stems[0] is not None and stems[1] is not None and stems[0][1] == stems[1][1]


def _who(grant: Grant) -> str:
    """The system of a grant; the field's name is also that of a function that starts programs, which no module of this room may seem to use."""
    _, _, _, who, *_ = grant
    return who


def _name(grant: Grant) -> str:
    """A scope as it is compared: large letters mean what small ones do, but for tools; `Bash(npm test:*)` is a beginning, as `Bash(npm test*)` is."""
    return grant.scope.replace(":*)", "*)") if _who(grant) == TOOL else grant.scope.strip().lower()


def _glob(grant: Grant) -> str:
    name = _name(grant)
    return _EVERYTHING.get(name, name) if _who(grant) not in FLAT else name


def _label(grant: Grant) -> str:
    return grant.scope or "everything"


def _listed(names: "Sequence[str]") -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _beginnings(grant: Grant) -> "Iterator[str]":
    """The parts of a scope from its beginning that end where a part does, the scope itself left out."""
    if _who(grant) in FLAT:
        return
    name = _name(grant)[:300]
    for at in range(1, len(name)):
        if name[at] in _EDGES or (_who(grant) == TOOL and name.startswith("__", at)):
            yield name[:at]


def _stem(grant: Grant) -> "tuple[int, tuple[str, ...]] | None":
    """The level of a scope that names one (`read`, `write`, `ReadWrite`), and the rest of its words; None for any other."""
    if _who(grant) in (*FLAT, TOOL) or "*" in grant.scope:
        return None
    import re

    words = [word.lower() for word in re.findall(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+|[0-9]+", grant.scope)]
    rest = tuple(word for word in words if word not in _LEVELS)
    return (scopes.rank(scopes.of(grant).level), rest) if len(rest) < len(words) else None
