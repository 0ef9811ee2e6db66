"""`audit`: every key that was ever in a repository is found, once, and told right: where, since when, until when, and whether it is still there."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pytest
from auditing import ROOT, Repo, audit, generate, key, line, places, rows
from whole import EVERYTHING, check, git, leaks, run, write

from agentkey_lint.discover import history
from agentkey_lint.discover.git import repository


def only(report: dict[str, Any], path: str) -> dict[str, Any]:
    """The row with a sighting at a path, or in a message of that name."""
    (row,) = [row for row in rows(report) if any(path in one["path"] for one in row["sightings"]) and row["rule"] == "hardcoded-key"]
    return row


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Repo, dict[str, str]]:
    """A key in every place that a history has."""
    repo = Repo(tmp_path_factory.mktemp("planted") / "app", "-b", "main")
    filler = "".join(f"value_{number} = {number}\n" for number in range(2_000))
    at = {"start": repo.commit({"readme.md": "hello\n", "tip.py": line(1), "renamed.py": line(4), "long.py": filler})}
    at["brought"] = repo.commit({"deleted.py": "import os\n" + line(2)})
    at["kept"] = repo.commit({"readme.md": "hello again\n"})
    at["removed"] = repo.commit({"deleted.py": None})
    at["renamed"] = repo.commit({"renamed.py": None, "lib/moved.py": line(4)})
    at["amid"] = repo.commit({"long.py": filler.replace("value_900 ", line(9) + "value_900 ")})
    at["above"] = repo.commit({"long.py": "# new\n" + filler.replace("value_900 ", line(9) + "value_900 ")})
    at["clean"] = repo.commit({"long.py": "# new\n" + filler})
    repo.git("checkout", "-q", "-b", "side", "HEAD~3")
    at["side"] = repo.commit({"side.py": line(5)})
    repo.git("checkout", "-q", "main")
    repo.clock += 3600
    repo.git("merge", "-q", "--no-ff", "--no-commit", "side~1")
    repo.git("checkout", "-q", "-b", "topic")
    at["topic"] = repo.commit({"conflict.py": "a = 1\n"})
    repo.git("checkout", "-q", "main")
    at["ours"] = repo.commit({"conflict.py": "a = 2\n"})
    repo.clock += 3600
    subprocess.run(["git", "-C", str(repo.folder), "merge", "-q", "topic"], capture_output=True)
    at["merge"] = repo.commit({"conflict.py": "a = 3\n" + line(3)}, "merge topic")
    at["unmerged"] = repo.commit({"conflict.py": "a = 3\n"})
    at["message"] = repo.commit({"readme.md": "hello\n"}, f"use the key\n\n{key(6)}\n")
    repo.git("tag", "-a", "v1", "-m", f"release\n\ntoken: {key(7)}")
    repo.git("notes", "add", "-m", f"deployed with {key(8)}", at["start"])
    write(repo.folder, {"stashed.py": line(10).encode()})
    repo.git("stash", "push", "-q", "-u")
    return repo, at


def test_every_planted_key_is_found_once(planted: tuple[Repo, dict[str, str]]) -> None:
    repo, at = planted
    report = audit(repo.folder)
    found = [row for row in rows(report) if row["rule"] == "hardcoded-key"]
    assert len(found) == 10 and len({row["fingerprint"] for row in found}) == 10
    assert report["summary"]["exit"] == 1 and report["audit"][0]["faults"] == []

    def told(path: str) -> tuple[Any, ...]:
        row = only(report, path)
        return row["state"], places(row), row["first"] and row["first"]["id"], row["last"] and row["last"]["id"]

    tip = repo.git("rev-parse", "main")
    assert told("tip.py") == ("tip", [("file", "tip.py", 1)], at["start"], tip)
    assert told("deleted.py") == ("history", [("file", "deleted.py", 2)], at["brought"], at["kept"])
    assert told("conflict.py") == ("history", [("file", "conflict.py", 2)], at["merge"], at["merge"])
    assert told("lib/moved.py") == ("tip", [("file", "lib/moved.py", 1), ("file", "renamed.py", 1)], at["start"], tip)
    assert told("side.py") == ("branch", [("file", "side.py", 1)], at["side"], at["side"])
    assert told("long.py") == ("history", [("file", "long.py", 902)], at["amid"], at["above"])
    assert told(at["message"]) == ("history", [("commit-message", at["message"], 3)], at["message"], at["message"])
    assert told("v1") == ("branch", [("tag-message", "v1", 3)], None, None)
    assert told(at["start"])[:2] == ("branch", [("note", at["start"], 1)])
    assert told("stashed.py")[0] == "branch"


def test_what_is_told_of_a_key(planted: tuple[Repo, dict[str, str]]) -> None:
    repo, _ = planted
    report = audit(repo.folder)
    moved = only(report, "renamed.py")
    assert moved["moved"] and moved["files"] == 2 and moved["link"].startswith("https://")
    assert not only(report, "deleted.py")["moved"]
    assert [row["state"] for row in rows(report)][:2] == ["tip", "tip"]
    assert any("need not be rewritten" in action for action in only(report, "deleted.py")["actions"])
    assert only(report, "long.py")["commits"] == 2


@pytest.mark.parametrize("form", ["json", "terminal"])
def test_no_secret_in_a_report(planted: tuple[Repo, dict[str, str]], form: str) -> None:
    repo, _ = planted
    done = run("audit", "--format", form, *EVERYTHING, folder=repo.folder)
    assert done.status == 1 and "tip.py" in done.out
    assert leaks([key(number)[13:] for number in range(1, 11)], done.out + done.err) == 0


def test_the_tip_is_told_as_check_tells_it(planted: tuple[Repo, dict[str, str]]) -> None:
    repo, _ = planted
    checked = {(one["fingerprint"], one["path"], one["start"]["line"]) for one in check(repo.folder).json["findings"] if one["rule"] != "repeated-key"}
    audited = {
        (row["fingerprint"], one["path"], one["line"]) for row in rows(audit(repo.folder, *EVERYTHING)) for one in row["sightings"] if one["tip"]
    }
    assert checked == audited and checked


def test_a_branch_and_since(planted: tuple[Repo, dict[str, str]]) -> None:
    repo, at = planted
    side = audit(repo.folder, "--branch", "side")
    assert only(side, "side.py")["state"] == "tip" and not any("conflict.py" in str(places(row)) for row in rows(side))
    assert run("audit", "--branch", "nothing", folder=repo.folder).status == 2
    for since in (at["removed"], "2020-09-13T17:30:00Z"):
        recent = audit(repo.folder, "--since", since)
        assert only(recent, "long.py") and not any("deleted.py" in str(places(row)) for row in rows(recent))
        assert not any("tip.py" in str(places(row)) for row in rows(recent))
    assert run("audit", "--since", "the day it rained", folder=repo.folder).status == 2


def test_unreachable(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({"a.py": "a = 1\n"})
    repo.commit({"a.py": line(1)})
    repo.git("reset", "-q", "--hard", "HEAD~1")
    blob = repo.git("hash-object", "-w", "--stdin", text=line(2))
    write(repo.folder, {"stashed.py": line(3).encode()})
    repo.git("stash", "push", "-q", "-u")
    repo.git("stash", "drop", "-q")
    assert rows(audit(repo.folder)) == []
    repo.git("notes", "add", "-m", f"deployed with {key(4)}")
    assert [places(row)[0][0] for row in rows(audit(repo.folder))] == ["note"]
    report = audit(repo.folder, "--unreachable")
    assert {(row["state"], *places(row)) for row in rows(report)} == {
        ("unreachable", ("file", "a.py", 1)), ("unreachable", ("object", blob, 1)), ("unreachable", ("file", "stashed.py", 1)),
        ("branch", ("note", repo.git("rev-parse", "HEAD"), 1)),
    }  # fmt: skip


def test_unreachable_is_what_no_ref_leads_to_however_narrow_the_audit(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    first = repo.commit({"old.py": line(1)})
    repo.commit({"old.py": None, "a.py": "a = 1\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"side.py": line(2)})
    repo.commit({"lost.py": line(3)})
    repo.git("reset", "-q", "--hard", "HEAD~1")
    repo.git("checkout", "-q", "main")
    lost = ("unreachable", ("file", "lost.py", 1))

    def told(*arguments: str) -> set[tuple[Any, ...]]:
        return {(row["state"], *places(row)) for row in rows(audit(repo.folder, *arguments))}

    assert told("--branch", "main", "--unreachable") == {lost, ("history", ("file", "old.py", 1))}
    assert told("--since", first, "--unreachable") == {lost, ("branch", ("file", "side.py", 1))}


def test_bare_mirrors_worktrees_alternates_and_shallow_clones(planted: tuple[Repo, dict[str, str]], tmp_path: Path) -> None:
    repo, _ = planted
    source = str(repo.folder)

    def clone(name: str, *options: str) -> Path:
        git(tmp_path, "-c", "protocol.file.allow=always", "clone", "-q", *options, name)
        return tmp_path / name

    whole = {one for row in rows(audit(repo.folder)) for one in places(row)}
    bare = clone("bare.git", "--mirror", source)
    assert {one for row in rows(audit(bare)) for one in places(row)} == whole
    shared = clone("shared", "--shared", source)
    assert only(audit(shared), "deleted.py")["state"] == "history"
    git(repo.folder, "worktree", "add", "-q", str(tmp_path / "linked"), "side")
    assert {one for row in rows(audit(tmp_path / "linked")) for one in places(row)} == whole
    git(repo.folder, "worktree", "remove", str(tmp_path / "linked"))
    shallow = clone("shallow", "--depth", "1", f"file://{source}")
    report = audit(shallow)
    assert report["audit"][0]["shallow"] and report["audit"][0]["commits"] == 1 and only(report, "tip.py")["state"] == "tip"
    assert "shallow" in run("audit", folder=shallow).out


def test_sha256_and_odd_refs(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main", "--object-format=sha256")
    first = repo.commit({"a.py": line(1)})
    repo.commit({"a.py": "a = 1\n"})
    blob = repo.git("hash-object", "-w", "--stdin", text=line(2))
    repo.git("tag", "lone", blob)
    repo.git("tag", "-a", "inner", "-m", "x", "HEAD")
    repo.git("tag", "-a", "outer", "-m", f"key {key(3)}", "inner")
    repo.git("tag", "tree", "HEAD~1^{tree}")
    repo.git("replace", first, "HEAD")
    report = audit(repo.folder)
    assert only(report, "a.py")["first"]["id"] == first  # as committed, not as replaced
    assert places(only(report, "refs/tags/lone")) == [("file", "refs/tags/lone", 1)]
    assert only(report, "outer")["state"] == "branch"


def test_submodules_are_repositories_of_their_own(tmp_path: Path) -> None:
    inner = Repo(tmp_path / "inner", "-b", "main")
    inner.commit({"sub.py": line(1)})
    inner.commit({"sub.py": "a = 1\n"})
    outer = Repo(tmp_path / "outer", "-b", "main")
    outer.git("-c", "protocol.file.allow=always", "submodule", "add", "-q", str(inner.folder), "vendor/inner")
    outer.commit({"a.py": "a = 1\n"})
    report = audit(outer.folder)
    assert [one["name"] for one in report["audit"]] == ["outer", "outer/vendor/inner"]
    assert [places(row) for row in rows(report, "outer/vendor/inner")] == [[("file", "sub.py", 1)]]
    shutil.rmtree(outer.folder / "vendor")
    assert only(audit(outer.folder), "sub.py")["state"] == "history"


def test_a_damaged_object_is_a_fault_and_the_rest_goes_on(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({"a.py": line(1), "b.py": "b = 1\n"})
    commit = repo.commit({"b.py": line(2)})
    repo.commit({"a.py": "a = 1\n", "b.py": "b = 2\n"})
    blob = repo.git("rev-parse", f"{commit}:b.py")
    place = repo.folder / ".git" / "objects" / blob[:2] / blob[2:]
    place.chmod(0o644)
    place.write_bytes(b"broken")
    report = audit(repo.folder)
    assert report["summary"]["exit"] == 2 and only(report, "a.py")
    (fault,) = report["audit"][0]["faults"]
    assert fault["path"] == "b.py" and blob[:12] in fault["message"]
    tree = repo.git("rev-parse", f"{commit}^{{tree}}")
    (repo.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    report = audit(repo.folder)
    assert report["summary"]["exit"] == 2 and any(key_row["rule"] == "hardcoded-key" for key_row in rows(report))
    assert any("not all of the history could be listed" in fault["message"] for fault in report["audit"][0]["faults"])


def test_an_empty_repository_and_a_lost_tip(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    assert audit(repo.folder)["summary"]["exit"] == 0
    repo.commit({"a.py": line(1)})
    repo.commit({"a.py": "a = 1\n"})
    tree = repo.git("rev-parse", "HEAD^{tree}")
    (repo.folder / ".git" / "objects" / tree[:2] / tree[2:]).unlink()
    report = audit(repo.folder)
    assert report["summary"]["exit"] == 2 and [row["rule"] for row in rows(report)] == ["hardcoded-key"]


def test_a_truncated_pack(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({f"{number}.py": f"a = {number}\n" * 50 for number in range(50)})
    repo.git("gc", "-q")
    repo.commit({"loose.py": line(1)})
    (pack,) = (repo.folder / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[: pack.stat().st_size // 2])
    done = run("audit", folder=repo.folder)
    assert done.status == 2 and "bug" not in done.err
    assert "fault" in done.out or "git" in done.err


def test_somebody_elses_repository_and_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    Repo(tmp_path / "app", "-b", "main").commit({"a.py": line(1)})
    assert "is in no repository" in run("audit", str(tmp_path), folder=tmp_path).err
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    if subprocess.run(["git", "status"], cwd=tmp_path / "app", capture_output=True).returncode == 0:
        pytest.skip("this git does not let a test play another owner")
    if os.geteuid() == 0:
        monkeypatch.delenv("GIT_TEST_ASSUME_DIFFERENT_OWNER")
        for place in (tmp_path / "app", tmp_path / "app" / ".git"):
            os.chown(place, 12345, 12345)
        done = run("audit", folder=tmp_path / "app")
        assert done.status == 2 and "safe.directory" in done.err


def test_large_versions_are_left_out(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({"a.py": line(1) + "# filler\n" * 10_000})
    repo.commit({"a.py": "a = 1\n"})
    assert only(audit(repo.folder, "--max-blob-size", "1m"), "a.py")
    report = audit(repo.folder, "--max-blob-size", "64k")
    assert rows(report) == [] and report["summary"]["exit"] == 0 and report["audit"][0]["skipped"] == 1
    assert run("audit", "--max-blob-size", "big", folder=repo.folder).status == 2


def test_the_cache_changes_nothing_but_the_time(planted: tuple[Repo, dict[str, str]]) -> None:
    repo, _ = planted
    place = repo.folder / ".git" / "agentkey-lint" / "audit.cache"
    fresh = rows(audit(repo.folder))
    assert not place.exists()
    first, second = audit(repo.folder, "--cache"), audit(repo.folder, "--cache")
    assert rows(first) == rows(second) == fresh
    assert second["audit"][0]["blobs"] < first["audit"][0]["blobs"]
    assert leaks([key(number)[13:] for number in range(1, 11)], place.read_bytes().decode("latin-1")) == 0
    good = place.read_bytes()
    for bad in (b"", good[:-1], b"\0" * len(good), good[:40] + b"x" + good[41:]):
        place.write_bytes(bad)
        again = audit(repo.folder, "--cache")
        assert rows(again) == fresh and again["audit"][0]["blobs"] == first["audit"][0]["blobs"]
    place.chmod(0o666)
    assert audit(repo.folder, "--cache")["audit"][0]["blobs"] == first["audit"][0]["blobs"]
    place.unlink()


def test_settings_of_the_tip_are_followed_and_change_the_cache(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({"lib/a.py": line(1), "docs/b.py": line(2), "agentkey-lint.toml": 'disable = ["hardcoded-key", "hardcoded-secret"]\n'})
    repo.commit({"lib/a.py": "a = 1\n", "docs/b.py": "b = 1\n"})
    assert rows(audit(repo.folder, "--cache")) == []
    repo.commit({"agentkey-lint.toml": 'exclude = ["docs/**"]\n'})
    report = audit(repo.folder, "--cache")
    assert [places(row) for row in rows(report)] == [[("file", "lib/a.py", 1)]] and report["audit"][0]["excluded"] == 1
    repo.commit({"agentkey-lint.toml": "exclude = 7\n"})
    broken = audit(repo.folder)
    assert broken["summary"]["exit"] == 2 and len(rows(broken)) == 2


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three thousand commits over real files: those of the standard library."""
    folder = tmp_path_factory.mktemp("long") / "app"
    files = generate["real_files"](Path(os.__file__).parent / "email", 40) | generate["real_files"](Path(os.__file__).parent / "asyncio", 40)
    generate["fast_import"](folder, generate["stream"](files, 3_000, 7))
    git(folder, "reset", "-q", "--hard")
    return folder


