"""`audit`: everything that ever leaked in a repository, message and tag included, and what to do first."""

import os
import sys

from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.model.audit import Audit, Audited
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace
    from collections.abc import Sequence

    from agentkey_lint.engine.audit import Terms

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30}


def arguments(command: "ArgumentParser") -> None:
    from agentkey_lint.commands.options import FORMATS, add_isolated

    command.add_argument("repositories", nargs="*", metavar="REPO", help="folders of repositories, bare ones too (default: the current one)")
    command.add_argument("--repos", metavar="FILE", default="", help="audit every repository that this file names: paths, one a line")
    command.add_argument("--resume", action="store_true", help="with --repos: take what an interrupted run of the last day has finished from it")
    command.add_argument("--scheduler", metavar="ADDRESS", default="", help="with --repos: let the Dask cluster at tcp://host:port do the work")
    command.add_argument("--since", metavar="REV|DATE", default="", help="only what was brought in after this revision or date")
    command.add_argument("--branch", metavar="BRANCH", default="", help="only this branch's history (default: whatever a ref leads to)")
    command.add_argument("--max-blob-size", metavar="SIZE", default="256m", help="leave out versions larger than this: bytes, or with k, m or g")
    command.add_argument("--unreachable", action="store_true", help="also what no ref leads to: reflogs, dropped stashes, dangling objects")
    command.add_argument("--cache", action="store_true", help="remember in the git folder what held nothing, and do not read it again")
    command.add_argument("--no-cache", action="store_false", dest="cache", help="read everything (the default)")
    strict = "ask for ignore lines of every tool that makes secret files (missing-ignore), not only of those in use"
    command.add_argument("--strict", action="store_true", help=strict)
    add_isolated(command)
    command.add_argument("--format", choices=FORMATS, default="terminal", help="default: terminal")
    command.add_argument("--min-severity", choices=SEVERITIES, default="", help="report from this severity on (default: as set, else low)")
    command.add_argument("--min-confidence", choices=CONFIDENCES, default="", help="report from this confidence on (default: as set, else medium)")


def run(options: "Namespace") -> int:
    """0: nothing reported, 1: something, 2: not everything could be read, 130: interrupted, and what was found until then is told."""
    from agentkey_lint.discover.history import Wish
    from agentkey_lint.engine.audit import Terms

    wish = Wish(options.branch, options.since, size(options.max_blob_size), options.unreachable)
    terms = Terms(wish, Thresholds(options.min_severity, options.min_confidence), options.cache, strict=options.strict, isolated=options.isolated)
    if options.repos:
        from agentkey_lint.commands import fleet

        if options.repositories:
            raise UsageError("name repositories on the command line, or in the file of --repos")
        return finish(fleet.audit(options.repos, terms, options.resume, options.scheduler), options.format, options.isolated)
    if options.resume or options.scheduler:
        raise UsageError("--resume and --scheduler go with --repos")
    return finish(_audit(options.repositories or [os.getcwd()], terms), options.format, options.isolated)


def _audit(places: "Sequence[str]", terms: "Terms") -> Audit:
    """One repository after the other, each on every core."""
    from agentkey_lint.commands.progress import shown
    from agentkey_lint.engine.fleet import audited_at

    found: list[Audited] = []
    with shown(sys.stderr) as tell:
        for place in places:
            found.extend(audited_at(place, name_of(place), terms._replace(tell=tell)))
            if found[-1].partial:
                break
    return Audit(tuple(sorted(found, key=lambda one: one.name)), any(one.partial for one in found))


def name_of(place: str) -> str:
    """What the repository at a path is called: by its folder."""
    return os.path.basename(os.path.abspath(place).rstrip("/").removesuffix("/.git")) or "/"


def size(text: str) -> int:
    """Bytes, from `1000`, `64k`, `10m` or `1g`."""
    from agentkey_lint.discover.decode import MAX_FILE

    number, unit = (text[:-1], text[-1:].lower()) if text[-1:].isalpha() else (text, "")
    if not number.isascii() or not number.isdigit() or unit not in _UNITS:
        raise UsageError("--max-blob-size takes a number of bytes, or one with k, m or g behind it")
    return min(int(number) * _UNITS[unit], MAX_FILE)


def finish(audit: Audit, form: str, isolated: bool = False) -> int:
    """Write the report and say what it comes to."""
    from agentkey_lint.commands.running import about
    from agentkey_lint.engine.shown import without_secrets
    from agentkey_lint.report.text import audit_status, say

    render = __import__(f"agentkey_lint.report.{form}", fromlist=["render_audit"]).render_audit
    say(render(without_secrets(audit), about(form, "audit", isolated=isolated)))
    return audit_status(audit)
