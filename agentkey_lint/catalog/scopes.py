"""What a scope grants, read from its words: none < read < write < admin, and whether it is a wildcard.

A scope is taken apart into parts (`repo:delete`, `Mail.ReadWrite`, `projects/admin`) and each part into words (`_`, `-`, camelCase). Never are letters
looked for inside of words: `readme:write` has no word `read`. Then the first of these decides:

1. the whole scope stands in `rules/scopes/`, for the system that grants it or for all;
2. it begins with the namespace `admin.`, as in Slack's `admin.conversations:read`: even reading there is an administrator's affair;
3. the last word of a part, from the right (`user_admin_read` reads), then the first word of a part, from the left (`delete_history` deletes);
4. a word that may be a noun (`history`, `owner`), at the end of a part;
5. a `*` or `all` with none of these is any action there is: at least write;
6. Google's scopes without a suffix are full access to that service: write.

Whatever none of these know is `none`: nothing is said of it.
"""

from agentkey_lint.catalog.compiled import SCOPE_GLOBS, SCOPES
from agentkey_lint.catalog.globs import step_matches
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.facts import Grant, KeyRecord

TIERS = ("none", "read", "write", "admin")
ROLES = {"read-only": "read", "write": "write", "admin": "admin"}
"""The tier that each role of a manifest stands for."""

_WORDS = {word: level for level in TIERS[1:] for word in SCOPES[level]}
_FILLERS = frozenset(("access", "only", "permission", "permissions", "scope", "all"))
_WORD = r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z]+|[A-Z]+"


class Tier(Record):
    """What a scope grants.

    level: one of TIERS. wildcard: a whole part of it is `*` or `all`. because: the word that decided; from our own tables, so it can be shown.
    """

    level: str
    wildcard: bool = False
    because: str = ""


MOST_KNOWN = 1_000
"""So many scopes are kept with what they grant."""
_known: dict[tuple[str, str], Tier] = {}


def rank(level: str) -> int:
    """The place of a tier among TIERS, from 0. Raises ValueError for any other text."""
    return TIERS.index(level)


def tier(scope: str, system: str = "") -> Tier:
    """What one scope grants; system: who grants it (`github`), where that is known."""
    if (scope, system) not in _known:  # several rules ask about each scope of a manifest
        if len(_known) > MOST_KNOWN:
            _known.clear()
        _known[scope, system] = _tier(scope, system)
    return _known[scope, system]


def _tier(scope: str, system: str) -> Tier:
    from agentkey_lint.model.expressions import regex

    google, path = _path(scope.strip())
    parts = [part for part in regex(r"[^\w*-]+").split(path) if part]
    named = [part for part in parts if part.strip("*") and part.lower() != "all"]
    words = [[word.lower() for word in regex(_WORD).findall(part)] for part in named]
    wildcard = len(named) < len(parts)
    plain = scope.strip().rstrip("/").lower()
    for whole in (f"{system.lower()}/{plain}", plain):
        if whole in _WORDS:
            return Tier(_WORDS[whole], wildcard, plain)
    for glob, level in SCOPE_GLOBS.get(system.lower(), ()):
        if step_matches(glob, plain):
            return Tier(level, wildcard, glob)
    if path.lower().startswith("admin."):
        return Tier("admin", wildcard, "admin")

    everything = wildcard or any(part[-1:] == ["all"] or part[-2:] == ["all", "access"] for part in words)
    words = [kept for part in words if (kept := _without_fillers(part))]
    if everything and not words:
        return Tier("admin", wildcard, "*" if wildcard else "all")
    for word in _decisive(words):
        if level := _WORDS.get(word):
            if everything and level == "write" and sum(map(len, words)) == 1:  # write-all, manage:*: nothing bounds what is changed
                return Tier("admin", wildcard, f"{word}:*" if wildcard else f"{word}-all")
            return Tier(level, wildcard, word)
    star_is_verb = wildcard and parts[-1] not in named  # in `audit:*`, unlike in `*:history`
    for part in reversed(words if not star_is_verb else []):
        for word in ("".join(part[-2:]), part[-1]):
            if level := _WORDS.get(f"_{word}"):
                return Tier(level, wildcard, word)
    if everything:
        return Tier("write", wildcard, "*" if wildcard else "all")
    for word in (word for part in words for word in part):
        if "read" in (_WORDS.get(word), _WORDS.get("_" + word)):
            return Tier("read", wildcard, word)
    return Tier("write", wildcard, "no suffix") if google and words else Tier("none", wildcard)


def of(grant: "Grant") -> Tier:
    """What a grant comes to, by what its file says of it or else by its scope's words."""
    _, scope, _, who, *_ = grant
    return Tier(grant.level, grant.wildcard, grant.because) if grant.level else tier(scope, who)


def granted(record: "KeyRecord") -> str:
    """The tier of a declared key: its role's; without a valid role that of its widest scope, and read at least."""
    role = record.fields.get("role")
    if role is not None and role.text in ROLES:
        return ROLES[role.text]
    return max(("read", *(tier(scope.text, provider(record)).level for scope in record.scopes)), key=rank)


def reach(record: "KeyRecord") -> str:
    """The most that a declared key can do: the tier of its role, or of a scope that goes beyond it."""
    return max((granted(record), *(tier(scope.text, provider(record)).level for scope in record.scopes)), key=rank)


def provider(record: "KeyRecord") -> str:
    """The system that grants a declared key's scopes; empty if it does not say."""
    field = record.fields.get("provider")
    return field.text if field is not None and len(field.text) <= 64 else ""


def _path(scope: str) -> tuple[bool, str]:
    """Whether Google grants the scope, and the part of it that tells what it grants: a host's name says nothing of that."""
    _, url, rest = scope.partition("://")
    if not url:
        return False, scope
    host, _, path = rest.partition("/")
    return host.lower().endswith((".googleapis.com", ".google.com")), path.removeprefix("auth/")


def _without_fillers(words: list[str]) -> list[str]:
    """The words of a part without those at its end that only fill: `read_only_access` says `read`."""
    end = len(words)
    while end and words[end - 1] in _FILLERS:
        end -= 1
    return words[:end]


def _decisive(words: list[list[str]]) -> "Iterator[str]":
    """The words that stand where verbs do, the most telling first; two neighbours count as one word first."""
    for part in reversed(words):
        yield "".join(part[-2:])
        yield part[-1]
    for part in words:
        yield "".join(part[:2])
        yield part[0]
