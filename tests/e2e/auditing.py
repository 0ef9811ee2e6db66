"""Repositories in the making, with keys in them, and what an audit says of these."""

import os
import runpy
import subprocess
from pathlib import Path
from typing import Any

from whole import run, write

from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
generate = runpy.run_path(str(ROOT / "bench" / "history" / "generate.py"))


def key(number: int) -> str:
    return expand("sk-ant-api03-{{93 x aA0}}AA", f"audit {number}")


def line(number: int) -> str:
    return f'client = Anthropic(api_key="{key(number)}")\n'


class Repo:
    """A repository in the making; each commit is an hour younger than the one before."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        self.clock = 1_600_000_000
        subprocess.run(["git", "init", "-q", *options, str(folder)], check=True)

    def git(self, *arguments: str, text: str = "") -> str:
        environment = {**os.environ, "GIT_AUTHOR_DATE": f"{self.clock} +0000", "GIT_COMMITTER_DATE": f"{self.clock} +0000", "GIT_ALLOW_PROTOCOL": "file"}
        done = subprocess.run(["git", "-C", str(self.folder), *arguments], env=environment, input=text, capture_output=True, text=True, check=True)
        return done.stdout.strip()

    def commit(self, files: dict[str, str | None], message: str = "change") -> str:
        self.clock += 3600
        write(self.folder, {path: text.encode() for path, text in files.items() if text is not None})
        for path, text in files.items():
            if text is None:
                (self.folder / path).unlink()
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")


def audit(folder: Path | str, *arguments: str) -> dict[str, Any]:
    """The report of an audit, and its exit status in it."""
    done = run("audit", "--format", "json", *arguments, folder=folder)
    assert done.out, done.err
    report: dict[str, Any] = done.json
    assert report["summary"]["exit"] == done.status
    return report


def rows(report: dict[str, Any], name: str | None = None) -> list[dict[str, Any]]:
    return [row for one in report["audit"] if name in (None, one["name"]) for row in one["leaks"]]


def places(row: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(one["kind"], one["path"], one["line"]) for one in row["sightings"]]
