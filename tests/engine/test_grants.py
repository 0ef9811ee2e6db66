"""Grants of files: what the shapes of statements and rules come to, on any entries and in linear time."""

import json
import time
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import scopes
from agentkey_lint.catalog.compiled import SYSTEM_FILES
from agentkey_lint.engine import documents, pipeline
from agentkey_lint.model.facts import Document, Grant
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source

RULES = ("wildcard-scope", "admin-scope")
PATHS = (
    "manifest.json", "policy.json", "appsscript.json", "stripe-app.json", "agent-card.json", "kya.json", "entries.json", "app-manifest.json", "openapi.json",
    "oauth-client.json", "manifest.yml", ".github/app.yml", ".github/workflows/a.yml", "rbac.yaml", "tenant.yaml", "shopify.app.toml", "policy.hcl",
    ".claude/settings.json", ".codex/config.toml", ".mcp.json", "opencode.json", ".zed/settings.json", "server.json", ".vscode/settings.json",
)  # fmt: skip
WORDS = sorted({word.decode() for row in SYSTEM_FILES for group in row[:2] for word in group})
"""Each of the literals by which files are recognised."""


def build(path: str, text: str | bytes) -> Document:
    return documents.build(Source(path, text if isinstance(text, bytes) else text.encode()))


def found(path: str, text: str) -> list[tuple[str, str, str]]:
    """What the rules on scopes say: rule, severity and the text that they point at."""
    document = build(path, text)
    claims, faults = pipeline.claims(document, empty())
    assert not faults
    return sorted((claim.rule, claim.severity, text[claim.span.start : claim.span.end]) for claim in claims if claim.rule in RULES)


def policy(**statement: object) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Resource": "arn:aws:s3:::a", **statement}]})


def role(rules: Sequence[dict[str, object]]) -> str:
    return json.dumps({"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "rules": list(rules)})


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ({"Action": "s3:GetObject"}, []),
        ({"Action": "s3:*"}, [("wildcard-scope", "high", "s3:*")]),
        ({"Action": "*"}, [("wildcard-scope", "critical", "*")]),
        ({"Action": ["s3:Get*", "iam:*"]}, [("wildcard-scope", "critical", "iam:*")]),
        ({"Action": "*", "Effect": "Deny"}, []),
        ({"NotAction": "s3:*", "Effect": "Deny"}, []),
        ({"NotAction": ["s3:*", "iam:*"]}, [("wildcard-scope", "critical", "s3:*")]),
        ({"Action": "iam:PassRole"}, []),
        ({"Action": "iam:PassRole", "Resource": "*"}, [("admin-scope", "high", "iam:PassRole")]),
        ({"Action": "iam:PassRole", "Resource": "*", "Condition": {"StringEquals": {"a": "b"}}}, []),
        ({"Action": "s3:GetObject", "Principal": "*"}, []),
        ({"Action": "s3:PutObject", "Principal": {"AWS": "*"}}, [("wildcard-scope", "critical", "*")]),
        ({"Action": "sqs:SendMessage", "Principal": "*", "Condition": {"ArnEquals": {"a": "b"}}}, []),
    ],
)
def test_statements(statement: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    assert found("policy.json", policy(**statement)) == expected


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ({"apiGroups": [""], "resources": ["pods"], "verbs": ["get", "list"]}, []),
        ({"apiGroups": [""], "resources": ["pods", "secrets"], "verbs": ["list"]}, [("admin-scope", "high", "list")]),
        ({"apiGroups": [""], "resources": ["secrets"], "resourceNames": ["a"], "verbs": ["get"]}, []),
        ({"apiGroups": [""], "resources": ["*"], "verbs": ["get"]}, [("wildcard-scope", "medium", "get")]),
        ({"apiGroups": ["*"], "resources": ["*"], "verbs": ["*"]}, [("wildcard-scope", "critical", "*")]),
        ({"apiGroups": ["example.com"], "resources": ["*"], "verbs": ["*"]}, [("wildcard-scope", "high", "*")]),
        ({"apiGroups": ["apps"], "resources": ["deployments"], "verbs": ["*"]}, [("wildcard-scope", "high", "*")]),
        ({"apiGroups": [""], "resources": ["serviceaccounts/token"], "verbs": ["create"]}, [("admin-scope", "high", "create")]),
        ({"apiGroups": [""], "resources": ["users"], "verbs": ["impersonate"]}, [("admin-scope", "high", "impersonate")]),
        ({"resources": [], "verbs": ["*"]}, []),
    ],
)
def test_rules_of_roles(rule: dict[str, object], expected: list[tuple[str, str, str]]) -> None:
    assert found("role.json", role([rule])) == expected


def test_documents_of_one_file_are_kept_apart() -> None:
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nrules:\n"
    reads = "  - apiGroups: ['']\n    resources: [pods]\n    verbs: [get]\n"
    names = "  - apiGroups: ['']\n    resources: [secrets]\n    resourceNames: [a]\n    verbs: [get]\n"
    assert found("rbac.yaml", f"{head}{reads}---\n{head}{names}") == []


