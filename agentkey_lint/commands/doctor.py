"""`doctor`: the dry run of a repository's references with the real environment, and the person's own health check with its output masked.

The command that stands behind `--` is the only one that this tool starts beside git, and the person typed it.
"""

import os
import sys

from agentkey_lint.model.errors import AgentkeyError, UsageError
from agentkey_lint.model.source import Fault
from agentkey_lint.report.text import plural, say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence
    from typing import BinaryIO

    from agentkey_lint.engine.dry_run import Row
    from agentkey_lint.engine.environment import Variable
    from agentkey_lint.engine.stream import Masker

MOST_ENV = 16 * 1024 * 1024


def arguments(command: "ArgumentParser") -> None:
    command.usage = "agentkey-lint doctor [-h] [--env-file FILE] [--format {terminal,json}] [-- COMMAND …]"
    command.epilog = "COMMAND runs with that environment; its exit status is passed on."
    helped = "variables that the environment does not set, in the form of .env; may be given again, and the later file beats the earlier"
    command.add_argument("--env-file", dest="env_files", action="append", metavar="FILE", default=[], help=helped)
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")


def run(options: "Namespace") -> int:
    return doctor(options.env_files, options.format) if options.behind is None else health_check(options.env_files, options.behind)


def doctor(env_files: "Sequence[str]", form: str) -> int:
    """Show what supplies every reference. 0: all of them work, 1: some do not, 2: a file could not be read or understood."""
    from agentkey_lint.catalog import readers
    from agentkey_lint.commands.worktrees import work_tree
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.engine.dry_run import FINE, rows
    from agentkey_lint.engine.pipeline import place_of

    environment, faults = _environment(env_files)
    tree, _, repository = work_tree(())
    wanted = [path for path in tree.paths() if readers.known(path)]
    faults += tree.faults
    found: list[Row] = []
    for source in sources(tree, wanted):
        try:
            some = [source] if isinstance(source, Fault) else list(rows(source, environment, repository))
        except (AgentkeyError, KeyboardInterrupt):
            raise
        except Exception as error:
            some = [Fault(source.path, f"could not be examined: {place_of(error)}")]
        for one in some:
            if isinstance(one, Fault):
                faults.append(one)
            else:
                found.append(one)
    found.sort(key=lambda row: (row.path, row.line, row.column, row.variable))
    status = 2 if faults else 1 if any(row.state not in FINE for row in found) else 0
    say(_json(found, faults, status) if form == "json" else _table(found, faults))
    return status


def health_check(env_files: "Sequence[str]", command: "Sequence[str]") -> int:
    """Run a command with the process's variables and those of the files; its exit status, 128 more than the signal that ended it."""
    import subprocess
    from threading import Thread

    from agentkey_lint.engine.stream import Masker, secrets_of

    if not command:
        raise UsageError("-- takes the command to run")
    environment, faults = _environment(env_files)
    say("".join(f"agentkey-lint: {_shown(fault)}\n" for fault in faults), sys.stderr.buffer)
    hidden = secrets_of({name: variable.value for name, variable in environment.items()} | _losers(env_files))
    sys.stdout.flush()
    try:
        process = subprocess.Popen(
            list(command), env={name: variable.value for name, variable in environment.items()}, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        )
    except (OSError, ValueError) as error:
        raise UsageError(f"the command cannot be started: {getattr(error, 'strerror', None) or 'it holds a NUL byte'}") from None
    assert process.stdout and process.stderr
    pairs = ((process.stdout, sys.stdout.buffer), (process.stderr, sys.stderr.buffer))
    threads = [Thread(target=_copy, args=(source.fileno(), target, Masker(hidden)), daemon=True) for source, target in pairs]
    for thread in threads:
        thread.start()
    while True:
        try:
            status = process.wait()
            break
        except KeyboardInterrupt:  # the command has got the signal as well, and ends when it sees fit
            continue
    for thread in threads:
        thread.join()
    return 128 - status if status < 0 else status


