"""Secrets never leave: whatever is planted, wherever it stands and whatever goes wrong, no eight characters of it are in any output."""

import base64
import itertools
import json
import random
import re
import shutil
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from whole import EVERYTHING, Run, check, git, leaks, run, write

from agentkey_lint.catalog.compile_keys import literal_prefix
from agentkey_lint.catalog.rule_files import ROOT
from agentkey_lint.commands.options import FORMATS
from agentkey_lint.testing import fill


class Planted(NamedTuple):
    """A secret: its whole text, the parts of it that are secret, and a name that it is given."""

    text: str
    secret: list[str]
    name: str


def kinds() -> list[dict[str, Any]]:
    tables = [tomllib.loads(path.read_text()) for path in sorted((ROOT / "rules" / "keys").glob("*.toml"))]
    return [key for table in tables for key in table["key"]]


KINDS = kinds()
RECIPES = [(kind, recipe) for kind in KINDS for recipe in kind["recipes"]]


def planted(kind: dict[str, Any], recipe: str, seed: int) -> Planted:
    """A key. Secret is what the recipe fills in, without the vendor's public marker and without what the pattern leaves out of its secret part."""
    text, parts = fill(recipe, seed, kind.get("checksum", ""))
    marker = "" if kind.get("before") or kind.get("context") else literal_prefix(kind["pattern"])
    if "(?P<secret>" in kind["pattern"] and (match := re.search(kind["pattern"], text)):
        parts = [part for part in parts if part in match["secret"]]
    else:
        parts = [text[len(marker) :] if marker and text.startswith(marker) and part in text[: len(marker) + len(part)] else part for part in parts]
    words = kind.get("context", ["service"])
    lines = [line for part in parts for line in part.splitlines() if not line.isdigit()]  # the number of an account is no secret
    return Planted(text, lines, f"{words[0].strip('_')}_api_key" if not words[0].endswith(("key", "token")) else words[0])


def password(seed: int) -> Planted:
    rng = random.Random(seed)
    letters = "abcdefghijkmnopqrstuvwxyzABCDEFGHJKLMNPQRSTUVWXYZ23456789"
    text = "".join(rng.choice(letters + "!%+^~") for _ in range(rng.randint(12, 30))) + "7aQ"
    return Planted(text, [text], rng.choice(["password", "db_password", "client_secret", "API_TOKEN", "secretKey"]))


secrets = st.one_of(
    st.builds(lambda pair, seed: planted(pair[0], pair[1], seed), st.sampled_from(RECIPES), st.integers(0, 10**6)),
    st.builds(password, st.integers(0, 10**6)),
)


def flat(one: Planted) -> str:
    """The text on one line, as JSON and the like write it."""
    return one.text.replace("\n", "\\n")


