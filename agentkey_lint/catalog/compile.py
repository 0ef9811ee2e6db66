"""Compile rules/*.toml and the table of rules into `compiled.py`: literals alone, which load in a few milliseconds.

usage: python -m agentkey_lint.catalog.compile [--check]       (in the checkout)

Everything a start of the linter would otherwise work out is worked out here: anchors, the literal that a pattern begins with, which file names
lead to which reader. Recipes and near-misses stay behind.
"""

import ast
import pprint
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from agentkey_lint.catalog.compile_keys import ANCHOR, key_kinds
from agentkey_lint.catalog.compile_paths import index
from agentkey_lint.catalog.globs import path_matches
from agentkey_lint.catalog.rule_files import RuleFileError, load
from agentkey_lint.model.rule import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).with_name("compiled.py")
LEVELS = ("read", "write", "admin")


def reader_rows(tables: dict[str, dict[str, Any]]) -> list[tuple[Any, ...]]:
    """The readers, named ones before generic ones, each with its path globs and the literals its file must hold."""
    rows = []
    for stem, table in tables.items():
        expands = tuple(
            (
                tuple(row.get("fields", ["**"])),
                (tuple(row["syntaxes"]), row.get("write", ""), row.get("names", ""), row.get("unset", "literal")),
            )
            for row in table.get("expands", ())
        )
        facts = (
            stem,
            table["name"],
            table["format"],
            table["evidence"],
            table["source"],
            tuple(table.get("secrets", ())),
            expands,
            table.get("unset", "literal"),
            table.get("instead", ""),
            tuple(table.get("by_name", ())),
            tuple(table.get("pairs", ())),
            tuple(table.get("declares", ())),
            tuple(table.get("overridable", ())),
            table.get("example", False),
            table.get("generic", False),
            table.get("case_insensitive", False),
            table.get("ignore", False),
            tuple(table.get("names", ())),
            tuple(
                (tuple(row.get("fields", ["**"])), row["variable"], row.get("join", "_"), row.get("confidence", "medium")) for row in table.get("overrides", ())
            ),
            table.get("interpolation", ""),
            tuple(table.get("given", ())),
            table.get("agent", False),
            tuple(table.get("env_files", ())),
        )
        rows.append((tuple(table["paths"]), tuple(word.encode() for word in table.get("contains", ())), facts))
    return sorted(rows, key=lambda row: (row[2][14], not row[1], row[2][0]))


def marked_rows(readers: list[tuple[Any, ...]]) -> dict[int, tuple[bytes, ...]]:
    """The readers of any JSON whatever it is called, by what stands in it alone: the first bytes of that. JSON may be large, and most of it is nobody's."""
    found = {number: contains for number, (paths, contains, _) in enumerate(readers) if contains and "**/*.json" in paths}
    return {number: tuple(dict.fromkeys(word[:ANCHOR] for word in contains)) for number, contains in found.items()}


def scope_words(tables: dict[str, dict[str, Any]]) -> dict[str, tuple[str, ...]]:
    """The words and whole scopes of each level; those of one system bear its name."""
    own = {
        level: tuple(f"{stem}/{scope.lower().rstrip('/')}" for stem, table in tables.items() if stem != "default" for scope in table.get(level, ()))
        for level in LEVELS
    }
    return {level: tuple(tables.get("default", {}).get(level, ())) + own[level] for level in LEVELS}


def pattern(table: dict[str, Any]) -> tuple[Any, ...]:
    """What `catalog.patterns.Pattern` is made of."""
    lower = {name: tuple(text.lower() for text in table.get(name, ())) for name in ("values", "globs", "other", "steps", "ends")}
    beside = tuple((name.lower(), text.lower()) for name, text in table.get("beside", {}).items())
    return (tuple(table.get("routes", ("**",))), *lower.values(), beside)


