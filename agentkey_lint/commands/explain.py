"""`explain RULE`: the manual of a rule, which is the docstring of its module, and what a case of it really prints."""

from agentkey_lint import catalog
from agentkey_lint.catalog import judge
from agentkey_lint.engine.pipeline import manual, rules
from agentkey_lint.model.errors import UsageError
from agentkey_lint.report.text import say, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import ArgumentParser, Namespace


def arguments(command: "ArgumentParser") -> None:
    command.add_argument("rule", metavar="RULE", nargs="?", default="")
    command.add_argument("--why", metavar="PATH:LINE", default="", help="say which features decided about the findings on a line")


def run(options: "Namespace") -> int:
    return why(options.why) if options.why else explain(options.rule)


def explain(rule: str) -> int:
    known = {row.id: row for row in rules()}
    if rule not in known:
        import difflib

        near = difflib.get_close_matches(rule, known, 1)
        raise UsageError("there is no rule of that name" + (f"; did you mean {near[0]}?" if near else "; `agentkey-lint list` names them all"))
    row = known[rule]
    shown = _example(rule)
    example = f"Example\n-------\n{shown}\n\n" if shown else ""
    say(f"{rule}\n{'=' * len(rule)}\n\n{manual(rule)}\n\n{example}Usual severity: {row.severity}. OWASP: {', '.join(row.owasp) or 'none'}.\n")
    return 0


def _example(rule: str) -> str:
    """What the first case of a rule prints; tools/docs.py writes it down."""
    import json
    import os

    with open(os.path.join(os.path.dirname(os.path.abspath(catalog.__file__)), "examples.json"), encoding="utf-8") as file:
        return str(json.load(file).get(rule, ""))


def why(place: str) -> int:
    """`explain --why PATH:LINE`: every finding on a line, whatever its confidence, with the named features that decided and their points."""
    from agentkey_lint.commands.worktrees import work_tree
    from agentkey_lint.discover.decode import sources
    from agentkey_lint.discover.worktree import relative
    from agentkey_lint.engine import pipeline

    path, _, number = place.rpartition(":")
    if not path or not number.isdecimal():
        raise UsageError("--why takes PATH:LINE")
    tree, plan, repository = work_tree([path])
    name = relative(path, tree.root)
    report = pipeline.lint(sources(tree, [name], [name]), repository, plan)
    for fault in report.faults:
        raise UsageError(fault.message)
    here = [finding for finding, _ in report.results if finding.start.line == int(number)]
    for finding in here:
        say(f"{finding.rule}  {finding.severity}, {finding.confidence} confidence: {visible(finding.message)}\n")
        say(f"  {points:+d}  {visible(feature)}\n" for feature, points in finding.why)
        if finding.why:
            say(f"  {sum(points for _, points in finding.why):+d}  in all ({judge.MEDIUM} is medium, {judge.HIGH} high confidence)\n")
        elif finding.key is not None:
            say(f"  the shape of {finding.key.vendor} {finding.key.kind}\n")
    if not here:
        say("nothing is said about this line\n")
    return 0
