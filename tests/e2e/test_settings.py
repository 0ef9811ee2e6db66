"""Settings through the front door: what they change, for which files, and that a wrong one is never passed over."""

import random
import string
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import git, run, write

from agentkey_lint.catalog.globs import matches
from agentkey_lint.config.layers import Glob
from agentkey_lint.config.settings import Wrong, layer
from agentkey_lint.engine.settings import MAX_BYTES, Finder
from agentkey_lint.model.errors import UsageError
from agentkey_lint.testing import expand

KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA").encode()
CODE = b'key = "' + KEY + b'"\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q")
    return tmp_path


def found(folder: Path, *arguments: str) -> dict[str, str]:
    """The severity of what is reported, by path."""
    done = run("check", "--format", "json", *arguments, folder=folder)
    assert done.status in (0, 1), done.err
    return {one["path"]: one["severity"] for one in done.json["findings"] if one["verdict"] == "reported" and one["rule"] == "hardcoded-key"}


def test_the_nearest_file_counts_and_both_names_are_read(folder: Path) -> None:
    own = b'[rules.hardcoded-key]\nseverity = "low"\n'
    python = b'[project]\nname = "x"\n[tool.agentkey-lint.rules.hardcoded-key]\nseverity = "medium"\n'
    files = {"a.py": CODE, "p/a.py": CODE, "p/q/a.py": CODE, "r/a.py": CODE, "p/agentkey-lint.toml": own, "pyproject.toml": python}
    write(folder, files | {"r/pyproject.toml": b'[project]\nname = "nothing for us"\n'})
    assert found(folder) == {"a.py": "medium", "p/a.py": "low", "p/q/a.py": "low", "r/a.py": "medium"}


def test_the_nearer_file_applies_alone_unless_it_extends(folder: Path) -> None:
    above = b'exclude = ["gen"]\ndisable = ["hardcoded-key"]\nmin-confidence = "high"\n'
    write(folder, {"agentkey-lint.toml": above, "p/agentkey-lint.toml": b"", "p/gen/a.py": CODE, "a.py": CODE})
    assert found(folder) == {"p/gen/a.py": "high"}
    write(folder, {"p/agentkey-lint.toml": b'extends = "../agentkey-lint.toml"\n'})
    assert found(folder) == {}
    write(folder, {"p/agentkey-lint.toml": b'extends = "../agentkey-lint.toml"\nenable = ["hardcoded-key"]\n', "p/b.py": CODE})
    assert found(folder) == {"p/b.py": "high"}, "exclude of the extended file still counts, and is relative to that file"


def test_overrides_and_the_command_line(folder: Path) -> None:
    settings = b"""
min-severity = "critical"
[[overrides]]
paths = ["tests/**", "*.test.py"]
min-severity = "low"
[overrides.rules.hardcoded-key]
severity = "low"
"""
    write(folder, {"agentkey-lint.toml": settings, "a.py": CODE, "tests/deep/a.py": CODE, "src/x.test.py": CODE})
    assert found(folder) == {"tests/deep/a.py": "low", "src/x.test.py": "low"}
    assert found(folder, "--min-severity", "medium") == {"a.py": "high"}, "the command line beats what is set"


def test_options_of_rules(folder: Path) -> None:
    manifest = b'[[key]]\nid = "a"\nprovider = "x"\nagent = "b"\nrole = "reader"\nscopes = ["tickets:read"]\nttl = "80d"\nowner = "c"\nenv = "A_KEY"\n'
    write(folder, {"agentkeys.toml": manifest})
    assert "long-lived-key" not in run("check", "--format", "json", folder=folder).rules()
    write(folder, {"agentkey-lint.toml": b'[rules.long-lived-key]\nread = "60d"\n'})
    assert "long-lived-key" in run("check", "--format", "json", folder=folder).rules()


def test_the_hook_takes_settings_from_the_index(folder: Path) -> None:
    write(folder, {"agentkey-lint.toml": b'exclude = ["a.py"]\n', "a.py": CODE})
    git(folder, "add", "-A")
    write(folder, {"agentkey-lint.toml": b""})
    assert run("hook", "--", "a.py", folder=folder).status == 0
    assert run("check", "--staged", folder=folder).status == 0
    assert run("check", folder=folder).status == 1
    git(folder, "add", "-A")
    assert run("hook", "--", "a.py", folder=folder).status == 1


