"""The one way from sources to a report, in one process and in several."""

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.engine import documents, pipeline, pool
from agentkey_lint.engine.judging import PRECEDENCE, Thresholds
from agentkey_lint.engine.repository import make
from agentkey_lint.model.errors import AgentkeyError
from agentkey_lint.model.finding import Report
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Fault, Source
from agentkey_lint.testing import expand

KEY = expand("tvly-{{32 x aA0}}", "pipeline")
PLAN = pipeline.Plan(Thresholds(), lambda secret: "0" * 16)


def lint(items: Iterable[Source | Fault]) -> Report:
    return pipeline.lint(items, empty(), PLAN)


def test_the_report_counts_what_was_read_and_passes_faults_on() -> None:
    report = lint([Source("b.txt", KEY.encode()), Fault("a.txt", "cannot be read"), Source("c.txt", b"nothing")])
    assert (report.files, report.bytes) == (2, len(KEY) + 7)
    assert report.faults == (Fault("a.txt", "cannot be read"),)
    assert [one.finding.path for one in report.results] == ["b.txt"]


def test_the_order_is_that_of_paths_and_places_whatever_came_first() -> None:
    sources = [Source(path, f"x\n{KEY}\n{KEY}\n".encode()) for path in ("b", "a/c", "a")]
    forward, backward = lint(sources), lint(reversed(sources))
    assert forward == backward
    places = [(one.finding.path, one.finding.start) for one in forward.results]
    assert places == sorted(places)


def test_a_rule_that_crashes_is_a_fault_and_the_others_go_on(monkeypatch: pytest.MonkeyPatch) -> None:
    def crash(*facts: object) -> None:
        raise ZeroDivisionError(KEY)

    monkeypatch.setattr("agentkey_lint.checks.hardcoded_secret.hardcoded_secret", crash)
    report = lint([Source("a.env", f"API_KEY={KEY}\n".encode())])
    assert any(one.finding.rule == "hardcoded-key" for one in report.results)
    (fault,) = report.faults
    assert fault.path == "a.env" and "hardcoded-secret" in fault.message and "ZeroDivisionError" in fault.message and KEY not in fault.message


def test_a_crash_anywhere_else_is_a_fault_of_that_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("agentkey_lint.engine.documents.build", lambda source, *rest, **named: 1 // 0)
    report = lint([Source("a", b"token"), Source("b", b"token")])
    assert [fault.path for fault in report.faults] == ["a", "b"] and report.files == 2


def test_what_a_person_can_mend_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(source: Source, *rest: object, **named: object) -> None:
        raise AgentkeyError("a setting is wrong")

    monkeypatch.setattr("agentkey_lint.engine.documents.build", refuse)
    with pytest.raises(AgentkeyError):
        lint([Source("a", b"token")])


def test_a_problem_of_a_file_is_a_fault_with_its_line() -> None:
    report = lint([Source(".mcp.json", b'{\n"a": 1,\n]')])
    assert report.faults and report.faults[0].message.startswith("line ")


def test_every_rule_has_a_function_and_a_fact() -> None:
    facts = {"key", "assignment", "field", "reference", "record", "contents", "manifest", "secret-file"}
    for rule in pipeline.rules():
        assert rule.id == rule.id.lower() and rule.summary and rule.severity in ("info", "low", "medium", "high", "critical")
        if rule.judges in facts:
            assert callable(pipeline._function(rule.id))


PATHS = ("a.py", "id_rsa", ".env", "config.toml", ".agentkey-lint.toml", "agentkeys.yaml", ".mcp.json", "a/.github/workflows/b.yml", "README.md")
TEXTS = (b"nothing", b"token", b"x = 1 # agentkey: ignore[hardcoded-key] once", b"API_KEY=" + KEY.encode(), b"secret: ${TOKEN}\n", b"base64", b"\0tvly-")


@given(path=st.sampled_from(PATHS), text=st.one_of(st.sampled_from(TEXTS), st.binary(max_size=40)))
def test_the_short_way_tells_what_the_long_one_does(path: str, text: bytes) -> None:
    short = lint([Source(path, text)])
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(documents, "plain", lambda path: False)
        assert short == lint([Source(path, text)])


@pytest.mark.parametrize("path", PATHS)
def test_of_a_path_that_is_plain_nothing_is_said(path: str) -> None:
    facts = pipeline._facts(documents.build(Source(path, b"nothing")))
    assert not (documents.plain(path) and facts)
    assert documents.plain(path) == (path in ("a.py", "README.md"))


@given(path=st.sampled_from(PATHS), text=st.sampled_from(TEXTS))
def test_who_asks_for_secrets_alone_misses_only_what_is_none(path: str, text: bytes) -> None:
    source = Source(path, text)
    every = pipeline.examine(source, empty(), PLAN)
    alone = pipeline.examine(source, empty(), PLAN._replace(only=PRECEDENCE))
    assert alone.judged == tuple(one for one in every.judged if one.finding.rule in PRECEDENCE)


def tree(folder: Path, count: int) -> Worktree:
    for number in range(count):
        (folder / f"f{number}.txt").write_text(KEY if number % 100 == 7 else "x = 1\n")
    return Worktree(str(folder))


def test_several_processes_say_what_one_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = tree(tmp_path, 700)
    repository = make(snapshot.paths, snapshot.read, snapshot.ignore)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    many = pool.lint(snapshot, snapshot.paths(), (), repository, PLAN)
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert many == pool.lint(snapshot, snapshot.paths(), (), repository, PLAN)
    assert len([one for one in many.results if one.finding.rule == "hardcoded-key"]) == 7 and many.files == 700


def test_a_few_large_files_are_shared_out_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(3):
        (tmp_path / f"f{number}.txt").write_text(KEY + "\nx = 1\n" * 500_000)
    snapshot = Worktree(str(tmp_path))
    repository = make(snapshot.paths, snapshot.read, snapshot.ignore)
    spread, counts = pool.spread, []
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(pool, "spread", lambda count, *rest: (counts.append(count), spread(count, *rest))[1])
    report = pool.lint(snapshot, snapshot.paths(), (), repository, PLAN)
    assert counts == [3] and report.files == 3
    assert len([one for one in report.results if one.finding.rule == "hardcoded-key"]) == 3
    (tmp_path / "f0.txt").write_text(KEY)
    assert pool.lint(snapshot, snapshot.paths(), (), repository, PLAN).files == 3 and counts == [3]


def test_what_a_dead_process_had_in_hand_is_a_fault(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    snapshot = tree(tmp_path, 700)
    build = documents.build

    def deadly(source: Source, *rest: Any, **named: Any) -> object:
        if source.path == "f307.txt":
            os._exit(9)
        return build(source, *rest, **named)

    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setattr(documents, "build", deadly)
    report = pool.lint(snapshot, snapshot.paths(), (), make(snapshot.paths, snapshot.read, snapshot.ignore), PLAN)
    assert any(fault.path == "f307.txt" and "ended early" in fault.message for fault in report.faults)
