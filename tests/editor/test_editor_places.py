"""Offsets and places, held against Python's own codecs."""

import itertools
import re

from hypothesis import example, given
from hypothesis import strategies as st

from agentkey_lint.commands.editor.places import Lines, replaced
from agentkey_lint.engine.places import positions

TEXTS = st.lists(st.sampled_from(["a", "é", "→", "😀", "\t", "\r", "\n", "\r\n", "\u2028", "\x0c", "\x85", "xyz"]), max_size=30).map("".join)
ENCODINGS = {"utf-8": "utf-8", "utf-16": "utf-16-le", "utf-32": "utf-32-le"}
WIDTHS = {"utf-8": 1, "utf-16": 2, "utf-32": 4}


@given(TEXTS, st.sampled_from(sorted(ENCODINGS)))
@example("a\rb\r\n😀x", "utf-16")
def test_a_place_is_what_the_editor_counts_and_leads_back(text: str, encoding: str) -> None:
    lines = Lines(text.encode(), encoding)
    for index in range(len(text) + 1):
        if text[index - 1 : index + 1] == "\r\n":
            continue  # no editor's caret stands there
        offset = len(text[:index].encode())
        line, character = lines.place(offset)
        above = re.split(r"\r\n|\r|\n", text[:index])
        assert (line, character) == (len(above) - 1, len(above[-1].encode(ENCODINGS[encoding])) // WIDTHS[encoding])
        assert lines.offset(line, character) == offset


@given(TEXTS, st.sampled_from(sorted(ENCODINGS)), st.integers(0, 40), st.integers(0, 40))
def test_any_place_is_somewhere_in_the_text(text: str, encoding: str, line: int, character: int) -> None:
    assert 0 <= Lines(text.encode(), encoding).offset(line, character) <= len(text.encode())


@given(st.binary(max_size=60) | TEXTS.map(str.encode))
def test_positions_of_findings_lead_back_to_their_offsets(data: bytes) -> None:
    lines = Lines(data)
    sizes = [len(char.encode("utf-8", "surrogateescape")) for char in data.decode("utf-8", "surrogateescape")]
    for offset, position in positions(data, [0, *itertools.accumulate(sizes)]).items():
        assert lines.of(position) == offset
        lines.place(offset)


@given(TEXTS, TEXTS)
@example("a\r\nb", "a\nb")
@example("é", "è")
def test_the_stretch_that_differs_makes_one_text_of_the_other(one: str, other: str) -> None:
    before, after = one.encode(), other.encode()
    start, end, text = replaced(before, after)
    assert before[:start] + text + before[end:] == after
    for piece in (before[:start], before[start:end], before[end:], text):
        piece.decode()
    for at in (start, end):
        assert before[at - 1 : at + 1] != b"\r\n"
    if one == other:
        assert start == end and not text
