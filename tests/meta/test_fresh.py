"""What is generated is fresh, and staleness is noticed."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def compiler(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "agentkey_lint.catalog.compile", *arguments]
    return subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=120)


@pytest.fixture
def copy(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> Path:
    return copy_checkout(tmp_path / "copy")


def test_the_catalogue_is_fresh() -> None:
    done = compiler(ROOT, "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("rules/keys/tavily.toml", 'tier = "write"', 'tier = "admin"'),
        ("rules/readers/codex.toml", 'name = "Codex"', 'name = "Codex of ours"'),
        ("rules/ignores/dotenv.toml", 'severity = "high"', 'severity = "low"'),
        ("agentkey_lint/checks/wildcard_scope.py", '"A scope is a wildcard"', '"A scope is a star"'),
    ],
)
def test_a_stale_catalogue_is_noticed_and_made_fresh(copy: Path, file: str, old: str, new: str) -> None:
    text = (copy / file).read_text(encoding="utf-8")
    assert old in text
    (copy / file).write_text(text.replace(old, new), encoding="utf-8")
    before = (copy / "agentkey_lint" / "catalog" / "compiled.py").read_bytes()
    stale = compiler(copy, "--check")
    assert stale.returncode == 1 and "run `make`" in stale.stderr
    assert (copy / "agentkey_lint" / "catalog" / "compiled.py").read_bytes() == before, "a look changes nothing"
    assert compiler(copy).returncode == 0
    assert compiler(copy, "--check").returncode == 0


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("vendor = ", "rules/keys/new.toml"),
        ("vendor = 'N'\n[[key]]\nid = 'n'\nname = 'K'\npattern = 'new-[a-z]+'\ntier = 'write'\nlifetime = 'long-lived'\n", "upper bound"),
        ("vendor = 'N'\n[[key]]\nid = 'n'\nname = 'K'\npattern = '[a-z]{40}'\ntier = 'write'\nlifetime = 'long-lived'\n", "anchor"),
        ("vendor = 'N'\n[[key]]\nid = 'tavily-api-key'\nname = 'K'\npattern = 'new-[a-z]{40}'\ntier = 'write'\nlifetime = 'long-lived'\n", "taken"),
    ],
    ids=["broken TOML", "unbounded", "no anchor", "id taken"],
)
def test_a_wrong_rule_file_is_refused_with_its_name(copy: Path, text: str, why: str) -> None:
    (copy / "rules" / "keys" / "new.toml").write_text(text)
    before = (copy / "agentkey_lint" / "catalog" / "compiled.py").read_bytes()
    done = compiler(copy)
    # Of two files with one id the later one by name is to blame.
    assert done.returncode == 2 and why in done.stderr and ".toml" in done.stderr
    assert "Traceback" not in done.stderr
    assert (copy / "agentkey_lint" / "catalog" / "compiled.py").read_bytes() == before
