"""A key of a known provider stands in a file.

Why it matters
--------------
Whoever can read the repository, its history, a package built from it or a log of its CI can act with the key, with everything the key may do.

What to do
----------
Revoke the key at the vendor; deleting the line does not undo the leak. Issue a narrower, shorter-lived one, keep it in the environment or a vault,
and write a reference in the syntax that this file's reader expands.

Limits
------
Only text in the shape that the vendor documents is found. Samples (a wrong checksum, one character repeated, the word `example`) have low
confidence and are not reported by default. Publishable keys are severity info. Whether a key is still valid is never tested: nothing goes online.
"""

from agentkey_lint.catalog import kinds
from agentkey_lint.model.facts import Document, KeyMatch
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("hardcoded-key", "key", "high", "A key of a known provider stands in a file", ("NHI2", "ASI03"))


def hardcoded_key(match: KeyMatch, document: Document, repository: Repository) -> "Iterator[Claim]":
    if match.rule == RULE.id:
        reader = document.reader
        yield kinds.claim(RULE.id, match, "in the file", kinds.mend(match.facts, match.name, reader), kinds.variable_of(match.facts, match.name, reader))
