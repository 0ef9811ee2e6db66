"""What a name says of its value: laws and clear cases. Borderline scores are no affair of these tests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import names

words = st.lists(st.sampled_from(["api", "key", "client", "secret", "db", "password", "user", "name"]), min_size=1, max_size=4)


@given(words)
def test_every_spelling_of_a_name_has_the_same_words(parts: list[str]) -> None:
    camel = parts[0] + "".join(part.title() for part in parts[1:])
    for spelling in ("_".join(parts), "-".join(parts), ".".join(parts), "_".join(parts).upper(), camel, camel[0].upper() + camel[1:]):
        assert names.tokens(spelling) == parts


@given(st.text(max_size=60))
def test_no_name_is_too_odd(name: str) -> None:
    assert names.strength(name) in (0, 1, 2, 3)
    assert names.holds_secret(name) in (True, False)
    assert names.maybe_secret(name) == bool(names.strength(name))


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "DB_PASSWORD",
        "clientSecret",
        "apiKey",
        "X-Api-Key",
        "API_KEY_2",
        "authToken",
        "AccountAccessKey",
        "OAuthSecret",
        "_authToken",
        "refresh_token",
        "aws.secret.access.key",
    ],
)
def test_names_of_secrets(name: str) -> None:
    assert names.holds_secret(name) and names.strength(name) >= 2


@pytest.mark.parametrize(
    "name",
    [
        "user",
        "password_file",
        "token_url",
        "secret_name",
        "api_key_env",
        "max_tokens",
        "password_length",
        "next_token",
        "primary_key",
        "cacheKey",
        "keyboard",
        "tokenizer",
        "passport",
        "",
        "key",
        "123",
    ],
)
def test_names_of_other_things(name: str) -> None:
    assert not names.strength(name) and not names.maybe_secret(name)


def test_an_acronym_stays_one_word() -> None:
    assert names.tokens("AWSKey") == ["aws", "key"]
    assert names.tokens("HTTPServerURL2") == ["http", "server", "url2"]


@given(
    st.lists(st.sampled_from(["api", "key", "Key", "KEY", "Token", "token2", "pass", "Pat", "name", "4", "_", "-", ".", " ", "é", "²"]), max_size=6).map(
        "".join
    )
)
def test_no_secret_name_is_passed_over_by_its_ending(name: str) -> None:
    words = names._told(name)
    if names._hold_secret(words) or words[-1:] == ["key"]:
        assert names._may_hold(name)
