"""Looking for each literal in turn tells the same as the compiled database, so a small file has the same findings as a part of a large run."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog.anchors import ENCODED, WORDS
from agentkey_lint.catalog.compiled import ANCHORS
from agentkey_lint.match import scan
from agentkey_lint.match.plain import each_in_turn
from agentkey_lint.match.simd import compile_literals

LITERALS = [(literal, caseless) for literal, caseless, _ in ANCHORS] + [(word, True) for word in (*WORDS, *ENCODED)]
COMPILED, IN_TURN = compile_literals(LITERALS), each_in_turn(LITERALS)
PARTS = st.one_of(
    st.sampled_from([literal for literal, _ in LITERALS]), st.sampled_from([literal.swapcase() for literal, _ in LITERALS]), st.binary(max_size=6)
)


def told(scanner: "scan.Scanner", data: bytes) -> list[tuple[int, int]]:
    hits: list[tuple[int, int]] = []
    scanner(data, lambda number, start, end, flags, context: hits.append((end, number)))
    return hits


@given(st.lists(PARTS, max_size=30).map(b"".join))
def test_both_scanners_tell_the_same(data: bytes) -> None:
    in_turn, compiled = told(IN_TURN, data), told(COMPILED, data)
    assert in_turn == sorted(compiled)
    assert [end for end, _ in in_turn] == [end for end, _ in compiled]


def test_occurrences_that_overlap_are_told_each() -> None:
    assert told(each_in_turn([(b"aa", False), (b"AAA", True)]), b"aaAa") == [(2, 0), (3, 1), (4, 1)]


def test_the_database_is_compiled_once_the_bytes_add_up(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("_scan", None), ("_few", None), ("_left", scan.FEW)):
        monkeypatch.setattr(scan, name, value)
    scan.scan(b"x" * 1000)
    assert scan._scan is None
    scan.scan(b"x" * scan.FEW)
    assert scan._scan is not None