def test_a_long_history_lists_every_reachable_blob_once(long: Path) -> None:
    names = subprocess.run(["git", "-C", str(long), "rev-list", "--objects", "--all", "--filter=object:type=blob", "--filter-provided-objects"],
                           capture_output=True, text=True, check=True).stdout.splitlines()  # fmt: skip
    faults: list[Any] = []
    listed = history.reachable(repository(str(long)), history.Wish(), faults)
    assert faults == [] and len(listed.commits) == 3_000
    assert sorted(listed.blobs[1:]) == sorted({name.split()[0] for name in names})


def test_planted_in_a_long_history(long: Path) -> None:
    repo = Repo(long.parent / "copy", "-b", "other")
    repo.git("-c", "protocol.file.allow=always", "pull", "-q", str(long), "main")
    repo.clock += 10**9
    path = next(name for name in repo.git("ls-files").splitlines() if name.endswith(".py"))
    text = (repo.folder / path).read_text().splitlines(keepends=True)
    for number in range(1, 6):
        at = len(text) * number // 6
        repo.commit({path: "".join(text[:at]) + "\n" + line(number) + "".join(text[at:])})
    repo.commit({path: "".join(text)})
    report = audit(repo.folder)
    found = [row for row in rows(report) if row["rule"] == "hardcoded-key"]
    assert len(found) == 5 and {row["state"] for row in found} == {"history"}
    for row in found:
        (sighting,) = row["sightings"]
        shown = subprocess.check_output(["git", "-C", str(repo.folder), "show", f"{sighting['first']['id']}:{path}"]).split(b"\n")
        assert b"Anthropic(api_key=" in shown[sighting["line"] - 1]


