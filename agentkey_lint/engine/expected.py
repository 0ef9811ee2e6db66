"""Which files git must ignore in a repository as a whole, whether they are there or not: those that a tool in use here makes, and those that only this
machine's own patterns keep out. Judged once, at the end of a run over all of it, about the ignore file at the root.
"""

from agentkey_lint.catalog import evidence, ignores, paths
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents
from agentkey_lint.model.repository import Expected
from agentkey_lint.model.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.repository import Repository

NAME = ".gitignore"
MOST = 200
"""So many files that tools would make are asked about at the most, and so many ignored ones are read."""


def prepared(repository: "Repository", strict: bool) -> "tuple[Document, tuple[Expected, ...]] | None":
    """The ignore file at the root as a document (an empty one where there is none), with what it must see to; None where there is nothing, or no git.

    strict: every tool is taken for used.
    """
    expected = (*_made(repository, strict), *_there(repository))
    if not expected:
        return None
    try:
        data = repository.read(NAME) if repository.read is not None else b""
    except OSError:
        data = b""
    return documents.build(Source(NAME, data)), expected


def _made(repository: "Repository", strict: bool) -> "Iterator[Expected]":
    """The files that tools make; those at the root stand for a tool that is not seen to be in use."""
    because: dict[tuple[str, str], str] = {}
    known = sorted(repository.paths())
    for path in known:
        for made in ignores.demanded(path):
            if made not in because and len(because) < MOST and not paths.is_test(path.rpartition("/")[0]) and not repository.settings(path).excluded:
                because[made] = path
    if strict:
        seen = {family for family, _ in because}
        because |= dict.fromkeys((made for made in ignores.usual() if made[0] not in seen), "")
    present = set(known)  # what is there is judged by what stands in it
    for (family, path), tool in because.items():
        ignore = repository.ignore(path)
        if ignore is not None and path not in present:
            yield Expected(family, path, ignore, tool)


def _there(repository: "Repository") -> "Iterator[Expected]":
    """The files that hold secrets and are kept out by patterns that no other clone has."""
    left = MOST
    for path in repository.ignored():
        if left and ignores.families(path) and repository.read is not None and not repository.settings(path).excluded:
            ignore = repository.ignore(path)
            if ignore is None or not ignore.ignored or ignore.shared:
                continue
            left -= 1
            try:
                document = documents.build(decode(path, repository.read(path)))
            except OSError:
                continue
            if (found := evidence.secret_file(document, repository)) is not None:
                yield Expected(found[0].id, path, ignore, there=True)
