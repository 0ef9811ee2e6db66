"""What is shown of a finding where the pointer rests: what it says, the facts of its key, and the manual of its rule. Never the key."""

import re

from agentkey_lint.engine.pipeline import manual
from agentkey_lint.report.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentkey_lint.model.facts import KeyFacts
    from agentkey_lint.model.finding import Finding

_SPECIAL = re.compile(r"[\\`*\[\]<>&~]")


def text(findings: "Iterable[Finding]", markdown: bool) -> str:
    """Everything about some findings, each rule's manual once. markdown: the editor shows it; else it is plain text."""
    parts: list[str] = []
    told: set[str] = set()
    for finding in findings:
        title = f"{finding.rule} ({finding.severity}, {finding.confidence} confidence)"
        rows = [f"**{title}**" if markdown else title, _words(f"{finding.message}. {finding.hint}", markdown)]
        if finding.key is not None:
            rows.append("\n".join(f"- {_words(row, markdown)}" for row in _facts(finding.key)))
        if finding.rule not in told:
            rows.append(manual(finding.rule))
        told.add(finding.rule)
        parts.append("\n\n".join(rows))
    return "\n\n---\n\n".join(parts)


def _facts(key: "KeyFacts") -> "Iterator[str]":
    yield f"{key.vendor} {key.kind}"
    for name in ("tier", "lifetime", "checksum"):
        if getattr(key, name):
            yield f"{name}: {getattr(key, name)}"
    for name, value in key.claims:
        yield f"{name}: {value}"


def _words(words: str, markdown: bool) -> str:
    """Words of the repository: nothing in them moves the caret, and in Markdown nothing is a link, an image or a tag."""
    shown = visible(words)
    return _SPECIAL.sub(lambda found: "\\" + found[0], shown) if markdown else shown
