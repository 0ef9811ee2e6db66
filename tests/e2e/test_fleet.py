"""`audit --repos`: many repositories, one report, whatever becomes of the processes on the way."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from whole import git, leaks, run, write

from agentkey_lint.engine import kept
from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return tmp_path / "cache" / "agentkey-lint"


def key(number: int) -> str:
    return expand("sk-ant-api03-{{93 x aA0}}AA", f"fleet {number}")


def secret(number: int) -> str:
    """The part of a key that nobody may see."""
    return key(number).removeprefix("sk-ant-api03-")


def make(folder: Path, *numbers: int, name: str = "main.py") -> Path:
    """A repository with these keys."""
    folder.mkdir(parents=True)
    git(folder, "init", "-q")
    write(folder, {name: "".join(f'client{number} = Anthropic(api_key="{key(number)}")\n' for number in numbers).encode()})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "change")
    return folder


def named(tmp_path: Path, *lines: str) -> Path:
    file = tmp_path / "repos"
    file.write_text("".join(f"{line}\n" for line in lines))
    return file


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five repositories with a key each, the last two with the same."""
    for number in range(5):
        make(tmp_path / f"app{number}", min(number, 3))
    return named(tmp_path, *(f"app{number}" for number in range(5)))


def audit(file: Path, *arguments: str) -> tuple[dict[str, Any], str]:
    done = run("audit", "--repos", str(file), "--format", "json", *arguments, folder=file.parent)
    assert done.out, done.err
    return done.json, done.err


def found(report: dict[str, Any]) -> dict[str, int]:
    return {one["name"]: len(one["leaks"]) for one in report["audit"]}


def start(file: Path, *arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "agentkey_lint", "audit", "--repos", str(file), "--format", "json", *arguments]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


class Held:
    """A repository that whoever examines it waits at: git reads a named pipe in it, until the other end is closed."""

    def __init__(self, folder: Path) -> None:
        self.pipe = folder / ".git" / "objects" / "info" / "alternates"
        os.mkfifo(self.pipe)
        self.end = -1

    def wait(self) -> None:
        """Until somebody waits there."""
        until = time.monotonic() + 60
        while self.end < 0:
            assert time.monotonic() < until, "nobody came to the repository"
            try:
                self.end = os.open(self.pipe, os.O_WRONLY | os.O_NONBLOCK)
            except OSError:
                time.sleep(0.02)

    def open(self) -> None:
        """Let everybody pass from now on."""
        self.pipe.unlink()
        os.close(self.end)


def test_one_report_with_every_repository(five: Path) -> None:
    report, said = audit(five)
    assert found(report) == {"app0": 1, "app1": 1, "app2": 1, "app3": 1, "app4": 0}
    assert report["summary"]["exit"] == 1 and said == ""
    assert leaks([secret(number) for number in range(4)], json.dumps(report)) == 0


def test_one_key_in_many_repositories_is_one_row(tmp_path: Path) -> None:
    make(tmp_path / "app00", 7)
    make(tmp_path / "app10", 7, 8)
    for number in set(range(1, 20)) - {10}:
        shutil.copytree(tmp_path / "app00", tmp_path / f"app{number:02}")
    gone = make(tmp_path / "gone", 7)
    git(gone, "rm", "-q", "main.py")
    git(gone, "commit", "-q", "-m", "gone")
    report, _ = audit(named(tmp_path, "gone", *(f"app{number:02}" for number in range(20))))
    rows = [(one["name"], row) for one in report["audit"] for row in one["leaks"]]
    assert [name for name, _ in rows] == ["app00", "app10"]
    row = rows[0][1]
    assert row["state"] == "tip" and len(row["elsewhere"]) == 20
    assert {one["repository"]: one["state"] for one in row["elsewhere"]} == {f"app{n:02}": "tip" for n in range(1, 20)} | {"gone": "history"}
    assert "Replace it in app01, app02 and 17 more as well." in row["actions"]
    assert rows[1][1]["elsewhere"] == []