def start(folder: Path, *arguments: str) -> "subprocess.Popen[bytes]":
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "agentkey_lint", "audit", "--format", "json", *arguments]
    return subprocess.Popen(command, cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)


@pytest.mark.parametrize("delay", [0.0, 0.4, 0.8, 1.6])
def test_interrupted(long: Path, delay: float) -> None:
    process = start(long, "--cache")
    time.sleep(0.25 + delay)  # the signal is not ours to handle before main() is reached
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode in (0, 1, 130, -signal.SIGINT), err
    assert b"Traceback" not in err or b"agentkey_lint/main.py" not in err
    if out:
        report = json.loads(out)
        assert report["summary"]["exit"] == process.returncode
        assert report["audit"][0]["partial"] == (process.returncode == 130) and report["audit"][0]["faults"] == []


@pytest.mark.parametrize("delay", [0.1, 0.3, 0.6, 0.9, 1.3, 1.8])
def test_killed_leaves_no_broken_file(long: Path, delay: float) -> None:
    place = long / ".git" / "agentkey-lint"
    process = start(long, "--cache")
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    out, _ = process.communicate()
    assert not out or out.endswith(b"}\n") == (process.returncode == 0)
    data = (place / "audit.cache").read_bytes() if (place / "audit.cache").exists() else None
    assert data is None or (len(data) > 64 and blake2b(data[:-32], digest_size=32).digest() == data[-32:])
    assert {one.name.partition(".")[0] for one in place.glob("*")} <= {"audit", "fingerprint", "key"}
    before = rows(audit(long, "--cache"))
    assert rows(audit(long)) == before


