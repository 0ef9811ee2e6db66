"""`check --fix` and `--diff`: what can be mended is worked out in memory, and only then shown or written."""

import os
import sys

from agentkey_lint.commands.check import linted
from agentkey_lint.commands.mending import Mended, Mending, Value
from agentkey_lint.commands.running import Options, finish
from agentkey_lint.engine.settings import Finder
from agentkey_lint.engine.shown import without_secrets
from agentkey_lint.fix import environment, ignores, write
from agentkey_lint.fix.overlay import Overlay
from agentkey_lint.model.source import Fault
from agentkey_lint.report import fixes
from agentkey_lint.report.text import exit_status, say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

UNATTENDED = "it is only put into a file if you agree to that at a terminal"


def fix(paths: "Sequence[str]", options: Options, unsafe: bool, diff: bool) -> int:
    """Mend files and folders of the work tree, or all of it, and report what remains, which is also what the exit status says.

    diff: only show it; the exit status is then that of what is there.
    """
    before, tree, plan = linted(paths, options)
    overlay = Overlay(tree)
    settings = Finder(tree.some)
    mended = Mending(overlay, plan, unsafe, settings).run(before)
    if diff:
        _say(differences(overlay, settings), options)
        _say(fixes.render(without_secrets(tuple(mended.fixed)), done=False), options)
        return exit_status(before)
    keep = [one for one in mended.values if _asked(one, overlay)] if mended.values and attended() else []
    faults = written(overlay, "could not be fixed")
    if any(fault.path.rsplit("/", 1)[-1] == ignores.NAME for fault in faults):  # git may not ignore the environment file after all
        keep = []
    notes, more = _kept(mended, keep, overlay)
    fixed = tuple(one for one in mended.fixed if one.path not in {fault.path for fault in faults})
    _say(fixes.render(without_secrets(fixed), notes), options)
    after, _, _ = linted(paths, options)
    faults += more
    if faults:
        after = after._replace(faults=tuple(sorted({*after.faults, *faults})))
    return finish(after, options, "files of the work tree")


def _say(chunks: "Iterable[str]", options: Options) -> None:
    """To a person; beside a report for programs on standard error."""
    say(chunks, (sys.stdout if options.format == "terminal" else sys.stderr).buffer)


def differences(overlay: Overlay, settings: Finder, ours: bool = False) -> "Iterator[str]":
    """What fixes change, as a unified diff without a secret. ours: see `engine.difference`."""
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.engine import documents, pipeline
    from agentkey_lint.engine.difference import unified
    from agentkey_lint.engine.repository import make

    repository = make(overlay.tree.paths, overlay.tree.read, overlay.tree.ignore, settings)
    for path, data in sorted(overlay.files.items()):
        old, new = ((documents.build(decode(path, one)) if one is not None else None) for one in (overlay.before.get(path), data))
        if new is not None:
            known = (old, pipeline.claims(old, repository)[0]) if old is not None else None
            for line in unified(without_secrets(path), known, (new, pipeline.claims(new, repository)[0]), ours):
                yield visible(line) + "\n"
    if overlay.files:
        yield "\n"


def written(overlay: Overlay, failure: str) -> list[Fault]:
    """Write every file that has changed; what could not be written is as it was, and a fault that begins with these words."""
    faults = []
    for path, data in sorted(overlay.files.items()):
        try:
            write.replace(overlay.tree.root, path, overlay.before.get(path), data)
        except OSError as error:
            faults.append(Fault(path, f"{failure}: {(error.strerror or 'unknown trouble').lower()}"))
    return faults


def attended() -> bool:
    """Whether a person can be asked; in CI nobody is, whatever it gives for a terminal."""
    return sys.stdin.isatty() and sys.stdout.isatty() and not os.environ.get("CI")


def _asked(one: Value, overlay: Overlay) -> bool:
    """Whether a person wants a value kept in the environment file; only one that git ignores and does not track is offered."""
    if not _hidden(one.file, overlay):
        return False
    sys.stdout.write(f"Keep what stood there for {one.variable} in {visible(one.file)}, which git ignores? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _hidden(path: str, overlay: Overlay) -> bool:
    answer = overlay.ignore(path)
    overlay.close()
    return answer is not None and answer.ignored and not answer.tracked


def _kept(mended: Mended, keep: "Sequence[Value]", overlay: Overlay) -> tuple[list[str], list[Fault]]:
    """Put values into environment files; what to say of each that was and was not, and what went wrong."""
    notes, faults = [], []
    for one in keep:
        before = _current(one.file, overlay)
        after = environment.kept(before or b"", one.variable, one.value)
        try:
            if after is None:
                notes.append(f"{one.variable} is set in {one.file} already, or cannot be written there: set it yourself")
            else:
                write.replace(overlay.tree.root, one.file, before, after)
                notes.append(f"{one.variable} is set in {one.file} to what stood there, until you change it")
        except OSError as error:
            faults.append(Fault(one.file, f"the value was not kept: {(error.strerror or 'unknown trouble').lower()}"))
    lost = sorted(one.variable for one in mended.values if one not in keep)
    if lost:
        notes.append(f"what stood there was kept nowhere ({UNATTENDED}, and git ignores that file): {', '.join(lost)}")
    return notes, faults


def _current(path: str, overlay: Overlay) -> bytes | None:
    try:
        return overlay.tree.read(path)
    except OSError:
        return None
