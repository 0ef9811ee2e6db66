"""The settings, all at their defaults and behind a `#`."""

from agentkey_lint.engine.settings import MAX_BYTES, MAX_DOTS, OWN, PYPROJECT
from agentkey_lint.fix.apply import line_end

DEFAULTS = (
    ('min-severity = "low"', "info, low, medium, high, critical"),
    ('min-confidence = "medium"', "low, medium, high"),
    ("exclude = []", 'files that are not looked at: globs, such as "vendor/**"'),
    ("disable = []", "rules that do not speak here; `agentkey-lint list` names them all"),
    ("env = []", "variables that are set outside this repository"),
    ("adopt = []", 'other tools whose comments hide findings here too, such as "gitleaks"'),
    ("require-reason = true", "a suppression without a reason hides nothing"),
)
HEAD = "# agentkey-lint: behind each # stands a default. `agentkey-lint config show` says what applies, `agentkey-lint schema settings` what there is."


def text(table: bool) -> str:
    """The settings; table: as a table of pyproject.toml."""
    width = max(len(line) for line, _ in DEFAULTS)
    return "\n".join([HEAD, *["[tool.agentkey-lint]"] * table, *(f"# {line:{width}}  # {what}" for line, what in DEFAULTS), ""])


def added(pyproject: bytes | None) -> tuple[str, bytes]:
    """The file that gets the settings and its new bytes: pyproject.toml where there is one that takes them, else a file of their own."""
    if pyproject is not None:
        end = line_end(pyproject)
        gap = end if pyproject.endswith(b"\n") or not pyproject else end * 2
        after = pyproject + (gap + text(table=True).replace("\n", end)).encode()
        if _holds(pyproject, after):
            return PYPROJECT, after
    return OWN, text(table=False).encode()


def _holds(before: bytes, after: bytes) -> bool:
    """Whether the new text says what the old one says, and has our table besides."""
    import tomllib

    if len(after) > MAX_BYTES or any(line.count(b".") > MAX_DOTS for line in before.split(b"\n")):
        return False
    try:
        old, new = (tomllib.loads(data.decode("utf-8")) for data in (before, after))
    except (ValueError, RecursionError):
        return False
    tool = old.setdefault("tool", {})
    tool["agentkey-lint"] = {}
    return old == new
