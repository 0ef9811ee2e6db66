"""The plugins of detect-secrets, run on the lines that our own rules left over. The only module that imports detect-secrets.

Nothing is read from the disk and nothing goes online: the plugins get the lines of a source, and the filter that verifies secrets is left out.
Code runs only if it comes with detect-secrets or the command line names its file.
"""

import time

from agentkey_lint.checks.detect_secrets import Detection
from agentkey_lint.checks.detect_secrets import detect_secrets as rule
from agentkey_lint.engine.secrets_baseline import MAX_LINE, NAME, OWN, Baseline, search
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
        path, said = document.source.path, list(faults)
        whole = [one for one in filters if one.names <= {"filename"}]
        if document.source.encoding == "binary" or path == NAME or any(one.function(**dict.fromkeys(one.names, path)) for one in whole):
            return [], said
        narrow = [one for one in filters if one not in whole]
        found = [claim for one in _detections(document, claims, plugins, narrow, said) for claim in rule(one, document, empty())]
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

    known = {kind.__name__: kind for kind in get_mapping_from_secret_type_to_class().values()}
    custom = {kind.__name__: kind for module in modules.values() for kind in get_plugins_from_module(module)}
    custom = {name: kind for name, kind in custom.items() if known.get(name) is not kind}
    given = {_base(path) for path in modules}
    rows = baseline.plugins if baseline.plugins is not None else [{"name": name} for name in known]
    plugins = []
    for number, row in enumerate([*rows, *({"name": name} for name in custom if name not in {row["name"] for row in rows})], 1):
        settings = {key: value for key, value in row.items() if key not in ("name", "path", "keyword_exclude")}
        kind = custom.get(row["name"]) or (known.get(row["name"]) if "path" not in row else None)
        if kind is None:
            if "path" not in row:
                faults.append(Fault(NAME, f"plugin {number} does not run: this detect-secrets has none of its name"))
            elif _base(str(row["path"])) not in given:
                faults.append(Fault(NAME, f"plugin {number} does not run: it is code at a path, so the command line must name it: --detect-secrets-plugin PATH"))
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
            why = "its package or its model is not there" if own == GIBBERISH else "it is code that the command line does not name: --detect-secrets-plugin PATH"
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


def _detections(document: Document, claims: "Sequence[Claim]", plugins: "Sequence[Any]", filters: "Sequence[Filter]", faults: list[Fault]) -> "Iterator[Detection]":
    from detect_secrets.util.code_snippet import get_code_snippet

    path, data = document.source.path, document.source.data
    raw = data.splitlines(keepends=True)
    starts = [0]
    for line in raw:
        starts.append(starts[-1] + len(line))
    decoded = [line.decode("utf-8", "surrogateescape").rstrip() for line in raw]
    lines = [text if text.isascii() else "".join("\ufffd" if "\udc80" <= char <= "\udcff" else char for char in text) for text in decoded]
    judged = _judged(claims, starts)
    plugins, filters = list(plugins), list(filters)
    end = time.thread_time() + SECONDS + SECONDS_PER_LINE * len(lines)
    passed: list[int] = []

    def ask(function: "Callable[[], Any]", one: "Any", among: "list[Any]", name: str) -> "Any":
        """What a plugin or a filter answers; one that crashes is said and left out for the rest of the file."""
        try:
            return function()
        except Exception as error:
            among.remove(one)
            faults.append(Fault(path, f"{name} of detect-secrets crashed with {type(error).__name__}; the rest of the file goes without it"))
            return None

    for number, line in enumerate(lines, 1):
        if not line or judged[number - 1]:
            continue
        if len(line) > MAX_LINE:
            passed.append(number)
            continue
        if time.thread_time() > end:
            faults.append(Fault(path, f"the plugins of detect-secrets took too long; line {number} and what follows were not looked at"))
            break
        asked: dict[str, Any] = {"filename": path, "line": line, "context": get_code_snippet(lines, number)}

        def excluded(least: str, asked: "dict[str, Any]" = asked) -> bool:
            stage = [one for one in filters if one.names <= asked.keys() and (least in one.names or least == "line" and "secret" not in one.names)]
            name = "a filter"
            return any(ask(lambda one=one: one.function(**{key: asked[key] for key in one.names}), one, filters, name) for one in stage)

        if excluded("line"):
            continue
        found: dict[str, list[tuple[str, str]]] = {}
        slow = _slow(line)
        for plugin in list(plugins):
            name = type(plugin).__name__
            if slow and name == "KeywordDetector":
                passed.append(number)
                continue
            given = asked | {"line_number": number}
            answer = ask(lambda: [(one.type, one.secret_value) for one in plugin.analyze_line(**given) or ()], plugin, plugins, name)  # noqa: B023
            for kind, secret in sorted(answer or ()):
                asked |= {"secret": secret, "plugin": plugin}
                if secret and not excluded("secret"):
                    found.setdefault(secret, []).append((kind, name))
            asked.pop("secret", None)
        for secret, kinds in found.items():
            yield _detection(secret, kinds, line, decoded[number - 1], starts[number - 1])
    if passed:
        faults.append(Fault(path, f"{len(passed)} lines (the first is line {passed[0]}) are too long for the plugins of detect-secrets and were not looked at"))