def test_the_widest_capability_of_a_path_is_told_once() -> None:
    text = 'path "*" { capabilities = ["read", "sudo", "update"] }\npath "a" { capabilities = ["sudo", "deny"] }\n'
    assert found("a.hcl", text) == [("wildcard-scope", "critical", "sudo")]
    assert found("a.json", json.dumps({"path": {"a": {"capabilities": ["read", "sudo"]}}})) == [("admin-scope", "high", "sudo")]


@pytest.mark.parametrize("trigger", ["push", "[push, workflow_call]", "{push: {}, workflow_call: {}}"])
def test_a_workflow_that_runs_by_itself_needs_permissions(trigger: str) -> None:
    text = f"on: {trigger}\njobs:\n  a:\n    runs-on: x\n"
    assert [rule for rule, _, _ in found(".github/workflows/a.yml", text)] == ["wildcard-scope"]
    assert found(".github/workflows/a.yml", text.replace("jobs:", "permissions: {}\njobs:")) == []


def test_every_literal_that_a_system_requires_can_be_met() -> None:
    assert WORDS and all(word.isascii() for word in WORDS)


VALUES = st.sampled_from(["*", "Allow", "Deny", "admin", "get", "write-all", "sudo", "deny", "write", "iam:*", "", "true", "x", None, True, 1])
NAMES = st.sampled_from(
    ["Statement", "Effect", "Action", "NotAction", "Principal", "Resource", "rules", "verbs", "resources", "path", "capabilities", "permissions", "jobs", "on",
     "uses", "scopes", "oauth_config", "bot", "mcpServers", "command", "args", "env", "url", "headers", "disabled", "0", "a"]
)  # fmt: skip
TREES = st.recursive(VALUES, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4), max_leaves=20)


@settings(deadline=None, max_examples=150)
@given(st.sampled_from(PATHS), TREES, st.lists(st.sampled_from(WORDS), max_size=6), st.integers(0, 60))
def test_any_tree_is_judged_and_every_claim_lies_in_the_file(path: str, tree: object, words: list[str], cut: int) -> None:
    data = (json.dumps(tree) + "\n// " + " ".join(words) + "\n")[cut:].encode()
    document = build(path, data)
    claims, faults = pipeline.claims(document, empty())
    assert not faults
    for claim in claims:
        assert 0 <= claim.span.start <= claim.span.end <= len(data)


@settings(deadline=None, max_examples=60)
@given(st.lists(st.sampled_from(["s3:GetObject", "s3:PutObject", "s3:*", "iam:*", "*", "iam:PassRole", "sqs:Send*"]), max_size=5, unique=True).flatmap(
    lambda actions: st.tuples(st.just(actions), st.permutations(actions))
))  # fmt: skip
def test_the_order_of_actions_never_matters_and_fewer_never_say_more(orders: tuple[list[str], list[str]]) -> None:
    first, second = orders
    assert found("policy.json", policy(Action=first)) == found("policy.json", policy(Action=second))
    assert set(found("policy.json", policy(Action=first[1:]))) <= set(found("policy.json", policy(Action=first)))


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("policy.json", policy(Action=["s3:a"] * 30_000)),
        ("policy.json", json.dumps({"Statement": [{"Effect": "Allow", "Action": "a:b", "Principal": "*"}] * 8_000})),
        ("role.json", role([{"apiGroups": [""], "resources": [f"r{number}" for number in range(20_000)], "verbs": ["get", "list", "*", "create"]}])),
        ("role.json", role([{"apiGroups": [""], "resources": ["a"], "verbs": ["get"]}] * 6_000)),
        ("a.hcl", 'path "a" { capabilities = ["read"] }\n' * 8_000),
        (".github/workflows/a.yml", "on: push\njobs:\n" + "".join(f"  j{number}:\n    runs-on: x\n" for number in range(8_000))),
        (".mcp.json", json.dumps({"mcpServers": {f"s{number}": {"command": "npx", "args": ["-y", "a"], "env": {"TOKEN": "${A}"}} for number in range(5_000)}})),
        (".claude/settings.json", json.dumps({"permissions": {"allow": ["Bash(*)"] * 20_000}})),
        ("manifest.json", json.dumps({"manifest_version": 3, "oauth2": {"scopes": ["a:read"] * 20_000}})),
    ],
)
def test_large_files_take_linear_time(path: str, text: str) -> None:
    start = time.process_time()
    document = build(path, text)
    pipeline.claims(document, empty())
    assert document.grants or document.fields
    assert time.process_time() - start < 6


def test_one_path_judges_grants_of_records_and_of_files() -> None:
    manifest = "version: 1\nkey:\n  - id: a\n    provider: aws\n    scopes: ['iam:*', 's3:GetObject']\n"
    said = [grant for grant in build("agentkeys.yaml", manifest).grants if scopes.of(grant).wildcard]
    assert [(grant.subject, grant.scope, scopes.of(grant).level) for grant in said] == [("a", "iam:*", "admin")]
    assert scopes.of(Grant("", "anything", said[0].span, level="write", wildcard=True, because="of us")) == ("write", True, "of us")
