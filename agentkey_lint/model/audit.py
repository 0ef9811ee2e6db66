"""What an audit of whole repositories comes to: keys, each with its way through the history."""

from agentkey_lint.model.days import day
from agentkey_lint.model.finding import Finding
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault


class Commit(Record):
    """id: in full. date: the author's, in seconds since 1970 (UTC)."""

    id: str
    date: int

    @property
    def day(self) -> str:
        """Its day as ISO 8601 writes it. A commit may claim any date: one from before 1970 or after 9999 is told as none."""
        return day(self.date) if self.date >= 0 else ""


class Sighting(Record):
    """One path, message or note that holds a key, in one version or many.

    kind: file, commit-message, tag-message, note, or object (a blob that no commit was seen to hold). path: of the file; for the others the commit,
    tag or object that it belongs to. line: in the newest version that holds the key.
    first, last: the first commit that brought it to this path and the last that had it; None where no commit does (unreachable, or a tag).
    tip: the commit at the tip of the default branch still has it there.
    """

    path: str
    line: int
    kind: str = "file"
    tip: bool = False
    first: Commit | None = None
    last: Commit | None = None


class Elsewhere(Record):
    """Another repository that holds a key: where in it the key stands or stood, its state and severity there, and in how many places."""

    repository: str
    path: str
    line: int
    state: str
    severity: str
    files: int


class Leak(Record):
    """One key, or one violation without a secret, in all its places: one row of the report.

    finding: the place that stands for all of them (the tip's, else the latest). verdict: as of a finding.
    state: tip (the default branch still holds it), branch (another ref's tip does), history (only older commits), unreachable (no ref leads to it).
    moved: a commit that seemed to remove it only moved it to another path. commits: how many brought or changed a version that holds it, or say it
    themselves. files: in how many places it stands or stood.
    actions: what to do, the most urgent first. link: where the vendor revokes keys, empty if not known.
    elsewhere: the other repositories of the run that hold it; it has no row there.
    """

    finding: Finding
    verdict: str
    state: str
    sightings: tuple[Sighting, ...] = ()
    first: Commit | None = None
    last: Commit | None = None
    moved: bool = False
    commits: int = 0
    files: int = 0
    actions: tuple[str, ...] = ()
    link: str = ""
    elsewhere: tuple[Elsewhere, ...] = ()


class Audited(Record):
    """One repository. name: as a person calls it. shallow: its history is cut off. partial: the run was interrupted.
    skipped: versions that were left out as larger than was wished. excluded: paths that the tip's settings exclude.
    """

    name: str
    leaks: tuple[Leak, ...]
    faults: tuple[Fault, ...] = ()
    commits: int = 0
    blobs: int = 0
    bytes: int = 0
    shallow: bool = False
    partial: bool = False
    skipped: int = 0
    excluded: int = 0


class Audit(Record):
    """Every repository of one run, in the order of their names."""

    repositories: tuple[Audited, ...]
    partial: bool = False
