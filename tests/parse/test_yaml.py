"""YAML: held against yaml.safe_load; places, tags, aliases and broken files by table."""

import time

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from agentkey_lint.model.facts import Entry
from agentkey_lint.parse import yaml as subject
from agentkey_lint.parse.bounds import MAX_DEPTH

Flat = list[tuple[tuple[str, ...], object]]

# PyYAML does not read all of its own writing back: a next line (U+0085) in a plain scalar becomes a blank.
TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x85\u2028\u2029"))
SCALARS = st.none() | st.booleans() | st.integers() | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=10)
STYLES = st.fixed_dictionaries(
    {
        "default_flow_style": st.sampled_from([True, False, None]),
        "default_style": st.sampled_from([None, '"', "'", "|", ">"]),
        "allow_unicode": st.booleans(),
        "indent": st.sampled_from([2, 4]),
        "width": st.sampled_from([20, 1000]),
        "explicit_start": st.booleans(),
        "line_break": st.sampled_from(["\n", "\r\n"]),
    }
)


def flatten(value: object, route: tuple[str, ...] = ()) -> Flat:
    if isinstance(value, dict | list):
        items = value.items() if isinstance(value, dict) else enumerate(value)
        below = [leaf for key, item in items for leaf in flatten(item, (*route, str(key)))]
        return below or [(route, "empty")]
    return [(route, value)]


def read(entry: Entry) -> object:
    if entry.kind == "number":
        return int(entry.text)
    return {"null": None, "boolean": entry.text == "true", "empty": "empty"}.get(entry.kind, entry.text)


def lawful(data: bytes, entries: list[Entry]) -> None:
    last = 0
    for entry in entries:
        assert last <= entry.value.start <= entry.value.end <= len(data)
        assert 0 <= entry.key.start <= entry.key.end <= len(data)
        last = entry.value.end


@example({"0\n": ""}, {"default_style": "|"})
@given(st.dictionaries(TEXT, VALUES, min_size=1, max_size=4), STYLES)
def test_reads_what_pyyaml_reads(value: dict[str, object], style: dict[str, object]) -> None:
    data = yaml.safe_dump(value, sort_keys=False, **style).encode()  # type: ignore[call-overload]
    assert yaml.safe_load(data) == value
    entries, problems = subject.parse(data)
    assert problems == []
    assert [(entry.route, read(entry)) for entry in entries] == flatten(value)
    lawful(data, entries)
    for entry in entries:
        raw = data[entry.value.start : entry.value.end].decode()
        if entry.kind != "empty" and entry.quote not in ("|", ">") and "\\" not in raw and "''" not in raw and raw.isprintable():
            assert raw == entry.text
        if not entry.route[-1].isdecimal() and "\n" not in entry.route[-1] and data[entry.key.start : entry.key.end].isalnum():
            assert data[entry.key.start : entry.key.end].decode() == entry.route[-1]


def table(text: str) -> list[tuple[str, str, str, str]]:
    """Each entry as dotted route, kind, text and raw value."""
    data = text.encode()
    entries, problems = subject.parse(data)
    assert problems == []
    lawful(data, entries)
    return [(".".join(entry.route), entry.kind, entry.text, data[entry.value.start : entry.value.end].decode()) for entry in entries]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: x", ("a", "string", "x", "x")),
        ("a: ~", ("a", "null", "~", "~")),
        ("a: yes", ("a", "string", "yes", "yes")),
        ("a: True", ("a", "boolean", "True", "True")),
        ("a: 0x1F", ("a", "number", "0x1F", "0x1F")),
        ("a: 1e3", ("a", "number", "1e3", "1e3")),
        ("a: -.inf", ("a", "number", "-.inf", "-.inf")),
        ("a: 1.2.3", ("a", "string", "1.2.3", "1.2.3")),
        ("a: 2020-01-01", ("a", "string", "2020-01-01", "2020-01-01")),
        ("a: '1'", ("a", "string", "1", "1")),
        ("a: 'it''s'", ("a", "string", "it's", "it''s")),
        ('é: "ü\\n"', ("é", "string", "ü\n", "ü\\n")),
        ("a: |\n  x\n  y\n\nb: &z 1", ("a", "string", "x\ny\n", "x\n  y")),
        ("a: >-\n  x\n  y\n", ("a", "string", "x y", "x\n  y")),
        ("a: x\n  y\n", ("a", "string", "x y", "x\n  y")),
        ("a: !vault |\n  $ANSIBLE\n", ("a", "tag:!vault", "$ANSIBLE\n", "$ANSIBLE")),
        ("a: !Sub '${X}'", ("a", "tag:!Sub", "${X}", "${X}")),
        ("a: !!str 1", ("a", "string", "1", "1")),
        ("a: !!python/none x", ("a", "tag:!!python/none", "x", "x")),
        ("a: !Ref", ("a", "tag:!Ref", "", "")),
        ("a: ! 1", ("a", "string", "1", "1")),
        ("a: &anchor # why\n  x", ("a", "string", "x", "x")),
        ("a: &b !c 'x'", ("a", "tag:!c", "x", "x")),
        ("a: []", ("a", "empty", "", "[]")),
        ("a: !Join { }", ("a", "empty", "", "{ }")),
        ("- x", ("0", "string", "x", "x")),
        ("- - x", ("0.0", "string", "x", "x")),
        ("x", ("", "string", "x", "x")),
        ("? [p]\n: x", ("?.0", "string", "p", "p")),
        ("--- \n---\na: x\n...\n", ("a", "string", "x", "x")),
        ("a: x\r\nb: y\r\n", ("a", "string", "x", "x")),
    ],
)
def test_first_value(text: str, expected: tuple[str, str, str, str]) -> None:
    assert table(text)[0] == expected