PLACES = {
    ".env": lambda a, b: f"{a.name.upper()}={flat(a)}\nexport OTHER_TOKEN='{flat(b)}'\n",
    ".env.local": lambda a, b: f"# {a.name}: {flat(a)}\n{b.name}={flat(b)} # and {flat(a)}\n",
    ".mcp.json": lambda a, b: f'{{"mcpServers": {{"x": {{"command": "x", "args": ["--{a.name}", "{flat(a)}"], "env": {{"{b.name}": "{flat(b)}"}}}}}}}}\n',
    ".cursor/mcp.json": lambda a, b: (
        f'{{"mcpServers": {{"x": {{"url": "https://u:{flat(a)}@h.internal.net/", "headers": {{"Authorization": "Bearer {flat(b)}"}}}}}}}}\n'
    ),
    ".vscode/mcp.json": lambda a, b: f'{{"servers": {{"{flat(a)}": {{"env": {{"{b.name}": "${{env:{flat(b)}}}", "TOKEN": "${{{flat(a)}}}"}}}}}}}}\n',
    ".claude/settings.json": lambda a, b: f'{{"env": {{"{a.name}": "{flat(a)}"}}, "permissions": {{"allow": ["Bash(curl -H \'x: {flat(b)}\')"]}}}}\n',
    ".codex/config.toml": lambda a, b: f'[mcp_servers.x]\nbearer_token = "{flat(a)}"\nbearer_token_env_var = "{flat(b)}"\nargs = ["--token={flat(a)}"]\n',
    "config.ini": lambda a, b: f"ControllerURL = https://h.internal.net\nAccountAccessKey = {flat(a)}\n[OAuth]\nOAuthSecret = ${{{flat(b)}\n",
    "service.ini": lambda a, b: f"[x]\n{a.name} = {flat(a)}\n; {b.name} = {flat(b)}\n",
    "docker-compose.yml": lambda a, b: (
        f"services:\n  x:\n    environment:\n      - {a.name}={flat(a)}\n      - B=${{{b.name}:-{flat(b)}}}\n    command: run --token {flat(a)}\n"
    ),
    "pip.conf": lambda a, b: f"[global]\nindex-url = https://u:{flat(a)}@h.internal.net/simple?{b.name}={flat(b)}\n",
    ".npmrc": lambda a, b: f"//r.internal.net/:_authToken={flat(a)}\n//r.internal.net/:_password={flat(b)}\n",
    "app.properties": lambda a, b: f"{a.name}={flat(a)}\nspring.datasource.url=jdbc:x://h/?user=u&password={flat(b)}\n",
    "settings.xml": lambda a, b: f"<settings><servers><server><password>{flat(a)}</password><!-- {b.name}={flat(b)} --></server></servers></settings>\n",
    "main.tf": lambda a, b: f'variable "x" {{\n  default = "{flat(a)}" # {b.name} = "{flat(b)}"\n}}\n{a.name} = "{flat(b)}"\n',
    "app.py": lambda a, b: f'{a.name} = "{flat(a)}"  # was {b.name}="{flat(b)}"\ncall("{flat(a)}", {b.name}="{flat(b)}")\n',
    "app.js": lambda a, b: f"const o = {{ {a.name}: '{flat(a)}', token: `{flat(b)}` }}; // {flat(a)}\n",
    "run.sh": lambda a, b: f"export {a.name.upper()}={flat(a)}; curl -H 'Authorization: Bearer {flat(b)}' https://x:{flat(a)}@h.internal.net\n",
    "README.md": lambda a, b: f"{a.name}: `{a.text}` and {b.name}: {flat(b)}\n",
    "keys.pem": lambda a, b: f"{a.text}\n{b.name}: {b.text}\n",
    "data.csv": lambda a, b: f"name,value\n{a.name},{flat(a)}\n{b.name},{flat(b)}\n",
    "agentkeys.toml": lambda a, b: (
        f'version = "{flat(a)}"\n[[key]]\n'
        f'id = "{flat(a)}"\nrole = "{flat(b)}"\nenv = "{flat(b)}"\nscopes = ["{flat(a)}:*"]\n"{flat(b)}" = 1\nttl = "{flat(a)}"\n'
    ),
    "agentkeys.json": lambda a, b: (
        f'{{"version": 1, "{flat(a)}": 1, "key": [{{"id": "x", "role": "write", "scopes": "{flat(b)} *", "expires": "{flat(a)}"}}]}}\n'
    ),
    "agentkeys.yaml": lambda a, b: f"version: 1\nkey:\n  - id: {flat(a)}\n    role: {flat(b)}\n    {flat(a)}: {flat(b)}\n",
}
"""For each path what stands there, made of two secrets."""

BREAKS = ("", "{{{[[[\n", '"\n', "\0", "\\", "]]}}\n", "<<<<<<< HEAD\n", "\ud800".encode("utf-16-le", "surrogatepass").decode("latin-1"))


@pytest.fixture(scope="module")
def repository() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp())
    git(folder, "init", "-q", "--template=")
    yield folder
    shutil.rmtree(folder)


def outputs(folder: Path, *arguments: str) -> str:
    runs = [run("check", "--format", form, *EVERYTHING, *arguments, folder=folder) for form in FORMATS]
    assert not any(leaks_of_ours(one) for one in runs)
    output = "".join(one.out + one.err for one in runs)
    # Fingerprints and the identities made of them are chance in hexadecimal: among so many, eight digits are those of some secret now and then.
    chance = {finding["fingerprint"] for finding in json.loads(runs[FORMATS.index("json")].out)["findings"]}
    chance |= {finding["id"] for finding in json.loads(runs[FORMATS.index("gitlab")].out)["vulnerabilities"]}
    for text in chance:
        output = output.replace(text, "")
    return output


def leaks_of_ours(one: Run) -> bool:
    """A traceback would show whatever the failing line had in hand."""
    return "Traceback" in one.out + one.err


@settings(
    max_examples=30,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.lists(st.tuples(st.sampled_from(sorted(PLACES)), secrets, secrets), min_size=1, max_size=3, unique_by=lambda one: one[0]),
    st.sampled_from(BREAKS),
    st.booleans(),
)
def test_no_planted_secret_shows(repository: Path, chosen: list[tuple[str, Planted, Planted]], broken: str, first: bool) -> None:
    """The same examples in every run: what no rule recognises is masked by its looks, and one random text in some hundred looks like words."""
    try:
        for path, one, other in chosen:
            text = PLACES[path](one, other)
            write(repository, {path: (broken + text if first else text + broken + text).encode("utf-8", "surrogatepass")})
        output = outputs(repository)
        for path, one, other in chosen:
            assert not leaks(one.secret + other.secret, output), path
    finally:
        for path, _, _ in chosen:
            (repository / path).unlink(missing_ok=True)


