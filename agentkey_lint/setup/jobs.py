"""The job of a CI: one that may read the repository and nothing else, and that runs pinned programs."""

from agentkey_lint.setup import yaml
from agentkey_lint.setup.home import Home, requirement

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from yaml import MappingNode

WORKFLOWS = ".github/workflows/"
GITHUB = WORKFLOWS + "agentkey-lint.yml"
GITLAB = ".gitlab-ci.yml"
CHECKOUT = "actions/checkout@08c6903cd8c0fde910a37f88322edcfb5dd907a8 # v5.0.0"
PYTHON = "actions/setup-python@e797f83bcb11b83ae66e0230d6156d7c80228e7c # v6.0.0"
IMAGE = "python:3.13-bookworm"
"""It has git: the slim ones have not, and without git nobody knows what is ignored."""


def kinds(paths: "Iterable[str]", remotes: "Sequence[str]") -> list[str]:
    """The CIs of a repository, "github" and "gitlab", by its files and the hosts of its remotes."""
    paths = list(paths)
    hosts = [host(url) for url in remotes]
    found = {
        "github": any(path.startswith(".github/") for path in paths) or "github.com" in hosts,
        "gitlab": GITLAB in paths or any("gitlab" in one.split(".") for one in hosts),
    }
    return [kind for kind, there in found.items() if there]


def host(url: str) -> str:
    """The host of a remote's URL, empty for a path."""
    _, scheme, rest = url.partition("://")
    place = rest.partition("/")[0] if scheme else url.partition(":")[0] if ":" in url and "/" not in url.partition(":")[0] else ""
    return place.rpartition("@")[2].partition(":")[0].lower()


def workflow(home: Home) -> bytes:
    """A workflow of GitHub Actions of its own."""
    return f"""\
# The keys that agents and automations act with: hard-coded ones, references that will not work, scopes that are too broad.
name: agentkey-lint

on:
  push:
  pull_request:

concurrency:
  group: ${{{{ github.workflow }}}}-${{{{ github.ref }}}}
  cancel-in-progress: true

permissions: {{}}

jobs:
  agentkey-lint:
    name: agentkey-lint
    runs-on: ubuntu-latest
    timeout-minutes: 15
    permissions:
      contents: read
    steps:
      - uses: {CHECKOUT}
        with:
          persist-credentials: false
      - uses: {PYTHON}
        with:
          python-version: "3.13"
      - run: python -m pip install --disable-pip-version-check "{requirement(home)}"
      - run: agentkey-lint check --format github
""".encode()


def gitlab(data: bytes | None, home: Home) -> bytes:
    """GitLab's pipeline with a job more; the same bytes where it knows of us. Raises Refused."""
    text = yaml.text_of(data or b"")
    if "agentkey-lint" in text:
        return data or b""
    return yaml.extended(text, _job(home, _stage(yaml.root(text)))).encode()


def _stage(root: "MappingNode | None") -> str:
    """The stage to name: none where `test`, which a job has by default, is one; else the pipeline's first."""
    stages = [getattr(stage, "value", "") for stage in yaml.items(yaml.value(root, "stages"))]
    return stages[0] if stages and "test" not in stages and isinstance(stages[0], str) else ""


def _job(home: Home, stage: str) -> str:
    import json

    line = f"  stage: {json.dumps(stage)}\n" if stage else ""
    return f"""\
# The keys that agents and automations act with: hard-coded ones, references that will not work, scopes that are too broad.
agentkey-lint:
{line}  image: {IMAGE}
  needs: []
  variables:
    PIP_DISABLE_PIP_VERSION_CHECK: "1"
  script:
    - python -m pip install --quiet "{requirement(home)}"
    - agentkey-lint check --format gitlab > gl-secret-detection-report.json || true
    - agentkey-lint check
  artifacts:
    when: always
    reports:
      secret_detection: gl-secret-detection-report.json
"""
