"""The arguments of `hook`. The form that pre-commit uses, `hook -- PATH…`, starts `check.hook` without argparse and without this module."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import add_output

    command.add_argument("paths", nargs="*", metavar="PATH")
    add_output(command)


def run(options: "Namespace") -> int:
    from agentkey_lint.commands.check import hook
    from agentkey_lint.commands.options import output

    return hook(options.paths, output(options))
