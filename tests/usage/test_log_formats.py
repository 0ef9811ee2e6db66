"""Entries and events of logs: no bytes and no JSON raise an exception, and a list of any layout gives its entries."""

import io
import json
import random
import re
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.usage import formats
from agentkey_lint.usage import lines as module
from agentkey_lint.usage.lines import entries

NAMES = re.findall(
    r"\S+",
    """CloudTrailEvent eventSource eventName userIdentity sessionContext sessionIssuer accessKeyId userName arn errorCode eventTime action
    actor hashed_token token_scopes @timestamp type request response auth metadata display_name policies path operation error time
    protoPayload authenticationInfo authorizationInfo permission granted status code principalEmail serviceAccountKeyName timestamp key scope denied""",
)
leaves = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=5), st.sampled_from(["request", "response", "a/b", "2026-05-01", "{}"])
)
values = st.recursive(leaves, lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(NAMES), inner, max_size=5)), max_leaves=12)
rows = st.dictionaries(st.sampled_from(NAMES), values, max_size=8)


def read(data: bytes) -> tuple[list[object], list[int]]:
    broken: list[int] = []
    return list(entries(io.BytesIO(data), broken.append)), broken


@settings(deadline=None, max_examples=300)
@given(rows)
def test_no_entry_of_any_shape_raises(row: dict[str, Any]) -> None:
    own = formats.mapped(formats.parse_map(["key=.auth.policies", "key=.key[0]", "scope=.scope", "time=.time", "denied=.denied", "allowed=.error"]))
    for reader in (*formats.READERS.values(), formats.recognised, own):
        event = reader(row)
        assert event is None or all(isinstance(text, str) for text in (*event.names, *event.scopes, *event.held))


@settings(deadline=None)
@given(st.lists(rows, max_size=6), st.sampled_from([None, 2]), st.sampled_from(["{}", '{{"Records": {}}}', '\ufeff {{ "Events" :\n{} }}']))
def test_a_list_of_any_layout_gives_its_entries(known: list[dict[str, Any]], indent: int | None, around: str) -> None:
    known = json.loads(json.dumps(known).replace("NaN", "0").replace("Infinity", "0"))
    text = around.replace("{}", "%s").replace("{{", "{").replace("}}", "}") % json.dumps(known, indent=indent)
    assert read(text.encode()) == (known, [])
    assert read("".join(f"{json.dumps(row)}\r\n" for row in known).encode()) == (known, [])


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([b"", b"[", b'{"Records":[', b'[{"a": 1},']))
def test_no_bytes_raise(data: bytes, start: bytes) -> None:
    if not (start + data).startswith(b"\x1f\x8b"):
        read(start + data)


def test_what_is_broken_in_a_list_costs_little_and_never_the_rest(monkeypatch: Any) -> None:
    monkeypatch.setattr(module, "LONGEST", 5_000)
    monkeypatch.setattr(module, "_CHUNK", 1_000)
    good = [{"number": number, "fill": "x" * random.Random(number).randrange(900)} for number in range(300)]
    parts = [json.dumps(row) for row in good]
    for number in range(0, 300, 50):
        parts[number] = parts[number].replace(":", ";", 1)
    found, broken = read(f"[{','.join(parts)}]".encode())
    assert found == [row for number, row in enumerate(good) if number % 50] and broken == [number + 1 for number in range(0, 300, 50)]
    found, broken = read(("[" + '{"a": ' * 50_000 + f", {parts[1]}, {parts[2]}").encode())
    assert broken, "a text without an end is said to be broken"
