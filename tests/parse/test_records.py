"""Entries of a manifest become one record for each key, each field with its place."""

import importlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.model.facts import Entry, KeyRecord
from agentkey_lint.model.source import Span
from agentkey_lint.parse import jsonc
from agentkey_lint.parse.records import MAX_WORDS, records

TOML = b"""version = 1

[[key]]
id = "newsletter"
role = "write"
scopes = ["messages:send", "lists:read"]

[[key]]
role = "read-only"
scopes = "repo:read, user:read"
"""
YAML = b"""version: 1
key:
  - id: newsletter
    role: write
    scopes: ["messages:send", "lists:read"]
  - role: read-only
    scopes: repo:read, user:read
"""
JSON = b"""{"version": 1, "key": [
  {"id": "newsletter", "role": "write", "scopes": ["messages:send", "lists:read"]},
  {"role": "read-only", "scopes": "repo:read, user:read"}]}
"""


def check(data: bytes, found: tuple[KeyRecord, ...]) -> None:
    first, second = found
    assert (first.id, second.id) == ("newsletter", "")
    assert data[first.span.start : first.span.end] == b"newsletter"
    assert data[second.span.start : second.span.end] == b"role"
    assert first.fields["role"].text == "write"
    assert first.fields["scopes"].text == "messages:send"
    for record, scopes in ((first, ["messages:send", "lists:read"]), (second, ["repo:read", "user:read"])):
        assert [item.text for item in record.scopes] == scopes
        assert [data[item.value.start : item.value.end].decode() for item in record.scopes] == scopes


@pytest.mark.parametrize(("parser", "data"), [("toml", TOML), ("yaml", YAML), ("jsonc", JSON)])
def test_all_formats_give_the_same_records(parser: str, data: bytes) -> None:
    check(data, records(importlib.import_module(f"agentkey_lint.parse.{parser}").parse(data)[0]))


def test_what_is_no_list_of_keys_is_passed_over() -> None:
    for text in ("{}", "[]", '"key"', '{"key": {"id": "a"}}', '{"key": "a"}', '{"key": []}', '{"key": ["a", 1]}', '{"other": [{"id": "a"}]}'):
        assert records(jsonc.parse(text.encode())[0]) == ()


def test_scopes_that_are_no_texts_are_passed_over() -> None:
    (record,) = records(jsonc.parse(b'{"key": [{"id": "a", "scopes": [1, null, {"b": "c"}, ["d"], "e:read"]}]}')[0])
    assert [item.text for item in record.scopes] == ["e:read"]


def test_words_that_the_file_escapes_have_the_place_of_the_whole() -> None:
    data = rb'{"key": [{"id": "a", "scopes": "re\u0061d:x write:y"}]}'
    (record,) = records(jsonc.parse(data)[0])
    assert [item.text for item in record.scopes] == ["read:x", "write:y"]
    assert {data[item.value.start : item.value.end] for item in record.scopes} == {rb"re\u0061d:x write:y"}


def test_one_text_holds_a_bounded_number_of_scopes() -> None:
    (record,) = records(jsonc.parse(json.dumps({"key": [{"id": "a", "scopes": "x " * 100_000}]}).encode())[0])
    assert len(record.scopes) == MAX_WORDS


def test_ten_thousand_keys() -> None:
    data = json.dumps({"key": [{"id": f"k{number}", "scopes": ["a:read"]} for number in range(10_000)]}).encode()
    found = records(jsonc.parse(data)[0])
    assert [record.id for record in found] == [f"k{number}" for number in range(10_000)]


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["key", "0", "1", "²", "id", "scopes", "x", ""]), max_size=5), st.text(), st.sampled_from(["string", "null", "number"])
        )
    )
)
def test_any_entries_give_records(pieces: list[tuple[list[str], str, str]]) -> None:
    entries = [Entry(tuple(route), Span(0, 0), Span(0, len(text)), text, kind) for route, text, kind in pieces]
    for record in records(entries):
        assert record.fields
        texts = [entry.text for entry in entries if entry.route[2:3] == ("scopes",)]
        assert all(any(item.text in text for text in texts) for item in record.scopes)
