"""The OWASP lists that rules serve: Non-Human Identities Top 10 (2025) and Top 10 for Agentic Applications (2026)."""

from agentkey_lint.catalog.compiled import OWASP, RULES
from agentkey_lint.model.rule import Item, Standard


def standards() -> tuple[Standard, ...]:
    """Every list with its items, in their official order, and the rules that serve each."""
    serving: dict[str, list[str]] = {}
    for rule, _, _, _, items, *_ in RULES:
        for item in items:
            serving.setdefault(item, []).append(rule)
    return tuple(
        Standard(name, title, version, source, tuple(Item(item, words, tuple(serving.get(item, ())), why) for item, words, why in items))
        for name, title, version, source, items in OWASP
    )
