"""A history of twenty thousand commits over real files: every key that was planted in it, wherever that was, is found and told right."""

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "e2e"))
from auditing import Repo, audit, generate, key, line, rows
from whole import leaks, write

COMMITS = 20_000
PACKAGES = ("asyncio", "concurrent", "email", "encodings", "http", "importlib", "json", "logging", "multiprocessing", "unittest", "urllib", "xml")
LARGEST = 20_000
START: int = generate["START"]


def put(path: str, text: str) -> bytes:
    change: bytes = generate["_modify"](path, [text.encode()])
    return change


def drop(path: str) -> bytes:
    return b"D %s\n" % path.encode()


# In each block of 40 commits, those from the first to the fifth stand on a branch and the sixth is the merge; the others are on main alone.
CHANGES: dict[int, bytes] = {
    20: put("tip.py", line(1)) + put("renamed.py", line(4)) + put("twice.py", line(5)),
    1_020: put("same/one.py", line(8)),
    1_030: put("same/two.py", "import os\n" + line(8)),
    5_020: put("deleted.py", "import os\n" + line(2)),
    7_020: put("deleted.py", "import os\nimport sys\n" + line(2)),
    8_002: put("on_the_branch.py", line(7)),
    8_004: drop("on_the_branch.py"),
    9_020: drop("deleted.py"),
    9_030: put("back.py", line(9)),
    9_032: drop("back.py"),
    11_020: drop("twice.py") + put("lib/twice.py", line(5)),
    12_006: put("conflict.py", "a = 3\n" + line(3)),
    12_020: put("conflict.py", "a = 3\n"),
    13_020: drop("same/one.py"),
    14_020: drop("renamed.py") + put("lib/renamed.py", line(4)),
    15_020: drop("lib/twice.py"),
    16_030: put("back.py", line(9)),
    19_990: put("tip.py", "import os\n" + line(1)),
}
SAID = {17_020: f"use this one\n\n{key(6)}"}


def planted(chunks: Iterator[bytes]) -> Iterator[bytes]:
    """The generated history with these changes, and these messages, in its commits."""
    for chunk in chunks:
        head, _, _ = chunk.partition(b"\n")
        if head.startswith(b"commit "):
            number = int(chunk.partition(b"\nmark :")[2].partition(b"\n")[0])
            chunk = chunk[:-1] + CHANGES.get(number, b"") + chunk[-1:]
            if number in SAID:
                old = f"change {number}"
                chunk = chunk.replace(f"data {len(old)}\n{old}".encode(), f"data {len(SAID[number])}\n{SAID[number]}".encode(), 1)
        yield chunk


class Told(NamedTuple):
    """What is to be told of one key. places: kind, path and line; first, last: of commits; None: no commit is known."""

    state: str
    places: list[tuple[str, str, int]]
    first: str | None
    last: str | None
    tip: list[str]
    moved: bool = False


