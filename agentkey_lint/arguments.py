"""The command line: argparse and nothing else."""

import argparse

from agentkey_lint import __version__
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

FORMATS = ("terminal", "json", "sarif")
DETECTORS = ("detect-secrets",)


class _Parser(argparse.ArgumentParser):
    """argparse, but its complaints do not repeat what was typed: that may be a key, pasted into the wrong place."""

    def error(self, message: str) -> "NoReturn":
        said = min(message.partition("'")[0], message.partition('"')[0], key=len)
        if said.startswith(("unrecognized arguments", "ambiguous option")):
            said = said.partition(":")[0]
        _, among, choices = message.rpartition(" (choose from ")
        super().error(said.rstrip(": ") + among + (choices if among else ""))


def parser() -> argparse.ArgumentParser:
    top = _Parser(
        prog="agentkey-lint", description="A static linter for the keys that agents and automations act with. It stays offline and never shows a secret."
    )
    top.add_argument("--version", action="version", version=f"agentkey-lint {__version__}")
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")

    check = commands.add_parser("check", help="lint a work tree, the index, or standard input")
    check.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the whole repository); - is standard input")
    check.add_argument("--staged", action="store_true", help="lint what is staged for the next commit: the bytes in the index, never the work tree's")
    check.add_argument("--stdin-path", metavar="PATH", default="", help="the path that standard input is to be judged as")
    _output(check)

    hook = commands.add_parser("hook", help="what pre-commit runs: lint the index's version of the given files")
    hook.add_argument("paths", nargs="*", metavar="PATH")
    _output(hook)

    explain = commands.add_parser("explain", help="print the manual of a rule")
    explain.add_argument("rule", metavar="RULE", nargs="?", default="")
    explain.add_argument("--why", metavar="PATH:LINE", default="", help="say which features decided about the findings on a line")

    words = "show what supplies every reference today, or run a command with its secrets masked"
    usage = "agentkey-lint doctor [-h] [--env-file FILE] [--format {terminal,json}] [-- COMMAND …]"
    doctor = commands.add_parser("doctor", help=words, usage=usage, epilog="COMMAND runs with that environment; its exit status is passed on.")
    helped = "variables that the environment does not set, in the form of .env; may be given again, and the later file beats the earlier"
    doctor.add_argument("--env-file", dest="env_files", action="append", metavar="FILE", default=[], help=helped)
    doctor.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")

    commands.add_parser("list", help="list every rule")
    commands.add_parser("schema", help="print the JSON Schema of key manifests")
    return top


def _output(command: argparse.ArgumentParser) -> None:
    command.add_argument("--format", choices=FORMATS, default="terminal", help="default: terminal")
    command.add_argument("--min-severity", choices=SEVERITIES, default="low", help="report from this severity on (default: low)")
    command.add_argument("--min-confidence", choices=CONFIDENCES, default="medium", help="report from this confidence on (default: medium)")
    command.add_argument("--with", dest="detectors", action="append", choices=DETECTORS, default=[], help="run these detectors on the lines left over")
    plugin = "a Python file with plugins or filters for detect-secrets; its code is run"
    command.add_argument("--detect-secrets-plugin", dest="plugins", action="append", metavar="PATH", default=[], help=plugin)


def dispatch(argv: "Sequence[str]") -> int:
    """Parse a command line and run its command. argparse ends the process itself with status 2 on a wrong one."""
    argv, run = list(argv), None
    if argv[:1] == ["doctor"] and "--" in argv:  # what follows is the person's own, and argparse must not look at it
        at = argv.index("--")
        argv, run = argv[:at], argv[at + 1 :]
    options = parser().parse_args(argv)
    if options.command in ("check", "hook"):
        from agentkey_lint.commands import check

        settings = check.Options(options.format, options.min_severity, options.min_confidence, tuple(options.detectors), tuple(options.plugins))
        if options.command == "hook":
            return check.hook(options.paths, settings)
        return check.check(options.paths, options.staged, options.stdin_path, settings)
    if options.command == "explain":
        from agentkey_lint.commands import explain

        return explain.why(options.why) if options.why else explain.explain(options.rule)
    if options.command == "doctor":
        from agentkey_lint.commands import doctor

        return doctor.doctor(options.env_files, options.format) if run is None else doctor.run(options.env_files, run)
    if options.command == "schema":
        from agentkey_lint.commands import schema

        return schema.schema()
    from agentkey_lint.commands import listing

    return listing.listing()
