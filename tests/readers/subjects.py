"""The readers that are run, each with a small file of its own, and where what they do needs more words than the catalogue has."""

from typing import NamedTuple

from agentkey_lint.model.facts import Expansion

NAME, VALUE, OTHER = "PROBE", "grey-heron", "other"

# One text for each way to write a reference, with OTHER as its default, alternative or error text.
WRITTEN = {
    "${X}": "${PROBE}",
    "$X": "$PROBE",
    "$<X>": "$<PROBE>",
    "${X:-d}": "${PROBE:-other}",
    "${X-d}": "${PROBE-other}",
    "${X:d}": "${PROBE:other}",
    "${X:?e}": "${PROBE:?other}",
    "${X?e}": "${PROBE?other}",
    "${X?}": "${PROBE?}",
    "${X:+a}": "${PROBE:+other}",
    "${X+a}": "${PROBE+other}",
    "${env:X}": "${env:PROBE}",
    "${env.X}": "${env.PROBE}",
    "{env:X}": "{env:PROBE}",
    "$(X)": "$(PROBE)",
    "@(X)": "@(PROBE)",
    "%(ENV_X)s": "%(ENV_PROBE)s",
    "%(X)s": "%(PROBE)s",
    "%(X)": "%(PROBE)",
    "%X%": "%PROBE%",
    "$__env{X}": "$__env{PROBE}",
    "os.environ/X": "os.environ/PROBE",
    "{{X}}": "{{PROBE}}",
}


class Subject(NamedTuple):
    """A real reader and a file of its own.

    name: the function of probes/readers.py or .cjs that runs it. row: its row in the catalogue; empty with an `expansion` that stands for one.
    environment: the table of pins.toml that has it; empty: this Python, or a program of this machine. text: a file with @@ where the value stands.
    defines: a line that gives the file's own key PROBE a value, for readers whose references name keys of the file. Their environment has PROBE always.
    differs: {(syntax, state): (what it does, why the catalogue says otherwise)}; a state of * is every one.
    """

    name: str
    row: str
    environment: str
    path: str
    text: str
    defines: str = ""
    expansion: Expansion | None = None
    differs: dict[tuple[str, str], tuple[str, str]] = {}  # noqa: RUF012 – never changed


LONE_PERCENT = "a per cent sign that begins no reference of its own stops the reader: an error, not silence"
LONE_DOLLAR = "a dollar sign that begins no reference of its own stops the reader: an error, not silence"
KEYS_OF_THE_FILE = "names a key of the file; this mode is another class, which the program chooses and no file shows: see the notes of the row"
DOTENV_UNION = "several programs read .env files, and the row is what all of them together expand"
NAME_TO_THE_BRACE = "everything up to the brace is taken for the name, and no variable is called so"
NAME_BEFORE_A_BRACE = "$__env is a variable to this reader, and one that nobody sets; the rest is text"
KEEPS_EMPTY = "a variable that is set to nothing is set: it takes no default"
GRAFANA = {("$__env{X}", "*"): ("else {PROBE}", NAME_BEFORE_A_BRACE)}
AGENT = "[agent]\n{defines}api_key = @@\n"


