"""The command line: argparse and nothing else. Each command brings its own arguments, and only the one that was asked for is imported."""

import argparse
import os
import sys

from agentkey_lint import __version__

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType
    from typing import Any, NoReturn

COMMANDS = {
    "check": ("check", "lint a work tree, the index, or standard input"),
    "hook": ("hook", "what pre-commit runs: lint the index's version of the given files"),
    "audit": ("audit", "find whatever leaked in a repository's whole history, and what to do first"),
    "init": ("init", "take the linter up here: hook, settings, manifest, ignore lines, names of variables, CI job"),
    "explain": ("explain", "print the manual of a rule"),
    "doctor": ("doctor", "show what supplies every reference today, or run a command with its secrets masked"),
    "list": ("listing", "list every rule"),
    "baseline": ("baseline", "record the findings that are there, so that only new ones are reported"),
    "config": ("config", "show which settings apply to a path, and where they stand"),
    "manifest": ("manifest", "write a key manifest, add a key to it, or enter that a key was replaced"),
    "usage": ("usage", "hold audit logs against the manifest: uses that nobody declared, scopes that nobody uses"),
    "completion": ("completion", "print a script that completes this command line in bash, zsh or fish"),
    "serve": ("serve", "answer an editor: a language server on standard input and output"),
    "schema": ("schema", "print the JSON Schema of key manifests or of settings"),
}
"""Every command with its module in `commands/` and its one line of help. A module has `arguments(parser)` and `run(options)`, an exit status."""


class _Formatter(argparse.HelpFormatter):
    """As argparse's own, which asks `shutil` for the terminal's width, and with that come the libraries of archives; one is made for each argument."""

    def __init__(self, prog: str, indent_increment: int = 2, max_help_position: int = 24, width: int | None = None) -> None:
        super().__init__(prog, indent_increment, max_help_position, _columns() - 2 if width is None else width)


def _columns() -> int:
    """How wide the terminal is: as `shutil.get_terminal_size` tells it."""
    try:
        columns = int(os.environ["COLUMNS"])
    except (KeyError, ValueError):
        columns = 0
    if columns > 0:
        return columns
    try:
        return os.get_terminal_size(sys.__stdout__.fileno()).columns or 80  # type: ignore[union-attr]  # None without a standard output
    except (AttributeError, ValueError, OSError):
        return 80


class _Parser(argparse.ArgumentParser):
    """argparse, but its complaints do not repeat what was typed: that may be a key, pasted into the wrong place."""

    def __init__(self, **given: "Any") -> None:
        super().__init__(**{"formatter_class": _Formatter, **given})

    def error(self, message: str) -> "NoReturn":
        said = min(message.partition("'")[0], message.partition('"')[0], key=len)
        if said.startswith(("unrecognized arguments", "ambiguous option")):
            said = said.partition(":")[0]
        _, among, choices = message.rpartition(" (choose from ")
        super().error(said.rstrip(": ") + among + (choices if among else ""))


def _module(command: str) -> "ModuleType":
    name = COMMANDS[command][0]
    module: ModuleType = __import__(f"agentkey_lint.commands.{name}", fromlist=[name])
    return module


def parser(wanted: "Sequence[str]" = tuple(COMMANDS)) -> argparse.ArgumentParser:
    """The whole command line, with the arguments of the wanted commands."""
    top = _Parser(
        prog="agentkey-lint", description="A static linter for the keys that agents and automations act with. It stays offline and never shows a secret."
    )
    top.add_argument("--version", action="version", version=f"agentkey-lint {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, (_, words) in COMMANDS.items():
        command = commands.add_parser(name, help=words)
        if name in wanted:
            _module(name).arguments(command)
    return top


def dispatch(argv: "Sequence[str]") -> int:
    """Parse a command line and run its command. argparse ends the process itself with status 2 on a wrong one."""
    argv, behind = list(argv), None
    if argv[:1] == ["doctor"] and "--" in argv:  # what follows is the person's own, and argparse must not look at it
        at = argv.index("--")
        argv, behind = argv[:at], argv[at + 1 :]
    options = parser([word for word in argv if word in COMMANDS]).parse_args(argv)
    options.behind, options.parser = behind, parser
    status: int = _module(options.command).run(options)
    return status
