"""The action of GitHub and the template of GitLab: what can run here does, with bash, in the way of their runners."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
ACTION: Any = yaml.safe_load((ROOT / "action.yml").read_text())
SPEC, TEMPLATE = yaml.safe_load_all((ROOT / "templates" / "agentkey-lint.yml").read_text())
KEY = expand("sk-ant-api03-{{93 x aA0_-}}AA", seed="ci")
EXPRESSION = re.compile(r"\$\{\{ ([a-z.-]+) \}\}")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """Two commits: a clean one, and one with a key in a folder whose name has a blank and a wider permission."""
    folder = tmp_path / "repository"
    (folder / ".github" / "workflows").mkdir(parents=True)
    workflow = "on: push\npermissions:\n  contents: {}\njobs:\n  one:\n    runs-on: x\n    steps: []\n"
    (folder / ".github" / "workflows" / "a.yml").write_text(workflow.format("read"))
    git(folder, "init", "-q")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "one")
    (folder / "some code").mkdir()
    (folder / "some code" / "a.py").write_text(f'client = Anthropic(api_key="{KEY}")\n')
    (folder / ".github" / "workflows" / "a.yml").write_text(workflow.format("write"))
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "two")
    return folder


def git(folder: Path, *arguments: str) -> str:
    return subprocess.run(["git", *arguments], cwd=folder, check=True, capture_output=True, text=True).stdout


def run(folder: Path, script: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    """A step as both runners start it: bash that ends at the first failure."""
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env={**os.environ, **environment}, capture_output=True, text=True, timeout=300)


def steps(**inputs: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The steps of the action that run a script, each with its variables as GitHub fills them in."""
    known = {f"inputs.{name}": inputs.get(name, "" if "${{" in one["default"] else one["default"]) for name, one in ACTION["inputs"].items()}
    known["steps.python.outputs.python-path"] = sys.executable
    for step in ACTION["runs"]["steps"]:
        if "run" in step:
            assert step["shell"] == "bash" and "${{" not in step["run"], "an expression in a script is a way in for commands"
            yield step["run"], {name: EXPRESSION.sub(lambda match: known[match[1]], text) for name, text in step["env"].items()}


@pytest.fixture(scope="module")
def runner(tmp_path_factory: pytest.TempPathFactory, copy_checkout: Callable[[Path], Path]) -> Path:
    """The temporary folder of a runner on which the action's own step has installed this checkout; the libraries are those of the tests."""
    folder = tmp_path_factory.mktemp("runner")
    copy_checkout(folder / "action")
    script, variables = next(steps())
    done = run(folder, script, PIP_NO_DEPS="1", RUNNER_TEMP=str(folder), GITHUB_ACTION_PATH=str(folder / "action"), **variables)
    assert done.returncode == 0, done.stderr
    (packages,) = (folder / "agentkey-lint" / "lib").glob("python*/site-packages")
    (packages / "tests.pth").write_text(str(Path(yaml.__file__).parents[1]))
    return folder


def lint(runner: Path, repository: Path, **inputs: str) -> tuple[int, str, str]:
    """The action's lint step: its exit status, what it says, and the outputs it sets."""
    output = runner / "output"
    output.write_text("")
    *_, (script, variables) = steps(**inputs)
    done = run(repository, script, RUNNER_TEMP=str(runner), GITHUB_OUTPUT=str(output), **variables)
    assert KEY not in done.stdout + done.stderr and (done.stderr == "" or done.returncode == 2)
    return done.returncode, done.stdout, output.read_text()


def test_the_action_is_described_as_github_wants_it() -> None:
    schema = ROOT.parent / "shared" / "schemas" / "github-action.json"
    if schema.exists():  # beside the checkout on the project's own machines only
        jsonschema.validate(ACTION, json.loads(schema.read_text()))
    for step in ACTION["runs"]["steps"]:
        assert "uses" not in step or re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", step["uses"]), "an action is pinned to a commit"


