"""What each part of the set-up adds to a file, and that it adds nothing else."""

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.config.layers import resolve
from agentkey_lint.config.settings import layer
from agentkey_lint.model.errors import UsageError
from agentkey_lint.setup import Refused, hook, jobs
from agentkey_lint.setup import settings as defaults
from agentkey_lint.setup.home import Home, recorded, requirement
from agentkey_lint.setup.home import given as home_given

HOME = Home("https://git.example.com/agentkey-lint", "v0.1.0")
WORD = st.from_regex(r"[a-z]{1,8}", fullmatch=True)
HOOK = st.fixed_dictionaries({"id": WORD}, optional={"args": st.lists(WORD, max_size=2)})
REPO = st.fixed_dictionaries({"repo": WORD, "rev": WORD, "hooks": st.lists(HOOK, min_size=1, max_size=2)})


def without(lines: list[str], more: list[str]) -> bool:
    """Whether the lines stand among more, in their order."""
    rest = iter(more)
    return all(line in rest for line in lines)


@st.composite
def configs(draw: st.DrawFn) -> str:
    """pre-commit's settings with comments, blank lines, either indentation, either line end."""
    own = {"repos": draw(st.lists(REPO, min_size=1, max_size=3))}
    before = draw(st.sampled_from([{}, {"fail_fast": True}]))
    after = draw(st.sampled_from([{}, {"ci": {"skip": ["x"]}}]))
    text = yaml.safe_dump({**before, **own, **after}, sort_keys=False, default_flow_style=draw(st.sampled_from([False, None])))
    lines = []
    for line in text.splitlines():
        if draw(st.booleans()) and not line.startswith(" "):
            lines += draw(st.sampled_from([["# a comment"], [""], ["", "# two", "# lines"]]))
        lines.append(line + draw(st.sampled_from(["", "", "  # why"])))
    deep = draw(st.sampled_from(["", "  "]))
    if deep:
        start = next(number for number, line in enumerate(lines) if line.startswith("repos:")) + 1
        stop = next((number for number, line in enumerate(lines) if number > start and line[:1].isalpha()), len(lines))
        lines[start:stop] = [deep + line if line else line for line in lines[start:stop]]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    return end.join(lines) + draw(st.sampled_from([end, ""]))


@given(configs())
@settings(max_examples=150)
def test_the_hook_is_added_and_nothing_else_changes(text: str) -> None:
    after = hook.added(text.encode(), HOME)
    read: Any = yaml.safe_load(after)
    known: Any = yaml.safe_load(text)
    assert read["repos"][:-1] == known["repos"]
    assert read["repos"][-1] == {"repo": HOME.url, "rev": HOME.revision, "hooks": [{"id": "agentkey-lint"}]}
    assert {name: value for name, value in read.items() if name != "repos"} == {name: value for name, value in known.items() if name != "repos"}
    assert without(text.splitlines(), after.decode().splitlines())
    assert ("\r\n" in text) == (b"\r\n" in after) or "\n" not in text
    assert hook.added(after, HOME) == after


