"""The literate cases of every rule: the files of each are linted as a repository, and the findings held against those that the case states."""

import os
from collections import Counter
from collections.abc import Iterator
from hashlib import blake2b
from importlib import import_module
from pathlib import Path

import pytest
from repositories import commit, repository

from agentkey_lint.commands.fixing import differences
from agentkey_lint.commands.mending import LATER, Mended, Mending
from agentkey_lint.commands.options import FORMATS
from agentkey_lint.commands.since import Since
from agentkey_lint.discover.decode import sources
from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.engine import pipeline
from agentkey_lint.engine.audit import Terms, audit_repository
from agentkey_lint.engine.detect_secrets import detector
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.pipeline import manual
from agentkey_lint.engine.repository import make
from agentkey_lint.engine.secrets_baseline import read
from agentkey_lint.engine.settings import Finder
from agentkey_lint.fix.offer import FIXES
from agentkey_lint.fix.overlay import Overlay
from agentkey_lint.model.finding import Report
from agentkey_lint.report.text import VERDICTS, About
from agentkey_lint.testing import Case, cases

FOLDER = Path(__file__).parent
RULES = pipeline.rules()
PIECE = 8
"""No run of so many characters of a secret may show."""
ALL = [
    (rule.id, case) for rule in RULES if (FOLDER / rule.id / "cases.md").exists() for case in cases((FOLDER / rule.id / "cases.md").read_text(encoding="utf-8"))
]


