"""Which rows of the catalogue claim a path: the index held against each glob asked by itself."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import claimed
from agentkey_lint.catalog.claimed import GROUPS, by_path, look_up
from agentkey_lint.catalog.compile import demand_rows, reader_rows, system_rows
from agentkey_lint.catalog.compile_paths import index
from agentkey_lint.catalog.globs import path_matches
from agentkey_lint.catalog.rule_files import load

Groups = Sequence[Sequence[Sequence[str]]]


def one_by_one(groups: Groups, path: str) -> tuple[tuple[int, ...], ...]:
    """The long way: every glob is asked. What lies in `x/**` lies in x; a file of that name does not."""

    def claims(glob: str) -> bool:
        return path_matches(f"{glob}/*" if glob.endswith("**") else glob, path)

    return tuple(tuple(row for row, globs in enumerate(rows) if any(map(claims, globs))) for rows in groups)


def catalogue() -> Groups:
    """Every glob that the catalogue looks paths up by, from the files below rules/."""
    ignores = load("ignores").items()
    files, _ = system_rows({stem: table for stem, table in load("scopes").items() if stem != "default"})
    demands = [row[0] for number, (stem, table) in enumerate(ignores) for row in demand_rows(number, stem, table)]
    return [row[0] for row in reader_rows(load("readers"))], [table["patterns"] for _, table in ignores], demands, [row[0] for row in files]


CATALOGUE = catalogue()
GLOBS = sorted({glob for rows in CATALOGUE for globs in rows for glob in globs})
ODD = ["", ".", "..", "a", "A.PY", "x.json", "y.env", ".env", "Z.YML", "k.pem.bak", "*", "**", "a b", "ä.toml", "x.", ".json", "..yml"]
steps = st.sampled_from(ODD) | st.sampled_from(sorted({step for glob in GLOBS for step in glob.split("/")})) | st.text(alphabet="aE.-_*", max_size=4)


@st.composite
def near(draw: st.DrawFn) -> str:
    """A path that a glob of the catalogue nearly or wholly fits: its stars are filled, and perhaps a step is gone, doubled or in another case."""
    glob = draw(st.sampled_from(GLOBS))
    filled: list[str] = []
    for step in glob.split("/"):
        filled += draw(st.lists(steps, max_size=2)) if step == "**" else [draw(st.sampled_from(["", "a", ".x", "-", "dev.yml"])).join(step.split("*"))]
    at = draw(st.integers(0, len(filled)))
    changed = filled[at : at + 1]
    middle = draw(st.sampled_from([changed, [], changed * 2, [step.upper() for step in changed], [*changed, ""]]))
    return "/".join([*filled[:at], *middle, *filled[at + 1 :]])


@given(st.lists(near() | st.lists(steps, max_size=5).map("/".join), min_size=1, max_size=4))
def test_the_catalogue_claims_what_each_of_its_globs_does(paths: list[str]) -> None:
    for path in paths:
        assert by_path(path) == one_by_one(CATALOGUE, path)


def test_each_glob_of_the_catalogue_claims_a_path_of_its_own() -> None:
    """A glob whose index entry were lost would be found by no generated path that happens to fit it."""
    for group, rows in enumerate(CATALOGUE):
        for row, globs in enumerate(rows):
            for glob in globs:
                for path in (glob.replace("**/", "").replace("**", "x/y").replace("*", "q"), glob.replace("**", "u/v").replace("*", "")):
                    assert row in by_path(path)[group], (glob, path)


parts = st.sampled_from(["a", "b", "*", "**", "a*", "*b", ".x", ".x*", "*.*", "*.json", "x.json", "a.*.json", "d*r-c*.d*", ".env", ".env.*", ""])
rows = st.lists(st.lists(st.lists(parts, min_size=1, max_size=4).map("/".join), max_size=3), max_size=4)
names = st.sampled_from(["a", "b", "ab", ".x", ".xy", "x.json", "a.b.json", "dir-c.d", ".env", ".env.json", ""])


@given(st.tuples(*[rows] * len(GROUPS)), st.lists(st.lists(names, min_size=1, max_size=4).map("/".join), max_size=5))
def test_any_globs_are_found_as_each_by_itself(groups: Groups, paths: list[str]) -> None:
    found = look_up(index(groups))
    for path in paths:
        assert found(path) == one_by_one(groups, path)


@given(st.lists(near(), max_size=4))
def test_what_was_looked_up_at_once_is_what_each_look_gives(paths: list[str]) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(claimed, "_kept", {})
        some, others = claimed.keep(paths)
        assert some == [path for path in paths if any(by_path(path))] and others == [path for path in paths if not any(by_path(path))]
        for path in (*paths, "a/.env", *reversed(paths)):
            assert by_path(path) == one_by_one(CATALOGUE, path)
