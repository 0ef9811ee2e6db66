"""A server that is handed a key runs whatever version of its package is newest.

Why it matters
--------------
`npx -y some-server` fetches the newest version at every start. Whoever takes over the package, or its author's account, gets the key of everybody who
starts it that day, without a change in any repository.

What to do
----------
State the version that you have looked at: `npx -y some-server@1.4.2`, `uvx some-server==1.4.2`.

Limits
------
Judged are `npx`, `bunx`, `pnpx`, `pnpm dlx`, `yarn dlx`, `uvx` and `pipx run` (`rules/runners.toml`) in configuration of agents, where the server is given a
secret, a reference or a variable's name in its environment, headers or arguments, or a password in an address there. A tag (`@latest`) is no version; a
range (`@^1`) is taken for one. Images of containers, and packages that are installed beforehand, are not looked at.
"""

from agentkey_lint.catalog import servers
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("unpinned-server", "settings", "medium", "A server that is handed a key runs whatever version is newest", ("NHI3", "ASI04"))


def unpinned_server(fact: Document, document: Document, repository: Repository) -> "Iterator[Claim]":
    for server in servers.servers(document):
        line = servers.words(server)
        split = [word for field in line for word in (field.entry.text.split() if field is server.start else [field.entry.text])]
        runner = servers.unpinned(split)
        if runner and server.start is not None and servers.handed_key(server, document):
            yield Claim(
                RULE.id,
                server.start.entry.value,
                f"{runner} fetches the newest version of a package at every start, and this server is handed a key",
                "State the version that you have looked at.",
                RULE.severity,
                identity="/".join(server.start.entry.route),
            )
