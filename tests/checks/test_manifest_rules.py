"""The rules on key manifests: what each says, where, and what it leaves alone."""

import importlib
import json
from collections.abc import Iterator
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import durations
from agentkey_lint.checks.admin_key_for_routine_task import admin_key_for_routine_task
from agentkey_lint.checks.admin_key_third_party import admin_key_third_party
from agentkey_lint.checks.admin_scope import admin_scope
from agentkey_lint.checks.environment_mix import environment_mix
from agentkey_lint.checks.expired_key import expired_key
from agentkey_lint.checks.invalid_manifest import invalid_manifest
from agentkey_lint.checks.long_lived_key import long_lived_key
from agentkey_lint.checks.missing_audit import missing_audit
from agentkey_lint.checks.missing_expiry import missing_expiry
from agentkey_lint.checks.missing_owner import missing_owner
from agentkey_lint.checks.plaintext_storage import plaintext_storage
from agentkey_lint.checks.rotation_overdue import rotation_overdue
from agentkey_lint.checks.scope_exceeds_role import scope_exceeds_role
from agentkey_lint.checks.secret_in_manifest import secret_in_manifest
from agentkey_lint.checks.shared_key import shared_key
from agentkey_lint.checks.unbound_key import unbound_key
from agentkey_lint.checks.wildcard_scope import wildcard_scope
from agentkey_lint.engine.grants import of_records
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import SEVERITIES, Claim
from agentkey_lint.model.repository import Repository, empty
from agentkey_lint.model.settings import Settings
from agentkey_lint.model.source import Source
from agentkey_lint.parse import jsonc
from agentkey_lint.parse.records import records
from agentkey_lint.testing import expand

NAMES = ("invalid_manifest", "wildcard_scope", "admin_scope", "scope_exceeds_role", "missing_expiry", "expired_key", "long_lived_key")
NAMES += ("admin_key_for_routine_task", "admin_key_third_party", "rotation_overdue", "missing_owner", "missing_audit", "unbound_key", "plaintext_storage")
NAMES += ("shared_key", "environment_mix", "secret_in_manifest")
TODAY = durations.date("2026-11-23") or 0

RECORD_RULES = (
    scope_exceeds_role,
    missing_expiry,
    missing_owner,
    missing_audit,
    unbound_key,
    admin_key_for_routine_task,
    admin_key_third_party,
    plaintext_storage,
)

SAMPLE = b"""version: 1
key:
  - id: newsletter
    agent: newsletter
    owner: team
    audit: siem
    role: write
    scopes: ["messages:send"]
    ttl: 30d
  - id: dashboard
    agent: dashboard
    owner: team
    audit: siem
    role: read-only
    scopes: ["audit:read", "user_admin_read", "repo:delete"]
    ttl: 30d
  - id: everything
    agent: everything
    owner: team
    audit: siem
    role: write
    scopes: ["*"]
    expires: never
  - id: old
    agent: old
    owner: team
    audit: siem
    role: read-only
    scopes: ["things:read"]
    expires: 2020-01-01
  - id: endless
    agent: endless
    owner: team
    audit: siem
    role: admin
    scopes: ["users:admin"]
"""


def document(data: bytes, form: str = "json") -> Document:
    parser = importlib.import_module(f"agentkey_lint.parse.{'jsonc' if form == 'json' else form}")
    return Document(Source(f"agentkeys.{form}", data), form, records=records(parser.parse(data)[0]))


def claims(whole: Document) -> Iterator[Claim]:
    """What all rules say of a manifest on a fixed day."""
    repository = empty()
    yield from invalid_manifest(whole, whole, repository)
    for grant in of_records(whole.records):
        for rule in (wildcard_scope, admin_scope):
            yield from rule(grant, whole, repository)
    for record in whole.records:
        for check in RECORD_RULES:
            yield from check(record, whole, repository)
        for dated in (expired_key, long_lived_key, rotation_overdue):
            yield from dated(record, whole, repository, TODAY)
    for about in (shared_key, environment_mix, secret_in_manifest):
        yield from about(whole, whole, repository)


BOUND: dict[str, object] = {"agent": "support", "owner": "team", "audit": "siem"}
"""What every key should say, so that tests about other fields get no findings about these."""


def manifest(*keys: dict[str, object]) -> Document:
    return document(json.dumps({"version": 1, "key": [{"id": f"key{number}" if number else "a", **key} for number, key in enumerate(keys)]}).encode())


