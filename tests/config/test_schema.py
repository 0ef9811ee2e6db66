"""Manifests against the published schema: what is wrong, where, and never a value in a message."""

import json
import time

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import durations
from agentkey_lint.config import schema
from agentkey_lint.model.facts import Entry
from agentkey_lint.model.source import Span
from agentkey_lint.parse import jsonc

WHOLE = {
    "id": "triage-bot",
    "provider": "github",
    "agent": "triage",
    "owner": "team-support",
    "role": "admin",
    "scopes": ["repo:read", "issues:write"],
    "resources": ["acme/support"],
    "task": "answers new issues",
    "env": "GITHUB_TOKEN",
    "storage": "vault://kv/triage",
    "environment": "production",
    "third_party": False,
    "created": "2026-11-01",
    "expires": "2026-12-01T12:00:00+01:00",
    "rotated": "2026-11-08",
    "rotation": "30d",
    "audit": "siem",
    "justification": "invites members",
}


ONE_END = "one of them says when it ends"


def faults(data: bytes) -> list[tuple[str, str]]:
    """The text at each fault's place, and its message."""
    entries, problems = jsonc.parse(data)
    assert not problems
    return [(data[span.start : span.end].decode(), message) for span, message in schema.validate(entries)]


def of(field: str, value: object) -> list[tuple[str, str]]:
    """The faults of a manifest whose one key has this field."""
    key: dict[str, object] = {"id": "a", "role": "write"} | {field: value}
    return faults(json.dumps({"version": 1, "key": [key]}).encode())


def test_the_schema_is_a_valid_schema_and_explains_every_field() -> None:
    published = json.loads(schema.text())
    jsonschema.Draft202012Validator.check_schema(published)
    properties = published["$defs"]["key"]["properties"]
    assert set(properties) == {*WHOLE, "ttl"}
    for name, field in (published["properties"] | properties).items():
        assert field["description"].endswith(".") and (field["errorMessage"]), name


@pytest.mark.parametrize("manifest", [{}, {"version": 1}, {"version": 1, "key": []}, {"key": [{"id": "a", "role": "admin"}]}, {"version": 1, "key": [WHOLE]}])
def test_what_follows_the_schema(manifest: object) -> None:
    assert faults(json.dumps(manifest).encode()) == []
    jsonschema.Draft202012Validator(json.loads(schema.text())).validate(manifest)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("scopes", "repo:read, user:read"),
        ("scopes", []),
        ("ttl", "30d"),
        ("ttl", 3_600),
        ("ttl", "never"),
        ("ttl", None),
        ("ttl", 0),
        ("expires", "never"),
        ("expires", None),
        ("expires", "2027-01-31"),
        ("storage", "env"),
        ("storage", "op://vault/item"),
        ("audit", False),
        ("third_party", "partner"),
        ("environment", ["production", "staging"]),
    ],
)
def test_values_that_are_right(field: str, value: object) -> None:
    assert of(field, value) == []


@pytest.mark.parametrize(
    ("field", "value", "place", "message"),
    [
        ("id", "", "id", "`id` must be a name"),
        ("id", "a b", "a b", "`id` must be a name"),
        ("role", "reader", "reader", "`role` must be one of read-only, write, admin"),
        ("role", ["write"], "write", "`role` must be one of read-only, write, admin"),
        ("scopes", 7, "7", "`scopes` must be a list of texts, each one scope"),
        ("scopes", ["a:read", 7], "7", "`scopes` must be a list of texts, each one scope"),
        ("scopes", [["deep"]], "deep", "`scopes` must be a list of texts, each one scope"),
        ("scopes", {"a": "b"}, "b", "`scopes` must be a list of texts, each one scope"),
        ("agent", ["one", "two"], "one", "`agent` must name one agent: give each agent a key of its own"),
        ("env", "MY-KEY", "MY-KEY", "`env` must be the name of a variable (letters, digits and `_`), never its value"),
        ("env", "${KEY}", "${KEY}", "`env` must be the name of a variable (letters, digits and `_`), never its value"),
        ("storage", "a drawer", "a drawer", "`storage` must be `env` or a place"),
        ("expires", "30d", "30d", "`expires` must be a date such as 2027-01-31, or `never`; how long a key lives belongs in `ttl`"),
        ("expires", "2027-02-30", "2027-02-30", "`expires` is a date that does not exist"),
        ("created", "never", "never", "`created` must be a date such as 2027-01-31"),
        ("ttl", "soon", "soon", "`ttl` must be a duration such as 30d"),
        ("ttl", "PT", "PT", "`ttl` must be a duration such as 30d"),
        ("ttl", -5, "-5", "`ttl` must be a duration such as 30d"),
        ("ttl", "2027-01-31", "2027-01-31", "a date belongs in `expires`"),
        ("ttl", True, "true", "`ttl` must be a duration such as 30d"),
        ("audit", None, "null", "`audit` must say where uses are logged"),
        ("scoped", ["x"], "x", "unknown field `scoped`; did you mean `scopes`?"),
        ("Expires", "x", "Expires", "unknown field `Expires`; did you mean `expires`?"),
        ("zebra", 1, "zebra", "unknown field `zebra`"),
        ("not a name", 1, "not a name", "unknown field"),
    ],
)
def test_one_mistake_is_one_fault_at_its_place(field: str, value: object, place: str, message: str) -> None:
    ((found, said),) = of(field, value)
    assert found == place
    assert message in said
    assert (said == "unknown field") == (field == "not a name")


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        ('{"version": 2}', "2", "`version` must be the number 1"),
        ('{"version": "1"}', "1", "`version` must be the number 1"),
        ('{"keys": []}', "keys", "unknown field `keys`; did you mean `key`?"),
        ('{"key": {"id": "a"}}', "a", "`key` must be a list of keys: [[key]] in TOML"),
        ('{"key": "a"}', "a", "`key` must be a list of keys: [[key]] in TOML"),
        ('{"key": ["a"]}', "a", "a key must be a table with fields such as `id` and `role`"),
        ('["a"]', "", "a manifest must be a table with a list `key`"),
        ('"a"', "a", "a manifest must be a table with a list `key`"),
        ('{"key": [{"role": "write"}]}', "write", "the key has no `id`: must be a name of at most 64 letters, digits, `.`, `_` and `-`"),
        ('{"key": [{"task": "x", "id": "a"}]}', "a", "the key has no `role`: must be one of read-only, write, admin"),
        ('{"key": [{"id": "a", "role": "admin", "expires": "2027-01-01", "ttl": "1d"}]}', "ttl", "the key has both `expires` and `ttl`: " + ONE_END),
        ('{"key": [{"id": "a", "role": "write", "created": "2027-01-02", "expires": "2027-01-01"}]}', "2027-01-01", "`expires` lies before `created`"),
        ('{"key": [{"id": "a", "role": "write", "role": "admin"}]}', "role", "`role` is given twice; readers differ in which one counts"),
        ('{"key": [{"id": "bot", "role": "write"}, {"id": "bot", "role": "write"}]}', "bot", "two keys have the id bot"),
    ],
)
def test_mistakes_of_the_whole(text: str, place: str, message: str) -> None:
    assert faults(text.encode()) == [(place, message)]


