"""`hook`: what pre-commit runs. Its form `hook -- PATH…` starts here without argparse."""

import os

from agentkey_lint.commands.running import USUAL, Options, finish, kept_of, plan_of, repository_of
from agentkey_lint.engine import pipeline
from agentkey_lint.engine.settings import Finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

ASKED_LATER = (".secrets.baseline", ".agentkey-baseline", ".gitignore", ".env")
"""Files that are asked for where something is found: the hook looks them up with its own, so that git is asked once."""


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_output

    command.add_argument("paths", nargs="*", metavar="PATH")
    add_output(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.options import output

    return hook(options.paths, output(options))


def hook(paths: "Sequence[str]", options: Options = USUAL) -> int:
    """What pre-commit runs: each path's blob in the index, and the work tree's bytes only where the index has none."""
    from agentkey_lint.discover import staged

    index = staged.Index(os.getcwd())
    settings = Finder(index.some)
    index.look_up([*paths, *settings.candidates(paths), *ASKED_LATER])
    kept = kept_of(paths, settings)
    report = pipeline.lint(staged.for_paths(index, kept), repository_of(index, settings), plan_of(options, index))
    return finish(report._replace(excluded=len(paths) - len(kept)), options, "files handed over by the hook")
