"""Arguments that several commands share, and what they come to."""

from agentkey_lint.commands.check import Options
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace

FORMATS = ("terminal", "json", "sarif", "html", "csv", "markdown", "gitlab", "junit", "github")
DETECTORS = ("detect-secrets",)


def add_output(command: "ArgumentParser") -> None:
    """What is reported, and how."""
    command.add_argument("--format", choices=FORMATS, default="terminal", help="default: terminal")
    command.add_argument("--min-severity", choices=SEVERITIES, default="", help="report from this severity on (default: as set, else low)")
    command.add_argument("--min-confidence", choices=CONFIDENCES, default="", help="report from this confidence on (default: as set, else medium)")
    command.add_argument("--with", dest="detectors", action="append", choices=DETECTORS, default=[], help="run these detectors on the lines left over")
    plugin = "a Python file with plugins or filters for detect-secrets; its code is run"
    command.add_argument("--detect-secrets-plugin", dest="plugins", action="append", metavar="PATH", default=[], help=plugin)


def output(options: "Namespace") -> Options:
    """What `add_output` added, as the commands take it."""
    return Options(options.format, options.min_severity, options.min_confidence, tuple(options.detectors), tuple(options.plugins))
