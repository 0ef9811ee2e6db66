"""What one entry of an audit log says: who acted with which key, what for, when, and whether it was refused.

Fields, as documented (none but these are read; addresses, programs and tokens are not):

- CloudTrail (docs.aws.amazon.com/awscloudtrail, "record contents" and "userIdentity element"): `eventSource` and `eventName` are the action,
  `eventTime`, `errorCode`; the actor is `userIdentity.accessKeyId`, `.userName`, the names in `.arn`, and the role of `.sessionContext.sessionIssuer`.
- GitHub (docs.github.com, "Identifying audit log events performed by an access token"): `action`, `@timestamp` (milliseconds), `token_scopes`; the actor
  is `hashed_token`, `token_id`, `actor`. The log names actions and not the scopes they needed; `cover.py` says what is compared.
- Vault (developer.hashicorp.com/vault/docs/audit/schema): entries of type `response`, `request.path` and `.operation`, `time`, `error`; the actor is
  `auth.entity_id`, `.display_name`, `.metadata` (`role_name`, `username`, `role`, `service_account_name`), `.accessor`. Each request stands there twice.
- Google Cloud (cloud.google.com, "AuditLog" within "LogEntry"): `protoPayload.authorizationInfo[].permission` and `.granted`, `status.code` (7, 16: refused),
  `timestamp`; the actor is `authenticationInfo.serviceAccountKeyName`, `.principalEmail`, `.principalSubject`.
- JSON Lines of any other kind, by a map from what is wanted to where it stands.
"""

import re

from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

    Read = Callable[[Any], "Event | None"]
    Route = tuple[str | int, ...]

LONGEST = 512
"""What is longer is cut there."""
FIELDS = ("key", "scope", "time", "denied", "allowed")
DEFAULT = {"key": ((("key",)),), "scope": ((("scope",)),), "time": ((("time",)),), "denied": ((("denied",)),)}
DENIED = frozenset(("denied", "deny", "forbidden", "unauthorized", "unauthorised", "blocked", "rejected", "refused", "failure", "failed", "error"))
DENIED |= frozenset(("true", "yes", "1", "401", "403"))
_REFUSED = re.compile(r"Denied|Unauthori[sz]ed|Forbidden|ExpiredToken|InvalidClientTokenId|NotAuthorized", re.IGNORECASE)
_VERSION = re.compile(r"(?<=[a-z])(?:20\d\d[01]\d[0-3]\d(?:v\d)?|20\d\d_[01]\d_[0-3]\d)$")
_SERVICES = {"monitoring": "cloudwatch", "tagging": "tag"}
_ACTIONS = {  # names of S3 and Lambda calls that another action permits ("Required permissions for Amazon S3 API operations")
    "s3:ListBuckets": "s3:ListAllMyBuckets",
    "s3:ListObjects": "s3:ListBucket",
    "s3:ListObjectsV2": "s3:ListBucket",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:HeadObject": "s3:GetObject",
    "s3:CopyObject": "s3:PutObject",
    "s3:CreateMultipartUpload": "s3:PutObject",
    "s3:UploadPart": "s3:PutObject",
    "s3:CompleteMultipartUpload": "s3:PutObject",
    "s3:DeleteObjects": "s3:DeleteObject",
    "lambda:Invoke": "lambda:InvokeFunction",
}


class Event(Record):
    """One use of a key. names: what the log calls the actor, by key and by identity. scopes: what was used. held: the scopes that the key has at all.

    when: seconds since 1970, None if the entry does not say. system: whose log it is; empty for a log of one's own.
    """

    names: tuple[str, ...]
    scopes: tuple[str, ...]
    when: float | None = None
    denied: bool = False
    system: str = ""
    held: tuple[str, ...] = ()


def cloudtrail(row: "Any") -> Event | None:
    if isinstance(text := row.get("CloudTrailEvent"), str):
        import json

        try:
            row = json.loads(text)
        except (ValueError, RecursionError):
            return None
    source, name = row.get("eventSource"), row.get("eventName")
    if not isinstance(source, str) or not isinstance(name, str):
        return None
    who = _table(row.get("userIdentity"))
    issuer = _table(_table(who.get("sessionContext")).get("sessionIssuer"))
    names = _texts(who.get("accessKeyId"), who.get("userName"), *_resources(who.get("arn")), issuer.get("userName"))
    service = source.removesuffix(".amazonaws.com")
    action = f"{_SERVICES.get(service, service)}:{_VERSION.sub('', name)}"[:LONGEST]
    error = row.get("errorCode")
    return Event(names, (_ACTIONS.get(action, action),), moment(row.get("eventTime")), isinstance(error, str) and bool(_REFUSED.search(error)), "aws")


def github(row: "Any") -> Event | None:
    action = row.get("action")
    if not isinstance(action, str):
        return None
    actor = row.get("actor")
    names = _texts(row.get("hashed_token"), row.get("token_id"), actor, actor.removesuffix("[bot]") if isinstance(actor, str) else None)
    held = row.get("token_scopes")
    scopes = tuple(held[: 32 * LONGEST].replace(",", " ").split()) if isinstance(held, str) else ()
    return Event(names, (action[:LONGEST],), moment(row.get("@timestamp", row.get("created_at"))), False, "github", scopes)


