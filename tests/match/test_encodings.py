"""Keys in another spelling are found where they stand, told for what they are, and nothing of them is shown."""

import base64
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.discover.decode import decode as source_of
from agentkey_lint.engine import documents, judging, pipeline
from agentkey_lint.match import decoders, encodings
from agentkey_lint.match.scan import scan
from agentkey_lint.model.facts import KeyMatch
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source
from agentkey_lint.report import json as json_report
from agentkey_lint.report.text import About
from agentkey_lint.testing import expand

KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA", 1)
KIND = "anthropic-api-key"
B64 = base64.b64encode(KEY.encode()).decode()
URLSAFE = base64.urlsafe_b64encode(KEY.encode()).decode().rstrip("=")
PAIR = base64.b64encode(expand("pk-lf-{{uuid}}:sk-lf-{{uuid}}", 2).encode()).decode()
PEM = "-----BEGIN " + "PRIVATE KEY-----\n" + expand("{{pem}}") + "\n-----END " + "PRIVATE KEY-----\n"
CUT = 30


def twice(text: str) -> str:
    return base64.b64encode(base64.b64encode(text.encode())).decode()


def keys_in(text: str, path: str = "file.txt") -> list[KeyMatch]:
    return list(documents.build(Source(path, text.encode())).keys)


def claim(match: KeyMatch, name: str) -> str:
    return dict(match.facts.claims).get(name, "")


CARRIERS = {
    "piped into base64": ("run.sh", f"echo {B64} | base64 -d\n", B64, "base64"),
    "piped as a quoted text": ("run.sh", f'printf "{B64}"|base64 --decode\n', B64, "base64"),
    "here-string": ("run.sh", f'base64 -d <<< "{URLSAFE}"\n', URLSAFE, "base64"),
    "variable whose name says so": ("run.sh", f"export TOKEN_B64={B64}\n", B64, "base64"),
    "atob": ("app.js", f'const a = atob("{B64}");\n', B64, "base64"),
    "Buffer": ("app.js", f'const a = Buffer.from("{B64}", "base64");\n', B64, "base64"),
    "b64decode": ("app.py", f"a = base64.b64decode(b'{URLSAFE}')\n", URLSAFE, "base64"),
    "behind other names": ("A.java", f'var a = Base64.getUrlDecoder().decode("{URLSAFE}");\n', URLSAFE, "base64"),
    "value of a secret's name": ("app.py", f'api_token = "{B64}"\n', B64, "base64"),
    "data of a Kubernetes Secret": ("s.yaml", f"apiVersion: v1\nkind: Secret\ndata:\n  claude: {B64}\n", B64, "base64"),
    "data address": ("app.css", f"url(data:text/plain;base64,{B64})\n", B64, "base64"),
    "PowerShell's UTF-16": ("run.ps1", f'[Convert]::FromBase64String("{base64.b64encode(KEY.encode("utf-16-le")).decode()}")\n', "", "base64"),
    "a whole environment file": ("run.sh", f"echo {base64.b64encode(f'A=1{chr(10)}KEY={KEY}{chr(10)}'.encode()).decode()} | base64 -d\n", "", "base64"),
    "hex": ("app.py", f'api_key = "{KEY.encode().hex()}"\n', KEY.encode().hex(), "hex"),
    "percent-encoded dashes": ("app.py", f'u = "https://a.b/?q={KEY.replace("-", "%2D")}"\n', KEY.replace("-", "%2D") + "", "percent-encoding"),
    "percent-encoded behind its anchor": ("a.txt", f"https://a.b/{KEY[:CUT]}%{ord(KEY[CUT]):02x}{KEY[CUT + 1 :]}\n", "", "percent-encoding"),
    "escapes all over": ("app.js", 'a = "' + "".join(f"\\u{ord(one):04x}" for one in KEY) + '";\n', "", "escapes"),
    "bytes in hex escapes": ("app.js", 'a = "' + "".join(f"\\x{ord(one):02x}" for one in KEY) + '";\n', "", "escapes"),
    "one escape in a value": ("app.js", f'apiKey = "\\u0073{KEY[1:]}";\n', f"\\u0073{KEY[1:]}", "escapes"),
    "one escape in a field": (".mcp.json", f'{{"mcpServers": {{"a": {{"env": {{"A": "\\u0073{KEY[1:]}"}}}}}}}}', f"\\u0073{KEY[1:]}", "escapes"),
    "entities": ("a.html", f"<td>{KEY.replace('-', '&#45;')}</td>\n", "", "entities"),
    "concatenation": ("app.js", f'const a = "{KEY[:CUT]}" + "{KEY[CUT:]}";\n', f'{KEY[:CUT]}" + "{KEY[CUT:]}', "pieces"),
    "concatenation over lines": ("app.js", f'const apiKey = "{KEY[:3]}" +\n  "{KEY[3:9]}" +\n  "{KEY[9:]}";\n', "", "pieces"),
    "implicit concatenation": ("app.py", f'API_KEY = (\n    "{KEY[:CUT]}"\n    "{KEY[CUT:]}"\n)\n', "", "pieces"),
    "PHP": ("a.php", f"$api_key = '{KEY[:5]}' . '{KEY[5:]}';\n", f"{KEY[:5]}' . '{KEY[5:]}", "pieces"),
    "a continued line": ("run.sh", f"export KEY={KEY[:CUT]}\\\n{KEY[CUT:]}\n", f"{KEY[:CUT]}\\\n{KEY[CUT:]}", "pieces"),
    "a continued line that begins before the anchor": ("app.conf", f"api_key={KEY[:4]}\\\n    {KEY[4:]}\n", "", "pieces"),
    "lines of a notebook's cell": ("a.ipynb", json.dumps({"source": [f'key = ("{KEY[:CUT]}"\n', f'       "{KEY[CUT:]}")\n']}, indent=1), "", "pieces"),
    "base64 in pieces": ("app.py", f'a = base64.b64decode("{B64[:40]}"\n    "{B64[40:]}")\n', "", "base64 within pieces"),
    "base64 twice": ("app.py", f'token = "{twice(KEY)}"\n', twice(KEY), "base64 within base64"),
}