def broad_row(table: dict[str, Any], where: str) -> tuple[Any, ...]:
    """A setting that allows too much: what `catalog.permissions.Broad` is made of."""
    try:
        return (table["rule"], pattern(table), table["because"], table["hint"], table["severity"], table.get("confidence", "high"), table.get("write", ""))
    except KeyError as error:
        raise RuleFileError(f"{where}: a [[broad]] without {error}") from error


def broad_rows(table: dict[str, Any], where: str) -> tuple[tuple[Any, ...], ...]:
    return tuple(broad_row(row, where) for row in table.get("broad", ()))


def system_rows(tables: dict[str, dict[str, Any]]) -> tuple[list[tuple[Any, ...]], list[tuple[Any, ...]]]:
    """The files in which systems grant scopes, and the systems with what is read out of such a file."""
    files: list[tuple[Any, ...]] = []
    systems: list[tuple[Any, ...]] = []
    for number, (stem, table) in enumerate(tables.items()):
        for file in table.get("files", ()):
            literals = (tuple(word.encode() for word in file.get(name, ())) for name in ("requires", "contains"))
            files.append((tuple(file["paths"]), *literals, file["format"], number))
        confidence = table.get("confidence", "high")
        usual = {"form": "value", "level": "", "wildcard": False, "because": "", "severity": "", "confidence": confidence, "endless": False}
        grants = tuple((pattern(row), *(row.get(name, value) for name, value in usual.items())) for row in table.get("grants", ()))
        missing = tuple((tuple(row["routes"]), row["level"], row["because"], row["severity"], usual["confidence"]) for row in table.get("missing", ()))
        systems.append((stem, table["name"], table.get("shape", ""), grants, missing))
    return files, systems


def owasp_rows(table: dict[str, Any], rules: list[tuple[Any, ...]]) -> tuple[tuple[Any, ...], ...]:
    """The lists of OWASP: id, name, version, source, and the items, each with its title and why no rule serves it (empty: some do)."""
    served = {item for row in rules for item in Rule._make(row).owasp}
    known = {item for one in table["list"] for item in one["items"]}
    if served - known:
        raise RuleFileError(f"rules/owasp.toml: no title for {', '.join(sorted(served - known))}, which rules name")
    found = []
    for one in table["list"]:
        uncovered = one.get("uncovered", {})
        wrong = set(uncovered) ^ (set(one["items"]) - served)
        if wrong:
            raise RuleFileError(f"rules/owasp.toml: {', '.join(sorted(wrong))}: uncovered are the items that no rule names, and no others")
        items = tuple((item, title, uncovered.get(item, "")) for item, title in one["items"].items())
        found.append((one["id"], one["name"], one["version"], one["source"], items))
    return tuple(found)


def demand_rows(number: int, stem: str, table: dict[str, Any]) -> "Iterator[tuple[Any, ...]]":
    """Globs of files that show a tool in use, and (family, steps of a glob behind `**/`, the files that the tool makes beside them)."""
    for demand in table.get("demand", ()):
        globs, files = tuple(demand.get("where", ())), tuple(demand["files"])
        steps = {len(glob.split("/")) - 1 for glob in globs}
        if len(steps) > 1 or any(not glob.startswith("**/") or "**" in glob[2:] for glob in globs):
            raise RuleFileError(f"rules/ignores/{stem}.toml: the globs of a demand begin with `**/`, hold no other, and are equally deep")
        if any(not any(path_matches(glob, file) for glob in table["patterns"]) for file in files):
            raise RuleFileError(f"rules/ignores/{stem}.toml: a file that is demanded is none of the family")
        yield globs, number, max(steps, default=0), files


def rule_rows() -> list[tuple[Any, ...]]:
    """The table of rules, read from the modules of checks/ without running them: they need what is compiled here."""
    rows = []
    for path in sorted((Path(__file__).parents[1] / "checks").glob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call) and ast.unparse(node.targets[0]) == "RULE":
                call = node.value
                given: dict[str, ast.expr] = dict(zip(Rule._fields, call.args, strict=False))
                given.update({str(word.arg): word.value for word in call.keywords})
                rule = Rule(**{name: ast.literal_eval(value) for name, value in given.items()})
                if rule.id != path.stem.replace("_", "-"):
                    raise RuleFileError(f"agentkey_lint/checks/{path.name}: RULE.id is {rule.id!r}")
                rows.append(tuple(rule))
    return rows


