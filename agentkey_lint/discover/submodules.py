"""The repositories inside a repository."""

import os

from agentkey_lint.discover.git import Git, apart, repository
from agentkey_lint.discover.history import default_branch, gitlinks, refs
from agentkey_lint.model.errors import AgentkeyError

DEEPEST = 8
"""A submodule's name has so many slashes at the most."""


def submodules(git: Git, name: str) -> list[tuple[str, Git]]:
    """The submodules of a repository that are there, with their names: those kept in its git folder, and those of the tip with a git folder of their own."""
    found: dict[str, tuple[str, Git]] = {}
    owner = os.stat(git.common).st_uid
    modules = os.path.join(git.common, "modules")
    for folder, folders, names in os.walk(modules):
        if "HEAD" in names and "objects" in folders:
            folders.clear()
            if os.lstat(folder).st_uid == owner and not os.path.islink(folder):
                found[os.path.realpath(folder)] = (f"{name}/{os.path.relpath(folder, modules)}", apart(folder))
        elif os.path.relpath(folder, modules).count("/") > DEEPEST:
            folders.clear()
    for path in _links(git):
        inner = os.path.join(git.root, path)
        if os.path.isdir(os.path.join(inner, ".git")) and os.path.realpath(inner) == os.path.join(os.path.realpath(git.root), path):
            try:
                one = repository(inner)
            except AgentkeyError:  # what git refuses to open is none of ours
                continue
            found.setdefault(os.path.realpath(one.common), (f"{name}/{path}", one))
    return sorted(found.values())


def _links(git: Git) -> list[str]:
    """The paths of submodules at the tip; none in a bare repository, or where the tip cannot be read: that was told before."""
    if git.root == git.directory:
        return []
    try:
        tip = default_branch(git, refs(git, []))[1]
        return gitlinks(git, tip) if tip else []
    except AgentkeyError:
        return []
