"""`audit --repos FILE`: many repositories, one report."""

import os
import sys

from agentkey_lint.commands.progress import shown
from agentkey_lint.engine import fleet, kept
from agentkey_lint.engine.shared import told_once
from agentkey_lint.model.audit import Audit, Audited
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.source import Fault
from agentkey_lint.report.text import visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from agentkey_lint.engine.audit import Terms

LOST = f"not examined: the process that was to do it ended early, {fleet.TRIES} times"
MALFORMED = "not examined: the answer of the process that was to do it cannot be read"
UNFINISHED = "not examined: the run was interrupted"


def audit(file: str, terms: "Terms", resume: bool, scheduler: str) -> Audit:
    """Every repository that a file names. One that cannot be audited is a fault; an interruption leaves out those that were not finished."""
    places = _once(listed(file), file)
    store = kept.opened()
    terms = terms._replace(key=store.key)
    before = {place: known for place in places if (known := _kept(store, place))} if resume else {}
    if not store.folder:
        _note("nothing can be kept for --resume: there is no cache folder that is this user's alone")
    order = sorted(places, key=_weight, reverse=True)  # a large one that comes last would be waited for alone
    names = dict(zip(places, named(places), strict=True))
    tasks = [fleet.task(place, names[place], terms, before[place].standing if place in before else "") for place in order]
    results: dict[str, kept.Result] = {}
    partial, again, size = False, 0, 0
    with shown(sys.stderr, "repositories") as tell:
        try:
            for number, text in _answers(tasks, scheduler):
                place = order[number]
                results[place] = result = _result(text, names[place], before.get(place))
                if result is before.get(place):
                    again += 1
                elif result.standing and not any(one.faults for one in result.audited):
                    kept.save(store, place, result)
                size += sum(one.bytes for one in result.audited)
                tell(len(results), len(tasks), size)
        except KeyboardInterrupt:
            partial = True
    if again:
        _note(f"{again} of {len(tasks)} repositories are as an earlier run left them: its results are taken")
    if partial:
        _note(f"interrupted with {len(results)} of {len(tasks)} repositories finished: --resume goes on from there")
    found = list(_audited(places, names, results))
    return Audit(tuple(told_once(sorted(found, key=lambda one: one.name))), partial)


def _answers(tasks: "Sequence[str]", scheduler: str) -> "Iterator[tuple[int, str | None]]":
    if not scheduler:
        return fleet.local(tasks)
    from agentkey_lint.engine.cluster import cluster

    return cluster(tasks, scheduler)


def _result(text: str | None, name: str, before: kept.Result | None) -> kept.Result:
    """What an answer says; what was kept before, if that still holds."""
    try:
        if text is None:
            return _fault(name, LOST)
        standing, common, audited = fleet.answer(text)
    except (ValueError, TypeError):
        return _fault(name, MALFORMED)
    if audited is not None:
        return kept.Result(standing, common, audited)
    return before if before is not None else _fault(name, MALFORMED)


def _fault(name: str, message: str) -> kept.Result:
    return kept.Result("", "", (Audited(name, (), (Fault("", message),)),))


def _audited(places: "Iterable[str]", names: "dict[str, str]", results: "dict[str, kept.Result]") -> "Iterator[Audited]":
    """Each repository once: two work trees of one are told under the name of the first."""
    seen: dict[str, str] = {}
    for place in places:
        result = results.get(place)
        if result is None:
            yield Audited(names[place], (), (Fault("", UNFINISHED),), partial=True)
        elif result.common and seen.setdefault(result.common, names[place]) != names[place]:
            _note(f"{visible(names[place])} is the same repository as {visible(seen[result.common])}: left out")
        else:
            yield from result.audited


def listed(file: str) -> list[tuple[int, str]]:
    """The paths that a file names, absolute, with their lines: one a line, relative to the file's folder; blank lines and # comments are none.

    Raises UsageError if it cannot be read or names nothing.
    """
    try:
        with open(file, "rb") as stream:
            lines = stream.read().splitlines()
    except OSError as error:
        raise UsageError(f"--repos: {visible(file)}: {error.strerror}") from None
    folder = os.path.dirname(os.path.abspath(file))
    paths = [(number, os.fsdecode(line).strip()) for number, line in enumerate(lines, 1)]
    found = [(number, os.path.join(folder, path)) for number, path in paths if path and not path.startswith("#")]
    if not found:
        raise UsageError(f"--repos: {visible(file)} names no repository")
    for number, path in found:
        if "\0" in path:
            raise UsageError(f"--repos: {visible(file)}:{number}: no path has a NUL in it")
    return found


def _once(found: "Iterable[tuple[int, str]]", file: str) -> list[str]:
    """The paths without links, each once."""
    lines: dict[str, int] = {}
    for number, path in found:
        place = os.path.realpath(path)
        place = place.removesuffix("/.git") or place
        if lines.setdefault(place, number) != number:
            _note(f"{visible(file)}:{number}: named in line {lines[place]} already")
    return list(lines)


def named(places: "Sequence[str]") -> list[str]:
    """What each of these paths, none of them twice, is called in a report: by as many of its last folders as tell it from the others."""
    parts = [place.strip("/").split("/") for place in places]
    lengths = [1] * len(places)
    while True:
        names = ["/".join(part[-length:]) or "/" for part, length in zip(parts, lengths, strict=True)]
        counts: dict[str, int] = {}
        for name in names:
            counts[name] = counts.get(name, 0) + 1
        longer = [at for at, name in enumerate(names) if counts[name] > 1 and lengths[at] < len(parts[at])]
        if not longer:
            return names
        for at in longer:
            lengths[at] += 1


def _kept(store: kept.Kept, place: str) -> kept.Result | None:
    try:
        return kept.load(store, place)
    except ValueError:
        _note(f"{visible(place)}: what an earlier run kept cannot be trusted; it is examined anew")
        return None


def _weight(place: str) -> int:
    """About how large a repository is: its packs, in bytes."""
    for folder in (".git/objects/pack", "objects/pack"):
        try:
            with os.scandir(os.path.join(place, folder)) as entries:
                return sum(entry.stat(follow_symlinks=False).st_size for entry in entries)
        except OSError:
            continue
    return 0


def _note(text: str) -> None:
    sys.stderr.write(f"agentkey-lint: {text}\n")
