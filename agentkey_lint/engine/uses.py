"""Where configuration files use the variables that key manifests name: the places that ask for them, and those where a secret stands that belongs in one.

A finding about a declared key tells of these, so that manifest, configuration and leak are one story. Worked out from the snapshot, so that every mode
tells the same; a run whose manifests are clean never asks.
"""

from agentkey_lint.catalog import readers, references
from agentkey_lint.engine import documents, hiding, judging, pipeline
from agentkey_lint.engine.places import positions
from agentkey_lint.match.scan import scan
from agentkey_lint.model.repository import Use

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.repository import Repository

MOST_FILES = 2_000
"""So many configuration files are read for it at the most."""
LARGEST = 1024 * 1024
"""A configuration file of more bytes than this is not read for it."""


def uses(repository: "Repository") -> "Mapping[str, tuple[Use, ...]]":
    """The uses of every variable that a key manifest of the snapshot names: values first, then references, each by path and place."""
    import re

    from agentkey_lint.discover.decode import decode

    names = frozenset().union(*repository.manifests.values())
    found: dict[str, list[Use]] = {}
    if not names or repository.read is None:
        return {}
    for path in sorted(path for path in repository.paths() if readers.known(path))[:MOST_FILES]:
        try:
            data = repository.read(path)
        except OSError:
            continue
        if len(data) <= LARGEST and not repository.settings(path).excluded:
            source = decode(path, data)
            if scan(source.data).candidates or not names.isdisjoint(re.findall(r"\w+", source.data.decode("utf-8", "replace"))):
                for use in _of_document(documents.build(source), names, repository):
                    found.setdefault(use.name, []).append(use)
    return {name: tuple(sorted(places, key=lambda use: (not use.value, use))) for name, places in found.items()}


def _of_document(document: "Document", names: frozenset[str], repository: "Repository") -> "Iterator[Use]":
    claims = judging.settle(pipeline.claims(document, repository, only=judging.PRECEDENCE)[0])
    quiet, _ = hiding.hidden(document, claims, hiding.Hiding(repository.settings(document.source.path), complain=False))
    held = {(claim.variable, claim.span.start): True for number, claim in enumerate(claims) if number not in quiet and claim.confidence != "low"}
    asked = {(name, span.start): False for name, span, _ in references.handed(document)}
    places = [(name, start, value) for (name, start), value in {**asked, **held}.items() if name in names]
    where = positions(document.source.data, [start for _, start, _ in places])
    for name, start, value in places:
        yield Use(name, document.source.path, where[start].line, where[start].column, value)
