"""What a table of settings may hold.

The grammar stands here once more than in the published schema (`settings.schema.json`, made by tools/schema.py), because a run should not load a
validator; a test holds the two against each other. No message quotes a value or an unknown name: somebody may have pasted a key there.
"""

from agentkey_lint.catalog import durations
from agentkey_lint.catalog.compiled import RULES
from agentkey_lint.config.layers import OF_ANY_RULE, Glob, Layer, Part
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES
from agentkey_lint.model.settings import Exemption

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from agentkey_lint.model.rule import Value

    Route = tuple[str, ...]

TOOLS = ("betterleaks", "detect-secrets", "gitleaks", "kingfisher", "secretlint", "trufflehog")
"""Those whose comments can be adopted."""
MOST, LONGEST = 1_000, 1_000
"""Items of a list, and characters of a text: matching globs takes time for each."""
TOP = ("extends", "min-severity", "min-confidence", "exclude", "env", "disable", "enable", "adopt", "require-reason", "rules", "overrides", "ignore")
OVERRIDE = ("paths", "min-severity", "min-confidence", "disable", "enable", "rules")
IGNORE = ("paths", "rules", "key", "fingerprint", "reason", "until")


class Wrong(Exception):
    """A setting is wrong: its route in the table, and what is wrong with it."""

    def __init__(self, route: "Route", message: str) -> None:
        super().__init__(message)
        self.route, self.message = route, message


def layer(table: "dict[str, Any]", file: str) -> Layer:
    """A table of settings as it stands in a file (a path from the repository's root). Raises Wrong."""
    _known(table, TOP, ())
    folder = file.rpartition("/")[0]
    overrides = []
    for number, row in enumerate(_tables(table, "overrides")):
        route = ("overrides", str(number))
        _known(row, OVERRIDE, route)
        overrides.append((_globs(row, "paths", folder, route, needed=True), _part(row, route)))
    exemptions = []
    for number, row in enumerate(_tables(table, "ignore")):
        route = ("ignore", str(number))
        _known(row, IGNORE, route)
        exemption = _exemption(row, file, number, route)
        if not exemption.reason and table.get("require-reason") is not False:
            raise Wrong(route, 'an entry of `ignore` says why: reason = "…" (or this file sets require-reason = false)')
        exemptions.append((_globs(row, "paths", folder, route, needed=True), exemption))
    adopt = None if "adopt" not in table else _all_of(_texts(table, "adopt", ()), TOOLS, ("adopt",), "a tool whose comments can be adopted")
    reason = None if "require-reason" not in table else _flag(table["require-reason"], ("require-reason",))
    return Layer(
        file,
        _part(table, ()),
        _text(table, "extends", ()),
        _globs(table, "exclude", folder, ()),
        _variables(table),
        adopt,
        reason,
        tuple(overrides),
        tuple(exemptions),
    )


def _part(table: "dict[str, Any]", route: "Route") -> Part:
    severity = _choice(table, "min-severity", SEVERITIES, route)
    confidence = _choice(table, "min-confidence", CONFIDENCES, route)
    disable, enable = (frozenset(_rule_names(table, name, route)) for name in ("disable", "enable"))
    if disable & enable:
        raise Wrong((*route, "disable"), "one rule is both in `disable` and in `enable`")
    return Part(severity, confidence, disable, enable, _rules(table, route))


def _rules(table: "dict[str, Any]", route: "Route") -> "dict[str, dict[str, Value]]":
    """The table `rules`: for each rule `enabled`, `severity` and its own options."""
    found: dict[str, dict[str, Value]] = {}
    rules = table.get("rules", {})
    if not isinstance(rules, dict):
        raise Wrong((*route, "rules"), "`rules` is a table with a table for each rule")
    for rule, values in rules.items():
        where = (*route, "rules", rule)
        options: dict[str, Value] = dict(next((row[5] for row in RULES if row[0] == rule), ()))
        if not any(row[0] == rule for row in RULES):
            raise Wrong(where, _unknown(rule, rule_ids(), "rule"))
        if not isinstance(values, dict):
            raise Wrong(where, "the settings of a rule are a table")
        _known(values, (*OF_ANY_RULE, *options), where, "option of this rule")
        own: dict[str, Value] = {}
        for name, value in values.items():
            place = (*where, name)
            if name == "enabled":
                own[name] = _flag(value, place)
            elif name == "severity":
                own[name] = _choice(values, name, SEVERITIES, where)
            else:
                own[name] = _option(value, options[name], place)
        found[rule] = own
    return found


def _option(value: "Any", default: "Value", route: "Route") -> "Value":
    """An option's value; what it must be, its default says: of its type, and a length of time where that is one."""
    if isinstance(default, bool):
        return _flag(value, route)
    if isinstance(default, tuple):
        return _texts({route[-1]: value}, route[-1], route[:-1])
    if isinstance(default, int):
        if not isinstance(value, int) or isinstance(value, bool):
            raise Wrong(route, f"`{route[-1]}` is a whole number")
        return value
    text = _text({route[-1]: value}, route[-1], route[:-1])
    if durations.seconds(default) is not None and durations.seconds(text) is None:
        raise Wrong(route, f"`{route[-1]}` is a length of time, such as {default}")
    return text


