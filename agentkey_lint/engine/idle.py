"""Entries `[[ignore]]` of settings that hide nothing, which only a run over the whole repository can tell."""

from agentkey_lint.catalog import durations
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, hiding
from agentkey_lint.engine.settings import NAMES, prefix
from agentkey_lint.model.facts import Suppression

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from agentkey_lint.model.facts import Document, Entry
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.repository import Repository

MOST_FILES = 100
"""So many files of settings are looked through at the most."""


def idle(repository: "Repository", reasons: "Collection[str]") -> "Iterator[tuple[Document, list[Claim]]]":
    """Each file of settings with what is to be said of its entries. reasons: those of all hidden findings, which name the entry that hides them."""
    places = sorted(path for path in repository.paths() if path.rpartition("/")[2] in NAMES)[:MOST_FILES] if repository.read is not None else []
    for path in places:
        assert repository.read is not None
        try:
            data = repository.read(path)
        except OSError:
            continue
        if (b"agentkey-lint" not in data and path.rpartition("/")[2] != NAMES[0]) or b"ignore" not in data:
            continue
        document = documents.build(decode(path, data))
        settings = repository.settings(path)
        found: list[Claim] = []
        for number, entries in _entries(document).items():
            rules = tuple(entry.text for entry in entries if entry.route[-2] == "rules")
            ends = [durations.date(entry.text) for entry in entries if entry.route[-1] == "until"]
            over = any(end is not None and end < durations.today() for end in ends)  # another rule says so
            told = all(hiding.spoke(rule, settings) for rule in rules)  # a rule that does not speak in every run may have its reasons
            if not over and told and rules and not any(reason.startswith(f"{path}, entry {number + 1} of ignore") for reason in reasons):
                span = entries[0].value
                one = Suppression(span, span.start, span.end, rules, entry=number + 1)
                found += hiding.complaints_of(one, document, settings)
        if found:
            yield document, found


def _entries(document: "Document") -> "dict[int, list[Entry]]":
    """The entries of `ignore` in a file of settings, by their number."""
    above = (*prefix(document.source.path), "ignore")
    found: dict[int, list[Entry]] = {}
    for entry in documents.entries("toml", document.source.data)[0]:
        if entry.route[: len(above)] == above and len(entry.route) > len(above) + 1 and entry.route[len(above)].isdecimal():
            found.setdefault(int(entry.route[len(above)]), []).append(entry)
    return found