def _copy(source: int, target: "BinaryIO", masker: "Masker") -> None:
    """Everything from a descriptor to a stream, masked, as soon as it comes. A reader who is gone does not stop the command."""
    gone = False
    while True:
        chunk = os.read(source, 65536)
        text = masker.feed(chunk) if chunk else masker.finish()
        if text and not gone:
            try:
                target.write(text)
                target.flush()
            except (OSError, ValueError):
                gone = True
        if not chunk:
            return


def _environment(env_files: "Sequence[str]") -> "tuple[dict[str, Variable], list[Fault]]":
    from agentkey_lint.engine.environment import build

    return build(os.environ, env_files, _read)


def _losers(env_files: "Sequence[str]") -> dict[str, str]:
    """The values of environment files that something beats: the command may read such a file itself, and print them."""
    from agentkey_lint.engine.environment import build

    return {f"{path}/{name}": variable.value for path in env_files for name, variable in build({}, (path,), _read)[0].items()}


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(MOST_ENV + 1)
    except (OSError, ValueError) as error:
        raise UsageError(f"--env-file {visible(path)}: {getattr(error, 'strerror', None) or 'cannot be read'}") from None
    if len(data) > MOST_ENV:
        raise UsageError(f"--env-file {visible(path)}: larger than 16 MiB")
    return data


def _shown(fault: Fault) -> str:
    return visible(f"{fault.path}: {fault.message}" if fault.path else fault.message)


def _table(found: "Sequence[Row]", faults: "Sequence[Fault]") -> str:
    """For people: one line a reference, and what is wrong below it."""
    from agentkey_lint.engine.dry_run import FINE

    lines = []
    if found:
        head = ("WHERE", "VARIABLE", "FROM", "STATE")
        cells = [tuple(map(visible, (f"{row.path}:{row.line}:{row.column}", row.variable, row.source or "-", row.state))) for row in found]
        widths = [min(max(map(len, column)), 60) for column in zip(head, *cells, strict=True)]
        for row, cell in zip((None, *found), (head, *cells), strict=True):
            lines.append("  ".join(f"{text:<{width}}" for text, width in zip(cell, widths, strict=True)).rstrip())
            if row is not None and row.message:
                lines.append(f"  {'note' if row.state in FINE else 'wrong'}: {visible(row.message)}")
        lines.append("")
    lines += [f"fault: {_shown(fault)}" for fault in faults]
    wrong = sum(row.state not in FINE for row in found)
    lines.append(f"{plural(len(found), 'reference')}, {wrong} wrong" + (f", {plural(len(faults), 'fault')}" if faults else ""))
    return "\n".join(lines) + "\n"


def _json(found: "Sequence[Row]", faults: "Sequence[Fault]", status: int) -> str:
    """For programs: version 1 of this report, one reference a line, ASCII only."""
    from json import dumps

    from agentkey_lint import __version__
    from agentkey_lint.engine.dry_run import FINE
    from agentkey_lint.report.text import utf8

    shapes = []
    for row in found:
        shape = {name: utf8(value) if isinstance(value, str) else value for name, value in row._asdict().items()}
        shapes.append(dumps({**shape, "wrong": row.state not in FINE}, separators=(",", ":")))
    tool = dumps({"name": "agentkey-lint", "version": __version__}, separators=(",", ":"))
    trouble = dumps([{"path": utf8(fault.path), "message": utf8(fault.message)} for fault in faults], separators=(",", ":"))
    wrong = sum(row.state not in FINE for row in found)
    summary = dumps({"references": len(found), "wrong": wrong, "whole": not faults, "exit": status}, separators=(",", ":"))
    body = ",".join("\n" + shape for shape in shapes)
    return f'{{"version":1,"tool":{tool},"references":[{body}\n],"faults":{trouble},"summary":{summary}}}\n'