def vault(row: "Any") -> Event | None:
    if row.get("type") != "response":  # the request of each response stands before it
        return Event((), (), None, False, "vault") if row.get("type") == "request" else None
    auth, request = _table(row.get("auth")), _table(row.get("request"))
    path, operation = request.get("path"), request.get("operation")
    if not isinstance(path, str) or not isinstance(operation, str):
        return None
    about = _table(auth.get("metadata"))
    shown = auth.get("display_name")
    short = shown.partition("-")[2] if isinstance(shown, str) else None  # `approle-billing`: the method that logged in stands first
    names = _texts(
        auth.get("accessor"), auth.get("entity_id"), shown, short, *(about.get(name) for name in ("role_name", "username", "role", "service_account_name"))
    )
    policies = auth.get("policies")
    held = tuple(text for text in _texts(*policies) if text not in ("default", "root")) if isinstance(policies, list) else ()
    error = row.get("error")
    return Event(
        names, (f"{path[:LONGEST]}:{operation[:LONGEST]}",), moment(row.get("time")), isinstance(error, str) and "permission denied" in error, "vault", held
    )


def gcp(row: "Any") -> Event | None:
    payload = row.get("protoPayload")
    if not isinstance(payload, dict):
        return None
    who = _table(payload.get("authenticationInfo"))
    key, email = who.get("serviceAccountKeyName"), who.get("principalEmail")
    account = email.partition("@")[0] if isinstance(email, str) else None
    names = _texts(key.rpartition("/")[2] if isinstance(key, str) else None, email, account, who.get("principalSubject"))
    asked = [one for one in payload.get("authorizationInfo") or () if isinstance(one, dict)] if isinstance(payload.get("authorizationInfo"), list) else []
    scopes = _texts(*(one.get("permission") for one in asked)) or _texts(payload.get("methodName"))
    denied = _table(payload.get("status")).get("code") in (7, 16) or any(one.get("granted") is False for one in asked)
    return Event(names, scopes, moment(row.get("timestamp")), denied, "google")


def mapped(routes: "Mapping[str, tuple[Route, ...]]") -> "Read":
    """Entries of one's own, read by a map as `parse_map` gives it."""

    key, scope, time, denied, allowed = (routes.get(name, ()) for name in FIELDS)

    def read(row: "Any") -> Event | None:
        names = _texts(*_at(row, key))
        if not names:
            return None
        scopes = _texts(*_at(row, scope))
        if any("," in text or " " in text for text in scopes):
            scopes = tuple(word for text in scopes for word in text.replace(",", " ").split())
        when = next((known for value in _at(row, time) if (known := moment(value)) is not None), None)
        refused = any(_says_no(value) for value in _at(row, denied)) or any(not _says_yes(value) for value in _at(row, allowed))
        return Event(names, scopes, when, refused)

    return read


READERS: "dict[str, Read]" = {"cloudtrail": cloudtrail, "github": github, "vault": vault, "gcp": gcp, "jsonl": mapped(DEFAULT)}


def recognised(row: "Any") -> Event | None:
    """An entry of whichever log it is by its fields; None if none knows it."""
    if "protoPayload" in row:
        return gcp(row)
    if "eventSource" in row or "CloudTrailEvent" in row:
        return cloudtrail(row)
    if isinstance(row.get("request"), dict) and "type" in row:
        return vault(row)
    if "action" in row and ("@timestamp" in row or "_document_id" in row):
        return github(row)
    return READERS["jsonl"](row)


def parse_map(items: "Iterable[str]") -> "dict[str, tuple[Route, ...]]":
    """A map from the command line: `scope=.permission.names[0]`, each name once or more. Raises UsageError."""
    routes: dict[str, tuple[Route, ...]] = {}
    for item in items:
        name, _, route = item.partition("=")
        steps = re.findall(r"\.([^.\[\]]+)|\[(\d{1,6})\]", route)
        if name not in FIELDS or not steps or "".join(f"[{number}]" if number else f".{step}" for step, number in steps) != route:
            raise UsageError(f"--map takes one of {', '.join(FIELDS)}, then = and a route such as .actor.token_id")
        routes[name] = (*routes.get(name, ()), tuple(int(number) if number else step for step, number in steps))
    if "key" not in routes:
        raise UsageError("--map has to say where the key stands: key=.route")
    return routes


def moment(value: object) -> float | None:
    """A time in seconds since 1970: ISO 8601, or a number of seconds, milliseconds, microseconds or nanoseconds; None if it is neither."""
    from datetime import UTC, datetime

    if isinstance(value, str):
        try:
            found = datetime.fromisoformat(value[:40])
            return (found if found.tzinfo is not None else found.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            if not value.replace(".", "", 1).isdecimal() or len(value) > 30:
                return None
            value = float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1e20:
        return None
    while value > 1e11:  # later than the year 5000
        value /= 1000
    return float(value)


def _at(row: object, routes: "Iterable[Route]") -> "list[Any]":
    """What stands at some routes; of a list its items."""
    found: list[Any] = []
    for route in routes:
        value = row
        for step in route:
            if isinstance(value, dict) and isinstance(step, str):
                value = value.get(step)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = None
        if isinstance(value, list):
            found += value
        elif value is not None:
            found.append(value)
    return found


def _says_no(value: object) -> bool:
    return str(value).lower() in DENIED


def _says_yes(value: object) -> bool:
    return value is True or str(value).lower() in ("true", "yes", "1", "allow", "allowed", "success", "ok", "granted", "permit", "permitted", "200")


def _table(value: object) -> "dict[str, Any]":
    return value if isinstance(value, dict) else {}


def _texts(*values: object) -> tuple[str, ...]:
    """The texts among some values, numbers as text; each once."""
    found = []
    for value in values:
        if isinstance(value, str):
            if value:
                found.append(value[:LONGEST])
        elif isinstance(value, int) and not isinstance(value, bool):
            found.append(str(value))
    return tuple(dict.fromkeys(found)) if len(found) > 1 else tuple(found)


def _resources(arn: object) -> tuple[str, ...]:
    """The names in an ARN: of `arn:aws:sts::1:assumed-role/reader/billing-bot` the role and the session."""
    return tuple(arn.split(":", 5)[-1].split("/")[1:]) if isinstance(arn, str) else ()