class Long(NamedTuple):
    """The repository, and what is to be told of each key in it, of those that no ref leads to, and of the submodule's."""

    repo: Repo
    told: dict[int, Told]
    lost: dict[int, Told]
    inner: Told


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Long:
    folder = tmp_path_factory.mktemp("long") / "app"
    files: dict[str, bytes] = {}
    for name in PACKAGES:  # of the standard library
        found = generate["real_files"](Path(os.__file__).parent / name)
        files |= {f"{name}/{path}": data for path, data in found.items() if len(data) < LARGEST}
    generate["fast_import"](folder, planted(generate["stream"](files, COMMITS)))
    repo = Repo(folder)
    repo.git("reset", "-q", "--hard")
    repo.git("repack", "-adfq", "--window=4")
    commits = dict(entry.split()[::-1] for entry in repo.git("log", "--format=%H %at").splitlines())
    at = {number: commits[str(START + number * 3600)] for number in range(1, COMMITS + 1)}
    repo.clock = START + (COMMITS + 1) * 3600

    inner = Repo(folder.parent / "inner", "-b", "main")
    brought = inner.commit({"sub.py": line(30)})
    inner.commit({"sub.py": "a = 1\n"})
    repo.git("checkout", "-q", "-b", "side", "main~100")
    side = repo.commit({"side.py": "import os\n" + line(10)})
    repo.git("checkout", "-q", "--detach", "main~200")
    tagged = repo.commit({"tagged.py": line(11)})
    repo.git("tag", "lone")
    repo.git("checkout", "-q", "main")
    repo.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.folder), "vendor/inner")
    repo.commit({})
    repo.git("tag", "-a", "v1", "-m", f"release\n\ntoken: {key(12)}", "main~300")
    repo.git("notes", "add", "-m", f"deployed with {key(13)}", at[500])
    lost = repo.commit({"lost.py": line(20)})
    repo.git("reset", "-q", "--hard", "HEAD~1")
    blob = repo.git("hash-object", "-w", "--stdin", text="import os\n" + line(21))
    write(repo.folder, {"dropped.py": line(22).encode()})
    repo.git("stash", "push", "-q", "-u")
    dropped = repo.git("rev-parse", "stash@{0}^3")
    repo.git("stash", "drop", "-q")
    repo.clock += 3600
    write(repo.folder, {"stashed.py": line(14).encode()})
    repo.git("stash", "push", "-q", "-u")
    stashed = repo.git("rev-parse", "refs/stash^3")
    note = repo.git("rev-parse", "refs/notes/commits")
    tip = repo.git("rev-parse", "main")

    def file(path: str, number: int = 1) -> tuple[str, str, int]:
        return ("file", path, number)

    told = {
        1: Told("tip", [file("tip.py", 2)], at[20], tip, ["tip.py"]),
        2: Told("history", [file("deleted.py", 3)], at[5_020], at[9_019], []),
        3: Told("history", [file("conflict.py", 2)], at[12_006], at[12_019], []),
        4: Told("tip", [file("lib/renamed.py"), file("renamed.py")], at[20], tip, ["lib/renamed.py"], moved=True),
        5: Told("history", [file("lib/twice.py"), file("twice.py")], at[20], at[15_019], [], moved=True),
        6: Told("history", [("commit-message", at[17_020], 3)], at[17_020], at[17_020], []),
        7: Told("history", [file("on_the_branch.py")], at[8_002], at[8_003], []),
        8: Told("tip", [file("same/one.py"), file("same/two.py", 2)], at[1_020], tip, ["same/two.py"]),
        9: Told("tip", [file("back.py")], at[9_030], tip, ["back.py"]),
        10: Told("branch", [file("side.py", 2)], side, side, []),
        11: Told("branch", [file("tagged.py")], tagged, tagged, []),
        12: Told("branch", [("tag-message", "v1", 3)], None, None, []),
        13: Told("branch", [("note", at[500], 1)], note, note, []),
        14: Told("branch", [file("stashed.py")], stashed, stashed, []),
    }
    unreachable = {
        20: Told("unreachable", [file("lost.py")], lost, lost, []),
        21: Told("unreachable", [("object", blob, 2)], None, None, []),
        22: Told("unreachable", [file("dropped.py")], dropped, dropped, []),
    }
    return Long(repo, told, unreachable, Told("history", [file("sub.py")], brought, brought, []))


def said(row: dict[str, Any]) -> Told:
    places = sorted((one["kind"], one["path"], one["line"]) for one in row["sightings"])
    tip = [one["path"] for one in row["sightings"] if one["tip"]]
    return Told(row["state"], places, row["first"] and row["first"]["id"], row["last"] and row["last"]["id"], tip, row["moved"])


def keys(report: dict[str, Any], name: str) -> dict[tuple[str, str, int], dict[str, Any]]:
    """The rows of a repository that are about planted keys, by their first place."""
    found = [row for row in rows(report, name) if row["rule"] == "hardcoded-key" and row["key"]["vendor"] == "Anthropic"]
    assert len({row["fingerprint"] for row in found}) == len(found)
    return {said(row).places[0]: row for row in found}


@pytest.mark.parametrize("arguments", [(), ("--unreachable",)], ids=" ".join)
def test_every_planted_key_is_told_right(long: Long, arguments: tuple[str, ...]) -> None:
    repo = long.repo
    report = audit(repo.folder, *arguments)
    assert report["summary"]["exit"] == 1 and [one["faults"] for one in report["audit"]] == [[], []]
    assert report["audit"][0]["commits"] >= COMMITS
    expected = [*long.told.values(), *(long.lost.values() if arguments else ())]
    found = keys(report, "app")
    assert {place: said(row) for place, row in found.items()} == {told.places[0]: told for told in expected}
    dates = dict(entry.split() for entry in repo.git("log", "--all", "--reflog", "--format=%H %at").splitlines())
    for row in found.values():
        for commit in (row["first"], row["last"], *(one[end] for one in row["sightings"] for end in ("first", "last"))):
            if commit is not None and commit["id"] in dates:
                assert commit["date"] == time.strftime("%Y-%m-%d", time.gmtime(int(dates[commit["id"]])))
    (sub,) = keys(report, "app/vendor/inner").values()
    assert said(sub) == long.inner
    assert leaks([key(number)[13:] for number in (*long.told, *long.lost, 30)], str(report)) == 0


def test_each_sighting_is_told_with_its_own_life(long: Long) -> None:
    (row,) = (row for row in rows(audit(long.repo.folder), "app") if row["moved"] and row["state"] == "history")
    (later, earlier) = row["sightings"]
    assert later["path"] == "lib/twice.py" and earlier["path"] == "twice.py"
    moved = long.repo.git("log", "--format=%H", "--diff-filter=D", "main", "--", "twice.py")
    assert later["first"]["id"] == moved and earlier["last"]["id"] == long.repo.git("rev-parse", f"{moved}~1")
