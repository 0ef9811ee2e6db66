'''Write the module and the cases of a new rule, both working, for a person to make their own.

usage: python tools/new_rule.py some-rule
'''

import keyword
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
LONGEST = 40

MODULE = '''"""SENTENCE: one line that says what is wrong.

Why it matters
--------------
What happens to a person who does nothing about it.

What to do
----------
The one or two steps that put it right.

Limits
------
What is not looked at, what is reported wrongly, and how sure a finding is.
"""

from agentkey_lint.model.facts import Document, Field
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Repository
from agentkey_lint.model.rule import Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

# The second value names the fact that the function gets: key, assignment, field, reference, record, grant, manifest or document (see model/facts.py).
RULE = Rule("some-rule", "field", "low", "SENTENCE")


def some_rule(field: Field, document: Document, repository: Repository) -> "Iterator[Claim]":
    # An example to replace: a secret field that says "unsafe".
    if field.secret and field.entry.text == "unsafe":
        yield Claim(
            RULE.id,
            field.entry.value,
            f"{field.name} says that it is unsafe",
            "Say what a person should do, in one line.",
            RULE.severity,
            identity=".".join(field.entry.route),
        )
'''

CASES = """# some-rule

Each section is a small repository and what this rule says of it; other rules' findings do not count.
Key-shaped text is written as a recipe (see rules/README.md).

## flagged
Say why this must be reported.

```ini path=config.ini
AccountAccessKey = unsafe
```

- `config.ini:1` `some-rule`

## clean
Say why this must not be.

```ini path=config.ini
AccountAccessKey = ${APPD_KEY}
```
"""


def complaint(name: str, root: Path) -> str:
    """Why a name cannot be that of a new rule; empty if it can."""
    if not name:
        return "name the rule: make new-rule NAME=some-rule"
    if not NAME.fullmatch(name) or len(name) > LONGEST:
        return f"a rule's name is lower-case words with dashes between, {LONGEST} characters at the most"
    if keyword.iskeyword(name.replace("-", "_")):
        return "a word of Python's own cannot name a rule"
    if any(path.exists() for path in targets(name, root)):
        return f"there is a rule or a case folder {name} already"
    return ""


def targets(name: str, root: Path) -> tuple[Path, Path]:
    """Where the module and the cases of a rule stand."""
    return root / "agentkey_lint" / "checks" / f"{name.replace('-', '_')}.py", root / "tests" / "checks" / name / "cases.md"


def main(argv: list[str], root: Path = ROOT) -> int:
    name = argv[0] if len(argv) == 1 else ""
    why_not = complaint(name, root)
    if why_not:
        print(why_not, file=sys.stderr)
        return 2
    sentence = name.replace("-", " ").capitalize()
    for path, text in zip(targets(name, root), (MODULE, CASES), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace("SENTENCE", sentence).replace("some-rule", name).replace("some_rule", name.replace("-", "_")), encoding="utf-8")
        print(f"wrote {path.relative_to(root)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
