"""References: every spelling by table, near-misses, and what holds for any text."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.model.facts import Reference
from agentkey_lint.model.source import Span
from agentkey_lint.parse import references


def scan(text: str) -> tuple[Reference, ...]:
    data = text.encode("utf-8", "surrogateescape")
    return references.scan(data, 0, len(data))


# text, syntax, name, default
WELL_FORMED = [
    ("${KEY}", "${X}", "KEY", None),
    ("$KEY", "$X", "KEY", None),
    ("$_k1", "$X", "_k1", None),
    ("$<KEY>", "$<X>", "KEY", None),
    ("${KEY:-some text }", "${X:-d}", "KEY", "some text "),
    ("${KEY:-}", "${X:-d}", "KEY", ""),
    ("${KEY:-a ${OTHER:-b} c}", "${X:-d}", "KEY", "a ${OTHER:-b} c"),
    ("${KEY:-$(date)}", "${X:-d}", "KEY", "$(date)"),
    ("${KEY:-{{ .A }}}", "${X:-d}", "KEY", "{{ .A }}"),
    ("${KEY:-a\nb}", "${X:-d}", "KEY", "a\nb"),
    ("${KEY-d}", "${X-d}", "KEY", "d"),
    ("${KEY:?is not set}", "${X:?e}", "KEY", None),
    ("${KEY:?}", "${X:?e}", "KEY", None),
    ("${KEY?is not set}", "${X?e}", "KEY", None),
    ("${KEY?}", "${X?}", "KEY", None),
    ("${KEY:+other}", "${X:+a}", "KEY", "other"),
    ("${KEY+other}", "${X+a}", "KEY", "other"),
    ("${KEY:=d}", "${X:=d}", "KEY", "d"),
    ("${KEY=d}", "${X=d}", "KEY", "d"),
    ("${KEY:d}", "${X:d}", "KEY", "d"),
    ("${section:key}", "${X:d}", "section", "key"),
    ("${server.port:8080}", "${X:d}", "server.port", "8080"),
    ("${env:KEY}", "${env:X}", "KEY", None),
    ("${env:KEY:-d}", "${env:X:-d}", "KEY", "d"),
    ("${ENV:KEY}", "${ENV:X}", "KEY", None),
    ("${env.KEY}", "${env.X}", "KEY", None),
    ("${localEnv:KEY}", "${localEnv:X}", "KEY", None),
    ("${localEnv:KEY:d}", "${localEnv:X:d}", "KEY", "d"),
    ("${containerEnv:KEY}", "${containerEnv:X}", "KEY", None),
    ("${containerEnv:KEY:d}", "${containerEnv:X:d}", "KEY", "d"),
    ("${input:api-key}", "${input:X}", "api-key", None),
    ("${file:/run/secrets/a b}", "${file:X}", "/run/secrets/a b", None),
    ("${config:a.b}", "${config:X}", "a.b", None),
    ("${user_config.api_key}", "${user_config.X}", "api_key", None),
    ("${server.port}", "${x.y}", "server.port", None),
    ("{env:KEY}", "{env:X}", "KEY", None),
    ("{env:KEY:d}", "{env:X:d}", "KEY", "d"),
    ("{file:~/.key}", "{file:X}", "~/.key", None),
    ("%(KEY)s", "%(X)s", "KEY", None),
    ("%(log-dir)s", "%(X)s", "log-dir", None),
    ("%(ENV_KEY)s", "%(ENV_X)s", "KEY", None),
    ("%(KEY)", "%(X)", "KEY", None),
    ("%KEY%", "%X%", "KEY", None),
    ("$(KEY)", "$(X)", "KEY", None),
    ("$(cat key.txt)", "$(command)", "", None),
    ("$(cat $(KEY))", "$(command)", "", None),
    ("@(KEY)", "@(X)", "KEY", None),
    ("@{KEY}", "@{X}", "KEY", None),
    ("{{KEY}}", "{{X}}", "KEY", None),
    ("{{ KEY }}", "{{X}}", "KEY", None),
    ("{{- KEY -}}", "{{X}}", "KEY", None),
    ("{{ lookup('env', 'KEY') }}", "{{X}}", "", None),
    ("{{ .Values.key | quote }}", "{{ .X }}", "Values.key", None),
    ("{{ $env.KEY }}", "{{ $env.X }}", "KEY", None),
    ("{{ $vars.KEY }}", "{{ $vars.X }}", "KEY", None),
    ("${{ secrets.KEY }}", "${{ secrets.X }}", "KEY", None),
    ("${{secrets.KEY}}", "${{ secrets.X }}", "KEY", None),
    ("${{ vars.KEY }}", "${{ vars.X }}", "KEY", None),
    ("${{ env.KEY }}", "${{ env.X }}", "KEY", None),
    ("${{ inputs.api-key }}", "${{ inputs.X }}", "api-key", None),
    ("${{ github.token }}", "${{ X }}", "github.token", None),
    ("${{ a || b }}", "${{ X }}", "", None),
    ("$[[ inputs.key ]]", "$[[ inputs.X ]]", "key", None),
    ("os.environ/KEY", "os.environ/X", "KEY", None),
    ("$__env{KEY}", "$__env{X}", "KEY", None),
    ("$__file{/run/key}", "$__file{X}", "/run/key", None),
    ("$__vault{a/b:key}", "$__vault{X}", "a/b:key", None),
    ('<%= ENV["KEY"] %>', '<%= ENV["X"] %>', "KEY", None),
    ("<%= ENV['KEY'] %>", '<%= ENV["X"] %>', "KEY", None),
    ('<%= ENV.fetch("KEY") %>', '<%= ENV.fetch("X") %>', "KEY", None),
    ('<%= ENV.fetch("KEY", "d") %>', '<%= ENV.fetch("X", d) %>', "KEY", '"d"'),
    *((f"${{{word}}}", "${editor}", word, None) for word in ("workspaceFolder", "workspaceFolderBasename", "userHome", "pathSeparator")),
    *((f"${{{word}}}", "${editor}", word, None) for word in ("/", "__dirname", "cwd", "workspaceFolder:docs")),
]

# text, syntax, name, fault
MALFORMED = [
    ("${", "${X}", "", "unclosed"),
    ("${KEY", "${X}", "KEY", "unclosed"),
    ("${env:KEY", "${env:X}", "KEY", "unclosed"),
    ("${env.KEY", "${env.X}", "KEY", "unclosed"),
    ("${input:key", "${input:X}", "key", "unclosed"),
    ("${}", "${X}", "", "empty-name"),
    ("${  }", "${X}", "", "empty-name"),
    ("${ KEY }", "${X}", "KEY", "space"),
    ("${KEY }", "${X}", "KEY", "space"),
    ("${ KEY:-d}", "${X:-d}", "KEY", "space"),
    ("$ {KEY}", "${X}", "KEY", "space"),
    ("$ MY_KEY", "$X", "MY_KEY", "space"),
    ("${1KEY}", "${X}", "1KEY", "bad-name"),
    ("${MY KEY}", "${X}", "MY", "bad-name"),
    ("${KEY.}", "${X}", "KEY.", "bad-name"),
    ("${ключ}", "${X}", "", "bad-name"),
    ("${env:MY KEY}", "${env:X}", "MY", "bad-name"),
    ("${env:}", "${env:X}", "", "empty-name"),
    ("${${KEY}}", "${X}", "", "nested"),
    ("${A_${KEY}}", "${X}", "", "nested"),
    ("{{KEY", "{{X}}", "KEY", "unclosed"),
    ("{{ .key", "{{ .X }}", "key", "unclosed"),
    ("{{}}", "{{X}}", "", "empty-name"),
    ("${{ secrets.KEY }", "${{ secrets.X }}", "KEY", "unclosed"),
    ("${{ }}", "${{ X }}", "", "empty-name"),
    ("{env:KEY", "{env:X}", "KEY", "unclosed"),
    ("{env:}", "{env:X}", "", "empty-name"),
    ("{env:MY-KEY}", "{env:X}", "MY", "bad-name"),
    ("%(KEY", "%(X)s", "KEY", "unclosed"),
    ("%()s", "%(X)s", "", "empty-name"),
    ("%(MY KEY)s", "%(X)s", "MY", "bad-name"),
    ("$(KEY", "$(X)", "KEY", "unclosed"),
    ("$()", "$(X)", "", "empty-name"),
    ("$<KEY", "$<X>", "KEY", "unclosed"),
    ("$__env{KEY", "$__env{X}", "KEY", "unclosed"),
    ("os.environ/", "os.environ/X", "", "empty-name"),
]


@pytest.mark.parametrize(("text", "syntax", "name", "default"), WELL_FORMED)
@pytest.mark.parametrize(("before", "after"), [("", ""), ("é: ", " x")])
def test_well_formed(text: str, syntax: str, name: str, default: str | None, before: str, after: str) -> None:
    whole = before + text + after
    data = whole.encode()
    (found,) = references.scan(data, 0, len(data))
    assert (found.syntax, found.name, found.fault) == (syntax, name, "")
    assert data[found.span.start : found.span.end].decode() == text
    assert (data[found.default.start : found.default.end].decode() if found.default else None) == default


@pytest.mark.parametrize(("text", "syntax", "name", "fault"), MALFORMED)
def test_malformed(text: str, syntax: str, name: str, fault: str) -> None:
    (found,) = scan(text)
    assert (found.syntax, found.name, found.fault) == (syntax, name, fault)
    assert text.encode()[found.span.start : found.span.end].decode() == text.removesuffix(" }" if "secrets" in text else "\0")


@pytest.mark.parametrize(
    "text",
    [
        *("", "plain", "foo$", "$5 and $1", "$", "^a+$|b$", "100%", "%20%", "%C3%A9%C3%BC", "<KEY>", "var.key", "{KEY}", "{ }", "a {b} c", "[{x}]", "{{"),
        *("$ npm run", "10 $ USD", "my.os.environ/KEY", "os.environ", "%d of %s", "@", "{file}", "<%= x %>", "$[KEY]", "me@example.org"),
    ],
)
def test_near_misses(text: str) -> None:
    assert scan(text) == ()


@pytest.mark.parametrize(
    ("text", "syntax"),
    [("$$KEY", "$X"), ("\\$KEY", "$X"), ("$${KEY}", "${X}"), ("\\${KEY}", "${X}"), ("%%(KEY)s", "%(X)s"), ("%%KEY%%", "%X%"), ("\\{{KEY}}", "{{X}}")],
)
def test_escaped(text: str, syntax: str) -> None:
    (found,) = scan(text)
    assert (found.syntax, found.name, found.fault) == (syntax, "KEY", "escaped")


def test_dollar_inside_a_word() -> None:
    assert [(found.name, found.fault) for found in scan("pa$word1")] == [("word1", "inside-word")]
    assert [(found.name, found.fault) for found in scan("$A$B/$C")] == [("A", ""), ("B", ""), ("C", "")]
    assert [(found.name, found.fault) for found in scan("%A%%B%")] == [("A", ""), ("B", "")]


def test_several_in_order_and_after_a_broken_one() -> None:
    found = scan("${A ${B} $C {{D}} ${E:-${F}} %(G)s")
    assert [(one.name, one.fault) for one in found] == [("A", "unclosed"), ("B", ""), ("C", ""), ("D", ""), ("E", ""), ("G", "")]
    assert found[4].default is not None
    text = b"${A ${B} $C {{D}} ${E:-${F}} %(G)s"
    assert [one.name for one in references.scan(text, found[4].default.start, found[4].default.end)] == ["F"]


def test_a_closing_bracket_of_another_kind_closes_nothing() -> None:
    assert [(found.name, found.syntax) for found in scan("${A:-b)c} d")] == [("A", "${X:-d}")]
    assert [(found.name, found.fault) for found in scan("${A:-$(b} ${C}")] == [("A", ""), ("C", "")]


def test_only_the_value_is_looked_at() -> None:
    assert references.scan(b"$A ${B} $C", 3, 7) == (Reference("B", "${X}", Span(3, 7)),)
    assert references.scan(b"${B}", 0, 3)[0].fault == "unclosed"


def test_decoded_text_counts_characters() -> None:
    (found,) = references.scan_text("ключ 🔑 ${KEY:-é}")
    assert (found.name, found.span, found.default) == ("KEY", (7, 16), (14, 15))
    assert references.scan_text("${Xé}")[0].fault == "bad-name"


ENDS = {"${X}": ("${", "}"), "$X": ("$", ""), "{{X}}": ("{{", "}}"), "%(X)s": ("%(", ")s"), "%X%": ("%", "%"), "$(X)": ("$(", ")"), "{env:X}": ("{env:", "}")}
PIECES = st.lists(st.sampled_from([*"${}()%sAb1:-?. \n\\<>[é", "env", "file", "${", "{{", "${{"]))


@given(PIECES.map("".join))
def test_any_mixture(text: str) -> None:
    data = text.encode()
    found = references.scan(data, 0, len(data))
    last = 0
    for one in found:
        assert last <= one.span.start < one.span.end <= len(data)
        last = one.span.end
        if one.default:
            assert one.span.start < one.default.start <= one.default.end < one.span.end
        if not one.fault:
            raw = data[one.span.start : one.span.end].decode()
            begin, end = ENDS.get(one.syntax, ("", ""))
            assert raw.startswith(begin) and raw.endswith(end) and one.name in raw
    decoded = references.scan_text(text)
    assert [text[one.span.start : one.span.end].encode() for one in decoded] == [data[one.span.start : one.span.end] for one in found]
    assert [(one.name, one.syntax, one.fault) for one in decoded] == [(one.name, one.syntax, one.fault) for one in found]


@given(st.text(st.characters()))
def test_any_text(text: str) -> None:
    for one in references.scan_text("${file:" + text + "}"):
        assert 0 <= one.span.start < one.span.end <= len(text) + 8


@given(st.binary())
def test_any_bytes(data: bytes) -> None:
    for one in references.scan(data, 0, len(data)):
        assert one.name.encode("utf-8", "surrogateescape") in data


@pytest.mark.parametrize("piece", [b"${", b"{{", b"$", b"${{", b"$(", b"%(", b"{env:", b"${A:-", b"%A", b"{{ a.", b"<%= ENV[", b"$ ", b"${A}", b"{"])
def test_a_megabyte_of_openings(piece: bytes) -> None:
    data = piece * (1_000_000 // len(piece))
    begin = time.process_time()
    assert len(references.scan(data, 0, len(data))) <= references.LIMIT
    assert time.process_time() - begin < 1


@pytest.mark.parametrize("opening", [b"${", b"{{", b"{{.", b"%", b"%(", b"${{", b"$(", b"<%=", b"{env:", b"{file:", b"$__env{"])
@pytest.mark.parametrize("filler", [b" ", b"a", b"a.", b"a-", b"a ", b"1"])
def test_a_megabyte_behind_one_opening(opening: bytes, filler: bytes) -> None:
    data = opening + filler * (250_000 // len(filler))
    begin = time.process_time()
    references.scan(data, 0, len(data))
    assert time.process_time() - begin < 1
