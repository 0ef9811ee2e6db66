"""TOML: held against tomllib; places and broken files by table."""

import datetime
import time
import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.model.facts import Entry
from agentkey_lint.parse import toml
from agentkey_lint.parse.bounds import MAX_DEPTH

Flat = list[tuple[tuple[str, ...], str, object]]

TEXT = st.text(st.characters(codec="utf-8"))
NAMES = st.text("ab-_1", min_size=1, max_size=3) | TEXT
DATES = st.dates() | st.times() | st.datetimes() | st.datetimes(timezones=st.just(datetime.UTC))
SCALARS = st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | TEXT | DATES
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)
TABLES = st.dictionaries(NAMES, VALUES, max_size=4)


def quoted(text: str) -> str:
    return '"' + "".join(f"\\u{ord(sign):04x}" if sign < " " or sign in '\\"\x7f' else sign for sign in text) + '"'


def spelled(value: object, draw: st.DataObject) -> str:
    """The value as TOML, in one of its spellings."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        plain = all(sign >= " " and sign != "\x7f" for sign in value)
        styles = [quoted(value), f'"""\n{quoted(value)[1:-1]}"""', f'"""\n\\\n  {quoted(value)[1:-1]}"""' if not value[:1].isspace() else quoted(value)]
        if plain and "'" not in value:
            styles += [f"'{value}'", f"'''\n{value}'''", f"'''\r\n{value}'''"]
        return draw.draw(st.sampled_from(styles))
    if isinstance(value, list):
        gap = draw.draw(st.sampled_from([" ", "\n  ", " # c ]\n"]))
        return "[" + gap + f",{gap}".join(spelled(item, draw) for item in value) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name_of(key, draw)} = {spelled(item, draw)}" for key, item in value.items()) + "}"
    return value.isoformat() if isinstance(value, datetime.date | datetime.time) else repr(value)


def name_of(name: str, draw: st.DataObject) -> str:
    bare = bool(name) and name.isascii() and name.replace("-", "a").replace("_", "a").isalnum()
    return name if bare and draw.draw(st.booleans()) else quoted(name)


def document(tables: dict[str, object], lists: dict[str, list[dict[str, object]]], draw: st.DataObject) -> str:
    text = ""
    for name, value in tables.items():
        if isinstance(value, dict) and draw.draw(st.booleans()):
            text += "".join(f"{name_of(name, draw)} . {name_of(key, draw)}={spelled(item, draw)}\n" for key, item in value.items())
            text += "" if value else f"{name_of(name, draw)} = {{}}\n"
        else:
            text += f"{name_of(name, draw)} = {spelled(value, draw)} # comment\n"
    for name, items in lists.items():
        for item in items:
            text += f"[[ list.{name_of(name, draw)} ]]\n"
            text += "".join(f"{name_of(key, draw)} = {spelled(value, draw)}\n" for key, value in item.items())
            text += f"[list.{name_of(name, draw)}.'sub table']\n" if draw.draw(st.booleans()) else ""
    return text


def flatten(value: object, route: tuple[str, ...] = ()) -> Flat:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        below = [leaf for key, item in items for leaf in flatten(item, (*route, str(key)))]
        return below or ([(route, "empty", None)] if route else [])
    kinds = {bool: "boolean", int: "number", float: "number", str: "string"}
    return [(route, kinds.get(type(value), "date"), value)]


def read(entry: Entry) -> object:
    if entry.kind in ("string", "empty"):
        return entry.text if entry.kind == "string" else None
    return tomllib.loads(f"x = {entry.text}")["x"]


def lawful(data: bytes, entries: list[Entry]) -> None:
    last = 0
    for entry in entries:
        assert last <= entry.value.start <= entry.value.end <= len(data)
        assert 0 <= entry.key.start <= entry.key.end <= len(data)
        last = entry.value.end


@given(TABLES, st.dictionaries(NAMES, st.lists(TABLES, min_size=1, max_size=3), max_size=2), st.data())
def test_reads_what_tomllib_reads(tables: dict[str, object], lists: dict[str, list[dict[str, object]]], draw: st.DataObject) -> None:
    tables.pop("list", None)
    text = document(tables, lists, draw)
    data = text.encode()
    entries, problems = toml.parse(data)
    assert problems == []
    assert sorted(map(repr, ((entry.route, entry.kind, read(entry)) for entry in entries))) == sorted(map(repr, flatten(tomllib.loads(text))))
    lawful(data, entries)
    for entry in entries:
        raw = data[entry.value.start : entry.value.end].decode()
        assert entry.kind == "empty" or (entry.quote[:1] == '"' and "\\" in raw) or raw == entry.text
        if not entry.route[-1].isdecimal() and "\\" not in data[entry.key.start : entry.key.end].decode():
            assert data[entry.key.start : entry.key.end].decode() == entry.route[-1]


def table(text: bytes) -> list[tuple[str, str, str, bytes, bytes, str]]:
    """Each entry as dotted route, kind, text, raw value, raw key and quote."""
    entries, problems = toml.parse(text)
    assert problems == []
    slices = [(text[entry.value.start : entry.value.end], text[entry.key.start : entry.key.end]) for entry in entries]
    return [(".".join(entry.route), entry.kind, entry.text, *raw, entry.quote) for entry, raw in zip(entries, slices, strict=True)]


def test_places() -> None:
    assert table(b"a.b.'c d' = 1979-05-27T07:32:00Z\ns = \"\"\"\nx\\\n  y\"\"\"\nz = '''q'''\nn = [1, [], {k = \"v\"}]\ne = ''\n") == [
        ("a.b.c d", "date", "1979-05-27T07:32:00Z", b"1979-05-27T07:32:00Z", b"c d", ""),
        ("s", "string", "xy", b"x\\\n  y", b"s", '"""'),
        ("z", "string", "q", b"q", b"z", "'''"),
        ("n.0", "number", "1", b"1", b"1", ""),
        ("n.1", "empty", "", b"[]", b"[]", ""),
        ("n.2.k", "string", "v", b"v", b"k", '"'),
        ("e", "string", "", b"", b"e", "'"),
    ]


