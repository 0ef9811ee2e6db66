"""What can be done about the findings of a buffer: fixes, and the two ways to ignore one. Each is tried on a copy, and offered only if it helps."""

from agentkey_lint.commands.editor.comments import REASON, commented
from agentkey_lint.commands.editor.folder import Alone, Folder, lint, source
from agentkey_lint.commands.mending import Mending
from agentkey_lint.engine import digests
from agentkey_lint.engine import settings as engine_settings
from agentkey_lint.engine.repository import make
from agentkey_lint.fix.apply import line_end
from agentkey_lint.fix.offer import FIXES, offer
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from agentkey_lint.commands.editor.places import Lines
    from agentkey_lint.fix.offer import Offer
    from agentkey_lint.fix.overlay import Overlay
    from agentkey_lint.model.facts import Document
    from agentkey_lint.model.finding import Claim, Finding
    from agentkey_lint.model.fix import Fix
    from agentkey_lint.model.repository import Repository

MOST = 5
"""Findings of one request that are looked at: a request comes whenever the caret moves."""


class Action(Record):
    """Something to offer. files: what changes, path → the bytes before (None: there is no such file) and after. kind: fix, unsafe, ignore or all."""

    title: str
    kind: str
    files: "dict[str, tuple[bytes | None, bytes]]"
    finding: "Finding | None" = None


def actions(folder: Folder, path: str, findings: "list[Finding]", lines: "Lines") -> "Iterator[Action]":
    """What can be done about some findings of an open buffer; lines: of its source."""
    for finding in findings[:MOST]:
        start = lines.of(finding.start)

        def about(claim: "Claim", rule: str = finding.rule, start: int = start) -> bool:
            return claim.rule == rule and claim.span.start == start

        done = None
        if finding.rule in FIXES:
            done = _mended(folder, path, finding, about, offer, "fix") or _mended(folder, path, finding, about, offer, "unsafe")
        for action in (done, _mended(folder, path, finding, about, commented, "ignore"), _listed(folder, path, finding, about)):
            if action is not None:
                yield action


def everything(folder: Folder, path: str) -> Action | None:
    """All safe fixes of a buffer at once."""
    overlay = folder.overlay(path)
    before = dict(overlay.files)
    Mending(overlay, folder.plan(overlay), False, folder.finder(overlay)).run(folder.report(path))
    files = _changed(overlay, before)
    return Action("Mend all that can be mended safely", "all", files) if files else None


def _mended(folder: Folder, path: str, finding: "Finding", about: "Callable[[Claim], bool]", offered: "Offer", kind: str) -> Action | None:
    """One finding mended by itself, if what comes of it is better."""

    def one(claim: "Claim", document: "Document", repository: "Repository") -> "Fix | None":
        return offered(claim, document, repository) if about(claim) else None

    overlay = folder.overlay(path)
    before = dict(overlay.files)
    mending = Mending(overlay, folder.plan(overlay), kind == "unsafe", folder.finder(overlay), one)
    done = mending.mend(path)
    files = _changed(overlay, before)
    overlay.close()
    if not done or not files:
        return None
    title = mending.fixed[0].title
    return Action(title[:1].upper() + title[1:] + " (unsafe: may change how it runs)" * (kind == "unsafe"), kind, files, finding)


def _listed(folder: Folder, path: str, finding: "Finding", about: "Callable[[Claim], bool]") -> Action | None:
    """An entry `ignore` of the nearest settings for one finding, if it hides that finding; none beside a file that belongs to nothing."""
    overlay = folder.overlay(path)
    if isinstance(overlay.tree, Alone):
        return None
    before = dict(overlay.files)
    settings = folder.finder(overlay)
    layers = settings.layers(path)
    file = layers[0].file if layers else engine_settings.OWN
    entry = _entry(folder, path, finding, about, overlay, file)
    if entry is None:
        return None
    text = overlay.find(file) or b""
    end = line_end(text)
    gap = b"" if not text else end.encode() if text.endswith(b"\n") else 2 * end.encode()
    overlay.files[file] = text + gap + entry.replace("\n", end).encode("utf-8", "surrogateescape")
    settings = folder.finder(overlay)
    try:
        report = lint(source(path, folder.buffers[path]), settings, make(overlay.paths, overlay.read, overlay.ignore, settings), folder.plan(overlay))
    except AgentkeyError:  # such as a list that stands in the way of a table
        return None
    finally:
        overlay.close()
    if not any(verdict == "suppressed" and (one.rule, one.start) == (finding.rule, finding.start) for one, verdict in report.results):
        return None
    return Action(f"Ignore {finding.rule} here, in {file}", "ignore", _changed(overlay, before), finding)


def _entry(folder: Folder, path: str, finding: "Finding", about: "Callable[[Claim], bool]", overlay: "Overlay", file: str) -> str | None:
    """The text of an entry. Only of a secret that git tracks anyway is a fingerprint written down: it lets people try guesses."""
    import json

    home = file.rpartition("/")[0]
    inside = path[len(home) + 1 :] if home else path
    try:
        inside.encode()
    except UnicodeEncodeError:
        return None
    claim, one = _claim(folder, path, about, overlay)
    if claim is None or one is None:
        return None
    table = ".".join((*engine_settings.prefix(file), "ignore"))
    rows = [f"[[{table}]]", f"paths = [{json.dumps(inside, ensure_ascii=False)}]", f'rules = ["{finding.rule}"]']
    if claim.secret is None or overlay.tree.tracks(path):
        rows.append(f'fingerprint = "{digests.shared(claim, one.source)}"')
    elif claim.variable:
        rows.append(f"key = {json.dumps(claim.variable)}")
    return "\n".join([*rows, f'reason = "{REASON}"', ""])


def _claim(folder: Folder, path: str, about: "Callable[[Claim], bool]", overlay: "Overlay") -> "tuple[Claim | None, Document | None]":
    """The claim behind a finding, and the document that it is about."""
    from agentkey_lint.engine import documents, judging, pipeline

    settings = folder.finder(overlay)
    repository = make(overlay.paths, overlay.read, overlay.ignore, settings)
    document = documents.build(source(path, folder.buffers[path]))
    found = judging.settle(pipeline.claims(document, repository)[0])
    return next((claim for claim in found if about(claim)), None), document


def _changed(overlay: "Overlay", before: dict[str, bytes]) -> "dict[str, tuple[bytes | None, bytes]]":
    return {path: (before.get(path, overlay.before.get(path)), data) for path, data in overlay.files.items() if before.get(path) != data}
