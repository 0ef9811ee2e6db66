"""Every system whose files declare scopes: one file as a person would write it that grants too much, one that is narrow, and broken ones."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog.adapters import find
from agentkey_lint.catalog.compiled import SYSTEMS
from agentkey_lint.engine import documents, pipeline, powers
from agentkey_lint.engine.drift import widened
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source

RULES = ("wildcard-scope", "admin-scope", "endless-token")


def j(shape: object) -> str:
    return json.dumps(shape, indent=2) + "\n"


def card(**more: object) -> str:
    return j({"name": "helper", "protocolVersion": "0.3.0", "url": "https://a.example.com", "skills": [{"id": "a", "name": "a"}], **more})


def app(*scopes: str, rotation: bool = True) -> str:
    oauth = {"scopes": {"bot": list(scopes)}}
    return j({"display_information": {"name": "helper"}, "oauth_config": oauth, "settings": {"token_rotation_enabled": rotation}})


def entra(identifier: str, kind: str) -> str:
    access = [{"resourceAppId": "00000003-0000-0000-c000-000000000000", "resourceAccess": [{"id": identifier, "type": kind}]}]
    return j({"displayName": "helper", "requiredResourceAccess": access})


def teams(name: str) -> str:
    permissions = {"resourceSpecific": [{"name": name, "type": "Application"}]}
    return j({"manifestVersion": "1.17", "validDomains": ["a.example.com"], "authorization": {"permissions": permissions}})


def rbac(resources: str, verbs: str) -> str:
    head = "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata:\n  name: agent\n"
    return f'{head}rules:\n  - apiGroups: [""]\n    resources: {resources}\n    verbs: {verbs}\n'


def openapi(scope: str) -> str:
    return f"openapi: 3.1.0\ninfo: {{title: a, version: '1'}}\npaths: {{}}\nsecurity:\n  - oauth: ['{scope}']\n"


def forge(scope: str, address: str) -> str:
    head = f"app:\n  id: ari:cloud:ecosystem::app/1\npermissions:\n  scopes:\n    - {scope}\n"
    return f"{head}  external:\n    fetch:\n      backend:\n        - '{address}'\n"


def policy(action: str) -> dict[str, object]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "arn:aws:s3:::reports/*"}]}


def stack(action: str) -> str:
    return j({"Resources": {"Role": {"Type": "AWS::IAM::Policy", "Properties": {"PolicyDocument": policy(action)}}}})


def sam(action: str) -> str:
    head = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Agent:\n    Type: AWS::Serverless::Function\n    Properties:\n      Policies:\n"
    return f"{head}        - Statement:\n            - Effect: Allow\n              Action: '{action}'\n              Resource: '*'\n"


def terraform(action: str) -> str:
    return f'data "aws_iam_policy_document" "a" {{\n  statement {{\n    actions   = ["{action}"]\n    resources = ["*"]\n  }}\n}}\n'


WORKFLOW = "on: push\npermissions:{}\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: somebody/action@v1\n"
FILES = [
    ("a2a", ".well-known/agent-card.json", card(), card(securitySchemes={"key": {"type": "apiKey"}}, security=[{"key": ["tasks:read"]}])),
    ("atlassian", "manifest.yml", forge("read:jira-work", "*"), forge("read:jira-work", "https://api.example.com")),
    ("atlassian", "manifest.yml", forge("manage:jira-configuration", "https://a.example.com"), forge("read:jira-work", "https://a.example.com")),
    ("aws", "policy.json", j(policy("*")), j(policy("s3:GetObject"))),
    ("aws", "stack.template", stack("iam:*"), stack("s3:GetObject")),
    ("aws", "template.yaml", sam("s3:*"), sam("s3:ListAllMyBuckets")),
    ("aws", "iam.tf", terraform("*"), terraform("s3:ListAllMyBuckets")),
    ("chrome", "manifest.json", j({"manifest_version": 3, "host_permissions": ["<all_urls>"]}), j({"manifest_version": 3, "permissions": ["storage"]})),
    ("github-actions", ".github/workflows/a.yml", WORKFLOW.format(" write-all"), WORKFLOW.format("\n  contents: read")),
    ("github-actions", ".github/workflows/a.yml", WORKFLOW.format("\n  contents: write"), WORKFLOW.format(" {}")),
    ("github-app", ".github/app.yml", "default_permissions:\n  administration: write\n", "default_permissions:\n  issues: read\n"),
    ("github-app", "app-manifest.json", j({"default_permissions": {"secrets": "write"}}), j({"default_permissions": {"issues": "write"}})),
    ("google", "appsscript.json", j({"oauthScopes": ["https://mail.google.com/"]}), j({"oauthScopes": ["https://www.googleapis.com/auth/gmail.readonly"]})),
    ("kubernetes", "role.yaml", rbac("[secrets]", "[get]"), rbac("[pods]", "[get, list]")),
    ("kya", "kya.json", j({"permissionMode": "permissive", "permittedDomains": ["a"]}), j({"permissionMode": "strict", "permittedDomains": ["a.example.com"]})),
    ("microsoft", "app.json", entra("9e3f62cf-ca93-4989-b6ce-bf83c28f9fe8", "Role"), entra("e1fe6dd8-ba31-4d61-89e7-88639da4683d", "Scope")),
    ("microsoft", "manifest.json", teams("ChannelMessage.Send.Group"), teams("ChannelMessage.Read.Group")),
    ("oauth", "oauth-client.json", j({"redirect_uris": [], "scope": "admin:org"}), j({"redirect_uris": [], "scope": "openid profile"})),
    ("oauth", "tenant.yaml", "clientGrants:\n  - client_id: a\n    scope: ['*']\n", "clientGrants:\n  - client_id: a\n    scope: ['read:users']\n"),
    ("openapi", "openapi.yaml", openapi("*"), openapi("pets:read")),
    ("shopify", "shopify.app.toml", '[access_scopes]\nscopes = "read_products,all"\n', '[access_scopes]\nscopes = "read_products,write_orders"\n'),
    ("slack", "manifest.json", app("chat:write", "admin.users:write"), app("chat:write", "channels:read")),
    ("slack", "manifest.json", app("chat:write", rotation=False), app("chat:write")),
    ("spire", "entry.json", j({"entries": [{"spiffe_id": "a", "selectors": [], "admin": True}]}), j({"entries": [{"spiffe_id": "a", "selectors": []}]})),
    ("stripe", "stripe-app.json", j({"permissions": [{"permission": "secret_write"}]}), j({"permissions": [{"permission": "charge_read"}]})),
    ("vault", "agent.hcl", 'path "*" {\n  capabilities = ["sudo"]\n}\n', 'path "secret/data/agent" {\n  capabilities = ["read"]\n}\n'),
]  # fmt: skip


def found(path: str, text: str) -> set[str]:
    claims, faults = pipeline.claims(documents.build(Source(path, text.encode())), empty())
    assert not faults
    return {claim.rule for claim in claims if claim.rule in RULES}


def test_every_system_is_here() -> None:
    assert {system for system, *_ in FILES} == {row[0] for row in SYSTEMS}


@pytest.mark.parametrize(("system", "path", "broad", "clean"), FILES)
def test_each_system(system: str, path: str, broad: str, clean: str) -> None:
    for text in (broad, clean):
        assert system in {one.id for one, _ in find(path, text.encode())}
    assert found(path, broad)
    assert not found(path, clean)
    assert not list(find("notes/other.txt", broad.encode())), "by its path as well as by what stands in it"
    narrow, wide = (powers.of_source(Source(path, text.encode()))[0] for text in (clean, broad))
    assert widened(narrow, wide), "the way from the narrow file to the broad one is told"
    assert widened(wide, wide) == []


@pytest.mark.parametrize(("system", "path", "broad", "clean"), FILES)
def test_what_stands_behind_a_break_is_no_crash(system: str, path: str, broad: str, clean: str) -> None:
    for cut in range(0, len(broad), max(len(broad) // 25, 1)):
        for text in (broad[:cut], broad[cut:], broad[:cut] + "\x00}]{[" + broad[cut:]):
            found(path, text)
            powers.of_source(Source(path, text.encode()))


@settings(deadline=None, max_examples=40)
@given(st.sampled_from(FILES), st.binary(max_size=40), st.integers(0, 400))
def test_any_bytes_between_are_no_crash(row: tuple[str, str, str, str], noise: bytes, at: int) -> None:
    _, path, broad, _ = row
    document = documents.build(Source(path, broad.encode()[:at] + noise + broad.encode()[at:]))
    claims, faults = pipeline.claims(document, empty())
    assert not faults
    assert all(0 <= claim.span.start <= claim.span.end <= len(document.source.data) for claim in claims)
