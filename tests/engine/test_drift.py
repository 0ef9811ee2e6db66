"""What two versions of a file differ in: laws of the comparison, and single cases of what counts as wider."""

import time
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import scopes
from agentkey_lint.engine import powers
from agentkey_lint.engine.drift import TOOL, widened
from agentkey_lint.model.facts import Change, Grant, Measure, Powers
from agentkey_lint.model.source import Source, Span

NAMES = ["a", "b"]
SCOPES = ["*", "", "tickets:*", "tickets:read", "tickets:write", "tickets:delete", "orders:read", "read", "write", "admin", "repo", "repo:status", "Mail.Read",
          "Mail.ReadWrite", "Mail.Read.All", "s3:Get*", "s3:GetObject", "Bash", "Bash(ls)", "Bash(npm:*)", "Bash(npm test:*)",
          "mcp__x", "mcp__x__y"]  # fmt: skip
GRANTS = st.builds(
    lambda subject, scope, system, resources, at: Grant(subject, scope, Span(at, at + 1), system, resources),
    st.sampled_from(["", *NAMES]),
    st.sampled_from(SCOPES),
    st.sampled_from(["", "aws", "github-actions", TOOL]),
    st.sampled_from([(), ("x/a",), ("x/*",), ("x/a", "y")]),
    st.integers(0, 3),
)
MEASURES = st.builds(
    lambda subject, name, amount, optional: Measure(subject, name, amount, str(amount), Span(0, 1), "low", optional=optional),
    st.sampled_from(NAMES),
    st.sampled_from(["role", "lifetime"]),
    st.sampled_from([0.0, 1.0, 2.0, float("inf")]),
    st.booleans(),
)


def told(changes: list[Change]) -> list[tuple[str, str, str]]:
    return [(one.subject, one.old, one.new) for one in changes]


def of(path: str, text: str) -> Powers:
    return powers.of_source(Source(path, text.encode()))[0]


@given(st.lists(GRANTS, max_size=6), st.lists(MEASURES, max_size=4))
def test_nothing_is_wider_than_itself(grants: list[Grant], measures: list[Measure]) -> None:
    same = Powers(tuple(grants), tuple(measures))
    assert widened(same, same) == []


@given(st.lists(GRANTS, max_size=6), st.data())
def test_taking_grants_away_is_never_told(grants: list[Grant], data: st.DataObject) -> None:
    kept = [grant for grant in grants if data.draw(st.booleans())]
    assert widened(Powers(tuple(grants)), Powers(tuple(kept))) == []


@given(st.lists(GRANTS, max_size=5), st.lists(GRANTS, max_size=5), st.lists(MEASURES, max_size=3), st.lists(MEASURES, max_size=3), st.randoms())
def test_the_order_never_matters(old: list[Grant], new: list[Grant], was: list[Measure], now: list[Measure], rng: Random) -> None:
    first = widened(Powers(tuple(old), tuple(was)), Powers(tuple(new), tuple(now)))
    for some in (old, new, was, now):
        rng.shuffle(some)
    assert widened(Powers(tuple(old), tuple(was)), Powers(tuple(new), tuple(now))) == first


@given(GRANTS, GRANTS)
def test_one_grant_that_grows_into_another_does_not_grow_back(one: Grant, other: Grant) -> None:
    """What is told as `one → other` is not told the other way round; two that have nothing in common are both new."""
    other = other._replace(system=one.system, resources=one.resources)
    forth, back = (widened(Powers((a,)), Powers((b,))) for a, b in ((one, other), (other, one)))
    assert not back or all(change.old == "" for change in forth)


@given(MEASURES, MEASURES)
def test_a_measure_grows_in_one_direction_only(one: Measure, other: Measure) -> None:
    other = other._replace(subject=one.subject, name=one.name)
    forth, back = (bool(widened(Powers(measures=(a,)), Powers(measures=(b,)))) for a, b in ((one, other), (other, one)))
    assert (forth, back) == (one.amount < other.amount, other.amount < one.amount)


