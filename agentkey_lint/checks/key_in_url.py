"""A URL carries a password or key.

Why it matters
--------------
URLs are logged, shown in error messages, kept in histories and sent to proxies; a credential in one goes wherever the URL goes.

What to do
----------
Change the password, and put the address and the credential together at run time: a reference in the place of the password where the file's reader
expands one, otherwise a variable that holds the whole connection string.

Limits
------
The user part (`scheme://user:password@host`) is judged. The password is judged like any other literal: words, the user name again and
well-known defaults (`postgres:postgres@localhost`) have low confidence.
"""

from agentkey_lint.catalog import judge, kinds, urls
from agentkey_lint.model.facts import Document, KeyMatch
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("key-in-url", "key", "high", "A URL carries a password or key", ("NHI2", "NHI4"))


def key_in_url(match: KeyMatch, document: Document, repository: Repository) -> "Iterator[Claim]":
    if match.rule != RULE.id:
        return
    data = document.source.data
    password = data[match.secret.start : match.secret.end].decode("utf-8", "replace")
    address = data[match.span.start : match.secret.end + 80].decode("utf-8", "replace").split()[0]
    weak = urls.weak_password(address, password)
    if weak == "reference":
        return
    found = judge.features("password", password, '"', "config", document.source.path)
    confidence = "low" if weak else judge.confidence(found)
    if not confidence:
        return
    yield Claim(
        RULE.id,
        match.secret,
        "the password stands in the URL" + (f" ({weak})" if weak else ""),
        f"Change it, then {kinds.instead(document.reader, match.name)}.",
        "high",
        confidence,
        match.secret,
        key=match.facts,
        why=tuple(found),
        variable=kinds.variable(match.name),
    )