@pytest.mark.parametrize("form", ["terminal", "html", "csv", "markdown", "sarif", "gitlab", "junit", "github"])
def test_every_format_tells_of_the_other_repositories(five: Path, form: str) -> None:
    done = run("audit", "--repos", "repos", "--format", form, folder=five.parent)
    # junit and github have a sentence for what to do, markdown a number
    assert done.status == 1 and ("app4" in done.out or (form == "markdown" and "also in 1 more repository" in done.out))


def test_the_table_by_repository_counts_what_is_told_elsewhere(five: Path) -> None:
    git(five.parent / "app1", "rm", "-q", "main.py")
    git(five.parent / "app1", "commit", "-q", "-m", "gone")
    done = run("audit", "--repos", "repos", folder=five.parent)
    table = [line.split() for line in done.out.partition("REPOSITORY")[2].splitlines()[1:6]]
    assert table == [[f"app{n}", "1", "1", "high", "1"] for n in (0, 2, 3, 4)] + [["app1", "1", "-", "high", "2"]]
    assert "also in app4: main.py:1, on the tip" in done.out


def test_a_key_of_a_baseline_is_still_told_in_the_other_repositories(tmp_path: Path) -> None:
    for name in ("known", "new"):
        make(tmp_path / name, 1)
    run("baseline", "create", folder=tmp_path / "known")
    git(tmp_path / "known", "add", "-A")
    git(tmp_path / "known", "commit", "-q", "-m", "baseline")
    report, _ = audit(named(tmp_path, "known", "new"))
    assert [(one["name"], row["verdict"]) for one in report["audit"] for row in one["leaks"]] == [("known", "baselined"), ("new", "reported")]


def test_a_broken_repository_is_a_fault_and_the_others_go_on(tmp_path: Path) -> None:
    for number in range(10):
        make(tmp_path / f"app{number}", number)
    (tmp_path / "app3" / ".git" / "HEAD").write_text("nonsense\n")
    (tmp_path / "plain").mkdir()
    report, _ = audit(named(tmp_path, *(f"app{number}" for number in range(10)), "plain", "missing"))
    assert report["summary"]["exit"] == 2
    assert {one["name"] for one in report["audit"] if one["faults"]} == {"app3", "plain", "missing"}
    assert sum(found(report).values()) == 9


def test_a_wish_that_fits_one_repository_alone(five: Path) -> None:
    git(five.parent / "app0", "branch", "release")
    report, _ = audit(five, "--branch", "release")
    assert found(report)["app0"] == 1 and sum(bool(one["faults"]) for one in report["audit"]) == 4


def test_the_file_is_read_as_people_write_it(tmp_path: Path) -> None:
    make(tmp_path / "a" / "app", 1)
    make(tmp_path / "b" / "app", 2)
    (tmp_path / "link").symlink_to(tmp_path / "a" / "app")
    git(tmp_path / "b" / "app", "worktree", "add", "-q", str(tmp_path / "tree"))
    file = named(tmp_path, "# ours", "", "a/app  ", str(tmp_path / "b" / "app"), "a/app/.git", "link", "tree")
    report, said = audit(file)
    assert found(report) == {"a/app": 1, "b/app": 1}
    assert [line.partition("repos:")[2] for line in said.splitlines()[:2]] == ["5: named in line 3 already", "6: named in line 3 already"]
    assert "tree is the same repository as b/app" in said


@pytest.mark.parametrize("text", ["", "# none\n\n", "a\0b\n"])
def test_a_file_that_names_nothing_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "repos").write_text(text)
    done = run("audit", "--repos", "repos", folder=tmp_path)
    assert (done.status, done.out) == (2, "") and done.err.startswith("agentkey-lint: --repos: repos")


@pytest.mark.parametrize("arguments", [("--resume",), ("--scheduler", "tcp://127.0.0.1:1"), ("--repos", "repos", "."), ("--repos", "missing")])
def test_what_does_not_go_together_is_refused(five: Path, arguments: tuple[str, ...]) -> None:
    done = run("audit", *arguments, folder=five.parent)
    assert (done.status, done.out) == (2, "") and done.err.count("\n") == 1


