"""Offsets to lines and columns, held against a plain count."""

from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine.places import line_bounds, positions

texts = st.lists(st.sampled_from(["a", "é", "\U0001f511", "\n", "\r\n", "\t", "word "]), max_size=30).map("".join)


@given(texts, st.data())
def test_lines_and_columns_count_code_points_from_one(text: str, data: st.DataObject) -> None:
    places = sorted(set(data.draw(st.lists(st.integers(0, len(text)), max_size=6))))
    offsets = {len(text[:place].encode()): place for place in places}
    found = positions(text.encode(), offsets)
    for offset, place in offsets.items():
        before = text[:place]
        assert found[offset] == (before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1)


@given(st.binary(max_size=60), st.integers(0, 60))
def test_bytes_that_are_no_text_count_one_each(data: bytes, offset: int) -> None:
    offset = min(offset, len(data))
    (place,) = positions(data, [offset]).values()
    line = data[:offset].rpartition(b"\n")[2]
    assert place.line == data.count(b"\n", 0, offset) + 1
    assert place.column == len(line.decode("utf-8", "surrogateescape")) + 1


@given(st.binary(max_size=60), st.integers(0, 60))
def test_a_line_has_no_line_break(data: bytes, offset: int) -> None:
    offset = min(offset, len(data))
    start, end = line_bounds(data, offset)
    assert 0 <= start <= end <= len(data) and b"\n" not in data[start:end]
    assert start == 0 or data[start - 1 : start] == b"\n"
