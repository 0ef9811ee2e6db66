"""`usage`: hold what audit logs say of the keys against what the manifest declares.

An actor of a log is a key of the manifest when one of its names (see `usage/formats.py`) is the key's `id`, else its `env`, else its `agent`; case, blanks
and dashes do not count. A key's `provider` has to be whose log it is, if it names one. `--actor ID=NAME` says so for names that stand in no manifest,
such as the id of an access key.
"""

import os
import sys

from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.source import Fault
from agentkey_lint.report.text import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable
    from typing import BinaryIO

    from agentkey_lint.manifest.files import Manifest
    from agentkey_lint.model.usage import Compared
    from agentkey_lint.usage.formats import Read
    from agentkey_lint.usage.tally import Tally

FORMATS = ("cloudtrail", "github", "vault", "gcp", "jsonl")
MOST_NUMBERS = 5
EVERY = 4_096
"""How far the reading is, is looked at once in so many entries."""


def arguments(command: "ArgumentParser") -> None:
    command.add_argument("logs", nargs="+", metavar="LOG", help="audit logs, gzip or not; - is standard input")
    command.add_argument("--manifest", metavar="PATH", default="", help="default: the one at the root of this repository")
    command.add_argument("--log-format", choices=FORMATS, default="", help="default: told by the fields of each entry")
    helped = "where JSON Lines of your own say it: key=.actor.token_id, scope=, time=, denied= or allowed=; may be given again"
    command.add_argument("--map", dest="routes", metavar="FIELD=.ROUTE", action="append", default=[], help=helped)
    command.add_argument(
        "--actor", dest="actors", metavar="ID=NAME", action="append", default=[], help="what the logs call the key with this id; may be given again"
    )
    command.add_argument("--write", action="store_true", help="put the narrower scopes into the manifest")
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")


def run(options: "Namespace") -> int:
    """0: use and declaration agree, 1: they do not, 2: a log was not read as a whole."""
    from agentkey_lint.commands.manifest import root
    from agentkey_lint.manifest import edit, files
    from agentkey_lint.report import usage as report
    from agentkey_lint.usage import formats
    from agentkey_lint.usage.compare import compare
    from agentkey_lint.usage.tally import Tally, declared

    if options.routes and options.log_format not in ("", "jsonl"):
        raise UsageError("--map goes with JSON Lines of your own")
    read = formats.mapped(formats.parse_map(options.routes)) if options.routes else formats.READERS.get(options.log_format, formats.recognised)
    top = root(options.manifest)
    manifest = files.load(files.chosen(options.manifest, top), top)
    tally = Tally(declared(manifest.records, _actors(options.actors, manifest)))
    faults = [fault for log in options.logs for fault in _read(log, read, tally)]
    if not tally.events and not faults:
        faults.append(Fault("", "no entry of a known form: say where things stand with --map, or which log it is with --log-format"))
    compared = compare(tally)
    compared = compared._replace(faults=(*faults, *compared.faults))
    narrower = {key.id: dict(key.narrower) for key in compared.keys if key.narrower}
    writes = options.write and bool(narrower) and not compared.faults  # what a log says that was not read as a whole is no reason to take scopes away
    if writes:
        try:
            if any(_masked(text) != text for changes in narrower.values() for instead in changes.values() for text in instead):
                raise UsageError("what a log calls a scope looks like a secret, and is not written into the manifest")
            files.write(manifest, edit.narrow(manifest, narrower))
        except UsageError as error:  # the report was worth the reading all the same
            writes, compared = False, compared._replace(faults=(Fault("", str(error)),))
    render = report.json if options.format == "json" else report.terminal
    say(render(_shown(compared), writes))
    return 2 if compared.faults else 1 if compared.differences or narrower else 0


def _actors(words: "Iterable[str]", manifest: "Manifest") -> dict[str, list[str]]:
    """What a person says that the logs call each key."""
    found: dict[str, list[str]] = {}
    known = {record.id for record in manifest.records}
    for word in words:
        key, _, name = word.partition("=")
        if key not in known or not name:
            raise UsageError("--actor takes the id of a declared key, then = and what the logs call it")
        found.setdefault(key, []).append(name)
    return found


def _read(log: str, read: "Read", tally: "Tally") -> "list[Fault]":
    """Count one log. What could not be read is named by line."""
    import zlib

    from agentkey_lint.commands.progress import shown
    from agentkey_lint.usage.lines import entries

    numbers: list[int] = []
    count = 0

    def broken(number: int) -> None:
        nonlocal count
        count += 1
        if len(numbers) < MOST_NUMBERS:
            numbers.append(number)

    faults = []
    before, foreign = tally.events, tally.foreign
    try:
        with _open(log) as raw, shown(sys.stderr, what="") as tell:
            size = os.fstat(raw.fileno()).st_size
            for number, row in enumerate(entries(raw, broken)):
                if not number % EVERY:
                    at = raw.tell() if raw.seekable() else 0
                    tell(at, size, at)
                event = read(row) if isinstance(row, dict) else None
                if event is None:
                    tally.foreign += 1
                else:
                    tally.add(event)
    except (OSError, EOFError, zlib.error) as error:
        faults.append(Fault(log, f"could not be read to its end: {getattr(error, 'strerror', None) or 'the file is cut off'}"))
    if count:
        more = ", …" if count > len(numbers) else ""
        faults.append(Fault(log, f"{count:,} broken {'line' if count == 1 else 'lines'}: {', '.join(map(str, numbers))}{more}"))
    foreign = tally.foreign - foreign
    if foreign and tally.events == before:
        faults.append(Fault(log, f"none of its {foreign:,} entries is of a known form: say where things stand with --map"))
    return faults


def _open(log: str) -> "BinaryIO":
    if log == "-":
        return open(os.dup(0), "rb", buffering=0)
    return open(log, "rb", buffering=0)


def _shown(compared: "Compared") -> "Compared":
    """What is to be shown, with whatever looks like a secret masked: names in logs may hold one."""
    return compared._replace(
        differences=tuple(one._replace(keys=tuple(map(_masked, one.keys)), scope=_masked(one.scope)) for one in compared.differences),
        keys=tuple(
            key._replace(id=_masked(key.id), narrower=tuple((_masked(scope), tuple(map(_masked, instead))) for scope, instead in key.narrower))
            for key in compared.keys
        ),
        faults=tuple(fault._replace(message=_masked(fault.message)) if not fault.path else fault for fault in compared.faults),
    )


def _masked(text: str) -> str:
    """A name of a log, masked unless it reads like words. Actions are words written together (`ListAllMyBuckets`), which secrets are not."""
    import re

    from agentkey_lint.engine.masking import Secrets

    def reads(run: str) -> bool:
        pieces = re.findall(r"V[0-9]$|[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|.", run)
        return 3 * len(pieces) <= len(run) and not re.search(r"[a-z]{24}|[0-9]{3}|[A-Z]{5}|[b-df-hj-np-tv-xz]{4}|[a-z][0-9]+[a-z]|^[0-9]", run)

    return text if all(map(reads, re.findall(r"[A-Za-z0-9]{4,}", text))) else Secrets(b"", {}).mask_text(text)
