"""`serve`: a language server on standard input and output, for editors. It needs the extra `lsp`, and opens no connection."""

import sys

from agentkey_lint.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(command: "ArgumentParser") -> None:
    docs = "where the pages of rules are read, such as a site with <rule>.md below it: findings then link to them"
    command.add_argument("--docs", metavar="URL", default="", help=docs)
    command.add_argument("--stdio", action="store_true", help="what it does anyway; many editors add this")


def run(options: "Namespace") -> int:
    if options.docs and not options.docs.startswith(("https://", "http://", "file:///")):
        raise UsageError("--docs takes an address that begins with https://")
    try:
        from agentkey_lint.commands.editor.server import serve
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in ("pygls", "lsprotocol"):
            raise
        raise UsageError("serve needs a library more: pip install 'agentkey-lint[lsp]'") from None
    if sys.stdin.isatty():
        raise UsageError("serve speaks with an editor over standard input and output; docs/editors.md says how to set one up")
    return serve(options.docs)
