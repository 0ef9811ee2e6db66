"""Fixes of a work tree, worked out in memory: file by file, round after round, each judged by linting what comes of it.

A round takes of each file the fixes that do not overlap. They count only if the file then has all that it had but for the edits, the findings are
gone and no other has come; if that does not hold of them together, it is tried with half of them. What a fix asks of other files comes with it or
not at all. Patterns for git are the last resort: a file whose keys can be taken out needs none.
"""

from agentkey_lint.catalog import readers
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, judging, pipeline
from agentkey_lint.engine.expected import prepared as prepared_ignores
from agentkey_lint.engine.places import positions
from agentkey_lint.engine.repository import make
from agentkey_lint.fix import apply, environment, ignores
from agentkey_lint.fix.offer import FIXES, offer
from agentkey_lint.fix.overlay import Overlay
from agentkey_lint.fix.quoting import field_at
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.fix import Fix, Fixed
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from agentkey_lint.fix.offer import Offer
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.repository import Repository
    from agentkey_lint.model.settings import Settings
    from agentkey_lint.model.source import Span

    Offered = tuple[Claim, Fix]

ROUNDS = 10
DRIFT = "example-drift"
LATER = frozenset({"undeclared-key"})
"""What a manifest lacks is seen once a key has become a reference; that it was hidden by the key itself is no reason to leave the key there."""


class Value(Record):
    """What stood where a reference stands now. file: the environment file it belongs in."""

    variable: str
    value: str
    file: str


class Mended(Record):
    """What was worked out. values: those that were replaced, each variable once."""

    fixed: tuple[Fixed, ...]
    values: tuple[Value, ...]


