"""Java properties: held against a writer of the format, and a table of its rules."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.parse import properties

CHARACTERS = st.characters(exclude_categories=["Cs"])
PAIRS = st.lists(st.tuples(st.text(CHARACTERS, min_size=1), st.text(CHARACTERS), st.sampled_from(["=", ":", " ", " = ", "\t:\f", "\\\n  = "])))


def escaped(text: str, key: bool) -> str:
    """As java.util.Properties.store writes it, with UTF-16 escapes."""
    named = {"\t": "\\t", "\n": "\\n", "\r": "\\r", "\f": "\\f"}
    out = []
    for position, sign in enumerate(text):
        if sign in named:
            out.append(named[sign])
        elif sign in "\\=:#!" or (sign == " " and (key or not position)):
            out.append("\\" + sign)
        elif " " <= sign <= "~":
            out.append(sign)
        else:
            units = sign.encode("utf-16-be")
            out += [f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2)]
    return "".join(out)


@given(PAIRS)
def test_what_is_written_is_read(pairs: list[tuple[str, str, str]]) -> None:
    data = "# head\n".join(f"{escaped(key, True)}{delimiter}{escaped(value, False)}\r\n" for key, value, delimiter in pairs).encode()
    entries, problems = properties.parse(data)
    assert [(entry.route, entry.text) for entry in entries] == [((key,), value) for key, value, _ in pairs]
    assert problems == []


PIECES = st.sampled_from(["a", "b.c", "=", ":", " ", "\t", "\n", "\r\n", "\\", "\\\n", "\\u00e9", "\\u1", "#", "!", "ü"])


@given(st.lists(PIECES, max_size=40).map(lambda pieces: "".join(pieces).encode()) | st.binary())
def test_spans_hold_the_raw_text_in_order(data: bytes) -> None:
    entries, _ = properties.parse(data)
    end = 0
    for entry in entries:
        key, raw = (data[span.start : span.end].decode("utf-8", "surrogateescape") for span in (entry.key, entry.value))
        assert end <= entry.key.start <= entry.key.end <= entry.value.start <= entry.value.end <= len(data)
        end = entry.value.end
        assert key == entry.route[0] or "\\" in key
        assert raw == entry.text or "\\" in raw


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a.b = c", [("a.b", "c")]),
        ("a b c", [("a", "b c")]),
        ("a=b ", [("a", "b ")]),
        ("a", [("a", "")]),
        ("a==b", [("a", "=b")]),
        ("a=b\\\n   c\\\r\n\td\ne=f", [("a", "bcd"), ("e", "f")]),
        ("a\\\n  b=c", [("ab", "c")]),
        ("a\\ b\\=c=d", [("a b=c", "d")]),
        ("a=b\\\\\nc=d", [("a", "b\\"), ("c", "d")]),
        (" # no\n!no\\\na=b # yes", [("a", "b # yes")]),
        ("a=\\\n# part of it", [("a", "# part of it")]),
        ("a=\\q\\u00e9\\ud83d\\ude00\\", [("a", "qé😀")]),
    ],
)
def test_table(text: str, pairs: list[tuple[str, str]]) -> None:
    entries, problems = properties.parse(text.encode())
    assert [(*entry.route, entry.text) for entry in entries] == pairs
    assert problems == []


def test_a_short_escape_is_a_problem() -> None:
    entries, problems = properties.parse(b"a=1\nb=\\u12\nc=3")
    assert [entry.text for entry in entries] == ["1", "u12", "3"]
    assert [problem.offset for problem in problems] == [4]


def test_problems_and_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(properties, "MAX_ENTRIES", 50)
    entries, problems = properties.parse(b"a=\\u\n" * 100)
    assert (len(entries), len(problems)) == (50, 21)


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"=", b"\n", b"\\", b"<a>", b" ", b"\\\n"])
def test_five_megabytes_of_the_same(piece: bytes) -> None:
    started = time.process_time()
    properties.parse(piece * (5_000_000 // len(piece)))
    assert time.process_time() - started < 2
