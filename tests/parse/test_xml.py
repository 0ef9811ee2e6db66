"""XML: held against ElementTree; spans, entities and hostile declarations by table."""

import time
from xml.etree import ElementTree
from xml.sax import saxutils

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.parse import xml
from agentkey_lint.parse.bounds import MAX_DEPTH

NAMES = st.sampled_from(["a", "b", "server", "x.y", "é"])
TEXT = st.text(st.sampled_from("ab <>&\"'é😀\n\t]["), max_size=8)


@st.composite
def elements(draw: st.DrawFn, depth: int = 0) -> str:
    name = draw(NAMES)
    attributes = "".join(f"\n {key} = {saxutils.quoteattr(draw(TEXT))}" for key in draw(st.lists(NAMES, unique=True, max_size=2)))
    children = [draw(elements(depth + 1)) for _ in range(draw(st.integers(0, 3)))] if depth < 3 and draw(st.booleans()) else []
    text = draw(TEXT)
    if children:
        body = "\n<!-- <no> & -->".join(children)
    elif draw(st.booleans()):
        body = "".join(draw(st.sampled_from([saxutils.escape(sign), f"&#{ord(sign)};", f"<![CDATA[{sign}]]>", saxutils.escape(sign)])) for sign in text)
        body += draw(st.sampled_from(["", "<!-- & -->", "<?pi?>"]))
    else:
        return f"<{name}{attributes}/>"
    return f"<{name}{attributes}>{body}</{name}>"


def oracle(element: ElementTree.Element, route: tuple[str, ...] = ()) -> list[tuple[tuple[str, ...], str]]:
    route = (*route, element.tag)
    pairs = [((*route, f"@{name}"), value) for name, value in element.items()]
    if len(element):
        return pairs + [pair for child in element for pair in oracle(child, route)]
    return [*pairs, (route, element.text or "")]


def settled(pairs: list[tuple[tuple[str, ...], str]]) -> list[tuple[tuple[str, ...], str]]:
    """Without what the two tell apart on purpose: white space around texts, and elements without any."""
    return [(route, text.strip()) for route, text in pairs if text.strip()]


@given(elements())
def test_reads_what_elementtree_reads(text: str) -> None:
    entries, problems = xml.parse(f'<?xml version="1.0" encoding="utf-16"?>\n{text}\n'.encode())
    assert settled([(entry.route, entry.text) for entry in entries]) == settled(oracle(ElementTree.fromstring(text)))
    assert problems == []


PIECES = st.sampled_from(["<a>", "</a>", "<a x='1' y=\"&lt;\">", "<b/>", "<!-- x -->", "<![CDATA[", "]]>", "t", " ", "\n", "&amp;", "&", "<", "<?x?>", "\0"])


@given(elements().map(str.encode) | st.lists(PIECES, max_size=30).map(lambda pieces: f"<a>{''.join(pieces)}</a>".encode()) | st.binary())
def test_spans_hold_the_raw_text_in_order(data: bytes) -> None:
    entries, problems = xml.parse(data)
    end = 0
    for entry in entries:
        key, raw = (data[span.start : span.end].decode("utf-8", "surrogateescape") for span in (entry.key, entry.value))
        assert key == entry.route[-1].removeprefix("@")
        assert end <= entry.value.start <= entry.value.end <= len(data)
        end = entry.value.end
        assert raw == entry.text or set(raw) & set("&<\r\n\t")
    assert all(0 <= problem.offset <= len(data) for problem in problems)


def test_a_maven_server() -> None:
    data = b"<settings>\r\n <servers><server>\r\n  <id>x</id><password> p&amp;q </password>\r\n </server></servers></settings>"
    entries, problems = xml.parse(data)
    assert [(entry.route[-1], entry.text, data[slice(*entry.key)], data[slice(*entry.value)]) for entry in entries] == [
        ("id", "x", b"id", b"x"),
        ("password", "p&q", b"password", b"p&amp;q"),
    ]
    assert {entry.route[:-1] for entry in entries} == {("settings", "servers", "server")}
    assert problems == []


