"""The plugins of detect-secrets, run on the lines that our own rules left over. The only module that imports detect-secrets.

Nothing is read from the disk and nothing goes online: the plugins get the lines of a source, and the filter that verifies secrets is left out.
Code runs only if it comes with detect-secrets or the command line names its file.
"""

import time

from agentkey_lint.checks.detect_secrets import Detection
from agentkey_lint.checks.detect_secrets import detect_secrets as rule
from agentkey_lint.engine.secrets_baseline import MAX_LINE, NAME, OWN, Baseline, search, sha1
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.record import Record
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
ELSEWHERE = ("common.is_invalid_file", "common.is_baseline_file", "common.is_ignored_due_to_verification_policies", "allowlist.is_line_allowlisted")
"""Filters that ask for the disk or the network, and the one that every run honours."""
HONOURED = ("regex.should_exclude_file", "regex.should_exclude_line", "regex.should_exclude_secret", "wordlist.should_exclude_secret")
"""Filters that are the baseline's own business: `secrets_baseline.hidden` holds every claim against them."""
TEXT_FILES = "heuristic.is_non_text_file"
"""A filter that no baseline lists because it always holds."""
GIBBERISH = "gibberish.should_exclude_secret"


class Filter(Record):
    """A function that takes something out, with the names of what it asks for: filename, line, secret, plugin or context."""

    function: "Callable[..., bool]"
    names: frozenset[str]


def detector(baseline: Baseline, paths: "Sequence[str]" = ()) -> "Callable[[Document, Sequence[Claim]], tuple[list[Claim], list[Fault]]]":
    """A function from a document and what our own rules say of it to what the plugins find on its other lines.

    baseline: names the plugins and filters; without a list of them detect-secrets' own defaults run. paths: files with plugins or filters of the
    user's own. Raises UsageError for one that cannot be loaded.
    """
    from detect_secrets.core.log import log

    log.disabled = True  # what it has to say is said as faults, without names out of the repository
    modules = {path: _module(path) for path in paths}
    faults = list(baseline.faults)
    plugins = _plugins(baseline, modules, faults)
    filters = _filters(baseline, modules, faults)

    def detect(document: Document, claims: "Sequence[Claim]") -> tuple[list[Claim], list[Fault]]:
        said = list(faults)
        if document.source.encoding == "binary" or document.source.path == NAME:
            return [], said
        found = [claim for one in _detections(document, claims, plugins, filters, said) for claim in rule(one, document, empty())]
        return found, said

    return detect


def _module(path: str) -> "Any":
    from detect_secrets.util.importlib import import_file_as_module

    try:
        return import_file_as_module(path)
    except FileNotFoundError:
        raise UsageError(f"--detect-secrets-plugin: there is no file {path}") from None
    except Exception as error:
        raise UsageError(f"--detect-secrets-plugin: {path} cannot be loaded: {type(error).__name__}") from None


def _plugins(baseline: Baseline, modules: "dict[str, Any]", faults: list[Fault]) -> "list[Any]":
    """The plugins that are to run, set up. One that is not known, is code of the repository or does not take its settings is a fault."""
    from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class, get_plugins_from_module

    shipped: Any = get_mapping_from_secret_type_to_class()
    known = {kind.__name__: kind for kind in shipped.values()}
    brought: list[Any] = []
    for module in modules.values():
        brought += get_plugins_from_module(module)
    custom = {kind.__name__: kind for kind in brought if known.get(kind.__name__) is not kind}
    given = {_base(path) for path in modules}
    rows = baseline.plugins if baseline.plugins is not None else [{"name": name} for name in known]
    plugins = []
    rows = [*rows, *({"name": name} for name in custom if name not in {row["name"] for row in rows})]
    for number, row in enumerate(rows, 1):
        settings = {key: value for key, value in row.items() if key not in ("name", "path", "keyword_exclude")}
        kind = custom.get(row["name"]) or (None if "path" in row else known.get(row["name"]))
        if kind is None:
            if "path" in row and _base(str(row["path"])) not in given:
                faults.append(Fault(NAME, f"plugin {number} does not run: it is code; name its file with --detect-secrets-plugin PATH"))
            elif row.get("path") != row["name"]:  # the old format names files and no plugins: all of a file that is given run
                faults.append(Fault(NAME, f"plugin {number} does not run: there is none of its name"))
            continue
        for old in ("base64_limit", "hex_limit"):  # as the format before 1.0 had it
            if old in settings:
                settings["limit"] = settings.pop(old)
        try:
            plugin = kind(**settings)
        except Exception:
            faults.append(Fault(NAME, f"plugin {number} does not run: it does not take its settings"))
            continue
        if isinstance(row.get("keyword_exclude"), str) and row["keyword_exclude"]:
            plugin.keyword_exclude = _Pattern(search([row["keyword_exclude"]], "keyword_exclude", faults, caseless=True))
        plugins.append(plugin)
    return plugins


class _Pattern:
    """Stands in for a compiled regular expression of the baseline, which the plugin would match without a bound on its time."""

    def __init__(self, occurs: "Callable[[str], bool]") -> None:
        self.search = occurs


def _filters(baseline: Baseline, modules: "dict[str, Any]", faults: list[Fault]) -> list[Filter]:
    """The filters that are to run beside those of `secrets_baseline`."""
    from detect_secrets.filters import heuristic
    from detect_secrets.settings import Settings
    from detect_secrets.util.inject import get_injectable_variables

    rows = baseline.filters if baseline.filters is not None else [{"path": path} for path in sorted(Settings().filters)]
    found = [Filter(heuristic.is_non_text_file, frozenset({"filename"}))]
    for number, row in enumerate(rows, 1):
        path, own = row["path"], row["path"].removeprefix(OWN)
        if path != own and own in (*ELSEWHERE, *HONOURED, TEXT_FILES):
            continue
        file, _, name = path.rpartition("::")
        function = None
        if file:
            function = next((getattr(module, name, None) for given, module in modules.items() if _base(given) == _base(file)), None)
        elif path != own and own == GIBBERISH:
            function = _gibberish(row)
        elif path != own and own.startswith("heuristic.is_"):
            function = getattr(heuristic, own.removeprefix("heuristic."), None)
        if function is None:
            why = "its package or its model is not there" if own == GIBBERISH else "it is code; name its file with --detect-secrets-plugin PATH"
            faults.append(Fault(NAME, f"filter {number} is not honoured: {why}"))
            continue
        found.append(Filter(function, frozenset(get_injectable_variables(function))))
    return found


def _gibberish(row: "dict[str, Any]") -> "Callable[..., bool] | None":
    """The filter for words of no language, with the model that comes with detect-secrets; none where its package is not installed."""
    if "model" in row or not isinstance(row.get("limit"), (int, float)):
        return None
    try:
        from detect_secrets.filters import gibberish

        gibberish.initialize(limit=row["limit"])
    except ImportError:
        return None
    function: Callable[..., bool] = gibberish.should_exclude_secret
    return function


def _base(path: str) -> str:
    """The name of a file: a baseline keeps paths of the machine that it was made on."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


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
