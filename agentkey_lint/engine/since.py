"""What a change widened: the files that differ from an earlier commit, each version's powers compared, as findings and a count."""

from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, drift, judging, pipeline, powers
from agentkey_lint.engine.masking import Secrets
from agentkey_lint.model.finding import Drift, Judged, Report
from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentkey_lint.discover.base import Pair
    from agentkey_lint.model.facts import Change
    from agentkey_lint.model.repository import Repository

LONGEST = 80
"""Longer texts of a grant are cut."""


def with_drift(
    report: Report, base: str, pairs: "Iterable[tuple[Pair, bytes | Fault]]", read: "Callable[[str], bytes]", repository: "Repository", plan: pipeline.Plan
) -> Report:
    """A report with what was widened since a commit (base: as the person named it); pairs: the files that differ, with their bytes then."""
    judged: list[Judged] = []
    faults: list[Fault] = []
    notes: list[Fault] = []
    where: dict[str, int] = {}
    count = 0
    for pair, old in pairs:
        path = pair.new or pair.old
        if isinstance(old, Fault):
            faults.append(Fault(path, f"its version at the base cannot be read: {old.message}"))
            continue
        try:
            new = decode(pair.new, read(pair.new)) if pair.new else Source("", b"")
        except OSError:  # the run itself says so
            continue
        try:
            before = decode(pair.old, old) if pair.old else Source("", b"")
            widened, narrowed, broken = _compared(before, new)
            if widened:
                document = documents.build(new)
                claims, trouble = pipeline.claims(document, repository, {"change": tuple(_shown(widened, before, new))})
                judged += judging.findings(document, claims, judging.within(plan.thresholds, repository.settings(path)), plan.fingerprint)
                faults += trouble
        except Exception as error:
            faults.append(Fault(path, f"could not be compared: {pipeline.place_of(error)}"))
            continue
        count += len(widened)
        if narrowed:
            where[path] = narrowed
        if broken:
            notes.append(Fault(path, f"its version at the base is broken in line {broken}: what could be read of it was compared"))
    found = Drift(base, count, sum(where.values()), tuple(sorted(where)), tuple(sorted(notes)))
    return pipeline.added(report, judged, faults)._replace(drift=found)


def _compared(before: Source, after: Source) -> "tuple[list[Change], int, int]":
    """What was widened, how many grants were narrowed, and the line in which the earlier version is broken (0: it is not)."""
    old, problems = powers.of_source(before)
    new, _ = powers.of_source(after)
    changes = drift.widened(old, new)
    if not before.path:
        changes = [change._replace(fresh=True) for change in changes]
    line = before.data.count(b"\n", 0, problems[0].offset) + 1 if problems else 0
    return changes, len(drift.widened(new, old)), line


def _shown(changes: "Iterable[Change]", before: Source, after: Source) -> "Iterable[Change]":
    """The changes with the secrets of either version masked, for a rule of an agent may hold one."""
    versions = [documents.build(source) for source in (before, after)]
    masks = [Secrets(document.source.data, judging.secret_spans(document, ())).mask_text for document in versions]
    for change in changes:
        texts = []
        for text in (change.subject, change.old, change.new):
            for mask in masks:
                text = mask(text)
            texts.append(text if len(text) <= LONGEST else text[: LONGEST - 1] + "…")
        yield change._replace(subject=texts[0], old=texts[1], new=texts[2])
