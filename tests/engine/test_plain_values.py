"""Audits as plain lists: what is sent comes out the same, and what is none is refused."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine.plain import audited
from agentkey_lint.model.audit import Audited, Commit, Elsewhere, Leak, Sighting
from agentkey_lint.model.facts import KeyFacts
from agentkey_lint.model.finding import Excerpt, Finding, Place, Position
from agentkey_lint.model.source import Fault

text = st.text(st.characters(codec=None), max_size=5)  # lone surrogates are bytes of paths that are not UTF-8
number = st.integers(-(1 << 70), 1 << 70)
position = st.builds(Position, number, number)
commit = st.none() | st.builds(Commit, text, number)


def several(values: "st.SearchStrategy[Any]") -> "st.SearchStrategy[tuple[Any, ...]]":
    return st.lists(values, max_size=2).map(tuple)


key = st.none() | st.builds(KeyFacts, text, text, text, text, text, text, several(st.tuples(text, text)))
place = st.builds(Place, text, position, position, text)
finding = st.builds(
    Finding, text, text, text, text, text, text, position, position, st.builds(Excerpt, text, number, number), text, several(place), key,
    several(st.tuples(text, number)), text,
)  # fmt: skip
sighting = st.builds(Sighting, text, number, text, st.booleans(), commit, commit)
elsewhere = st.builds(Elsewhere, text, text, number, text, text, number)
leak = st.builds(Leak, finding, text, text, several(sighting), commit, commit, st.booleans(), number, number, several(text), text, several(elsewhere))
whole = st.builds(Audited, text, several(leak), several(st.builds(Fault, text, text)), number, number, number, st.booleans(), st.booleans(), number)


@given(whole)
def test_what_is_sent_comes_out_the_same(one: Audited) -> None:
    assert audited(json.loads(json.dumps(one))) == one


def nested(data: Any, at: list[int], value: Any) -> Any:
    """The data with one place in it changed; at: which of its elements, and so on inwards, as far as there are any."""
    if not isinstance(data, list) or not data or not at:
        return value
    index = at[0] % len(data)
    return [*data[:index], nested(data[index], at[1:], value), *data[index + 1 :]]


anything = st.recursive(st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3), lambda inner: st.lists(inner, max_size=3), max_leaves=5)


@given(whole, st.lists(st.integers(0, 20), max_size=8), anything | st.dictionaries(st.text(max_size=3), st.none(), max_size=3))
def test_what_is_none_is_refused_or_sound(one: Audited, at: list[int], value: Any) -> None:
    data = nested(json.loads(json.dumps(one)), at, value)
    try:
        came = audited(data)
    except (TypeError, ValueError):
        return
    assert audited(json.loads(json.dumps(came))) == came


@pytest.mark.parametrize("data", [None, [], {}, ["app"], ["app", [], [], 0, 0, 0, False, False, "0"], ["app", [[]], [], 0, 0, 0, False, False, 0]])
def test_what_is_refused(data: Any) -> None:
    with pytest.raises((TypeError, ValueError)):
        audited(data)
