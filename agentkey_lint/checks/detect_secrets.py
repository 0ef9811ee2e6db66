"""A plugin of detect-secrets found a secret.

Why it matters
--------------
The plugins know shapes and names of secrets that this linter's own catalogue may not: a team that has tuned them, or written some of its own, keeps
what they find.

What to do
----------
Change the secret and keep the new one in the environment or a vault. If it is none, say so where detect-secrets looks for it: a comment
`pragma: allowlist secret` on its line, or an entry in `.secrets.baseline` (`detect-secrets scan --baseline .secrets.baseline`).

Limits
------
Runs with `--with detect-secrets` only, and only on lines of which no other rule says anything. Each line is looked at as it stands: detect-secrets
itself reads INI and YAML files twice, with quotes put around their values, which lets its entropy plugins see more. Lines of more than 10,000
characters are passed over, which is said once a file. Nothing goes online: no plugin verifies what it found. Plugins and filters that a baseline
names by a path are code of the scanned repository; they run only if the command line names their file with `--detect-secrets-plugin`. The
baseline's regular expressions are matched in linear time; one that needs look-around or a back-reference is not, which is said.
"""

from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.record import Record
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("detect-secrets", "detection", "medium", "A plugin of detect-secrets found a secret", ("NHI2", "ASI03"))


class Detection(Record):
    """One secret that plugins found on one line.

    digest: SHA-1 of its text in hex, as a baseline records it. found: (what detect-secrets calls such a secret, the plugin's name), one a plugin.
    """

    span: Span
    digest: str
    found: tuple[tuple[str, str], ...]


def detect_secrets(detection: Detection, document: Document, repository: Repository) -> "Iterator[Claim]":
    kinds = " and ".join(dict.fromkeys(kind for kind, _ in detection.found))
    plugins = " and ".join(dict.fromkeys(plugin for _, plugin in detection.found))
    yield Claim(
        RULE.id,
        detection.span,
        f"{kinds}, says {plugins} of detect-secrets",
        "Change it and keep the new one in the environment or a vault; if it is no secret, write `pragma: allowlist secret` in a comment on its line.",
        RULE.severity,
        "medium",
        detection.span,
        identity=detection.digest,  # for the baseline alone: no report shows the identity of a claim that has a secret
    )