def found(**fields: object) -> dict[str, Claim]:
    """The claims on a manifest with one key, by rule and the text that they point at."""
    whole = manifest({**BOUND, **fields})
    return {f"{claim.rule} {whole.source.data[claim.span.start : claim.span.end].decode()}": claim for claim in claims(whole)}


def rules(**fields: object) -> set[str]:
    return {claim.rule for claim in found(**fields).values()}


@pytest.mark.parametrize("name", NAMES)
def test_each_rule_has_its_manual(name: str) -> None:
    module = importlib.import_module(f"agentkey_lint.checks.{name}")
    summary, *rest = module.__doc__.splitlines()
    headings = [above for above, below in pairwise(rest) if below and set(below) == {"-"} and len(above) == len(below)]
    assert summary.endswith(".") and headings == ["Why it matters", "What to do", "Limits"]
    assert module.RULE.id == name.replace("_", "-")
    assert module.RULE.severity in SEVERITIES and module.RULE.owasp


def test_a_sample() -> None:
    whole = document(SAMPLE, "yaml")
    lines = SAMPLE.decode().splitlines()
    said = {(lines[SAMPLE.count(b"\n", 0, claim.span.start)].strip(" -"), claim.rule, claim.severity) for claim in claims(whole)}
    assert said == {
        ('scopes: ["audit:read", "user_admin_read", "repo:delete"]', "scope-exceeds-role", "high"),
        ('scopes: ["*"]', "wildcard-scope", "critical"),
        ('scopes: ["*"]', "scope-exceeds-role", "high"),
        ("expires: never", "missing-expiry", "high"),
        ("expires: 2020-01-01", "expired-key", "high"),
        ("id: endless", "missing-expiry", "high"),
        ('scopes: ["users:admin"]', "admin-scope", "high"),
    }


@pytest.mark.parametrize(("scope", "severity"), [("*", "critical"), ("manage:*", "critical"), ("tickets:*", "high"), ("*:read", "medium")])
def test_a_wildcard_is_as_grave_as_what_it_grants(scope: str, severity: str) -> None:
    assert found(role="admin", scopes=["a:read", scope], ttl="1h")[f"wildcard-scope {scope}"].severity == severity


@pytest.mark.parametrize(
    ("role", "scope", "exceeds"),
    [
        ("read-only", "a:read", False),
        ("read-only", "a:write", True),
        ("read-only", "unheard-of", False),
        ("read-only", "iam:PassRole", True),
        ("write", "a:write", False),
        ("write", "a:admin", True),
        ("admin", "*", False),
        ("nonsense", "a:admin", False),
    ],
)
def test_a_scope_against_the_role(role: str, scope: str, exceeds: bool) -> None:
    assert ("scope-exceeds-role" in rules(role=role, scopes=[scope], ttl="1h")) == exceeds


def test_the_message_names_the_deciding_word_and_the_provider_counts() -> None:
    claim = found(role="read-only", provider="github", scopes="read:user repo", ttl="1h")["scope-exceeds-role repo"]
    assert claim.message == "this scope grants write (by `repo`), but the key's role is read-only"


@pytest.mark.parametrize(
    ("fields", "place", "severity"),
    [
        ({"role": "read-only"}, "a", "medium"),
        ({"role": "write"}, "a", "high"),
        ({}, "a", "medium"),
        ({"scopes": ["x:write"]}, "a", "high"),
        ({"role": "read-only", "expires": "never"}, "never", "medium"),
        ({"role": "admin", "expires": None}, "null", "high"),
        ({"role": "write", "ttl": 0}, "0", "high"),
        ({"role": "write", "ttl": "P0D"}, "P0D", "high"),
        ({"role": "write", "ttl": ""}, "ttl", "high"),
    ],
)
def test_a_key_without_end(fields: dict[str, object], place: str, severity: str) -> None:
    assert found(**fields)[f"missing-expiry {place}"].severity == severity
    assert not {"long-lived-key", "expired-key"} & rules(**fields)


@pytest.mark.parametrize("fields", [{"ttl": "1h"}, {"expires": "2026-11-24"}, {"ttl": "soon"}, {"expires": "30d"}])
def test_a_key_with_some_end(fields: dict[str, object]) -> None:
    assert not {"missing-expiry", "long-lived-key", "expired-key"} & rules(role="read-only", **fields)


def test_an_end_that_is_taken_from_elsewhere_is_not_missing() -> None:
    whole = document(b"ttl: &x 30d\nkey:\n  - id: a\n    role: write\n    ttl: *x\n", "yaml")
    assert [claim.rule for record in whole.records for claim in missing_expiry(record, whole, empty())] == []


