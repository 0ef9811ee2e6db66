"""The settings of every agent, as a person would write them: an over-broad file is told of, a narrow one is not, and broken ones harm nobody."""

import json
import tomllib
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import tomlkit
import yaml
from agent_samples import BYPASS, EXPOSED, FILES, INVALID, PLAIN, RULES, TOOLS
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog.compiled import BROAD
from agentkey_lint.engine import documents, pipeline
from agentkey_lint.engine.judging import Thresholds, verdict
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source

LOADERS = {"json": json.loads, "toml": tomllib.loads, "yaml": yaml.safe_load}
WRITERS = {"json": json.dumps, "toml": tomlkit.dumps, "yaml": yaml.safe_dump}
WRONG: tuple[object, ...] = ("", "text", 7, False, [], {}, [[[1]]], {"": {"a": []}}, None)
DEEP = 20_000
rows = pytest.mark.parametrize(("reader", "path", "said", "broad", "narrow"), FILES, ids=[row[1] for row in FILES])


def read(path: str, data: bytes) -> tuple[Document, list[Claim]]:
    document = documents.build(Source(path, data))
    claims, faults = pipeline.claims(document, empty())
    assert not faults, "a rule broke down"
    assert all(0 <= claim.span.start <= claim.span.end <= len(data) for claim in claims)
    return document, list(claims)


def told(claims: list[Claim]) -> Counter[str]:
    return Counter(claim.rule for claim in claims if claim.rule in RULES)


def by_their_field(claims: list[Claim]) -> set[tuple[str, str]]:
    """What is told of single settings, whatever else stands in the file: the rule, and the route with the text."""
    return {(claim.rule, claim.identity) for claim in claims if claim.rule in (TOOLS, BYPASS, EXPOSED, INVALID, PLAIN)}


def spoilt(shape: Any) -> Iterator[tuple[tuple[str, ...], Any]]:
    """A shape with one of its parts of another type than its reader expects, for each part and type: the part's route and the whole."""
    for wrong in WRONG:
        yield (), wrong
    for step, part in list(shape.items() if isinstance(shape, dict) else enumerate(shape) if isinstance(shape, list) else ()):
        for route, other in spoilt(part):
            shape[step] = other
            yield (str(step), *route), shape
        shape[step] = part


def test_every_reader_with_such_settings_is_here() -> None:
    assert set(BROAD) <= {row[0] for row in FILES}
    assert {"goose", "vscode-mcp"} <= {row[0] for row in FILES}, "what these allow is a variable and a list of servers"


@rows
def test_what_is_told(reader: str, path: str, said: dict[str, int], broad: str, narrow: str) -> None:
    for text in (broad, narrow):
        document, _ = read("project/" + path, text.encode())
        assert document.reader is not None and document.reader.id == reader
        assert not document.problems
    assert told(read("project/" + path, broad.encode())[1]) == said
    assert [claim for claim in read("project/" + path, narrow.encode())[1] if verdict(claim, Thresholds()) == "reported"] == []
    assert not told(read("notes/other.txt", broad.encode())[1]), "nobody reads it there"


@rows
def test_cut_off(reader: str, path: str, said: dict[str, int], broad: str, narrow: str) -> None:
    whole = [claim for claim in read(path, broad.encode())[1] if claim.rule in RULES]
    for end in range(0, len(broad), max(len(broad) // 40, 1)):
        for text in (broad[:end], broad[end:], broad[:end] + "\x00}]{[" + broad[end:]):
            read(path, text.encode())
        document, claims = read(path, broad[:end].encode())
        if document.reader is None or document.reader.id != reader or reader == "mcp-server-json":  # which looks at what stands beside
            continue
        before = [claim for claim in whole if claim.rule != PLAIN and broad.find("\n", claim.span.end) + 1 <= end]
        assert by_their_field(before) <= by_their_field(claims), "what stands before it is told"
        if document.format == "json" and broad[:end].strip() and broad[end:].strip():
            assert document.problems, "a file that is not whole is told of"


@rows
def test_wrong_types(reader: str, path: str, said: dict[str, int], broad: str, narrow: str) -> None:
    form = documents.build(Source(path, broad.encode())).format
    if form not in LOADERS:
        pytest.skip("an INI file has no types")
    try:
        shape = LOADERS[form](broad)
    except json.JSONDecodeError:  # with comments and a comma at the end
        shape = json.loads(broad.replace("true,\n}", "true\n}").replace("  // every member of the team gets these\n", ""))
    whole = by_their_field(read(path, WRITERS[form](shape).encode())[1])
    for route, other in spoilt(shape):
        if form == "toml" and ("None" in repr(other) or not isinstance(other, dict)):
            continue  # which TOML cannot say
        document, claims = read(path, WRITERS[form](other).encode())
        if document.reader is not None and document.reader.id == reader and reader != "mcp-server-json" and route and route[-1] != "enabled":
            above = "/".join(route) + "/"
            rest = {one for one in whole if one[0] != PLAIN and not one[1].startswith(above)}
            assert rest <= by_their_field(claims), "one wrong part does not silence the others"


@rows
def test_empty_binary_and_deep(reader: str, path: str, said: dict[str, int], broad: str, narrow: str) -> None:
    data, half = broad.encode(), len(broad) // 2
    for noise in (b"", b"\n", b'"${input:token} $TOKEN"', b"\xef\xbb\xbf", b"\x00\x01\x02" * 100, b"\xff\xfe", bytes(range(256)), b"null", b"[]", b"{}", b"''"):
        assert not told(read(path, noise)[1])
        read(path, data[:half] + noise + data[half:])
    for deep in (b"[", b'{"a":', b"- ", b"a = [", b"a.", b"\n[a."):
        read(path, deep * DEEP)
        read(path, data + deep * DEEP)
        read(path, data[:half] + deep * DEEP + data[half:])


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig"])
@rows
def test_another_encoding_is_no_crash(reader: str, path: str, said: dict[str, int], broad: str, narrow: str, encoding: str) -> None:
    read(path, broad.encode(encoding))


@settings(deadline=None, max_examples=60)
@given(st.sampled_from(FILES), st.binary(max_size=40), st.integers(0, 600))
def test_any_bytes_between_are_no_crash(row: tuple[str, str, dict[str, int], str, str], noise: bytes, at: int) -> None:
    _, path, _, broad, _ = row
    read(path, broad.encode()[:at] + noise + broad.encode()[at:])