def _exemption(row: "dict[str, Any]", file: str, number: int, route: "Route") -> Exemption:
    rules = _rule_names(row, "rules", route)
    if not rules:
        raise Wrong(route, 'an entry of `ignore` names the rules that it hides: rules = ["…"]')
    until = None
    if "until" in row:
        value = row["until"]
        until = durations.date(value if isinstance(value, str) else value.isoformat() if hasattr(value, "isoformat") else "")
        if until is None:
            raise Wrong((*route, "until"), "`until` is a day, such as 2026-12-31")
    texts = {name: _text(row, name, route) for name in ("key", "fingerprint", "reason")}
    return Exemption(rules, texts["key"], texts["fingerprint"], texts["reason"].strip(), until, file, number)


def rule_ids() -> tuple[str, ...]:
    """Every rule that settings may name."""
    return tuple(row[0] for row in RULES)


def _rule_names(table: "dict[str, Any]", name: str, route: "Route") -> tuple[str, ...]:
    return _all_of(_texts(table, name, route), rule_ids(), (*route, name), "rule")


def _all_of(texts: tuple[str, ...], known: "tuple[str, ...]", route: "Route", what: str) -> tuple[str, ...]:
    for number, text in enumerate(texts):
        if text not in known:
            raise Wrong((*route, str(number)), _unknown(text, known, what))
    return texts


def _variables(table: "dict[str, Any]") -> tuple[str, ...]:
    names = _texts(table, "env", ())
    for number, name in enumerate(names):
        if not (name.isidentifier() and name.isascii()):
            raise Wrong(("env", str(number)), "`env` lists names of environment variables, without their values")
    return names


def _globs(table: "dict[str, Any]", name: str, folder: str, route: "Route", needed: bool = False) -> tuple[Glob, ...]:
    texts = _texts(table, name, route)
    if needed and not texts:
        raise Wrong(route, f'an entry of `{route[0]}` says for which files it is: {name} = ["tests/**"]')
    globs = []
    for number, text in enumerate(texts):
        glob = text.removeprefix("./").rstrip("/")
        if not glob or glob.startswith(("/", "!")) or ".." in glob.split("/") or "?" in glob or "{" in glob or "\\" in glob:
            message = "a glob is relative to the folder of its file, with / between folders; * stands for any part of a name and ** for any folders"
            raise Wrong((*route, name, str(number)), message)
        steps = glob.split("/")
        globs.append(Glob(folder, (*([] if len(steps) > 1 else ["**"]), *steps, "**")))
    return tuple(globs)


def _tables(table: "dict[str, Any]", name: str) -> "list[dict[str, Any]]":
    rows = table.get(name, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Wrong((name,), f"`{name}` is a list of tables: [[{name}]]")
    if len(rows) > MOST:
        raise Wrong((name,), f"`{name}` has more than {MOST} entries")
    return rows


def _text(table: "dict[str, Any]", name: str, route: "Route") -> str:
    value = table.get(name, "")
    if not isinstance(value, str):
        raise Wrong((*route, name), f"`{name}` is a text")
    if len(value) > LONGEST:
        raise Wrong((*route, name), f"`{name}` is longer than {LONGEST} characters")
    return value


def _texts(table: "dict[str, Any]", name: str, route: "Route") -> tuple[str, ...]:
    values = table.get(name, [])
    if not isinstance(values, list) or not all(isinstance(value, str) and len(value) <= LONGEST for value in values) or len(values) > MOST:
        raise Wrong((*route, name), f"`{name}` is a list of texts")
    return tuple(values)


def _flag(value: object, route: "Route") -> bool:
    if not isinstance(value, bool):
        raise Wrong(route, f"`{route[-1]}` is true or false")
    return value


def _choice(table: "dict[str, Any]", name: str, choices: tuple[str, ...], route: "Route") -> str:
    value = table.get(name, "")
    if name in table and value not in choices:
        raise Wrong((*route, name), f"`{name}` is one of {', '.join(choices)}")
    return str(value)


def _known(table: "dict[str, Any]", known: tuple[str, ...], route: "Route", what: str = "setting") -> None:
    for name in table:
        if name not in known:
            raise Wrong((*route, name), _unknown(name, known, what))


def _unknown(name: str, known: "Iterable[str]", what: str) -> str:
    """What to say of an unknown name without repeating it."""
    import difflib

    near = difflib.get_close_matches(name[:80].lower().replace("_", "-"), known, 1)
    return f"this is no {what}" + (f"; did you mean {near[0]}?" if near else f" (there are: {', '.join(known)})")
