"""A rule is begun by `make new-rule NAME=…`: a module and a case folder that work as they are."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "zzquux-rule"


def make(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(["make", f"PYTHON={sys.executable}", *arguments], cwd=folder, capture_output=True, text=True, timeout=120)


def snapshot(folder: Path) -> dict[str, bytes]:
    """Every file that a person would commit."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file() and "__pycache__" not in path.parts}


@pytest.fixture
def copy(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> Path:
    return copy_checkout(tmp_path / "copy")


def test_a_new_rule_works_at_once(copy: Path, lint: Callable[..., "subprocess.CompletedProcess[bytes]"]) -> None:
    before = snapshot(copy)
    done = make(copy, "new-rule", f"NAME={NAME}")
    assert done.returncode == 0, done.stderr
    after = snapshot(copy)
    module, cases = "agentkey_lint/checks/zzquux_rule.py", f"tests/checks/{NAME}/cases.md"
    assert {path for path in after if after[path] != before.get(path)} == {module, cases, "agentkey_lint/catalog/compiled.py"}

    listed = lint(copy, "list", package=copy).stdout.decode()
    assert [line.split()[:2] for line in listed.splitlines() if line.startswith(NAME)] == [[NAME, "low"]]
    manual = lint(copy, "explain", NAME, package=copy).stdout.decode()
    assert all(f"\n{heading}\n---" in manual for heading in ("Why it matters", "What to do", "Limits"))

    environment = {**os.environ, "PYTHONPATH": str(copy)}
    tests = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "tests/checks/test_cases.py", "-k", NAME]
    done = subprocess.run(tests, cwd=copy, env=environment, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout
    with open(copy / cases, "a") as file:
        file.write("\n## wrong on purpose\n```ini path=config.ini\nAccountAccessKey = unsafe\n```\n")
    assert subprocess.run(tests, cwd=copy, env=environment, capture_output=True, timeout=120).returncode == 1, "the cases are not looked at"

    for command in (["ruff", "check", module], ["mypy", "-p", "agentkey_lint.checks.zzquux_rule"]):
        done = subprocess.run([sys.executable, "-m", *command], cwd=copy, env=environment, capture_output=True, text=True, timeout=120)
        assert done.returncode == 0, done.stdout


BAD = ["", "Upper-Case", "under_score", "two words", "-dash", "dash-", "a--b", "3d", "../up", "lambda", "x" * 41, "$(touch x)", "`touch x`", "a;touch x"]


@pytest.mark.parametrize("name", [*BAD, "hardcoded-key"])
def test_bad_and_taken_names_are_refused(copy: Path, name: str) -> None:
    before = snapshot(copy)
    done = make(copy, "new-rule", f"NAME={name.replace('$', '$$')}")
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert snapshot(copy) == before
