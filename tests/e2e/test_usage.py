"""`usage`: audit logs of every kind held against the manifest, through the command."""

import gzip
import json
import os
import random
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from agentkey_lint import testing

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]

ROOT = Path(__file__).resolve().parents[2]
MANIFEST = """version = 1

[[key]]
id = "billing-bot"
provider = "stripe"
agent = "Billing Bot"
env = "BILLING_KEY"
role = "write"
# what it does every night
scopes = [
  "invoices:read",  # the list
  "invoices:write",
  "customers:*",
]
expires = "2026-06-30"

[[key]]
id = "reader"
provider = "stripe"
role = "read-only"
scopes = ["invoices:read"]

[[key]]
id = "mailer"
provider = "sendgrid"
role = "write"
scopes = ["mail:send"]
"""
LOG = [
    {"key": "billing-bot", "scope": "invoices:read", "time": "2026-05-01T00:00:00Z"},
    {"key": "BILLING_KEY", "scope": "customers:read", "time": 1777593600},
    {"key": "billing bot", "scope": "customers:list", "time": "1777593600000"},
    {"key": "billing-bot", "scope": "refunds:create", "time": "2026-05-02T00:00:00Z"},
    {"key": "billing-bot", "scope": "invoices:read", "time": "2026-07-01T00:00:00Z"},
    {"key": "billing-bot", "scope": "payouts:create", "time": "2026-05-03T00:00:00Z", "denied": True},
    {"key": "somebody", "scope": "invoices:read", "time": "2026-05-01T00:00:00Z"},
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "agentkeys.toml").write_text(MANIFEST)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    return tmp_path


def lines(rows: list[Any]) -> str:
    return "".join(f"{json.dumps(row)}\n" for row in rows)


def differences(done: "subprocess.CompletedProcess[bytes]") -> list[tuple[str, str, str | None, int]]:
    return [(one["kind"], " or ".join(one["keys"]), one["scope"], one["count"]) for one in json.loads(done.stdout)["differences"]]


def test_every_kind_of_difference(folder: Path, lint: Lint) -> None:
    (folder / "log.jsonl").write_text(lines(LOG))
    done = lint(folder, "usage", "log.jsonl", "--format", "json")
    assert done.returncode == 1, done.stderr
    assert differences(done) == [
        ("undeclared-use", "billing-bot", "refunds:create", 1),
        ("use-after-expiry", "billing-bot", "invoices:read", 1),
        ("denied-attempt", "billing-bot", "payouts:create", 1),
        ("unused-scope", "billing-bot", "invoices:write", 0),
        ("unused-key", "reader", None, 0),
        ("silent-log", "mailer", None, 0),
    ]
    document = json.loads(done.stdout)
    assert document["keys"][0]["narrower"] == [
        {"scope": "invoices:write", "instead": []},
        {"scope": "customers:*", "instead": ["customers:list", "customers:read"]},
    ]
    assert document["summary"] == {"entries": 7, "of_no_declared_key": 1, "of_no_known_form": 0, "whole": True, "written": False}
    shown = lint(folder, "usage", "log.jsonl").stdout.decode()
    assert "logging may be off" in shown and "customers:* → customers:list, customers:read" in shown


def test_write_puts_the_narrower_scopes_into_the_manifest(folder: Path, lint: Lint) -> None:
    (folder / "log.jsonl").write_text(lines(LOG))
    assert lint(folder, "usage", "log.jsonl", "--write").returncode == 1
    text = (folder / "agentkeys.toml").read_text()
    assert tomllib.loads(text)["key"][0]["scopes"] == ["invoices:read", "customers:list", "customers:read"]
    assert "# what it does every night" in text and "# the list" in text
    again = json.loads(lint(folder, "usage", "log.jsonl", "--format", "json").stdout)
    assert all(not key["narrower"] for key in again["keys"])