@pytest.fixture(scope="module", autouse=True)
def no_settings(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """git without the settings of the machine that the tests run on."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("GIT_")]:
            patch.delenv(name)
        patch.delenv("XDG_CONFIG_HOME", raising=False)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        yield


def options(arguments: list[str]) -> Thresholds:
    """The thresholds among a case's arguments; beside them only `--with detect-secrets` and `--strict` may stand there."""
    names = {"--min-severity": "severity", "--min-confidence": "confidence"}
    arguments = [argument for argument in arguments if argument != "--strict"]
    given = {names[option]: value for option, value in zip(arguments[::2], arguments[1::2], strict=True) if option != "--with"}
    return Thresholds(**given)


def plan_of(arguments: list[str]) -> pipeline.Plan:
    return pipeline.Plan(options(arguments), lambda told_by: blake2b(told_by, digest_size=8).hexdigest(), whole=True, strict="--strict" in arguments)


def lint(root: Path, arguments: list[str], compare: bool = False) -> Report:
    tree = Worktree(str(root))
    plan = plan_of(arguments)
    if "--with" in arguments:
        plan = plan._replace(detect=detector(read(tree.read)))
    paths = tree.paths()
    repository = make(tree.paths, tree.read, tree.ignore, Finder(tree.some), tree.ignored)
    report = pipeline.lint(sources(tree, paths, frozenset(paths)), repository, plan)
    return Since("HEAD", tree).compared(report, lambda path: True, repository, plan) if compare else report


def mend(root: Path, arguments: list[str], report: Report) -> tuple[Mended, str]:
    """Fix what can be fixed, unsafe fixes included, as `check --fix` does but for its way of writing files; and the difference, as it is shown."""
    tree = Worktree(str(root))
    overlay, settings = Overlay(tree), Finder(tree.some)
    mended = Mending(overlay, plan_of(arguments), unsafe=True, settings=settings).run(report)
    for path, data in overlay.files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_bytes(data)
    return mended, "".join(differences(overlay, settings))


def reported(report: Report) -> Counter[tuple[str, str]]:
    """How many findings there are of each rule in each file. One of a file that git does not ignore becomes, where it is tracked, one of that."""
    exchanged = {"unignored-secret-file": "tracked-secret-file"}
    found = [(one.finding.path, one.finding.rule) for one in report.results if one.verdict == "reported"]
    return Counter((path, exchanged.get(rule, rule)) for path, rule in found)


def rendered(report: Report) -> str:
    """The report in every format, findings below the threshold included."""
    about = About("0", RULES, show=frozenset(VERDICTS), manuals={rule.id: manual(rule.id) for rule in RULES})
    return "".join(chunk for form in FORMATS for chunk in import_module(f"agentkey_lint.report.{form}").render(report, about))


def pieces(text: str, size: int) -> set[str]:
    return {text[at : at + size] for at in range(len(text) - size + 1)}


def test_every_rule_has_cases_and_every_folder_a_rule() -> None:
    folders = {path.parent.name for path in FOLDER.glob("*/cases.md")}
    assert folders == {rule.id for rule in RULES}


@pytest.mark.parametrize("rule", [rule.id for rule in RULES])
def test_a_rule_shows_what_it_reports_and_what_it_leaves_alone(rule: str) -> None:
    own = [case for name, case in ALL if name == rule]
    assert any(case.expected for case in own), "no case with a finding"
    assert any(not case.expected and not case.known_misses for case in own), "no clean case"
    assert len({case.title for case in own}) == len(own), "two cases of one title"
    for case in own:
        stated = {found for _, _, found in [*case.expected, *case.known_misses]}
        assert stated <= {rule}, f"{case.title}: a finding of another rule"


@pytest.mark.parametrize(("rule", "case"), ALL, ids=[f"{rule}: {case.title}" for rule, case in ALL])
def test_case(rule: str, case: Case, tmp_path: Path) -> None:
    repository(tmp_path, case.files, case.untracked, case.before)
    if "audit" in case.arguments:
        audited(case, rule, tmp_path)
        return
    report = lint(tmp_path, case.arguments, bool(case.before))
    found = {(one.finding.path, one.finding.start.line, one.finding.rule) for one in report.results if one.verdict == "reported"}
    own = {one for one in found if one[2] == rule}
    assert not set(case.expected) - own, f"not found: {set(case.expected) - own}"
    assert not own - set(case.expected), f"found besides: {own - set(case.expected)}"
    assert not found & set(case.known_misses), "a known miss is found by now: state it as expected"
    assert not report.faults
    output = rendered(report)
    shown = pieces(output, PIECE)
    for secret in case.secrets:
        leaked = pieces(secret, PIECE) & shown
        assert not leaked, f"{len(leaked)} pieces of a secret show"
    if any(one.finding.rule in FIXES for one in report.results):
        fixed(case, tmp_path, report)
    else:
        assert not case.fixed, "nothing here can be fixed"


def audited(case: Case, rule: str, root: Path) -> None:
    """What an audit says once the files of the case are committed as well."""
    commit(root, "after")
    told = audit_repository(str(root), "case", Terms())
    found = [(leak.finding.path, leak.finding.start.line, leak.finding.rule) for leak in told.leaks if leak.verdict == "reported"]
    assert sorted(one for one in found if one[2] == rule) == case.expected
    assert not set(found) & set(case.known_misses) and not told.faults


def fixed(case: Case, root: Path, before: Report) -> None:
    """What was fixed is gone, nothing has come instead, and a second run has nothing to do."""
    mended, difference = mend(root, case.arguments, before)
    after = lint(root, case.arguments)
    allowed = reported(before) - Counter((one.path, one.rule) for one in mended.fixed if one.rule != "unignored-secret-file")
    allowed += Counter({one: count for one, count in reported(after).items() if one[1] in LATER})
    assert not reported(after) - allowed, f"came of it or is left: {reported(after) - allowed}"
    assert set(after.faults) <= set(before.faults)
    assert not mend(root, case.arguments, after)[0].fixed, "a second run changes something"
    for path, text in case.fixed.items():
        assert (root / path).read_text(encoding="utf-8") == text
    shown = pieces(difference + "".join(one.title + one.then for one in mended.fixed), PIECE)
    assert not any(pieces(secret, PIECE) & shown for secret in case.secrets)
