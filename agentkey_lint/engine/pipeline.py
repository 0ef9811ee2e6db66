"""`lint`: the one way from sources to a report, whoever supplies the sources."""

from agentkey_lint.catalog import ignores
from agentkey_lint.catalog.compiled import RULES
from agentkey_lint.engine import documents, judging
from agentkey_lint.engine.hiding import Hiding, may_complain
from agentkey_lint.match.scan import scan
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim, Judged, Report
from agentkey_lint.model.record import Record
from agentkey_lint.model.repository import Repository, Use
from agentkey_lint.model.rule import Rule
from agentkey_lint.model.settings import Settings
from agentkey_lint.model.source import Fault, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import ModuleType
    from typing import Any

    from agentkey_lint.engine.baseline import Known
    from agentkey_lint.engine.secrets_baseline import Baseline


_rules: dict[tuple[tuple[str, ...], tuple[str, ...]], tuple[tuple[str, str], ...]] = {}
"""The rules that are asked, by the kinds of facts there are and the rules that are wanted: the same for nearly all files."""
_modules: "dict[str, ModuleType]" = {}
"""The modules of the rules that have been asked."""


class Plan(Record):
    """What a run is to do: what it reports, and how a secret is told apart (a keyed digest, from the secret to a short text).

    baseline: what the snapshot's `.secrets.baseline` says, read when it is first asked for. detect: the plugins of detect-secrets, if they are to run.
    whole: the run is over all of a repository, so that the rules about it as a whole can speak. adopt: the tools whose comments count, whatever the
    settings say; None leaves it to them. known: the snapshot's own baseline, read when something would be reported. only: the rules that
    are asked (empty: all); trouble with a file's format is then not told. strict: take every tool for used.
    isolated: no comment in a file hides what is found in it.
    """

    thresholds: judging.Thresholds
    fingerprint: "Callable[[bytes], str]"
    baseline: "Callable[[], Baseline] | None" = None
    detect: "Callable[[Document, Sequence[Claim]], tuple[list[Claim], list[Fault]]] | None" = None
    whole: bool = False
    adopt: "tuple[str, ...] | None" = None
    known: "Callable[[], Known] | None" = None
    only: tuple[str, ...] = ()
    strict: bool = False
    isolated: bool = False


class Outcome(Record):
    """What one source came to."""

    judged: tuple[Judged, ...] = ()
    faults: tuple[Fault, ...] = ()
    uses: tuple[Use, ...] = ()


_NOTHING = Outcome()


class Part(Record):
    """What some of the sources came to; uses: the variables that they ask for, if the run is over the whole repository."""

    report: Report
    uses: tuple[Use, ...] = ()


def rules() -> tuple[Rule, ...]:
    """Every rule there is, by id."""
    return tuple(Rule._make(row) for row in RULES)


def manual(rule: str) -> str:
    """The manual of a rule that exists."""
    name = rule.replace("-", "_")
    return (__import__(f"agentkey_lint.checks.{name}", fromlist=[name]).__doc__ or "").strip()