def test_arrays_of_tables_have_positions() -> None:
    found = table(b"[[key]]\nid='a'\n[key.sub]\nx=1\n[[key]]\nid='b'\n[[key.deep]]\ny=2\n[[key.deep]]\ny=3\n[[key]]\n[empty]\n[filled]\n[filled.deep]\nz=4\n")
    assert [row[0] for row in found] == ["key.0.id", "key.0.sub.x", "key.1.id", "key.1.deep.0.y", "key.1.deep.1.y", "key.2", "empty", "filled.deep.z"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = 1\nbad =\nok = "x"\n', {"a": "1", "ok": "x"}),
        ('a = "never closed\nb = 3\n[t]\nc = true\n', {"a": "never closed", "b": "3", "t.c": "true"}),
        ("a = ${KEY}\nb = 'x'\n", {"a": "${KEY}", "b": "x"}),
        ("a = bare # why\nb = 'x'\n", {"a": "bare", "b": "x"}),
        ("a : 'x'\nb = 'y'\n", {"a": "x", "b": "y"}),
        ("[t\na = 'x'\n[[l\nb = 1\n", {"t.a": "x", "l.0.b": "1"}),
        ("a = ['x' 'y', 'z']\n", {"a.0": "x", "a.1": "y", "a.2": "z"}),
        ("<<<<<<< HEAD\na = 'x'\n=======\n>>>>>>> main\nb = 'y'\n", {"a": "x", "b": "y"}),
        ("a = {b = 1\nc = 2\n", {"c": "2"}),
        ("a = [1,\nc = 'x'\n", {"c": "x"}),
    ],
)
def test_a_break_costs_no_more_than_itself(text: str, expected: dict[str, str]) -> None:
    entries, problems = toml.parse(text.encode())
    assert {".".join(entry.route): entry.text for entry in entries} == expected
    assert problems and all(0 <= problem.offset <= len(text) for problem in problems)
    lawful(text.encode(), entries)


def test_invalid_bytes_are_kept() -> None:
    entries, _ = toml.parse(b'a = "x\xffy"\nb = "z"\n')
    assert [(entry.text, entry.value) for entry in entries] == [("x\udcffy", (5, 8)), ("z", (15, 16))]


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    entries, problems = toml.parse(b"a = 'x'\nb = " + b"[" * (MAX_DEPTH + 9) + b"1" + b"]" * (MAX_DEPTH + 9) + b"\nc = 'y'\n")
    assert [entry.route for entry in entries] == [("a",), ("c",)] and len(problems) == 1
    entries, problems = toml.parse(b".".join([b"a"] * 300) + b" = 1\nb = 2\n[" + b".".join([b"a"] * 300) + b"]\nc=1\n")
    assert [entry.route for entry in entries] == [("b",)] and len(problems) == 1
    entries, problems = toml.parse(b"x\n" * 100)
    assert entries == [] and 1 <= len(problems) <= toml.MAX_PROBLEMS
    size = toml.MAX_TREE_BYTES // 8
    entries, problems = toml.parse(b"a = '" + b"x" * size * 7 + b"'\nb = '" + b"x" * size * 2 + b"'\n")
    assert len(entries) == 1 and len(problems) == 1
    monkeypatch.setattr(toml, "MAX_ENTRIES", 50)
    entries, problems = toml.parse(b"a = 1\n" * 59)
    assert len(entries) == 50 and len(problems) == 1


@given(st.binary() | st.lists(st.sampled_from([*"[]{}=.,\"'#\n a1-\\\xff", '"""', "a=", "[[", "é"])).map(lambda parts: "".join(parts).encode("latin-1")))
def test_any_bytes(data: bytes) -> None:
    entries, problems = toml.parse(data)
    lawful(data, entries)
    assert all(0 <= problem.offset <= len(data) for problem in problems)


@pytest.mark.parametrize("piece", [b"[", b"{", b"a:", b"- ", b"&a ", b'"', b'a = "\n'])
def test_five_megabytes(piece: bytes) -> None:
    data = piece * (5_000_000 // len(piece))
    begin = time.process_time()
    _, problems = toml.parse(data)
    assert time.process_time() - begin < 5
    assert problems and len(problems) <= toml.MAX_PROBLEMS + 3
