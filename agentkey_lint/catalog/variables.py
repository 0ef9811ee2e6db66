"""Variables that nobody needs to declare: every system sets them, a CI provides them, or a reader fills them in itself."""

from agentkey_lint.catalog.compiled import VARIABLES


def provided(name: str) -> str:
    """Who provides a variable: system, ci, tools; empty if nobody does. A listed name that ends with `*` is a beginning."""
    for group, names in VARIABLES.items():
        for known in names:
            if name == known or (known.endswith("*") and name.startswith(known[:-1])):
                return str(group)
    return ""
