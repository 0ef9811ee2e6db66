"""`check`: sources of the work tree, the index or standard input through the one core, and out as a report."""

import os
import sys

from agentkey_lint.commands.running import Options, finish, kept_of, plan_of, repository_of, settings_of
from agentkey_lint.engine import pipeline
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from agentkey_lint.commands.since import Since
    from agentkey_lint.discover.staged import Index
    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.source import Source


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_isolated, add_output

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
    strict = "ask for ignore lines of every tool that makes secret files (missing-ignore), not only of those in use; in a run over everything"
    command.add_argument("--strict", action="store_true", help=strict)
    add_isolated(command)
    add_output(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.options import output

    if options.fix or options.diff or options.unsafe_fixes:
        return _fix(options)
    chosen = output(options)._replace(base=options.base, changed=options.changed, strict=options.strict, isolated=options.isolated)
    return check(options.paths, options.staged, options.stdin_path, chosen)


def _fix(options: "Namespace") -> int:
    from agentkey_lint.commands.fixing import fix
    from agentkey_lint.commands.options import output

    if not (options.fix or options.diff):
        raise UsageError("--unsafe-fixes goes with --fix or --diff")
    if options.staged:
        raise UsageError("--fix works on the work tree: what is staged would no longer be what you looked at; fix first, then stage")
    if options.isolated:
        raise UsageError("--isolated looks at a repository that is not trusted, and --fix mends one's own: they do not go together")
    if options.base or options.changed:
        raise UsageError("--fix mends what is found, and what a change widened is for a person to decide: it does not go with --base")
    if "-" in options.paths or options.stdin_path:
        raise UsageError("--fix works on files of the work tree: standard input is nowhere to write to")
    return fix(options.paths, output(options)._replace(strict=options.strict), options.unsafe_fixes, options.diff)


def check(paths: "Sequence[str]", staged: bool, stdin_path: str, options: Options) -> int:
    """Lint the given files and folders (all without any), the index's changes, or standard input."""
    if options.isolated and options.adopt:
        raise UsageError("--adopt follows comments in the files, and --isolated does not: they do not go together")
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


def _staged(paths: "Sequence[str]", options: Options) -> int:
    from agentkey_lint.discover import staged
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.discover.worktree import relative

    index = staged.Index(os.getcwd())
    since = _since(options, index)
    changed = since.files() if since is not None and options.changed else index.changed()
    wanted = [relative(path, index.root) for path in paths]
    settings = settings_of(index, options.isolated)

    def meant(path: str) -> bool:
        return not paths or any(path == one or not one or path.startswith(one + "/") for one in wanted)

    changed = [path for path in changed if meant(path)]
    kept = kept_of(changed, settings)
    plan, repository = plan_of(options, index), repository_of(index, settings)
    report = pipeline.lint(sources(index, kept), repository, plan)._replace(excluded=len(changed) - len(kept))
    if since is not None:
        report = since.compared(report, lambda path: meant(path) and bool(kept_of([path], settings)), repository, plan)
    return finish(report, options, "staged files")


def _worktree(paths: "Sequence[str]", options: Options) -> int:
    report, _, _ = linted(paths, options)
    return finish(report, options, f"files that differ from {options.base}" if options.changed else "files of the work tree")


def linted(paths: "Sequence[str]", options: Options) -> "tuple[Report, Worktree, pipeline.Plan]":
    """What is to be said of files and folders of the work tree, or of all of it; the tree itself; and how it was judged."""
    from agentkey_lint.commands.worktrees import tree_of
    from agentkey_lint.discover.worktree import select
    from agentkey_lint.engine import pool

    tree = tree_of(paths)
    if pool.cores() > 1 and (not paths or any(map(os.path.isdir, paths))):
        tree.list_beside(pool.prepared())
    chosen = select(paths, tree)
    since = _since(options, tree)
    files = chosen.paths
    if since is not None and options.changed:
        differ = set(since.files())
        files = [path for path in files if path in differ]
    settings = settings_of(tree, options.isolated)
    kept = kept_of(files, settings)
    plan, repository = plan_of(options, tree)._replace(whole=not paths and not options.changed), repository_of(tree, settings)
    report = pool.lint(tree, kept, frozenset(chosen.named), repository, plan)._replace(excluded=len(files) - len(kept))
    if chosen.faults:
        report = report._replace(faults=tuple(sorted({*report.faults, *chosen.faults})))
    if since is not None:
        meant = frozenset(chosen.paths)
        report = since.compared(report, lambda path: (not paths or path in meant) and bool(kept_of([path], settings)), repository, plan)
    return report, tree, plan


def _since(options: Options, snapshot: "Worktree | Index") -> "Since | None":
    """What differs from the base, if there is one to compare with."""
    if not options.base:
        return None
    from agentkey_lint.commands.since import Since

    return Since(options.base, snapshot)


def _stdin(stdin_path: str, options: Options) -> int:
    from agentkey_lint.commands.worktrees import tree_of
    from agentkey_lint.discover.decode import MAX_FILE, decode
    from agentkey_lint.discover.worktree import relative

    tree = tree_of(())
    path = relative(stdin_path, tree.root) if stdin_path else "<stdin>"
    data = sys.stdin.buffer.read(MAX_FILE + 1)
    items: list[Source | Fault] = [Fault(path, "standard input is larger than 256 MiB") if len(data) > MAX_FILE else decode(path, data)]
    settings = settings_of(tree, options.isolated)
    kept = items if kept_of([path], settings) else []
    report = pipeline.lint(kept, repository_of(tree, settings), plan_of(options, tree))
    return finish(report._replace(excluded=len(items) - len(kept)), options, "standard input")
