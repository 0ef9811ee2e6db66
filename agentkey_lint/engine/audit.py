"""An audit of one repository: what ever leaked, whether it is still there, and what to do first.

The default branch's tip is linted as `check` would lint its checkout. Every other version of a file is judged once (engine/versions.py), messages and
notes beside them, on every core; commits are looked up for what was found alone (engine/leaks.py).
"""

from agentkey_lint.discover import history as past
from agentkey_lint.discover.decode import MAX_FILE
from agentkey_lint.discover.git import Git, repository
from agentkey_lint.discover.history import Wish
from agentkey_lint.discover.objects import many
from agentkey_lint.discover.packs import Packs
from agentkey_lint.engine import cache, chains, late, leaks, pipeline, pool, urgency, versions
from agentkey_lint.engine import survey as surveys
from agentkey_lint.engine.chains import NAMES, Chain, Survey, reading
from agentkey_lint.engine.fingerprint import fingerprinter
from agentkey_lint.engine.hiding import baselines, nowhere
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.leaks import Found
from agentkey_lint.engine.settings import Finder, without_settings
from agentkey_lint.model.audit import Audited, Leak
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.finding import Judged
from agentkey_lint.model.record import Record
from agentkey_lint.model.repository import Repository, once
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

MOST_FAULTS = 50
"""More faults of one repository than this are summed up."""


class Terms(Record):
    """How an audit is to be run. cache: what held nothing is remembered in the repository's git folder.

    key: of the fingerprints; empty: the repository's own. strict: ask for the ignore lines of every tool.
    isolated: follow no settings, baselines and comments of the repository itself.
    tell: is called now and then with how much is done, how much there is, and the bytes read so far.
    """

    wish: Wish = Wish()
    thresholds: Thresholds = Thresholds()
    cache: bool = False
    key: bytes = b""
    strict: bool = False
    isolated: bool = False
    tell: "Callable[[int, int, int], None]" = lambda done, of, size: None


class Batch(Record):
    """What a batch of objects came to. clean: marks for the cache. read: as in Gathered."""

    found: list[Found]
    faults: list[Fault]
    clean: list[bytes]
    read: tuple[int, int]


class Gathered(Record):
    """What was found so far; filled as the audit goes on, so that an interruption loses nothing.

    read: objects and their bytes. surveys: one, once the log was read.
    """

    found: list[Found]
    faults: list[Fault]
    read: list[tuple[int, int]]
    skipped: set[str]
    excluded: set[str]
    late: list[Leak]
    surveys: list[Survey]


def audit_repository(path: str, name: str, terms: Terms) -> Audited:
    """Audit the repository at a path, bare or not. Raises AgentkeyError if there is none or git refuses it, UsageError for a wish that does not fit it."""
    return audit(repository(path), name, terms)


def audit(git: Git, name: str, terms: Terms) -> Audited:
    """Audit a repository. An interruption ends it early, and what it had found by then is told as partial."""
    gathered = Gathered([], [], [], set(), set(), [], [])
    partial = False
    try:
        now = surveys.standing(git, terms.wish, gathered.faults)
        try:
            _judge(git, now, terms, gathered)
        finally:
            now.tree.close()
    except KeyboardInterrupt:
        partial = True
    if not gathered.surveys:
        return Audited(name, (), tuple(gathered.faults), partial=partial)
    survey = gathered.surveys[0]
    rows = leaks.rows(git, survey.history, survey.notes, gathered.found, reading, surveys.tips(git, survey), terms.thresholds)
    return Audited(
        name,
        tuple(sorted((*rows, *gathered.late), key=urgency.order)),
        _few(gathered.faults),
        survey.history.known,
        sum(count for count, _ in gathered.read),
        sum(size for _, size in gathered.read),
        past.is_shallow(git),
        partial,
        len(gathered.skipped),
        len(gathered.excluded),
    )


