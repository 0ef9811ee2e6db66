"""HCL: held against tree-sitter-hcl on sound files; places and broken files by table."""

import time

import pytest
import tree_sitter
import tree_sitter_hcl
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.model.facts import Entry
from agentkey_lint.parse import hcl
from agentkey_lint.parse.bounds import MAX_DEPTH

Flat = list[tuple[tuple[str, ...], str, object]]

NAMES = st.sampled_from(["a", "b_c", "d-e", "path", "x1"])
LABELS = st.text(st.characters(codec="utf-8", exclude_characters="$%\\\"\n\r", exclude_categories=("Cc", "Cs")), max_size=5)
TEMPLATES = st.sampled_from(["${a}", 'x${f("q", {a = 1})}y', "%{ if a }b%{ endif }", "$${a}", "$", "%", "${a}${b}"])
EXPRESSIONS = st.sampled_from(
    ["var.a", 'f("x", [1])', "a ? b : c", "[for x in y : x]", "{for k, v in y : k => v}", "1 + 2", "jsonencode({\n a = 1\n})", '"a" == b', "l[0]"]
)
Raw = tuple[str, str]  # kind and spelling
SCALARS = (
    st.tuples(st.just("boolean"), st.sampled_from(["true", "false"]))
    | st.tuples(st.just("null"), st.just("null"))
    | st.tuples(st.just("number"), st.sampled_from(["0", "12", "1.5"]))
    | st.tuples(st.just("string"), LABELS | TEMPLATES)
    | st.tuples(st.just("expression"), EXPRESSIONS)
)
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8)
BODIES = st.dictionaries(NAMES, VALUES, max_size=3)
FILES = st.tuples(BODIES, st.lists(st.tuples(NAMES, st.lists(LABELS, max_size=2), BODIES), max_size=3))


def spelled(value: object, draw: st.DataObject) -> str:
    if isinstance(value, tuple):
        return f'"{value[1]}"' if value[0] == "string" else value[1]
    gap = draw.draw(st.sampled_from([" ", "\n  ", " # c }\n", " /* ] */ "]))
    assert isinstance(value, dict | list)
    if isinstance(value, dict):
        signs = draw.draw(st.sampled_from([" = ", ": "]))
        return "{" + gap + f",{gap}".join(f'"{key}"{signs}{spelled(item, draw)}' for key, item in value.items()) + "\n}"
    return "[" + gap + f",{gap}".join(spelled(item, draw) for item in value) + gap + "]"


def flatten(value: object, route: tuple[str, ...]) -> Flat:
    if isinstance(value, tuple):
        return [(route, *value)]
    assert isinstance(value, dict | list)
    items = value.items() if isinstance(value, dict) else enumerate(value)
    return [leaf for key, item in items for leaf in flatten(item, (*route, str(key)))] or [(route, "empty", "")]


def body(values: dict[str, object], draw: st.DataObject) -> str:
    return "".join(f"{key} = {spelled(value, draw)} // c\n" for key, value in values.items())


def lawful(data: bytes, entries: list[Entry]) -> None:
    last = 0
    for entry in entries:
        assert last <= entry.value.start <= entry.value.end <= len(data)
        assert 0 <= entry.key.start <= entry.key.end <= len(data)
        last = entry.value.end


@given(FILES, st.data())
def test_reads_what_was_written(file: tuple[dict[str, object], list[tuple[str, list[str], dict[str, object]]]], draw: st.DataObject) -> None:
    values, blocks = file
    text = body(values, draw)
    expected = flatten(values, ()) if values else []
    for kind, labels, inside in blocks:
        text += " ".join([kind, *(f'"{label}"' for label in labels)]) + " {\n" + body(inside, draw) + "}\n"
        expected += flatten(inside, (kind, *labels))
    data = text.encode()
    entries, problems = hcl.parse(data)
    assert problems == []
    assert [(entry.route, entry.kind, entry.text) for entry in entries] == expected
    lawful(data, entries)
    for entry in entries:
        assert entry.kind == "empty" or data[entry.value.start : entry.value.end].decode() == entry.text
        assert entry.route[-1].isdecimal() or data[entry.key.start : entry.key.end].decode() == entry.route[-1]


