"""Whether a declared scope covers what a log says was used. Where the two do not speak of the same things, nothing is said: None.

Compared are: texts, without regard to case; `*` for any text; for GitHub and Shopify a wider level of the same thing (writing includes reading).

- AWS: actions (`s3:GetObject`, `s3:Get*`); the names of managed policies are not comparable.
- Google Cloud: permissions (`storage.objects.get`); roles and OAuth scopes are not comparable.
- Vault: `secret/data/app:read`, a path alone, or a capability alone. A name without `:` and `/` is a policy, and compared with the policies held.
- GitHub: the log names actions; a scope covers those of the groups in `GROUPS`, whatever its level. Other scopes are not comparable with actions.
"""

from agentkey_lint.catalog import scopes
from agentkey_lint.catalog.globs import step_matches

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

SYSTEMS = {
    "aws": frozenset(("aws", "amazon", "amazon-web-services")),
    "github": frozenset(("github", "github-actions", "github-app")),
    "vault": frozenset(("vault", "hashicorp", "hashicorp-vault")),
    "google": frozenset(("google", "gcp", "google-cloud")),
}
CAPABILITIES = frozenset(("create", "read", "update", "patch", "delete", "list"))
_LEVELS = SYSTEMS["github"] | {"shopify"}
_REPOSITORY = frozenset(("git", "repo", "pull_request", "pull_request_review", "pull_request_review_comment", "issue", "issues", "issue_comment"))
_REPOSITORY |= frozenset(("protected_branch", "commit_comment", "release", "milestone", "environment", "deployment", "checks", "workflows"))
GROUPS = {
    "repo": _REPOSITORY | {"hook"},
    "public_repo": _REPOSITORY,
    "contents": frozenset(("git", "repo", "release")),
    "pull_requests": frozenset(("pull_request", "pull_request_review", "pull_request_review_comment")),
    "issues": frozenset(("issue", "issues", "issue_comment", "milestone")),
    "actions": frozenset(("workflows", "checks")),
    "workflow": frozenset(("workflows",)),
    "org": frozenset(("org", "team", "members")),
    "members": frozenset(("org", "team", "members")),
    "repo_hook": frozenset(("hook",)),
    "org_hook": frozenset(("hook",)),
    "gist": frozenset(("gist",)),
    "packages": frozenset(("packages", "package")),
}


def covers(declared: str, used: str, system: str) -> bool | None:
    """Whether one scope covers one use; system: whose log it is, else who grants the scope, else empty."""
    scope, use = declared.strip().lower(), used.lower()
    if scope == use or step_matches(scope, use):
        return True
    if scope.startswith(("http://", "https://", "roles/", "arn:")):
        return None
    if system == "vault":
        path, _, operation = use.rpartition(":")
        if scope in CAPABILITIES:
            return scope == operation
        return None if ":" not in scope and "/" not in scope else step_matches(scope, path) or step_matches(scope, f"{operation}:{path}")
    if system == "github" and "." in use:
        known = GROUPS.get(_subject(scope))
        return use.partition(".")[0] in known if known is not None else None
    if system in _LEVELS:
        return _subject(scope) == _subject(use) and scopes.rank(scopes.tier(scope, system).level) >= scopes.rank(scopes.tier(use, system).level)
    return False


def narrowest(declared: "Iterable[str]", used: str, system: str) -> str | None:
    """The scope that a use is laid to: the one of the same text, else the one that says most. Empty if none covers it, None if that cannot be told."""
    best, unclear = "", False
    for scope in declared:
        covered = covers(scope, used, system)
        unclear = unclear or covered is None
        if covered and (
            not best or scope.lower() == used.lower() or (best.lower() != used.lower() and len(scope.replace("*", "")) > len(best.replace("*", "")))
        ):
            best = scope
    return best or (None if unclear else "")


def names_policies(declared: "Iterable[str]") -> bool:
    """Whether some scopes are names of Vault's policies, so that those held can be compared with them."""
    return any(":" not in scope and "/" not in scope and "*" not in scope and scope.lower() not in CAPABILITIES for scope in declared)


def _subject(scope: str) -> str:
    """What a scope is about, without what it lets do: `contents` of `contents:write`, `products` of `write_products`, `org` of `admin:org`."""
    head, mark, tail = scope.partition(":")
    if not mark:
        head, mark, tail = scope.partition("_")
    if not mark:
        return scope
    return tail if head in ("read", "write", "admin", "manage", "delete") else head if tail in ("read", "write", "admin", "status", "none") else scope
