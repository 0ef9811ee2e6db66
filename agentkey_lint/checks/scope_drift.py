"""A change grants more than was granted before.

Why it matters
--------------
Rights grow one small change at a time, and a review sees the line and not what it allows: `tickets:*` where `tickets:read` stood, a day that became a
year, an agent that no longer asks. Nobody decided on the sum.

What to do
----------
Take the narrower grant. Where the task really needs more, say so in the review, and write the reason into the manifest (`justification`).

Limits
------
Speaks only where two versions are compared: `check --base REV` compares the files with those of the commit at which HEAD left REV. Compared are key
manifests (scopes, `resources`, role, `ttl` or `expires`, `rotation`, `third_party`), every other file whose scopes are read (the manual of `admin-scope`
lists them), and settings of agents: each item of a list of what is allowed, and each setting by which an agent asks less. An `expires` that moves is a
longer life only if the key was not renewed with it (`rotated`, `created`).

A grant is new if nothing covered it before: the same scope, one of which it is a part, a wildcard that fits it, or the same thing at a higher level. So
`write` in place of `read` is told and `read` in place of `write` is not; where both are to be told apart (AWS, Kubernetes, Vault) each action counts for
itself. The severity follows what is granted now: read low, write medium, administration high, a wildcard one more. A file that was moved is compared
with itself; one that was moved and largely rewritten is new. Narrowing is no finding: the summary counts it. A rule that denied and was taken away is
not seen, nor is a change of what a setting means in another version of its program.
"""

from agentkey_lint.model.facts import Change, Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("scope-drift", "change", "medium", "A change grants more than was granted before", ("NHI5", "NHI7", "ASI02", "ASI03"))


def scope_drift(change: Change, document: Document, repository: Repository) -> "Iterator[Claim]":
    subject = f"{change.subject}: " if change.subject else ""
    said = f"{subject}{change.old} → {change.new}" if change.old else f"{subject}{change.new} is new{', as is the whole file' if change.fresh else ''}"
    yield Claim(
        RULE.id,
        change.span,
        f"this change grants more: {said}{f'; {change.because}' if change.because else ''}",
        "Take the narrower grant, or say in the review why the task needs this one.",
        change.severity,
        change.confidence,
        identity=f"{change.subject}/{change.new}",
    )
