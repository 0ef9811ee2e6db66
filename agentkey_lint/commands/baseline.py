"""`baseline`: take stock of the findings that are there (`create`), add new ones (`update`), drop those that are gone (`prune`), list them (`show`)."""

import os
import sys

from agentkey_lint.engine import baseline, pipeline
from agentkey_lint.engine.digests import SALT, digest
from agentkey_lint.model.errors import AgentkeyError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterable

    from agentkey_lint.commands.running import Options
    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.engine.imported import Imported
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.source import Source

ACTIONS = ("create", "update", "prune", "show")


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_selection

    command.add_argument("action", choices=ACTIONS, help="create the file, add what is new to it, drop from it what is gone, or say where its entries stand")
    source = "take over what another tool's file records, and nothing else: .secrets.baseline, a JSON report of gitleaks, or .gitleaksignore"
    command.add_argument("--from", dest="source", metavar="FILE", help=source)
    add_selection(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.options import output
    from agentkey_lint.commands.worktrees import work_tree

    tree, _, _ = work_tree(())
    before = baseline.read(tree.read)
    if before.faults:
        raise AgentkeyError(f"{baseline.NAME}: {before.faults[0].message}")
    if options.source and options.action not in ("create", "update"):
        raise UsageError("--from goes with create and update")
    if options.action == "create" and before.salt:
        raise UsageError(f"there is a {baseline.NAME} already: `baseline update` adds to it, `baseline prune` drops what is gone")
    if options.action != "create" and not before.salt:
        raise UsageError(f"there is no {baseline.NAME}: `baseline create` makes it")
    salt = before.salt or os.urandom(SALT)
    if options.source:
        imported = _imported(tree, options.source)
        entries = {baseline.Entry(claim.rule, digest(claim, source, salt)) for claim, source in imported.found}
        _write(tree, baseline.text(salt, before.entries | entries))
        return _say_imported(len(entries - before.entries), imported)
    gone = options.action in ("prune", "show")
    chosen = output(options)
    report, known = _stock(tree, chosen._replace(severity="info", confidence="low") if gone else chosen, before._replace(salt=salt))
    _say_faults(report)
    seen = known.seen or {}
    if options.action == "show":
        _show(before.entries, seen)
    elif options.action == "prune":
        if report.faults:
            raise AgentkeyError("nothing is dropped: not everything could be looked at")
        kept = {entry for entry in before.entries if entry.digest in seen}
        _write(tree, baseline.text(salt, kept))
        _say(f"{len(before.entries) - len(kept)} dropped, {len(kept)} kept")
    else:
        recorded = {entry.digest for entry in before.entries}
        new = {baseline.Entry(min(rule for rule, *_ in places), told) for told, places in seen.items() if told not in recorded and _shared(tree, places)}
        _write(tree, baseline.text(salt, before.entries | new))
        _say(f"{len(new)} recorded" + (f", {len(before.entries)} were there" if before.entries else ""))
        left = sorted({path for told, places in seen.items() if told not in recorded and not _shared(tree, places) for _, path, _ in places})
        if left:
            _say(f"left out, because git does not track their files (add them, or let git ignore them): {', '.join(left[:10])}{' …' if len(left) > 10 else ''}")
    return 2 if report.faults else 0


def _stock(tree: "Worktree", options: "Options", before: baseline.Baseline) -> "tuple[Report, baseline.Known]":
    """Lint the whole work tree and take down what is, or but for the baseline would be, reported."""
    from agentkey_lint.commands.worktrees import prepared
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.discover.worktree import select

    known = baseline.Known(before, sys.maxsize)
    known.seen = {}
    chosen = select((), tree)
    kept, repository, plan = prepared(tree, chosen.paths, options)
    report = pipeline.lint(sources(tree, kept), repository, plan._replace(whole=True, known=lambda: known))
    return report._replace(faults=tuple(sorted({*report.faults, *chosen.faults}))), known


def _shared(tree: "Worktree", places: "Iterable[tuple[str, str, int]]") -> bool:
    """Whether a finding stands in a file that git tracks, so that the repository holds it anyway; without git, always."""
    return any((ignore := tree.ignore(path)) is None or ignore.tracked for _, path, _ in places)


def _imported(tree: "Worktree", path: str) -> "Imported":
    from agentkey_lint.commands.running import Options
    from agentkey_lint.commands.worktrees import prepared
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.discover.git import cat_file
    from agentkey_lint.engine.imported import MAX_BYTES, read

    try:
        with open(path, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise UsageError(f"--from: {path} cannot be read: {error.strerror}") from None

    def look(commit: str, name: str) -> "Source | None":
        if commit:
            if tree.git is None or "\n" in name:
                return None
            found = next(cat_file(tree.git, [f"{commit}:{name}"]))
            return decode(name, found) if isinstance(found, bytes) else None
        ignore = tree.ignore(name)
        try:
            return decode(name, tree.read(name)) if ignore is None or ignore.tracked else None
        except OSError:
            return None

    _, repository, _ = prepared(tree, [], Options())
    return read(data, look, tree.read, repository)


def _write(tree: "Worktree", text: str) -> None:
    """Replace the baseline in one step; never through a link."""
    from agentkey_lint.fix.write import replace

    try:
        try:
            before = tree.read(baseline.NAME)
        except FileNotFoundError:
            before = None
        replace(tree.root, baseline.NAME, before, text.encode())
    except OSError as error:
        raise AgentkeyError(f"{baseline.NAME} cannot be written: {error.strerror}") from None


def _show(entries: "frozenset[baseline.Entry]", seen: "dict[str, list[tuple[str, str, int]]]") -> None:
    for entry in sorted(entries):
        places = [f"{path}:{line}" for _, path, line in sorted(seen.get(entry.digest, ()), key=lambda place: place[1:])]
        _say(f"{entry.rule} {entry.digest}  {', '.join(places) or 'gone (`baseline prune` drops it)'}")
    gone = sum(entry.digest not in seen for entry in entries)
    _say(f"{len(entries)} entries, {gone} of them gone")


def _say_imported(new: int, imported: "Imported") -> int:
    _say(f"{new} recorded")
    if imported.left:
        _say(f"{len(imported.left)} not carried over:")
        width = max(len(what) for what, _ in imported.left)
        for what, why in imported.left:
            _say(f"  {what:<{width}}  {why}")
    return 0


def _say_faults(report: "Report") -> None:
    for fault in report.faults:
        _say(f"fault: {fault.path}{': ' if fault.path else ''}{fault.message}")


def _say(line: str) -> None:
    from agentkey_lint.report.text import say, visible

    say(visible(line) + "\n")
