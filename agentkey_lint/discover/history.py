"""What a repository's history holds: every version of every file with the commits that brought and ended it, its tags and its notes.

One `git log` tells all of it, in one pass of about the time that walking the commits takes; what the versions hold is not read here.
"""

from agentkey_lint.discover.decode import MAX_FILE, path_bytes, path_text, printable
from agentkey_lint.discover.git import BATCH, Git, Process, Talk, cat_file, run
from agentkey_lint.discover.log import History, complaint_of, empty, in_parts, joined, log, log_of
from agentkey_lint.discover.staged import Index
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from agentkey_lint.discover.log import Spread

_NOTES = "refs/notes/"
DEEPEST = 50
"""A tag of a tag of a tag … is followed so far."""


class Wish(Record):
    """What of a history is wanted. branch: this one's alone. since: a revision (what it does not hold) or a date. most: bytes of a version at the most.

    unreachable: what no ref leads to as well: reflogs, older stashes, dangling objects.
    """

    branch: str = ""
    since: str = ""
    most: int = MAX_FILE
    unreachable: bool = False


class Ref(Record):
    """A ref. id: of the object that it names, kind: its type. commit: the one that it leads to, through tags; empty where it leads to none."""

    name: str
    id: str
    kind: str
    commit: str


def facts(git: Git, names: "Sequence[str]") -> "Iterator[tuple[str, str, int]]":
    """Of each object: its full name, type and size in bytes; of one that is not there, or has not the type asked for, empty text and 0."""
    talk = Talk(git, ("cat-file", "--batch-check"))
    try:
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            talk.say("".join(f"{name}\n" for name in batch).encode())
            for _ in batch:
                words = path_text(talk.output.readline()).split()
                yield (words[0], words[1], int(words[2])) if len(words) == 3 and words[2].isdigit() else ("", "", 0)
    finally:
        talk.close()


def refs(git: Git, faults: list[Fault]) -> list[Ref]:
    """Every ref, by name; one whose object is missing is a fault."""
    lines = [line.split(" ", 1) for line in path_text(run(git, "for-each-ref", "--format=%(objectname) %(refname)")).splitlines()]
    kinds = facts(git, [one for one, _ in lines])
    commits = facts(git, [f"{one}^{{commit}}" for one, _ in lines])
    found = []
    for (one, name), (_, kind, _), (commit, _, _) in zip(lines, kinds, commits, strict=True):
        if kind:
            found.append(Ref(name, one, kind, commit))
        else:
            faults.append(Fault(name, f"the object {one[:12]} that this ref names is missing or damaged"))
    return found


def default_branch(git: Git, known: "Sequence[Ref]") -> tuple[str, str]:
    """The default branch and its tip's commit: what the remote `origin` calls so (the local branch of that name, if there is one), else HEAD. Empty: none."""
    tips = {ref.name: ref.commit for ref in known}
    answer = Process(git, ("symbolic-ref", "-q", "refs/remotes/origin/HEAD")).finish()
    remote = path_text(answer.output.strip())
    if answer.status == 0 and remote in tips:
        name = remote.removeprefix("refs/remotes/origin/")
        return name, tips.get(f"refs/heads/{name}", tips[remote])
    head = Process(git, ("rev-parse", "-q", "--verify", "HEAD^{commit}")).finish()
    name = path_text(Process(git, ("symbolic-ref", "-q", "--short", "HEAD")).finish().output.strip())
    return (name or "HEAD", path_text(head.output.strip())) if head.status == 0 else ("", "")


def branch_tip(git: Git, branch: str) -> str:
    """The commit that a branch, here or at `origin`, leads to. Raises UsageError for one that does not exist."""
    tip = commit_of(git, branch) or commit_of(git, f"origin/{branch}")
    if not tip:
        raise UsageError(f"--branch {printable(path_bytes(branch))} is no branch of {printable(path_bytes(git.root))}")
    return tip


def commit_of(git: Git, revision: str) -> str:
    """The commit that a revision names; empty for none."""
    if revision.startswith("-"):
        return ""
    answer = Process(git, ("rev-parse", "-q", "--verify", "--end-of-options", path_bytes(revision) + b"^{commit}")).finish()
    return path_text(answer.output.strip().splitlines()[-1]) if answer.status == 0 and answer.output.strip() else ""


def limits(git: Git, since: str) -> list[str]:
    """What keeps a log to all that is newer than a revision or a date. Raises UsageError for what is neither."""
    if not since:
        return []
    revision = commit_of(git, since)
    if revision:
        return [f"^{revision}"]
    from time import time

    answer = Process(git, ("rev-parse", b"--since=" + path_bytes(since))).finish()
    age = path_text(answer.output.strip()).removeprefix("--max-age=")
    if answer.status or not age.isdigit() or (abs(int(age) - time()) < 60 and since.strip() not in ("now", "today")):  # git takes any words for "now"
        raise UsageError(f"--since {printable(path_bytes(since))} is no revision of {printable(path_bytes(git.root))} and no date")
    return [f"--since=@{age}"]


def reachable(git: Git, wish: Wish, faults: list[Fault]) -> History:
    """Every version that some ref leads to (or the one branch), notes left out."""
    return log(git, _wanted(git, wish), faults)


def reachable_in_parts(git: Git, wish: Wish, spread: "Spread") -> History | None:
    """As reachable(), by whoever spread() lets work; None where one log does as well, or better."""
    return in_parts(git, _wanted(git, wish), spread)


def _wanted(git: Git, wish: Wish) -> list[str]:
    start = [branch_tip(git, wish.branch)] if wish.branch else [f"--exclude={_NOTES}*", "--all"]
    return [*start, *limits(git, wish.since)]


