"""`schema`: the JSON Schema of key manifests or of settings, as it is published in the package."""

import os

from agentkey_lint.report.text import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

NAMES = ("manifest", "settings")


def arguments(command: "ArgumentParser") -> None:
    command.add_argument("name", nargs="?", choices=NAMES, default="manifest", help="default: manifest")


def run(options: "Namespace") -> int:
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "config", f"{options.name}.schema.json")
    with open(path, encoding="utf-8") as file:
        say(file.read())
    return 0
