"""A key travels over a connection that anybody in between can read.

Why it matters
--------------
Without encryption, or without a look at the certificate, whoever runs the network, a proxy or a wireless access point reads the key and uses it.

What to do
----------
Write `https://`, switch the check of certificates back on, and name your own authority's certificate where there is one.

Limits
------
Judged are the TLS settings of the AppDynamics Smart Agent, variables that switch off the check of certificates wherever a file sets them, and `http://`
addresses of servers that are handed a key. Hosts of this machine, of private networks, without a dot (services of a compose file) and those that are
put in by a reference are left alone.
"""

from agentkey_lint.catalog import permissions, servers
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("insecure-transport", "settings", "high", "A key travels over a connection that can be read", ("NHI4", "ASI07"))


def insecure_transport(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    yield from permissions.claims(RULE.id, document)
    for server in servers.servers(document):
        address = server.address
        if address is not None and servers.remote_plain(address.entry.text) and servers.handed_key(server, document):
            yield Claim(
                RULE.id,
                address.entry.value,
                "this server is handed a key over an address that is not encrypted",
                "Write https://.",
                RULE.severity,
                identity="/".join(address.entry.route),
            )