@pytest.mark.parametrize(
    ("fields", "expired"),
    [
        ({"expires": "2026-11-22"}, True),
        ({"expires": "2026-11-23"}, False),
        ({"expires": "2026-11-22T23:00:00-05:00"}, False),
        ({"expires": "2026-11-22T23:00:00Z"}, True),
        ({"expires": "2026-02-30"}, False),
        ({"created": "2026-10-01", "ttl": "30d"}, True),
        ({"created": "2026-10-01", "rotated": "2026-11-20", "ttl": "30d"}, False),
        ({"created": "2026-10-01", "ttl": "never"}, False),
        ({"ttl": "1s"}, False),
        ({"created": "2026-10-01"}, False),
    ],
)
def test_a_key_that_has_ended(fields: dict[str, object], expired: bool) -> None:
    assert ("expired-key" in rules(role="read-only", **fields)) == expired


def test_an_ended_key_is_told_with_its_day() -> None:
    assert found(role="write", created="2026-10-01", ttl="720h")["expired-key 720h"].message == "this key ended on 2026-10-31"


@pytest.mark.parametrize(
    ("fields", "severity"),
    [
        ({"role": "read-only", "ttl": "90d"}, None),
        ({"role": "read-only", "ttl": "91d"}, "medium"),
        ({"role": "write", "ttl": "30d"}, None),
        ({"role": "write", "ttl": "721h"}, "medium"),
        ({"role": "admin", "ttl": "24h"}, None),
        ({"role": "admin", "ttl": "25h"}, "medium"),
        ({"role": "admin", "ttl": "7d"}, "medium"),
        ({"role": "admin", "ttl": "8d"}, "high"),
        ({"ttl": "31d", "scopes": ["a:write"]}, "medium"),
        ({"ttl": "31d", "scopes": ["a:read"]}, None),
        ({"role": "write", "created": "2026-11-01", "expires": "2026-12-01"}, None),
        ({"role": "write", "created": "2026-11-01", "expires": "2026-12-02"}, "medium"),
        ({"role": "write", "created": "2025-11-01", "rotated": "2026-11-20", "expires": "2026-12-02"}, None),
        ({"role": "write", "expires": "2026-12-23"}, None),
        ({"role": "write", "expires": "2099-01-01"}, "medium"),
    ],
)
def test_a_key_that_lives_long(fields: dict[str, object], severity: str | None) -> None:
    severities = [claim.severity for claim in found(**fields).values() if claim.rule == "long-lived-key"]
    assert severities == ([severity] if severity else [])


def test_the_length_is_told_with_the_limit() -> None:
    assert found(role="write", ttl="721h")["long-lived-key 721h"].message == "this key lives 30.04 days; a key for write may live 30 days"


def test_a_manifest_is_told_by_its_name() -> None:
    wrong = Document(Source("a/agentkeys.json", b""), "json", records=document(b'{"key": [{"id": "a", "role": "boss"}]}').records)
    assert [(claim.rule, claim.message) for claim in invalid_manifest(wrong, wrong, empty())] == [
        ("invalid-manifest", "`role` must be one of read-only, write, admin")
    ]
    for path, form in (("a/keys.json", "json"), ("agentkeys.json", ""), ("agentkeys/x.json", "json")):
        other = wrong._replace(source=Source(path, b""), format=form)
        assert list(invalid_manifest(other, other, empty())) == []


def test_the_same_mistake_in_two_keys_is_two_findings() -> None:
    whole = document(b'{"key": [{"id": "a", "role": "x"}, {"id": "b", "role": "x"}]}')
    assert len({claim.identity for claim in invalid_manifest(whole, whole, empty())}) == 2


VERBS = ("read", "write", "admin")
NOUNS = ("tickets", "users", "repo", "audit", "readme")
SCOPE = st.builds("{}:{}".format, st.sampled_from(NOUNS), st.sampled_from([*VERBS, "delete", "*", "list", "x"])) | st.sampled_from(
    ["*", "all", "*:read", "sudo"]
)
ROLE = st.sampled_from(["read-only", "write", "admin", None])


def identities(role: str | None, scopes: list[str]) -> set[tuple[str, str]]:
    declared = {"role": role} if role else {}
    return {(claim.rule, claim.identity) for claim in found(**declared, scopes=scopes, ttl="45d").values()}


