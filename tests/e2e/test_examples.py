"""The set-ups below `examples/`, written as a new user would write them: what is reported of each is what its `expected.toml` says, no more and no less."""

import json
import runpy
import subprocess
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SETUPS = {path.parent.name: path.parent for path in sorted((ROOT / "examples").glob("*/expected.toml"))}
KEYS = {"hardcoded-key", "hardcoded-secret", "key-in-command", "key-in-url", "private-key", "secret-in-default", "value-for-name"}
Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]


def build(setup: Path, folder: Path) -> None:
    """The set-up as a git repository: staged is what `git add` takes, so that an ignored `.env` stays out as it would for its owner."""
    runpy.run_path(str(ROOT / "tools" / "demo.py"))["write"](setup, folder)
    (folder / "expected.toml").unlink()
    for command in (("init", "-q"), ("add", "-A")):
        subprocess.run(("git", *command), cwd=folder, check=True)


def expected(setup: Path, folder: Path, known_miss: bool = False) -> list[tuple[str, int, str]]:
    """The findings that are asked for, as (path, line, rule). Without `line` it is the file's first; `after` counts on from the line that holds it.

    known_miss: those that ought to be found and are not.
    """
    found = []
    for finding in tomllib.loads((setup / "expected.toml").read_text())["finding"]:
        if finding.get("known_miss", False) == known_miss:
            lines = (folder / finding["path"]).read_text().splitlines() if "line" in finding else []
            at = [number for number, line in enumerate(lines, 1) if finding["line"] in line] if "line" in finding else [1]
            assert len(at) == 1, f"{finding['path']}: {finding['line']!r} stands in {len(at)} lines"
            found.append((finding["path"], at[0] + finding.get("after", 0), finding["rule"]))
    return sorted(found)


def reported(folder: Path, lint: Lint) -> list[tuple[str, int, str]]:
    report = json.loads(lint(folder, "check", "--format", "json").stdout)
    assert report["faults"] == []
    return sorted((found["path"], found["start"]["line"], found["rule"]) for found in report["findings"] if found["verdict"] == "reported")


def test_there_are_at_least_ten() -> None:
    assert len(SETUPS) >= 10
    for setup in SETUPS.values():
        files = [path for path in setup.rglob("*") if path.is_file() and path.name != "expected.toml"]
        assert 3 <= len(files) <= 8, setup.name


@pytest.mark.parametrize("name", SETUPS)
def test_every_finding_is_right_and_none_is_missing(name: str, tmp_path: Path, lint: Lint) -> None:
    build(SETUPS[name], tmp_path)
    found = reported(tmp_path, lint)
    assert found == expected(SETUPS[name], tmp_path)
    assert not set(found) & set(expected(SETUPS[name], tmp_path, known_miss=True)), "this is found now: take its known_miss out"


@pytest.mark.parametrize("name", SETUPS)
def test_no_key_shaped_text_is_committed(name: str, tmp_path: Path, lint: Lint) -> None:
    for number, path in enumerate(sorted(SETUPS[name].rglob("*"))):
        if path.is_file():  # as plain text, so that nothing but the shape of a key counts
            (tmp_path / f"{number}.txt").write_bytes(path.read_bytes())
    report = json.loads(lint(tmp_path, "check", "--format", "json", "--min-confidence", "low").stdout)
    assert report["scanned"]["files"] >= 3
    assert [finding for finding in report["findings"] if finding["rule"] in KEYS] == []
