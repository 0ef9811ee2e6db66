"""The generated pages: fresh, with a real example for every rule, and without a secret."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint.engine.pipeline import manual, rules
from agentkey_lint.testing import cases

ROOT = Path(__file__).resolve().parents[2]
PIECE = 8
"""No run of so many characters of a secret may show."""
EXAMPLES: dict[str, str] = json.loads((ROOT / "agentkey_lint" / "catalog" / "examples.json").read_text(encoding="utf-8"))


def docs(folder: Path, *arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "tools/docs.py", *arguments]
    return subprocess.run(command, cwd=folder, env={"PATH": "/usr/bin:/bin", "PYTHONPATH": str(folder)}, capture_output=True, text=True, timeout=120)


def test_the_pages_are_fresh_and_staleness_is_noticed(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> None:
    copy = copy_checkout(tmp_path / "copy")
    begun = time.monotonic()
    done = docs(copy, "--check")
    assert (done.returncode, done.stderr) == (0, "") and time.monotonic() - begun < 60
    page = copy / "docs" / "rules" / "hardcoded-key.md"
    text = page.read_text(encoding="utf-8")
    page.write_text(text.replace("sk-ant-api03-****", "sk-ant-api03-…"), encoding="utf-8")
    (copy / "docs" / "rules" / "stray.md").write_text("x")
    assert docs(copy, "--check").returncode == 1
    assert docs(copy).returncode == 0
    assert page.read_text(encoding="utf-8") == text and not (copy / "docs" / "rules" / "stray.md").exists()


@pytest.mark.parametrize("rule", [rule.id for rule in rules()])
def test_every_rule_has_a_page_with_a_real_example(rule: str) -> None:
    page = (ROOT / "docs" / "rules" / f"{rule}.md").read_text(encoding="utf-8")
    example = EXAMPLES[rule]
    assert manual(rule) in page and f"```text\n{example}\n```" in page
    assert example.startswith(("$ agentkey-lint check", "$ agentkey-lint audit")) and f"  {rule}\n" in example
    first = next(case for case in cases((ROOT / "tests" / "checks" / rule / "cases.md").read_text(encoding="utf-8")) if case.expected)
    for secret in first.secrets:
        assert not any(secret[at : at + PIECE] in page for at in range(len(secret) - PIECE + 1))


def test_explain_prints_the_example(lint: Callable[..., "subprocess.CompletedProcess[bytes]"], tmp_path: Path) -> None:
    done = lint(tmp_path, "explain", "unexpanded-reference")
    assert done.returncode == 0 and EXAMPLES["unexpanded-reference"] in done.stdout.decode()
