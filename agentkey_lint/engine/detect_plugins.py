"""The plugins and filters of detect-secrets that a run is to use, set up as a baseline names them.

No code runs but what comes with detect-secrets or stands in a file that the command line names.
"""

from agentkey_lint.engine.secrets_baseline import NAME, OWN, Baseline, search
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

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


def module_of(path: str) -> "Any":
    """The module that a file of the user's own is. Raises UsageError where it cannot be loaded."""
    from detect_secrets.util.importlib import import_file_as_module

    try:
        return import_file_as_module(path)
    except FileNotFoundError:
        raise UsageError(f"--detect-secrets-plugin: there is no file {path}") from None
    except Exception as error:
        raise UsageError(f"--detect-secrets-plugin: {path} cannot be loaded: {type(error).__name__}") from None


def plugins_of(baseline: Baseline, modules: "dict[str, Any]", faults: list[Fault]) -> "list[Any]":
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


def filters_of(baseline: Baseline, modules: "dict[str, Any]", faults: list[Fault]) -> list[Filter]:
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