@pytest.mark.parametrize(
    ("system", "narrow", "wide"),
    [
        ("", "tickets:read", "tickets:*"),
        ("", "tickets:read", "tickets:write"),
        ("", "read:jira-work", "write:jira-work"),
        ("", "read_products", "write_products"),
        ("", "Mail.Read", "Mail.ReadWrite"),
        ("", "Mail.Read", "Mail.Read.All"),
        ("", "anything at all", "*"),
        ("google", "https://www.googleapis.com/auth/drive.readonly", "https://www.googleapis.com/auth/drive"),
        ("google", "https://www.googleapis.com/auth/gmail.readonly", "https://www.googleapis.com/auth/gmail.modify"),
        ("github", "repo:status", "repo"),
        ("aws", "s3:GetObject", "s3:Get*"),
        ("aws", "s3:GetObject", "S3:*"),
        ("github-actions", "contents:write", "write-all"),
        ("github-actions", "contents:read", "read-all"),
        (TOOL, "Bash(npm test:*)", "Bash(npm:*)"),
        (TOOL, "Bash(npm test:*)", "Bash"),
        (TOOL, "mcp__github__get_issue", "mcp__github"),
        (TOOL, "WebFetch(domain:a.b)", "WebFetch"),
        (TOOL, "@server/tool", "@server"),
    ],
)
def test_what_covers_what(system: str, narrow: str, wide: str) -> None:
    small, large = (Powers((Grant("a", scope, Span(0, 1), system),)) for scope in (narrow, wide))
    assert told(widened(small, large)) == [("a", narrow, wide)]
    assert widened(large, small) == []


@pytest.mark.parametrize(
    ("system", "one", "other"),
    [
        ("aws", "s3:PutObject", "s3:GetObject"),
        ("kubernetes", "pods:create", "pods:get"),
        ("", "tickets:read", "orders:read"),
        ("", "tickets", "tickets:write"),
        ("", "tickets:create", "tickets:delete"),
        (TOOL, "Bash(ls)", "Bashful"),
    ],
)
def test_what_does_not(system: str, one: str, other: str) -> None:
    assert told(widened(Powers((Grant("a", one, Span(0, 1), system),)), Powers((Grant("a", other, Span(0, 1), system),)))) == [("a", "", other)]


def test_the_severity_follows_what_is_granted_now() -> None:
    new = Powers(tuple(Grant("a", scope, Span(0, 1)) for scope in ("x:read", "x:write", "x:admin", "y:*", "*")))
    assert {one.new: one.severity for one in widened(Powers(), new)} == {
        "x:read": "low",
        "x:write": "medium",
        "x:admin": "high",
        "y:*": "high",
        "*": "critical",
    }
    assert scopes.tier("y:*").level == "write"


WORKFLOW = "on: push\n{}jobs:\n  build:\n    runs-on: x\n{}"
READ, WRITE = "permissions:\n  contents: read\n", "permissions:\n  contents: write\n"
INNER = "    permissions:\n      contents: write\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (("", ""), (READ, ""), []),
        ((READ, ""), ("", ""), [("", "contents:read", "everything")]),
        ((READ, ""), (WRITE, ""), [("", "contents:read", "contents:write")]),
        ((WRITE, ""), ("permissions: {}\n", INNER), []),
        (("permissions: {}\n", INNER), (WRITE, ""), [("", "", "contents:write")]),
        ((READ, ""), ("permissions: write-all\n", ""), [("", "contents:read", "write-all")]),
    ],
)
def test_permissions_of_workflows(old: tuple[str, str], new: tuple[str, str], expected: list[tuple[str, str, str]]) -> None:
    before, after = (of(".github/workflows/a.yml", WORKFLOW.format(*parts)) for parts in (old, new))
    assert told(widened(before, after)) == expected


