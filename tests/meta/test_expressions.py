"""Expressions without `re` are those that `re` makes, whatever became of the file that keeps them."""

import marshal
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog.compiled import KINDS
from agentkey_lint.engine import pool
from agentkey_lint.model import expressions
from agentkey_lint.model.expressions import regex

TELL = """import sys
sys.path.insert(0, sys.argv[1])
from agentkey_lint.model import expressions
found = expressions.regex(rb"(?i)(?P<word>[a-z]{2,5}+)-(?=\\d)")
print(found.search(b"..Abc-1")["word"].decode(), "re" in sys.modules, found.groupindex, found.flags, found.groups)
expressions.keep()
"""


def forget() -> None:
    expressions._compiled.clear()
    expressions._new.clear()
    expressions._kept[:] = [{}]


def both(pattern: str | bytes) -> list[object]:
    """The expression as it is made, and as it is when it was kept."""
    forget()
    made = regex(pattern)
    expressions._kept[:] = [dict(expressions._new)]
    expressions._compiled.clear()
    expressions._new.clear()
    kept = regex(pattern)
    assert not expressions._new
    return [made, kept]


def test_the_expressions_of_all_keys() -> None:
    """Patterns are equal if their flags, texts and code are."""
    for row in KINDS:
        for pattern in ((b"(?i)" if row[5] else b"") + row[3], row[15]):
            for found in both(pattern):
                assert found == re.compile(pattern) and found.groupindex == re.compile(pattern).groupindex  # type: ignore[attr-defined]


PARTS = st.sampled_from(["a", r"\d", "[^b-f]", "(x)", "(?P<n>y)", "(?:z|é)", "(?=w)", "(?<!v)", "*", "+?", "++", "{2,3}", "|", "^", "$", r"\b", ".", r"\s"])


@given(flags=st.sampled_from(["", "(?i)", "(?ms)", "(?x)"]), parts=st.lists(PARTS, max_size=8), text=st.text("axyz1é \n", max_size=12))
def test_any_expression(flags: str, parts: list[str], text: str) -> None:
    pattern = flags + "".join(parts)
    try:
        wanted = re.compile(pattern)
    except re.error:
        return
    for found in both(pattern):
        assert found == wanted and found.groups == wanted.groups  # type: ignore[attr-defined]
        assert [one.groupdict() for one in found.finditer(text)] == [one.groupdict() for one in wanted.finditer(text)]  # type: ignore[attr-defined]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A package of our name that holds the module alone."""
    model = tmp_path / "agentkey_lint" / "model"
    model.mkdir(parents=True)
    (model / "__init__.py").touch()
    (model.parent / "__init__.py").touch()
    shutil.copy(str(expressions.__file__), model)
    return tmp_path


def told(folder: Path, **variables: str) -> list[str]:
    """What the expression finds, whether `re` was imported, and what is told of it."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-I", "-S", "-c", TELL, str(folder)] if not variables else [sys.executable, "-c", TELL, str(folder)]
    done = subprocess.run(command, env=environment | variables, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout.split(maxsplit=2)


def kept(folder: Path) -> list[Path]:
    return sorted((folder / "agentkey_lint" / "model" / "__pycache__").glob("*.regex*"))


def test_the_second_run_needs_no_re(folder: Path) -> None:
    first, second = told(folder), told(folder)
    assert first[:2] == ["Abc", "True"] and second[:2] == ["Abc", "False"] and first[2] == second[2]
    assert len(kept(folder)) == 1


@pytest.mark.parametrize("data", [b"", b"\0", b"short", marshal.dumps(7), marshal.dumps((1, 2)), marshal.dumps(((1, 2), {}))])
def test_a_file_that_is_broken_or_of_another_python_is_replaced(folder: Path, data: bytes) -> None:
    told(folder)
    file = kept(folder)[0]
    file.write_bytes(data)
    assert told(folder)[:2] == ["Abc", "True"] and told(folder)[:2] == ["Abc", "False"]


def test_where_no_bytecode_is_written_nothing_is_kept(folder: Path) -> None:
    assert told(folder, PYTHONDONTWRITEBYTECODE="1")[0] == "Abc"
    assert kept(folder) == []


def test_a_folder_that_cannot_be_written_is_no_trouble(folder: Path) -> None:
    (folder / "agentkey_lint" / "model" / "__pycache__").write_text("a file in its place")
    assert told(folder)[:2] == told(folder)[:2] == ["Abc", "True"]


def test_what_a_child_compiles_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside what was kept before it: children end one after the other."""
    monkeypatch.setattr(expressions, "_file", lambda: str(tmp_path / "kept"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for pattern in ("first+", "second+"):
        forget()
        assert [answer for _, answer in pool.spread(2, lambda number, pattern=pattern: regex(pattern).pattern, 2)] == [pattern] * 2
    forget()
    expressions._kept.clear()
    assert {"first+", "second+"} <= expressions._known().keys()
    forget()
