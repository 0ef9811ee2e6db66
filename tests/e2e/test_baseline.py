"""Baselines through the front door: old findings are quiet wherever they move, new ones are not, and other tools' baselines are taken over."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import git, leaks, run, write

from agentkey_lint.engine.baseline import NAME, Baseline, Entry, Known, parse, text
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.source import Source, Span
from agentkey_lint.testing import expand


def key(seed: int) -> bytes:
    return expand("sk-ant-api03-{{93 x aA0_-}}AA", seed).encode()


def code(*seeds: int) -> bytes:
    return b"".join(b'KEY = "' + key(seed) + b'"\n' for seed in seeds)


REFERENCE = b'{"mcpServers": {"x": {"command": "x", "env": {"A_TOKEN": "${env:A_TOKEN"}}}}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"src/a.py": code(1, 2), ".mcp.json": REFERENCE})
    git(tmp_path, "add", "-A")
    git(tmp_path, "commit", "-qm", "x")
    return tmp_path


def verdicts(folder: Path, *arguments: str) -> list[tuple[str, int, str]]:
    """Path, line and verdict of what is or was reported."""
    found = run("check", "--format", "json", *arguments, folder=folder).json["findings"]
    return [(one["path"], one["start"]["line"], one["verdict"]) for one in found if one["verdict"] in ("reported", "baselined")]


def test_after_create_only_what_is_new_counts(folder: Path) -> None:
    assert run("check", folder=folder).status == 1
    made = run("baseline", "create", folder=folder)
    assert (made.status, made.out) == (0, "3 recorded\n")
    assert run("check", folder=folder).status == 0
    kept = (folder / NAME).read_text()
    assert not leaks([key(1).decode(), key(2).decode()], kept) and "src" not in kept
    git(folder, "add", "-A")
    assert run("hook", "--", "src/a.py", ".mcp.json", folder=folder).status == 0
    write(folder, {"src/a.py": code(1, 3, 2)})
    assert verdicts(folder, "src/a.py") == [("src/a.py", 1, "baselined"), ("src/a.py", 2, "reported"), ("src/a.py", 3, "baselined")]
    git(folder, "add", "-A")
    assert run("hook", "--", "src/a.py", folder=folder).status == 1, "a changed secret on a known line is new"


def test_moving_renaming_and_reformatting_change_nothing(folder: Path) -> None:
    run("baseline", "create", folder=folder)
    before = (folder / NAME).read_bytes()
    (folder / "src" / "a.py").unlink()
    (folder / "lib").mkdir()
    write(folder, {"lib/b.yaml": b"\n\n  token:   '" + key(2) + b"'\nother_token: " + key(1) + b"\n", ".mcp.json": b"\n\n" + REFERENCE.replace(b" ", b"\n  ")})
    git(folder, "add", "-A")
    assert {verdict for *_, verdict in verdicts(folder)} == {"baselined"}
    assert run("baseline", "update", folder=folder).out.startswith("0 recorded")
    assert run("baseline", "prune", folder=folder).out == "0 dropped, 3 kept\n"
    assert (folder / NAME).read_bytes() == before


def test_update_prune_and_show(folder: Path) -> None:
    run("baseline", "create", folder=folder)
    salt = parse((folder / NAME).read_bytes()).salt
    write(folder, {"src/a.py": code(2, 4)})
    assert "src/a.py:1" in run("baseline", "show", folder=folder).out
    assert run("baseline", "show", folder=folder).out.endswith("3 entries, 1 of them gone\n")
    assert run("baseline", "update", folder=folder).out == "1 recorded, 3 were there\n"
    assert run("check", folder=folder).status == 0
    assert run("baseline", "prune", folder=folder).out == "1 dropped, 3 kept\n"
    assert parse((folder / NAME).read_bytes()).salt == salt
    assert run("check", folder=folder).status == 0
    assert run("baseline", "create", folder=folder).status == 2, "it is never made anew over an old one"


def test_secrets_that_git_does_not_track_leave_no_digest(folder: Path) -> None:
    write(folder, {"mine.py": code(5)})
    made = run("baseline", "create", folder=folder)
    assert made.out.startswith("3 recorded\n") and "mine.py" in made.out
    assert ("mine.py", 1, "reported") in verdicts(folder)


def test_without_a_file_there_is_nothing_to_change(folder: Path) -> None:
    for action in ("update", "prune", "show"):
        assert run("baseline", action, folder=folder).status == 2
    assert run("baseline", "show", "--from", "x", folder=folder).status == 2


def test_branches_merge_by_union(folder: Path) -> None:
    write(folder, {".gitattributes": f"{NAME} merge=union\n".encode()})
    run("baseline", "create", folder=folder)
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "base")
    for branch, seed in (("one", 6), ("two", 7)):
        git(folder, "checkout", "-q", "-b", branch, "main")
        write(folder, {f"{branch}.py": code(seed)})
        git(folder, "add", "-A")
        run("baseline", "update", folder=folder)
        git(folder, "add", "-A")
        git(folder, "commit", "-qm", branch)
    git(folder, "merge", "-q", "-m", "both", "one")
    assert run("check", folder=folder).status == 0


@pytest.mark.parametrize(
    "data", [b"<<<<<<< HEAD\n", b"salt 00\n", b"a-rule 12345\n", b"", b"\xff\xfe", b"salt " + b"0" * 32 + b"\nsalt " + b"1" * 32 + b"\n", b"x" * (5 << 20)]
)
def test_a_broken_baseline_is_a_fault_and_hides_nothing(folder: Path, data: bytes) -> None:
    run("baseline", "create", folder=folder)
    write(folder, {NAME: data})
    done = run("check", "--format", "json", folder=folder)
    assert done.status == 2 and NAME in done.faults()
    assert run("baseline", "update", folder=folder).status == 2
    assert (folder / NAME).read_bytes() == data


def test_the_file_is_not_written_through_a_link(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x"
    outside.write_text("mine")
    (folder / NAME).symlink_to(outside)
    run("baseline", "create", folder=folder)
    assert outside.read_text() == "mine"


entries = st.frozensets(st.builds(Entry, st.sampled_from(["hardcoded-key", "wildcard-scope"]), st.binary(min_size=5, max_size=5).map(bytes.hex)))


@given(entries, entries, st.binary(min_size=16, max_size=16))
def test_the_file_is_a_function_of_its_entries_and_reads_back(one: frozenset[Entry], two: frozenset[Entry], salt: bytes) -> None:
    written = text(salt, one)
    assert parse(written.encode()) == Baseline(salt, one)
    assert written == text(salt, sorted(one, reverse=True))
    both = written + text(salt, two)
    assert parse(both.encode()).entries == one | two
    assert parse(both.replace("\n", "\r\n").encode()).entries == one | two


@given(st.binary(max_size=200))
def test_no_bytes_break_it(data: bytes) -> None:
    parsed = parse(data)
    assert parsed.faults or parsed.salt


def test_a_flood_of_secrets_is_cut_short() -> None:
    data = b"".join(b"%04d" % number for number in range(20))
    known = Known(Baseline(b"s" * 16, frozenset({Entry("x", "0" * 10)})), 10)
    for number in range(20):
        span = Span(4 * number, 4 * number + 4)
        assert not known.knows(Claim("hardcoded-key", span, "m", "h", "high", secret=span), Source("a", data))
    assert len(known.faults) == 1


def detect_secrets(folder: Path) -> bytes:
    script = Path(sys.executable).with_name("detect-secrets")
    done = subprocess.run([str(script), "scan"], cwd=folder, capture_output=True, check=True, env={**os.environ, "PYTHONPATH": ""})
    return done.stdout


def test_one_command_takes_over_what_detect_secrets_hid(folder: Path) -> None:
    password = expand("{{20 x aA0}}", 3).encode()
    write(folder, {"app.py": b"import os\ndb_password = '" + password + b"'\n", "conf.ini": b"[a]\nsecret = " + password[::-1] + b"\n"})
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "y")
    theirs = detect_secrets(folder)
    write(folder, {".secrets.baseline": theirs, "new.py": code(9)})
    git(folder, "add", "-A")
    both = ("--with", "detect-secrets", "--format", "json")
    before = [(one["path"], one["start"]["line"]) for one in run("check", *both, folder=folder).json["findings"] if one["verdict"] == "suppressed"]
    before = [place for place in before if place[0] != ".secrets.baseline"]
    assert len(before) >= 3
    made = run("baseline", "create", "--from", ".secrets.baseline", folder=folder)
    assert made.status == 0, made
    (folder / ".secrets.baseline").unlink()
    after = run("check", *both, folder=folder).json["findings"]
    assert [(one["path"], one["start"]["line"]) for one in after if one["verdict"] == "baselined"] == before
    assert ("new.py", "reported") in {(one["path"], one["verdict"]) for one in after}
    assert not leaks([password.decode(), key(1).decode()], made.out + (folder / NAME).read_text())


def test_what_cannot_be_carried_over_is_listed(folder: Path) -> None:
    digest = "0" * 40
    results = {"gone.py": [{"hashed_secret": digest}], "src/a.py": [{"hashed_secret": digest}, {"hashed_secret": "1" * 40, "is_secret": True}]}
    filters = [{"path": "detect_secrets.filters.regex.should_exclude_file", "pattern": ["tests/"]}]
    write(folder, {"old": json.dumps({"results": results, "filters_used": filters}).encode()})
    made = run("baseline", "create", "--from", "old", folder=folder)
    assert made.status == 0 and made.out.splitlines()[0] == "0 recorded"
    for words in ("gone.py", "not there any more", "no rule says anything", "real secret", "excludes files"):
        assert words in made.out


def report(path: str, line: int, seed: int, commit: str = "", secret: str = "") -> dict[str, object]:
    return {"RuleID": "anthropic-api-key", "StartLine": line, "EndLine": line, "Secret": secret or key(seed).decode(), "File": path, "Commit": commit}


def head(folder: Path) -> str:
    return subprocess.run(["git", "-C", str(folder), "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.parametrize("redacted", [False, True])
@pytest.mark.parametrize("committed", [False, True])
def test_one_command_takes_over_a_report_of_gitleaks(folder: Path, redacted: bool, committed: bool) -> None:
    rows = [report("src/a.py", 2, 2, head(folder) if committed else "", "REDACTED" if redacted else ""), report("gone.py", 1, 8)]
    write(folder, {"report.json": json.dumps(rows).encode()})
    if committed:  # the line is that of the commit
        write(folder, {"src/a.py": b"\n\n" + code(1, 2)})
    made = run("baseline", "create", "--from", "report.json", folder=folder)
    assert made.out.splitlines()[0] == "1 recorded" and "gone.py:1" in made.out
    (folder / "report.json").unlink()
    first = 3 if committed else 1
    assert [one for one in verdicts(folder) if one[0] == "src/a.py"] == [("src/a.py", first, "reported"), ("src/a.py", first + 1, "baselined")]


def test_a_report_of_betterleaks_is_taken_over_as_well(folder: Path) -> None:
    place = {"path": "src/a.py", "start_line": 2, "end_line": 2}
    row = {"rule_id": "x", "match": {"value": key(2).decode()}, "attributes": {"git.sha": head(folder)}, "location": place}
    write(folder, {"report.json": json.dumps({"schema_version": "1", "findings": [row]}).encode()})
    assert run("baseline", "create", "--from", "report.json", folder=folder).out == "1 recorded\n"
    (folder / "report.json").unlink()
    assert [one for one in verdicts(folder) if one[0] == "src/a.py"] == [("src/a.py", 1, "reported"), ("src/a.py", 2, "baselined")]


@pytest.mark.parametrize("length", [0, 7, 40])
def test_one_command_takes_over_a_gitleaksignore(folder: Path, length: int) -> None:
    commit = head(folder)[:length]
    line = f"{commit}:src/a.py:anthropic-api-key:1" if commit else "src/a.py:anthropic-api-key:1"
    write(folder, {".gitleaksignore": f"# why\n\n{line}\n{'0' * 40}:src/a.py:x:1\n".encode()})
    made = run("baseline", "create", "--from", ".gitleaksignore", folder=folder)
    assert made.out.splitlines()[:2] == ["1 recorded", "1 not carried over:"]
    assert [one for one in verdicts(folder) if one[0] == "src/a.py"] == [("src/a.py", 1, "baselined"), ("src/a.py", 2, "reported")]
    git(folder, "add", "-A")
    assert run("baseline", "update", "--from", ".gitleaksignore", folder=folder).out.startswith("0 recorded")


@pytest.mark.parametrize("data", [b"{}", b"[1]", b'{"findings": [1]}', b"[" * 100_000, b"nothing\n", b"{", b"\xff"])
def test_other_files_are_refused(folder: Path, data: bytes) -> None:
    write(folder, {"x": data})
    assert run("baseline", "create", "--from", "x", folder=folder).status == 2
    assert not (folder / NAME).exists()
    assert run("baseline", "create", "--from", "nowhere", folder=folder).status == 2