def leaves(data: bytes) -> list[tuple[str, tuple[int, int]]]:
    """Kind and place of every value outside of expressions, as tree-sitter sees them."""
    root = tree_sitter.Parser(tree_sitter.Language(tree_sitter_hcl.language())).parse(data).root_node
    assert not root.has_error
    found: list[tuple[str, tuple[int, int]]] = []
    todo = [root]
    while todo:
        node = todo.pop()
        if node.type == "object_elem":
            todo.append(node.named_children[1])
        elif node.type == "expression":
            inner = node.named_children[0] if len(node.children) == 1 else node
            inner = inner.named_children[0] if inner.type in ("literal_value", "collection_value", "template_expr") else inner
            kinds = {"string_lit": "string", "quoted_template": "string", "numeric_lit": "number", "bool_lit": "boolean", "null_lit": "null"}
            if inner.type in ("tuple", "object"):
                todo.extend(reversed(inner.named_children))
            else:
                quote = inner.type in ("string_lit", "quoted_template")
                found.append((kinds.get(inner.type, "expression"), (inner.start_byte + quote, inner.end_byte - quote)))
        else:
            todo.extend(reversed(node.named_children))
    return found


@given(FILES, st.data())
def test_places_are_those_of_tree_sitter(file: tuple[dict[str, object], list[tuple[str, list[str], dict[str, object]]]], draw: st.DataObject) -> None:
    values, blocks = file
    data = (body(values, draw) + "".join(f"{kind} {{\n{body(inside, draw)}}}\n" for kind, _, inside in blocks)).encode()
    entries, _ = hcl.parse(data)
    assert [(entry.kind, tuple(entry.value)) for entry in entries if entry.kind != "empty"] == leaves(data)


def table(text: str) -> list[tuple[str, str, str, str, str]]:
    """Each entry as route, kind, text, raw value and quote."""
    data = text.encode()
    entries, problems = hcl.parse(data)
    assert problems == []
    lawful(data, entries)
    return [("/".join(entry.route), entry.kind, entry.text, data[entry.value.start : entry.value.end].decode(), entry.quote) for entry in entries]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = "x\\n\\u00e9\\""', [("a", "string", 'x\né"', 'x\\n\\u00e9\\"', '"')]),
        ('a = "\\t${b("\\n")}"', [("a", "string", '\\t${b("\\n")}', '\\t${b("\\n")}', '"')]),
        ('a = "${f({\n b = "c"\n})}"\nd = 1', [("a", "string", '${f({\n b = "c"\n})}', '${f({\n b = "c"\n})}', '"'), ("d", "number", "1", "1", "")]),
        ("a = <<-EOT\n    x ${y}\n      z\n  EOT\nb = 1", [("a", "string", "x ${y}\n  z\n", "x ${y}\n      z", "<<-"), ("b", "number", "1", "1", "")]),
        ("a = <<E\n  x\nE\n", [("a", "string", "  x\n", "x", "<<")]),
        ("a = <<E\nE\n", [("a", "string", "", "", "<<")]),
        ("a = 1.5e3", [("a", "number", "1.5e3", "1.5e3", "")]),
        ("a = -5", [("a", "number", "-5", "-5", "")]),
        ('"a" = ""', [("a", "string", "", "", '"')]),
        ("a {}\n", [("a", "empty", "", "{}", "")]),
        ('a "b" c { d { e = 1 } }', [("a/b/c/d/e", "number", "1", "1", "")]),
        ("a = { (b) = 1, c.d = 2 }", [("a/(b)", "number", "1", "1", ""), ("a/c.d", "number", "2", "2", "")]),
        ("a = [1, 2,]", [("a/0", "number", "1", "1", ""), ("a/1", "number", "2", "2", "")]),
        ("a = [b == c, d]", [("a/0", "expression", "b == c", "b == c", ""), ("a/1", "expression", "d", "d", "")]),
        ("/* a = 1 */ b = 2 # c = 3\n// d = 4\n", [("b", "number", "2", "2", "")]),
        ("a = 1\r\nb = c\r\n", [("a", "number", "1", "1", ""), ("b", "expression", "c", "c", "")]),
        ("", []),
    ],
)
def test_values(text: str, expected: list[tuple[str, str, str, str, str]]) -> None:
    assert table(text) == expected


