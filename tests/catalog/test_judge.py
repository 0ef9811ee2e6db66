"""The judgement of shapeless secrets: laws of the sum and clear cases on both sides. What lies between is measured elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import judge
from agentkey_lint.testing import expand

ORDER = {"": 0, "low": 1, "medium": 2, "high": 3}


def sure(name: str, text: str, path: str = "app/settings.yaml", style: str = "config", quote: str = '"') -> str:
    return judge.confidence(judge.features(name, text, quote, style, path))


@given(
    st.text(max_size=30),
    st.text(max_size=60),
    st.sampled_from(['"', "'", ""]),
    st.sampled_from(["code", "json", "config", "shell", "doc", "pair", "compare", "wrapped", "bare", "prose", "comment"]),
)
def test_every_judgement_can_be_explained(name: str, text: str, quote: str, style: str) -> None:
    found = judge.features(name, text, quote, style, "a/b.py") if text.strip() else []
    assert judge.confidence(found) in ORDER
    assert all(why and isinstance(points, int) for why, points in found)


@given(st.lists(st.tuples(st.just("x"), st.integers(-5, 5)), max_size=6))
def test_more_points_never_lower_the_confidence(found: list[tuple[str, int]]) -> None:
    assert ORDER[judge.confidence([*found, ("more", 1)])] >= ORDER[judge.confidence(found)]


@pytest.mark.parametrize("seed", range(10))
def test_random_text_behind_a_name_that_says_secret(seed: int) -> None:
    for recipe in ("{{32 x aA0}}", "{{40 x aA0_-}}", "{{20 x aA0}}"):
        assert sure("client_secret", expand(recipe, seed)) in ("medium", "high")


@pytest.mark.parametrize("seed", range(10))
def test_the_same_text_behind_another_name(seed: int) -> None:
    """Without a name that says secret it is at most a doubt: digests and identifiers look the same."""
    assert ORDER[sure("etag", expand("{{32 x hex}}", seed))] <= ORDER["low"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "true",
        "changeme",
        "<password>",
        "${DB_PASSWORD}",
        "{{ password }}",
        "password",
        "os.environ['X']",
        "https://example.com/token",
        "/run/secrets/token",
        "./token.txt",
        "google-auth[requests]>=2.36,<3",
        "xxxxxxxxxxxx",
        "Please enter your password",
    ],
)
def test_what_is_no_secret_whatever_its_name_says(text: str) -> None:
    assert ORDER[sure("db_password", text) if text else ""] <= ORDER["low"]


@pytest.mark.parametrize("path", ["tests/test_login.py", "examples/app.yaml", "docs/guide.md", "locales/en.json"])
def test_tests_and_documentation_are_trusted_less(path: str) -> None:
    text = expand("{{20 x aA0}}", 3)
    assert ORDER[sure("password", text, path)] <= ORDER[sure("password", text)]


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz0123456789", min_size=8, max_size=40))
def test_where_nothing_is_put_in_the_order_of_entropy_holds(text: str) -> None:
    assert 0 <= judge.entropy(text) <= 6
    assert judge.entropy(text + text) == pytest.approx(judge.entropy(text))
    assert judge.is_hex("0123456789abcdef") and not judge.is_hex(text + "g")


def test_words_are_told_from_random_letters() -> None:
    assert judge.readable("production-database-server") and judge.readable("accountAccessKey") and judge.readable("us-east-1")
    assert not judge.readable(expand("{{24 x aA0}}", 1))
    assert judge.wordness("password") > judge.wordness("xqzjvkwq")
    assert judge.unleet("p@55w0rd") == "passwo" + "rd"
