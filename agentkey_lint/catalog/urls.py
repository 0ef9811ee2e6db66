"""Credentials in URLs and authorization headers."""

from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.catalog.values import placeholder, templated


def weak_password(address: str, password: str) -> str:
    """Why the password of a URL (`scheme://user:password@host…`) is no secret: `reference` where something is put in, another reason, or empty."""
    if templated(password) or "{" in password or (password[:1] in "$%<" and password[1:2].isalpha()):
        return "reference"
    reason = placeholder(password)
    if reason:
        return reason
    before, _, after = address.partition("@")
    user = before.rpartition("//")[2].split(":")[0]
    lower = password.lower()
    if lower in WORDS["known_passwords"] or lower == user.lower():
        return "a well-known default"
    host = after.split("/")[0].split(":")[0].split("?")[0].strip("\"'`),;").lower()
    if (host in WORDS["local_hosts"] or host in WORDS["sample_hosts"] or host.endswith(WORDS["local_endings"])) and len(password) < 12:
        return "a local or sample host"
    return ""


def basic_password(credentials: str) -> str:
    """The password of a basic authorization header's value; the value itself where it is no `user:password` in base64."""
    import base64

    try:
        _, colon, password = base64.b64decode(credentials.strip(), validate=True).decode().partition(":")
    except ValueError:
        return credentials
    return password if colon else credentials
