"""The one pass over the bytes: what it sees, where, and what stands beside it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import readers
from agentkey_lint.catalog.compiled import ANCHORS, KINDS, MARKED, READERS
from agentkey_lint.match import keys, scan
from agentkey_lint.match.simd import compile_literals
from agentkey_lint.testing import expand

KEY = expand("tvly-{{32 x aA0}}", "scan")


def kinds(data: bytes) -> list[str]:
    return [KINDS[number][0] for number, _ in scan.scan(data).candidates]


@given(st.lists(st.sampled_from([b"abc", b"ABC", b"abcd", b"xy", b"x", b" ", b"\0", b"\xff"]), max_size=20).map(b"".join))
def test_every_occurrence_of_every_literal_is_seen(data: bytes) -> None:
    """Held against a search in plain Python, overlaps included."""
    literals = [(b"abc", False, b""), (b"abcd", True, b""), (b"xyx", False, b"")]
    seen: set[tuple[int, int]] = set()
    compile_literals(literals)(data, lambda number, start, end, flags, context: seen.add((number, end)))
    expected = set()
    for number, (literal, caseless, _) in enumerate(literals):
        text, wanted = (data.lower(), literal.lower()) if caseless else (data, literal)
        expected |= {(number, at + len(wanted)) for at in range(len(text)) if text.startswith(wanted, at)}
    assert seen == expected


@pytest.mark.parametrize("before", ["", " ", '"', "=", "\\n", "%3D", ":", "/", "(", "_"])
def test_what_may_stand_before_a_key(before: str) -> None:
    assert "tavily-api-key" in kinds(f"{before}{KEY}".encode())


@pytest.mark.parametrize(("before", "after"), [("x", ""), ("9", ""), ("", "x"), ("", "_"), ("", "9")])
def test_what_makes_it_a_part_of_something_else(before: str, after: str) -> None:
    assert "tavily-api-key" not in kinds(f"{before}{KEY}{after}".encode())


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_a_key_between_any_bytes(before: bytes, after: bytes) -> None:
    data = before + b" " + KEY.encode() + b"\n" + after
    spans = [match.span() for number, match in scan.scan(data).candidates if KINDS[number][0] == "tavily-api-key"]
    assert (len(before) + 1, len(before) + 1 + len(KEY)) in spans


@given(st.lists(st.one_of(st.binary(max_size=12), st.sampled_from([literal for literal, _, _ in ANCHORS])), max_size=30).map(b"".join))
def test_no_bytes_are_too_odd(data: bytes) -> None:
    hits = scan.scan(data)
    found = keys.find(data, hits.candidates, ())
    ends = 0
    for match in found:
        assert ends <= match.secret.start < match.secret.end <= len(data), "in order and without overlap"
        assert 0 <= match.prefix <= match.secret.end - match.secret.start
        ends = match.secret.end


def test_of_two_readings_the_surer_one_stays() -> None:
    """A key in a URL is a key of its vendor, and one finding."""
    data = f"https://ci:{KEY}@git.internal.net/".encode()
    found = keys.find(data, scan.scan(data).candidates, ())
    assert [match.facts.vendor for match in found] == ["Tavily"]


def test_candidates_come_in_the_order_of_their_anchors() -> None:
    """What a URL holds is seen before it is known that the URL has a password."""
    data = f"https://ci:{KEY}@git.internal.net/ and https://ci:{KEY}@git.internal.net/".encode()
    assert kinds(data) == ["url-password", "tavily-api-key"] * 2


def test_many_keys_on_one_line() -> None:
    data = b",".join(expand("tvly-{{32 x aA0}}", seed).encode() for seed in range(500))
    assert len(keys.find(data, scan.scan(data).candidates, ())) == 500


def test_an_anchor_further_in() -> None:
    """The kind's text begins before its anchor; what stands there already belongs to another match or does not."""
    text = expand("{{44 x aA0_-}}AzFu{{5 x aA0_-}}A==", 4)
    assert kinds(f"x = {text};".encode()) == ["azure-functions-key"]
    assert kinds(f"x = {text} {expand('{{44 x aA0_-}}AzFu{{5 x aA0_-}}A==', 5)}".encode()) == ["azure-functions-key"] * 2
    assert kinds(f"x = {text}=".encode()) in ([], ["azure-functions-key"])
    assert kinds(text[1:].encode()) == []


marked = st.sampled_from([text[:size] for number in MARKED for text in READERS[number][0] for size in (3, 7, 8, 9, len(text))])


@given(st.lists(marked | st.binary(max_size=3), max_size=6).map(b"".join), st.sampled_from(["a.json", "a/mcp.json", "settings.json"]), st.booleans())
def test_what_the_pass_saw_of_marks_says_who_reads_a_file_as_a_search_does(data: bytes, path: str, long: bool) -> None:
    data = data.rjust(scan.FEW + 1) if long else data  # by the compiled database, or by each literal in turn
    assert readers.find(path, data, bool(scan.scan(data).marks)) == readers.find(path, data)


@pytest.mark.parametrize("text", [text for number in MARKED for text in READERS[number][0]])
def test_each_text_by_which_a_marked_reader_is_known_has_its_mark(text: bytes) -> None:
    assert scan.scan(b"{" + text + b"}").marks
    assert readers.find("a.json", text)
