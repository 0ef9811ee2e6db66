"""`init`: take the linter up in a repository. What each part adds is worked out in memory, shown as a difference, and written if a person agrees."""

import sys

from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.report.text import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.fix.overlay import Overlay
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.repository import Repository
    from agentkey_lint.setup.home import Home

MANIFEST = "agentkeys.toml"
PARTS = ("hook", "settings", "manifest", "ignore", "env", "ci")


def arguments(command: "ArgumentParser") -> None:
    command.epilog = "Exit status: 0 when there is nothing to do or all was written, 1 when something is left to do, 2 when a file could not be changed."
    command.add_argument("--yes", action="store_true", help="write without asking")
    command.add_argument("--diff", action="store_true", help="show what would be written, and write nothing")
    command.add_argument("--only", metavar="PART,…", default="", help=f"some parts, with commas between: {', '.join(PARTS)}")
    source = "the git repository that others get this linter from (default: the one that it was installed from)"
    command.add_argument("--source", metavar="URL", default="", help=source)
    command.add_argument("--rev", metavar="REV", default="", help="with --source: which tag or commit (default: the tag of this version)")


class Work(Record):
    """What the parts work on. overlay: takes the changes. documents: the files that known programs read. notes: what to tell a person; faults:
    what could not be done, each as (path, reason).
    """

    overlay: "Overlay"
    tree: "Worktree"
    repository: "Repository"
    documents: "tuple[Document, ...]"
    home: "Home | None"
    notes: list[str]
    faults: list[tuple[str, str]]


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.fixing import attended, differences, written
    from agentkey_lint.commands.worktrees import work_tree
    from agentkey_lint.engine.settings import Finder
    from agentkey_lint.report.text import visible

    parts = _parts(options.only)
    if options.yes and options.diff:
        raise UsageError("--yes writes, and --diff does not")
    home = _home(options)
    tree, _, _ = work_tree(())
    work = _look(tree, home)
    for part in parts:
        _STEPS[part](work)
    work.overlay.close()
    say("".join(differences(work.overlay, Finder(tree.some), ours=True)))
    say("".join(f"note: {note}\n" for note in work.notes))
    status = 0
    if not work.overlay.files:
        say("nothing to do\n")
    elif options.yes or (attended() and not options.diff and _agreed()):
        work.faults.extend((fault.path, fault.message) for fault in written(work.overlay, "was not written"))
        failed = {path for path, _ in work.faults}
        say("".join(f"written: {visible(path)}\n" for path in sorted(work.overlay.files) if path not in failed))
    else:
        say("nothing was written; --yes writes it\n")
        status = 1
    say("".join(f"fault: {visible(path)}: {visible(reason)}\n" for path, reason in work.faults))
    return 2 if work.faults else status


def _parts(only: str) -> list[str]:
    named = [one.strip() for one in only.split(",") if one.strip()]
    if set(named) - set(PARTS):
        raise UsageError(f"--only takes {', '.join(PARTS)}")
    return [part for part in PARTS if not named or part in named]


def _home(options: "Namespace") -> "Home | None":
    from agentkey_lint import __version__
    from agentkey_lint.setup import home

    if options.source:
        return home.given(options.source, options.rev or f"v{__version__}")
    if options.rev:
        raise UsageError("--rev goes with --source")
    return home.installed()


def _look(tree: "Worktree", home: "Home | None") -> Work:
    from agentkey_lint.commands.manifest import configured
    from agentkey_lint.commands.running import Options
    from agentkey_lint.commands.worktrees import prepared
    from agentkey_lint.fix.overlay import Overlay
    from agentkey_lint.model.source import Fault

    paths, repository, _ = prepared(tree, tree.paths(), Options())
    found = list(configured(tree, paths))
    faults = [*tree.faults, *(one for one in found if isinstance(one, Fault))]
    documents = tuple(one for one in found if not isinstance(one, Fault))
    return Work(Overlay(tree), tree, repository, documents, home, [], [(fault.path, fault.message) for fault in faults])


def _agreed() -> bool:
    sys.stdout.write("Write this? [y/N] ")
    sys.stdout.flush()
    return sys.stdin.readline().strip().lower() in ("y", "yes")


