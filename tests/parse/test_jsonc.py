"""JSON: held against json.loads; comments, JSON5 and broken files by table."""

import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.parse import jsonc
from agentkey_lint.parse.bounds import MAX_DEPTH

Flat = list[tuple[tuple[str, ...], str, object]]

SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4), max_leaves=20)
STYLES = st.fixed_dictionaries({"indent": st.sampled_from([None, 0, 2]), "ensure_ascii": st.booleans()})
TRIVIA = st.sampled_from(["", " ", "\n", "\r\n\t", "// x, ] \"\n", "/* y: } ' **/", "/**/"])


def flatten(value: object, route: tuple[str, ...] = ()) -> Flat:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        below = [leaf for key, item in items for leaf in flatten(item, (*route, str(key)))]
        return below or [(route, "empty", None)]
    kind = {type(None): "null", bool: "boolean", int: "number", float: "number", str: "string"}[type(value)]
    return [(route, kind, value)]


def found(text: str) -> Flat:
    entries, problems = jsonc.parse(text.encode("utf-8", "surrogatepass"))
    assert problems == []
    values = {"string": lambda t: t, "empty": lambda t: None}
    return [(entry.route, entry.kind, values.get(entry.kind, json.loads)(entry.text)) for entry in entries]


@given(VALUES, STYLES)
def test_reads_what_json_reads(value: object, style: dict[str, object]) -> None:
    assert found(json.dumps(value, **style)) == flatten(value)  # type: ignore[arg-type]


def commented(value: object, trivia: st.DataObject) -> str:
    def gap() -> str:
        return trivia.draw(TRIVIA)

    if isinstance(value, dict):
        inside = [f"{json.dumps(key)}{gap()}:{gap()}{commented(item, trivia)}" for key, item in value.items()]
    elif isinstance(value, list):
        inside = [commented(item, trivia) for item in value]
    else:
        return json.dumps(value)
    body = f"{gap()},{gap()}".join(inside) + ("," if inside and trivia.draw(st.booleans()) else "")
    opening, closing = "{}" if isinstance(value, dict) else "[]"
    return f"{opening}{gap()}{body}{gap()}{closing}"


@given(VALUES, st.data())
def test_comments_and_trailing_commas_change_nothing(value: object, data: st.DataObject) -> None:
    assert found(commented(value, data)) == flatten(value)


@given(st.lists(VALUES, max_size=4))
def test_documents_after_each_other_share_their_routes(values: list[object]) -> None:
    assert found("\n".join(map(json.dumps, values))) == [leaf for value in values for leaf in flatten(value)]


PIECES = st.sampled_from(["{", "}", "[", "]", ",", ":", '"', "'", '"a"', '"b":', "'c'", "d", "1", "true", "\\", "\\u", "\n", " ", "//", "/*", "*/", "${X}"])
BROKEN = st.lists(PIECES, max_size=50).map(lambda pieces: "".join(pieces).encode())


@given(BROKEN | st.binary() | st.tuples(VALUES, st.integers(0, 200)).map(lambda pair: json.dumps(pair[0]).encode()[: pair[1]]))
def test_spans_hold_the_raw_text_in_order(data: bytes) -> None:
    entries, problems = jsonc.parse(data)
    end = 0
    for entry in entries:
        assert end <= entry.value.start <= entry.value.end <= len(data)
        end = entry.value.end
        raw = data[entry.value.start : entry.value.end].decode("utf-8", "surrogateescape")
        assert raw == entry.text or "\\" in raw or entry.kind == "empty"
        if entry.key != entry.value:
            key = data[entry.key.start : entry.key.end].decode("utf-8", "surrogateescape")
            assert key == entry.route[-1] or "\\" in key
    assert len(problems) <= 20  # none of these is large enough for a bound
    assert all(0 <= problem.offset <= len(data) for problem in problems)


def test_keys_and_items() -> None:
    data = b'{"a": {"b": ["x", 2]}, "e": [ ]}'
    entries, _ = jsonc.parse(data)
    assert [(entry.route, data[slice(*entry.key)], data[slice(*entry.value)], entry.quote) for entry in entries] == [
        (("a", "b", "0"), b"x", b"x", '"'),
        (("a", "b", "1"), b"2", b"2", ""),
        (("e",), b"e", b"[ ]", ""),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("'a\"b'", "string", 'a"b'),
        ("'it\\'s'", "string", "it's"),
        ('"a\\\nb\\x41\\v\\0"', "string", "abA\v\0"),
        ('"\\ud83d\\ude00\\ud83d"', "string", "😀\ud83d"),
        ("0x1F", "number", "0x1F"),
        ("+1", "number", "+1"),
        (".5", "number", ".5"),
        ("5.", "number", "5."),
        ("-Infinity", "number", "-Infinity"),
        ("NaN", "number", "NaN"),
    ],
)
def test_json5(text: str, kind: str, value: str) -> None:
    entries, problems = jsonc.parse(f"{{plain: {text}, 'quoted': {text}, $o-k_1: [{text}]}}".encode())
    assert [entry.route for entry in entries] == [("plain",), ("quoted",), ("$o-k_1", "0")]
    assert {(entry.kind, entry.text) for entry in entries} == {(kind, value)}
    assert problems == []


