"""`config show PATH`: what the settings say of a path, and which file says so. `config fingerprint PATH:LINE`: what an entry `[[ignore]]` may name."""

import os

from agentkey_lint.engine import pipeline
from agentkey_lint.engine.judging import Thresholds, within
from agentkey_lint.engine.settings import Finder
from agentkey_lint.model.errors import UsageError
from agentkey_lint.report.text import say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterator

    from agentkey_lint.config.layers import Layer, Part
    from agentkey_lint.model.settings import Settings


def arguments(command: "ArgumentParser") -> None:
    command.add_argument("action", choices=("show", "fingerprint"), help="what applies to a path; or shared fingerprints of the findings on a line")
    path = "a file, there or not, or a folder (default: the repository's root); for fingerprint PATH:LINE"
    command.add_argument("path", nargs="?", default="", metavar="PATH", help=path)
    command.add_argument("--staged", action="store_true", help="by the settings in the index, as the hook sees them")


def run(options: "Namespace") -> int:
    from agentkey_lint.discover.staged import Index
    from agentkey_lint.discover.worktree import Worktree, relative

    if options.action == "fingerprint":
        return fingerprint(options.path)
    folder = os.path.abspath(options.path or ".")
    while not os.path.isdir(folder):
        folder = os.path.dirname(folder)
    tree = Index(folder) if options.staged else Worktree(folder)
    path = relative(options.path or tree.root, tree.root)
    finder = Finder(tree.some)
    name = path if path and not os.path.isdir(options.path) else f"{path}/" if path else ""
    say(f"{visible(line)}\n" for line in show(name, finder(name), finder.layers(name)))
    return 0


def fingerprint(place: str) -> int:
    """Print a shared fingerprint of every finding on a line, whatever its confidence."""
    from agentkey_lint.commands.worktrees import work_tree
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.discover.worktree import relative
    from agentkey_lint.engine import documents, judging
    from agentkey_lint.engine.digests import shared

    path, _, number = place.rpartition(":")
    if not path or not number.isdecimal():
        raise UsageError("config fingerprint takes PATH:LINE")
    tree, _, repository = work_tree([path])
    name = relative(path, tree.root)
    try:
        source = decode(name, tree.read(name))
    except OSError as error:
        raise UsageError(f"the file cannot be read: {error.strerror}") from None
    claims = judging.settle(pipeline.claims(documents.build(source), repository)[0])
    here = [claim for claim in claims if source.data.count(b"\n", 0, claim.span.start) + 1 == int(number)]
    say(f"{claim.rule}  {shared(claim, source)}\n" for claim in here)
    if not here:
        say("nothing is said about this line\n")
    return 0


def show(path: str, settings: "Settings", layers: "tuple[Layer, ...]") -> "Iterator[str]":
    """What applies to a path, one line each; behind what does not hold by default, the file that set it."""
    yield f"path: {path or '.'}"
    yield f"settings: {', '.join(settings.files) or 'none; everything is at its default'}"
    if settings.excluded:
        yield f"excluded{_from(path, layers, lambda one: any(glob.covers(path) for glob in one.exclude))}"
    thresholds = within(Thresholds("", ""), settings)
    yield f"min-severity: {thresholds.severity}{_by(path, layers, 'min_severity') if settings.min_severity else ''}"
    yield f"min-confidence: {thresholds.confidence}{_by(path, layers, 'min_confidence') if settings.min_confidence else ''}"
    yield f"require-reason: {str(settings.require_reason).lower()}{_from(path, layers, lambda one: one.require_reason is not None)}"
    if settings.adopt:
        yield f"adopt: {', '.join(settings.adopt)}{_from(path, layers, lambda one: one.adopt is not None)}"
    for rule in pipeline.rules():
        said = ["disabled"] * (rule.id in settings.disabled)
        said += [f"severity {severity}" for severity in (settings.severities.get(rule.id),) if severity]
        said += [f"{name} {value}" for name, value in settings.options.get(rule.id, {}).items()]
        if said:
            yield f"{rule.id}: {', '.join(said)}{_from(path, layers, _speaks(path, rule.id))}"
    for exemption in settings.exemptions:
        yield f"ignore: {', '.join(exemption.rules)} ({exemption.file}): {exemption.reason or 'no reason'}"


def _parts(layer: "Layer", path: str) -> "list[Part]":
    """What of a file is for a path."""
    return [layer.own, *(part for globs, part in layer.overrides if any(glob.covers(path) for glob in globs))]


def _by(path: str, layers: "tuple[Layer, ...]", name: str) -> str:
    return _from(path, layers, lambda one: any(getattr(part, name) for part in _parts(one, path)))


def _from(path: str, layers: "tuple[Layer, ...]", says: "Callable[[Layer], bool]") -> str:
    """The nearest file that says something, as words to put behind it."""
    return next((f"  (from {one.file})" for one in layers if says(one)), "")


def _names(part: "Part", rule: str) -> bool:
    return rule in part.disable or rule in part.rules


def _speaks(path: str, rule: str) -> "Callable[[Layer], bool]":
    return lambda one: any(_names(part, rule) for part in _parts(one, path))
