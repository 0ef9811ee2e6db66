"""Write the JSON Schema of settings, `agentkey_lint/config/settings.schema.json`, from the grammar and the table of rules.

usage: python tools/schema.py [--check]
"""

import json
import sys
from pathlib import Path
from typing import Any

from agentkey_lint.config.settings import LONGEST, MOST, TOOLS
from agentkey_lint.engine.pipeline import rules
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES

TARGET = Path(__file__).resolve().parents[1] / "agentkey_lint" / "config" / "settings.schema.json"
GLOB = r"^(?!/|!)(?!(?:.*/)?\.\.(?:/|$))[^?{\\]*[^?{\\/.][^?{\\]*$"
DAY = r"^[0-9]{4}-[0-9]{2}-[0-9]{2}"


def listed(items: dict[str, Any], description: str) -> dict[str, Any]:
    return {"type": "array", "items": items, "maxItems": MOST, "description": description}


def table(properties: dict[str, Any], description: str = "", **more: Any) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, **({"description": description} if description else {}), **more}


def text(description: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "maxLength": LONGEST, "description": description, **more}


def option(default: Any) -> dict[str, Any]:
    """The schema of an option, by its default."""
    if isinstance(default, bool):
        return {"type": "boolean", "default": default}
    if isinstance(default, tuple):
        return {"type": "array", "items": {"type": "string", "maxLength": LONGEST}, "maxItems": MOST, "default": list(default)}
    return {"type": "integer", "default": default} if isinstance(default, int) else {"type": "string", "maxLength": LONGEST, "default": default}


def schema() -> dict[str, Any]:
    """The whole schema, draft 2020-12."""
    level, sure = {"enum": list(SEVERITIES)}, {"enum": list(CONFIDENCES)}
    glob = {"type": "string", "maxLength": LONGEST, "pattern": GLOB}
    rule = {"$ref": "#/$defs/rule"}
    by_rule = {
        one.id: table(
            {
                "enabled": {"type": "boolean", "default": True},
                "severity": {"enum": list(SEVERITIES), "default": one.severity},
                **{name: option(default) for name, default in one.options},
            },
            one.summary,
        )
        for one in rules()
    }
    part = {
        "min-severity": level | {"description": "Report from this severity on."},
        "min-confidence": sure | {"description": "Report from this confidence on."},
        "disable": listed(rule, "Rules that do not speak here."),
        "enable": listed(rule, "Rules that speak here although an extended file disables them."),
        "rules": {"$ref": "#/$defs/rules"},
    }
    paths = {**listed(glob, "The files it is for: globs relative to the folder of this file."), "minItems": 1}
    exemption = {
        "paths": paths,
        "rules": {**listed(rule, "The rules that it hides."), "minItems": 1},
        "key": text("The name that the value is given in its file."),
        "fingerprint": text("The shared fingerprint of one finding."),
        "reason": text("Why."),
        "until": text("The last day it holds: YYYY-MM-DD.", pattern=DAY),
    }
    top = {
        "extends": text("Another file of settings in this repository, relative to this one; what it says counts where this file says nothing."),
        "exclude": listed(glob, "Files that are not looked at: globs relative to the folder of this file."),
        "env": listed({"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$", "maxLength": LONGEST}, "Variables that are set outside this repository."),
        "adopt": listed({"enum": list(TOOLS)}, "Tools whose comments hide secrets here too."),
        "require-reason": {"type": "boolean", "default": True, "description": "A suppression without a reason hides nothing."},
        **part,
        "overrides": {"type": "array", "maxItems": MOST, "items": table({"paths": paths, **part}, required=["paths"])},
        "ignore": {"type": "array", "maxItems": MOST, "items": table(exemption, required=["paths", "rules"])},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Settings of agentkey-lint",
        **table(top, "agentkey-lint.toml, or the table tool.agentkey-lint of pyproject.toml"),
        "$defs": {"rule": {"enum": [one.id for one in rules()]}, "rules": table(by_rule, "Options of rules.")},
    }


def main() -> int:
    made = json.dumps(schema(), indent=1) + "\n"
    fresh = TARGET.exists() and TARGET.read_text(encoding="utf-8") == made
    if "--check" in sys.argv[1:]:
        if not fresh:
            print("stale: the schema of settings; run `make docs`", file=sys.stderr)
        return 0 if fresh else 1
    TARGET.write_text(made, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
