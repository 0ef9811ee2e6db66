"""Globs over paths and routes, held against a plain oracle, and the compiled index against the globs themselves."""

import re
import time

from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import compile as compiler
from agentkey_lint.catalog.globs import matches, path_matches, route_matches, rows_for, step_matches

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


paths = st.lists(st.sampled_from(["a", "b", ".x", "mcp.json", ".env", "k.pem", "n.env.local", "docker-compose.dev.yml"]), min_size=1, max_size=4).map("/".join)
ROWS = [("**/mcp.json", "a/.env"), ("**/*.pem", "**/.x/**/mcp.json"), ("**/*.env*",), ("**/docker-compose*.yml", "b/*"), ("**/.x/*.pem",)]
ROWS += [("**/.x*/**", "**/d*r-c*.d*/*"), ("**/*-*", "a*/**/*.*")]
INDEX = compiler.index(ROWS)


@given(paths)
def test_the_index_finds_the_rows_that_the_globs_do(path: str) -> None:
    assert rows_for(INDEX, path) == [number for number, row in enumerate(ROWS) if any(path_matches(glob, path) for glob in row)]