@pytest.mark.parametrize(("path", "text", "stands", "how"), CARRIERS.values(), ids=CARRIERS)
def test_a_key_is_found_in_its_spelling(path: str, text: str, stands: str, how: str) -> None:
    (match,) = keys_in(text, path)
    assert match.facts.id == KIND
    assert claim(match, "encoding") == how
    assert match.prefix == 0
    assert match.span == match.secret
    assert KEY not in text
    if stands:
        assert text.encode()[match.secret.start : match.secret.end].decode() == stands


@pytest.mark.parametrize(("path", "text"), [(path, text) for path, text, _, _ in CARRIERS.values()], ids=CARRIERS)
def test_nothing_of_it_is_shown(path: str, text: str) -> None:
    plan = pipeline.Plan(judging.Thresholds(), lambda secret: "0" * 16)
    report = pipeline.lint([Source(path, text.encode())], empty(), plan)
    assert any(one.finding.key is not None and one.finding.key.id == KIND for one in report.results)
    shown = "".join(json_report.render(report, About("0", pipeline.rules())))
    match = next(match for match in keys_in(text, path) if match.facts.id == KIND)
    stands = text.encode()[match.secret.start : match.secret.end].decode()
    for whole in (KEY, stands):
        for piece in (whole[at : at + 12] for at in range(len(whole) - 12)):
            assert piece not in shown


def test_base64_over_several_lines() -> None:
    lines = base64.encodebytes(PEM.encode()).decode()
    (match,) = keys_in(f"base64 -d > key <<EOF\n{lines}EOF\n", "run.sh")
    assert match.rule == "private-key"
    block = "".join(f"    {line}\n" for line in lines.splitlines())
    (match,) = keys_in(f"apiVersion: v1\nkind: Secret\ndata:\n  tls.key: |\n{block}", "s.yaml")
    assert (match.rule, match.name) == ("private-key", "tls.key")


def test_a_pem_block_in_base64_needs_no_word_beside_it() -> None:
    (match,) = keys_in(f"blob: {base64.b64encode(PEM.encode()).decode()}\n", "a.txt")
    assert match.rule == "private-key"
    assert claim(match, "encoding") == "base64"


def test_a_header_in_base64_is_the_secret_with_its_public_key() -> None:
    for text, how in ((f'Authorization: "Basic {PAIR}"', "base64"), (f'OTEL_HEADERS_TOKEN="Authorization=Basic%20{PAIR}"', "base64 within percent-encoding")):
        (match,) = keys_in(text, "app.cfg")
        assert match.facts.id == "langfuse-secret-key"
        assert claim(match, "with") == "public key"
        assert claim(match, "encoding") == how
        assert match.companions == ()


def test_a_kind_that_only_its_name_tells() -> None:
    value = base64.b64encode(expand("{{40 x aA0/+}}", 4).encode()).decode()
    (match,) = keys_in(f"apiVersion: v1\nkind: Secret\ndata:\n  AWS_SECRET_ACCESS_KEY: {value}\n", "s.yaml")
    assert match.facts.id == "aws-secret-access-key"
    assert claim(match, "encoding") == "base64"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_utf16_and_utf32_files(encoding: str) -> None:
    source = source_of("a.txt", f"some words before it, token {KEY}\n".encode(encoding))
    assert [match.facts.id for match in documents.build(source).keys] == [KIND]


def test_outputs_of_a_notebook() -> None:
    cell = {"outputs": [{"text": ["the key is\n", f"{KEY}\n"]}], "source": [f'client = Client(api_key="{KEY[:-3]}xAA")\n']}
    assert [match.facts.id for match in keys_in(json.dumps(cell), "a.ipynb")] == [KIND, KIND]


