"""`list`: every rule on one line, or the OWASP lists with the rules that serve each item."""

from agentkey_lint.engine.pipeline import rules
from agentkey_lint.report.text import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Iterator

    from agentkey_lint.model.rule import Standard


def arguments(command: "ArgumentParser") -> None:
    command.add_argument("--owasp", action="store_true", help="each item of the OWASP lists, with the rules that serve it or the reason why none does")
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="default: terminal")


def run(options: "Namespace") -> int:
    if options.format == "json":
        from json import dumps

        rows = [_standard(one) for one in _standards()] if options.owasp else [rule._asdict() | {"options": dict(rule.options)} for rule in rules()]
        say(dumps({"version": 1, "standards" if options.owasp else "rules": rows}, indent=2) + "\n")
    else:
        say(f"{line}\n" for line in (_coverage() if options.owasp else _rules()))
    return 0


def _rules() -> "Iterator[str]":
    rows = rules()
    width = max(len(rule.id) for rule in rows)
    return (f"{rule.id:<{width}}  {rule.severity:<8}  {rule.summary}" for rule in rows)


def _standards() -> "tuple[Standard, ...]":
    from agentkey_lint.catalog.owasp import standards

    return standards()


def _standard(one: "Standard") -> dict[str, object]:
    """A list of OWASP as JSON has it."""
    return one._asdict() | {"items": [item._asdict() | {"covered": bool(item.rules)} for item in one.items]}


def _coverage() -> "Iterator[str]":
    for one in _standards():
        yield f"{one.name} {one.version}  {one.source}"
        for item in one.items:
            yield f"  {item.id:<5}  {item.title}"
            yield f"         {', '.join(item.rules) if item.rules else f'not covered: {item.why}'}"
