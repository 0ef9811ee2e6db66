"""What is loaded before children are forked."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

from agentkey_lint.engine import pipeline, pool

ROOT = Path(__file__).resolve().parents[2]
START = f"import os, sys; sys.path.insert(0, {str(ROOT)!r}); os.cpu_count = lambda: 2; from agentkey_lint.engine import pool; "
CHECK = """work = pool._work
def told(*given):
    ours = (name for name in sys.modules if name == "pickle" or name.startswith("agentkey_lint."))
    os.write(2, (" ".join(ours) + "\\n").encode())  # at once, as children write side by side
    work(*given)
pool._work = told
from agentkey_lint.main import main
main(["check"])
"""


def loaded(code: str, folder: Path) -> list[set[str]]:
    """The modules that each line of a run's standard error names."""
    done = subprocess.run((sys.executable, "-c", START + code), cwd=folder, capture_output=True, text=True, check=True, timeout=60)
    return [set(line.split()) for line in done.stderr.splitlines()]


def test_children_find_what_a_large_check_needs(tmp_path: Path) -> None:
    for number in range(pool.WORTH):
        (tmp_path / f"module_{number}.py").write_text("number = 1\n")
    (tmp_path / "a.yaml").write_text("name: value\n")
    children = loaded(CHECK, tmp_path)
    assert len(children) == 2
    for modules in children:
        assert {"pickle", "agentkey_lint.match.simd", "agentkey_lint.engine.joining", "agentkey_lint.parse.toml", "agentkey_lint.parse.yaml"} <= modules
        assert {f"agentkey_lint.checks.{name}" for name in pool.CHECKS} <= modules


@pytest.mark.parametrize(("paths", "wanted"), [(["a.py", "b.yml"], True), (["a.py", "yml"], False), (None, True)])
def test_a_parser_is_loaded_for_files_that_are_there(tmp_path: Path, paths: list[str] | None, wanted: bool) -> None:
    (modules,) = loaded(f"steps = list(pool.prepared({paths!r})); print(*sys.modules, file=sys.stderr)", tmp_path)
    assert ("agentkey_lint.parse.yaml" in modules) is wanted


def test_configuration_is_handed_out_together(monkeypatch: pytest.MonkeyPatch) -> None:
    """What it asks of the whole repository, such as where a variable is declared, is worked out by whichever child is asked first, and costs each anew."""

    class Files:
        def contents(self, paths, named=()):
            return ((path, b"") for path in paths)

    monkeypatch.setattr(pool, "_share", [2])
    monkeypatch.setattr(pipeline, "collect", lambda items, *_: [item.path for item in items])
    paths = ["a/.env", *(f"m/{number}.py" for number in range(pool.WORTH)), "z/.env"]
    plan = SimpleNamespace(fingerprint=lambda data: "")
    batches = [part for part in pool.parts(Files(), paths, (), None, plan) if isinstance(part, list)]
    assert sorted(path for batch in batches for path in batch) == sorted(paths)
    assert [batch[:2] for batch in batches if "a/.env" in batch] == [["a/.env", "z/.env"]]