def compiled() -> str:
    """The text of `compiled.py`."""
    kinds, anchors, contexts = key_kinds(load("keys"))
    readers = reader_rows(load("readers"))
    ignores = [
        (
            stem,
            table["name"],
            tuple(table["patterns"]),
            tuple(table.get("except", ())),
            tuple(table.get("lines", ())),
            table["proof"],
            table.get("why", ""),
            table["severity"],
        )
        for stem, table in load("ignores").items()
    ]
    demands = [row for number, (stem, table) in enumerate(load("ignores").items()) for row in demand_rows(number, stem, table)]
    scopes = load("scopes")
    files, systems = system_rows({stem: table for stem, table in scopes.items() if stem != "default"})
    words = load(".")
    parts = {
        "ANCHORS": tuple((literal, caseless, tuple(numbers)) for (literal, caseless), numbers in sorted(anchors.items())),
        "CONTEXTS": tuple((word, tuple(numbers)) for word, numbers in sorted(contexts.items(), key=lambda item: (-len(item[0]), item[0]))),
        "KINDS": tuple(kinds),
        "MARKED": marked_rows(readers),
        "PATHS": index([[row[0] for row in readers], [row[2] for row in ignores], [row[0] for row in demands], [row[0] for row in files]]),
        "READERS": tuple(row[1:] for row in readers),
        "IGNORES": tuple(ignores),
        "DEMANDS": tuple(row[1:] for row in demands),
        "SCOPES": scope_words(scopes),
        "SCOPE_GLOBS": {
            stem: tuple((glob.lower(), level) for level in LEVELS for glob in table["globs"].get(level, ()))
            for stem, table in scopes.items()
            if "globs" in table
        },
        "SYSTEMS": tuple(systems),
        "SYSTEM_FILES": tuple(row[1:] for row in files),
        "BROAD": {stem: rows for stem, table in load("readers").items() if (rows := broad_rows(table, f"rules/readers/{stem}.toml"))},
        "ENVIRONMENT": {row["variable"]: broad_row(row, "rules/environment.toml") for row in words["environment"]["broad"]},
        "RUNNERS": {name: (row.get("before", ""), tuple(row["package"]), tuple(row["value"])) for name, row in words["runners"].items()},
        "VARIABLES": {group: tuple(names) for group, names in words.get("variables", {}).items() if isinstance(names, list)},
        "WORDS": {group: tuple(names) for group, names in words.get("words", {}).items()},
        "OWASP": owasp_rows(words["owasp"], rules := rule_rows()),
        "RULES": tuple(rules),
    }
    lines = ['"""Compiled from rules/ and checks/ by `make`. Do not edit."""', "", "from typing import Any", ""]
    lines[2:3] = ["TYPE_CHECKING = False", "if TYPE_CHECKING:", "    from typing import Any"]
    lines += [f'{name}: "Any" = {pprint.pformat(value, width=160, sort_dicts=False)}' for name, value in parts.items()]
    return "\n".join(lines) + "\n"


def main() -> int:
    try:
        text = compiled()
    except (RuleFileError, KeyError) as error:
        print(f"cannot compile: {error}", file=sys.stderr)  # noqa: T201
        return 2
    if "--check" in sys.argv[1:]:
        fresh = TARGET.exists() and TARGET.read_text(encoding="utf-8") == text
        print("fresh" if fresh else f"{TARGET.name} is stale: run `make`", file=sys.stderr)  # noqa: T201
        return 0 if fresh else 1
    if not TARGET.exists() or TARGET.read_text(encoding="utf-8") != text:
        TARGET.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
