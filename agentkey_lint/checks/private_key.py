"""A private key stands in a file.

Why it matters
--------------
Who holds a private key is, to every system that trusts its public half, the agent or machine that it was made for. There is no scope and seldom
an expiry.

What to do
----------
Make a new pair, remove the old public half from every place that trusts it, and keep the new private half out of the repository: in a vault, an agent
(ssh-agent, a hardware key) or a file that git ignores.

Limits
------
PEM, OpenSSH, PGP, PuTTY and age keys are found. Encrypted ones have severity medium. Keys made for tests look like any other and are reported, at
severity medium, when their path says `test`.
"""

from agentkey_lint.catalog import kinds, paths
from agentkey_lint.model.facts import Document, KeyMatch
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("private-key", "key", "high", "A private key stands in a file", ("NHI2", "ASI03"))


def private_key(match: KeyMatch, document: Document, repository: Repository) -> "Iterator[Claim]":
    if match.rule != RULE.id:
        return
    yield Claim(
        RULE.id,
        Span(match.span.start, min(match.span.end, match.secret.start) if match.secret.start > match.span.start else match.span.end),
        f"{kinds.title(match.facts)} in the file",
        "Make a new pair, stop trusting the old public half, and keep the new key in a vault or in a file that git ignores.",
        "medium" if match.facts.tier == "restricted" or paths.is_test(document.source.path) else "high",
        match.confidence,
        match.secret,
        0,
        key=match.facts,
    )
