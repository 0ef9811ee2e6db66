"""The template of the environment file and the references of the repository disagree.

Why it matters
--------------
A newcomer copies the template and fills it in. What it leaves out is missing at run time, with an error that looks like a bad key; what nobody reads
any more is a key that somebody creates and keeps for nothing.

What to do
----------
Add the missing names to the template, without values, and take the others out.

Limits
------
Each template answers for the configuration files of its own folder and below, up to the next template. A variable counts as missing if no file but a
template declares it. A name counts as not used if it stands in no other file's text; nothing is said of that where something hands the whole
environment file to a program (`env_file`, dotenv), and of names that a vendor's own programs look for. Judged in a run over the whole repository only.
"""

from agentkey_lint.catalog import variables
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Repository, Usage, Use
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("example-drift", "repository", "low", "The template of the environment and the references disagree", ("NHI1",))
MOST_NAMES = 10


def example_drift(usage: Usage, document: Document, repository: Repository) -> "Iterator[Claim]":
    path = document.source.path
    beside = [other for other in usage.templates if _folder(other) == _folder(path)]
    if path != min(beside, key=lambda other: (len(other), other)):
        return  # of several templates in one folder the plainest speaks for all
    declared = frozenset().union(*(usage.templates[other] for other in beside))
    missing = [use for use in _first(usage.uses) if use.name not in declared and _governs(path, use.path, usage) and _unset(use.name, usage, repository)]
    left = [] if usage.handed_on else sorted(name for name in declared if name not in usage.mentioned and _own(name))
    asked = {use.name for use in usage.uses}
    left = [name for name in left if not variables.near(name, asked)]
    if not missing and not left:
        return
    says = [f"leaves out {_listed([use.name for use in missing])}"] if missing else []
    says += [f"names {_listed(left)}, which nothing refers to"] if left else []
    advice = ["Add what is missing, without values"] if missing else []
    advice += ["take out what is not used"] if left else []
    yield Claim(
        RULE.id,
        Span(0, 0),
        f"this template {', and '.join(says)}",
        f"{advice[0][0].upper()}{'; '.join(advice)[1:]}.",
        RULE.severity,
        "high",
        identity="drift",
        notes=tuple(Note(Span(use.line, use.column), f"{use.name} is asked for here", use.path) for use in missing[:MOST_NAMES]),
        names=tuple(use.name for use in missing),
    )


def _first(uses: "tuple[Use, ...]") -> list[Use]:
    """The first use of each name."""
    return list({use.name: use for use in reversed(uses)}.values())[::-1]


def _unset(name: str, usage: Usage, repository: Repository) -> bool:
    """Whether nothing but a template sets a variable, and it is not a name that is misspelt."""
    where = repository.declared.get(name)
    return (where is None or where in usage.templates) and not (where is None and variables.near(name, repository.declared))


def _governs(template: str, path: str, usage: Usage) -> bool:
    """Whether no other template is nearer to a file, and this one stands above it."""
    folder = _folder(template)
    above = [_folder(other) for other in usage.templates if path.startswith(_folder(other))]
    return path.startswith(folder) and len(folder) == max(len(one) for one in above)


def _own(name: str) -> bool:
    """Whether a variable is the repository's own, and not one that some program looks for by itself."""
    return not variables.provided(name) and not variables.of_vendor(name)


def _folder(path: str) -> str:
    return path[: path.rfind("/") + 1]


def _listed(found: "list[str]") -> str:
    more = len(found) - MOST_NAMES
    return ", ".join(found[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")
