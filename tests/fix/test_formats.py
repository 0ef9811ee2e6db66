"""Laws of fixes, on generated files of every format: read before and after by other people's parsers, they are equal but for the edited values."""

import configparser
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import pytest
import yaml
from dotenv import dotenv_values
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.commands.mending import Mended, Mending
from agentkey_lint.discover.decode import sources
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.pipeline import Plan, lint
from agentkey_lint.engine.repository import make
from agentkey_lint.model.settings import DEFAULT
from agentkey_lint.testing import expand

KEY = expand("lin_api_{{40 x aA0}}")
BOM = b"\xef\xbb\xbf"


class Memory:
    """A snapshot of files in memory that stands where the overlay of a work tree does."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.base, self.files = dict(files), {}

    def paths(self) -> list[str]:
        return sorted({*self.base, *self.files})

    def read(self, path: str) -> bytes:
        found = self.find(path)
        if found is None:
            raise FileNotFoundError(path)
        return found

    def find(self, path: str) -> bytes | None:
        return self.files.get(path, self.base.get(path))

    def contents(self, paths: Iterable[str], named: Iterable[str] = ()) -> Iterator[tuple[str, bytes]]:
        return ((path, self.read(path)) for path in paths)

    def ignore(self, path: str) -> None:
        return None

    def ignored(self) -> list[str]:
        return []

    def close(self) -> None:
        pass


def mend(path: str, data: bytes) -> tuple[bytes, Mended]:
    """A file as every fix leaves it, and what they were."""
    memory = Memory({path: data, ".env.example": b"CRM_TOKEN=\nLINEAR_API_KEY=\n"})
    plan = Plan(Thresholds(), lambda told_by: blake2b(told_by, digest_size=8).hexdigest())
    report = lint(sources(memory, [path]), make(memory.paths, memory.read, memory.ignore), plan)  # type: ignore[arg-type]
    mended = Mending(memory, plan, unsafe=True, settings=lambda path: DEFAULT).run(report)  # type: ignore[arg-type]
    found = memory.find(path)
    assert found is not None
    return found, mended


class Format(NamedTuple):
    """How files of one reader are written, and how others read them. right: the reference that the reader expands; wrong: one that it does not."""

    path: str
    right: str
    wrong: str
    write: Callable[[list[tuple[str, str]], Callable[[str], str], str], str]
    read: Callable[[str], dict[str, Any]]
    comment: str


def _json(pairs: list[tuple[str, str]], remark: Callable[[str], str], indent: str) -> str:
    rows = ",".join(f"{remark('//')}\n{indent * 3}{json.dumps(name)}: {json.dumps(value)}" for name, value in pairs)
    return f'{{{remark("//")}\n{indent}"mcpServers": {{ "a": {{ "command": "a", "env": {{{rows}\n{indent}}} }} }}\n}}\n'


def _read_json(text: str) -> dict[str, Any]:
    table: dict[str, Any] = json.loads(re.sub(r"(?m)//remark.*$", "", text))
    return dict(table["mcpServers"]["a"]["env"])


def _yaml(pairs: list[tuple[str, str]], remark: Callable[[str], str], indent: str) -> str:
    rows = "".join(f"{remark('#')}\n      {name}: {_scalar(value, number)}" for number, (name, value) in enumerate(pairs))
    return f"services:{remark('#')}\n  agent:\n    image: a:1.0\n    environment:{rows}\n"


def _scalar(value: str, number: int) -> str:
    """A text in one of YAML's three ways; plain only where that means the text."""
    plain = re.fullmatch(r"[A-Za-z$][\w${}:.-]*[\w}]", value) and value.lower() not in ("true", "false", "yes", "no", "on", "off", "null")
    if number % 3 == 0 and plain:
        return value
    return (json.dumps(value), "'" + value.replace("'", "''") + "'")[number % 2]


def _toml(pairs: list[tuple[str, str]], remark: Callable[[str], str], indent: str) -> str:
    rows = "".join(f"{remark('#')}\n{indent}{name} = {json.dumps(value)}" for name, value in pairs)
    return f"# head\n[[outputs.a]]{rows}\n"


def _ini(pairs: list[tuple[str, str]], remark: Callable[[str], str], indent: str) -> str:
    rows = "".join((f"\n# {remark('#').strip(' #')}" if remark("#") else "") + f"\n{name}{indent}= {value}" for name, value in pairs)
    return f"[program:a]\ncommand = a\n[x]{rows}\n"


def _read_ini(text: str) -> dict[str, Any]:
    parser = configparser.RawConfigParser()
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read_string(text)
    return dict(parser["x"])


def _dotenv(pairs: list[tuple[str, str]], remark: Callable[[str], str], indent: str) -> str:
    return "".join(f"{name}={value}{remark('#')}\n" for name, value in pairs)


def _read_dotenv(text: str) -> dict[str, Any]:
    return dict(dotenv_values(stream=io.StringIO(text), interpolate=False))