JANUARY, FEBRUARY, MARCH = "2026-01-01", "2026-02-01", "2026-03-01"
KEY = "version: 1\nkey:\n  - id: bot\n    provider: linear\n    scopes: [tickets:read]\n"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("ttl: 30d", "ttl: 720h", []),
        ("ttl: 30d", "ttl: 60d", [("bot: lifetime", "ttl 30d", "ttl 60d")]),
        ("ttl: 60d", "ttl: 30d", []),
        ("ttl: 30d", "task: x", [("bot: lifetime", "ttl 30d", "no end")]),
        ("ttl: 30d", "ttl: never", [("bot: lifetime", "ttl 30d", "ttl never")]),
        (f"created: {JANUARY}\n    expires: {FEBRUARY}", f"created: {JANUARY}\n    expires: {MARCH}",
         [("bot: lifetime", f"expires {FEBRUARY}", f"expires {MARCH}")]),
        (f"rotated: {JANUARY}\n    expires: {FEBRUARY}", f"rotated: {FEBRUARY}\n    expires: {MARCH}", []),
        ("rotation: 30d", "rotation: 90d", [("bot: rotation", "rotation 30d", "rotation 90d")]),
        ("role: read-only", "role: admin", [("bot: role", "read-only", "admin")]),
        ("role: admin", "role: read-only", []),
        ("resources: [team/a]", "resources: ['team/*']", [("bot: resources", "team/a", "team/*")]),
        ("resources: [team/a]", "task: x", [("bot: resources", "team/a", "*")]),
        ("third_party: false", "third_party: true", [("bot: third_party", "false", "true")]),
    ],
)  # fmt: skip
def test_fields_of_declared_keys(old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    before, after = (of("agentkeys.yaml", f"{KEY}    {field}\n") for field in (old, new))
    assert told(widened(before, after)) == expected


def test_a_new_key_is_its_scopes() -> None:
    assert told(widened(Powers(), of("agentkeys.yaml", f"{KEY}    ttl: 30d\n"))) == [("bot", "", "tickets:read")]


AWS = '{"Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["x"]%s}]}'
CONDITION = ', "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}'


def test_a_condition_that_is_taken_away_widens() -> None:
    narrow, wide = of("policy.json", AWS % CONDITION), of("policy.json", AWS % "")
    assert [one.new for one in widened(narrow, wide)] == ["s3:GetObject on x"]
    two = AWS.replace('["x"]', '["x", "y"]')
    assert [one.new for one in widened(wide, of("policy.json", two % ""))] == ["s3:GetObject on y"]


def test_a_path_of_vault_that_becomes_shorter_widens() -> None:
    narrow, wide = (of("a.hcl", f'path "{path}" {{ capabilities = ["read"] }}\n') for path in ("secret/app/*", "secret/*"))
    assert told(widened(narrow, wide)) == [("", "read on secret/app/*", "read on secret/*")]
    assert widened(wide, narrow) == []


@pytest.mark.parametrize(
    ("path", "old", "new", "expected"),
    [
        (".codex/config.toml", 'approval_policy = "on-request"', 'approval_policy = "never"', [("approval_policy", "on-request", "never")]),
        (".claude/settings.json", "{}", '{"permissions": {"allow": ["Bash(ls:*)"]}}', [("permissions.allow", "", "Bash(ls:*)")]),
        ("opencode.json", '{"permission": {"bash": "ask"}}', '{"permission": {"bash": "allow"}}', [("permission.bash", "ask", "allow")]),
        (".gemini/settings.json", '{"mcpServers": {"a": {}}}', '{"mcpServers": {"a": {"trust": true}}}', [("mcpServers.a.trust", "", "true")]),
        (".roo/mcp.json", "{}", '{"mcpServers": {"a": {"alwaysAllow": ["get"]}}}', [("mcpServers.a.alwaysAllow", "", "get")]),
    ],
)  # fmt: skip
def test_settings_of_agents(path: str, old: str, new: str, expected: list[tuple[str, str, str]]) -> None:
    assert told(widened(of(path, old), of(path, new))) == expected
    assert widened(of(path, new), of(path, old)) == []


@settings(deadline=None, max_examples=20)
@given(st.sampled_from(["agentkeys.toml", "policy.json", ".github/workflows/a.yml", ".claude/settings.json", "a.hcl", "main.tf"]), st.binary(max_size=200))
def test_any_bytes_have_powers(path: str, data: bytes) -> None:
    found, _ = powers.of_source(Source(path, data))
    assert widened(found, found) == []


def test_large_versions_take_linear_time() -> None:
    start = time.process_time()
    many = Powers(tuple(Grant("a", f"{kind}{number}:{verb}*", Span(0, 1)) for number in range(4_000) for kind in "xy" for verb in ("read", "write")))
    other = Powers(tuple(Grant("a", f"z{number}:read", Span(0, 1)) for number in range(4_000)))
    assert len(widened(many, other)) == 4_000
    assert time.process_time() - start < 10