def percent_errors(*syntaxes: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {(syntax, "*"): ("error", LONE_PERCENT) for syntax in syntaxes}


def empties(*syntaxes: str, why: str) -> dict[tuple[str, str], tuple[str, str]]:
    return {(syntax, "*"): ("empty", why) for syntax in syntaxes}


BASIC = {**percent_errors("%(X)", "%X%"), ("%(ENV_X)s", "*"): ("error", "here it is a key called env_probe, which no section has")}
SUPERVISORD = {**percent_errors("%(X)", "%X%"), ("%(X)s", "*"): ("error", "supervisord knows its own names such as here and program_name, and no others")}
COMPOSE_1 = "version 1, the last in Python, has no alternatives; version 2 and its documentation have them"
COMPOSE = {
    **GRAFANA,
    **{(syntax, "*"): ("error", LONE_DOLLAR) for syntax in ("$<X>", "${X:d}", "${env:X}", "${env.X}", "$(X)")},
    **{(syntax, "*"): ("error", COMPOSE_1) for syntax in ("${X:+a}", "${X+a}")},
    ("${X?}", "set"): ("value", "the required form with no text for its error"),
    ("${X?}", "empty"): ("empty", "the required form with no text for its error"),
    ("${X?}", "unset"): ("error", "the required form with no text for its error"),
}
UWSGI = {
    ("%(X)s", "set"): (f"else {VALUE}s", "uWSGI's own form has no s, so that this one is text behind it"),
    ("%(X)s", "empty"): ("else s", "uWSGI's own form has no s, so that this one is text behind it"),
    ("@(X)", "unset"): ("error", "it names a file, and one that is not there stops uWSGI"),
    ("%X%", "*"): ("else", "a per cent sign and a letter are one of uWSGI's own names: %P is the path of the file"),
}

SUBJECTS = (
    Subject("configparser_basic", "python-ini", "", "agent.ini", AGENT, "probe = ", differs=BASIC),
    Subject(
        "configparser_extended",
        "python-ini",
        "",
        "agent.ini",
        AGENT,
        "probe = ",
        differs={
            ("%(X)s", "*"): ("literal", KEYS_OF_THE_FILE),
            ("${X}", "set"): ("value", KEYS_OF_THE_FILE),
            ("${X}", "empty"): ("empty", KEYS_OF_THE_FILE),
            ("${X}", "unset"): ("error", KEYS_OF_THE_FILE),
            **{(syntax, "*"): ("error", LONE_DOLLAR) for syntax in WRITTEN if syntax.startswith("$") and syntax != "${X}"},
        },
    ),
    Subject("configparser_raw", "python-ini", "", "agent.ini", AGENT, "probe = ", differs={("%(X)s", "*"): ("literal", KEYS_OF_THE_FILE)}),
    Subject("expandvars", "", "", "", "@@", expansion=Expansion(frozenset(("${X}", "$X")), "${X}", "", "literal")),
    Subject("envsubst", "", "", "", "@@", expansion=Expansion(frozenset(("${X}", "$X")), "${X}", "", "empty"), differs=GRAFANA),
    Subject("git", "git-config", "", ".gitconfig", "[user]\n\tsigningKey = @@\n"),
    Subject(
        "python_dotenv",
        "dotenv",
        "common",
        ".env",
        "API_KEY=@@\n",
        differs={
            ("$X", "*"): ("literal", DOTENV_UNION),
            ("${X:+a}", "*"): ("literal", DOTENV_UNION),
            **empties("${X-d}", "${X+a}", why=f"{DOTENV_UNION}; here {NAME_TO_THE_BRACE}"),
            **empties("${X?e}", "${X?}", "${env.X}", why=NAME_TO_THE_BRACE),
            ("${X:-d}", "empty"): ("empty", KEEPS_EMPTY),
        },
    ),
    Subject(
        "dotenv",
        "dotenv",
        "node",
        ".env",
        "API_KEY=@@\n",
        differs={(syntax, "*"): ("literal", DOTENV_UNION) for syntax in ("${X}", "$X", "${X:-d}", "${X-d}", "${X:+a}", "${X+a}")},
    ),
    Subject(
        "dotenv_expand",
        "dotenv-expand",
        "node",
        ".env",
        "VITE_X=1\nAPI_KEY=@@\n",
        differs={
            **GRAFANA,
            **empties("${X:d}", "${X:?e}", "${X?e}", "${X?}", "${env:X}", "${env.X}", why=NAME_TO_THE_BRACE),
            ("${X-d}", "empty"): ("other", "the colon makes no difference here: nothing counts as unset"),
            ("${X+a}", "empty"): ("empty", "the colon makes no difference here: nothing counts as unset"),
        },
    ),
    Subject("pip_conf", "pip-conf", "common", "pip.conf", "[global]\nindex-url = @@\n"),
    Subject(
        "pip_requirements",
        "pip-requirements",
        "common",
        "requirements.txt",
        "demo @ @@\n",
        differs={("${X}", "empty"): ("literal", "nothing counts as unset, as the notes of the row say")},
    ),
    Subject("npm", "npmrc", "node", ".npmrc", "//registry.example.com/:_authToken=@@\n"),
    Subject(
        "supervisord_environment",
        "supervisord",
        "common",
        "supervisord.conf",
        '[supervisord]\n[program:agent]\ncommand=/bin/true\nenvironment=API_KEY="@@"\n',
        differs=SUPERVISORD,
    ),
    Subject(
        "supervisord_password",
        "supervisord",
        "common",
        "supervisord.conf",
        "[supervisord]\n[inet_http_server]\nport=127.0.0.1:9001\nusername=u\npassword=@@\n",
        differs=SUPERVISORD,
    ),
    Subject(
        "alembic",
        "alembic",
        "common",
        "alembic.ini",
        "[alembic]\nscript_location = alembic\n{defines}sqlalchemy.url = @@\n",
        "probe = ",
        differs=BASIC,
    ),
    # PROBE is a key of the section and a variable at once: %(X)s takes the one, ${X} the other.
    Subject(
        "airflow",
        "airflow",
        "airflow",
        "airflow.cfg",
        "[smtp]\n{defines}smtp_password = @@\n",
        "PROBE = ",
        differs={**BASIC, ("%(X)s", "unset"): ("error", "the row's `unset` tells of variables; a missing key of the file is an error")},
    ),
    Subject("aws_credentials", "aws-credentials", "common", ".aws/credentials", "[default]\naws_access_key_id = id\naws_secret_access_key = @@\n"),
    Subject("aws_config", "aws-config", "common", ".aws/config", "[default]\naws_access_key_id = id\naws_secret_access_key = @@\n"),
    Subject(
        "compose",
        "docker-compose",
        "compose",
        "compose.yaml",
        "services:\n  agent:\n    image: agent\n    environment:\n      API_KEY: '@@'\n",
        differs=COMPOSE,
    ),
    Subject(
        "litellm",
        "litellm",
        "litellm",
        "config.yaml",
        "model_list:\n  - model_name: m\n    litellm_params:\n      model: openai/m\n      api_key: '@@'\n",
    ),
    Subject("langgraph", "langgraph", "common", "langgraph.json", '{"dependencies": ["."], "graphs": {"a": "./a.py:g"}, "env": {"API_KEY": "@@"}}\n'),
    Subject("langgraph_env", "langgraph", "common", "langgraph.json", '{"dependencies": ["."], "graphs": {"a": "./a.py:g"}, "env": {"API_KEY": "@@"}}\n'),
    Subject("twine", "pypirc", "common", ".pypirc", "[distutils]\nindex-servers = pypi\n[pypi]\nusername = __token__\npassword = @@\n"),
    Subject("uwsgi", "uwsgi", "common", "uwsgi.ini", "[uwsgi]\n{defines}env = API_KEY=@@\n", "set-placeholder = PROBE=", differs=UWSGI),
)

HEAVY = "a program of some hundred megabytes that asks for a login or a model"
NO_REGISTRY = "comes from no registry that a clean clone can count on"
# Rows whose reader was run by hand on the day that they are confirmed for, and is not run here.
RUN_BY_HAND = {
    "autogen": "its rows expand nothing and the package brings half a gigabyte",
    "autogen-example": "a template for the row before",
    "claude-code-home": HEAVY,
    "claude-code-mcp": HEAVY,
    "claude-code-settings": HEAVY,
    "claude-code-settings-local": HEAVY,
    "codex": HEAVY,
    "copilot-cli-mcp": HEAVY,
    "dotenv-example": "a template of .env, which is run",
    "gemini-extension": HEAVY,
    "gemini-settings": HEAVY,
    "gradle-properties": NO_REGISTRY,
    "maven-settings": NO_REGISTRY,
    "my-cnf": NO_REGISTRY,
    "opencode": HEAVY,
    "php-ini": NO_REGISTRY,
    "poetry-auth": "asks an index over the network before it shows what it made of the file",
    "pyproject": "asks an index over the network before it shows what it made of the file",
    "rails-yaml": NO_REGISTRY,
    "spring-properties": NO_REGISTRY,
    "spring-yaml": NO_REGISTRY,
    "terraform": NO_REGISTRY,
    "terraform-tfvars": NO_REGISTRY,
    "terraform-tfvars-example": NO_REGISTRY,
    "terraform-tfvars-json": NO_REGISTRY,
    "uv-toml": "asks an index over the network before it shows what it made of the file",
}
