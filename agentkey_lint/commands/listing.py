"""`list`: every rule on one line."""

import sys

from agentkey_lint.engine.pipeline import rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(command: "ArgumentParser") -> None:
    pass


def run(options: "Namespace") -> int:
    rows = rules()
    width = max(len(rule.id) for rule in rows)
    for rule in rows:
        sys.stdout.write(f"{rule.id:<{width}}  {rule.severity:<8}  {rule.summary}\n")
    return 0