class Mending:
    """One work tree on its way to fewer findings. Its files change in the overlay alone. offer: what would mend a claim."""

    def __init__(self, overlay: Overlay, plan: pipeline.Plan, unsafe: bool, settings: "Callable[[str], Settings]", offer: "Offer" = offer) -> None:
        self.overlay, self.plan, self.unsafe, self.settings, self.offer = overlay, plan, unsafe, settings, offer
        self.fixed: list[Fixed] = []
        self.values: dict[str, Value] = {}
        self._known: tuple[dict[str, bytes], Repository] | None = None

    def run(self, report: "Report") -> Mended:
        """Mend the files of a report until nothing changes any more."""
        found = {(finding.path, finding.rule) for finding, verdict in report.results if verdict == "reported" and finding.rule in FIXES}
        pending = sorted({path for path, _ in found})
        drift = any(rule == DRIFT for _, rule in found)
        for _ in range(ROUNDS):
            changed = [path for path in pending if self.mend(path)]  # each file has its turn in every round
            if not changed and not self._complete_templates(drift):
                break
        self._complete_ignores()
        self.overlay.close()
        return Mended(tuple(sorted(self.fixed)), tuple(self.values.values()))

    def _repository(self) -> "Repository":
        """The facts of the overlay; what its files declare is worked out again only when one of those that may has changed."""
        declaring = {path: data for path, data in self.overlay.files.items() if readers.may_declare(path) or path.rsplit("/", 1)[-1] in documents.MANIFESTS}
        if self._known is None or self._known[0] != declaring:
            self._known = declaring, make(self.overlay.paths, self.overlay.read, self.overlay.ignore, self.settings, self.overlay.ignored)
        return self._known[1]

    def mend(self, path: str) -> bool:
        """One round over one file: whether anything about it could be mended."""
        data = self.overlay.find(path)
        if data is None:
            return False
        source = decode(path, data)
        repository = self._repository()
        document = documents.build(source)
        claims = self._claims(document, repository)
        offers = [(claim, fix) for claim in claims if (fix := self._offer(claim, document, repository)) is not None]
        edits = [(claim, fix) for claim, fix in offers if fix.edits]
        chosen = apply.disjoint(fix for _, fix in edits)
        together = [(claim, fix) for claim, fix in edits if fix in chosen]
        if self._try_halves(document, data, claims, together):
            return True
        if self._try_halves(document, data, claims, [(claim, fix) for claim, fix in offers if not fix.edits and fix.declares]):
            return True
        return any(self._ignore(path, claim, fix, document) for claim, fix in offers if fix.ignores)

    def _try_halves(self, document: "Document", data: bytes, claims: list[Claim], chosen: "Sequence[Offered]") -> bool:
        """Whether some of the fixes hold: all of them, or else those of one half."""
        if not chosen:
            return False
        if self._try(document, data, claims, chosen):
            return True
        half = len(chosen) // 2
        return half > 0 and any(self._try_halves(document, data, claims, part) for part in (chosen[:half], chosen[half:]))

    def _claims(self, document: "Document", repository: "Repository") -> list[Claim]:
        """The claims about a document that a run would report."""
        found, _ = pipeline.claims(document, repository)
        baseline = self.plan.baseline() if self.plan.baseline is not None and any(claim.secret is not None for claim in found) else None
        weighed = judging.weighed(document, found, *pipeline.terms(document, repository, self.plan, baseline), flood=False)
        return [claim for claim, verdict, _ in weighed if verdict == "reported"]

    def _offer(self, claim: Claim, document: "Document", repository: "Repository") -> Fix | None:
        fix = self.offer(claim, document, repository)
        if fix is None or not (fix.safe or self.unsafe):
            return None
        if fix.keeps is not None:  # one variable holds one secret: where two would share it, a person must choose names
            variable, span = fix.keeps
            known = self.values.get(variable)
            if known is not None and known.value != _text(document, span):
                return None
        return fix

    def _try(self, document: "Document", data: bytes, claims: list[Claim], chosen: "Sequence[Offered]") -> bool:
        """Carry fixes out, look at what comes of them, and take all back if that is not better."""
        chosen = self._sharing_no_variable(document, chosen)
        fixes = [fix for _, fix in chosen]
        source = document.source
        before = dict(self.overlay.files)
        text = apply.edited(source.data, fixes)
        raw = data if text == source.data else apply.raw(source, data, text)
        if raw is not None:
            self.overlay.files.update({source.path: raw} if raw != data else {})
            for fix in fixes:
                self._declare(source.path, document, fix)
            if self.overlay.files != before and self._better(document, raw, claims, chosen):
                self._note(document, chosen)
                return True
        self.overlay.files = before
        return False

    def _sharing_no_variable(self, document: "Document", chosen: "Sequence[Offered]") -> "list[Offered]":
        values: dict[str, str] = {}
        return [(claim, fix) for claim, fix in chosen if fix.keeps is None or values.setdefault(fix.keeps[0], text := _text(document, fix.keeps[1])) == text]

    def _better(self, document: "Document", raw: bytes, claims: list[Claim], chosen: "Sequence[Offered]") -> bool:
        """Whether a file reads as before but for the edits, what was to be mended is, and nothing came instead."""
        after = documents.build(decode(document.source.path, raw))
        form = document.format or "text"
        read = [documents.entries(form, one.source.data) for one in (document, after)]
        if not apply.same(read[0], read[1], [fix for _, fix in chosen]):
            return False
        left = _counted(self._claims(after, self._repository()))
        wanted, mended = _counted(claims), _counted(claim for claim, _ in chosen)
        return all(count <= wanted.get(rule, 0) - mended.get(rule, 0) for rule, count in left.items() if rule not in LATER)

    def _declare(self, path: str, document: "Document", fix: Fix) -> None:
        """Put the names that a fix asks for into the template of the environment."""
        if not fix.declares:
            return
        if document.reader is not None and document.reader.example:
            template, exists = path, document.format == "dotenv"
        else:
            template, exists = environment.template(path, lambda one: self.overlay.find(one) is not None)
        answer = self.overlay.ignore(template)
        if answer is not None and answer.ignored and not answer.tracked:
            return
        if exists:
            self._put(template, environment.declared(self.overlay.find(template) or b"", fix.declares))
        elif fix.keeps is not None and template != path:
            known = self._repository().declared
            self._put(template, environment.declared(b"", [name for name in fix.declares if name not in known]))

    def _put(self, path: str, data: bytes) -> None:
        if data != (self.overlay.find(path) or b""):
            self.overlay.files[path] = data

    def _ignore(self, path: str, claim: Claim, fix: Fix, document: "Document") -> bool:
        """Add the lines that an ignore file lacks, if git then ignores the file in every clone."""
        place = ignores.place(path, fix.ignores, self.overlay.find)
        before = dict(self.overlay.files)
        self._put(place, ignores.added(self.overlay.find(place) or b"", fix.ignores, fix.heading))
        answer = self.overlay.ignore(path) if self.overlay.files != before else None
        if answer is not None and answer.ignored and answer.shared:
            self._note(document, [(claim, fix)])
            return True
        self.overlay.files = before
        return False

    def _complete_templates(self, drift: bool) -> bool:
        """Whether templates could be given names that they leave out; only a run over the whole repository knows of them, and it takes its time.

        drift: a template was told to leave out some; without that only one that has changed may.
        """
        if not self.plan.whole or not (drift or any(path.rsplit("/", 1)[-1] in environment.TEMPLATES for path in self.overlay.files)):
            return False
        from agentkey_lint.discover.decode import sources
        from agentkey_lint.engine.whole import prepared

        repository = self._repository()
        paths = [path for path in self.overlay.paths() if not self.settings(path).excluded]
        part = pipeline.collect(sources(self.overlay, paths), repository, self.plan)
        changed = False
        for document, usage in prepared(repository, part.uses):
            found, _ = pipeline.claims(document, repository, {"repository": (usage,)}) if document.reader is not None else ([], [])
            thresholds, _ = pipeline.terms(document, repository, self.plan)
            for claim in found:
                fix = offer(claim, document, repository) if judging.verdict(claim, thresholds) == "reported" else None
                data = self.overlay.find(document.source.path)
                if fix is not None and data is not None:
                    changed |= self._try(document, data, self._claims(document, repository), [(claim, fix)])
        return changed

    def _complete_ignores(self) -> None:
        """Add the lines for files that are not there yet, or that this machine's own patterns keep out: a template may have come just now."""
        repository = self._repository()
        asked = prepared_ignores(repository, self.plan.strict) if self.plan.whole else None
        if asked is None:
            return
        document, expected = asked
        thresholds, _ = pipeline.terms(document, repository, self.plan)
        for claim in pipeline.claims(document, repository, {"ignores": (expected,)})[0]:
            fix = offer(claim, document, repository) if judging.verdict(claim, thresholds) == "reported" else None
            for path in [one.path for one in expected if one.family == claim.identity and not (one.ignore.ignored and one.ignore.shared)]:
                if fix is not None and self._ignore(path, claim, fix, document):
                    break

    def _note(self, document: "Document", chosen: "Sequence[Offered]") -> None:
        where = positions(document.source.data, [claim.span.start for claim, _ in chosen])
        for claim, fix in chosen:
            self.fixed.append(Fixed(document.source.path, where[claim.span.start].line, claim.rule, fix.title, fix.then))
            if fix.keeps is not None:
                variable, span = fix.keeps
                template, _ = environment.template(document.source.path, lambda one: self.overlay.find(one) is not None)
                file = template.rpartition("/")[0]
                self.values.setdefault(variable, Value(variable, _text(document, span), f"{file}/{environment.VALUES}" if file else environment.VALUES))


def _text(document: "Document", span: "Span") -> str:
    """What a span of a value says, escapes resolved; empty where that is not known of a part."""
    field = field_at(document, span)
    if field is not None and field.entry.value == span:
        return field.entry.text
    text = document.source.data[span.start : span.end].decode("utf-8", "surrogateescape")
    return "" if "\\" in text or "&" in text else text


def _counted(claims: "Iterable[Claim]") -> dict[str, int]:
    """How many claims there are of each rule."""
    counts: dict[str, int] = {}
    for claim in claims:
        counts[claim.rule] = counts.get(claim.rule, 0) + 1
    return counts
