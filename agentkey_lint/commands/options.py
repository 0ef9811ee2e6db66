"""Arguments that several commands share, and what they come to."""

from agentkey_lint.commands.running import Options
from agentkey_lint.config.settings import TOOLS
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

FORMATS = ("terminal", "json", "sarif", "html", "csv", "markdown", "gitlab", "junit", "github")
DETECTORS = ("detect-secrets",)


def add_output(command: "ArgumentParser") -> None:
    """What a report shows, and how."""
    command.add_argument("--format", choices=FORMATS, default="terminal", help="default: terminal")
    command.add_argument("--show-suppressed", action="store_true", help="show what is hidden too, and why")
    add_selection(command)


def add_selection(command: "ArgumentParser") -> None:
    """Which findings count."""
    command.add_argument("--min-severity", choices=SEVERITIES, default="", help="report from this severity on (default: as set, else low)")
    command.add_argument("--min-confidence", choices=CONFIDENCES, default="", help="report from this confidence on (default: as set, else medium)")
    adopt = f"honour comments of these tools, with commas between: {', '.join(TOOLS)}"
    command.add_argument("--adopt", metavar="TOOL,…", help=adopt)
    command.add_argument("--with", dest="detectors", action="append", choices=DETECTORS, default=[], help="run these detectors on the lines left over")
    plugin = "a Python file with plugins or filters for detect-secrets; its code is run"
    command.add_argument("--detect-secrets-plugin", dest="plugins", action="append", metavar="PATH", default=[], help=plugin)


def add_isolated(command: "ArgumentParser") -> None:
    """For who does not trust the repository."""
    isolated = "follow no settings, baselines and comments of the repository itself: for who does not trust them"
    command.add_argument("--isolated", action="store_true", help=isolated)


def output(options: "Namespace") -> Options:
    """What `add_output`, or `add_selection` alone, added, as the commands take it."""
    adopt = None if options.adopt is None else tuple(tool.strip() for tool in options.adopt.split(",") if tool.strip())
    if set(adopt or ()) - set(TOOLS):
        raise UsageError(f"--adopt takes {', '.join(TOOLS)}")
    show = ("reported", "suppressed", "baselined") if getattr(options, "show_suppressed", False) else ("reported",)
    format = getattr(options, "format", "terminal")
    return Options(format, options.min_severity, options.min_confidence, show, adopt, tuple(options.detectors), tuple(options.plugins))
