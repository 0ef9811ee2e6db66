"""`explain RULE`: the manual of a rule, which is the docstring of its module."""

import sys

from agentkey_lint.engine.pipeline import rules
from agentkey_lint.model.errors import UsageError


def manual(rule: str) -> str:
    """The manual of a rule that exists."""
    name = rule.replace("-", "_")
    return (__import__(f"agentkey_lint.checks.{name}", fromlist=[name]).__doc__ or "").strip()


def explain(rule: str) -> int:
    known = {row.id: row for row in rules()}
    if rule not in known:
        import difflib

        near = difflib.get_close_matches(rule, known, 1)
        raise UsageError("there is no rule of that name" + (f"; did you mean {near[0]}?" if near else "; `agentkey-lint list` names them all"))
    row = known[rule]
    sys.stdout.write(f"{rule}\n{'=' * len(rule)}\n\n{manual(rule)}\n\nUsual severity: {row.severity}. OWASP: {', '.join(row.owasp) or 'none'}.\n")
    return 0