def test_a_log_that_was_not_read_as_a_whole_takes_no_scope_away(folder: Path, lint: Lint) -> None:
    (folder / "log.jsonl").write_text(lines(LOG) + "{\n" + lines(LOG) + '{"key": \n')
    done = lint(folder, "usage", "log.jsonl", "--write")
    assert done.returncode == 2 and b"log.jsonl: 2 broken lines: 8, 16" in done.stdout
    assert (folder / "agentkeys.toml").read_text() == MANIFEST
    (folder / "cut.gz").write_bytes(gzip.compress(lines(LOG * 100).encode())[:-40])
    done = lint(folder, "usage", "cut.gz")
    assert done.returncode == 2 and b"to its end" in done.stdout
    assert lint(folder, "usage", "nowhere.jsonl").returncode == 2


def test_a_map_says_where_things_stand(folder: Path, lint: Lint) -> None:
    rows = [{"who": {"ids": ["x", "reader"]}, "did": [{"perm": "invoices:read"}], "outcome": "DENIED", "at": 1777593600}]
    (folder / "log").write_text(lines(rows))
    words = ("--map", "key=.who.ids", "--map", "scope=.did[0].perm", "--map", "denied=.outcome", "--map", "time=.at", "--format", "json")
    assert ("denied-attempt", "reader", "invoices:read", 1) in differences(lint(folder, "usage", "log", *words))
    assert lint(folder, "usage", "log").returncode == 2, "without it no entry is of a known form"
    for wrong in ("scope=.x", "key=x", "colour=.x", "key=.a[b]"):
        assert lint(folder, "usage", "log", "--map", wrong).returncode == 2


SERVICES = """version = 1
[[key]]
id = "deploy-aws"
provider = "aws"
agent = "deploy-bot"
role = "write"
scopes = ["s3:Get*", "s3:PutObject", "ec2:*"]
[[key]]
id = "deploy-github"
provider = "github"
agent = "deploy-bot"
role = "write"
scopes = ["contents:write", "gist"]
[[key]]
id = "deploy-vault"
provider = "vault"
agent = "deploy-bot"
role = "read-only"
scopes = ["secret/data/deploy/*:read"]
[[key]]
id = "deploy-google"
provider = "google"
agent = "deploy-bot"
role = "read-only"
scopes = ["storage.objects.get"]
"""


def aws(name: str, error: str = "") -> dict[str, Any]:
    who = {"type": "IAMUser", "arn": "arn:aws:iam::123456789012:user/deploy-bot", "userName": "deploy-bot"}
    row = {"eventVersion": "1.11", "userIdentity": who, "eventTime": "2026-05-01T10:00:00Z", "eventSource": "s3.amazonaws.com", "eventName": name}
    return {**row, "sourceIPAddress": "192.0.2.17"} | ({"errorCode": error} if error else {})


def vault(path: str, operation: str, kind: str = "response", error: str = "") -> dict[str, Any]:
    auth = {"display_name": "approle-deploy-bot", "policies": ["default", "deploy"], "entity_id": "e-1", "metadata": {"role_name": "deploy-bot"}}
    request = {"id": "r", "operation": operation, "path": path, "remote_address": "192.0.2.17"}
    return {"time": "2026-05-01T10:00:00.123456789Z", "type": kind, "auth": auth, "request": request} | ({"error": error} if error else {})


def google(permission: str, granted: bool = True) -> dict[str, Any]:
    who = {"principalEmail": "deploy-bot@example-project.iam.gserviceaccount.com"}
    payload = {"authenticationInfo": who, "authorizationInfo": [{"permission": permission, "granted": granted}], "methodName": "storage.objects.get"}
    return {"protoPayload": payload, "timestamp": "2026-05-01T10:00:00Z", "logName": "projects/example-project/logs/cloudaudit.googleapis.com%2Fdata_access"}


def github(action: str, scopes: str = "contents:write") -> dict[str, Any]:
    return {"@timestamp": 1777629600000, "action": action, "actor": "deploy-bot[bot]", "token_scopes": scopes, "_document_id": "d", "actor_ip": "192.0.2.17"}


