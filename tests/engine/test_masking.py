"""Masking: nothing of a secret is left in what is shown, and the marked part stays where it is."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine import masking
from agentkey_lint.engine.masking import MASK, Secrets
from agentkey_lint.model.source import Span
from agentkey_lint.testing import expand

SECRET = expand("{{24 x aA0}}", "masking")


def pieces(text: str) -> set[str]:
    return {text[at : at + 8] for at in range(len(text) - 7)}


def shown(before: str, secret: str, after: str, prefix: int = 0) -> tuple[str, str, int, int]:
    data = (before + secret + after).encode("utf-8", "surrogatepass")
    start = len(before.encode("utf-8", "surrogatepass"))
    span = Span(start, start + len(secret.encode()))
    excerpt = Secrets(data, {tuple(span): prefix}).excerpt(span)  # type: ignore[dict-item]
    return excerpt.text, excerpt.text[excerpt.caret : excerpt.caret + excerpt.width], excerpt.caret, excerpt.width


def test_a_secret_becomes_a_mask_and_its_prefix_may_show() -> None:
    assert shown("token = '", "abc-" + SECRET, "' # why", 4) == (f"token = 'abc-{MASK}' # why", f"abc-{MASK}", 9, 8)
    assert shown("token = '", SECRET, "'")[0] == f"token = '{MASK}'"


@given(st.text(max_size=300), st.text(alphabet="abcdefghijkmnpqrstuvwxyz0123456789!%$^~+/", min_size=10, max_size=60), st.text(max_size=300))
def test_nothing_of_it_is_left(before: str, secret: str, after: str) -> None:
    if pieces(secret) & (pieces(before) | pieces(after)):
        return
    text, marked, _, _ = shown(before, secret, after)
    assert not pieces(secret) & pieces(text)
    assert MASK in marked


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_a_copy_is_masked_wherever_the_line_is_clipped(gap: int, tail: int) -> None:
    """A long line is cut to what can be read; a cut through a copy of the secret must not leave a half of it."""
    filler = ("word " * 2000)[:gap]
    text, _, _, _ = shown(f"{SECRET} {filler}", SECRET, f"{('some ' * 2000)[:tail]}{SECRET}")
    assert not pieces(SECRET) & pieces(text)
    assert len(text) < 1000


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("recipe", ["{{32 x aA0}}", "{{40 x hex}}", "{{43 x aA0_-}}", "{{uuid}}", "{{64 x aA0+/}}", "{{16 x aA0}}"])
def test_a_secret_that_nobody_recognised_is_masked_for_its_looks(recipe: str, seed: int) -> None:
    other = expand(recipe, seed)
    text, _, _, _ = shown("a = '", SECRET, f"'; b = '{other}'; c = {other}")
    assert not pieces(other) & pieces(text)


@pytest.mark.parametrize(
    "text",
    [
        "https://packages.internal.net/simple/v2/index.html",
        "@example/tickets-mcp@2.1.0",
        "/usr/local/lib/python3.11/site-packages/agent",
        "mcp_servers.tickets.bearer_token_env_var",
        "TICKETS_SERVICE_API_TOKEN",
        "2026-11-23T10:15:00+01:00",
        "us-east-1.amazonaws.com",
        "accountAccessKey",
    ],
)
def test_what_people_need_to_see_is_left(text: str) -> None:
    assert shown("x = '", SECRET, f"' {text}")[0].endswith(text)


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60), st.integers(0, 10)), max_size=8), st.integers(0, 60), st.integers(0, 30))
def test_spans_may_overlap_in_any_way(spans: list[tuple[int, int, int]], start: int, length: int) -> None:
    data = bytes(range(48, 108)).replace(b"*", b"~")  # no piece of it stands in it twice
    known = {(min(a, b), max(a, b)): prefix for a, b, prefix in spans if a != b}
    excerpt = Secrets(data, known).excerpt(Span(start, min(start + length, 60)))
    visible = excerpt.text.replace(MASK, "")
    for (first, last), prefix in known.items():
        hidden = data[min(first + prefix, last) : last].decode()
        covered = [other for other in known if other != (first, last) and other[0] <= first and last <= other[1]]
        if len(hidden) >= 8 and not covered:
            assert not pieces(hidden) & pieces(visible)
    assert 0 <= excerpt.caret <= len(excerpt.text) and excerpt.width >= 1


def test_messages_are_masked_too() -> None:
    data = f"password = {SECRET}".encode()
    secrets = Secrets(data, {(11, 11 + len(SECRET)): 0})
    assert secrets.mask_text(f"cannot use {SECRET} here") == f"cannot use {MASK} here"
    assert secrets.mask_text("nothing to hide") == "nothing to hide"


WORDS = ("config", "Config", "CONFIG", "a" * 22, "a" * 23, "a" * 24, "A" + "a" * 22, "A" + "a" * 23, "_", "-", "/", ".", "@", "7", "aB3", "%", " ")


@given(st.lists(st.sampled_from(WORDS), max_size=12).map("".join) | st.text("abAB12-_./+ ", max_size=40))
def test_what_reads_like_words_at_once_would_not_be_masked_at_a_second_look(text: str) -> None:
    hidden = masking._hide(text)
    assert hidden == re.sub(r"[A-Za-z0-9+=_!%^~*&#$@/.-]{8,}", lambda run: MASK if masking._looks_random(run[0]) else run[0], text)


def test_a_binary_file_shows_nothing() -> None:
    data = b"\0\1" + SECRET.encode()
    assert Secrets(data, {}).excerpt(Span(2, len(data)), binary=True).text == "(binary file)"


def test_a_long_mark_is_shortened_and_a_secret_over_several_lines_shows_one() -> None:
    data = b"key: |\n  " + b"\n  ".join([SECRET.encode()] * 50)
    excerpt = Secrets(data, {(9, len(data)): 0}).excerpt(Span(9, len(data)))
    assert "\n" not in excerpt.text and not pieces(SECRET) & pieces(excerpt.text)
    plain = Secrets(b"word " * 1000, {}).excerpt(Span(0, 5000))
    assert len(plain.text) < 500
