"""Families of files that git must ignore: what they say is what git does."""

import os
import subprocess
import tomllib
from pathlib import Path

import pytest

from agentkey_lint.catalog.globs import path_matches
from agentkey_lint.catalog.ignores import demanded, families, family, usual
from agentkey_lint.catalog.rule_files import ROOT

FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "rules" / "ignores").glob("*.toml"))}


def path_of(glob: str) -> str:
    return glob.replace("**/", "").replace("**", "x").replace("*", "x")


@pytest.mark.parametrize("name", FILES)
def test_a_family_is_whole(name: str) -> None:
    table = FILES[name]
    assert table["name"] and table["why"].endswith(".") and table["source"].startswith("https://")
    assert table["patterns"] and table["lines"]
    assert table["proof"] in ("always", "secret", "private-key")
    assert table["severity"] in ("low", "medium", "high", "critical")


@pytest.mark.parametrize("name", FILES)
def test_its_patterns_lead_to_it_and_its_exceptions_away(name: str) -> None:
    table = FILES[name]
    exceptions = table.get("except", [])
    for glob in table["patterns"]:
        for path in (path_of(glob), f"deep/down/{path_of(glob)}") if glob.startswith("**/") else (path_of(glob),):
            excepted = any(path_matches(other, path) for other in exceptions)
            assert (name in [family.id for family in families(path)]) != excepted, path
    for glob in exceptions:
        assert name not in [family.id for family in families(path_of(glob))]


@pytest.mark.parametrize("name", [name for name, table in FILES.items() if "demand" in table])
def test_a_tool_in_use_demands_files_of_its_family(name: str) -> None:
    for demand in FILES[name]["demand"]:
        for glob in demand.get("where", ()):
            for base in ("", "deep/down/"):
                found = [file for id, file in demanded(base + path_of(glob)) if id == name]
                assert set(found) >= {base + file for file in demand["files"]}
        assert {(name, file) for file in demand["files"]} <= set(usual())
        assert all(name in [one.id for one in families(file)] for file in demand["files"])


def test_families_are_known_by_name() -> None:
    assert family("dotenv").name == "dotenv files"
    with pytest.raises(KeyError):
        family("no-such-family")


def test_the_lines_that_are_recommended_make_git_ignore_the_files(tmp_path: Path) -> None:
    """git itself is asked: every pattern is excluded by the family's lines, and no exception is."""
    environment = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    wrong = []
    for name, table in FILES.items():
        folder = tmp_path / name
        folder.mkdir()
        subprocess.run(["git", "init", "-q", "--template=", str(folder)], check=True, env=environment)
        (folder / ".gitignore").write_text("\n".join(table["lines"]) + "\n")
        kept = [path_of(glob) for glob in table.get("except", [])]
        demanded = [file for demand in table.get("demand", ()) for file in demand["files"]]
        wanted = demanded + [path for path in map(path_of, table["patterns"]) if not any(path_matches(other, path) for other in table.get("except", []))]
        asked = "\0".join([*wanted, *kept])
        answer = subprocess.run(
            ["git", "-C", str(folder), "check-ignore", "--no-index", "-z", "--stdin"], input=asked, text=True, capture_output=True, env=environment
        )
        ignored = set(answer.stdout.split("\0"))
        wrong += [f"{name}: {path} is not ignored" for path in wanted if path not in ignored]
    assert not wrong


@pytest.mark.parametrize(
    ("path", "expected"), [(".env", {"dotenv"}), ("a/b/.env.production", {"dotenv"}), (".env.example", set()), ("src/main.py", set()), ("id_rsa.pub", set())]
)
def test_families_of_well_known_files(path: str, expected: set[str]) -> None:
    assert {family.id for family in families(path)} == expected
