"""What audit logs come to beside the manifest."""

from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

OUTSIDE, LATE, DENIED, HELD, UNUSED, NEVER, SILENT = (
    "undeclared-use",
    "use-after-expiry",
    "denied-attempt",
    "undeclared-scope",
    "unused-scope",
    "unused-key",
    "silent-log",
)
KINDS = {
    OUTSIDE: "used, and covered by no declared scope",
    LATE: "used after the key's end",
    DENIED: "attempted and refused",
    HELD: "the key has this scope, and the manifest does not declare it",
    UNUSED: "declared and never used",
    NEVER: "never used, while the same logs speak of its provider",
    SILENT: "the logs say nothing of it: it was never used, or logging may be off",
}
"""Every kind of difference, in the order of reports, with what it means."""


class Difference(Record):
    """A place where use and declaration part. keys: the id of the key, several where the log's name may mean any of them.

    scope: what was used, or declared; empty where the key as a whole is meant. times: how often; last: when last, in seconds since 1970; 0: not known.
    """

    kind: str
    keys: tuple[str, ...]
    scope: str = ""
    times: int = 0
    last: float = 0


class KeyUse(Record):
    """How often a declared key was used: allowed, refused, allowed after its end; when last allowed, in seconds since 1970 (0: not known).

    narrower: declared scopes with what would do in their place, nothing where one can be left out.
    """

    id: str
    allowed: int = 0
    denied: int = 0
    late: int = 0
    last: float = 0
    narrower: tuple[tuple[str, tuple[str, ...]], ...] = ()


class Compared(Record):
    """One run. events: entries that were understood; others: those of actors that are no declared key; foreign: entries of no known form."""

    differences: tuple[Difference, ...]
    keys: tuple[KeyUse, ...]
    faults: tuple[Fault, ...] = ()
    events: int = 0
    others: int = 0
    foreign: int = 0
