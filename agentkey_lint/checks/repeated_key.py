"""One secret is written in several places.

Why it matters
--------------
Every copy must be found when the secret is changed, and every agent that reads one of them acts as the same identity.

What to do
----------
Replace the copies by references to one variable; give each agent a key of its own.

Limits
------
Severity info: each place has its own finding already. Places are told to be the same by their keyed fingerprint, among the files of one run.
"""

from agentkey_lint.model.finding import Finding, Place
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

RULE = Rule("repeated-key", "findings", "info", "One secret is written in several places", ("NHI9", "NHI2"))
MOST_PLACES = 20


def repeated_key(findings: "Iterable[Finding]") -> "Iterator[Finding]":
    """For each fingerprint that several findings about secrets share: one finding at the first place, the others related."""
    groups: dict[str, list[Finding]] = {}
    for finding in findings:
        groups.setdefault(finding.fingerprint, []).append(finding)
    for first, *others in groups.values():
        if others:
            yield first._replace(
                rule=RULE.id,
                severity=RULE.severity,
                confidence="high",
                message=f"the same secret stands in {len(others) + 1} places",
                hint="Replace the copies by references to one variable.",
                related=tuple(Place(one.path, one.start, one.end, f"and here ({one.rule})") for one in others[:MOST_PLACES]),
                why=(),
            )
