"""`check --base`: the files that differ from an earlier commit, and what was widened in them."""

from agentkey_lint.discover import base
from agentkey_lint.engine import documents, powers, since

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from agentkey_lint.discover.staged import Index
    from agentkey_lint.discover.worktree import Worktree
    from agentkey_lint.engine.pipeline import Plan
    from agentkey_lint.model.finding import Report
    from agentkey_lint.model.repository import Repository


class Since:
    """A snapshot beside the commit at which HEAD left a revision. Raises UsageError where there is no such commit."""

    def __init__(self, revision: str, snapshot: "Worktree | Index") -> None:
        self._revision = revision
        self._snapshot = snapshot
        commit = base.merge_base(snapshot.git, revision)
        self._pairs = base.followed(base.differing(snapshot, commit), (documents.MANIFESTS,))

    def files(self) -> list[str]:
        """The snapshot's files that differ from then, sorted."""
        return sorted({pair.new for pair in self._pairs if pair.new})

    def compared(self, report: "Report", meant: "Callable[[str], bool]", repository: "Repository", plan: "Plan") -> "Report":
        """The report with what was widened since then, in the files that are meant."""
        if self._snapshot.git is None:
            return report
        pairs = [pair for pair in self._pairs if meant(pair.new or pair.old) and any(path and powers.concerns(path) for path in (pair.new, pair.old))]
        return since.with_drift(report, self._revision, base.before(self._snapshot.git, pairs), self._snapshot.read, repository, plan)
