"""What a reader makes of some files: `python readers.py READER FILE…`, run by an environment that has this reader.

Prints a JSON list with one object a file: {"value": text or null}, or {"error": the exception's name}. Every function takes the path of a file and
gives the value of the one field that the file is about.
"""

import configparser
import io
import json
import logging
import os
import subprocess
import sys


def configparser_basic(path):
    return _ini(configparser.ConfigParser(), path)


def configparser_extended(path):
    return _ini(configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation()), path)


def configparser_raw(path):
    return _ini(configparser.RawConfigParser(), path)


def _ini(parser, path):
    with open(path) as file:
        parser.read_file(file)
    return parser.get("agent", "api_key")


def python_dotenv(path):
    from dotenv import dotenv_values

    return dotenv_values(path)["API_KEY"]


def pip_conf(path):
    from pip._internal.configuration import Configuration

    os.environ["PIP_CONFIG_FILE"] = path
    configuration = Configuration(isolated=False)
    configuration.load()
    return configuration.get_value("global.index-url")


def pip_requirements(path):
    from pip._internal.network.session import PipSession
    from pip._internal.req.req_file import parse_requirements

    (requirement,) = parse_requirements(path, session=PipSession())
    return requirement.requirement.removeprefix("demo @ ")


def supervisord_environment(path):
    return _supervisord(path).process_group_configs[0].process_configs[0].environment["API_KEY"]


def supervisord_password(path):
    return _supervisord(path).server_configs[0]["password"]


def _supervisord(path):
    from supervisor.options import ServerOptions

    options = ServerOptions()
    options.stderr = io.StringIO()
    options.realize(["-n", "-c", path])
    return options


def alembic(path):
    from alembic.config import Config

    return Config(path).get_main_option("sqlalchemy.url")


def airflow(path):
    # The package `airflow` sets up a database when it is imported; the parser is a package of its own inside it.
    import importlib.util

    place = importlib.util.find_spec("airflow").submodule_search_locations[0]
    sys.path.insert(0, os.path.join(place, "_shared"))
    parsers = importlib.import_module("configuration.parser")
    # What airflow.configuration hands over, without the defaults of 300 fields and the plug-ins that may add to them.
    defaults = os.path.join(place, "config_templates", "provider_config_fallback_defaults.cfg")
    parser = parsers.AirflowConfigParser({}, configparser.ConfigParser(), None, None, defaults)
    parser._use_providers_configuration = False
    parser.read(path)
    return parser.get("smtp", "smtp_password")


def aws_credentials(path):
    import botocore.session

    os.environ["AWS_SHARED_CREDENTIALS_FILE"] = path
    return botocore.session.Session().get_credentials().secret_key


def aws_config(path):
    import botocore.session

    os.environ["AWS_CONFIG_FILE"] = path
    return botocore.session.Session().get_scoped_config()["aws_secret_access_key"]


def git(path):
    done = subprocess.run(["git", "config", "--file", path, "--get", "user.signingKey"], capture_output=True, text=True)
    done.check_returncode()
    return done.stdout.removesuffix("\n")


def compose(path):
    # The package checks whole files with an old jsonschema; the modules that expand variables stand alone.
    import importlib.util
    import types

    import yaml

    package = types.ModuleType("compose.config")
    package.__path__ = [os.path.join(importlib.util.find_spec("compose").submodule_search_locations[0], "config")]
    sys.modules["compose.config"] = package
    from compose.config.environment import Environment
    from compose.config.interpolation import interpolate_environment_variables
    from compose.const import COMPOSE_SPEC

    with open(path) as file:
        services = yaml.safe_load(file)["services"]
    found = interpolate_environment_variables(COMPOSE_SPEC, services, "service", Environment(os.environ))
    return found["agent"]["environment"]["API_KEY"]


def expandvars(path):
    with open(path) as file:
        return os.path.expandvars(file.read())


def envsubst(path):
    with open(path) as file:
        return subprocess.run(["envsubst"], stdin=file, capture_output=True, text=True, check=True).stdout


def litellm(path):
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # it would ask the network for a list of prices
    import yaml
    from litellm import Router

    with open(path) as file:
        model = Router(model_list=yaml.safe_load(file)["model_list"]).model_list[0]
    return model["litellm_params"].get("api_key")


def langgraph(path):
    """The text that `langgraph up` hands to Docker Compose, and so before Compose expands it."""
    from pathlib import Path

    import yaml
    from langgraph_cli.config import config_to_compose, validate_config_file

    return yaml.safe_load(config_to_compose(Path(path), validate_config_file(Path(path)), image="image"))["API_KEY"]


def langgraph_env(path):
    """The table `env` itself, as `langgraph dev` puts it into the environment of the agent."""
    from pathlib import Path

    from langgraph_cli.config import validate_config_file

    return validate_config_file(Path(path))["env"]["API_KEY"]


def twine(path):
    from twine.utils import get_repository_from_config

    return get_repository_from_config(path, "pypi")["password"]


def uwsgi(path):
    # It prints how it understood its file and would then serve; a user that does not exist ends it right after that.
    program = os.path.join(os.path.dirname(sys.executable), "pyuwsgi")
    done = subprocess.run([program, "--ini", path, "--show-config", "--uid", "no-such-user"], capture_output=True, text=True, timeout=20)
    (value,) = [line for line in (done.stdout + done.stderr).splitlines() if line.startswith("env = API_KEY=")]
    return value.removeprefix("env = API_KEY=")


def main(name, paths):
    read, answers = globals()[name], []
    for path in paths:
        try:
            answers.append({"value": read(path)})
        except (Exception, SystemExit) as error:
            answers.append({"error": type(error).__name__})
    sys.stdout.write(json.dumps(answers) + "\n")


if __name__ == "__main__":
    logging.disable()
    main(sys.argv[1], sys.argv[2:])
