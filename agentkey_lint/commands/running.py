"""What every command that lints does before and after: options, plan and repository of a snapshot, and out as a report."""

import os
import sys

from agentkey_lint.engine import pipeline
from agentkey_lint.engine.fingerprint import fingerprinter
from agentkey_lint.engine.hiding import baselines, nowhere
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.repository import make
from agentkey_lint.engine.settings import Finder, without_settings
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from agentkey_lint.discover.staged import Index
    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.repository import Repository
    from agentkey_lint.model.rule import Standard
    from agentkey_lint.report.text import About


class Options(Record):
    """How a run reports. detectors: those that run beside our own rules. plugins: files of the user's own for detect-secrets.

    severity, confidence: empty for what the settings say; adopt (tools whose comments count): None for it. show: the verdicts that a terminal shows.
    base: report what was widened since HEAD left this revision. changed: lint only the files that differ from then.
    strict: ask for the ignore lines of every tool. isolated: follow no settings, baselines and comments of the repository itself.
    """

    format: str = "terminal"
    severity: str = ""
    confidence: str = ""
    show: tuple[str, ...] = ("reported",)
    adopt: "tuple[str, ...] | None" = None
    detectors: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    base: str = ""
    changed: bool = False
    strict: bool = False
    isolated: bool = False


USUAL = Options()


def settings_of(snapshot: "Worktree | Index", isolated: bool) -> Finder:
    """The settings in a snapshot, or none where they are not to be followed."""
    return without_settings() if isolated else Finder(snapshot.some)


def repository_of(snapshot: "Worktree | Index", settings: Finder) -> "Repository":
    """The facts of a snapshot."""
    return make(snapshot.paths, snapshot.read, snapshot.ignore, settings, getattr(snapshot, "ignored", tuple))


def kept_of(paths: "Sequence[str]", settings: Finder) -> "Sequence[str]":
    """The paths that no settings exclude. All settings are read here, so that what is wrong in them is said whatever the files hold."""
    settings.prepare(paths)
    return [path for path in paths if not settings(path).excluded] if settings.any else paths


def plan_of(options: Options, snapshot: "Worktree | Index") -> pipeline.Plan:
    """How a snapshot is judged. Raises UsageError for options that do not go together."""
    git = snapshot.git
    baseline, known = baselines(nowhere if options.isolated else snapshot.read)
    detect = None
    if options.plugins and not options.detectors:
        raise UsageError("--detect-secrets-plugin goes with --with detect-secrets")
    if options.detectors:
        from agentkey_lint.engine.detect_secrets import detector

        detect = detector(baseline(), options.plugins)
    thresholds = Thresholds(options.severity, options.confidence)
    fingerprint = fingerprinter(git.common if git is not None else "")
    return pipeline.Plan(thresholds, fingerprint, baseline, detect, adopt=options.adopt, known=known, strict=options.strict, isolated=options.isolated)


def finish(report: "Report", options: Options, mode: str) -> int:
    """Write the report and say what it comes to."""
    from agentkey_lint.report.text import exit_status, say

    if report.results or report.faults or report.drift is not None:
        from agentkey_lint.engine.shown import without_secrets

        report = without_secrets(report)
    render = __import__(f"agentkey_lint.report.{options.format}", fromlist=["render"]).render
    say(render(report, about(options.format, mode, options.show, options.isolated)))
    return exit_status(report)


def about(form: str, mode: str, show: "Sequence[str]" = ("reported",), isolated: bool = False) -> "About":
    """What a report in some format says of a run beyond its results: no more than the format has a use for."""
    from agentkey_lint import __version__
    from agentkey_lint.report.text import About

    rules = pipeline.rules() if form != "terminal" else ()
    manuals = {rule.id: pipeline.manual(rule.id) for rule in rules} if form in ("sarif", "html") else None
    standards: tuple[Standard, ...] = ()
    if form == "sarif":
        from agentkey_lint.catalog.owasp import standards as known

        standards = known()
    colour = form == "terminal" and sys.stdout.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    return About(__version__, rules, frozenset(show), colour, mode, manuals, standards, isolated)
