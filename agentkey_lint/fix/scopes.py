"""Scopes: what reads alone in place of a wildcard, where the system's own names for that are known."""

from agentkey_lint.fix.apply import line_end
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Edit, Fix
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.source import Span

_VERBS = ("get", "list", "watch")
_AWS = ("Get*", "List*", "Describe*")
_MINIMAL = ("permissions:", "  contents: read", "")


def narrowed(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """Reading in place of everything: verbs of Kubernetes, actions of AWS, permissions of a GitHub workflow. Never safe: somebody may need the rest."""
    data, (start, end) = document.source.data, claim.span
    text = data[start:end].decode("utf-8", "replace")
    reader = document.reader.id if document.reader else ""
    if reader == "github-workflow":
        if text == "write-all":
            return Fix("write read-all", (Edit(claim.span, "read-all"),))
        return _minimal(data) if claim.identity == "/" else None
    if claim.identity.endswith(":*") and text == "*" and b"rbac.authorization.k8s.io" in data:
        return _listed(data, claim.span, _VERBS)
    service, _, action = text.partition(":")
    if action == "*" and service.isalnum() and b"Statement" in data and b"Effect" in data:
        return _listed(data, claim.span, tuple(f"{service}:{verb}" for verb in _AWS))
    return None


def _minimal(data: bytes) -> Fix | None:
    """Permissions for a whole workflow, in front of its jobs; what a job declares for itself still counts."""
    at = 0 if data.startswith(b"jobs:") else data.find(b"\njobs:") + 1
    if not at and not data.startswith(b"jobs:"):
        return None
    text = "".join(line + line_end(data) for line in _MINIMAL)
    return Fix("declare permissions: contents: read", (Edit(Span(at, at), text),), then="Add the permissions that a job needs besides reading the code.")


def _listed(data: bytes, span: Span, texts: "tuple[str, ...]") -> Fix | None:
    """Several items in place of one, written as that one is: beside each other, on lines of their own, or as a list where one text stood alone."""
    quote = data[span.start - 1 : span.start].decode("latin-1")
    quote = quote if quote and quote in "\"'" else ""
    start, end = span.start - len(quote), span.end + len(quote)
    line = data[data.rfind(b"\n", 0, start) + 1 : start]
    items = [f"{quote}{text}{quote}" for text in texts]
    title = f"write {', '.join(texts)}"
    before = data[:start].rstrip()[-1:]
    if before in (b"[", b","):
        between = line.decode("utf-8", "replace") if not line.strip() else None
        joint = ", " if between is None else "," + line_end(data) + between
        return Fix(title, (Edit(Span(start, end), joint.join(items)),))
    if line.strip() == b"-":
        return Fix(title, (Edit(Span(start, end), (line_end(data) + line.decode("utf-8", "replace")).join(items)),))
    return Fix(title, (Edit(Span(start, end), f"[{', '.join(items)}]"),)) if before == b":" else None