def _asked(kinds: tuple[str, ...], only: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """The rules that judge some kinds of facts, each with its kind; only: the ids of those to ask (empty: all)."""
    known = kinds, only
    if known not in _rules:
        _rules[known] = tuple((rule, judges) for rule, judges, *_ in RULES if judges in kinds and (not only or rule in only))
    return _rules[known]


def _function(rule: str) -> "Callable[[Any, Document, Repository], Iterator[Claim]]":
    name = rule.replace("-", "_")
    if rule not in _modules:
        _modules[rule] = __import__(f"agentkey_lint.checks.{name}", fromlist=[name])
    function: Callable[[Any, Document, Repository], Iterator[Claim]] = getattr(_modules[rule], name)
    return function


def _facts(document: Document) -> "dict[str, tuple[Any, ...]]":
    """The facts that there are of a document, by the names under which rules ask for them."""
    found: dict[str, tuple[Any, ...]] = {}
    itself = (document,)
    if document.keys:
        found["key"] = document.keys
    if document.fields:
        found["field"], found["settings"] = document.fields, itself
        found["reference"] = tuple((reference, field) for field in document.fields for reference in field.references)
    if document.records:
        found["record"] = document.records
    if document.grants:
        found["grant"] = document.grants
    if document.format and document.reader is None:
        found["manifest"] = itself
    if document.keys or document.assignments or document.fields:
        found["contents"] = itself
    if ignores.known(document.source.path):
        found["secret-file"] = itself
    return found


def claims(
    document: Document, repository: Repository, facts: "dict[str, tuple[Any, ...]] | None" = None, only: tuple[str, ...] = ()
) -> tuple[list[Claim], list[Fault]]:
    """What every rule says of a document, or of other facts than its own; only: what these rules say.

    A rule that crashes is a fault that names the rule and the line, and nothing of the file.
    """
    found: list[Claim] = []
    faults: list[Fault] = []
    facts = _facts(document) if facts is None else facts
    asked = _asked(tuple(facts), only) if facts else ()
    if not asked:
        return found, faults
    settings = repository.settings(document.source.path)
    for rule, judges in asked:
        if rule in settings.disabled:
            continue
        function = _function(rule)
        try:
            for fact in facts[judges]:
                found.extend(function(fact, document, repository))
        except AgentkeyError:
            raise
        except Exception as error:
            faults.append(Fault(document.source.path, f"rule {rule} crashed: {place_of(error)}"))
    return [_as_set(claim, settings) for claim in found] if settings.severities else found, faults


def terms(document: Document, repository: Repository, plan: Plan, baseline: "Baseline | None" = None) -> tuple[judging.Thresholds, Hiding]:
    """By which thresholds the claims about a document are judged, and what may hide them: the plan's and the settings of its path."""
    settings = repository.settings(document.source.path)
    if plan.adopt is not None:
        settings = settings._replace(adopt=plan.adopt)
    return judging.within(plan.thresholds, settings), Hiding(settings, baseline, known=plan.known, isolated=plan.isolated)


def _as_set(claim: Claim, settings: Settings) -> Claim:
    """The claim with the severity that the settings give its rule."""
    severity = settings.severities.get(claim.rule)
    return claim._replace(severity=severity) if severity else claim


def place_of(error: BaseException) -> str:
    """The kind of an error and the line of ours that raised it: its message may hold text of the scanned file."""
    trace, place = error.__traceback__, "?"
    while trace is not None:
        code = trace.tb_frame.f_code
        place = f"{code.co_filename.rsplit('/', 1)[-1]}:{trace.tb_lineno}"
        trace = trace.tb_next
    return f"{type(error).__name__} at {place} (please report this)"


def examine(source: Source, repository: Repository, plan: Plan) -> Outcome:
    """Everything that is to be said of one source."""
    try:
        hits = scan(source.data)
        if plan.detect is None and not any(hits) and documents.plain(source.path):
            return _NOTHING  # as most files
        document = documents.build(source, hits, grants=not plan.only)
        found, faults = claims(document, repository, only=plan.only)
        if plan.detect is not None:
            detected, trouble = plan.detect(document, found)
            settings = repository.settings(source.path)
            found += [_as_set(claim, settings) for claim in detected if claim.rule not in settings.disabled]
            faults += trouble
        if not found and (plan.only or not (document.fields or document.problems or may_complain(document))):
            return Outcome((), tuple(faults)) if faults else _NOTHING  # who asks for some rules is told of no comment that hides nothing
        if (document.reader is not None or document.records) and any(claim.variable for claim in found):
            from agentkey_lint.engine import joining

            found = joining.joined(found, document, repository)
        baseline = plan.baseline() if plan.baseline is not None and any(claim.secret is not None for claim in found) else None
        if baseline is not None:
            faults += baseline.faults
        judged: list[Judged] = []
        if found or may_complain(document):
            thresholds, hiding = terms(document, repository, plan, baseline)
            judged = judging.findings(document, found, thresholds, plan.fingerprint, hiding)
        if plan.known is not None and any(one.verdict in ("reported", "baselined") for one in judged):
            faults += plan.known().faults
    except (AgentkeyError, KeyboardInterrupt):
        raise
    except Exception as error:
        return Outcome((), (Fault(source.path, f"could not be examined: {place_of(error)}"),))
    for problem in () if plan.only else document.problems:
        line = source.data.count(b"\n", 0, problem.offset) + 1
        faults.append(Fault(source.path, f"line {line}: {problem.message}"))
    uses: tuple[Use, ...] = ()
    if plan.whole and document.fields:
        from agentkey_lint.engine.whole import uses as used

        uses = used(document)
    return Outcome(tuple(judged), tuple(faults), uses)


def collect(items: "Iterable[Source | Fault]", repository: Repository, plan: Plan) -> Part:
    """Examine every source, one after the other; faults among the items are passed on. In no particular order yet."""
    judged: list[Judged] = []
    faults: list[Fault] = []
    uses: list[Use] = []
    files = size = 0
    for item in items:
        if isinstance(item, Fault):
            faults.append(item)
            continue
        files += 1
        size += len(item.data)
        outcome = examine(item, repository, plan)
        if outcome is not _NOTHING:
            judged.extend(outcome.judged)
            faults.extend(outcome.faults)
            uses.extend(outcome.uses)
    return Part(Report(tuple(judged), tuple(faults), files, size), tuple(uses))


def lint(items: "Iterable[Source | Fault]", repository: Repository, plan: Plan) -> Report:
    """Examine every source and report on them together."""
    return joined([collect(items, repository, plan)], repository, plan)


def joined(parts: "Sequence[Part]", repository: Repository, plan: Plan) -> Report:
    """Several collections as one report, in its one order: by path, place and rule. Rules about the whole of them speak here."""
    judged = [one for part in parts for one in part.report.results]
    judged += _about_findings(judged, repository, plan)
    faults = {fault for part in parts for fault in part.report.faults}
    if plan.whole:
        about, trouble = _about_repository(parts, repository, plan)
        judged += about
        judged += _about_settings(judged, repository, plan)
        faults |= set(trouble)
    files, size = (sum(getattr(part.report, name) for part in parts) for name in ("files", "bytes"))
    return Report(tuple(sorted(judged, key=_order)), tuple(sorted(faults)), files, size)


def added(report: Report, judged: "Sequence[Judged]", faults: "Sequence[Fault]") -> Report:
    """A report with more findings and faults, in its one order."""
    return report._replace(results=tuple(sorted([*report.results, *judged], key=_order)), faults=tuple(sorted({*report.faults, *faults})))


def _about_repository(parts: "Sequence[Part]", repository: Repository, plan: Plan) -> tuple[list[Judged], list[Fault]]:
    """What the rules about the whole repository say; they are asked about each template of an environment file, each key manifest, and the ignore file."""
    judged: list[Judged] = []
    faults: list[Fault] = []
    for document, facts in _facts_of_all(parts, repository, plan):
        found, trouble = claims(document, repository, facts)
        thresholds, hiding = terms(document, repository, plan)
        judged += judging.findings(document, found, thresholds, plan.fingerprint, hiding._replace(complain=False))
        faults += trouble
    return judged, faults


def _about_settings(judged: "Sequence[Judged]", repository: Repository, plan: Plan) -> list[Judged]:
    """What there is to say of entries of settings that have hidden nothing in the whole repository."""
    if not getattr(repository.settings, "any", False):
        return []
    from agentkey_lint.engine.idle import idle

    found: list[Judged] = []
    for document, about in idle(repository, {one.finding.reason for one in judged if one.verdict == "suppressed"}):
        thresholds, hiding = terms(document, repository, plan)
        found += judging.findings(document, about, thresholds, plan.fingerprint, hiding._replace(complain=False))
    return found


def _facts_of_all(parts: "Sequence[Part]", repository: Repository, plan: Plan) -> "Iterator[tuple[Document, dict[str, tuple[Any, ...]]]]":
    from agentkey_lint.engine import expected, whole

    for document, usage in whole.prepared(repository, [use for part in parts for use in part.uses]):
        yield document, {"repository" if document.reader is not None else "usage": (usage,)}
    if (ignored := expected.prepared(repository, plan.strict)) is not None:
        yield ignored[0], {"ignores": (ignored[1],)}


def _order(one: Judged) -> "tuple[Any, ...]":
    return one.finding.path, one.finding.start, one.finding.end, one.finding.rule, one.finding.message, one.finding.fingerprint


def _about_findings(judged: list[Judged], repository: Repository, plan: Plan) -> list[Judged]:
    """What there is to say of several findings together; the settings of the first one's path count."""
    secret = [finding for finding, verdict in judged if verdict == "reported" and finding.rule in judging.PRECEDENCE]
    if len({finding.fingerprint for finding in secret}) == len(secret):
        return []
    from agentkey_lint.checks.repeated_key import repeated_key

    secret.sort(key=lambda finding: (finding.path, finding.start))
    about = []
    for finding in repeated_key(secret):
        settings = repository.settings(finding.path)
        if finding.rule not in settings.disabled:
            finding = finding._replace(severity=settings.severities.get(finding.rule, finding.severity))
            about.append(Judged(finding, judging.verdict(finding, judging.within(plan.thresholds, settings))))
    return about