FORMATS = {
    "json": Format(".mcp.json", "${%s}", "${env:%s}", _json, _read_json, "//"),
    "jsonc": Format(".cursor/mcp.json", "${env:%s}", "${%s}", _json, _read_json, "//"),
    "yaml": Format("docker-compose.yml", "${%s}", "", _yaml, lambda text: dict(yaml.safe_load(text)["services"]["agent"]["environment"]), "#"),
    "toml": Format("telegraf.conf", "${%s}", "", _toml, lambda text: dict(tomllib.loads(text)["outputs"]["a"][0]), "#"),
    "ini": Format("grafana.ini", "$__env{%s}", "", _ini, _read_ini, "#"),
    "dotenv": Format(".env.sample", "", "", _dotenv, _read_dotenv, "#"),
}
PLAIN = st.sampled_from(["info", "8080", "a b", "https://example.com/x?y=1", "ünïcödé", "true", "50%", "it's", "C:", "a#b"])
NAMES = st.lists(st.sampled_from(["REGION", "LEVEL", "MODE", "PLACE", "HOST", "PORT_A", "colour"]), unique=True, max_size=5)


@pytest.mark.parametrize("name", FORMATS)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_nothing_but_the_edited_values_changes(name: str, data: st.DataObject) -> None:
    form = FORMATS[name]
    plain = PLAIN if name != "dotenv" else st.sampled_from(["info", "8080", "true"])
    pairs = [(one, data.draw(plain)) for one in data.draw(NAMES)]
    wrong = bool(form.wrong) and data.draw(st.booleans())
    pairs.insert(data.draw(st.integers(0, len(pairs))), ("LINEAR_API_KEY", KEY))
    if wrong:
        pairs.insert(data.draw(st.integers(0, len(pairs))), ("CRM_TOKEN", form.wrong % "CRM_TOKEN"))
    remarks = iter(data.draw(st.lists(st.sampled_from(["", "", "remark, [with] {signs}: \"'", "remark ${NAME"]), min_size=40, max_size=40)))

    def remark(sign: str) -> str:
        said = next(remarks)
        return f"  {sign}{said}" if said else ""

    text = form.write(pairs, remark, data.draw(st.sampled_from([" ", "  ", "\t"])))
    crlf, marked = data.draw(st.booleans()), data.draw(st.booleans())
    raw = (BOM if marked else b"") + text.replace("\n", "\r\n" if crlf else "\n").encode()
    after, mended = mend(form.path, raw)

    expected = dict(pairs) | {"LINEAR_API_KEY": form.right % "LINEAR_API_KEY" if form.right else ""}
    expected |= {"CRM_TOKEN": form.right % "CRM_TOKEN"} if wrong else {}
    assert form.read(after.removeprefix(BOM).decode().replace("\r\n", "\n")) == expected
    assert form.read(text) == dict(pairs)
    assert len(mended.fixed) == 1 + wrong
    assert after.startswith(BOM) == marked and (after.count(b"\r\n") == after.count(b"\n")) == crlf
    before, then = raw.decode().splitlines(), after.decode().splitlines()
    changed = [number for number, (one, other) in enumerate(zip(before, then, strict=True)) if one != other]
    assert len(changed) == 1 + wrong, "each fix changes one line, and that only in its value"
    assert mend(form.path, after) == (after, Mended((), ()))


RULES = st.lists(st.sampled_from(["Bash(*)", "Bash(npm test)", "Read(src/**)", "Bash(git status)", "Edit(**)", "WebSearch"]), min_size=1, max_size=6)


@settings(max_examples=150, deadline=None)
@given(rules=RULES, joint=st.sampled_from([", ", ",", ",\n      ", " ,\n\t", ", // why\n      "]), close=st.sampled_from(["", "\n    "]), crlf=st.booleans())
def test_a_rule_leaves_its_list_and_the_others_stay(rules: list[str], joint: str, close: str, crlf: bool) -> None:
    text = f'{{ "permissions": {{ "allow": [{close}{joint.join(json.dumps(rule) for rule in rules)}{close}], "deny": ["Bash(*)"] }} }}\n'
    raw = text.replace("\n", "\r\n" if crlf else "\n").encode()
    after, mended = mend(".claude/settings.json", raw)

    def read(data: bytes) -> dict[str, Any]:
        table: dict[str, Any] = json.loads(re.sub(r"// why", "", data.decode()))["permissions"]
        return table

    taken = sum(one.title == "take this rule out" for one in mended.fixed)
    left = read(after)
    assert left["deny"] == ["Bash(*)"] and len(left["allow"]) == len(rules) - taken
    kept = iter(rules)
    assert all(rule in kept for rule in left["allow"]), "those that stay keep their order"
    assert [rule for rule in left["allow"] if rule in ("Bash(npm test)", "Read(src/**)", "Bash(git status)", "WebSearch")] == [
        rule for rule in rules if rule in ("Bash(npm test)", "Read(src/**)", "Bash(git status)", "WebSearch")
    ]
    if "//" not in joint:
        assert left["allow"].count("Bash(*)") == 0 == left["allow"].count("Edit(**)")


@settings(max_examples=150, deadline=None)
@given(data=st.binary(max_size=200), path=st.sampled_from([".mcp.json", "docker-compose.yml", "config.ini", ".codex/config.toml", ".env", "agentkeys.toml"]))
def test_no_bytes_are_too_strange(data: bytes, path: str) -> None:
    mend(path, data + b'\n{"mcpServers": {"a": {"env": {"TOKEN_A": "' + KEY.encode() + b'"}}}}')