def test_attributes() -> None:
    data = b"<c><add key='User' value = \"a&#x41;&quot;\n\"/><add key='Two' value=''></add></c>"
    entries, _ = xml.parse(data)
    assert [(entry.route[1:], entry.text, entry.quote) for entry in entries] == [
        (("add", "@key"), "User", "'"),
        (("add", "@value"), 'aA" ', '"'),
        (("add", "@key"), "Two", "'"),
        (("add", "@value"), "", "'"),
    ]
    assert data[slice(*entries[1].value)] == b"a&#x41;&quot;\n"


@pytest.mark.parametrize(
    ("inside", "text", "raw", "quote"),
    [
        (b" <![CDATA[ a&b<c ]]> ", " a&b<c ", b" a&b<c ", "<![CDATA["),
        (b"a<![CDATA[&]]>b", "a&b", b"a<![CDATA[&]]>b", ""),
        (b"a<!-- & -->b", "ab", b"a<!-- & -->b", ""),
        (b"", "", b"", ""),
        (b" \n", "", b"", ""),
        (b"a\xffb", "a\udcffb", b"a\xffb", ""),
    ],
)
def test_texts(inside: bytes, text: str, raw: bytes, quote: str) -> None:
    data = b"<r><v>" + inside + b"</v></r>"
    ((entry,), problems) = xml.parse(data)
    assert (entry.text, data[slice(*entry.value)], entry.quote) == (text, raw, quote)
    assert problems == []


def test_a_bare_ampersand_is_a_problem_and_stays_as_it_is() -> None:
    entries, problems = xml.parse(b"<r><a>p&w &nbsp;</a><b>&amp;</b></r>")
    assert [entry.text for entry in entries] == ["p&w &nbsp;", "&"]
    assert [problem.offset for problem in problems] == [7, 10]


def test_nothing_declared_is_expanded() -> None:
    levels = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    text = f'<!DOCTYPE r [<!ENTITY e0 "boom"><!ENTITY f SYSTEM "file:///etc/hostname">{levels}<!ATTLIST a z CDATA "boom">]>'
    text += '<r><a x="&e11;">&e11;&f;</a><b>ok</b></r>'
    entries, problems = xml.parse(text.encode())
    assert [entry.text for entry in entries] == ["&e11;", "&e11;&f;", "ok"]
    assert any(problem.message.startswith("a document type") for problem in problems)


@pytest.mark.parametrize("end", ["<c>2</d></r>", "<c", "<c>2", "\0", "</r><r/>", "<d x=1/>"])
def test_broken_xml_gives_what_stands_before_the_break(end: str) -> None:
    entries, problems = xml.parse(f"<r><a>1</a><b x='2'/>{end}".encode())
    assert [entry.text for entry in entries] == ["1", "2"]
    assert len(problems) == 1
    assert problems[0].offset >= len("<r><a>1</a><b x='2'/>")


def test_depth_and_entries_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    deep = b"<r><v>1</v>" + b"<a>" * MAX_DEPTH + b"</a>" * MAX_DEPTH + b"</r>"
    entries, problems = xml.parse(deep)
    assert ([entry.text for entry in entries], len(problems)) == (["1"], 1)
    assert xml.parse(deep.replace(b"<a></a>", b""))[1] == []
    monkeypatch.setattr(xml, "MAX_ENTRIES", 5)
    entries, problems = xml.parse(b"<r>" + b"<a/>" * 9 + b"</r>")
    assert (len(entries), len(problems)) == (5, 1)


@pytest.mark.parametrize("piece", [b"[", b"{", b'"', b"=", b"\n", b"\\", b"<a>", b"&", b"<!--"])
def test_five_megabytes_of_the_same(piece: bytes) -> None:
    started = time.process_time()
    xml.parse(b"<r>" + piece * (5_000_000 // len(piece)))
    assert time.process_time() - started < 2
