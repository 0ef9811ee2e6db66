"""Globs over paths and routes, held against a plain oracle."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog.globs import matches, route_matches, step_matches

steps = st.lists(st.sampled_from(["a", "ab", "abc", "b", ".env", "x.json", ""]), max_size=6)
globs = st.lists(st.sampled_from(["a", "*", "**", "a*", "*b", "*.json", "a*c", "*b*"]), min_size=1, max_size=6)


def oracle(glob: list[str], route: list[str]) -> bool:
    """As one regular expression in which every step ends with a slash."""
    parts = [r"(?:[^/]*/)*" if part == "**" else re.escape(part).replace(r"\*", "[^/]*") + "/" for part in glob]
    return re.fullmatch("".join(parts), "".join(step + "/" for step in route)) is not None


@given(globs, steps)
def test_globs_mean_what_a_regular_expression_would(glob: list[str], route: list[str]) -> None:
    assert matches(glob, route) == oracle(glob, route)


@given(st.text(alphabet="ab*", max_size=8), st.text(alphabet="ab", max_size=10))
def test_stars_in_a_step(glob: str, text: str) -> None:
    assert step_matches(glob, text) == (re.fullmatch(re.escape(glob).replace(r"\*", ".*"), text) is not None)


def test_a_dot_within_a_step_of_a_route() -> None:
    assert route_matches(r"auth\.*.secret", ("auth.github", "secret"))
    assert not route_matches(r"auth\.*.secret", ("auth", "github", "secret"))
    assert route_matches("servers.*.env.*", ("servers", "a", "env", "TOKEN"))
    assert not route_matches("servers.*.env.*", ("servers", "a", "env"))


def test_many_stars_take_no_time_that_grows_with_every_star() -> None:
    begin = time.process_time()
    assert not matches(["**", "a"] * 200, ["a", "b"] * 200 + ["c"])
    assert not step_matches("*a" * 100 + "b", "a" * 5_000)
    assert time.process_time() - begin < 2


@given(st.lists(st.sampled_from(["a", "b", "a*", "*", "**", ""]), min_size=1, max_size=4), st.lists(st.sampled_from(["a", "b", "ab", ""]), max_size=4))
def test_a_route_is_told_by_its_last_step_only_if_no_glob_says_otherwise(glob: list[str], route: list[str]) -> None:
    assert route_matches(".".join(glob), route) == matches(glob, route)
