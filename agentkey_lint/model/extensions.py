"""Extension modules without the packages around them: those import `typing` or `importlib.resources` first, which take longer than all that is wanted."""

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def extension(package: str, module: str) -> "Any":
    """The extension module that lies in the folder of a package and bears most of what it offers, or the package itself if it has been imported.

    None where there is no such module: then the package is to be imported, or is not installed.
    """
    if package in sys.modules:
        return sys.modules[package]
    from importlib.machinery import ExtensionFileLoader, PathFinder

    outer = PathFinder.find_spec(package)
    if outer is None or not outer.submodule_search_locations:
        return None
    spec = PathFinder.find_spec(module, list(outer.submodule_search_locations))
    if spec is None or not isinstance(spec.loader, ExtensionFileLoader):
        return None
    found = spec.loader.create_module(spec)  # as importlib.util.module_from_spec does, which imports contextlib first
    spec.loader.exec_module(found)
    return found
