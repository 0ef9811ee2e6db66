"""`check` and `hook`: sources of the work tree, the index or standard input through the one core, and out as a report."""

import os
import sys

from agentkey_lint.engine import pipeline
from agentkey_lint.engine.fingerprint import fingerprinter
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.repository import make
from agentkey_lint.engine.settings import Finder
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Callable, Iterable, Sequence

    from agentkey_lint.commands.since import Since
    from agentkey_lint.discover.staged import Index
    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.engine.baseline import Known
    from agentkey_lint.engine.secrets_baseline import Baseline
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.repository import Repository
    from agentkey_lint.model.rule import Standard
    from agentkey_lint.model.source import Source

STDIN_LIMIT = 256 * 1024 * 1024


class Options(Record):
    """How a run reports. detectors: those that run beside our own rules. plugins: files of the user's own for detect-secrets.

    severity, confidence: empty for what the settings say; adopt (tools whose comments count): None for it. show: the verdicts that a terminal shows.
    base: report what was widened since HEAD left this revision. changed: lint only the files that differ from then.
    """

    format: str = "terminal"
    severity: str = ""
    confidence: str = ""
    show: tuple[str, ...] = ("reported",)
    adopt: "tuple[str, ...] | None" = None
    detectors: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    base: str = ""
    changed: bool = False


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_output

    command.add_argument("paths", nargs="*", metavar="PATH", help="files and folders (default: the whole repository); - is standard input")
    command.add_argument("--staged", action="store_true", help="lint what is staged for the next commit: the bytes in the index, never the work tree's")
    command.add_argument("--stdin-path", metavar="PATH", default="", help="the path that standard input is to be judged as")
    command.add_argument("--fix", action="store_true", help="mend what can be mended without changing what works; only in the work tree")
    command.add_argument("--unsafe-fixes", action="store_true", help="with --fix or --diff: also what may change how a program runs, such as a key's place")
    command.add_argument("--diff", action="store_true", help="show what --fix would change, and write nothing")
    base = "also report every grant that was widened since HEAD left REV (scope-drift); what was narrowed is counted in the summary"
    command.add_argument("--base", metavar="REV", default="", help=base)
    changed = "with --base: lint only the files that differ from then; for a pull request: check --base origin/main --changed"
    command.add_argument("--changed", action="store_true", help=changed)
    add_output(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.options import output

    if options.fix or options.diff or options.unsafe_fixes:
        return _fix(options)
    return check(options.paths, options.staged, options.stdin_path, output(options)._replace(base=options.base, changed=options.changed))


def _fix(options: "Namespace") -> int:
    from agentkey_lint.commands.fixing import fix
    from agentkey_lint.commands.options import output

    if not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if options.staged:
        raise UsageError("--fix works on the work tree: what is staged would no longer be what you looked at; fix first, then stage")
    if options.base or options.changed:
        raise UsageError("--fix mends what is found, and what a change widened is for a person to decide: it does not go with --base")
    if "-" in options.paths or options.stdin_path:
        raise UsageError("--fix works on files of the work tree: standard input is nowhere to write to")
    return fix(options.paths, output(options), options.unsafe_fixes, options.diff)


def check(paths: "Sequence[str]", staged: bool, stdin_path: str, options: Options) -> int:
    """Lint the given files and folders (all without any), the index's changes, or standard input."""
    if options.changed and not options.base:
        raise UsageError("--changed goes with --base")
    if "-" in paths and options.base:
        raise UsageError("- (standard input) does not go with --base")
    if "-" in paths:
        if len(paths) > 1 or staged:
            raise UsageError("- (standard input) goes with no other path and not with --staged")
        return _stdin(stdin_path, options)
    if stdin_path:
        raise UsageError("--stdin-path goes with - (standard input)")
    return _staged(paths, options) if staged else _worktree(paths, options)


def hook(paths: "Sequence[str]", options: Options = Options()) -> int:  # noqa: B008
    """What pre-commit runs: each path's blob in the index, and the work tree's bytes only where the index has none."""
    from agentkey_lint.discover import staged

    index = staged.Index(os.getcwd())
    settings = Finder(index.some)
    index.look_up([*paths, *settings.candidates(paths)])
    kept = _kept(paths, settings)
    report = pipeline.lint(staged.for_paths(index, kept), _repository(index, settings), _plan(options, index))
    return finish(report._replace(excluded=len(paths) - len(kept)), options, "files handed over by the hook")


def _staged(paths: "Sequence[str]", options: Options) -> int:
    from agentkey_lint.discover import staged
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.discover.worktree import relative

    index = staged.Index(os.getcwd())
    since = _since(options, index)
    changed = since.files() if since is not None and options.changed else index.changed()
    wanted = [relative(path, index.root) for path in paths]
    settings = Finder(index.some)

    def meant(path: str) -> bool:
        return not paths or any(path == one or not one or path.startswith(one + "/") for one in wanted)

    changed = [path for path in changed if meant(path)]
    kept = _kept(changed, settings)
    plan, repository = _plan(options, index), _repository(index, settings)
    report = pipeline.lint(sources(index, kept), repository, plan)._replace(excluded=len(changed) - len(kept))
    if since is not None:
        report = since.compared(report, lambda path: meant(path) and bool(_kept([path], settings)), repository, plan)
    return finish(report, options, "staged files")


def _worktree(paths: "Sequence[str]", options: Options) -> int:
    report, _, _ = linted(paths, options)
    return finish(report, options, f"files that differ from {options.base}" if options.changed else "files of the work tree")


def linted(paths: "Sequence[str]", options: Options) -> "tuple[Report, Worktree, pipeline.Plan]":
    """What is to be said of files and folders of the work tree, or of all of it; the tree itself; and how it was judged."""
    from agentkey_lint.discover.worktree import Worktree, select
    from agentkey_lint.engine import pool

    tree = Worktree(_root(paths))
    chosen = select(paths, tree)
    since = _since(options, tree)
    files = chosen.paths
    if since is not None and options.changed:
        differ = set(since.files())
        files = [path for path in files if path in differ]
    settings = Finder(tree.some)
    kept = _kept(files, settings)
    plan, repository = _plan(options, tree)._replace(whole=not paths and not options.changed), _repository(tree, settings)
    report = pool.lint(tree, kept, frozenset(chosen.named), repository, plan)._replace(excluded=len(files) - len(kept))
    if chosen.faults:
        report = report._replace(faults=tuple(sorted({*report.faults, *chosen.faults})))
    if since is not None:
        meant = frozenset(chosen.paths)
        report = since.compared(report, lambda path: (not paths or path in meant) and bool(_kept([path], settings)), repository, plan)
    return report, tree, plan


def _since(options: Options, snapshot: "Worktree | Index") -> "Since | None":
    """What differs from the base, if there is one to compare with."""
    if not options.base:
        return None
    from agentkey_lint.commands.since import Since

    return Since(options.base, snapshot)


def work_tree(paths: "Sequence[str]") -> "tuple[Worktree, pipeline.Plan, Repository]":
    """The work tree that some paths belong to, with a plan that reports everything."""
    from agentkey_lint.discover.worktree import Worktree

    tree = Worktree(_root(paths))
    return tree, _plan(Options(severity="info", confidence="low"), tree), _repository(tree, Finder(tree.some))


def _root(paths: "Sequence[str]") -> str:
    """The folder that the paths are relative to: their repository's root, or without git the current folder or the folder named."""
    from agentkey_lint.discover.git import find

    current = os.getcwd()
    folders = []
    for path in paths:
        whole = os.path.abspath(path)
        folders.append(whole if os.path.isdir(whole) else os.path.dirname(whole))
    roots = set()
    for folder in folders or [current]:
        git = find(folder) if os.path.isdir(folder) else None
        inside = folder == current or folder.startswith(current.rstrip("/") + "/")
        roots.add(git.root if git is not None else current if inside else folder)
    if len(roots) > 1:
        raise UsageError("these paths belong to different repositories or folders: check them one by one")
    return roots.pop()


def _stdin(stdin_path: str, options: Options) -> int:
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.discover.worktree import Worktree, relative

    tree = Worktree(_root(()))
    path = relative(stdin_path, tree.root) if stdin_path else "<stdin>"
    data = sys.stdin.buffer.read(STDIN_LIMIT + 1)
    items: list[Source | Fault] = [Fault(path, "standard input is larger than 256 MiB") if len(data) > STDIN_LIMIT else decode(path, data)]
    settings = Finder(tree.some)
    kept = items if _kept([path], settings) else []
    report = pipeline.lint(kept, _repository(tree, settings), _plan(options, tree))
    return finish(report._replace(excluded=len(items) - len(kept)), options, "standard input")


def prepared(tree: "Worktree", paths: "Sequence[str]", options: Options) -> "tuple[Sequence[str], Repository, pipeline.Plan]":
    """For commands that lint a work tree themselves: those of the paths that settings do not exclude, with the repository and a plan."""
    settings = Finder(tree.some)
    return _kept(paths, settings), _repository(tree, settings), _plan(options, tree)


def _repository(snapshot: "Worktree | Index", settings: Finder) -> "Repository":
    return make(snapshot.paths, snapshot.read, snapshot.ignore, settings)


def _kept(paths: "Sequence[str]", settings: Finder) -> "Sequence[str]":
    """The paths that no settings exclude. All settings are read here, so that what is wrong in them is said whatever the files hold."""
    settings.prepare(paths)
    return [path for path in paths if not settings(path).excluded] if settings.any else paths


def _plan(options: Options, snapshot: "Worktree | Index") -> pipeline.Plan:
    git = snapshot.git
    baseline = _baseline(snapshot)
    detect = None
    if options.plugins and not options.detectors:
        raise UsageError("--detect-secrets-plugin goes with --with detect-secrets")
    if options.detectors:
        from agentkey_lint.engine.detect_secrets import detector

        detect = detector(baseline(), options.plugins)
    thresholds = Thresholds(options.severity, options.confidence)
    fingerprint = fingerprinter(git.common if git is not None else "")
    return pipeline.Plan(thresholds, fingerprint, baseline, detect, adopt=options.adopt, known=_known(snapshot))


def _known(snapshot: "Worktree | Index") -> "Callable[[], Known]":
    """The snapshot's own baseline, read once and only when something would be reported."""
    kept: list[Known] = []

    def known() -> "Known":
        if not kept:
            from agentkey_lint.engine.baseline import Known, read

            kept.append(Known(read(snapshot.read)))
        return kept[0]

    return known


def _baseline(snapshot: "Worktree | Index") -> "Callable[[], Baseline]":
    """What the snapshot's `.secrets.baseline` says, read once and only when a secret was found: a clean run never looks for it."""
    kept: list[Baseline] = []

    def baseline() -> "Baseline":
        if not kept:
            from agentkey_lint.engine.secrets_baseline import read

            kept.append(read(snapshot.read))
        return kept[0]

    return baseline


def finish(report: "Report", options: Options, mode: str) -> int:
    """Write the report and say what it comes to."""
    from agentkey_lint import __version__
    from agentkey_lint.report.text import About, exit_status

    rules = pipeline.rules() if options.format != "terminal" else ()
    manuals = None
    if options.format in ("sarif", "html"):
        manuals = {rule.id: pipeline.manual(rule.id) for rule in rules}
    standards: tuple[Standard, ...] = ()
    if options.format == "sarif":
        from agentkey_lint.catalog.owasp import standards as known

        standards = known()
    colour = options.format == "terminal" and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    about = About(__version__, rules, frozenset(options.show), colour, mode, manuals, standards)
    render = __import__(f"agentkey_lint.report.{options.format}", fromlist=["render"]).render
    _write(render(report, about))
    return exit_status(report)


def _write(chunks: "Iterable[str]") -> None:
    for chunk in chunks:
        sys.stdout.buffer.write(chunk.encode("utf-8", "backslashreplace"))
    sys.stdout.buffer.flush()