def _put(work: Work, path: str, data: bytes) -> None:
    """Take a file's new bytes up if they differ. A file that is there and cannot be read is left alone, and no name is added that looks like a key."""
    import os

    from agentkey_lint.discover.decode import decode
    from agentkey_lint.engine import documents

    before = work.overlay.find(path)
    if before is None and os.path.lexists(os.path.join(work.tree.root, path)):
        work.faults.append((path, "is no file that can be read, and was left alone"))
    elif len(documents.build(decode(path, data)).keys) > len(documents.build(decode(path, before or b"")).keys):
        work.faults.append((path, "what was to be added looks like a key, and was left out"))
    elif data != (before or b""):
        work.overlay.files[path] = data


def _hook(work: Work) -> None:
    from agentkey_lint.setup import Refused, hook

    try:
        _put(work, hook.PATH, hook.added(work.overlay.find(hook.PATH), work.home))
    except Refused as refused:
        first, *rest = hook.entry(work.home)
        work.faults.append((hook.PATH, f"{refused}: add the entry by hand"))
        work.notes.append("\n".join([f"the entry for {hook.PATH}:", f"  - {first}", *(f"    {line}" for line in rest)]))
    if hook.PATH in work.overlay.files:
        work.notes.append("`pre-commit install` makes git run the hook in this clone")
        if work.home is None:
            work.notes.append("the hook runs the command that is installed here: --source URL names a repository that pre-commit can fetch it from")


def _settings(work: Work) -> None:
    from agentkey_lint.engine.settings import PYPROJECT, Finder
    from agentkey_lint.setup import settings

    if not Finder(work.tree.some).layers(""):
        _put(work, *settings.added(work.overlay.find(PYPROJECT)))


def _manifest(work: Work) -> None:
    from agentkey_lint.manifest import draft, files

    if files.existing(work.tree.root):
        return
    found = [one for document in work.documents for one in draft.asked(document)]
    known = draft.drafts([*found, *draft.declared(work.repository.declared)])
    if known:
        _put(work, MANIFEST, draft.text(known))
        work.notes.append(f"{MANIFEST}: owner, scopes, expires or ttl, audit, and agent where it is not known, are to be filled in by you")


def _ignore(work: Work) -> None:
    from agentkey_lint.fix.ignores import NAME
    from agentkey_lint.setup import ignored

    if work.tree.git is None:
        work.notes.append("no ignore lines: this is no git repository")
        return
    found = ignored.wanted(work.repository)
    _put(work, NAME, ignored.lines(work.overlay.find(NAME) or b"", found))


def _env(work: Work) -> None:
    """Names for the templates of environment files: what is asked for and set nowhere else."""
    from agentkey_lint.catalog import paths, variables
    from agentkey_lint.engine.whole import templates, uses
    from agentkey_lint.fix import environment

    declared = work.repository.declared
    known = {source.path for source, _ in templates(work.repository)} | set(work.repository.manifests)
    missing: dict[str, list[str]] = {}
    for document in work.documents:
        for use in uses(document) if not paths.is_test(document.source.path) else ():
            where = declared.get(use.name)
            if where in known or (where is None and not variables.near(use.name, declared)):
                template, _ = environment.template(use.path, lambda path: work.overlay.find(path) is not None)
                missing.setdefault(template, []).append(use.name)
    for template, names in sorted(missing.items()):
        answer = work.overlay.ignore(template)
        if answer is None or not answer.ignored or answer.tracked:
            _put(work, template, environment.declared(work.overlay.find(template) or b"", sorted(names)))


def _ci(work: Work) -> None:
    from agentkey_lint.discover.git import remotes
    from agentkey_lint.setup import Refused, jobs

    paths = work.tree.paths()
    found = jobs.kinds(paths, remotes(work.tree.git) if work.tree.git is not None else ())
    runs = [path for path in paths if path.startswith(jobs.WORKFLOWS) and b"agentkey-lint" in (work.overlay.find(path) or b"")]
    if not found:
        work.notes.append("no CI job: nothing here says GitHub or GitLab")
    elif work.home is None:
        if not (runs and found == ["github"]):
            work.notes.append("no CI job: --source URL says which repository the CI is to get this linter from")
    else:
        if "github" in found and not runs:
            _put(work, jobs.GITHUB, jobs.workflow(work.home))
        if "gitlab" in found:
            try:
                _put(work, jobs.GITLAB, jobs.gitlab(work.overlay.find(jobs.GITLAB), work.home))
            except Refused as refused:
                work.faults.append((jobs.GITLAB, f"{refused}: add the job by hand"))


_STEPS = {"hook": _hook, "settings": _settings, "manifest": _manifest, "ignore": _ignore, "env": _env, "ci": _ci}
