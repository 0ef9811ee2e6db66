"""The files below rules/ as tables, for what compiles them and for whoever looks after them."""

import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]


class RuleFileError(Exception):
    """A file below rules/ is wrong: which one, and why."""


def load(folder: str) -> dict[str, dict[str, Any]]:
    """Every TOML file of a folder of rules/, by its name without the ending."""
    tables = {}
    for path in sorted((ROOT / "rules" / folder).glob("*.toml")):
        try:
            tables[path.stem] = tomllib.loads(path.read_text(encoding="utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise RuleFileError(f"rules/{folder}/{path.name}: {error}") from error
    return tables