def test_every_missing_field_is_named() -> None:
    assert [message.partition(":")[0] for _, message in faults(b'{"key": [{"task": "x"}]}')] == ["the key has no `id`", "the key has no `role`"]


def test_the_place_counts_in_a_list_with_gaps() -> None:
    entries = [
        Entry(("key", number, field), Span(at, at + 1), Span(at, at + 1), text)
        for number, field, text, at in (("0", "id", "a", 1), ("0", "role", "write", 2), ("7", "id", "b", 3), ("7", "role", "x", 4))
    ]
    assert [span for span, _ in schema.validate(entries)] == [Span(4, 5)]


def test_a_value_that_is_taken_from_elsewhere_is_neither_wrong_nor_missing() -> None:
    entries = [
        Entry(("key", "0", "id"), Span(0, 1), Span(2, 3), "a"),
        Entry(("key", "0", "role"), Span(4, 5), Span(6, 7), "", "alias"),
        Entry(("key", "0", "ttl"), Span(8, 9), Span(9, 9), "x", "tag:!days"),
    ]
    assert list(schema.validate(entries)) == []


def test_no_message_holds_a_value_or_what_looks_like_a_secret() -> None:
    secret = "aB3" * 12
    for text in (secret, f"{secret} {secret}"):
        for field in [*WHOLE, "ttl", "else", text]:
            for value in (text, [text], {text: text}, {"a": {text: text}}):
                assert not any(secret in message for _, message in of(field, value)), field
    twice = json.dumps({"key": [{"id": secret, "role": "write"}] * 2}).encode()
    assert faults(twice) == [(secret, "two keys have the same id")]


def test_mistakes_without_number_end_in_one_message() -> None:
    found = faults(json.dumps({f"x{number}": 1 for number in range(5_000)}).encode())
    assert len(found) == schema.MAX_MESSAGES + 1
    assert found[-1][1] == f"there are more than {schema.MAX_MESSAGES} mistakes in this manifest; the others are not listed"


def test_ten_thousand_keys_are_read_in_time() -> None:
    keys = [{"id": f"k{number}", "role": "write", "scopes": ["a:read"], "env": "KEY", "ttl": "30d"} for number in range(10_000)]
    entries, _ = jsonc.parse(json.dumps({"version": 1, "key": keys}).encode())
    start = time.process_time()
    assert list(schema.validate(entries)) == []
    assert time.process_time() - start < 15


def test_long_hostile_values_take_linear_time() -> None:
    for piece in ("1", "1d ", "P", "2026-", "a", "A:", " "):
        for field in ("ttl", "expires", "storage", "id", "env"):
            assert of(field, piece * 200_000)


AMOUNTS = st.integers(1, 999)


@settings(deadline=None)
@given(AMOUNTS, st.sampled_from(["{}d", "{}h", "{} days", "{}h0m0s", "P{}D", "PT{}H", "p{}w", "{}", "{}.5h", "1 week {} days", "P1DT{}M", "{}mo"]))
def test_the_published_pattern_takes_every_spelling_that_the_rules_read(amount: int, form: str) -> None:
    text = form.format(amount)
    assert durations.seconds(text) is not None
    assert of("ttl", text) == []


@settings(deadline=None)
@given(st.text(alphabet="0123456789dhmsPTDHM. -", max_size=8))
def test_a_duration_is_wrong_exactly_where_the_rules_cannot_read_it(text: str) -> None:
    readable = durations.seconds(text) is not None and any(map(str.isdigit, text)) and text == text.strip()
    assert bool(of("ttl", text)) != readable


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.lists(st.sampled_from(["key", "version", "0", "1", "id", "role", "scopes", "ttl", "x", ""]), max_size=6),
            st.text(max_size=5),
            st.sampled_from(["string", "number", "boolean", "null", "date", "empty", "alias"]),
        ),
        max_size=12,
    )
)
def test_any_entries_are_judged(pieces: list[tuple[list[str], str, str]]) -> None:
    entries = [Entry(tuple(route), Span(at, at), Span(at, at + 1), text, kind) for at, (route, text, kind) in enumerate(pieces)]
    for span, message in schema.validate(entries):
        assert 0 <= span.start <= span.end <= len(pieces) + 1
        assert message