def test_standard_input_is_excluded_by_its_path(folder: Path) -> None:
    write(folder, {"agentkey-lint.toml": b'exclude = ["gen/"]\n'})
    assert run("check", "-", "--stdin-path", "gen/a.py", folder=folder, stdin=CODE).status == 0
    assert run("check", "-", "--stdin-path", "src/a.py", folder=folder, stdin=CODE).status == 1


WRONG = {
    'exlude = ["a"]': (1, "exclude"),
    "\n[rules.hardcoded-kee]\nenabled = true": (3, "hardcoded-key"),
    '[rules.long-lived-key]\nread = "90d"\nraed = "1d"': (3, "read"),
    '[rules.long-lived-key]\nread = "soon"': (2, "length of time"),
    "[rules.long-lived-key]\nread = 5": (2, "a text"),
    "[rules.hardcoded-key]\nenabled = 1": (2, "true or false"),
    '[rules.hardcoded-key]\nseverity = "loud"': (2, "critical"),
    'disable = [\n  "hardcoded-key",\n  "hardcoded_secret"\n]': (3, "hardcoded-secret"),
    'disable = ["hardcoded-key"]\nenable = ["hardcoded-key"]': (1, "both"),
    'min-severity = "loud"': (1, "medium"),
    'exclude = "tests"': (1, "list"),
    'exclude = ["../x"]': (1, "relative"),
    'exclude = ["/etc"]': (1, "relative"),
    'exclude = ["{a,b}"]': (1, "relative"),
    'env = ["A=b"]': (1, "names"),
    'adopt = ["gitleeks"]': (1, "gitleaks"),
    'require-reason = "no"': (1, "true or false"),
    "overrides = 1": (1, "[[overrides]]"),
    '[[overrides]]\ndisable = ["hardcoded-key"]': (2, "paths"),
    '[[overrides]]\npaths = ["a"]\nexclude = ["b"]': (3, "no setting"),
    '[[ignore]]\npaths = ["a"]\nreason = "x"': (2, "rules"),
    '[[ignore]]\npaths = ["a"]\nrules = ["hardcoded-key"]\nuntil = "soon"': (4, "day"),
    'extends = "/etc/passwd"': (1, "outside"),
    'extends = "../../x.toml"': (1, "outside"),
    'extends = "nowhere.toml"': (1, "not there"),
    'extends = "agentkey-lint.toml"': (1, "circle"),
    "a = \nb = 1": (1, "not TOML"),
    'a = "x"\na = "y"': (2, "not TOML"),
}


@pytest.mark.parametrize("text", WRONG, ids=range(len(WRONG)))
@pytest.mark.parametrize("name", ["agentkey-lint.toml", "pyproject.toml"])
def test_a_wrong_setting_ends_the_run_with_its_place(folder: Path, text: str, name: str) -> None:
    line, words = WRONG[text]
    if name == "pyproject.toml":
        if text.startswith(('extends = "agentkey', "a =")):
            pytest.skip("this one is about agentkey-lint.toml alone")
        table = text.replace("[[", "[[tool.agentkey-lint.").replace("\n[r", "\n[tool.agentkey-lint.r")
        table = "[tool.agentkey-lint." + table[1:] if table.startswith("[r") else table
        text, line = "[tool.agentkey-lint]\n" + table, line + 1
    write(folder, {name: text.encode(), "a.py": b"pass\n"})
    for command in (("check",), ("check", "a.py"), ("hook", "--", "a.py")):
        git(folder, "add", "-A")
        done = run(*command, folder=folder)
        assert done.status == 2 and done.out == "", done
        assert done.err.startswith(f"agentkey-lint: {name}:{line}: ") and words in done.err