def test_policy() -> None:
    found = table('path "secret/*" {\n  capabilities = ["read", "list"]\n}\npath "sys/*" {\n  policy = "sudo"\n}\n')
    assert [row[0] for row in found] == ["path/secret/*/capabilities/0", "path/secret/*/capabilities/1", "path/sys/*/policy"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('a = 1\nbad =\nok = "x"\n', {"a": "1", "ok": "x"}),
        ('a = "never closed\nb = 2\n', {"a": "never closed", "b": "2"}),
        ('a = "${f(\nb = 2\nc = "${d}"\n', {"a": "${f(", "b": "2", "c": "${d}"}),
        ('p "x" {\n  a = 1\n', {"p/x/a": "1"}),
        ("p {\n  a = [1, 2\n  b = 3\n}\nc = 4\n", {"p/a/0": "1", "p/a/1": "2", "p/b": "3", "c": "4"}),
        ("a = [1, 2\nb = 3\n", {"a/0": "1", "a/1": "2", "b": "3"}),
        ("p {\n a = [1\n}\nc = 4\n", {"p/a/0": "1", "c": "4"}),
        ("a = f(1,\nb = 2\n", {"a": "f(1,", "b": "2"}),
        ("a = <<EOT\nb = 2\n", {"a": "<<EOT", "b": "2"}),
        ("}\na = 1\n", {"a": "1"}),
        ("what is this\na = 1\n", {"a": "1"}),
        ("a b = 1\n", {"b": "1"}),
    ],
)
def test_a_break_costs_no_more_than_itself(text: str, expected: dict[str, str]) -> None:
    entries, problems = hcl.parse(text.encode())
    assert {"/".join(entry.route): entry.text for entry in entries} == expected
    assert problems and all(0 <= problem.offset <= len(text) for problem in problems)
    lawful(text.encode(), entries)


def test_invalid_bytes_are_kept() -> None:
    entries, problems = hcl.parse(b'p "\xff" { a = "x\xfe" }')
    assert problems == [] and [(entry.route, entry.text) for entry in entries] == [(("p", "\udcff", "a"), "x\udcfe")]


def test_bounds(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = MAX_DEPTH + 9
    entries, problems = hcl.parse(b"a = 1\nb = " + b"[" * deep + b"1" + b"]" * deep + b"\nc = 2\n")
    assert [entry.route for entry in entries] == [("a",), ("c",)] and len(problems) == 1
    monkeypatch.setattr(hcl, "MAX_ENTRIES", 50)
    entries, problems = hcl.parse(b"a = 1\n" * 59)
    assert len(entries) == 50 and len(problems) == 1
    _, problems = hcl.parse(b"x\n" * 100)
    assert len(problems) == hcl.MAX_PROBLEMS


SIGNS = st.lists(st.sampled_from([*'[]{}()=:,"#\n a1-\\$%.\r', "${", "<<E\n", "E\n", "<<-", "/*", "*/", "//", "for", "a = ", "é", "\x00"])).map("".join)


@given(st.binary() | SIGNS.map(str.encode))
def test_any_bytes(data: bytes) -> None:
    entries, problems = hcl.parse(data)
    assert all(0 <= problem.offset <= len(data) for problem in problems)
    lawful(data, entries)


@pytest.mark.parametrize("piece", [b"[", b"{", b"a:", b"- ", b"&a ", b'"', b'"\n', b'a="${\n', b",\t"])
def test_five_megabytes(piece: bytes) -> None:
    data = piece * (5_000_000 // len(piece))
    begin = time.process_time()
    _, problems = hcl.parse(data)
    assert time.process_time() - begin < 5
    assert len(problems) <= hcl.MAX_PROBLEMS + 2
