"""A git repository with a long history, made of real files: what `audit` is measured and tested on.

usage: python bench/history/generate.py FILES-FROM REPOSITORY [COMMITS]      (default 20000; the same input gives the same repository)
"""

import random
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

MOST_FILES = 3_000
LARGEST = 200_000
START = 1_500_000_000
BRANCH_EVERY, BRANCH_LENGTH = 40, 6


def real_files(folder: Path, most: int = MOST_FILES) -> dict[str, bytes]:
    """Text files below a folder, by their paths: evenly taken from all of them."""
    places = sorted(place for place in folder.rglob("*") if place.is_file() and not place.is_symlink() and 0 < place.stat().st_size < LARGEST)
    found = {}
    for place in places[:: max(1, len(places) // most)]:
        data = place.read_bytes()
        path = place.relative_to(folder).as_posix()
        if b"\0" not in data and path.isprintable() and '"' not in path:
            found[path] = data
    return found


def stream(files: dict[str, bytes], commits: int, seed: int = 1) -> Iterator[bytes]:
    """A history for `git fast-import`: each commit edits a few files (some are edited often), and now and then adds, renames or deletes one.

    Every BRANCH_EVERY commits a branch begins that is merged BRANCH_LENGTH commits later.
    """
    rng = random.Random(seed)
    paths = sorted(files)
    rng.shuffle(paths)
    now = {path: files[path].splitlines(keepends=True) for path in paths[: len(paths) * 2 // 3]}
    later = paths[len(now) :]
    pool = list(now)
    yield _commit(1, "refs/heads/main", "start", [_modify(path, now[path]) for path in pool], 0)
    branch = 0
    for mark in range(2, commits + 1):
        changes = []
        for _ in range(rng.choice((1, 1, 1, 2, 3))):
            path = pool[int(len(pool) * rng.random() ** 2)]
            if path not in now:
                continue
            lines = now[path]
            at = rng.randrange(len(lines) + 1)
            other = now.get(rng.choice(pool)) or lines
            start = rng.randrange(len(other) + 1)
            lines[at : at + rng.randrange(4)] = other[start : start + rng.randrange(1, 6)]
            changes.append(_modify(path, lines))
        kind = rng.random()
        if kind < 0.05 and later:
            path = later.pop()
            now[path] = files[path].splitlines(keepends=True)
            pool.append(path)
            changes.append(_modify(path, now[path]))
        elif kind < 0.06:
            old = rng.choice(pool)
            if old in now:
                folder, _, name = old.rpartition("/")
                new = f"{folder}/{mark}_{name.lstrip('0123456789_')}".lstrip("/")
                now[new] = now.pop(old)
                pool[pool.index(old)] = new
                changes += [b"D %s\n" % old.encode(), _modify(new, now[new])]
        on_branch = mark % BRANCH_EVERY < BRANCH_LENGTH and mark > BRANCH_EVERY
        if on_branch and not branch:
            branch = mark - 1
            yield b"reset refs/heads/work\nfrom :%d\n\n" % branch
        if branch and not on_branch:  # main has not moved meanwhile, so what the branch has is the merge
            yield _commit(mark, "refs/heads/main", f"merge {mark}", changes, branch, mark - 1)
            branch = 0
        else:
            yield _commit(mark, "refs/heads/work" if branch else "refs/heads/main", f"change {mark}", changes, mark - 1)
    if branch:
        yield b"reset refs/heads/main\nfrom :%d\n\n" % commits


def _modify(path: str, lines: list[bytes]) -> bytes:
    data = b"".join(lines)
    return b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data)


def _commit(mark: int, ref: str, message: str, changes: list[bytes], parent: int, merged: int = 0) -> bytes:
    person = f"Ann Example <ann@example.com> {START + mark * 3600} +0000"
    head = f"commit {ref}\nmark :{mark}\nauthor {person}\ncommitter {person}\ndata {len(message)}\n{message}\n"
    head += f"from :{parent}\n" if parent else ""
    if merged:  # the tree is the branch's
        head = head.replace(f"from :{parent}\n", f"from :{merged}\nmerge :{parent}\n")
    return head.encode() + b"".join(changes) + b"\n"


def fast_import(repository: Path, chunks: Iterator[bytes], *options: str) -> None:
    """Make a bare-bones repository and fill it. options: of `git init`."""
    subprocess.run(["git", "init", "-q", "-b", "main", *options, str(repository)], check=True)
    with subprocess.Popen(["git", "-C", str(repository), "fast-import", "--quiet", "--force"], stdin=subprocess.PIPE) as process:
        assert process.stdin
        for chunk in chunks:
            process.stdin.write(chunk)
    if process.returncode:
        raise SystemExit("git fast-import failed")


def main(source: str, repository: str, commits: str = "20000") -> None:
    fast_import(Path(repository), stream(real_files(Path(source)), int(commits)))
    # Packed anew, as a clone is: fast-import makes each delta against whatever came before it, and git would keep these.
    subprocess.run(["git", "-C", repository, "repack", "-adfq"], check=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