@given(st.binary(max_size=200) | st.text(alphabet="repos:- []{}&*a#\n\t '\"|>", max_size=60).map(str.encode))
@settings(max_examples=300)
def test_any_bytes_are_extended_or_refused(data: bytes) -> None:
    for added in (lambda: hook.added(data, HOME), lambda: jobs.gitlab(data, HOME)):
        try:
            after = added()
        except Refused:
            continue
        assert after == data or yaml.compose(after.decode()) is not None


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("repos: [{repo: a, rev: b, hooks: [{id: c}]}]\n", "brackets"),
        ("repos: yes\n", "no list"),
        ("{repos: []}\n", "lines"),
        ("a: [\n", "one document"),
        ("--- {}\n--- {}\n", "one document"),
        ("repos: [] # later\n", "follows"),
        ("repos:\n  - &a [" * 1 + "[" * 5_000, "one document"),
    ],
)
def test_what_cannot_be_added_to_is_refused(text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        hook.added(text.encode(), HOME)


def test_aliases_are_not_followed() -> None:
    bomb = "a: &a [x]\n" + "".join(f"{chr(98 + number)}: &{chr(98 + number)} [{', '.join([f'*{chr(97 + number)}'] * 9)}]\n" for number in range(20))
    after = hook.added((bomb + "repos: []\n").encode(), HOME)
    assert after.startswith(bomb.encode()) and after.endswith(b"  - id: agentkey-lint\n")


@pytest.mark.parametrize(
    "text", ["", "# nothing yet\n", "repos: []\n", "fail_fast: true\n", "repos:\n- repo: local\n  hooks:\n  - id: x\n    # args: [a]\n# the end\n"]
)
@pytest.mark.parametrize("home", [None, HOME, Home(version="0.1.0"), HOME._replace(revision="a" * 40, tag="v1")])
def test_pre_commit_takes_the_file(text: str, home: Home | None, tmp_path: Path) -> None:
    after = hook.added(text.encode(), home)
    (tmp_path / "config.yaml").write_bytes(after)
    if "local" in text:
        assert b"    # args: [a]\n- repo" in after and after.endswith(b"# the end\n")
        return  # its own entry is no valid one
    done = subprocess.run([sys.executable, "-m", "pre_commit", "validate-config", "config.yaml"], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout


def test_the_workflow_may_only_read_and_pins_what_it_runs() -> None:
    read: Any = yaml.load(jobs.workflow(HOME), yaml.BaseLoader)
    (job,) = read["jobs"].values()
    assert read["permissions"] == {} and job["permissions"] == {"contents": "read"}
    assert all(len(step["uses"].partition("@")[2]) == 40 for step in job["steps"] if "uses" in step)
    assert read["on"] == {"push": "", "pull_request": ""}


@pytest.mark.parametrize(
    ("before", "stage"),
    [
        ("", None),
        ("stages: [build, test]\n", None),
        ("stages:\n  - build\n  - deploy\n", "build"),
        ("x:\n  script:\n    - !reference [.y, script]\n  # end", None),
    ],
)
def test_the_pipeline_gets_a_job_in_a_stage_that_it_has(before: str, stage: str | None) -> None:
    after = jobs.gitlab(before.encode(), HOME)
    assert after.startswith(before.encode())

    class Tags(yaml.SafeLoader):
        pass

    Tags.add_constructor("!reference", lambda loader, node: None)
    job = yaml.load(after, Tags)["agentkey-lint"]
    assert job.get("stage") == stage
    assert job["script"][0].endswith('"git+https://git.example.com/agentkey-lint@v0.1.0"')
    assert jobs.gitlab(after, HOME) == after


@pytest.mark.parametrize(
    ("paths", "remotes", "found"),
    [
        ([".github/dependabot.yml"], [], ["github"]),
        ([".gitlab-ci.yml"], [], ["gitlab"]),
        ([], ["git@github.com:acme/agent.git"], ["github"]),
        ([], ["https://token@gitlab.example.com:8443/acme/agent"], ["gitlab"]),
        ([], ["ssh://git@gitlab.com/acme/agent", "https://github.com/acme/agent"], ["github", "gitlab"]),
        (["src/a.py"], ["/srv/gitlab.com/agent", "../github.com", "https://example.com/gitlab.com/x"], []),
    ],
)
def test_the_ci_of_a_repository(paths: list[str], remotes: list[str], found: list[str]) -> None:
    assert jobs.kinds(paths, remotes) == found


def test_the_settings_that_stand_there_are_the_defaults() -> None:
    text = defaults.text(table=False)
    said = "\n".join(line.removeprefix("# ") for line in text.splitlines()[1:])
    table = tomllib.loads(said)
    assert set(table) == {line.partition(" =")[0] for line, _ in defaults.DEFAULTS}
    from agentkey_lint.engine.judging import Thresholds, within
    from agentkey_lint.model.settings import DEFAULT

    set_so, unset = (resolve((layer(one, defaults.OWN),), "a.py") for one in (table, {}))
    assert set_so._replace(min_severity="", min_confidence="") == unset == DEFAULT._replace(files=unset.files)
    assert within(Thresholds("", ""), set_so) == within(Thresholds("", ""), unset)


@pytest.mark.parametrize("text", ["", "[project]\nname = 'x'\n", "[[tool.x.y]]\na = 1", "[tool]\r\na = 1\r\n"])
def test_the_settings_join_a_pyproject(text: str) -> None:
    path, after = defaults.added(text.encode())
    assert path == "pyproject.toml" and after.startswith(text.encode())
    assert tomllib.loads(after.decode())["tool"]["agentkey-lint"] == {}
    assert (b"\r\n" in after) == ("\r\n" in text) and after.count(b"\n") == after.count(b"\r\n") * ("\r\n" in text) + after.count(b"\n") * ("\r\n" not in text)


@pytest.mark.parametrize("text", [b"tool = {}\n", b"tool.x = 1\n[a", b"\xff", b"[tool.agentkey-lint]\n", b"a" + b".a" * 300 + b" = 1\n"])
def test_a_pyproject_that_cannot_take_them_is_left_alone(text: bytes) -> None:
    assert defaults.added(text)[0] == "agentkey-lint.toml"


@pytest.mark.parametrize(
    "url", ["x", "--upload-pack=x", "https://a b", 'https://a"b', "https://me:pw@example.com/x", "https://example.com/${{x}}", "javascript:x"]
)
def test_what_is_no_source_is_refused(url: str) -> None:
    with pytest.raises(UsageError):
        home_given(url, "v1")


@pytest.mark.parametrize("revision", ["", "-x", "a b", "v1;x", "$(x)"])
def test_what_is_no_revision_is_refused(revision: str) -> None:
    with pytest.raises(UsageError):
        home_given(HOME.url, revision)


def test_what_pip_recorded_is_understood() -> None:
    commit = "0123456789" * 4
    origin = {"url": "https://git.example.com/x", "vcs_info": {"vcs": "git", "commit_id": commit, "requested_revision": "v1"}}
    assert recorded(origin) == Home("https://git.example.com/x", commit, tag="v1")
    assert recorded({**origin, "url": "https://me:pw@git.example.com/x"}) is None
    assert recorded({"url": "file:///home/me/x", "dir_info": {}}) is None
    assert recorded({**origin, "url": "file:///home/me/x"}) is None, "of no use to anybody else"
    assert recorded([]) is recorded({"vcs_info": {"vcs": "hg"}}) is recorded(json.loads("null")) is None


def test_pip_understands_what_it_is_told(tmp_path: Path) -> None:
    """pip itself, asked what it would install from a repository that is there."""
    assert requirement(Home(version="0.1.0")) == "agentkey-lint==0.1.0"
    assert requirement(Home("git@example.com:a/b", "v1")) == "git+ssh://git@example.com/a/b@v1"
    (tmp_path / "pyproject.toml").write_text("[project]\nname = 'agentkey-lint'\nversion = '7'\n[tool.setuptools]\npy-modules = []\n")
    for command in (("init", "-q"), ("add", "-A"), ("commit", "-q", "-m", "x"), ("tag", "v1")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    asked = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--dry-run", "--report", "-", requirement(Home(os.fspath(tmp_path), "v1"))]
    done = subprocess.run(asked, capture_output=True, text=True)
    (found,) = json.loads(done.stdout)["install"]
    assert found["metadata"]["version"] == "7"
    origin = found["download_info"]
    assert recorded({**origin, "url": HOME.url}) == Home(HOME.url, origin["vcs_info"]["commit_id"], tag="v1")
