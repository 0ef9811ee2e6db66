"""INI: held against configparser, and what it does where configparser says nothing."""

import configparser
import io
import time

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from agentkey_lint.parse import ini

PIECES = ["a", "key", "b c", "[s]", "[s]\n", "[t u]", "=", ":", " ", "\t", "\n", "\n", "\r\n", "#", ";", "%(x)s", "$", '"', "'", "ü", "\\", "]"]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=40).map("".join)


def check_spans(data: bytes) -> None:
    entries, _ = ini.parse(data)
    end = 0
    for entry in entries:
        assert data[entry.key.start : entry.key.end].decode("utf-8", "surrogateescape") == entry.route[-1]
        assert end <= entry.value.start <= entry.value.end <= len(data)
        end = entry.value.end
        raw = data[entry.value.start : entry.value.end].decode("utf-8", "surrogateescape")
        if "\n" not in raw and "\r" not in raw:
            assert raw == entry.text


@given(TEXTS)
def test_reads_what_configparser_reads(text: str) -> None:
    text = "[first]\n" + text
    oracle = configparser.RawConfigParser(strict=False, allow_no_value=True, interpolation=None, default_section="no such section")
    oracle.optionxform = str  # type: ignore[assignment,method-assign]
    try:
        oracle.read_file(io.StringIO(text, newline=None))
    except (configparser.Error, AttributeError):  # AttributeError: it stumbles over a line that continues a key without a value
        assume(False)
    # These two are read differently on purpose: see the module's docstring.
    assume(all(section == section.strip() for section in oracle.sections()))
    assume(not any(key.startswith("[") for section in oracle.sections() for key in oracle[section]))
    entries, problems = ini.parse(text.encode())
    found: dict[str, dict[str, str | None]] = {section: {} for section in oracle.sections()}
    for entry in entries:
        section, key = entry.route
        found[section][key] = None if entry.kind == "null" else entry.quote + entry.text + entry.quote
    assert problems == []
    assert found == {section: dict(oracle[section]) for section in oracle.sections()}


@given(TEXTS | st.binary())
def test_spans_hold_the_raw_text_in_order(text: str | bytes) -> None:
    check_spans(text.encode() if isinstance(text, str) else text)


def test_keys_before_a_section_have_routes_of_one_step() -> None:
    entries, problems = ini.parse(b"AccountKey = v\n[ a b ]\nk: w\n")
    assert [(entry.route, entry.text) for entry in entries] == [(("AccountKey",), "v"), (("a b", "k"), "w")]
    assert problems == []


def test_duplicates_are_kept() -> None:
    entries, problems = ini.parse(b"[a]\nk=1\nk=2\n[a]\nk=3\n")
    assert [entry.text for entry in entries] == ["1", "2", "3"]
    assert problems == []


@pytest.mark.parametrize("quote", ['"', "'"])
def test_quotes_around_a_whole_value_are_taken_off(quote: str) -> None:
    data = f"k = {quote}a b{quote} \n".encode()
    ((entry,), _) = ini.parse(data)
    assert (entry.text, entry.quote, data[entry.value.start : entry.value.end]) == ("a b", quote, b"a b")


@pytest.mark.parametrize("value", ['"', '"a" "b"', "\"a'", 'a"b"'])
def test_other_quotes_stay(value: str) -> None:
    ((entry,), _) = ini.parse(f"k={value}".encode())
    assert (entry.text, entry.quote) == (value, "")


def test_a_value_over_several_lines() -> None:
    data = b"[a]\r\nk = one\r\n  two\r\n\r\n# no part of it\r\n\tthree  \r\n\r\nl = x # stays\r\n"
    (first, second), problems = ini.parse(data)
    assert first.text == "one\ntwo\n\nthree"
    assert data[first.value.start : first.value.end].startswith(b"one\r\n") and data[first.value.start : first.value.end].endswith(b"\tthree")
    assert second.text == "x # stays"
    assert problems == []


def test_a_key_without_a_delimiter_is_null_and_ends_where_the_key_ends() -> None:
    ((entry,), problems) = ini.parse(b"[a]\n  flag  \n")
    assert (entry.route, entry.text, entry.kind, entry.value) == (("a", "flag"), "", "null", (10, 10))
    assert problems == []


@pytest.mark.parametrize("line", [b"= v", b"[s", b"[]", b": "])
def test_a_broken_line_is_one_problem_and_the_rest_is_read(line: bytes) -> None:
    entries, problems = ini.parse(b"a=1\n" + line + b"\nb=2\n")
    assert [entry.route for entry in entries] == [("a",), ("b",)]
    assert [problem.offset for problem in problems] == [4]


def test_problems_and_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ini, "MAX_ENTRIES", 5)
    entries, problems = ini.parse(b"=\n" * 100 + b"a=1\n" * 100)
    assert (len(entries), len(problems)) == (5, 21)


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"=", b"\n", b"\\", b"<a>", b" "])
def test_five_megabytes_of_the_same(piece: bytes) -> None:
    started = time.process_time()
    ini.parse(piece * (5_000_000 // len(piece)))
    assert time.process_time() - started < 2