def test_what_a_killed_run_began_to_write_is_taken_away(tmp_path: Path) -> None:
    repo = Repo(tmp_path, "-b", "main")
    repo.commit({"a.py": "a = 1\n"})
    place = repo.folder / ".git" / "agentkey-lint"
    place.mkdir(mode=0o700)
    old, young = place / "audit.cache.1.ab", place / "audit.cache.2.cd"
    old.write_bytes(b"half")
    young.write_bytes(b"half")
    os.utime(old, (1, 1))
    audit(repo.folder, "--cache")
    assert not old.exists() and young.exists() and (place / "audit.cache").exists()


def test_memory_does_not_grow_with_the_history(tmp_path: Path) -> None:
    """A history of 100 MB, half of it no zlib can make smaller: no process holds much more than one version."""
    rng = random.Random(1)
    put, commit = generate["_modify"], generate["_commit"]
    words = [f"value_{number} = {rng.random()}\n".encode() for number in range(40_000)]

    def stream() -> Iterator[bytes]:
        for mark in range(1, 51):
            words[rng.randrange(len(words))] = b"changed = 1\n"
            changes = [put("data.bin", [rng.randbytes(1 << 20)]), put("values.py", words)]
            yield commit(mark, "refs/heads/main", "change", changes, mark - 1)

    generate["fast_import"](tmp_path / "app", stream())
    measured = "import resource, subprocess, sys; done = subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL); "
    measured += "print(done.returncode, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    command = [sys.executable, "-c", measured, sys.executable, "-m", "agentkey_lint", "audit", "--unreachable"]
    done = subprocess.run(command, cwd=tmp_path / "app", env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=True)
    status, peak = map(int, done.stdout.split())
    assert status == 0 and peak < 100_000, "in KiB, of the largest process, git's own among them"


