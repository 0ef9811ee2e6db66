"""What a value says of itself: laws and clear cases."""

from itertools import groupby

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import values
from agentkey_lint.testing import expand


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  ",
        "<your key>",
        "[token]",
        "{{ value }}",
        "xxxxxxxx",
        "****",
        "sk-...",
        "abc…",
        "changeme",
        "CHANGE_ME",
        "your-api-key",
        "YOUR_TOKEN_HERE",
        "'<token>'",
        "0000-0000-0000",
    ],
)
def test_placeholders(text: str) -> None:
    assert values.placeholder(text)


@pytest.mark.parametrize("seed", range(20))
def test_random_text_is_no_placeholder_and_no_sample(seed: int) -> None:
    for recipe in ("{{32 x aA0}}", "{{40 x hex}}", "{{24 x aA0_-}}", "{{uuid}}"):
        text = expand(recipe, f"values {seed}")
        assert not values.placeholder(text), text
        assert not values.sample(text), text


@pytest.mark.parametrize("text", ["a" * 20, "abab" * 8, "0123456789abcdef" * 2, "my-example-key-for-you", "xxxx-yyyy-1234567890"])
def test_made_up_text_is_a_sample(text: str) -> None:
    assert values.sample(text)


@given(st.text(max_size=100))
def test_no_value_is_too_odd(text: str) -> None:
    for question in (values.placeholder, values.sample, values.repeated, values.templated, values.is_uuid, values.could_be_secret):
        question(text)
    if text:
        values.is_password_hash(text)
        values.looks_like_code(text)
    values.weak_url_password(f"scheme://user:{text}@host", text) if hasattr(values, "weak_url_password") else None


@pytest.mark.parametrize("text", ["${NAME}", "$NAME", "%NAME%", "{{ name }}", "$(command)", "f{name}", "{env:NAME}", "op://vault/item", "<%= x %>", "#{name}"])
def test_templated(text: str) -> None:
    assert values.templated(text)


def test_a_password_with_a_dollar_sign_is_not_templated() -> None:
    assert not values.templated("kX9$vb2!qL")
    assert not values.templated("100%sure!7")


def test_uuids() -> None:
    assert values.is_uuid(expand("{{uuid}}", 1))
    assert not values.is_uuid(expand("{{uuid}}", 1)[:-1])
    assert not values.is_uuid("g" + expand("{{uuid}}", 1)[1:])


@pytest.mark.parametrize("text", ["true", "none", "password", "/etc/passwd", "https://example.com/x", "two plain words here", "short"])
def test_what_could_be_no_secret(text: str) -> None:
    assert not values.could_be_secret(text)


@given(st.lists(st.tuples(st.sampled_from("aAbé-_ :\n7"), st.integers(1, 14)), max_size=6).map(lambda runs: "".join(one * count for one, count in runs)))
def test_what_is_one_character_over_and_over_is_told_by_the_longest_run(text: str) -> None:
    body = [one for one in text.lower() if one not in "-_. :"]
    longest = max((len(list(run)) for _, run in groupby(body)), default=0)
    few = (len(body) >= 3 and len(set(body)) == 1) or (len(body) >= 12 and len(set(body)) <= 2)
    assert values.repeated(text) == (not body or few or longest >= max(6, len(body) // 3))