@pytest.mark.parametrize(
    ("text", "pairs", "faults"),
    [
        ('{"a": 1 "b": 2}', ["a=1", "b=2"], 1),
        ("{'a': 1 'b': 2 c: 3}", ["a=1", "b=2", "c=3"], 2),
        ('{"a" 1, "b": 2}', ["a=1", "b=2"], 1),
        ('{"a": , "b": 2}', ["b=2"], 1),
        ('{"a": "b": 2}', ["b=2"], 1),
        ('{"a", "b": 2}', ["b=2"], 1),
        ('{"a": 1,, "b": 2}', ["a=1", "b=2"], 1),
        ('{"a": "x,\n "b": 2}', ["a=x", "b=2"], 1),
        ('{"a": ["x\n "y"], "b": 2}', ["a.0=x", "a.1=y", "b=2"], 1),
        ('{"a": ["x", "b": 2}', ["a.0=x", "b=2"], 1),
        ('{"a": {"b": [1}, "c": 2}', ["a.b.0=1", "c=2"], 1),
        ('{"a": [1]], "b": 2}', ["a.0=1", "b=2"], 1),
        ('{"a": {"b": 1', ["a.b=1"], 1),
        ('{"a": {', [], 1),
        ('{"a": "x', ["a=x"], 2),
        ("[1 2]", ["0=1", "1=2"], 1),
        ('["x", "a": 1, "y"]', ["0=x", "a=1", "1=y"], 1),
        ('"a": 1', ["a=1"], 1),
        ("{a: ${X}, b: word}", ["a=${X}", "b=word"], 2),
        ('{"a": "C:\\dir\\u12", "b": 2}', ["a=C:\\dir\\u12", "b=2"], 1),
        ('{"a": 1} /* b', ["a=1"], 1),
        ("{{ x }}", [], 2),
    ],
)
def test_a_broken_file_keeps_its_other_values(text: str, pairs: list[str], faults: int) -> None:
    entries, problems = jsonc.parse(text.encode())
    assert [f"{'.'.join(entry.route)}={entry.text}" for entry in entries] == pairs
    assert len(problems) == faults


def nested(depth: int) -> bytes:
    return b'["x", ' + b"[" * depth + b'"}"' + b"]" * depth + b', "y"]'


def test_nesting_is_bounded_and_what_follows_is_read() -> None:
    entries, problems = jsonc.parse(nested(MAX_DEPTH - 1))
    assert ([entry.text for entry in entries], problems) == (["x", "}", "y"], [])
    entries, problems = jsonc.parse(nested(MAX_DEPTH) * 3)
    assert [entry.text for entry in entries] == ["x", "y"] * 3
    assert [entry.route for entry in entries][1] == ("2",)
    assert len(problems) == 1


def test_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jsonc, "MAX_ENTRIES", 5)
    for item in (b"1,", b'"",', b"[],", b"{} "):
        entries, problems = jsonc.parse(b"[" + item * 9 + b"]")
        assert len(entries) == 5
        assert any("too many" in problem.message for problem in problems)
    assert jsonc.parse(b"[1, 2, 3, 4, []] // whole")[1] == []


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"=", b"\n", b"\\", b"<a>", b"/*", b"[{"])
def test_five_megabytes_of_the_same(piece: bytes) -> None:
    started = time.process_time()
    jsonc.parse(piece * (5_000_000 // len(piece)))
    assert time.process_time() - started < 8  # about 1 on an idle machine; with the square of the length it would be minutes


@pytest.mark.parametrize("tail", [b"}", b"[]", b'"', b",[[]]"])
def test_a_deep_start_makes_the_rest_no_slower_than_linear(tail: bytes) -> None:
    started = time.process_time()
    jsonc.parse(b"[" * MAX_DEPTH + tail * (300_000 // len(tail)))
    assert time.process_time() - started < 8  # about 1 on an idle machine; with the square of the length it would be minutes
