"""Judgement as data: what a rule claims, what is reported, and what became of it."""

from agentkey_lint.model.facts import KeyFacts
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault, Span

SEVERITIES = ("info", "low", "medium", "high", "critical")
CONFIDENCES = ("low", "medium", "high")


class Note(Record):
    """Another place that belongs to a claim, in the same file or in `path`."""

    span: Span
    message: str
    path: str = ""


class Claim(Record):
    """What a rule says of a file, in offsets; it never holds text of the file that is secret.

    secret: the bytes to be masked and to be told apart by (None: nothing here is secret, `identity` tells it apart).
    prefix: how many bytes of the secret may be shown. why: the named features that decided, each with its points, where a sum did.
    variable: the environment variable that the value belongs in, or that a reference asks for; empty where there is none.
    names: the variables that a template leaves out.
    """

    rule: str
    span: Span
    message: str
    hint: str
    severity: str
    confidence: str = "high"
    secret: Span | None = None
    prefix: int = 0
    identity: str = ""
    key: KeyFacts | None = None
    notes: tuple[Note, ...] = ()
    why: tuple[tuple[str, int], ...] = ()
    variable: str = ""
    names: tuple[str, ...] = ()


class Position(Record):
    """Line and column, from 1; columns count Unicode code points."""

    line: int
    column: int


class Excerpt(Record):
    """The line a finding starts on, every secret in it masked and clipped to a readable width.

    caret, width: where the marked part stands in `text`, in code points from 0.
    """

    text: str
    caret: int
    width: int


class Place(Record):
    """A related place."""

    path: str
    start: Position
    end: Position
    message: str


class Finding(Record):
    """A claim with its place worked out. It holds no secret: the excerpt is masked, the fingerprint keyed and cut short.

    reason: of a finding that is hidden, who hides it and why.
    """

    rule: str
    severity: str
    confidence: str
    message: str
    hint: str
    path: str
    start: Position
    end: Position
    excerpt: Excerpt
    fingerprint: str
    related: tuple[Place, ...] = ()
    key: KeyFacts | None = None
    why: tuple[tuple[str, int], ...] = ()
    reason: str = ""


class Judged(Record):
    """A finding and its verdict: reported, suppressed, baselined or below-threshold. None vanishes."""

    finding: Finding
    verdict: str


class Drift(Record):
    """How the grants of a snapshot differ from those of an earlier commit.

    base: the commit, as the person named it. widened, narrowed: how many grants; each of the widened ones is a finding. where: the files with
    narrowed ones. notes: what could not be compared as a whole, each with its path.
    """

    base: str
    widened: int
    narrowed: int
    where: tuple[str, ...] = ()
    notes: tuple[Fault, ...] = ()


class Report(Record):
    """All that one run has to say. files, bytes: what was read. partial: it was interrupted. excluded: files that settings leave out.

    drift: how the grants changed, if that was asked for.
    """

    results: tuple[Judged, ...]
    faults: tuple[Fault, ...]
    files: int
    bytes: int
    partial: bool = False
    excluded: int = 0
    drift: Drift | None = None
