"""The whole tool in this process: arguments in, exit status and all output out."""

import io
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from agentkey_lint import main as entry

PIECE = 8
"""No run of so many characters of a secret may show."""
EVERYTHING = ("--min-severity", "info", "--min-confidence", "low")


class Run(NamedTuple):
    status: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        report: dict[str, Any] = json.loads(self.out)
        return report

    def rules(self, path: str = "") -> set[str]:
        return {finding["rule"] for finding in self.json["findings"] if not path or finding["path"] == path}

    def faults(self) -> dict[str, str]:
        return {fault["path"]: fault["message"] for fault in self.json["faults"]}


def run(*arguments: str, folder: Path | str, stdin: bytes = b"") -> Run:
    """Run a command as its user would, in a folder."""
    streams = sys.stdout, sys.stderr, sys.stdin
    here = os.getcwd()
    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    sys.stdout, sys.stderr, sys.stdin = out, err, io.TextIOWrapper(io.BytesIO(stdin))
    try:
        os.chdir(folder)
        status = entry.main(arguments)
    except SystemExit as stop:  # argparse's way of ending
        status = stop.code if isinstance(stop.code, int) else 2
    finally:
        sys.stdout, sys.stderr, sys.stdin = streams
        os.chdir(here)
    texts = []
    for stream in (out, err):
        stream.flush()
        texts.append(stream.buffer.getvalue().decode("utf-8", "replace"))
    return Run(status, *texts)


def check(folder: Path | str, *arguments: str) -> Run:
    """`check --format json` with every finding in it."""
    return run("check", "--format", "json", *EVERYTHING, *arguments, folder=folder)


def git(folder: Path | str, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, capture_output=True)


def write(folder: Path, files: dict[str, bytes]) -> None:
    for path, data in files.items():
        place = folder / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)


def pieces(text: str) -> set[str]:
    """Every run of a secret that must not show."""
    return {text[at : at + PIECE] for at in range(len(text) - PIECE + 1)}


def leaks(secrets: list[str], output: str) -> int:
    """How many pieces of these secrets an output holds. (A number: the pieces themselves belong in no message.)"""
    shown = pieces(output) | pieces(output.replace("\\/", "/").replace("\\\\", "\\"))
    return sum(len(pieces(secret) & shown) for secret in secrets)