def hints(report: dict[str, Any]) -> dict[str, str]:
    return {row["message"].partition(":")[0]: row["message"] + row["hint"] for row in rows(report) if row["rule"] == "missing-ignore"}


def test_ignore_lines_are_asked_for_of_the_tools_in_use_or_of_every_one(tmp_path: Path) -> None:
    repo = Repo(tmp_path / "app", "-b", "main")
    repo.commit({".env.example": "LEVEL=\n", "main.py": 'import os\n\nlevel = os.environ["LEVEL"]\n'})
    (name,) = (said := hints(audit(repo.folder)))
    assert "there is no .gitignore" in said[name] and "Write a .gitignore with: .env" in said[name] and ".env.example shows" in said[name]
    everything = hints(audit(repo.folder, "--strict"))
    assert name in everything and len(everything) > 5
    assert set(everything) == {one["message"].partition(":")[0] for one in check(repo.folder, "--strict").json["findings"] if one["rule"] == "missing-ignore"}
    repo.commit({".gitignore": "node_modules/\n"})
    assert "no ignore pattern excludes" in hints(audit(repo.folder))[name]
    repo.commit({".gitignore": ".env\n"})
    assert hints(audit(repo.folder)) == {}
    assert name not in (left := hints(audit(repo.folder, "--strict"))) and set(left) < set(everything)


