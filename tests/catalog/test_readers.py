"""Every reader in rules/readers: its facts are whole, and it does with references what its file says."""

import re
import tomllib
from typing import Any

import pytest

from agentkey_lint.catalog import readers, references
from agentkey_lint.catalog.compiled import READERS
from agentkey_lint.catalog.globs import path_matches, route_matches
from agentkey_lint.catalog.rule_files import ROOT
from agentkey_lint.engine import documents
from agentkey_lint.model.facts import Entry
from agentkey_lint.model.source import Span
from agentkey_lint.parse.references import scan_text

FILES = {path.stem: tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted((ROOT / "rules" / "readers").glob("*.toml"))}
EVIDENCE = ("run", "source", "documented", "issue", "text", "unconfirmed")
UNSET = ("literal", "empty", "error", "none", "omit")
MARKERS = {
    "shell": "the field is text for a shell or another program, which expands it in its own way",
    "{X}": "a brace without a dollar sign occurs everywhere, so nothing is read as such a reference",
    "env(X)": "parentheses behind a word occur in all code, so nothing is read as such a reference",
    "var.X": "Terraform's own expressions, outside of quotes: the language is no text with references in it",
    "${section:X}": "configparser's extended interpolation names a key of the file; it is read as a default",
}
"""Syntaxes of rules/readers that the parser of references yields no reference for, and why."""


def written(syntax: str, name: str = "SOME_NAME") -> str:
    """A reference in a canonical syntax, as a person would write it."""
    if syntax == "${editor}":
        return "${workspaceFolder}"
    if syntax == "${x.y}":
        return "${some.name}"
    if syntax == "$(command)":
        return "$(cat file)"
    if syntax == "${{ X }}":
        return "${{ github.ref }}"
    if syntax == "%(ENV_X)s":
        return f"%(ENV_{name})s"
    text = syntax.replace("X", name, 1)
    for mark, example in (("-d", "-none"), (":d", ":none"), ("=d", "=none"), ("?e", "?missing"), ("+a", "+other")):
        text = text.replace(mark + "}", example + "}")
    return text


NAMES = ("SOME_NAME", "some_name", "COPILOT_MCP_SOME_NAME", "COPILOT_SOME_NAME", "BUNDLE_SOME_NAME")


def name_for(pattern: str) -> str:
    """A variable's name that a reader takes."""
    return next(name for name in NAMES if not pattern or re.fullmatch(pattern, name))


def path_of(glob: str) -> str:
    """A path that fits a glob of paths."""
    return glob.replace("**/", "").replace("**", "x").replace("*", "x")


def route_of(glob: str) -> tuple[str, ...]:
    """A route that fits a glob of routes."""
    steps = glob.replace("\\.", "\0").split(".")
    return tuple(step.replace("\0", ".").replace("*", "x") for part in steps for step in (("x",) if part == "**" else (part,)))


def sees(name: str, route: tuple[str, ...], text: str) -> bool:
    """Whether a reader expands the one reference that a field's text holds."""
    reader = next(readers._reader(number) for number, row in enumerate(READERS) if row[1][0] == name)
    raw = text.encode()
    field = documents.field(Entry(route, Span(0, 0), Span(0, len(raw)), text), reader, raw)
    assert len(field.references) == 1, f"{text} is {len(field.references)} references"
    return references.expands(field.expansion, field.references[0])


def first_route(table: dict[str, Any], number: int) -> tuple[str, ...] | None:
    """A route that an `[[expands]]` table decides on; None where tables before it take every such field."""
    earlier = [glob for before in table["expands"][:number] for glob in before.get("fields", ["**"])]
    candidates = [route_of(glob) for glob in table["expands"][number].get("fields", ["**"])] + [("a_field",), ("a", "field")]
    for route in candidates:
        mine = any(route_matches(glob, route) for glob in table["expands"][number].get("fields", ["**"]))
        if mine and not any(route_matches(glob, route) for glob in earlier):
            return route
    return None


