"""A source becomes a document: who reads it, which fields hold secrets, and what stands beside them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents
from agentkey_lint.match.scan import scan
from agentkey_lint.model.facts import Document
from agentkey_lint.model.source import Source
from agentkey_lint.parse.bounds import MAX_BYTES
from agentkey_lint.testing import expand

KEY = expand("tvly-{{32 x aA0}}", "documents")


def build(path: str, text: str | bytes) -> Document:
    return documents.build(Source(path, text if isinstance(text, bytes) else text.encode()))


def test_fields_know_their_reader_and_whether_they_hold_a_secret() -> None:
    document = build("config.ini", "ControllerURL = x\nAccountAccessKey = ${KEY}\n[OAuth]\nOAuthSecret = y\nmax_tokens = 5\n")
    assert document.reader is not None and document.reader.id == "appdynamics-smart-agent"
    assert {field.name: field.secret for field in document.fields} == {
        "ControllerURL": "",
        "AccountAccessKey": "always",
        "OAuthSecret": "always",
        "max_tokens": "",
    }
    assert [reference.name for field in document.fields for reference in field.references] == ["KEY"]


def test_a_list_item_of_name_and_value_is_a_field_of_that_name() -> None:
    data = b"services:\n  a:\n    environment:\n      - DB_PASSWORD=abc\n      - PLAIN\n"
    fields = {field.name: field for field in build("docker-compose.yml", data).fields}
    entry = fields["DB_PASSWORD"].entry
    assert entry.text == "abc" and data[entry.value.start : entry.value.end] == b"abc" and data[entry.key.start : entry.key.end] == b"DB_PASSWORD"


def test_a_field_for_a_variables_name_holds_no_secret_and_no_reference() -> None:
    document = build(".codex/config.toml", '[mcp_servers.a]\nbearer_token_env_var = "$TOKEN"\n')
    (field,) = document.fields
    assert field.by_name and not field.secret and not field.references


def test_a_key_is_told_its_name_and_one_among_arguments_its_rule() -> None:
    document = build(".mcp.json", f'{{"mcpServers": {{"a": {{"args": ["{KEY}"], "env": {{"MY_KEY": "{KEY}"}}}}}}}}')
    assert [(match.name, match.rule) for match in document.keys] == [("args", "key-in-command"), ("MY_KEY", "hardcoded-key")]


def test_what_a_field_says_is_not_said_twice_and_comments_still_are() -> None:
    document = build(".env", "A_PASSWORD=abcdefgh1234\n# old: B_PASSWORD=ijklmnop5678\n")
    assert [one.name for one in document.assignments] == ["B_PASSWORD"]


def test_a_manifest_has_records_and_keeps_its_entries() -> None:
    document = build("x/agentkeys.toml", '[[key]]\nid = "a"\nrole = "write"\n')
    assert [record.id for record in document.records] == ["a"] and len(document.entries) == 2 and not document.fields


def test_a_binary_file_has_keys_alone() -> None:
    document = documents.build(Source("x.bin", b"password = 'abcdefgh1234'\0" + KEY.encode() + b"\0", "binary"))
    assert len(document.keys) == 1 and not document.assignments and not document.fields


def test_a_file_that_is_too_large_to_parse_says_so_and_is_matched() -> None:
    document = build(".mcp.json", b'{"a": "' + KEY.encode() + b'"' + b" " * MAX_BYTES + b"}")
    assert len(document.keys) == 1 and not document.fields
    assert "larger than" in document.problems[0].message


def test_a_broken_file_of_nobody_in_particular_is_no_problem() -> None:
    assert not build("notes.ini", "[broken\n").problems
    assert build(".mcp.json", '{"a": ').problems


@pytest.mark.parametrize(
    "path",
    [".env", ".mcp.json", "config.ini", "docker-compose.yml", ".codex/config.toml", "settings.xml", "app.properties", "agentkeys.yaml", "main.tf", "x.py", "x"],
)
@given(
    data=st.lists(
        st.sampled_from(
            [
                b"{",
                b"}",
                b"[",
                b"]",
                b'"',
                b"'",
                b":",
                b"=",
                b"\n",
                b"key",
                b"- ",
                b"password",
                b"${",
                b"$X",
                b"\\",
                b"\xff",
                b"\0",
                b"<",
                b">",
                b"#",
                b"&a",
                b"*a",
                b"a",
            ]
        ),
        max_size=40,
    ).map(b"".join)
)
def test_no_bytes_are_too_odd(path: str, data: bytes) -> None:
    document = build(path, data)
    for field in document.fields:
        assert 0 <= field.entry.value.start <= field.entry.value.end <= len(data)
        for reference in field.references:
            assert field.entry.value.start <= reference.span.start < reference.span.end <= field.entry.value.end
    for problem in document.problems:
        assert 0 <= problem.offset <= len(data)


@given(
    st.sampled_from(["a.py", "a.json", "iam/policy.json", "openapi.yaml", "agentkeys.toml", ".mcp.json", ".env", "x/.github/workflows/a.yml", "main.tf"]),
    st.lists(st.sampled_from([b'{"Statement": []}', b"permissions: write-all", b"# agentkey: x", b"password: x", b"\0", b"{"]), max_size=4).map(b"\n".join),
)
def test_a_file_without_hits_that_nobody_reads_has_the_facts_that_looking_for_them_gives(path: str, data: bytes) -> None:
    source = decode(path, data)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(documents, "_read", lambda path: True)
        whole = documents._build(source, scan(source.data), True)
    assert documents._build(source, scan(source.data), True) == whole
    assert whole.commented or b"agentkey:" not in source.data
