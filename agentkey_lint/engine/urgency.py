"""What to take care of first, and what to do about each key that leaked."""

from agentkey_lint.catalog import ignores
from agentkey_lint.engine.versions import SECRETS
from agentkey_lint.model.audit import Leak

_STATES = ("tip", "branch", "history", "unreachable")
_TIERS = ("admin", "write", "restricted", "public")
_OF_SEVERITY = {"critical": 0, "high": 1, "medium": 2, "low": 3, "info": 3}
_LIFETIMES = {"expired": 2, "temporary": 1}
_CHECKSUMS = {"valid": 0, "": 1, "invalid": 2}
_FOREVER = 1 << 62


def order(row: Leak) -> tuple[object, ...]:
    """Rows in this order are the most urgent first: reported ones, keys before what is no key, still on the tip, tier, lifetime, checksum, how far spread,
    then the oldest."""
    key = row.finding.key
    tier = _TIERS.index(key.tier) if key is not None and key.tier in _TIERS else _OF_SEVERITY[row.finding.severity]
    return (
        row.verdict != "reported",
        row.finding.rule not in SECRETS,
        _STATES.index(row.state),
        tier,
        _LIFETIMES.get(key.lifetime, 0) if key is not None else 0,
        _CHECKSUMS.get(key.checksum, 1) if key is not None else 1,
        -(row.files + row.commits),
        row.first.date if row.first is not None else _FOREVER,
        row.finding.path,
        row.finding.start,
        row.finding.rule,
        row.finding.fingerprint,
    )


def actions(row: Leak) -> tuple[str, ...]:
    """What to do about one row, the most urgent first."""
    finding = row.finding
    if finding.rule not in SECRETS:
        return (finding.hint,) if finding.hint else ()
    key = finding.key
    if key is not None and key.tier == "public":
        return ("It is made to be public: check that it may do no more than it should.",)
    over = key is not None and key.lifetime == "expired"
    found = []
    if over:
        found.append("It has expired: nothing is left to revoke.")
    elif row.state == "tip":
        found.append(finding.hint)  # says where to revoke it, and which reference to write in its place
    else:
        found.append(f"Revoke it ({row.link})." if row.link else "Revoke or change it where it was issued.")
    here = [sighting.path for sighting in row.sightings if sighting.tip]
    more = len(here) - 1
    if more > 0:
        found.append(f"Replace it in {here[1]}" + (f" and {more - 1} more files" if more > 2 else f" and {here[2]}" if more == 2 else "") + " as well.")
    lines = dict.fromkeys(line for path in here for family in ignores.families(path) for line in family.lines if not line.startswith("!"))
    if lines:
        found.append(f"Stop tracking the file (git rm --cached) and ignore it: {', '.join(list(lines)[:3])}")
    if over or row.state == "unreachable":
        return tuple(found)
    if row.link:
        found.append("Once it is revoked, the history need not be rewritten.")
    elif row.state != "tip" or row.commits > 1:
        found.append("If it cannot be revoked or changed, rewrite the history (git filter-repo), knowing that clones and forks keep it.")
    return tuple(found)
