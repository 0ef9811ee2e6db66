"""The work tree that paths on a command line belong to, for every command that reads one."""

import os

from agentkey_lint.commands.running import Options, kept_of, plan_of, repository_of
from agentkey_lint.engine.settings import Finder
from agentkey_lint.model.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.engine.pipeline import Plan
    from agentkey_lint.model.repository import Repository


def work_tree(paths: "Sequence[str]") -> "tuple[Worktree, Plan, Repository]":
    """The work tree that some paths belong to, with a plan that reports everything."""
    tree = tree_of(paths)
    return tree, plan_of(Options(severity="info", confidence="low"), tree), repository_of(tree, Finder(tree.some))


def tree_of(paths: "Sequence[str]") -> "Worktree":
    """The work tree that the paths belong to: their repository's, or without git the current folder or the folder named."""
    from agentkey_lint.discover.git import find
    from agentkey_lint.discover.worktree import Worktree

    current = os.getcwd()
    if all(os.path.abspath(path) == current for path in paths):  # git need be asked only once
        git = find(current)
        return Worktree(git.root if git is not None else current, git, plain=git is None)
    folders = []
    for path in paths:
        whole = os.path.abspath(path)
        folders.append(whole if os.path.isdir(whole) else os.path.dirname(whole))
    roots = set()
    for folder in folders:
        git = find(folder) if os.path.isdir(folder) else None
        inside = folder == current or folder.startswith(current.rstrip("/") + "/")
        roots.add(git.root if git is not None else current if inside else folder)
    if len(roots) > 1:
        raise UsageError("these paths belong to different repositories or folders: check them one by one")
    return Worktree(roots.pop())


def prepared(tree: "Worktree", paths: "Sequence[str]", options: Options) -> "tuple[Sequence[str], Repository, Plan]":
    """For commands that lint a work tree themselves: those of the paths that settings do not exclude, with the repository and a plan."""
    settings = Finder(tree.some)
    return kept_of(paths, settings), repository_of(tree, settings), plan_of(options, tree)
