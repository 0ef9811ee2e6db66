"""Imports of our own modules without a search: a hook makes a hundred of them, and Python's way of finding each takes longer than running it.

Where a module lies is known, and its bytecode is held against the time and size of its source, as Python does. All that is not as usual is left to Python.
"""

import os
import sys
from _frozen_importlib import ModuleSpec
from _frozen_importlib_external import MAGIC_NUMBER, SourceFileLoader
from marshal import loads

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import CodeType

_PACKAGE = __name__.partition(".")[0] + "."
_TIMED = MAGIC_NUMBER + bytes(4)
"""How bytecode begins that holds for a source of one time and size; these follow, in four bytes each."""


class _Loader(SourceFileLoader):
    """As Python's own, but bytecode that is there is loaded without detours."""

    def get_code(self, fullname: str) -> "CodeType | None":
        code = _stored(self.path)
        return code if code is not None else super().get_code(fullname)


class Finder:
    """Finds the modules in our packages: a module lies in the folder of its package."""

    @staticmethod
    def find_spec(name: str, path: "Sequence[str] | None" = None, target: object = None) -> ModuleSpec | None:
        if path is None or len(path) != 1 or not name.startswith(_PACKAGE):
            return None
        source = f"{path[0]}/{name.rpartition('.')[2]}.py"
        try:
            os.stat(source)
        except OSError:  # a package, or nothing
            return None
        spec = ModuleSpec(name, _Loader(name, source), origin=source)
        spec.has_location = True
        spec.cached = _beside(source)
        return spec


def _beside(source: str) -> str:
    """Where Python keeps the bytecode of a source file."""
    folder, _, name = source.rpartition("/")
    return f"{folder}/__pycache__/{name[:-3]}.{sys.implementation.cache_tag}.pyc"


def _stored(source: str) -> "CodeType | None":
    """The bytecode that is kept for a source file; None if there is none that holds for it as it is now."""
    try:
        facts = os.stat(source)
        descriptor = os.open(_beside(source), os.O_RDONLY | os.O_CLOEXEC)
        try:
            size = os.fstat(descriptor).st_size
            data = os.read(descriptor, size)
        finally:
            os.close(descriptor)
    except OSError:
        return None
    of = _TIMED + b"".join((number & 0xFFFFFFFF).to_bytes(4, "little") for number in (int(facts.st_mtime), facts.st_size))
    if len(data) != size or data[:16] != of:
        return None
    code: CodeType = loads(memoryview(data)[16:])
    return code


def install() -> None:
    """Find our modules this way from now on, unless Python is told to keep bytecode elsewhere or to make another kind of it."""
    if sys.pycache_prefix is None and not sys.flags.optimize:
        sys.meta_path.insert(0, Finder)
