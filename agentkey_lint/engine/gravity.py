"""How grave a finding is in the light of others: a leaked key by what its manifest lets it do, and a grant by whether its key has leaked.

Severities are only ever raised, and the message says why. One that a person's settings give a rule stays.
"""

from agentkey_lint.catalog import kinds, scopes
from agentkey_lint.model.facts import Document, KeyFacts
from agentkey_lint.model.finding import SEVERITIES, Claim
from agentkey_lint.model.repository import Declared, Repository

GRANTS = ("wildcard-scope", "admin-scope", "scope-exceeds-role", "admin-key-for-routine-task", "admin-key-third-party")
"""The rules that say of a declared key that it may do too much."""
TIERS = {"restricted": "read", "write": "write", "admin": "admin"}
"""The tier of scopes that each tier of a kind of key comes to."""
KINDS = {tier: kind for kind, tier in TIERS.items()}
UNKNOWN = KeyFacts("", "", "", "restricted", "")
"""What is known of a secret without a shape."""


def weighed(claim: Claim, document: Document, repository: Repository) -> Claim:
    """A claim that names a variable, with the severity that it has where that variable is declared or its value leaked."""
    graver = _weighed(claim, document, repository)
    return graver._replace(severity=claim.severity) if claim.rule in repository.settings(document.source.path).severities else graver


def _weighed(claim: Claim, document: Document, repository: Repository) -> Claim:
    if document.records:
        leaked = claim.rule in GRANTS and any(use.value for use in repository.uses.get(claim.variable, ()))
        return _raised(claim, _next(claim.severity), f"a key for {claim.variable} is written down in this repository") if leaked else claim
    keys = repository.records.get(claim.variable, ())
    if claim.secret is None or claim.confidence == "low" or not keys or (claim.key is not None and claim.key.tier not in TIERS):
        return claim
    return _leaked(claim, max(keys, key=lambda key: scopes.rank(key.tier)))


def _leaked(claim: Claim, key: Declared) -> Claim:
    """A leaked secret whose variable a manifest declares."""
    facts = claim.key or UNKNOWN
    own = TIERS[facts.tier]
    if scopes.rank(key.tier) > scopes.rank(own):
        severity = kinds.severity(facts._replace(tier=KINDS[key.tier]))
        return _raised(claim, severity, f"by {key.path} its key has the tier {key.tier}")
    if key.role in scopes.ROLES and scopes.rank(own) > scopes.rank(scopes.ROLES[key.role]):
        return _raised(claim, _next(claim.severity), f"{key.path} declares it {key.role}, but a key of this kind has the tier {own}")
    return claim


def _raised(claim: Claim, severity: str, because: str) -> Claim:
    return claim._replace(severity=max(claim.severity, severity, key=SEVERITIES.index), message=f"{claim.message}; {because}")


def _next(severity: str) -> str:
    """One step graver."""
    return SEVERITIES[min(SEVERITIES.index(severity) + 1, len(SEVERITIES) - 1)]
