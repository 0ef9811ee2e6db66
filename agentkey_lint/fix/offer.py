"""Which claims can be mended, and how: one function a rule, imported when it is asked for."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.fix import Fix
    from agentkey_lint.model.repository import Repository

    Offer = Callable[[Claim, Document, Repository], Fix | None]

FIXES = {
    "approval-bypass": "permissions.tightened",
    "broad-tool-permission": "permissions.tightened",
    "insecure-transport": "permissions.tightened",
    "secret-exposure": "permissions.tightened",
    "key-in-permission-rule": "permissions.forgotten",
    "unexpanded-reference": "references.rewritten",
    "malformed-reference": "references.rewritten",
    "misspelt-reference": "references.respelt",
    "undeclared-reference": "references.declared",
    "example-drift": "references.listed",
    "hardcoded-key": "secrets.replaced",
    "hardcoded-secret": "secrets.replaced",
    "key-in-command": "secrets.replaced",
    "key-in-url": "secrets.replaced",
    "value-for-name": "secrets.named",
    "secret-in-default": "secrets.without_default",
    "example-holds-secret": "secrets.emptied",
    "unignored-secret-file": "ignores.ignored",
    "missing-ignore": "ignores.expected",
    "globally-ignored-only": "ignores.expected",
    "unpinned-server": "servers.pinned",
    "wildcard-scope": "scopes.narrowed",
}
"""Rules whose findings can be mended, each with the module and function that says how."""


def offer(claim: "Claim", document: "Document", repository: "Repository") -> "Fix | None":
    """What would mend a claim; None if that takes a person. Whether it holds is for the caller to check: lint what comes of it."""
    if claim.rule not in FIXES:
        return None
    module, _, name = FIXES[claim.rule].partition(".")
    function: Offer = getattr(__import__(f"agentkey_lint.fix.{module}", fromlist=[name]), name)
    return function(claim, document, repository)
