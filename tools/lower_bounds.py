"""Print the lowest version of each library that pyproject.toml allows, as pip's requirements: `make test-lower` installs these.

Exits with status 1 for a library without a lower bound.
"""

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def lowest(requirement: str) -> str:
    """`name>=1.2` as `name==1.2`, with the extras and the marker that it has. Raises ValueError where it has no lower bound."""
    bound = re.fullmatch(r"([\w.-]+(?:\[[\w,.-]+\])?)\s*>=\s*([\w.]+)[^;]*(;.*)?", requirement)
    if bound is None:
        raise ValueError(f"{requirement}: no lower bound")
    return f"{bound[1]}=={bound[2]}{bound[3] or ''}"


def main() -> int:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    try:
        print("\n".join(lowest(requirement) for requirement in project["dependencies"]))
    except ValueError as error:
        print(f"pyproject.toml: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
