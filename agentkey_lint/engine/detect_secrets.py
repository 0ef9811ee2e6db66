"""The plugins of detect-secrets, run on the lines that our own rules left over. This module and `detect_plugins` alone import detect-secrets.

Nothing is read from the disk and nothing goes online: the plugins get the lines of a source, and the filter that verifies secrets is left out.
Code runs only if it comes with detect-secrets or the command line names its file.
"""

import time

from agentkey_lint.checks.detect_secrets import Detection
from agentkey_lint.checks.detect_secrets import detect_secrets as rule
from agentkey_lint.engine.detect_plugins import Filter, filters_of, module_of, plugins_of
from agentkey_lint.engine.secrets_baseline import MAX_LINE, NAME, Baseline, sha1
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Fault, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

MAX_STEPS = 200_000
"""The keyword plugin takes a step for each letter of a word, for each keyword in it; lines that would take more are passed over by it."""
SECONDS, SECONDS_PER_LINE = 10.0, 0.001
"""Processor time for one file: so much, and so much more for each of its lines."""


def detector(baseline: Baseline, paths: "Sequence[str]" = ()) -> "Callable[[Document, Sequence[Claim]], tuple[list[Claim], list[Fault]]]":
    """A function from a document and what our own rules say of it to what the plugins find on its other lines.

    baseline: names the plugins and filters; without a list of them detect-secrets' own defaults run. paths: files with plugins or filters of the
    user's own. Raises UsageError for one that cannot be loaded.
    """
    from detect_secrets.core.log import log

    log.disabled = True  # what it has to say is said as faults, without names out of the repository
    modules = {path: module_of(path) for path in paths}
    faults = list(baseline.faults)
    plugins = plugins_of(baseline, modules, faults)
    filters = filters_of(baseline, modules, faults)

    def detect(document: Document, claims: "Sequence[Claim]") -> tuple[list[Claim], list[Fault]]:
        said = list(faults)
        if document.source.encoding == "binary" or document.source.path == NAME:
            return [], said
        found = [claim for one in _detections(document, claims, plugins, filters, said) for claim in rule(one, document, empty())]
        return found, said

    return detect


def _guarded(function: "Callable[..., Any]", name: str, path: str, faults: list[Fault]) -> "Callable[..., Any]":
    """The function, but where it crashes that is said once and it answers None from then on."""
    crashed = False

    def call(**asked: object) -> object:
        nonlocal crashed
        if crashed:
            return None
        try:
            return function(**asked)
        except Exception as error:
            crashed = True
            faults.append(Fault(path, f"{name} of detect-secrets crashed with {type(error).__name__}: what it says of this file is not whole"))
            return None

    return call


def _excluded(filters: "Sequence[Filter]", asked: "dict[str, Any]") -> bool:
    return any(one.function(**{name: asked[name] for name in one.names}) for one in filters)


def _finds(plugin: "Any") -> "Callable[..., list[tuple[str, str]]]":
    """What a plugin finds on a line: what it calls the secret, and its text; in one order, for it answers with a set."""

    def find(**asked: object) -> list[tuple[str, str]]:
        return sorted((str(one.type), str(one.secret_value)) for one in plugin.analyze_line(**asked) or () if one.secret_value)

    return find


def _detections(
    document: Document, claims: "Sequence[Claim]", plugins: "Sequence[Any]", filters: "Sequence[Filter]", faults: list[Fault]
) -> "Iterator[Detection]":
    from detect_secrets.util.code_snippet import get_code_snippet

    path = document.source.path
    safe = [Filter(_guarded(one.function, "a filter", path, faults), one.names) for one in filters]
    if _excluded([one for one in safe if one.names <= {"filename"}], {"filename": path}):
        return
    of_line = [one for one in safe if one.names <= {"filename", "line", "context"} and not one.names <= {"filename"}]
    of_secret = [one for one in safe if not one.names <= {"filename", "line", "context"}]
    finders = [(plugin, type(plugin).__name__, _guarded(_finds(plugin), type(plugin).__name__, path, faults)) for plugin in plugins]
    raw = document.source.data.splitlines(keepends=True)
    decoded = [line.decode("utf-8", "surrogateescape").rstrip() for line in raw]
    lines = [text if text.isascii() else "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in text) for text in decoded]
    judged = _judged(claims, raw)
    passed: list[int] = []
    end = time.thread_time() + SECONDS + SECONDS_PER_LINE * len(lines)
    start = 0
    for number, line in enumerate(lines, 1):
        at, start = start, start + len(raw[number - 1])
        if not line or judged[number - 1]:
            continue
        if time.thread_time() > end:
            faults.append(Fault(path, f"the plugins of detect-secrets took too long: line {number} and what follows were not looked at"))
            break
        asked: dict[str, Any] = {"filename": path, "line": line, "context": get_code_snippet(lines, number)}
        if len(line) > MAX_LINE or _excluded(of_line, asked):
            passed += [number] * (len(line) > MAX_LINE)
            continue
        slow = _slow(line)
        found: dict[str, list[tuple[str, str]]] = {}
        for plugin, name, find in finders:
            if slow and name == "KeywordDetector":
                passed.append(number)
                continue
            for kind, secret in find(**asked, line_number=number) or ():
                if not _excluded(of_secret, asked | {"secret": secret, "plugin": plugin}):
                    found.setdefault(secret, []).append((kind, name))
        for secret, kinds in found.items():
            yield Detection(_span(secret, line, decoded[number - 1], at), sha1(secret.encode("utf-8", "replace")), tuple(kinds))
    if passed:
        faults.append(Fault(path, f"line {passed[0]} is too long for the plugins of detect-secrets; {len(passed)} such lines were not looked at"))


def _judged(claims: "Sequence[Claim]", raw: "Sequence[bytes]") -> list[bool]:
    """For each line whether a claim covers a part of it. Linear in claims and lines, however far each claim reaches."""
    from bisect import bisect_right
    from itertools import accumulate

    starts = [0, *accumulate(map(len, raw))]
    depth = [0] * (len(raw) + 2)
    for claim in claims:
        for span in {claim.span, claim.secret or claim.span}:
            if span.start < span.end:  # an empty one speaks of the file
                depth[min(bisect_right(starts, span.start) - 1, len(raw))] += 1
                depth[min(bisect_right(starts, span.end - 1), len(raw) + 1)] -= 1
    return [count > 0 for count in accumulate(depth)]


def _slow(line: str) -> bool:
    """Whether the keyword plugin would take too many steps on a line: its time grows with the square of a long word that is full of keywords."""
    if len(line) < 500:
        return False
    import re

    from detect_secrets.plugins.keyword import DENYLIST

    longest = max(map(len, re.findall(r"\w+", line)), default=0)
    return longest * len(re.findall("|".join(DENYLIST), line, re.IGNORECASE)) > MAX_STEPS


def _span(secret: str, line: str, decoded: str, start: int) -> Span:
    """Where a secret stands; the whole line where it does not stand there word for word."""
    at = line.find(secret)
    before, text = (decoded[:at], decoded[at : at + len(secret)]) if at >= 0 else ("", decoded)
    first = start + len(before.encode("utf-8", "surrogateescape"))
    return Span(first, first + len(text.encode("utf-8", "surrogateescape")))
