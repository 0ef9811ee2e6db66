"""`schema`: the JSON Schema of key manifests, as it is published in the package."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(command: "ArgumentParser") -> None:
    pass


def run(options: "Namespace") -> int:
    path = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "config", "manifest.schema.json")
    with open(path, encoding="utf-8") as file:
        sys.stdout.write(file.read())
    return 0
