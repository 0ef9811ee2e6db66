"""An app's tokens, or a client's secret, never expire.

Why it matters
--------------
A token that never ends works until somebody notices that it leaked. What is renewed by itself every few hours is worth little to whoever finds it.

What to do
----------
Switch on what the vendor offers: `token_rotation_enabled: true` in a Slack app's manifest, an expiring refresh token, a client secret with an end.

Limits
------
Judged is what a manifest says outright: a setting that is left out is not reported, though some of these are off by default. Metadata of OAuth clients
and exports of Auth0 are told at low confidence. Keys of a key manifest are the affair of `missing-expiry` and `long-lived-key`.
"""

from agentkey_lint.model.facts import Document, Grant
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("endless-token", "grant", "medium", "An app's tokens, or a client's secret, never expire", ("NHI7", "ASI03"))


def endless_token(grant: Grant, document: Document, repository: Repository) -> "Iterator[Claim]":
    if grant.endless:
        yield Claim(
            RULE.id,
            grant.span,
            grant.because,
            "Let it expire and be renewed by itself; then revoke what was handed out before.",
            grant.severity or RULE.severity,
            grant.confidence,
            identity=f"{grant.subject}/{grant.scope}",
        )
