"""PyYAML, imported without compiling its regular expressions: they take most of its 27 ms, and parsing by libyaml uses none of them.

Each is compiled when something of it is first asked for, so whoever else uses PyYAML in this process notices nothing.
"""

import re
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType
    from typing import Any


class _Later:
    """A compiled pattern, once anybody looks."""

    def __init__(self, pattern: str, flags: int = 0) -> None:
        self._given = pattern, flags

    def __getattr__(self, name: str) -> "Any":
        return getattr(re.compile(*self._given), name)


def _imported() -> "ModuleType":
    if "yaml" not in sys.modules:
        compile = re.compile
        try:
            re.compile = _Later  # type: ignore[assignment]
            import yaml
        finally:
            re.compile = compile
    import yaml

    return yaml


if TYPE_CHECKING:
    import yaml
else:
    yaml = _imported()

__all__ = ["yaml"]
