"""`make demo`: the example of a leaky agent, and a repository of one's own."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "examples" / "leaky-agent"
FAMILIES = {
    "keys": {"hardcoded-key", "hardcoded-secret", "key-in-command", "key-in-url", "private-key"},
    "references": {"unexpanded-reference", "malformed-reference", "missing-reference", "undeclared-reference"},
    "manifest": {"invalid-manifest", "wildcard-scope", "scope-exceeds-role", "missing-expiry"},
    "ignore files": {"unignored-secret-file", "tracked-secret-file"},
}
Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]


def demo(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(ROOT / "tools" / "demo.py"), *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120)


def test_the_example_has_findings_of_all_four_families(leaky: Path, lint: Lint) -> None:
    done = lint(leaky, "check", "--format", "json")
    report = json.loads(done.stdout)
    assert (done.returncode, report["faults"]) == (1, [])
    rules = {finding["rule"] for finding in report["findings"] if finding["verdict"] == "reported"}
    assert {family for family, ids in FAMILIES.items() if rules & ids} == set(FAMILIES)


def test_its_page_names_every_file_with_findings_and_no_other(leaky: Path, lint: Lint) -> None:
    found = {finding["path"] for finding in json.loads(lint(leaky, "check", "--format", "json").stdout)["findings"] if finding["verdict"] == "reported"}
    rows = [row.split("|") for row in (EXAMPLE / "README.md").read_text().splitlines() if row.startswith("| `")]
    assert {row[1].strip(" `") for row in rows if row[2].strip()} == found


def test_no_key_shaped_text_is_committed(tmp_path: Path, lint: Lint) -> None:
    for path in EXAMPLE.rglob("*"):
        if path.is_file():  # as plain text, so that nothing but the shape of a key counts
            (tmp_path / f"{path.relative_to(EXAMPLE).as_posix().replace('/', '_')}.txt").write_bytes(path.read_bytes())
    report = json.loads(lint(tmp_path, "check", "--format", "json", "--min-confidence", "low").stdout)
    assert report["scanned"]["files"] > 8
    assert [finding for finding in report["findings"] if finding["rule"] in FAMILIES["keys"]] == []


def test_the_demonstration_succeeds_with_findings_and_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    done = demo()
    assert done.returncode == 0, done.stderr
    assert "tracked-secret-file" in done.stdout and "the whole job was done" in done.stdout
    assert list(tmp_path.iterdir()) == []


def test_a_repository_of_ones_own_is_read_where_it_is(tmp_path: Path) -> None:
    (tmp_path / "agent.py").write_text(f'key = "{expand("sk-ant-api03-{{93 x aA0_-}}AA")}"\n')
    done = demo(str(tmp_path))
    assert done.returncode == 0, done.stderr
    assert "agent.py:1:" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["agent.py"]
    (tmp_path / "agent.py").write_text("x = 1\n")
    assert demo(str(tmp_path)).returncode == 0


def test_the_demonstration_fails_where_the_check_could_not_be_done(tmp_path: Path) -> None:
    assert demo(str(tmp_path / "nowhere")).returncode == 2
    (tmp_path / ".mcp.json").write_text('{"mcpServers": ')
    assert demo(str(tmp_path)).returncode == 2


@pytest.mark.parametrize("kind", ["missing", "too old"])
def test_a_python_that_will_not_do_is_named(tmp_path: Path, copy_checkout: Callable[[Path], Path], kind: str) -> None:
    copy = copy_checkout(tmp_path / "copy")
    python = tmp_path / "python3.9"
    if kind == "too old":
        python.write_text("#!/bin/sh\nexit 1\n")
        python.chmod(0o755)
    for target in ("compile", "demo", "new-rule", "check"):
        done = subprocess.run(["make", f"PYTHON={python}", target], cwd=copy, capture_output=True, text=True, timeout=60)
        assert done.returncode != 0
        assert "needs Python 3.11 or newer" in done.stderr and "python3.9" in done.stderr
        assert not (copy / ".venv").exists()