def severities(role: str | None, scopes: list[str]) -> list[tuple[str, str]]:
    declared = {"role": role} if role else {}
    return sorted((claim.rule, claim.severity) for claim in found(**declared, scopes=scopes, ttl="45d").values())


@settings(deadline=None)
@given(ROLE, st.lists(SCOPE, max_size=5, unique=True).flatmap(lambda scopes: st.tuples(st.just(scopes), st.permutations(scopes))))
def test_the_order_of_scopes_never_matters(role: str | None, orders: tuple[list[str], list[str]]) -> None:
    assert severities(role, orders[0]) == severities(role, orders[1])
    assert identities(role, orders[0]) == identities(role, orders[1])


@settings(deadline=None)
@given(ROLE, st.lists(SCOPE, min_size=1, max_size=5, unique=True))
def test_taking_a_scope_away_never_adds_a_finding(role: str | None, scopes: list[str]) -> None:
    assert identities(role, scopes[1:]) <= identities(role, scopes)


@settings(deadline=None)
@given(ROLE, st.sampled_from(NOUNS), st.lists(SCOPE, max_size=3, unique=True))
def test_a_narrower_scope_never_adds_a_finding(role: str | None, noun: str, others: list[str]) -> None:
    ladder = [*(f"{noun}:{verb}" for verb in VERBS), "*"]
    others = [scope for scope in others if scope not in ladder]
    for narrow, wide in pairwise(ladder):
        assert len(identities(role, [*others, narrow])) <= len(identities(role, [*others, wide]))
    for verb in ("read", "write", "delete"):
        narrowed = {rule for rule, _ in identities(role, [f"{noun}:{verb}"])}
        assert narrowed <= {rule for rule, _ in identities(role, [f"{noun}:*"])}


@settings(deadline=None)
@given(ROLE, st.integers(1, 200))
def test_all_spellings_of_a_lifetime_give_the_same_findings(role: str | None, days: int) -> None:
    declared = {"role": role} if role else {}
    spellings = (f"{days}d", f"{days * 24}h", f"P{days}D", days * 86_400, str(days * 86_400))
    assert len({tuple((claim.rule, claim.severity, claim.message) for claim in found(**declared, ttl=text).values()) for text in spellings}) == 1


@settings(deadline=None)
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["id", "role", "scopes", "ttl", "expires", "created"]), inner, max_size=4),
        max_leaves=12,
    )
)
def test_any_manifest_is_judged(manifest: object) -> None:
    data = json.dumps({"key": [manifest]}).encode()
    assert not jsonc.parse(data)[1]
    for claim in claims(document(data)):
        assert 0 <= claim.span.start <= claim.span.end <= len(data)
        assert claim.secret is None and claim.severity in SEVERITIES


LATE = [("2026-06-01", "30d"), ("2026-06-01T00:00:00Z", "720h"), ("2026-06-01 00:00", "P30D"), ("2026-06-01T02:00:00+02:00", 2_592_000), ("2026-06-01", "1mo")]


@pytest.mark.parametrize("field", ["created", "rotated"])
def test_every_form_of_a_date_and_a_duration_means_the_same_to_rotation(field: str) -> None:
    said = {
        claim.message
        for start, every in LATE
        for claim in found(**{field: start, "rotation": every, "expires": "2099-01-01"}).values()
        if "due" in claim.message
    }
    assert said == {"this key dates from 2026-06-01 and is to be replaced every 30 days: it was due on 2026-07-01"}


@pytest.mark.parametrize(
    ("fields", "overdue"),
    [
        ({"created": "2026-08-25"}, False),  # ninety days ago today
        ({"created": "2026-08-24"}, True),
        ({"created": "2026-08-24", "rotation": "365d"}, True),
        ({"created": "2026-08-24", "rotated": "2026-11-01"}, False),
        ({"created": "2026-10-01", "rotation": "30d"}, True),
        ({"created": "2026-10-01", "rotation": "whenever"}, False),
        ({"created": "2020-01-01", "ttl": "30d"}, False),
        ({"created": "2020-01-01", "expires": "2020-02-01"}, False),
        ({"created": "2020-02-30"}, False),
        ({"rotation": "30d"}, False),
    ],
)
def test_when_a_key_is_to_be_replaced(fields: dict[str, object], overdue: bool) -> None:
    assert ("rotation-overdue" in rules(**fields)) == overdue


