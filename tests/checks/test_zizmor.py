"""What is said of the permissions of workflows, held against zizmor's `excessive-permissions` on the same files.

Where they differ is part of the manual of wildcard-scope: a row below names each such file, and is wrong as soon as they agree on it.
"""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agentkey_lint.engine import documents, pipeline
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source

STEPS = "    runs-on: ubuntu-latest\n    steps:\n      - run: make\n"
JOB = f"jobs:\n  one:\n{STEPS}"
TWO = f"{JOB}  two:\n{STEPS}"
WORKFLOWS = {
    "missing": f"on: push\n{JOB}",
    "missing-of-one": f"on: push\n{JOB}  two:\n    permissions: {{}}\n{STEPS}",
    "called": f"on: workflow_call\n{TWO}",
    "none": f"on: push\npermissions: {{}}\n{TWO}",
    "read": f"on: push\npermissions:\n  contents: read\n{TWO}",
    "all-for-two": f"on: push\npermissions: write-all\n{TWO}",
    "all-of-a-job": f"on: push\npermissions: {{}}\n{JOB}  two:\n    permissions: write-all\n{STEPS}",
    "job-writes": f"on: push\npermissions: {{}}\n{JOB}  two:\n    permissions:\n      contents: write\n{STEPS}",
    "all-for-one": f"on: push\npermissions: write-all\n{JOB}",
    "read-all": f"on: push\npermissions: read-all\n{TWO}",
    "write-for-two": f"on: push\npermissions:\n  contents: write\n{TWO}",
}
OURS_ALONE = {"all-for-one"}
THEIRS_ALONE = {"read-all", "write-for-two"}


def ours(name: str) -> bool:
    document = documents.build(Source(f".github/workflows/{name}.yml", f"name: {name}\n{WORKFLOWS[name]}".encode()))
    return any(claim.rule == "wildcard-scope" for claim in pipeline.claims(document, empty())[0])


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    """The workflows of which zizmor's default persona reports excessive permissions."""
    program = shutil.which("zizmor", path=str(Path(sys.executable).parent)) or shutil.which("zizmor")
    if program is None:
        pytest.skip("zizmor is not installed: it has no package for this machine")
    folder = tmp_path_factory.mktemp("repository") / ".github" / "workflows"
    folder.mkdir(parents=True)
    found = set()
    for name, text in WORKFLOWS.items():
        file = folder / f"{name}.yml"
        file.write_text(f"name: {name}\n{text}")
        command = [program, "--offline", "--no-exit-codes", "--format", "json", str(file)]
        output = subprocess.run(command, capture_output=True, check=True, timeout=60).stdout
        if any(finding["ident"] == "excessive-permissions" for finding in json.loads(output)):
            found.add(name)
    return found


@pytest.mark.parametrize("name", WORKFLOWS)
def test_both_say_the_same_but_for_what_the_manual_explains(name: str, theirs: set[str]) -> None:
    assert ours(name) == ((name in theirs) if name not in OURS_ALONE | THEIRS_ALONE else name in OURS_ALONE)
    assert (name in theirs) == (ours(name) if name not in OURS_ALONE | THEIRS_ALONE else name in THEIRS_ALONE)
