"""Records behave as the named tuples that type checkers take them for."""

import pickle
from collections import namedtuple
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.model.record import Record


class Mine(Record):
    """A record with a field that must be given and two that need not be."""

    one: Any
    two: Any = 2
    three: Any = "3"

    def both(self) -> tuple[Any, Any]:
        return self.one, self.two


Theirs = namedtuple("Mine", "one two three", defaults=(2, "3"))
NAMES = st.sampled_from(["one", "two", "three", "four"])


def outcome(make: Any, *values: Any, **named: Any) -> Any:
    try:
        return tuple(make(*values, **named))
    except (TypeError, ValueError) as error:
        return type(error)


@given(st.lists(st.integers(), max_size=4), st.dictionaries(NAMES, st.integers()))
def test_values_are_taken_as_a_named_tuple_takes_them(values: list[int], named: dict[str, int]) -> None:
    assert outcome(Mine, *values, **named) == outcome(Theirs, *values, **named)
    assert outcome(Mine._make, values) == outcome(Theirs._make, values)
    assert outcome(Mine(1)._replace, **named) == outcome(Theirs(1)._replace, **named)


def test_the_rest_of_a_named_tuple() -> None:
    record, other = Mine(1, three=None), Theirs(1, three=None)
    assert (record, hash(record), repr(record), record._asdict()) == (other, hash(other), repr(other), other._asdict())
    assert (record.one, record.two, record.both(), Mine._fields, Mine.__match_args__) == (1, 2, (1, 2), Theirs._fields, Theirs._fields)
    assert pickle.loads(pickle.dumps(record)) == record and type(pickle.loads(pickle.dumps(record))) is Mine
    with pytest.raises(AttributeError):
        record.one = 2
    with pytest.raises(AttributeError):
        record.four = 2