def test_fifty_repositories_take_seconds(tmp_path: Path) -> None:
    make(tmp_path / "app0", 0)
    for number in range(1, 50):
        shutil.copytree(tmp_path / "app0", tmp_path / f"app{number}")
    start = time.monotonic()
    report, _ = audit(named(tmp_path, *(f"app{number}" for number in range(50))))
    assert time.monotonic() - start < 20  # about 4 on two idle cores
    assert sum(found(report).values()) == 1 and len(found(report)) == 50


def children(pid: int) -> list[int]:
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_process_that_is_killed_has_its_repository_tried_again(five: Path) -> None:
    want, _ = audit(five)
    held = Held(five.parent / "app2")
    process = start(five)
    held.wait()
    while len(workers := children(process.pid)) > 1:  # the others come to their end
        time.sleep(0.02)
    os.kill(workers[0], signal.SIGKILL)
    held.open()
    out, _ = process.communicate(timeout=60)
    assert json.loads(out) == want and process.returncode == 1


def test_a_repository_whose_processes_all_die_is_a_fault(five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from agentkey_lint.engine import audit as engine

    real = engine.audit

    def deadly(git: Any, name: str, terms: Any) -> Any:
        if name in ("app1", "app3"):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(git, name, terms)

    monkeypatch.setattr(engine, "audit", deadly)
    report, _ = audit(five)
    assert {one["name"]: one["faults"] for one in report["audit"] if one["faults"]} == {
        name: [{"path": "", "message": "not examined: the process that was to do it ended early, 3 times"}] for name in ("app1", "app3")
    }
    assert found(report) == {"app0": 1, "app1": 0, "app2": 1, "app3": 0, "app4": 1}


@pytest.mark.parametrize("by", [signal.SIGKILL, signal.SIGINT])
def test_an_interrupted_run_is_resumed(five: Path, by: signal.Signals, own_cache: Path) -> None:
    want, _ = audit(five)
    for file in (own_cache / "audit").iterdir():
        file.unlink()
    held = Held(five.parent / "app2")
    process = start(five)
    held.wait()
    until = time.monotonic() + 60
    while len(list((own_cache / "audit").glob("*.json"))) < 4 and time.monotonic() < until:
        time.sleep(0.02)
    process.send_signal(by)
    process.wait(60)
    held.open()  # after a SIGKILL a process still waits there
    out, said = process.communicate(timeout=60)
    if by == signal.SIGINT:
        report = json.loads(out)
        assert process.returncode == 130 and found(report) == {"app0": 1, "app1": 1, "app2": 0, "app3": 1, "app4": 0}
        assert [one["name"] for one in report["audit"] if one["partial"]] == ["app2"]
        assert "interrupted with 4 of 5 repositories finished" in said
    report, said = audit(five, "--resume")
    assert report == want
    assert "4 of 5 repositories are as an earlier run left them" in said


def test_what_changed_is_examined_anew(five: Path) -> None:
    audit(five)
    app = five.parent / "app0"
    write(app, {"more.py": f'client = Anthropic(api_key="{key(9)}")\n'.encode()})
    git(app, "add", "-A")
    git(app, "commit", "-q", "-m", "more")
    report, said = audit(five, "--resume")
    assert found(report)["app0"] == 2 and "4 of 5" in said
    assert "of 5" not in audit(five, "--resume", "--min-severity", "critical")[1], "other options, other results"
    assert "of 5" not in audit(five)[1], "only who asks for it gets what was kept"


def test_what_was_kept_under_another_name_is_examined_anew(tmp_path: Path) -> None:
    make(tmp_path / "a" / "app", 1)
    make(tmp_path / "b" / "app", 2)
    assert found(audit(named(tmp_path, "a/app"))[0]) == {"app": 1}
    assert found(audit(named(tmp_path, "a/app", "b/app"), "--resume")[0]) == {"a/app": 1, "b/app": 1}


def test_what_cannot_be_trusted_is_examined_anew(five: Path, own_cache: Path) -> None:
    want, _ = audit(five)
    one, two, three, four, five_th = sorted((own_cache / "audit").iterdir())
    one.write_bytes(one.read_bytes().replace(b"high", b"info"))
    two.write_bytes(two.read_bytes()[:-20])
    three.chmod(0o666)
    four.rename(four.with_suffix(".x"))
    four.symlink_to(four.with_suffix(".x"))
    os.utime(five_th, (time.time() - kept.DAY - 60,) * 2)
    report, said = audit(five, "--resume")
    assert report == want
    assert said.count("cannot be trusted") == 4 and "of 5" not in said


def test_what_is_kept_holds_no_secret_and_is_the_users_alone(five: Path, own_cache: Path) -> None:
    audit(five)
    files = [path for path in own_cache.rglob("*") if path.is_file() and path.suffix == ".json"]
    assert len(files) == 5 and all(path.stat().st_mode & 0o077 == 0 for path in (own_cache, *files))
    assert leaks([secret(number) for number in range(4)], "".join(path.read_text() for path in files)) == 0


def test_without_a_folder_of_its_own_a_run_keeps_nothing(five: Path, own_cache: Path) -> None:
    own_cache.mkdir(parents=True)
    own_cache.chmod(0o777)
    report, said = audit(five, "--resume")
    assert sum(found(report).values()) == 4 and "nothing can be kept" in said
    assert not any(own_cache.iterdir())


def runs_git(pid: int) -> bool:
    for one in [one for path in Path(f"/proc/{pid}/task").glob("*/children") for one in path.read_text().split()]:
        try:
            if Path(f"/proc/{one}/comm").read_text() == "git\n":
                return True
        except OSError:  # it has come to its end
            continue
    return False


CLUSTER = """
import sys
from distributed import LocalCluster
if __name__ == "__main__":
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        print(cluster.scheduler_address, *(nanny.pid for nanny in cluster.workers.values()), flush=True)
        sys.stdin.read()
"""


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[int]]]:
    """The address of a cluster, and the processes of its two workers."""
    (tmp_path / "cluster.py").write_text(CLUSTER)
    process = subprocess.Popen([sys.executable, str(tmp_path / "cluster.py")], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdin and process.stdout
    address, *workers = process.stdout.readline().split()
    yield address, [int(one) for one in workers]
    process.stdin.close()
    process.wait(60)


def test_a_cluster_gives_the_same_report_even_if_a_worker_is_killed(five: Path, cluster: tuple[str, list[int]]) -> None:
    want, _ = audit(five)
    address, workers = cluster
    held = Held(five.parent / "app2")
    process = start(five, "--scheduler", address)
    held.wait()
    while len(waiting := [one for one in workers if runs_git(one)]) > 1:  # the other comes to its end
        time.sleep(0.02)
    os.kill(waiting[0], signal.SIGKILL)
    held.open()
    out, said = process.communicate(timeout=120)
    assert json.loads(out) == want, said
    assert process.returncode == 1


def test_no_scheduler_no_cluster(five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentkey_lint.engine.cluster.PATIENCE", 1)
    done = run("audit", "--repos", "repos", "--scheduler", "tcp://127.0.0.1:1", folder=five.parent)
    assert (done.status, done.out) == (2, "") and "no Dask scheduler answers" in done.err


def test_without_the_extra_it_says_how_to_get_it(five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    done = run("audit", "--repos", "repos", "--scheduler", "tcp://127.0.0.1:1", folder=five.parent)
    assert (done.status, done.out) == (2, "") and "pip install 'agentkey-lint[fleet]'" in done.err


@pytest.mark.parametrize("delay", [0.2, 0.5, 0.8, 1.2, 1.8])
def test_killed_at_any_moment_leaves_results_that_are_whole(five: Path, own_cache: Path, delay: float) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "agentkey_lint", "audit", "--repos", str(five), "--format", "json"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()
    store = kept.opened()
    for number in range(5):
        kept.load(store, os.path.realpath(five.parent / f"app{number}"))  # raises ValueError for one that is not whole
    report, said = audit(five, "--resume")
    assert "cannot be trusted" not in said
    assert found(report) == {"app0": 1, "app1": 1, "app2": 1, "app3": 1, "app4": 0}
