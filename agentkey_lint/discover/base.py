"""An earlier commit, and which files differ from it: those of the index or of the work tree.

git compares the commit with the index alone. What the work tree changes beside that is found by the names that git would give its files' bytes: letting
git look itself could run filters that the repository's own settings name.
"""

from agentkey_lint.discover.decode import MAX_FILE, path_text, printable
from agentkey_lint.discover.git import Git, Process, cat_file, complaint, run
from agentkey_lint.discover.staged import Index
from agentkey_lint.model.errors import AgentkeyError, UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from agentkey_lint.discover.worktree import Worktree


class Pair(Record):
    """A file in the earlier commit and what became of it. old: empty if it is new; new: empty if it is gone. blob: the old bytes' object name."""

    old: str
    blob: str
    new: str


def merge_base(git: Git | None, revision: str) -> str:
    """The commit at which HEAD left the line that a revision names. Raises UsageError, which says what can be done."""
    if git is None:
        raise UsageError("--base needs a repository of git, and there is none here")
    shown = printable(revision.encode("utf-8", "surrogateescape"))
    shallow = run(git, "rev-parse", "--is-shallow-repository").strip() == b"true"
    more = "; this clone is shallow: fetch more of its history (git fetch --unshallow; in GitHub Actions fetch-depth: 0)" if shallow else ""
    ids = []
    for name in (revision, "HEAD"):
        answer = Process(git, ("rev-parse", "--verify", "--quiet", name.encode("utf-8", "surrogateescape") + b"^{commit}")).finish()
        if answer.status or name.startswith("-"):
            raise UsageError(f"--base: {shown} is no commit of this repository{more}" if name == revision else "--base: nothing has been committed yet")
        ids.append(answer.output.decode("ascii").strip())
    answer = Process(git, ("merge-base", *ids)).finish()
    if answer.status == 0:
        return answer.output.decode("ascii").split()[0]
    if answer.status == 1 and not answer.errors:
        raise UsageError(f"--base: {shown} and HEAD have no commit in common{more}")
    raise AgentkeyError(f"git cannot say where HEAD left {shown}: {complaint(answer)}{more}")


def differing(snapshot: "Index | Worktree", commit: str) -> list[Pair]:
    """The files of a snapshot with git that differ from a commit."""
    if isinstance(snapshot, Index):
        return of_index(snapshot.git, commit)
    return of_worktree(snapshot, commit)


def of_index(git: Git, commit: str) -> list[Pair]:
    """The files that differ between a commit and the index, renamed ones followed."""
    # No settings of the repository may order, restrict or widen this list, nor name a program.
    options = ("--raw", "-z", "-M", "-l1000", "--no-abbrev", "--ignore-submodules=all", "--no-ext-diff", "--no-textconv", "-O/dev/null")
    words = iter(path_text(run(git, "diff", "--cached", *options, commit, "--")).split("\0"))
    found = []
    for facts in words:
        if not facts:
            break
        old_mode, new_mode, blob, _, status = facts[1:].split(" ")
        old = new = next(words)
        if status[0] in "RC":
            new = next(words)
        was, still = old_mode.startswith("100"), new_mode.startswith("100")
        if was or still:
            found.append(Pair(old if was and status[0] != "C" else "", blob if was and status[0] != "C" else "", new if still else ""))
    return found


def of_worktree(tree: "Worktree", commit: str) -> list[Pair]:
    """The files that differ between a commit and the work tree, those that git does not track included."""
    assert tree.git is not None
    index = Index(tree.root, tree.git)
    blobs = index.blobs()
    pairs = of_index(tree.git, commit)
    present = set(tree.paths())
    staged = {pair.new for pair in pairs if pair.new}
    found = [pair if pair.new in present or not pair.new else Pair(pair.old, pair.blob, "") for pair in pairs]
    found = [pair for pair in found if pair.old or pair.new]
    for path in tree.paths():
        if path not in staged and (path not in blobs or _changed(tree, path, blobs[path])):
            names = blobs.get(path, ())
            found.append(Pair(path if names else "", names[0] if names else "", path))
    found += [Pair(path, names[0], "") for path, names in blobs.items() if names and path not in present and path not in staged]
    return found


def _changed(tree: "Worktree", path: str, names: tuple[str, ...]) -> bool:
    import hashlib

    try:
        data = tree.read(path)
    except OSError:
        return True
    if len(names) != 1:
        return True
    digest = hashlib.new("sha1" if len(names[0]) == 40 else "sha256", usedforsecurity=False)
    digest.update(b"blob %d\0" % len(data))
    digest.update(data)
    return digest.hexdigest() != names[0]


def followed(pairs: "Iterable[Pair]", same: "Iterable[Iterable[str]]" = ()) -> list[Pair]:
    """Pairs with what git did not see as a rename: the one gone file of a name and the one new file of it; same: names that stand for each other."""
    kin = {name: number for number, names in enumerate(same) for name in names}
    pairs = list(pairs)
    gone: dict[str | int, list[Pair]] = {}
    new: dict[str | int, list[Pair]] = {}
    for pair in pairs:
        if not pair.new or not pair.old:
            name = (pair.new or pair.old).rpartition("/")[2]
            (new if pair.new else gone).setdefault(kin.get(name, name), []).append(pair)
    taken = {}
    for family, files in new.items():
        if len(files) == 1 and len(gone.get(family, ())) == 1:
            taken[files[0]] = gone[family][0]
    lost = set(taken.values())
    return [Pair(taken[pair].old, taken[pair].blob, pair.new) if pair in taken else pair for pair in pairs if pair not in lost]


def before(git: Git, pairs: "Iterable[Pair]") -> "Iterator[tuple[Pair, bytes | Fault]]":
    """Each pair with the earlier bytes, none for a new file, read one after the other."""
    pairs = list(pairs)
    contents = cat_file(git, [pair.blob for pair in pairs if pair.old], MAX_FILE)
    for pair in pairs:
        yield pair, next(contents) if pair.old else b""