def test_the_limit_of_rotation_can_be_set() -> None:
    whole = manifest({**BOUND, "created": "2026-10-01"})
    for limit, overdue in (("30d", True), ("90d", False)):
        repository = Repository(dict, lambda path: None, settings=lambda path, limit=limit: Settings({"rotation-overdue": {"rotation": limit}}))
        assert bool(list(rotation_overdue(whole.records[0], whole, repository, TODAY))) == overdue


@pytest.mark.parametrize(("role", "severity"), [("read-only", "low"), ("write", "medium"), ("admin", "high")])
@pytest.mark.parametrize("owner", ["", "  ", "none", "TODO", None, False])
def test_a_key_that_nobody_answers_for(role: str, severity: str, owner: object) -> None:
    assert [claim.severity for claim in found(role=role, owner=owner).values() if claim.rule == "missing-owner"] == [severity]


@pytest.mark.parametrize(
    ("task", "routine"),
    [
        ("Answers tickets", True),
        ("daily report of usage", True),
        ("Summarising mails", True),
        ("drafted replies", True),
        ("rotate keys every week", False),
        ("Reports who has which permissions", False),
        ("Tickets", False),
        ("", False),
    ],
)
def test_what_a_routine_task_is(task: str, routine: bool) -> None:
    assert ("admin-key-for-routine-task" in rules(role="admin", task=task, ttl="1h")) == routine
    assert "admin-key-for-routine-task" not in rules(role="write", task=task, ttl="1h")


@pytest.mark.parametrize(
    ("names", "mixed"),
    [
        (["production", "staging"], True),
        (["prod-eu", "prod-us"], False),
        (["non-prod", "dev"], False),
        ("production staging", True),
        ("all", True),
        (["*"], True),
        ("live", False),
        ([], False),
    ],
)
def test_production_and_elsewhere(names: object, mixed: bool) -> None:
    assert ("environment-mix" in rules(environment=names)) == mixed


def test_the_name_of_a_variable_is_no_value_whatever_it_looks_like() -> None:
    for name in ("K1000_TOKEN", "AWS_S3_KEY_2", "OPENAI_API_KEY", "token"):
        assert "secret-in-manifest" not in rules(env=name)
    value = expand("{{32 x aA0}}")
    assert "secret-in-manifest" in rules(env=value) and "secret-in-manifest" in rules(env=f"X-{value}")


NAME = st.sampled_from(["support", "newsletter", "crm"])
KEY = st.fixed_dictionaries(
    {},
    optional={
        "id": NAME,
        "agent": NAME | st.lists(NAME, min_size=1, max_size=2, unique=True),
        "env": NAME.map(str.upper),
        "storage": st.sampled_from(["env", "vault://a", "op://b"]),
        "environment": st.lists(st.sampled_from(["production", "staging", "prod-eu"]), max_size=2, unique=True),
    },
)


def together(keys: list[dict[str, object]]) -> set[tuple[str, str]]:
    return {(claim.rule, claim.identity.partition("/")[0]) for claim in claims(manifest(*keys)) if claim.rule in ("shared-key", "environment-mix")}


@settings(deadline=None)
@given(st.lists(KEY, max_size=4).flatmap(lambda keys: st.tuples(st.just(keys), st.permutations(keys))))
def test_the_order_of_keys_never_matters(orders: tuple[list[dict[str, object]], list[dict[str, object]]]) -> None:
    assert {rule for rule, _ in together(orders[0])} == {rule for rule, _ in together(orders[1])}


@settings(deadline=None)
@given(st.lists(KEY, min_size=1, max_size=4))
def test_a_key_less_shares_no_more(keys: list[dict[str, object]]) -> None:
    assert {rule for rule, _ in together(keys[1:])} <= {rule for rule, _ in together(keys)}


@settings(deadline=None)
@given(ROLE, st.sampled_from(["tickets:*", "*", "users:admin", "tickets:write"]), st.booleans(), st.sampled_from(["daily report", "Tickets", None]))
def test_narrowing_a_key_never_adds_a_finding(role: str | None, scope: str, third_party: bool, task: str | None) -> None:
    wide = {"role": role, "scopes": [scope], "third_party": third_party, "task": task, "storage": "env", "ttl": "20h"}
    narrow = wide | {"scopes": ["tickets:read"]}
    assert rules(**narrow) <= rules(**wide)
    assert rules(**wide | {"third_party": False}) <= rules(**wide)
    assert rules(**wide | {"storage": "vault://a"}) <= rules(**wide)
    if role in ("write", "admin"):  # a lower role may be one that the scope goes beyond
        assert rules(**narrow | {"role": "read-only"}) <= rules(**narrow)