def test_a_key_that_stands_there_plainly_is_not_told_twice() -> None:
    text = json.dumps({"mcpServers": {"a": {"env": {"A": f'export "A"\n{KEY}\n'}}}})
    (match,) = keys_in(text, ".mcp.json")
    assert claim(match, "encoding") == ""


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("app.py", f'keys = ["{KEY[:CUT]}", "{KEY[CUT:]}"]\n'),
        ("app.py", f'a = "{KEY[:CUT]}" + suffix + "{KEY[CUT:]}"\n'),
        ("app.py", f'a = "ta{KEY[:CUT]}" + "{KEY[CUT:]}"\n'),
        ("run.sh", f"echo {KEY[:CUT]}\n{KEY[CUT:]}\n"),
        ("app.py", f'token = "{base64.b64encode(twice(KEY).encode()).decode()}"\n'),
        ("app.py", 'import base64\nname = base64.b64decode("' + base64.b64encode(b"only a sentence of several words").decode() + '")\n'),
    ],
    ids=["items of a list", "something between", "within a word", "a line of its own", "deeper than two", "plain text"],
)
def test_what_is_no_key_in_another_spelling(path: str, text: str) -> None:
    assert [match for match in keys_in(text, path) if match.confidence != "low"] == []


def test_a_sample_stays_a_sample() -> None:
    sample = base64.b64encode(("sk-ant-api03-" + "x" * 93 + "AA").encode()).decode()
    assert [match.confidence for match in keys_in(f'token = "{sample}"\n')] == ["low"]


def test_a_password_in_an_encoded_url_is_judged() -> None:
    def found(password: str) -> list[KeyMatch]:
        return keys_in(f'a = atob("{base64.b64encode(f"postgres://svc:{password}@db.internal.net/x".encode()).decode()}")', "app.js")

    (match,) = found(expand("{{20 x aA0}}", 3))
    assert match.rule == "hardcoded-key"
    assert found("postgres") == []
    assert found("${PASSWORD}") == []


@given(st.binary(max_size=200))
def test_no_bytes_make_a_decoder_raise(data: bytes) -> None:
    for prefix in (b"", b"%41", b"\\u0041\\uD800\\U00110000", b"&#0;&#1114112;", b"Basic "):
        decoders.decode(prefix + data)


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=12, max_size=300))
def test_what_is_encoded_is_decoded(text: str) -> None:
    raw = text.encode()
    for encoded in (base64.b64encode(raw), base64.urlsafe_b64encode(raw), base64.urlsafe_b64encode(raw).rstrip(b"=")):
        if encoded.rstrip(b"=").translate(None, b"0123456789abcdefABCDEF") and len(encoded.rstrip(b"=")) >= decoders.SHORTEST:
            assert decoders.decode(encoded) == (raw, "base64")
    assert decoders.decode(raw.hex().encode()) == (raw, "hex")
    assert decoders.decode(b"".join(b"%%%02X" % one for one in raw)) == (raw, "percent-encoding")


PARTS = st.sampled_from(
    [
        KEY,
        KEY[:CUT],
        B64,
        *("base64", "b64decode(", '"', "'", "\\", "\n", " + ", "%2D", "\\u002d", "&#45;", "Basic ", "token=", "sk-ant-api03-", "LS0tLS1C", "|", " "),
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(PARTS, max_size=40))
def test_decoded_text_is_bounded_and_matches_stay_in_the_file(items: list[str]) -> None:
    data = "".join(items).encode()
    document = documents.build(Source("a.py", data))
    texts = encodings._decoded(data, encodings._texts(data, scan(data), document.assignments, ()))
    assert sum(len(text.text) for text in texts) <= 2 * len(data)
    for match in document.keys:
        assert 0 <= match.span.start <= match.secret.start < match.secret.end <= match.span.end <= len(data)


HOSTILE = {
    "words only": b"b64" * 100_000,
    "words and blanks": b"base64 " * 50_000,
    "anchors only": b"sk-ant-api03-" * 25_000,
    "quotes": b'"' * 300_000,
    "joints without end": b'sk-ant-api03-"+' * 20_000,
    "nested assignments": b'"token=AAAAAAAAAAAAAAAAAA" ' * 12_000,
    "white space between pieces": b'"sk-ant-api03-"' + b" \n" * 150_000,
    "percent signs": b"%2D" * 100_000,
    "escapes": b"\\u002d" * 50_000,
    "one long base64": b"base64," + base64.b64encode(b"text of some kind " * 12_000),
    "many lines of base64": b"base64\n" + base64.encodebytes(b"text of some kind " * 12_000),
    "many base64 texts": b'b64="' + base64.b64encode(b"text of some kind ") + b'"\n',
    "entities": b"&#45;" * 60_000,
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_takes_linear_time(data: bytes) -> None:
    hits = scan(data)
    assignments = documents.build(Source("a.py", data)).assignments
    began = time.process_time()
    encodings.find(data, "a.py", hits, assignments, ())
    assert time.process_time() - began < 1.5