def test_empty_values_stand_where_they_would_be_written() -> None:
    text = b"a:\nb: &x\nc: {k: , l}\n"
    entries, problems = subject.parse(text)
    assert problems == []
    assert [(entry.route, entry.kind, entry.value) for entry in entries] == [
        (("a",), "null", (2, 2)),
        (("b",), "null", (8, 8)),
        (("c", "k"), "null", (16, 16)),
        (("c", "l"), "null", (19, 19)),
    ]


def test_aliases_are_not_followed() -> None:
    assert table("a: &x {k: v}\nb: *x\nc:\n  <<: *x\n  m: n\n*x : o\n") == [
        ("a.k", "string", "v", "v"),
        ("b", "alias", "", "*x"),
        ("c.<<", "alias", "", "*x"),
        ("c.m", "string", "n", "n"),
        ("*x", "string", "o", "o"),
    ]
    bomb = "a0: &a0 [x]\n" + "".join(f"a{number}: &a{number} [{', '.join([f'*a{number - 1}'] * 9)}]\n" for number in range(1, 30))
    assert len(table(bomb)) == 1 + 29 * 9


def test_documents_share_their_routes() -> None:
    assert [row[0] for row in table("a: 1\n---\nb: 2\n---\n- 3\n")] == ["a", "b", "0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: c: d\ne: f\n", {"a": "1", "b": "c", "e": "f"}),
        ('a: 1\nb: "never closed\nc: 2\nd: 3\n', {"a": "1", "c": "2", "d": "3"}),
        ("a: [1, 2\nb: x\nc: y\n", {"a.0": "1", "a.1": "2 b", "c": "y"}),
        ("a: 1\n\tb: 2\nc: 3\n", {"c": "3"}),
        ("a: @x\nb: `y`\nc: 3\n", {"c": "3"}),
        ("  a: 1\nb: 2\n", {"a": "1", "b": "2"}),
        ("a: *\nb: 2\n", {"b": "2"}),
    ],
)
def test_a_break_costs_no_more_than_it_must(text: str, expected: dict[str, str]) -> None:
    entries, problems = subject.parse(text.encode())
    found = {".".join(entry.route): entry.text for entry in entries}
    assert found == expected
    assert len(problems) == 1 and 0 < problems[0].offset <= len(text) and not set(problems[0].message.split()) & set(text.split())


def test_a_template_is_one_problem() -> None:
    text = b"a: 1\n{{- if .Values.x }}\nb: {{ .Values.b }}-c\n{{- end }}\nd:\n  - {{ include \"x\" . }}\n  {{- range . }}\n  - e\n  {{- end }}\nf: 'g'\n"
    entries, problems = subject.parse(text)
    assert len(problems) == 1
    assert {("a",): "1", ("f",): "g"}.items() <= {entry.route: entry.text for entry in entries}.items()


def test_what_pyyaml_refuses_is_kept() -> None:
    data = b"a: x\xff\x00\xc2\x81\xef\xbb\xbfy\nb\x07: 'z'\nc: \xf0\x9f\x94\x91k\n"
    entries, problems = subject.parse(data)
    assert problems == []
    assert [entry.text for entry in entries] == ["x\udcff\x00\x81\ufeffy", "z", "🔑k"]
    assert [data[entry.value.start : entry.value.end].decode("utf-8", "surrogateescape") for entry in entries] == [entry.text for entry in entries]


def test_works_without_libyaml(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "é: &x !t 'ü'\nb: |\n  x\n  y\nc: [1, {d: }]\ne: *x\n"
    with_it = table(text)
    monkeypatch.setattr(subject, "_LOADER", yaml.Loader)
    assert table(text) == with_it


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    entries, problems = subject.parse(b"a: x\nb: " + b"[" * (MAX_DEPTH + 9))
    assert [entry.route for entry in entries] == [("a",)] and len(problems) == 1
    monkeypatch.setattr(subject, "MAX_ENTRIES", 50)
    entries, problems = subject.parse(b"- a\n" * 59)
    assert len(entries) == 50 and len(problems) == 1


PIECES = [*"[]{}:,\"'#\n -?&*!|>%@`a1\\\t\r\x00é\x85\u2028\ufeff\U0001f511", "a: ", "- ", "\n  ", "---\n", "{{"]
SIGNS = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.binary() | SIGNS.map(str.encode))
def test_any_bytes(data: bytes) -> None:
    entries, problems = subject.parse(data)
    assert all(0 <= problem.offset <= len(data) for problem in problems)
    lawful(data, entries)


@pytest.mark.parametrize("piece", ["[", "{", "a:", "- ", "&a ", '"', "é: é\n", "---\n", "\x00"])
def test_five_megabytes(piece: str) -> None:
    data = (piece * (5_000_000 // len(piece.encode()))).encode()
    begin = time.process_time()
    _, problems = subject.parse(data)
    assert time.process_time() - begin < 5
    assert len(problems) <= 2


@given(st.text("~nulNULtrueTRUEfalsFALSE+-.0123456789eExoinfINFaA ", max_size=9) | st.sampled_from(["null", "True", ".5", "-.inf", "0x1F", "none"]))
def test_a_string_is_told_by_its_beginning_only_if_it_is_one(text: str) -> None:
    patterns = {"null": subject._NULL, "boolean": subject._BOOLEAN, "number": subject._NUMBER}
    assert subject._kind(None, text, False) == next((kind for kind, pattern in patterns.items() if pattern.fullmatch(text)), "string")
