"""A path may hold a secret: a file named after a key. In a report of any format it can be found again, and the key cannot be read there."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import EVERYTHING, check, git, leaks, run, write

from agentkey_lint.commands.options import FORMATS
from agentkey_lint.engine.shown import without_secrets
from agentkey_lint.model.finding import Report
from agentkey_lint.model.source import Fault
from agentkey_lint.testing import expand


def key(number: int) -> str:
    return expand("sk-ant-api03-{{93 x aA0}}AA", f"path {number}")


PASSWORD = expand("{{20 x aA0}}", "path")
SECRETS = [*(key(number).removeprefix("sk-ant-api03-") for number in range(8)), PASSWORD]


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys in the names of files and folders, of a template, of broken and of unreadable files, of an old file, of a tag, and of a folder of settings."""
    folder = tmp_path_factory.mktemp("paths") / "app"
    folder.mkdir()
    git(folder, "init", "-q", "-b", "main")
    one = f'client = Anthropic(api_key="{key(0)}")\n'
    files = {
        f"keys/{key(1)}.py": one,
        f"notes/password={PASSWORD}.py": one,
        f"{key(2)}/.mcp.json": '{"mcpServers": {"x": {"env": {"A_TOKEN": "${"}}}, broken',
        f"{key(3)}/.env.example": "SOME_TOKEN=\n",
        f"{key(4)}/config.ini": "[a]\npassword = %(missing\n",
        f"{key(4)}/.cursor/mcp.json": f'{{"mcpServers": {{"x": {{"env": {{"ANTHROPIC_API_KEY": "{key(0)}"}}}}}}}}\n',
        f"old/{key(5)}.py": f'client = Anthropic(api_key="{key(7)}")\n',
    }
    write(folder, {path: text.encode() for path, text in files.items()})
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "first")
    (folder / "old" / f"{key(5)}.py").unlink()
    git(folder, "commit", "-q", "-a", "-m", "second")
    git(folder, "tag", "-a", key(6), "-m", f"token: {key(0)}")
    return folder


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("command", ["check", "audit", "audit --repos ../repos"])
def test_no_report_shows_it(repository: Path, command: str, form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(repository.parent / "cache"))
    (repository.parent / "repos").write_text("app\n")
    done = run(*command.split(), "--format", form, *EVERYTHING, folder=repository)
    assert done.status == 2 and "keys/sk-ant-api03-" in done.out.replace("%2D", "-").replace("&#45;", "-")
    assert leaks(SECRETS, done.out + done.err) == 0
    kept = [path.read_text() for path in (repository.parent / "cache").rglob("*.json")]
    assert leaks(SECRETS, "".join(kept)) == 0 and (bool(kept) or "--repos" not in command or form)


def test_hook_diff_and_fix(repository: Path) -> None:
    paths = [path.relative_to(repository).as_posix() for path in repository.rglob("*.py")]
    for arguments in (("hook", "--", *paths), ("check", "--diff", "--unsafe-fixes"), ("check", *paths)):
        done = run(*arguments, folder=repository)
        assert ("+++ b/sk-ant-api03-****/.cursor/mcp.json" if "--diff" in arguments else "sk-ant-api03-****.py:1") in done.out
        assert leaks(SECRETS, done.out + done.err) == 0


def test_it_can_still_be_found(repository: Path) -> None:
    report = check(repository).json
    paths = {one["path"] for one in report["findings"]}
    assert {"keys/sk-ant-api03-****.py", "notes/password=****", "sk-ant-api03-****/config.ini"} <= paths
    assert [one["path"] for one in report["faults"]] == ["sk-ant-api03-****/.mcp.json"]
    rows = run("audit", "--format", "json", folder=repository).json["audit"][0]["leaks"]
    places = {one["path"] for row in rows for one in row["sightings"]}
    assert {"old/sk-ant-api03-****.py", "keys/sk-ant-api03-****.py", "sk-ant-api03-****"} <= places


def test_an_error_about_settings_beside_it(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {f"{key(1)}/agentkey-lint.toml": b"exclude = 7\n", f"{key(1)}/a.py": b"a = 1\n"})
    done = run("check", folder=tmp_path)
    assert done.status == 2 and "sk-ant-api03-****/agentkey-lint.toml:1" in done.err
    assert leaks(SECRETS, done.out + done.err) == 0


@given(st.lists(st.text(max_size=30), max_size=5))
def test_paths_without_a_secret_stay_as_they_are(paths: list[str]) -> None:
    usual = [*paths, "assets/index-D4f3Gk2a.js", "tokens/9f86d081884c7d659a2feaa0c55ad015a3bf4f1b.json", "api/secret_key.py", "src/password/reset-token.tsx"]
    report = Report((), tuple(Fault(path, "cannot be read") for path in usual), 0, 0)
    assert [fault.path for fault in without_secrets(report).faults] == usual


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_path_with_one_is_masked_in_every_text(before: str, after: str) -> None:
    path = f"{before}/{key(1)}/{after}"
    fault = Fault(path, f"{path}: cannot be read")
    said = json.dumps(without_secrets((fault,)), ensure_ascii=False)
    assert leaks(SECRETS, said) == 0
