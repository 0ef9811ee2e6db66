"""Where variables may be declared: each kind of file, and what does not count as one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import variables
from agentkey_lint.engine import repository
from agentkey_lint.engine.repository import MAX_DECLARING, declared

FILES = {
    "env example": (".env.example", "export A=\nB=x\n", "A B"),
    "env sample": ("app/.env.sample", "A=\n", "A"),
    "env template": (".env.template", "A=\n", "A"),
    "env dist": (".env.dist", "A=\n", "A"),
    "env": (".env.production", "A=1\n", "A"),
    "direnv": (".envrc", "use nix\nexport A=1 B=2\ndotenv\n", "A B"),
    "compose": (
        "docker-compose.yml",
        "services:\n  a:\n    environment:\n      - A=1\n      - B\n    build:\n      args:\n        C: 1\n  b:\n    environment:\n      D: 1\n",
        "A B C D",
    ),
    "Dockerfile": ("Dockerfile", "FROM x\nARG A\nENV B=1 C=2\nENV D some text\n", "A B C D"),
    "GitHub Actions": (
        ".github/workflows/a.yml",
        "on:\n  workflow_call:\n    secrets:\n      A:\n        required: true\n      F:\nenv:\n  B: 1\n"
        "jobs:\n  x:\n    env:\n      C: 1\n    steps:\n      - env:\n          D: 1\n",
        "A B C D F",
    ),
    "GitLab CI": (
        ".gitlab-ci.yml",
        "variables:\n  A: 1\n  B:\n    value: 1\njob:\n  variables:\n    C: 1\n  secrets:\n    D:\n      vault: x\n",
        "A B C D",
    ),
    "dev container": (
        ".devcontainer/devcontainer.json",
        '{"containerEnv": {"A": "1"}, "remoteEnv": {"B": "1"}, "build": {"args": {"C": "1"}}, "secrets": {"D": {"description": "x"}, "E": {}}}',
        "A B C D E",
    ),
    "Kubernetes": (
        "k8s/a.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n        - name: app\n          env:\n"
        "            - name: A\n              value: x\n"
        "            - name: B\n              valueFrom:\n                secretKeyRef:\n                  name: s\n",
        "A B",
    ),
    "Kubernetes ConfigMap": ("k8s/c.yaml", "apiVersion: v1\nkind: ConfigMap\ndata:\n  A: x\n  config.yaml: |\n    y: 1\n", "A"),
    "Helm values": ("chart/values.yaml", "env:\n  A: x\nworker:\n  extraEnv:\n    - name: B\n      value: x\n", "A B"),
    "systemd": ("a.service", "[Service]\nEnvironment=A=1 \"B=two words\"\nExecStart=/bin/x\n", "A B"),
    "systemd, handed through": ("b.service", "[Service]\nPassEnvironment=A B\nExecStart=/bin/x\n", "A B"),
    "Procfile": ("Procfile", "web: A=1 gunicorn app\nworker: celery\n", "A"),
    "app.json": ("app.json", '{"buildpacks": [], "env": {"A": "x", "B": {"description": "y"}}}', "A B"),
    "Terraform": ("main.tf", 'variable "region" {\n  type = string\n}\nvariable "key" {}\n', "TF_VAR_region TF_VAR_key"),
    "tox": ("tox.ini", "[testenv]\nsetenv =\n    A = 1\n    cov: B=2\npass_env =\n    C\n    CI_*\n", "A B C"),
    "pytest": ("pytest.ini", "[pytest]\nenv =\n    A=1\n    D:B=2\n", "A B"),
    "pytest in pyproject.toml": ("pyproject.toml", '[tool.uv]\n[tool.pytest.ini_options]\nenv = ["A=1", "D:B=2"]\n[tool.pytest_env]\nC = "x"\n', "A B C"),
    "tox in pyproject.toml": ("pyproject.toml", '[tool.tox.env_run_base]\nset_env = { A = "x" }\npass_env = ["B"]\n', "A B"),
    "pytest alone in pyproject.toml": ("pyproject.toml", '[tool.pytest.ini_options]\nenv = ["A=1"]\n', "A"),
    "VS Code launch": (".vscode/launch.json", '{"configurations": [{"env": {"A": "x"}}]}', "A"),
    "manifest": ("agentkeys.yaml", "version: 1\nkey:\n  - id: a\n    env: A\n", "A"),
    "supervisord": ("supervisord.conf", '[program:x]\nenvironment=A="1",B="2"\ncommand=/bin/x\n', "A B"),
}


@pytest.mark.parametrize(("path", "text", "names"), FILES.values(), ids=FILES)
def test_the_variables_that_a_file_declares(path: str, text: str, names: str) -> None:
    found = declared([path], lambda one: text.encode())
    assert set(found) == set(names.split())
    assert set(found.values()) == {path}


LINES = ["env:", "environment:", "jobs:", "services:", "variables:", "'env':", '"\\x65nv":', '"e\\u006ev" :', "? env\n:", "x_env: env", "ENV:", "*env"]
LINES += ["{env: {A: 1}}", "A: 1", "- B=2", "a:", "[tox]", "[testenv:env]", "setenv = A=1", "SETENV=\n  B=2", "passenv: C", "[tool.pytest_env]"]
LINES += ['A = "1"', "tool.pytest_env.B = 'x'", '"env": {']


@given(st.sampled_from(sorted({path for path, *_ in FILES.values()})), st.lists(st.tuples(st.integers(0, 3), st.sampled_from(LINES)), max_size=8))
def test_a_file_that_is_not_parsed_for_variables_declares_none(path: str, lines: list[tuple[int, str]]) -> None:
    text = "\n".join("  " * depth + line for depth, line in lines).encode()
    found = declared([path], lambda one: text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(repository, "_may_declare", lambda reader, data: True)
        assert found == declared([path], lambda one: text)


def test_what_is_no_variable() -> None:
    assert not declared(["k8s/a.yaml"], lambda path: b"apiVersion: v1\nkind: Pod\nmetadata:\n  name: not-a-variable\nspec:\n  containers:\n    - name: app\n")
    assert not declared(["src/a.py"], lambda path: b"A = 1\n")
    assert not declared(["a.yaml"], lambda path: b"env:\n  - name: A\n"), "nobody is known to read it"


def test_a_template_stands_behind_whoever_sets_the_variable() -> None:
    files = {".env.example": b"A=\nB=\n", "docker-compose.yml": b"services:\n  a:\n    environment:\n      A: x\n"}
    assert declared(files, files.__getitem__) == {"A": "docker-compose.yml", "B": ".env.example"}


def test_a_file_that_cannot_be_read_declares_nothing() -> None:
    def read(path: str) -> bytes:
        raise OSError

    assert declared([".env.example"], read) == {}


def test_many_files_are_read_up_to_a_bound_and_those_that_only_their_ending_names_come_last() -> None:
    seen: list[str] = []

    def read(path: str) -> bytes:
        seen.append(path)
        return b"apiVersion: v1\nkind: ConfigMap\ndata:\n  A: x\n" if path.endswith(".yaml") else b"B=\n"

    found = declared([*(f"a/{number}.yaml" for number in range(MAX_DECLARING)), "z/.env.example"], read)
    assert set(found) == {"A", "B"}
    assert len(seen) < MAX_DECLARING


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("APPD_KYE", "APPD_KEY"),
        ("APPD_ACCES_KEY", "APPD_ACCESS_KEY"),
        ("OPENAY_URL", "OPENAI_URL"),
        ("TICKETS_APIKEY", "TICKETS_API_KEY"),
        ("tickets_api_key", "TICKETS_API_KEY"),
        ("TICKETS_TOKKEN", "TICKETS_TOKEN"),
    ],
)
def test_a_slip_of_the_pen(name: str, known: str) -> None:
    assert variables.near(name, ["OTHER", known, "ANOTHER_KEY"]) == known
    assert variables.near(known, [name]) == name, "it works both ways"


@pytest.mark.parametrize(
    ("name", "known"),
    [
        ("APPD_KEY", "APPD_KEY"),
        ("DB_HOST", "DB_POST"),
        ("DB_1", "DB_2"),
        ("TOKEN_10", "TOKEN_01"),
        ("API_KEY", "API_KEYS"),
        ("DEV_KEY", "DEB_KEY"),
        ("A_KEY", "B_KEY"),
        ("APPD_API_KEY", "APPD_KEY"),
        ("CRM_TOKEN", "ERP_TOKEN"),
        ("HTTP_PORT", "HTTPS_PORT"),
        ("", "A"),
        ("GROQ_API_KEY", "GROK_API_KEY"),
    ],
)
def test_names_that_are_alike_and_yet_others(name: str, known: str) -> None:
    assert variables.near(name, [known]) == ""


def test_a_file_of_variables_that_another_file_names() -> None:
    compose = "services:\n  a:\n    env_file: [conf/a.vars, ../../out.vars]\n  b:\n    env_file:\n      - path: ./b.vars\n        required: false\n"
    files = {"app/compose.yaml": compose, "app/conf/a.vars": "A=1\n", "app/b.vars": "B=\n", "out.vars": "OUT=1\n", "app/other.vars": "OTHER=1\n"}
    assert declared(files, lambda path: files[path].encode()) == {"A": "app/conf/a.vars", "B": "app/b.vars"}


def test_a_named_file_that_is_not_there_or_cannot_be_read_declares_nothing() -> None:
    def read(path: str) -> bytes:
        if path == "a.vars":
            raise OSError
        return b"services:\n  a:\n    env_file: [a.vars, b.vars, /etc/passwd]\n"

    assert declared(["compose.yaml", "a.vars"], read) == {}