def test_isolated_follows_nothing_that_the_repository_says_of_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    (tmp_path / "repos").write_text("app\n")
    repo = Repo(tmp_path / "app", "-b", "main")
    marks = ("  # agentkey: ignore[hardcoded-key] a test", "  # pragma: allowlist secret", "  # gitleaks:allow", "", "", "")
    files: dict[str, str | None] = {f"{number}.py": line(number).rstrip() + mark + "\n" for number, mark in enumerate(marks)}
    own = 'adopt = ["gitleaks"]\nexclude = ["3.py"]\n[[ignore]]\nrules = ["hardcoded-key"]\npaths = ["5.py"]\nreason = "x"\n'
    repo.commit(files | {"agentkey-lint.toml": own})
    assert run("baseline", "create", folder=repo.folder).status == 0
    repo.commit({})

    def told(command: str, *arguments: str) -> set[str]:
        report = run(*command.split(), "--format", "json", *arguments, folder=repo.folder).json
        assert report.get("isolated", False) == ("--isolated" in arguments)
        found = report["findings"] if "findings" in report else [row for one in report["audit"] for row in one["leaks"]]
        return {one["path"] for one in found if one["verdict"] == "reported" and one["rule"] == "hardcoded-key"}

    for command in ("check", "audit", "audit --repos ../repos", "check 0.py 1.py 2.py 3.py 4.py 5.py"):
        assert told(command) == set()
        assert told(command, "--isolated") == set(files), command
    (repo.folder / "new.py").write_text(line(9).rstrip() + marks[0] + "\n")
    repo.git("add", "-A")
    assert told("check --staged") == set() and told("check --staged", "--isolated") == {"new.py"}
    repo.commit({"agentkey-lint.toml": "exclude = 7\n"})  # what is wrong in settings is nothing to who does not follow them
    assert run("check", folder=repo.folder).status == 2 and run("check", "--isolated", folder=repo.folder).status == 1
    assert audit(repo.folder)["summary"]["exit"] == 2 and audit(repo.folder, "--isolated")["summary"]["exit"] == 1


