"""Ignore files: the lines of a family of files, those that are missing, under a comment of their own."""

from agentkey_lint.catalog import evidence
from agentkey_lint.catalog import ignores as families
from agentkey_lint.catalog.globs import step_matches
from agentkey_lint.fix.apply import line_end
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Fix
from agentkey_lint.model.repository import Repository

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

NAME = ".gitignore"


def ignored(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The lines by which git ignores such files. A file that is tracked stays tracked: taking it out of the index is for a person."""
    found = evidence.secret_file(document, repository)
    if found is None:
        return None
    family, answer = found
    then = f"Take it out of the index (git rm --cached -- {document.source.path}), and revoke what it held." if answer.tracked else ""
    return Fix(f"add the lines for {family.name} to {NAME}", safe=True, ignores=family.lines, heading=family.name, then=then)


def expected(claim: Claim, document: Document, repository: Repository) -> Fix | None:
    """The lines by which git ignores what a tool makes, in every clone."""
    family = families.family(claim.identity)
    return Fix(f"add the lines for {family.name} to {NAME}", safe=True, ignores=family.lines, heading=family.name)


def place(path: str, lines: "Sequence[str]", read: "Callable[[str], bytes | None]") -> str:
    """The ignore file for some lines about a path: the nearest that holds one of them already, else the root's."""
    steps = path.split("/")[:-1]
    for end in range(len(steps), 0, -1):
        candidate = "/".join([*steps[:end], NAME])
        data = read(candidate)
        if data is not None and not any("/" in line.removeprefix("!").removeprefix("**/") for line in lines) and set(lines) & set(_lines(data)):
            return candidate
    return NAME


def added(data: bytes, lines: "Sequence[str]", heading: str) -> bytes:
    """An ignore file with the lines that it lacks at its end, in its own kind of line ends; the same bytes if it lacks none.

    The last pattern that fits a path decides, so an exception is written again behind a pattern that it is an exception to.
    """
    known = set(_lines(data))
    missing = [line for line in lines if line not in known and not line.startswith("!")]
    exceptions = [line for line in lines if line.startswith("!") and any(step_matches(pattern, line[1:]) for pattern in missing)]
    if not missing:
        return data
    end = line_end(data).encode()
    gap = b"" if not data else end if data.endswith(b"\n") else end * 2
    block = [f"# {heading}", *missing, *exceptions]
    return data + gap + end.join(line.encode() for line in block) + end


def _lines(data: bytes) -> list[str]:
    return [line.rstrip() for line in data.decode("utf-8", "replace").splitlines()]
