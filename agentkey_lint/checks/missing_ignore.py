"""A tool that is used here makes a file that holds secrets, and git would take it along.

Why it matters
--------------
The file is made on somebody's machine one day, by the tool itself or by hand, and the next `git add .` commits it. Nobody looks for an ignore line then.

What to do
----------
Add the lines that the finding names to .gitignore, before the file is there.

Limits
------
A tool is in use where a file of its own lies in the repository: `.env.example` for `.env`, `*.tf` for Terraform's state, `.claude/settings.json` for the
local settings beside it; tests and examples do not count. With `--strict` every tool is taken for used. A file that a negated pattern names is left
alone: somebody wants it. Judged in a run over the whole repository only. Patterns of this machine alone are the affair of `globally-ignored-only`.
"""

from agentkey_lint.catalog import ignores
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Note
from agentkey_lint.model.repository import Expected, Repository
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = Rule("missing-ignore", "ignores", "low", "Nothing ignores the secret files of a tool that is used here", ("NHI2",))


def missing_ignore(fact: tuple[Expected, ...], document: Document, repository: Repository) -> "Iterator[Claim]":
    missing: dict[str, list[Expected]] = {}
    none = not any(path.rpartition("/")[2] == ".gitignore" for path in repository.paths())
    for one in fact:
        if not one.ignore.ignored and not one.ignore.negated:
            missing.setdefault(one.family, []).append(one)
    for id, files in missing.items():
        family, first = ignores.family(id), files[0]
        more = f" (and {len(files) - 1} more)" if len(files) > 1 else ""
        used = f"; {first.because} shows that its tool is in use" if first.because else ""
        yield Claim(
            RULE.id,
            Span(0, 0),
            f"{family.name}: {'there is no .gitignore that' if none else 'no ignore pattern'} excludes {first.path}{more}{used}",
            f"{'Write a .gitignore with' if none else 'Add to .gitignore'}: {', '.join(family.lines)}",
            RULE.severity,
            identity=id,
            notes=(Note(Span(1, 1), f"{family.name} are made beside this", first.because),) if first.because else (),
        )