@pytest.mark.parametrize("name", FILES)
def test_a_reader_is_whole(name: str) -> None:
    table = FILES[name]
    assert table["name"] and table["source"].startswith("https://")
    assert table["format"] in (*documents.PARSERS, "text")
    assert table["evidence"] in EVIDENCE
    assert table["paths"] and all("\\" not in glob for glob in table["paths"])
    assert table["confirmed"].year >= 2026
    assert table.get("unset", "literal") in UNSET
    for what in table.get("expands", ()):
        assert what.get("unset", "literal") in UNSET
        assert not what.get("write") or what["write"] in what["syntaxes"], "what is recommended must work"
        assert not what.get("write") or "X" in what["write"]


@pytest.mark.parametrize("name", FILES)
def test_its_paths_lead_to_it(name: str) -> None:
    table = FILES[name]
    data = " ".join(table.get("contains", [""])[:1]).encode()
    for glob in table["paths"]:
        path = path_of(glob)
        assert path_matches(glob, path)
        found = [reader.id for reader in readers.find(path, data)]
        assert name in found or (table.get("generic") and found), f"{path} is read by {found}"


@pytest.mark.parametrize("name", FILES)
def test_its_syntaxes_are_known(name: str) -> None:
    for what in FILES[name].get("expands", ()):
        for syntax in what["syntaxes"]:
            if syntax in MARKERS:
                continue
            found = scan_text(written(syntax))
            assert [(one.syntax, one.fault) for one in found] == [(syntax, "")], f"{syntax}, written {written(syntax)}"


@pytest.mark.parametrize("name", [name for name, table in FILES.items() if any(set(what["syntaxes"]) - MARKERS.keys() for what in table.get("expands", ()))])
def test_it_expands_what_it_says_and_nothing_else(name: str) -> None:
    table = FILES[name]
    tried = 0
    for number, what in enumerate(table["expands"]):
        route = first_route(table, number)
        if route is None or not what["syntaxes"] or any(route_matches(glob, route) for glob in table.get("by_name", ())):
            continue
        syntaxes = [syntax for syntax in what["syntaxes"] if syntax not in MARKERS]
        for syntax in syntaxes:
            assert sees(name, route, written(syntax, name_for(what.get("names", "")))), f"{syntax} in {route}"
            tried += 1
        stranger = next(syntax for syntax in ("$__vault{X}", "{env:X}", "os.environ/X") if syntax not in what["syntaxes"])
        assert not sees(name, route, written(stranger)), f"{stranger} in {route}"
        tried += 1
    assert tried, "no field of this reader could be tried"


def test_names_that_do_not_fit_are_not_expanded() -> None:
    limited = [
        (name, number) for name, table in FILES.items() for number, what in enumerate(table.get("expands", ())) if what.get("names", "").startswith("[A-Z_]")
    ]
    for name, number in limited:
        table = FILES[name]
        route = first_route(table, number)
        write = table["expands"][number].get("write")
        if route and write and "a-z" not in table["expands"][number]["names"]:
            assert sees(name, route, written(write)) and not sees(name, route, written(write, "some_name"))


@pytest.mark.parametrize(
    ("path", "data", "name"),
    [
        (".mcp.json", b"{}", "claude-code-mcp"),
        ("deep/down/.cursor/mcp.json", b"{}", "cursor-mcp"),
        ("config.ini", b"ControllerURL = x", "appdynamics-smart-agent"),
        ("config.ini", b"[x]", "python-ini"),
        (".env.example", b"", "dotenv-example"),
        (".env", b"", "dotenv"),
        ("docker-compose.override.yml", b"", "docker-compose"),
        (".npmrc", b"", "npmrc"),
        ("notes.txt", b"", ""),
    ],
)
def test_who_reads_a_file(path: str, data: bytes, name: str) -> None:
    found = readers.find(path, data)
    assert (found[0].id if found else "") == name


def test_a_name_shared_by_many_is_decided_by_what_stands_in_the_file() -> None:
    shared = [name for name, table in FILES.items() if table.get("contains")]
    assert shared
    for name in shared:
        path = path_of(FILES[name]["paths"][0])
        assert name not in [reader.id for reader in readers.find(path, b"nothing that tells")]
