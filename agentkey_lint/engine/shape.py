"""What is wrong with the value of a variable, by the names it goes under: told in words that hold nothing of the value."""

from agentkey_lint.catalog import names, values, variables
from agentkey_lint.catalog.compiled import KINDS
from agentkey_lint.match import keys
from agentkey_lint.match.scan import scan
from agentkey_lint.model.facts import Assignment, KeyMatch
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LONGEST = 256 * 1024
"""Longer values are not looked into."""
_NOBODYS = ("jwt", "url", "private")
"""How the ids of kinds begin that say nothing of who issued a key."""


class Trouble(Record):
    """state: empty (of a secret), placeholder, wrong-shape, wrong-checksum or expired. message: a clause that goes on from the variable's name."""

    state: str
    message: str


def sensitive(name: str, least: int = 2) -> bool:
    """Whether a variable of this name holds a secret, likely (2) or perhaps (1); PWD and others of the system's own do not."""
    return names.strength(name) >= least and variables.provided(name) != "system"


def key_in(name: str, value: str) -> "tuple[list[KeyMatch], bool]":
    """The keys that a variable's value holds, the surest first, and whether it begins like one and does not go on so."""
    data = value.encode("utf-8", "surrogateescape")
    if len(data) > LONGEST:
        return [], False
    hits = scan(data)
    whole = Span(0, len(data))
    found = keys.find(data, hits.candidates, [Assignment(name, Span(0, 0), whole, value, "", "config")])
    found.sort(key=lambda match: ("high", "medium", "low").index(match.confidence))
    return found, not found and 0 in hits.broken


def judge(value: str, called: "Sequence[str]", environment: "Mapping[str, object]") -> Trouble | None:
    """What is wrong with a value.

    called: the names it goes under, the variable's first and then the field's that it is put into. environment: the variables that are set, for a
    variable that sends a vendor's client elsewhere (OPENAI_BASE_URL) makes another vendor's key right.
    """
    secret = any(sensitive(name) for name in called)
    if not value.strip():
        return Trouble("empty", "is set, but empty") if secret else None
    if secret and (value != value.strip() or (value[0] in "\"'" and value[-1] == value[0])):
        return Trouble("wrong-shape", "has blanks, a line end or quotes around its value, and they are sent with it")
    found, cut = key_in(called[0], value)
    match = next((one for one in found if 2 * (one.secret.end - one.secret.start) >= len(value)), None)
    if match is not None:
        return _of_key(match, called, environment)
    if not secret:
        return None
    if values.placeholder(value) or values.templated(value):
        return Trouble("placeholder", "is set, but to a placeholder")
    return Trouble("wrong-shape", "begins like a key that is known, and is cut short or mistyped after that") if cut else None


def _of_key(match: KeyMatch, called: "Sequence[str]", environment: "Mapping[str, object]") -> Trouble | None:
    facts = match.facts
    if facts.checksum == "invalid":
        return Trouble("wrong-checksum", f"looks like a {facts.vendor} key with a wrong checksum: mistyped, cut short or made up")
    if any(name == "sample" for name, _ in facts.claims):
        return Trouble("placeholder", "is set, but to a sample of a key")
    if facts.lifetime == "expired":
        day = next((f" on {text}" for name, text in facts.claims if name == "exp"), "")
        return Trouble("expired", f"holds a token that expired{day}")
    if match.confidence != "high" or match.rule != "hardcoded-key" or facts.id.startswith(_NOBODYS):
        return None
    for name in called:
        variable, vendors = issuers(name)
        if vendors and facts.vendor not in vendors and not _elsewhere(variable, environment):
            where = "" if name == called[0] else f", and the field {name} wants one of {' or '.join(sorted(vendors))}"
            return Trouble("wrong-shape", f"is set, but looks like a key of {facts.vendor}{where}")
    return None


def issuers(name: str) -> "tuple[str, set[str]]":
    """The usual variable that a name is, or ends with, and whose keys it holds: `MY_OPENAI_API_KEY` is OpenAI's. Empty for names that are nobody's."""
    best = ""
    vendors: set[str] = set()
    for row in KINDS:
        for variable in row[14]:
            if len(variable) >= len(best) and (name == variable or name.endswith("_" + variable)):
                vendors = vendors | {row[1]} if variable == best else {row[1]}
                best = variable
    return best, vendors


def _elsewhere(variable: str, environment: "Mapping[str, object]") -> bool:
    """Whether a variable beside this one sends the vendor's client to somebody else's address."""
    vendor = variable.partition("_API_")[0]
    return any(f"{vendor}_{ending}" in environment for ending in ("BASE_URL", "API_BASE", "API_BASE_URL", "ENDPOINT", "HOST"))
