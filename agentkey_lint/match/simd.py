"""The one pass over the bytes: a Hyperscan database of plain literals, compiled at start (a few milliseconds for some hundred)."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any


def _extension() -> "Any":
    """Hyperscan's extension module, without the package around it (which imports `typing`: 14 of its 17 ms)."""
    if "hyperscan" in sys.modules:
        return sys.modules["hyperscan"]
    from importlib.machinery import ExtensionFileLoader, PathFinder

    package = PathFinder.find_spec("hyperscan")
    if package is None or not package.submodule_search_locations:
        raise ImportError("hyperscan is not installed")
    spec = PathFinder.find_spec("_hs_ext", list(package.submodule_search_locations))
    if spec is None or not isinstance(spec.loader, ExtensionFileLoader):
        import hyperscan

        return hyperscan
    module = spec.loader.create_module(spec)  # as importlib.util.module_from_spec does, which imports contextlib first
    spec.loader.exec_module(module)
    return module


def compile_literals(literals: "Sequence[tuple[bytes, bool]]") -> "Callable[[bytes, Callable[[int, int, int, int, object], None]], None]":
    """A scanner for (literal, caseless) pairs.

    The scanner takes bytes and a callback that is handed, for each occurrence, the literal's position in the list, 0, the offset where the
    occurrence ends, 0 and None. Literals must not hold a NUL byte.
    """
    extension = _extension()
    database = extension.Database()
    database.compile(
        expressions=[literal for literal, _ in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[extension.HS_FLAG_CASELESS if caseless else 0 for _, caseless in literals],
        literal=True,
    )

    def scan(data: bytes, on_hit: "Callable[[int, int, int, int, object], None]") -> None:
        database.scan(data, match_event_handler=on_hit)

    return scan
