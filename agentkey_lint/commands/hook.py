"""`hook`: what pre-commit runs. Its form `hook -- PATH…` starts here without argparse, and sets git to work before it imports the engine."""

from agentkey_lint.discover import staged
from agentkey_lint.engine.settings import Finder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from agentkey_lint.commands.running import Options

ASKED_LATER = (".secrets.baseline", ".agentkey-baseline", ".gitignore", ".env")
"""Files that are asked for where something is found: the hook looks them up with its own, so that git is asked once."""


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_output

    command.add_argument("paths", nargs="*", metavar="PATH")
    add_output(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.options import output

    return hook(options.paths, output(options))


def hook(paths: "Sequence[str]", options: "Options | None" = None) -> int:
    """What pre-commit runs: each path's blob in the index, and the work tree's bytes only where the index has none."""
    settings = Finder(lambda places: index.some(places))
    begun = staged.begin([*paths, *settings.candidates(paths), *ASKED_LATER])

    from agentkey_lint.commands.running import USUAL, finish, kept_of, plan_of, repository_of
    from agentkey_lint.engine import pipeline

    options = options or USUAL
    index = begun()
    kept = kept_of(paths, settings)
    report = pipeline.lint(staged.for_paths(index, kept), repository_of(index, settings), plan_of(options, index))
    return finish(report._replace(excluded=len(paths) - len(kept)), options, "files handed over by the hook")
