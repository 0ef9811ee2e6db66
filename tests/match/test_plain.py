"""Looking for each literal in turn tells the same as the compiled database, so a small file has the same findings as a part of a large run."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.match import scan
from agentkey_lint.match.plain import each_in_turn
from agentkey_lint.match.simd import compile_literals

LITERALS = scan._literals()
COMPILED, IN_TURN = compile_literals(LITERALS), each_in_turn(LITERALS)
PARTS = st.one_of(
    st.sampled_from([literal for literal, *_ in LITERALS]),
    st.sampled_from([literal.swapcase() for literal, *_ in LITERALS]),
    st.sampled_from([b"://", b"ci", b":", b"@", b"/", b"ab" * 45]),
    st.binary(max_size=6),
)


def told(scanner: "scan.Scanner", data: bytes) -> list[tuple[int, int, int]]:
    hits: list[tuple[int, int, int]] = []
    scanner(data, lambda number, start, end, flags, context: hits.append((end, number, start)))
    return hits


@given(st.lists(PARTS, max_size=30).map(b"".join))
def test_both_scanners_tell_the_same(data: bytes) -> None:
    in_turn, compiled = told(IN_TURN, data), told(COMPILED, data)
    assert in_turn == sorted(compiled)
    assert [end for end, *_ in in_turn] == [end for end, *_ in compiled]


def test_occurrences_that_overlap_are_told_each() -> None:
    assert told(each_in_turn([(b"aa", False, b""), (b"AAA", True, b"")]), b"aaAa") == [(2, 0, 0), (3, 1, 0), (4, 1, 0)]


@given(st.lists(st.sampled_from([b"://", b"ci", b":", b"@", b"/", b"a" * 79, b"b" * 200, b" "]), max_size=12).map(b"".join))
def test_a_literal_with_a_pattern_is_told_where_that_fits(data: bytes) -> None:
    literals = [(literal, caseless, pattern) for literal, caseless, pattern in LITERALS if pattern]
    told_by_both = told(each_in_turn(literals), data)
    assert told_by_both == told(compile_literals(literals), data)
    fitting = [re.compile(literals[0][2]).match(data, at) for at in range(len(data))]
    assert told_by_both == [(match.end(), 0, match.start()) for match in fitting if match]


def test_the_database_is_compiled_once_the_bytes_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_scan", None), ("_few", None), ("_left", scan.FEW)):
        monkeypatch.setattr(scan, name, value)
    scan.scan(b"x" * 1000)
    assert scan._scan is None
    scan.scan(b"x" * scan.FEW)
    assert scan._scan is not None
