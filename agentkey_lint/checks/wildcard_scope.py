"""A key is granted a wildcard instead of the scopes it needs.

Why it matters
--------------
A wildcard grants what the agent needs and everything beside it, what the provider adds next year included. Whoever steers the agent, by a planted
instruction or a leaked key, gets all of it.

What to do
----------
Write down the scopes that the task needs, one by one: `tickets:read` instead of `tickets:*`.

Limits
------
A wildcard is a whole part of a scope: `*`, `tickets:*`, `*:read`, or `All` as Microsoft Graph writes it. A star within a word (`s3:Get*`) is a group of
actions of one kind and is not reported. The severity follows what it grants: reading is medium, writing high, everything critical. Of `resources` in a
key manifest only one that is all there are (`*`) is reported: `acme/*` is a group.

Besides key manifests the files of other systems are read; the manual of `admin-scope` lists them. What grants everything by being left out counts as a
wildcard too: an agent card without a security scheme, a KYA manifest without limits, a GitHub workflow without `permissions` (low: the default of the
repository may well be to read only). A statement that allows all but what it names (`NotAction`) is one; one that denies is not.

On workflows this agrees with zizmor's `excessive-permissions` but for three things. `write-all` is reported here also where the workflow has one job,
which zizmor keeps for its pedantic persona. `read-all`, and single permissions to write that stand above several jobs, are not reported here. And a job
without permissions is told once a job, not once more for the workflow.
"""

from agentkey_lint.catalog import scopes
from agentkey_lint.model.facts import Document, Grant
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("wildcard-scope", "grant", "high", "A scope is a wildcard", ("NHI5", "NHI6", "ASI03"))
SEVERITY = {"read": "medium", "write": "high", "admin": "critical"}
REACH = {"read": "reading of everything it matches", "write": "every action on what it matches", "admin": "everything there is, rights and settings included"}


def wildcard_scope(grant: Grant, document: Document, repository: Repository) -> "Iterator[Claim]":
    tier = scopes.of(grant)
    if tier.wildcard and tier.level in SEVERITY:
        yield Claim(
            RULE.id,
            grant.span,
            grant.because or f"this scope is a wildcard: it grants {REACH[tier.level]}",
            "List the scopes that the task needs, one by one.",
            grant.severity or SEVERITY[tier.level],
            grant.confidence,
            identity=f"{grant.subject}/{grant.scope}",
            variable=grant.variable,
        )
