"""What is known about a kind of key beyond its shape."""

from agentkey_lint.catalog.compiled import KINDS
from agentkey_lint.catalog.names import tokens
from agentkey_lint.model.facts import KeyFacts, KeyMatch, Reader
from agentkey_lint.model.finding import Claim, Note

SETTING = ("dotenv", "shell", "dockerfile")
"""The formats of files that set variables themselves."""

_advice: dict[str, tuple[str, tuple[str, ...]]] = {}
"""What was looked up: a file with one key often holds more of its kind."""


def advice(kind: str) -> tuple[str, tuple[str, ...]]:
    """Where a key of this kind is revoked (may be empty), and the usual names of its variable, the recommended one first."""
    if kind not in _advice:
        _advice[kind] = next(((row[13], row[14]) for row in KINDS if row[0] == kind), ("", ()))
    return _advice[kind]


def title(facts: KeyFacts) -> str:
    """A kind as a person calls it: `Anthropic API key`."""
    return facts.kind if facts.vendor in ("Private key", "URL") else f"{facts.vendor} {facts.kind}"


def says(facts: KeyFacts) -> str:
    """What the key says of itself, as one clause."""
    parts = [f"{facts.tier} tier"]
    if facts.lifetime:
        parts.append(facts.lifetime)
    if facts.checksum:
        parts.append("checksum valid" if facts.checksum == "valid" else "checksum wrong: looks like a sample")
    parts += [f"{name} {value}" for name, value in facts.claims if name != "sample"]
    parts += [f"looks like a sample: {value}" for name, value in facts.claims if name == "sample"]
    return ", ".join(parts)


def severity(facts: KeyFacts) -> str:
    """How bad a leak of this key is, from its tier and lifetime."""
    if facts.tier == "public":
        return "info"
    worst = {"restricted": 2, "write": 3, "admin": 4}[facts.tier]
    if facts.lifetime == "expired":
        worst = 1
    elif facts.lifetime == "temporary":
        worst -= 1
    return ("info", "low", "medium", "high", "critical")[worst]


def claim(rule: str, match: KeyMatch, where: str, hint: str, variable: str = "") -> Claim:
    """What a rule says of a key that stands where it must not: as bad and as sure as the key is, with the other parts of its credential as notes."""
    facts = match.facts
    message = f"{title(facts)} {where} ({says(facts)})"
    notes = tuple(Note(part, "belongs to the same credential") for part in match.companions)
    return Claim(rule, match.secret, message, hint, severity(facts), match.confidence, match.secret, match.prefix, key=facts, notes=notes, variable=variable)


def mend(facts: KeyFacts, name: str, reader: "Reader | None") -> str:
    """One line of what to do: revoke, and put a reference in its place, in the syntax that this file's reader expands."""
    revoke, usual = advice(facts.id)
    first = f"Revoke it ({revoke})" if revoke else "Revoke it where it was issued"
    return f"{first}, then {instead(reader, usual[0] if usual else name)}."


def variable_of(facts: KeyFacts, name: str, reader: "Reader | None") -> str:
    """The variable that a key belongs in: the vendor's usual one, or one named after its field; in a file of variables, the one it stands in."""
    usual = advice(facts.id)[1]
    return usual[0] if usual and not (reader is not None and reader.format in SETTING) else variable(name)


def variable(name: str) -> str:
    """The environment variable that is named after a field: `apiKey` and `api-key` are API_KEY."""
    return name if name.isupper() else "_".join(tokens(name)).upper().replace("O_AUTH", "OAUTH")


def instead(reader: "Reader | None", wanted: str) -> str:
    """How a reader is handed a secret: the reference to write, or what it offers in its place."""
    name = variable(wanted)
    if reader is not None and reader.instead and not any(what.syntaxes for _, what in reader.expands):
        return reader.instead[:1].lower() + reader.instead[1:].rstrip(".")
    write = next((what.write for _, what in reader.expands if what.write), "") if reader is not None else ""
    if write:
        return f"write {write.replace('X', name or 'NAME', 1)} here and keep the value in the environment or a vault"
    if name:
        return f"read it from the environment ({name}) or a vault"
    return "read it from the environment or a vault"