def test_the_action_pleases_zizmor() -> None:
    program = Path(sys.executable).parent / "zizmor"
    if not program.exists():
        pytest.skip("zizmor is not installed: it has no package for this machine")
    done = subprocess.run([program, "--offline", "--persona", "auditor", "action.yml"], cwd=ROOT, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout


def test_the_action_annotates_and_fails_on_findings(runner: Path, repository: Path) -> None:
    status, said, outputs = lint(runner, repository)
    assert status == 1 and "file=some code/a.py,line=1," in said and "::error" in said and "widened" not in said and outputs == ""


def test_the_action_takes_paths_arguments_and_sarif(runner: Path, repository: Path) -> None:
    sarif = repository.parent / "out.sarif"
    status, said, outputs = lint(runner, repository, paths="some code\n.github\n", arguments="--min-severity=high\n--min-confidence=high", sarif=str(sarif))
    assert status == 1 and "some code/a.py" in said and outputs == f"sarif={sarif}\n"
    (log,) = json.loads(sarif.read_text())["runs"]
    assert {result["ruleId"] for result in log["results"]} == {"hardcoded-key"}
    status, said, _ = lint(runner, repository, paths=".github", arguments="--min-severity=critical")
    assert (status, "::error" in said) == (0, False)


def test_the_action_compares_with_the_base_where_there_is_history(runner: Path, repository: Path) -> None:
    status, said, _ = lint(runner, repository, base=git(repository, "rev-parse", "HEAD~").strip(), paths=".github")
    assert status == 1 and "scope-drift" in said
    for missing in ("0123456789" * 4, "--all", "$(touch owned)"):
        status, said, _ = lint(runner, repository, base=missing, paths=".github")
        assert status == 0 and "fetch-depth: 0" in said
    assert not (repository / "owned").exists()


@pytest.mark.parametrize("text", ["$(touch owned)", "`touch owned`", "'; touch owned; '", '"; touch owned; "'])
def test_no_input_of_the_action_is_run(runner: Path, repository: Path, text: str) -> None:
    for name in ("paths", "arguments"):
        status, _, _ = lint(runner, repository, **{name: text})
        assert status == 2
    assert not (repository / "owned").exists()


def test_the_action_fails_with_2_when_the_job_is_not_whole(runner: Path, repository: Path) -> None:
    assert lint(runner, repository, paths="gone")[0] == 2


def job(repository: Path, bin: Path, **environment: str) -> "subprocess.CompletedProcess[str]":
    """GitLab's job: its lines as one script, with its variables; pip is one that only writes down what it is asked for."""
    body = TEMPLATE["agentkey-lint"]
    known = {"package": "agentkey-lint==0.1.0", **{name: (one or {}).get("default", "") for name, one in SPEC["spec"]["inputs"].items() if name != "package"}}
    known["arguments"] = "--min-confidence=high --min-severity=low"

    def filled(text: str) -> str:
        return re.sub(r"\$\[\[ inputs\.([a-z]+) \]\]", lambda match: known[match[1]], text)

    assert "$[[" not in "".join(body["script"]), "an input in a script is a way in for commands"
    variables = {name: filled(text) for name, text in body["variables"].items()}
    return run(repository, "\n".join(body["script"]), **variables, PATH=f"{bin}:{os.environ['PATH']}", **environment)


def test_the_job_of_gitlab(repository: Path, tmp_path: Path) -> None:
    bin = tmp_path / "bin"
    bin.mkdir()
    (bin / "python").write_text('#!/bin/sh\nprintf "%s\\n" "$@" > "$0.asked"\n')
    (bin / "agentkey-lint").write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" exec "{sys.executable}" -m agentkey_lint "$@"\n')
    for name in ("python", "agentkey-lint"):
        (bin / name).chmod(0o755)
    done = job(repository, bin, CI_MERGE_REQUEST_DIFF_BASE_SHA=git(repository, "rev-parse", "HEAD~").strip())
    assert (bin / "python.asked").read_text().split("\n") == ["-m", "pip", "install", "--quiet", "agentkey-lint==0.1.0", ""]
    assert done.returncode == 1 and done.stderr == "" and "scope-drift" in done.stdout and "some code/a.py:1" in done.stdout and KEY not in done.stdout
    report = json.loads((repository / "gl-secret-detection-report.json").read_text())
    assert "some code/a.py" in {one["location"]["file"] for one in report["vulnerabilities"]}
    assert job(repository, bin).returncode == 1, "also outside a merge request"
    (repository / "some code" / "a.py").unlink()
    assert job(repository, bin).returncode == 0