def _judge(git: Git, now: Survey, terms: Terms, gathered: Gathered) -> None:
    """Everything there is, the tip first. A long log is read before on every core, any other while the other cores are busy with the tip."""
    long = surveys.ahead(git, terms.wish)

    def read_log() -> Survey:
        survey, faults = surveys.with_history(git, now, terms.wish, long)
        gathered.faults.extend(faults)
        gathered.surveys.append(survey)
        return survey

    history = once(read_log)
    tree = now.tree
    baseline, known = baselines(nowhere if terms.isolated else tree.read)
    plan = pipeline.Plan(terms.thresholds, fingerprinter(git.common, terms.key), baseline, known=known, strict=terms.strict, isolated=terms.isolated)
    plan.fingerprint(b"")  # so that every child has the one key
    settings = without_settings() if terms.isolated else Finder(tree.some)
    try:
        settings.prepare(tree.paths())
    except UsageError as error:  # nobody asked for these settings here: what is wrong with them must not keep the history unread
        gathered.faults.append(Fault("", str(error)))
        settings = without_settings()
    past_facts = Repository(dict, lambda path: None, settings=settings)
    at_tip = _judge_tip(tree, history, settings, terms, plan, gathered)
    survey = history()
    # Settings can keep a rule silent: with others, what held nothing must be looked at again.
    judged_by = repr(sorted(pair for pair in tree.at().items() if pair[0].endswith(".toml"))).encode() if settings.any else b""
    read = cache.load(git.common, judged_by) if terms.cache else frozenset()
    every = (*chains.files(survey, at_tip, read), *chains.messages(survey, read))
    todo = [chain for chain in every if not settings(chain.path).excluded]
    gathered.excluded.update(chain.path for chain in every if settings(chain.path).excluded)
    _judge_tags(git, survey, past_facts, plan, gathered)
    if terms.wish.most < MAX_FILE:
        gathered.skipped.update(past.larger(git, [one for chain in todo if chain.kind != "commit-message" for one in chain.ids], terms.wish.most))
    batches = chains.batches([chain for chain in (chains.without(chain, gathered.skipped) for chain in todo) if chain.ids])
    total, done, size = sum(len(chain.ids) for chain in todo), 0, 0
    terms.tell(0, total, 0)
    left = set(range(len(batches)))
    clean: set[bytes] = set()

    packs = Packs(git, len(survey.history.commits[0]) // 2 if survey.history.commits else 0)

    def work(number: int) -> Batch:
        return _summed(_came(git, packs, batches[number], past_facts, plan, terms.wish.most), terms.cache)

    try:
        for number, batch in pool.spread(len(batches), work):
            left.discard(number)
            gathered.found.extend(batch.found)
            gathered.faults.extend(batch.faults)
            gathered.read.append(batch.read)
            clean.update(batch.clean)
            done, size = done + batch.read[0], size + batch.read[1]
            terms.tell(done, total, size)
    finally:
        packs.close()
        if terms.cache:
            cache.save(git.common, judged_by, read | clean)
    gathered.faults.extend(Fault(chain.path, pool.LOST) for number in sorted(left) for chain in batches[number])
    held = {one.path for one in gathered.found if one.kind == "file"}
    gathered.late.extend(late.rows(survey.history, Repository(dict, tree.ignore, tree.paths, settings=settings), held, plan))


def _judge_tip(
    tree: past.Tree, history: "Callable[[], Survey]", settings: Finder, terms: Terms, plan: pipeline.Plan, gathered: Gathered
) -> dict[str, tuple[Judged, ...]]:
    """Lint the tip as `check` would. What is secret at each path is handed back, for the versions that are compared with it."""
    from agentkey_lint.engine.repository import make

    known: dict[str, tuple[Judged, ...]] = {}
    paths = [path for path in tree.paths() if not settings(path).excluded]
    gathered.excluded.update(path for path in tree.paths() if settings(path).excluded)
    if terms.wish.most < MAX_FILE:
        blobs = tree.at()
        gathered.skipped.update(past.larger(tree.git, [*blobs.values()], terms.wish.most))
        paths = [path for path in paths if blobs[path] not in gathered.skipped]
    if not paths:
        return known
    facts = make(tree.paths, tree.read, tree.ignore, settings)
    whole = plan._replace(whole=not terms.wish.since)
    parts = []
    try:
        for part in pool.parts(tree, paths, (), facts, whole, history):
            parts.append(part)
    finally:
        report = pipeline.joined(parts, facts, whole)
        gathered.faults.extend(report.faults)
        by_path: dict[str, list[Judged]] = {}
        for one in report.results:
            by_path.setdefault(one.finding.path, []).append(one)
        at_tip = tree.at()
        recent = set(gathered.surveys[0].history.blobs) if gathered.surveys else set()
        for path, results in by_path.items():
            results = [one for one in results if one.finding.rule != "repeated-key"]  # each key is one row as it is
            if path not in at_tip:
                gathered.late.extend(late.lacking(results))
            elif results and (not terms.wish.since or at_tip[path] in recent):
                gathered.found.append(Found("file", path, at_tip[path], tuple(results)))
            known[path] = tuple(one for one in results if one.finding.rule in versions.SECRETS)
    gathered.read.append((report.files, report.bytes))
    return known


def _judge_tags(git: Git, survey: Survey, facts: Repository, plan: pipeline.Plan, gathered: Gathered) -> None:
    for name, data in past.tags(git, survey.refs):
        for came in versions.judged(NAMES["tag-message"], [(name, _message(data))], facts, plan):
            gathered.faults.extend(fault._replace(path=name) for fault in came.faults)
            if came.judged:
                gathered.found.append(Found("tag-message", name, name, came.judged))


def _summed(came: "Iterator[tuple[str, str, versions.Came]]", marks: bool) -> Batch:
    """What is to be told of a batch: next to nothing of the many objects that hold nothing."""
    found: list[Found] = []
    faults: list[Fault] = []
    clean: list[bytes] = []
    count = size = 0
    for kind, path, one in came:
        count, size = count + 1, size + one.bytes
        faults.extend(one.faults)
        if one.judged:
            found.append(Found(kind, path, one.id, one.judged))
        elif marks and not one.faults:
            clean.append(cache.mark(one.id, reading(NAMES.get(kind, path))))
    return Batch(found, faults, clean, (count, size))


def _came(git: Git, packs: Packs, batch: "Sequence[Chain]", facts: Repository, plan: pipeline.Plan, most: int) -> "Iterator[tuple[str, str, versions.Came]]":
    """What every object of a batch came to, with its kind and path."""
    messages = batch[0].kind == "commit-message"
    objects = many(git, packs, [one for chain in batch for one in chain.ids], most, b"commit" if messages else b"blob")
    for chain in batch:
        contents = ((one, _message(next(objects)) if messages else next(objects)) for one in chain.ids)
        if messages:
            each = versions.unrelated(chain.path, contents, facts, plan)
        else:
            each = versions.judged(NAMES["note"] if chain.kind == "note" else chain.path, contents, facts, plan, chain.known)
        for came in each:
            yield chain.kind, chain.path, came


def _message(data: bytes | Fault) -> bytes | Fault:
    """What a commit or tag says, behind its headers; a tag that was merged stands in a header."""
    if isinstance(data, Fault):
        return data
    head, _, text = data.partition(b"\n\n")
    merged = head.partition(b"\nmergetag ")[2]
    return text + b"\n" + merged if merged else text


def _few(faults: "Sequence[Fault]") -> tuple[Fault, ...]:
    found = sorted(set(faults))
    more = len(found) - MOST_FAULTS
    return tuple(found) if more <= 0 else (*found[:MOST_FAULTS], Fault("", f"and {more} more of such faults"))
