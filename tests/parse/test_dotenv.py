"""Environment files: held against python-dotenv, and what other readers take."""

import io
import time

import dotenv.parser
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agentkey_lint.parse import dotenv as subject

PIECES = ["A", "KEY", "b.c", "export ", "=", "=", " ", "\t", "\n", "\n", "\r\n", "#", " #", '"', '"', "'", "\\", "\\n", "$X", "${X}", "ü", ":", "1"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=30).map("".join)


@given(TEXTS)
def test_reads_what_python_dotenv_reads(text: str) -> None:
    bindings = list(dotenv.parser.parse_stream(io.StringIO(text, newline="")))
    assume(not any(binding.error for binding in bindings))
    expected = [(binding.key, binding.value) for binding in bindings if binding.key is not None]
    # Read differently on purpose: names that end in a colon, quoted names over several lines.
    assume(not any(name.endswith(":") or "\n" in name or "\r" in name for name, _ in expected))
    entries, problems = subject.parse(text.encode())
    assert [(entry.route[0], None if entry.kind == "null" else entry.text) for entry in entries] == expected
    assert problems == []


@given(TEXTS | st.binary())
def test_spans_hold_the_raw_text_in_order(text: str | bytes) -> None:
    data = text.encode() if isinstance(text, str) else text
    entries, problems = subject.parse(data)
    end = 0
    for entry in entries:
        assert data[entry.key.start : entry.key.end].decode("utf-8", "surrogateescape") == entry.route[0]
        assert end <= entry.value.start <= entry.value.end <= len(data)
        end = entry.value.end
        raw = data[entry.value.start : entry.value.end].decode("utf-8", "surrogateescape")
        assert raw == entry.text or (entry.quote and "\\" in raw)
    assert all(0 <= problem.offset <= len(data) for problem in problems)


TABLE = [
    ("A=1", "1", ""),
    ("export A=1", "1", ""),
    ("A = 1 # note", "1", ""),
    ("A=a#b", "a#b", ""),
    ("A=#b", "#b", ""),
    ("A= # note", "", ""),
    ("A=", "", ""),
    ("A='a # b'", "a # b", "'"),
    ('A="a\nb" # note', "a\nb", '"'),
    (r'A="a\n\t\"\\\$"', 'a\n\t"\\\\$', '"'),
    (r"A='a\n\''", r"a\n'", "'"),
    ("A=`a\"b'\\n`", "a\"b'\\n", "`"),
    ("'A'=1", "1", ""),
]


@pytest.mark.parametrize(("text", "value", "quote"), TABLE)
def test_table(text: str, value: str, quote: str) -> None:
    entries, problems = subject.parse(f"{text}\nLAST=z\n".encode())
    assert [(entry.route, entry.text, entry.quote) for entry in entries] == [(("A",), value, quote), (("LAST",), "z", "")]
    assert problems == []


def test_a_name_alone_is_null() -> None:
    ((entry,), problems) = subject.parse(b"  KEY \n")
    assert (entry.route, entry.text, entry.kind, entry.value) == (("KEY",), "", "null", (5, 5))
    assert problems == []


@pytest.mark.parametrize(
    ("line", "found"),
    [('A="b', ["b"]), ("A='b", ["b"]), ("A=`b", ["b"]), ('A="b" c', ["b"]), ("A: b", ["b"]), ("A:", [""]), ("=b", []), ("a few words", [""])],
)
def test_a_broken_line_is_one_problem_and_the_next_line_is_read(line: str, found: list[str]) -> None:
    entries, problems = subject.parse(f"FIRST=1\n{line}\nLAST=z\n".encode())
    assert [entry.text for entry in entries] == ["1", *found, "z"]
    assert [problem.offset for problem in problems] == [8]


def test_problems_and_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(subject, "MAX_ENTRIES", 5)
    entries, problems = subject.parse(b"=\n" * 100 + b"a=1\n" * 100)
    assert (len(entries), len(problems)) == (5, 21)


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"=", b"\n", b"\\", b"<a>", b" ", b'A="\\"'])
def test_five_megabytes_of_the_same(piece: bytes) -> None:
    started = time.process_time()
    subject.parse(piece * (5_000_000 // len(piece)))
    assert time.process_time() - started < 2