def test_no_message_repeats_what_stands_in_the_file(folder: Path) -> None:
    secret = KEY.decode()
    for text in (f"{secret} = 1", f'disable = ["{secret}"]', f"[rules.{secret}]", f'adopt = ["{secret}"]', f'a = "{secret}', f"[{secret}]\n[{secret}]"):
        write(folder, {"agentkey-lint.toml": text.encode()})
        done = run("check", folder=folder)
        assert done.status == 2 and secret[:20] not in done.err, done.err


def test_links_are_no_settings_and_nothing_outside_is_read(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    outside = tmp_path_factory.mktemp("outside") / "x.toml"
    outside.write_text('disable = ["hardcoded-key"]\n')
    write(folder, {"a.py": CODE})
    (folder / "agentkey-lint.toml").symlink_to(outside)
    assert found(folder) == {"a.py": "high"}
    (folder / "linked.toml").symlink_to(outside)
    write(folder, {"pyproject.toml": b'[tool.agentkey-lint]\nextends = "linked.toml"\n'})
    assert run("check", folder=folder).status == 2


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 100_000,
        b"a = " + b"[" * 50_000,
        b"a = " + b"9" * 10_000,
        b"." * 1_000,
        b"a" * (MAX_BYTES + 1),
        b"\xff\xfe",
        b"a." * 100 + b"b = 1\n",
        b"".join(b"a%d." % number * 190 + b"b = 1\n" for number in range(250)),
    ],
    ids=range(8),
)
def test_hostile_settings_end_the_run_and_never_hang_it(folder: Path, data: bytes) -> None:
    write(folder, {"agentkey-lint.toml": data, "a.py": b"pass\n"})
    done = run("check", folder=folder)
    assert done.status == 2 and done.err.startswith("agentkey-lint: agentkey-lint.toml"), done.err


def test_variables_that_are_set_elsewhere_are_declared(folder: Path) -> None:
    write(folder, {".env.example": b"OTHER=\n", ".mcp.json": b'{"mcpServers": {"x": {"command": "x", "env": {"A_TOKEN": "${OUTSIDE_TOKEN}"}}}}'})
    before = run("check", "--format", "json", "--min-severity", "info", folder=folder).rules(".mcp.json")
    write(folder, {"pyproject.toml": b'[tool.agentkey-lint]\nenv = ["OUTSIDE_TOKEN"]\n'})
    after = run("check", "--format", "json", "--min-severity", "info", folder=folder).rules(".mcp.json")
    assert before - after == {"undeclared-reference"}


def test_config_show_says_what_applies_and_from_where(folder: Path) -> None:
    above = (
        b'min-severity = "high"\nexclude = ["gen"]\n[rules.long-lived-key]\nread = "60d"\n[[overrides]]\npaths = ["tests/**"]\ndisable = ["hardcoded-key"]\n'
    )
    write(folder, {"agentkey-lint.toml": above, "p/agentkey-lint.toml": b'extends = "../agentkey-lint.toml"\nmin-severity = "low"\n'})
    said = run("config", "show", "p/tests/new.py", folder=folder).out.splitlines()
    assert said[1] == "settings: p/agentkey-lint.toml, agentkey-lint.toml"
    assert "min-severity: low  (from p/agentkey-lint.toml)" in said
    assert "long-lived-key: read 60d  (from agentkey-lint.toml)" in said
    assert not any("hardcoded-key" in line for line in said), "the glob is relative to the folder of its file"
    said = run("config", "show", "tests/new.py", folder=folder).out.splitlines()
    assert "hardcoded-key: disabled  (from agentkey-lint.toml)" in said
    assert "excluded  (from agentkey-lint.toml)" in run("config", "show", "gen/a", folder=folder).out
    assert "none" in run("config", "show", "--staged", folder=folder).out, "nothing is staged"


