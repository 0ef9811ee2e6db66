"""What can be read inside a key, offline: claims that are no secret, its tier and its lifetime.

Each reader takes the kind's id and the secret's text and answers with `Inside`; it never raises.
"""

from agentkey_lint.model.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


class Inside(Record):
    """genuine: what stands inside has the form that a real key has. Empty tier and lifetime: the kind's own count."""

    genuine: bool
    claims: tuple[tuple[str, str], ...] = ()
    tier: str = ""
    lifetime: str = ""


_ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
_SHOWN = ("iss", "aud", "role", "roles", "scope", "scp", "typ", "token_type", "azp", "ref")
_ADMIN_WORDS = ("admin", "root", "owner", "service_role", "superuser")


def _base64_json(text: str) -> "dict[str, Any] | None":
    import base64
    import json

    try:
        raw = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_").rstrip("=") + "=" * (-len(text.rstrip("=")) % 4))
        value = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _short(value: object) -> str:
    """A claim as text, short and printable; nested things are left out."""
    if isinstance(value, list):
        value = " ".join(item for item in value if isinstance(item, str))
    if not isinstance(value, (str, int, float, bool)):
        return ""
    text = "".join(character for character in str(value) if character.isprintable())
    return text if len(text) <= 80 else text[:79] + "…"


def _today() -> float:
    import time

    return time.time()


def jwt(kind: str, text: str) -> Inside:
    """A JSON Web Token: RFC 7519's registered claims and the role and scope claims in common use."""
    parts = text.split(".")
    header = _base64_json(parts[0])
    payload = _base64_json(parts[1]) if len(parts) > 1 else None
    if header is None or payload is None or not ("alg" in header or "typ" in header):
        return Inside(False)
    claims = [(name, _short(payload[name])) for name in _SHOWN if name in payload]
    tier, lifetime = "", "long-lived"
    roles = " ".join(value for name, value in claims if name in ("role", "roles", "scope", "scp")).lower()
    if payload.get("role") == "anon" or payload.get("role") == "publishable":
        tier = "public"
    elif any(word in roles.replace(":", " ").split() for word in _ADMIN_WORDS) or (payload.get("iss") == "n8n" and not payload.get("scopes")):
        tier = "admin"
    elif roles and all(word.endswith(("read", "readonly", "viewer", "openid", "profile", "email")) for word in roles.split()):
        tier = "restricted"
    expires = payload.get("exp")
    if isinstance(expires, (int, float)) and 0 < expires < 1e11:
        import time

        claims.append(("exp", time.strftime("%Y-%m-%d", time.gmtime(expires))))
        issued = payload.get("iat")
        if expires < _today():
            lifetime = "expired"
        elif isinstance(issued, (int, float)) and 0 < expires - issued <= 90_000:
            lifetime = "temporary"
    known_sample = payload.get("sub") == "1234567890" or payload.get("name") == "John Doe"
    return Inside(not known_sample, tuple((name, value) for name, value in claims if value), tier, lifetime)


def aws(kind: str, text: str) -> Inside:
    """An AWS access key id: base32 of a number that holds the account id (new ones; old ids do not)."""
    if len(text) != 20 or any(character not in _ALPHABET for character in text[4:]):
        return Inside("EXAMPLE" not in text)
    number = 0
    for character in text[4:]:
        number = number * 32 + _ALPHABET.index(character)
    account = (number >> 39) & 0xFFFFFFFFFF if text[4] not in "IJ" else 0
    genuine = "EXAMPLE" not in text
    return Inside(genuine, (("account", f"{account:012d}"),) if 0 < account < 10**12 and genuine else ())


def pypi(kind: str, text: str) -> Inside:
    """A PyPI token: a macaroon whose caveats stand in the clear. A token without a project restriction may do all that its user may."""
    import base64

    body = text.removeprefix("pypi-")
    try:
        raw = base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))
    except ValueError:
        return Inside(False)
    if b"pypi.org" not in raw[:40]:
        return Inside(False)
    claims: list[tuple[str, str]] = []
    tier = "admin"
    for at in range(len(raw)):
        caveat = _caveat(raw, at)
        if caveat:
            tier = "restricted"
            claims.append(("projects", caveat))
            break
    return Inside(True, tuple(claims), tier)


def _caveat(raw: bytes, at: int) -> str:
    """The project names of a caveat that begins at a place: the old JSON form or `[1, [...]]`/`[2, [...]]` of the new one."""
    import json

    for opening in (b'{"', b"[1,", b"[2,"):
        if raw.startswith(opening, at):
            try:
                value, _ = json.JSONDecoder().raw_decode(raw[at : at + 2000].decode("utf-8", "replace"))
            except (ValueError, RecursionError):
                return ""
            if isinstance(value, dict):
                permissions = value.get("permissions")
                return _short(permissions.get("projects", [])) if isinstance(permissions, dict) else ""
            return _short(value[1]) or "by id" if len(value) > 1 and isinstance(value[1], list) else ""
    return ""


def sentry(kind: str, text: str) -> Inside:
    """A Sentry organisation token: `sntrys_` and base64 of JSON with the organisation and region, then the secret."""
    body = text.partition("_")[2].rsplit("_", 1)[0]
    value = _base64_json(body)
    if value is None:
        return Inside(False)
    return Inside(True, tuple((name, _short(value[name])) for name in ("org", "url", "region_url") if name in value))


def json_inside(kind: str, text: str) -> Inside:
    """A key whose body is base64 of JSON (1Password service accounts): only its form is checked, for the rest is secret."""
    return Inside(_base64_json(text[text.index("eyJ") :]) is not None if "eyJ" in text else False)


def pem(kind: str, text: str) -> Inside:
    """The body of a PEM file: base64 lines (behind optional headers) that are more than a sample."""
    body = "".join(line.strip() for line in text.replace("\\n", "\n").splitlines() if ":" not in line)
    letters = [character for character in body if character.isalnum() or character in "+/="]
    return Inside(len(letters) >= 40 and len(letters) >= len(body.replace(" ", "")) * 0.8 and len(set(letters)) >= 16)


def random(kind: str, text: str) -> Inside:
    """A key of plain base64 characters: what decodes to readable text is something else in base64."""
    import base64

    try:
        inside = base64.b64decode(text + "=" * (-len(text) % 4), validate=True).decode()
    except ValueError:
        return Inside(True)
    return Inside(not inside.isprintable())


_READERS: "dict[str, Callable[[str, str], Inside]]" = {
    "jwt": jwt,
    "aws": aws,
    "pypi": pypi,
    "sentry": sentry,
    "json": json_inside,
    "pem": pem,
    "random": random,
}


def decode(how: str, kind: str, text: str) -> Inside:
    """What stands inside a key. how: jwt, aws, pypi, sentry, json, pem or random."""
    return _READERS[how](kind, text)