LOGS: dict[str, tuple[list[dict[str, Any]], list[tuple[str, str, str | None, int]]]] = {
    "cloudtrail": (
        [aws("GetObject"), aws("PutObject"), aws("DeleteObject"), aws("ListBuckets", "AccessDenied")],
        [
            ("undeclared-use", "deploy-aws", "s3:DeleteObject", 1),
            ("denied-attempt", "deploy-aws", "s3:ListAllMyBuckets", 1),
            ("unused-scope", "deploy-aws", "ec2:*", 0),
        ],
    ),
    "github": (
        [github("git.push"), github("org.add_member", "contents:write, admin:org")],
        [("undeclared-scope", "deploy-github", "admin:org", 0), ("unused-scope", "deploy-github", "gist", 0)],
    ),
    "vault": (
        [
            vault("secret/data/deploy/db", "read", "request"),
            vault("secret/data/deploy/db", "read"),
            vault("secret/data/pay/db", "read", error="1 error occurred:\n\t* permission denied\n\n"),
            vault("secret/data/other", "update"),
        ],
        [
            ("undeclared-use", "deploy-vault", "secret/data/other:update", 1),
            ("denied-attempt", "deploy-vault", "secret/data/pay/db:read", 1),
        ],
    ),
    "gcp": (
        [google("storage.objects.get"), google("storage.objects.delete"), google("storage.buckets.delete", False)],
        [
            ("undeclared-use", "deploy-google", "storage.objects.delete", 1),
            ("denied-attempt", "deploy-google", "storage.buckets.delete", 1),
        ],
    ),
}


def laid_out(rows: list[dict[str, Any]], name: str) -> bytes:
    whole = {"Records": rows} if name == "cloudtrail" else rows
    return json.dumps(whole).encode()


@pytest.mark.parametrize("name", LOGS)
@pytest.mark.parametrize("layout", ["lines", "list", "indented", "gzip"])
def test_the_logs_of_services(folder: Path, lint: Lint, name: str, layout: str) -> None:
    (folder / "agentkeys.toml").write_text(SERVICES)
    rows, expected = LOGS[name]
    data = lines(rows).encode() if layout == "lines" else laid_out(rows, name)
    if layout == "indented":
        data = json.dumps(json.loads(data), indent=2).encode()
    (folder / "log").write_bytes(gzip.compress(data) if layout == "gzip" else data)
    for words in ((), ("--log-format", name)):
        done = lint(folder, "usage", "log", "--format", "json", *words)
        found = [row for row in differences(done) if row[0] not in ("silent-log", "unused-key")]
        assert [row for row in found if row[:3] != ("undeclared-use", "deploy-github", "org.add_member")] == expected, done.stderr
        assert b"192.0.2" not in done.stdout


def test_an_actor_that_no_manifest_names(folder: Path, lint: Lint) -> None:
    who = {"type": "IAMUser", "accessKeyId": "EXAMPLEKEYID"}
    (folder / "agentkeys.toml").write_text(SERVICES)
    (folder / "log").write_text(lines([{**aws("DeleteObject"), "userIdentity": who}]))
    assert "undeclared-use" not in {row[0] for row in differences(lint(folder, "usage", "log", "--format", "json"))}
    done = lint(folder, "usage", "log", "--format", "json", "--actor", "deploy-aws=EXAMPLEKEYID")
    assert ("undeclared-use", "deploy-aws", "s3:DeleteObject", 1) in differences(done)
    assert b"EXAMPLEKEYID" not in done.stdout
    assert lint(folder, "usage", "log", "--actor", "nobody=x").returncode == 2


def test_a_secret_in_a_log_is_not_shown(folder: Path, lint: Lint) -> None:
    secret = testing.expand("sk-ant-api03-{{93 x aA0_-}}AA")
    (folder / "log").write_text(
        lines([{"key": "reader", "scope": f"{secret}"}, {"key": secret, "scope": "\x1b[31mx"}, {"key": "reader", "scope": "\x1b[31mx"}])
    )
    for form in ("terminal", "json"):
        done = lint(folder, "usage", "log", "--format", form)
        assert done.returncode == 1 and secret.encode() not in done.stdout + done.stderr and b"\x1b" not in done.stdout


