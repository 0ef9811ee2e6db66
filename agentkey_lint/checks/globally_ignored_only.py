"""A file that holds secrets is ignored on this machine alone.

Why it matters
--------------
`.git/info/exclude` and your global excludes belong to you. In every other clone the same file is one `git add .` away from being committed, and you
will not notice, since git is silent about it here.

What to do
----------
Add the lines that the finding names to .gitignore, which everybody has.

Limits
------
Judged for files that lie in the work tree and hold secrets (by their nature, or by what stands in them), and for those that a tool which is used here
makes (see `missing-ignore`). A folder that your own patterns ignore as a whole is not looked into. Judged in a run over the whole repository only; on a
machine without such patterns, as in CI, there is nothing to say.
"""

from agentkey_lint.catalog import ignores
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import Expected, Ignore, Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("globally-ignored-only", "ignores", "low", "A file that holds secrets is ignored on this machine alone", ("NHI2",))


def globally_ignored_only(fact: tuple[Expected, ...], document: Document, repository: Repository) -> "Iterator[Claim]":
    told = set()
    for one in sorted(fact, key=lambda one: (not one.there, one.path)):
        if one.ignore.ignored and not one.ignore.shared and one.family not in told:
            told.add(one.family)
            family = ignores.family(one.family)
            yield Claim(
                RULE.id,
                Span(0, 0),
                f"{family.name}: {one.path} is ignored on this machine alone, by {one.ignore.pattern} in {_where(one.ignore)}",
                f"Add to .gitignore: {', '.join(family.lines)}",
                "medium" if one.there else RULE.severity,
                identity=family.id,
            )


def _where(ignore: Ignore) -> str:
    return ".git/info/exclude" if ignore.source.endswith("info/exclude") else "your global excludes (core.excludesFile)"