def test_no_secret_of_any_kind_shows(repository: Path) -> None:
    """Every recipe once, in turn in each place; whatever is found of it, nothing of it is shown."""
    turn = itertools.cycle(sorted(PLACES))
    found = 0
    files: dict[str, bytes] = {}
    hidden = []
    for number, (kind, recipe) in enumerate(RECIPES):
        path = next(turn)
        one, other = planted(kind, recipe, number), password(number)
        files[f"{number}/{path}"] = PLACES[path](one, other).encode()
        hidden += one.secret + other.secret
    write(repository, files)
    try:
        assert not leaks(hidden, outputs(repository))
        found = len({finding["path"] for finding in check(repository).json["findings"]})
        assert found > len(files) * 0.8, "most of what was planted is found, so this test looked at something"
    finally:
        for path in files:
            shutil.rmtree(repository / path.split("/")[0])


def one_secret(seed: int = 5) -> Planted:
    kind = next(kind for kind in KINDS if kind["id"] == "anthropic-api-key")
    return planted(kind, kind["recipes"][0], seed)


@pytest.mark.parametrize("form", FORMATS)
def test_standard_input_shows_none(tmp_path: Path, form: str) -> None:
    one = one_secret()
    done = run("check", "-", "--format", form, "--stdin-path", "x.env", folder=tmp_path, stdin=f"A_KEY={one.text}\n".encode())
    assert done.status == 1 and not leaks(one.secret, done.out + done.err)


@pytest.mark.parametrize(
    "arguments",
    [
        lambda secret: (secret,),
        lambda secret: ("check", f"--{secret}"),
        lambda secret: ("check", "--format", secret),
        lambda secret: ("check", f"--min-severity={secret}"),
        lambda secret: ("check", "--min-confidence", secret, "."),
        lambda secret: ("explain", secret),
        lambda secret: ("list", secret),
        lambda secret: ("check", "-", secret),
        lambda secret: ("check", "--stdin-path", secret),
        lambda secret: ("hook", f"--token={secret}", "--", "x"),
    ],
)
def test_a_secret_pasted_as_an_argument_is_not_repeated(tmp_path: Path, arguments: Any) -> None:
    one = one_secret()
    done = run(*arguments(one.text), folder=tmp_path)
    assert done.status == 2
    assert done.err
    assert not leaks(one.secret, done.out + done.err)


@pytest.mark.parametrize(
    "where", ["agentkey_lint.checks.hardcoded_key.hardcoded_key", "agentkey_lint.engine.documents.build", "agentkey_lint.engine.judging.findings"]
)
def test_a_crash_tells_its_place_and_nothing_of_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str) -> None:
    one = one_secret()

    def crash(*facts: object, **named: object) -> object:
        raise ValueError(f"cannot handle {one.text} in {facts!r}, {named!r}")

    (tmp_path / "x.env").write_text(f"ANTHROPIC_API_KEY={one.text}\n")
    monkeypatch.setattr(where, crash)
    for form in FORMATS:
        done = run("check", "--format", form, *EVERYTHING, folder=tmp_path)
        assert done.status == 2
        assert "ValueError at test_no_leak.py" in done.out
        assert not leaks(one.secret, done.out + done.err)


def test_a_crash_outside_of_every_file_tells_its_place_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = one_secret()

    def crash(*facts: object, **named: object) -> object:
        raise RuntimeError(one.text)

    monkeypatch.setattr("agentkey_lint.discover.worktree.Worktree.paths", crash)
    done = run("check", folder=tmp_path)
    assert done.status == 2 and "RuntimeError at" in done.err
    assert not leaks(one.secret, done.out + done.err)


def test_a_secret_beside_a_shorter_one_is_masked_too(repository: Path) -> None:
    """All secrets of a line are masked, not only the one that the finding is about; copies of it in names and messages as well."""
    one, other = one_secret(1), password(2)
    write(repository, {"line.env": f"A_TOKEN={one.text} B_PASSWORD={other.text} {one.text}{other.text}\n".encode()})
    try:
        assert not leaks(one.secret + other.secret, outputs(repository))
    finally:
        (repository / "line.env").unlink()


def test_a_secret_in_base64_or_percent_encoding_is_masked(repository: Path) -> None:
    """The encoded text is the secret to everyone who can decode it."""
    one = one_secret(9)
    encoded = base64.b64encode(f"user:{one.text}".encode()).decode()
    write(repository, {".cursor/mcp.json": f'{{"mcpServers": {{"x": {{"url": "x", "headers": {{"Authorization": "Basic {encoded}"}}}}}}}}'.encode()})
    try:
        assert not leaks([encoded], outputs(repository))
    finally:
        shutil.rmtree(repository / ".cursor")