def test_a_secret_in_a_log_is_not_written(folder: Path, lint: Lint) -> None:
    secret = testing.expand("sk-ant-api03-{{93 x aA0_-}}AA")
    (folder / "log").write_text(lines([{"key": "billing-bot", "scope": f"customers:{secret}"}]))
    done = lint(folder, "usage", "log", "--write")
    assert done.returncode == 2 and b"looks like a secret" in done.stdout and secret.encode() not in done.stdout + done.stderr
    assert (folder / "agentkeys.toml").read_text() == MANIFEST


def test_lines_of_every_broken_kind(folder: Path, lint: Lint) -> None:
    good = lines(LOG[:1]).encode()
    bad = [
        b"\xff\xfe\n",
        b"[" * 100_000 + b"\n",
        b'{"key": 1' + b"1" * 6_000_000 + b"\n",
        b"null\n",
        b"[1]\n",
        b'"text"\n',
        b'{"key": {"a": []}, "scope": 3}\n',
        b"\n",
        b"\0\n",
    ]
    (folder / "log").write_bytes(good + b"".join(bad) + good)
    done = lint(folder, "usage", "log", "--format", "json")
    document = json.loads(done.stdout)
    assert done.returncode == 2 and document["keys"][0]["allowed"] == 2
    assert document["faults"] == [{"path": "log", "message": "4 broken lines: 2, 3, 4, 10"}]


def test_a_broken_entry_of_a_list(folder: Path, lint: Lint) -> None:
    (folder / "agentkeys.toml").write_text(SERVICES)
    rows = [json.dumps(aws(name)) for name in ("GetObject", "PutObject", "DeleteObject")]
    for text in ('{"Records":[' + rows[0] + ", {oops}, " + rows[1] + "]}", '{"Records":[' + ",".join(rows[:2]) + "," + rows[2][:-30]):
        (folder / "log").write_text(text)
        document = json.loads(lint(folder, "usage", "log", "--format", "json").stdout)
        assert document["keys"][0]["allowed"] == 2 and len(document["faults"]) == 1


def test_order_never_matters_and_many_scopes_take_no_more_memory(folder: Path, lint: Lint) -> None:
    rows = [*LOG, *({"key": "reader", "scope": f"thing{number}:read"} for number in range(12_000))]
    outputs = []
    for seed in range(2):
        random.Random(seed).shuffle(rows)
        (folder / "log").write_text(lines(rows))
        outputs.append(lint(folder, "usage", "log", "--format", "json"))
    assert outputs[0].stdout == outputs[1].stdout and outputs[0].returncode == 2
    document = json.loads(outputs[0].stdout)
    assert document["keys"][1]["allowed"] == 12_000 and "only its totals" in document["faults"][0]["message"]


def test_from_any_folder(folder: Path, lint: Lint, tmp_path_factory: pytest.TempPathFactory) -> None:
    (folder / "log").write_text(lines(LOG))
    done = lint(tmp_path_factory.mktemp("elsewhere"), "usage", str(folder / "log"), "--manifest", str(folder / "agentkeys.toml"), "--format", "json")
    assert done.returncode == 1 and json.loads(done.stdout)["summary"]["entries"] == 7


def test_standard_input_and_several_logs(folder: Path, lint: Lint) -> None:
    (folder / "log").write_text(lines(LOG))
    done = lint(folder, "usage", "-", "log", "--format", "json", stdin=gzip.compress(lines(LOG).encode()))
    assert json.loads(done.stdout)["summary"]["entries"] == 14


def test_a_terminal_is_shown_how_far_it_is_and_a_file_is_not(folder: Path, lint: Lint) -> None:
    (folder / "log").write_text(lines(LOG[:1]) * 60_000)
    assert b"MB/s" not in lint(folder, "usage", "log").stderr
    ours, theirs = os.openpty()
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run([sys.executable, "-m", "agentkey_lint", "usage", "log"], cwd=folder, env=environment, stdout=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = os.read(ours, 1 << 16)
    os.close(ours)
    assert done.returncode == 1 and b"MB/s" in shown and b" left" in shown and shown.endswith(b"\r\x1b[K")
