"""Our own way of importing our modules gives what Python's gives, whatever became of the bytecode meanwhile."""

import os
import py_compile
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agentkey_lint.model import imports

TELL = """import sys
sys.path.insert(0, {folder!r})
from agentkey_lint.model import imports
{install}
import agentkey_lint.room.thing as thing
spec = thing.__spec__
print(thing.VALUE, thing.__name__, thing.__package__, thing.__file__, thing.__cached__, spec.origin, spec.cached, spec.parent, spec.has_location, thing.where())
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A package of our name with our finder, a room, and a module in it whose bytecode is there; the module."""
    room = tmp_path / "agentkey_lint" / "room"
    room.mkdir(parents=True)
    model = room.parent / "model"
    model.mkdir()
    for folder in (room.parent, room, model):
        (folder / "__init__.py").touch()
    shutil.copy(str(imports.__file__), model)
    thing = room / "thing.py"
    thing.write_text("VALUE = 'old'\ndef where():\n    return where.__code__.co_filename, where.__code__.co_firstlineno\n")
    py_compile.compile(str(thing), doraise=True)
    return thing


def told(thing: Path, install: str = "imports.install()", *flags: str) -> str:
    code = TELL.format(folder=str(thing.parents[2]), install=install)
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run([sys.executable, *flags, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=60)
    return done.stdout


def bytecode(thing: Path) -> Path:
    return next((thing.parent / "__pycache__").glob("thing.*.pyc"))


def test_a_module_is_the_same_either_way(package: Path) -> None:
    ours = told(package)
    assert ours.startswith("old agentkey_lint.room.thing agentkey_lint.room ") and ours == told(package, "")
    assert "_Loader" in told(package, "imports.install(); import agentkey_lint.room.thing as thing; print(type(thing.__loader__))")


def test_kept_bytecode_is_what_runs(package: Path) -> None:
    """Otherwise the tests below would tell nothing: bytecode of another text, of which the time and size are right."""
    before = package.stat()
    package.write_text(package.read_text().replace("old", "new"))
    os.utime(package, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert told(package).split()[0] == "old"


def test_bytecode_of_another_source_is_not_run(package: Path) -> None:
    package.write_text(package.read_text().replace("old", "newer"))
    assert told(package).split()[0] == "newer"
    before = package.stat().st_mtime
    package.write_text(package.read_text().replace("newer", "three"))
    os.utime(package, (before + 2, before + 2))
    assert told(package).split()[0] == "three"


@pytest.mark.parametrize("kept", [b"", b"short", b"\0" * 500])
def test_broken_bytecode_is_left_to_python(package: Path, kept: bytes) -> None:
    bytecode(package).write_bytes(kept)
    assert told(package).split()[0] == "old"


def test_bytecode_that_goes_by_a_hash_is_left_to_python(package: Path) -> None:
    py_compile.compile(str(package), doraise=True, invalidation_mode=py_compile.PycInvalidationMode.CHECKED_HASH)
    package.write_text(package.read_text().replace("old", "new"))
    assert told(package).split()[0] == "new"


def test_without_bytecode_the_source_is_read(package: Path) -> None:
    shutil.rmtree(package.parent / "__pycache__")
    assert told(package).split()[0] == "old"


@pytest.mark.parametrize("flags", [("-O",), ("-X", "pycache_prefix=elsewhere")], ids=" ".join)
def test_another_kind_of_bytecode_is_left_to_python(package: Path, flags: tuple[str, ...]) -> None:
    assert "imports.Finder" not in told(package, "imports.install(); print(sys.meta_path)", *flags)


def test_the_command_finds_its_modules_so() -> None:
    """And others' as ever."""
    root = str(Path(__file__).resolve().parents[2])
    code = f"import sys, os; sys.path.insert(0, {root!r}); "
    code += "os._exit = lambda status: print([str(one) for one in sys.meta_path], status); sys.argv[1:] = ['hook', '--']; "
    code += "from agentkey_lint.main import run; run(); import json; print(type(json.__loader__).__name__)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    assert not done.returncode, done.stderr
    assert "agentkey_lint.model.imports.Finder" in done.stdout.splitlines()[-2] and done.stdout.splitlines()[-1] == "SourceFileLoader"
