"""A key, app or role is granted the rights of an administrator.

Why it matters
--------------
Such a scope governs others: members, rights, settings, or the way to get more of all these. An agent's routine task needs none of that, and whoever
steers the agent gets all of it.

What to do
----------
Grant the narrower scope that the task needs. Where the task is administration, give it a key of its own that lives hours, keep it in a vault, and say
why in the manifest (`justification`).

Limits
------
What a scope grants is read from its words and from what `rules/scopes/` knows of its system. Declared keys of a manifest are reported unless their
`justification` says why; where their role is lower, `scope-exceeds-role` speaks instead, and of a wildcard `wildcard-scope` does.

Read are, besides key manifests: permissions of GitHub Apps and workflows, manifests of Slack apps, Apps Script, Chrome extensions, Stripe, Shopify,
Forge, Teams and Entra, AWS policies (JSON, and inside of CloudFormation, SAM and Terraform), Kubernetes RBAC, Vault policies, A2A cards, SPIRE entries
and KYA manifests. OpenAPI descriptions and OAuth clients are told at low confidence: they describe more than they grant. Of Entra's identifiers the
five most dangerous are known. `iam:PassRole` and `sts:AssumeRole` count where the resource is `*` and no condition narrows them. Of a workflow, a
permission to write is reported where an action of somebody else runs with it by a tag or branch, not where the permission alone is declared.
"""

from agentkey_lint.catalog import scopes
from agentkey_lint.model.facts import Document, Grant
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("admin-scope", "grant", "high", "A scope grants the rights of an administrator", ("NHI5", "ASI03"))


def admin_scope(grant: Grant, document: Document, repository: Repository) -> "Iterator[Claim]":
    tier = scopes.of(grant)
    lower = grant.role and scopes.rank(scopes.ROLES[grant.role]) < scopes.rank("admin")
    if tier.level == "admin" and not tier.wildcard and not grant.justified and not lower:
        yield Claim(
            RULE.id,
            grant.span,
            grant.because or f"this scope grants the rights of an administrator (by `{tier.because}`)",
            "Grant the narrower scope that the task needs.",
            grant.severity or RULE.severity,
            grant.confidence,
            identity=f"{grant.subject}/{grant.scope}",
            variable=grant.variable,
        )
