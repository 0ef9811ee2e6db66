"""Variables that nobody needs to declare: every system sets them, a CI provides them, or a reader fills them in itself."""

from agentkey_lint.catalog.compiled import KINDS, VARIABLES
from agentkey_lint.catalog.kinds import variable
from agentkey_lint.catalog.names import tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MOST_CANDIDATES = 5_000
"""A name is compared with so many others at the most."""
_PLAIN = frozenset(("api", "key", "token", "access", "secret", "client", "auth", "authorization", "password", "bearer", "x"))
"""Words of names that do not tell whose key it is."""
_BEHIND = ("", "ai", "search", "labs", "cloud")
"""What people leave out behind a vendor's name."""
LONG = 6
"""Shorter words are often one letter apart and yet different ones: HOST and POST, CODE and MODE."""

_provided: list[tuple[str, frozenset[str], tuple[str, ...]]] = []
"""Who provides variables, their names, and what the names of others begin with; put together when it is first asked for."""


def provided(name: str) -> str:
    """Who provides a variable: system, ci, tools; empty if nobody does. A listed name that ends with `*` is a beginning."""
    if not _provided:
        for group, names in VARIABLES.items():
            _provided.append((str(group), frozenset(names), tuple(known[:-1] for known in names if known.endswith("*"))))
    for group, whole, beginnings in _provided:
        if name in whole or name.startswith(beginnings):
            return group
    return ""


def of_vendor(name: str) -> bool:
    """Whether a vendor's own programs look for a variable of this name, so that no text of a repository needs to mention it."""
    return any(name in kind[14] for kind in KINDS)


def proposed(name: str, route: "Sequence[str]") -> str:
    """A variable for the value of a field: the usual one of the vendor that the field's route names (`provider.anthropic.options.apiKey`), where
    the field's own name tells no vendor; otherwise one that is named after the field.
    """
    own = variable(name)
    if name.isupper() or not _PLAIN.issuperset(tokens(name)):
        return own
    for step in reversed(route[:-1]):
        usual = _usual(step)
        if usual:
            if own in ("AUTHORIZATION", "AUTH"):
                return usual[0]
            fitting = [one for one in usual if one.endswith("_" + "_".join(tokens(name)).upper())]
            return fitting[0] if fitting else usual[0] if tokens(name)[-1] in ("key", "token") else f"{variable(step)}_{own}"
    return own


def _usual(step: str) -> tuple[str, ...]:
    """The usual variables of the vendor that a step of a route is called after."""
    plain = "".join(character for character in step.lower() if character.isalnum())
    for kind in KINDS:
        vendor = "".join(character for character in kind[1].lower() if character.isalnum())
        if plain and kind[14] and vendor.startswith(plain) and vendor[len(plain) :] in _BEHIND:
            return tuple(kind[14])
    return tuple(name for kind in KINDS for name in kind[14][:1] if name == f"{variable(step)}_API_KEY")


def near(name: str, declared: "Iterable[str]") -> str:
    """The declared name that this one misspells: the same but for underscores and case, or with one slip in one of its words. Empty if none does."""
    if of_vendor(name):
        return ""
    plain = name.replace("_", "").lower()
    words = name.split("_")
    found = []
    for number, known in enumerate(declared):
        if number >= MOST_CANDIDATES:
            break
        if known == name or abs(len(known) - len(name)) > 2:
            continue
        if len(plain) >= LONG and known.replace("_", "").lower() == plain:
            found.append((0, known))
            continue
        others = known.split("_")
        if len(others) == len(words):
            pairs = [(one, other) for one, other in zip(words, others, strict=True) if one != other]
            if len(pairs) == 1 and _slip(*pairs[0]):
                found.append((1, known))
    return min(found)[1] if found else ""


def _slip(one: str, other: str) -> bool:
    """Whether two words differ by a slip of the pen: two letters exchanged, one left out or doubled, or in a long word one taken for another."""
    at = next((at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    if len(one) == len(other):
        if one[at + 1 : at + 2] == other[at] and other[at + 1 : at + 2] == one[at] and one[at + 2 :] == other[at + 2 :]:
            return len(one) >= 3 and one.isalpha()
        return len(one) >= LONG and one[at + 1 :] == other[at + 1 :] and one[at].isalpha() and other[at].isalpha()
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) != 1 or len(short) < LONG - 2 or long[at + 1 :] != short[at:] or not long[at].isalpha():
        return False
    return long != short + "S" or short.endswith("S")  # one of several is no slip
