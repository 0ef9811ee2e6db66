"""Extension modules without the packages around them: those import `typing` or `importlib.resources` first, which take longer than all that is wanted."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def extension(package: str, module: str, inside: bool = True) -> "Any":
    """The extension module of an installed package; inside: it lies in the package's folder. Where it does not lie as expected, the package itself.

    Raises ImportError where the package is not installed.
    """
    if package in sys.modules:
        return sys.modules[package]
    from importlib.machinery import ExtensionFileLoader, PathFinder

    outer = PathFinder.find_spec(package)
    if outer is None or not outer.submodule_search_locations:
        raise ImportError(f"{package} is not installed")
    spec = PathFinder.find_spec(f"{package}.{module}" if inside else module, list(outer.submodule_search_locations))
    if spec is None or not isinstance(spec.loader, ExtensionFileLoader):
        return __import__(package)
    found = spec.loader.create_module(spec)  # as importlib.util.module_from_spec does, which imports contextlib first
    spec.loader.exec_module(found)
    return found