def test_the_schema_and_the_reader_agree() -> None:
    import json
    import tomllib

    import jsonschema

    schema = json.loads(run("schema", "settings", folder=".").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    elsewhere = ("soon", "both", "outside", "not there", "circle", "not TOML", "length of time")
    for text, (_, words) in WRONG.items():
        if words not in elsewhere:
            assert not validator.is_valid(tomllib.loads(text)), text
    right = """
extends = "../a.toml"
exclude = ["tests", "*.md", "./gen/", "a/**/b*"]
env = ["A_KEY"]
adopt = ["gitleaks"]
require-reason = false
min-severity = "info"
[rules.long-lived-key]
read = "60d"
severity = "high"
[[overrides]]
paths = ["x"]
enable = ["hardcoded-key"]
[[ignore]]
paths = ["x"]
rules = ["hardcoded-key"]
until = "2026-12-31"
"""
    validator.validate(tomllib.loads(right))
    assert layer(tomllib.loads(right), "p/x.toml").extends == "../a.toml"


VALUES = st.recursive(
    st.one_of(st.booleans(), st.integers(), st.text(max_size=5), st.sampled_from(["low", "hardcoded-key", "tests/**", "60d", "2026-12-31"])),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.sampled_from(["paths", "rules", "hardcoded-key", "severity", "x"]), inner)),
    max_leaves=6,
)


@given(st.dictionaries(st.sampled_from(["exclude", "env", "disable", "rules", "overrides", "ignore", "min-severity", "extends", "adopt", "x"]), VALUES))
def test_any_table_is_taken_or_refused(table: dict[str, object]) -> None:
    try:
        layer(table, "p/agentkey-lint.toml")
    except Wrong as wrong:
        assert wrong.message


@given(st.lists(st.sampled_from(["a", "b", "src", "a.py"]), min_size=1, max_size=4), st.sampled_from(["", "src"]))
def test_a_glob_of_one_name_covers_it_anywhere_and_all_below_it(steps: list[str], folder: str) -> None:
    path = "/".join(steps)
    (glob,) = layer({"exclude": ["a"]}, f"{folder}/x.toml" if folder else "x.toml").exclude
    inside = path[len(folder) + 1 :] if folder and path.startswith(folder + "/") else "" if folder else path
    assert glob.covers(path) == ("a" in inside.split("/"))
    assert glob == Glob(folder, ("**", "a", "**")) and matches(glob.steps, ["x", "a", "y"])


def test_a_finder_asks_once_for_each_place() -> None:
    rng = random.Random(0)
    paths = ["/".join(rng.choice(string.ascii_lowercase[:3]) for _ in range(rng.randint(1, 4))) for _ in range(50)]
    asked: list[str] = []

    def some(wanted: "list[str]") -> dict[str, bytes]:
        asked.extend(wanted)
        return {"a/agentkey-lint.toml": b'exclude = ["b"]'} if "a/agentkey-lint.toml" in wanted else {}

    finder = Finder(some)
    finder.prepare(paths)
    for path in paths:
        finder(path)
    assert len(asked) == len(set(asked))
    assert finder("a/b/c").excluded and not finder("b/b/c").excluded


steps_of_folders = st.lists(st.sampled_from("abc"), max_size=4).map("/".join)


@given(st.sets(steps_of_folders, max_size=5), st.lists(steps_of_folders, min_size=1, max_size=8), st.booleans())
def test_of_each_path_the_nearest_folder_with_settings_counts(holders: set[str], folders: list[str], prepared: bool) -> None:
    files = {f"{holder}/agentkey-lint.toml".lstrip("/"): b"" for holder in holders}
    finder = Finder(lambda wanted: {place: files[place] for place in wanted if place in files})
    paths = [f"{folder}/x".lstrip("/") for folder in folders]
    if prepared:
        finder.prepare(paths)
    for path in [*paths, "../x", "/x"]:
        above = [path.split("/")[:depth] for depth in reversed(range(path.count("/") + 1))] if path in paths else [[]]
        nearest = next(("/".join([*steps, "agentkey-lint.toml"]) for steps in above if "/".join(steps) in holders), None)
        assert [layer.file for layer in finder.layers(path)] == ([nearest] if nearest else [])


def test_a_finder_keeps_to_the_repository() -> None:
    finder = Finder(lambda wanted: dict.fromkeys((place for place in wanted if place == "x.toml"), b'extends = "../y.toml"'))
    assert finder.candidates(["../a", "/etc/a"]) == ["agentkey-lint.toml", "pyproject.toml"]
    with pytest.raises(UsageError):
        Finder(lambda wanted: {"agentkey-lint.toml": b'extends = "a/../../y.toml"'})("a")