@pytest.mark.parametrize("command", ["check", "audit"])
@pytest.mark.parametrize("form", ["terminal", "json", "sarif", "html", "markdown", "gitlab", "junit", "github"])
def test_a_report_says_that_it_is_isolated(tmp_path: Path, command: str, form: str) -> None:
    Repo(tmp_path, "-b", "main").commit({"a.py": "a = 1\n"})
    assert "isolated" in run(command, "--format", form, "--isolated", folder=tmp_path).out
    assert "isolated" not in run(command, "--format", form, folder=tmp_path).out


def test_what_isolated_does_not_go_with(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    for arguments in (("--fix",), ("--diff",), ("--adopt", "gitleaks")):
        assert run("check", "--isolated", *arguments, folder=tmp_path).status == 2


def test_an_audit_leaves_no_process_behind(tmp_path: Path) -> None:
    """Its caller may live on, as the worker of a cluster does. Cycles of objects are not collected meanwhile."""
    repo = Repo(tmp_path / "app")
    repo.commit({"one.py": line(1)})
    code = """
import gc, sys
from pathlib import Path
from agentkey_lint.engine.audit import Terms, audit_repository
gc.disable()
done = audit_repository(sys.argv[1], "app", Terms())
print(len(done.leaks), [one for task in Path("/proc/self/task").glob("*/children") for one in task.read_text().split()])
"""
    said = subprocess.run([sys.executable, "-c", code, str(repo.folder)], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said == "1 []\n"