def notes(git: Git, known: "Sequence[Ref]", wish: Wish, faults: list[Fault]) -> History:
    """The history of every notes ref; its paths are the objects' names, with slashes in them."""
    tips = [ref.commit for ref in known if ref.name.startswith(_NOTES) and ref.commit]
    return log(git, [*tips, *limits(git, wish.since)], faults) if tips and not wish.branch else empty()


def tags(git: Git, known: "Sequence[Ref]") -> "Iterator[tuple[str, bytes | Fault]]":
    """Every annotated tag with its text, tags of tags included: its name and the object's bytes."""
    pending = [(ref.name.removeprefix("refs/tags/"), ref.id) for ref in known if ref.kind == "tag"]
    seen: set[str] = set()
    for _ in range(DEEPEST):
        pending = [(name, one) for name, one in dict.fromkeys(pending) if one not in seen]
        seen.update(one for _, one in pending)
        inner = []
        for (name, _), data in zip(pending, cat_file(git, [one for _, one in pending], kind=b"tag"), strict=True):
            yield name, data
            if isinstance(data, bytes) and b"\ntype tag\n" in data[:200]:
                inner.append((name, data[7 : data.index(b"\n")].decode("ascii", "replace")))
        pending = inner
        if not pending:
            return


def others(git: Git, known: "Sequence[Ref]") -> list[tuple[str, str]]:
    """Files that refs name without a commit (a tag of a blob or of a tree, as some keep public keys): path and blob."""
    found = []
    for ref in known:
        if ref.commit:
            continue
        peeled = path_text(run(git, "rev-parse", f"{ref.id}^{{}}")).strip()
        if run(git, "cat-file", "-t", peeled).strip() == b"blob":
            found.append((ref.name, peeled))
        else:
            found += [(f"{ref.name}/{path}", blob) for path, blob in tree(git, peeled).items()]
    return found


def tree(git: Git, name: str) -> dict[str, str]:
    """The regular files of a commit or tree: the blob at each path."""
    found = {}
    for record in path_text(run(git, "ls-tree", "-r", "-z", "--full-tree", name)).split("\0"):
        facts, _, path = record.partition("\t")
        if facts.startswith("100"):
            found[path] = facts.split()[2]
    return found


def gitlinks(git: Git, name: str) -> list[str]:
    """The paths at which a commit holds submodules."""
    records = path_text(run(git, "ls-tree", "-r", "-z", "--full-tree", name)).split("\0")
    return [record.partition("\t")[2] for record in records if record.startswith("160000")]


def lost(git: Git, history: History, led: "Sequence[History]", faults: list[Fault]) -> tuple[History, list[str]]:
    """What no ref leads to: the history with the commits found so, and the blobs that no commit holds. led: all that refs lead to, notes' among them."""
    commits, blobs = {name for log in led for name in log.commits}, {name for log in led for name in log.blobs}
    process = Process(git, ("cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objecttype) %(objectname)"))
    rest, loose, dangling = b"", [], []
    for chunk in process.chunks():
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            kind, _, one = line.decode().partition(" ")
            if kind == "blob" and one not in blobs:
                loose.append(one)
            elif kind == "commit" and one not in commits:
                dangling.append(one)
    if process.status:
        faults.append(Fault("", f"not every object could be listed: {complaint_of(process)}"))
    if dangling:
        more = log_of(git, dangling, faults)
        history = joined((history, more))._replace(known=history.known)
        seen = set(more.blobs)
        loose = [one for one in loose if one not in seen]
    return history, loose


def larger(git: Git, names: "Sequence[str]", most: int) -> set[str]:
    """The objects of more than so many bytes."""
    once = list(dict.fromkeys(names))
    return {name for name, (_, _, size) in zip(once, facts(git, once), strict=True) if size > most}


def is_shallow(git: Git) -> bool:
    return run(git, "rev-parse", "--is-shallow-repository").strip() == b"true"


def parents(git: Git, commits: "Sequence[str]") -> dict[str, str]:
    """The first parent of each commit that has one."""
    found = {}
    for commit, data in zip(commits, cat_file(git, commits, kind=b"commit"), strict=True):
        if isinstance(data, bytes):
            line = next((line for line in data.split(b"\n\n", 1)[0].split(b"\n") if line.startswith(b"parent ")), b"")
            if line:
                found[commit] = line[7:].decode("ascii", "replace")
    return found


def holds(git: Git, commits: "Sequence[str]", wanted: "Sequence[tuple[str, str]]", most: int = 200_000) -> dict[tuple[str, str], str]:
    """Which of these (path, blob) pairs stand in the tree of one of these commits, with the first that has it. At most so many questions are asked."""
    pairs = [(path, blob) for path, blob in wanted if "\n" not in path]
    found: dict[tuple[str, str], str] = {}
    talk = Talk(git, ("cat-file", "--batch-check=%(objectname)"))
    try:
        for commit in commits:
            for path, blob in pairs:
                if (path, blob) in found:
                    continue
                most -= 1
                if most < 0:
                    return found
                talk.say(path_bytes(f"{commit}:{path}\n"))
                if talk.output.readline().strip() == blob.encode():
                    found[path, blob] = commit
    finally:
        talk.close()
    return found


class Tree(Index):
    """A snapshot of one commit, as Index is of what is staged. commit: its full name; empty: a snapshot of nothing."""

    def __init__(self, git: Git, commit: str) -> None:
        super().__init__(git.root, git)
        self._blobs = {path: (blob,) for path, blob in tree(git, commit).items()} if commit else {}
        self._whole = True

    def at(self) -> dict[str, str]:
        """The blob at each path."""
        return {path: names[0] for path, names in self._blobs.items()}
