"""What is read inside keys, offline, and that nothing inside one can do harm."""

import base64
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog.decode import decode
from agentkey_lint.testing import expand


def token(claims: dict[str, object], header: str = '{"alg":"HS256"}') -> str:
    return ".".join([*(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in (header, json.dumps(claims))), "s" * 43])


@pytest.mark.parametrize(
    ("claims", "tier", "lifetime"),
    [
        ({"role": "anon"}, "public", "long-lived"),
        ({"role": "service_role"}, "admin", "long-lived"),
        ({"scope": "files:read mail:read"}, "restricted", "long-lived"),
        ({"role": "editor"}, "", "long-lived"),
        ({"exp": 1_000_000_000}, "", "expired"),
        ({"iat": 4_000_000_000, "exp": 4_000_003_600}, "", "temporary"),
        ({"iat": 3_000_000_000, "exp": 4_000_000_000}, "", "long-lived"),
    ],
)
def test_a_web_token_says_what_it_may_and_until_when(claims: dict[str, object], tier: str, lifetime: str) -> None:
    inside = decode("jwt", "jwt", token(claims))
    assert inside.genuine and (inside.tier, inside.lifetime) == (tier, lifetime)


def test_the_sample_of_the_standard_is_known() -> None:
    assert not decode("jwt", "jwt", token({"sub": "1234567890", "name": "John Doe"})).genuine


def test_claims_are_short_and_printable_and_no_more_than_those_that_are_no_secret() -> None:
    inside = decode("jwt", "jwt", token({"iss": "a\n\x1b[31m" + "b" * 500, "password": "hidden", "aud": ["x", {"y": 1}]}))
    assert dict(inside.claims).keys() == {"iss", "aud"}
    assert all(len(value) <= 80 and value.isprintable() for _, value in inside.claims)


def test_an_access_key_id_names_its_account() -> None:
    """Account 0 of the number: the five bytes behind the first bit, as published by several people."""
    account = 123_456_789_012
    number = account << 39
    letters = ""
    for _ in range(16):
        number, digit = divmod(number, 32)
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[digit] + letters
    inside = decode("aws", "aws", "AKIA" + letters)
    assert inside.genuine
    assert dict(inside.claims) in ({"account": f"{account:012d}"}, {})  # ids that begin with I or J are older and name none


def test_a_key_of_the_documentation_is_a_sample() -> None:
    assert not decode("aws", "aws", "AKIA" + "IOSFODNN7" + "EXAMPLE").genuine


@pytest.mark.parametrize(
    ("caveat", "tier", "projects"),
    [('{"version": 1, "permissions": {"projects": ["one"]}}', "restricted", "one"), ("[1, []]", "restricted", "by id"), ("", "admin", None)],
)
def test_a_package_index_token_says_which_projects(caveat: str, tier: str, projects: str | None) -> None:
    raw = b"\x02\x01\x08pypi.org\x02$" + b"i" * 36 + caveat.encode() + b"\x00"
    inside = decode("pypi", "pypi", "pypi-" + base64.urlsafe_b64encode(raw).decode().rstrip("="))
    assert inside.genuine and inside.tier == tier and dict(inside.claims).get("projects") == projects


def test_a_sentry_token_names_its_organisation() -> None:
    body = base64.b64encode(json.dumps({"org": "acme", "url": "https://sentry.example.com"}).encode()).decode()
    inside = decode("sentry", "sentry", f"sntrys_{body}_{'x' * 43}")
    assert inside.genuine and dict(inside.claims)["org"] == "acme"


def test_the_body_of_a_private_key() -> None:
    assert decode("pem", "pem", expand("\n{{pem}}\n")).genuine
    assert decode("pem", "pem", "Proc-Type: 4,ENCRYPTED\n\n" + expand("{{pem}}")).genuine
    assert not decode("pem", "pem", "\n...\nyour key here\n").genuine
    assert not decode("pem", "pem", "A" * 64).genuine


@pytest.mark.parametrize("how", ["jwt", "aws", "pypi", "sentry", "json", "pem"])
@given(
    st.one_of(
        st.text(max_size=80),
        st.builds(
            lambda prefix, raw: prefix + base64.urlsafe_b64encode(raw).decode(), st.sampled_from(["eyJ", "pypi-", "sntrys_", "AKIA"]), st.binary(max_size=80)
        ),
    )
)
def test_no_text_makes_it_raise(how: str, text: str) -> None:
    inside = decode(how, "kind", text)
    assert inside.tier in ("", "public", "restricted", "write", "admin")


@pytest.mark.parametrize("how", ["jwt", "pypi", "sentry", "json"])
def test_deep_nesting_inside_is_no_key(how: str) -> None:
    bomb = base64.urlsafe_b64encode(b'{"alg":' + b"[" * 100_000).decode().rstrip("=")
    for text in (f"{bomb}.{bomb}.s", f"pypi-{bomb}", f"sntrys_{bomb}_s", f"ops_{bomb}"):
        assert decode(how, "kind", text) is not None
