"""The carriers: places where a key may stand, each a file of one format with a hole for a name and a hole for a value."""

import base64
import json
import shlex
from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import quote
from xml.sax.saxutils import escape


class Carrier(NamedTuple):
    """A file with `{name}` and `{value}` in it.

    style, encode: how the name is spelt and the value written there. named: it can hold a name. lines: it can hold a text of several lines.
    """

    name: str
    file: str
    text: str
    style: Callable[[list[str]], str]
    encode: Callable[[str], str]
    named: bool = True
    lines: bool = True

    def write(self, words: list[str], value: str) -> str:
        """The file's text for a name, given as its words, and a value."""
        return self.text.replace("{name}", self.style(words)).replace("{value}", self.encode(value))


def snake(words: list[str]) -> str:
    return "_".join(words)


def upper(words: list[str]) -> str:
    return "_".join(words).upper()


def kebab(words: list[str]) -> str:
    return "-".join(words)


def dotted(words: list[str]) -> str:
    return ".".join(words)


def pascal(words: list[str]) -> str:
    return "".join(word.title() for word in words)


def camel(words: list[str]) -> str:
    return words[0] + pascal(words[1:])


def raw(value: str) -> str:
    return value


def double(value: str) -> str:
    """As most languages write it between double quotes."""
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def dollars(value: str) -> str:
    """Between double quotes where `$` or `${` puts something in."""
    return double(value).replace("$", "\\$")


def hcl(value: str) -> str:
    return double(value).replace("${", "$${")


def single(value: str) -> str:
    return value.replace("\\", "\\\\").replace("'", "\\'").replace("\n", "\\n")


def doubled(value: str) -> str:
    """Between single quotes where a quote is written twice: SQL, PowerShell."""
    return value.replace("'", "''")


def percent(value: str) -> str:
    return quote(value, safe="")


def twice_percent(value: str) -> str:
    return percent(percent(value))


def base64_text(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


def attribute(value: str) -> str:
    return escape(value, {'"': "&quot;", "\n": "&#10;"})


def cell(value: str) -> str:
    """A string literal of Python inside a string of JSON."""
    return json.dumps(double(value))[1:-1]


def escapes(value: str) -> str:
    """JSON with every character but letters and digits as an escape, and the first character always."""
    return "".join(letter if at and letter.isalnum() else f"\\u{ord(letter):04x}" for at, letter in enumerate(value))


JAVA = 'package net.acme;\n\npublic class Client {\n    private static final String {name} = "{value}";\n}\n'
CSHARP = 'namespace Acme\n{\n    public class Client\n    {\n        private const string {name} = "{value}";\n    }\n}\n'
NOTEBOOK = '{\n "cells": [\n  {\n   "cell_type": "code",\n   "execution_count": 1,\n   "metadata": {},\n   "outputs": [],\n   "source": [\n' + (
    '    "import acme\\n",\n    "{name} = \\"{value}\\"\\n"\n   ]\n  }\n ],\n "metadata": {},\n "nbformat": 4,\n "nbformat_minor": 5\n}\n'
)
SECRET = "apiVersion: v1\nkind: Secret\nmetadata:\n  name: acme\ntype: Opaque\ndata:\n  {name}: {value}\n"
COMPOSE = "services:\n  web:\n    image: acme/web:1.4\n    environment:\n      - {name}={value}\n"
MCP = '{\n  "mcpServers": {\n    "acme": {\n      "command": "npx",\n      "args": ["-y", "acme-mcp"],\n      "env": {\n' + (
    '        "{name}": "{value}"\n      }\n    }\n  }\n}\n'
)
WORKFLOW = 'on: push\njobs:\n  build:\n    runs-on: ubuntu-latest\n    env:\n      {name}: "{value}"\n    steps:\n      - run: make\n'
NEXT = 'link = "https://login.acme.net/start?next=https%3A%2F%2Fapi.acme.net%2Fv1%3F{name}%3D{value}%26page%3D2"\n'

CARRIERS = (
    Carrier("Python", "client.py", 'import acme\n\n{name} = "{value}"\n', snake, double),
    Carrier("Python call", "run.py", 'import acme\n\nclient = acme.Client(timeout=30, {name}="{value}")\n', snake, double),
    Carrier("JavaScript", "client.js", "const acme = require('acme');\nconst {name} = '{value}';\n", camel, single),
    Carrier("JavaScript object", "options.js", "module.exports = {\n  retries: 3,\n  {name}: '{value}',\n};\n", camel, single),
    Carrier("TypeScript", "client.ts", 'export const {name}: string = "{value}";\n', camel, double),
    Carrier("Go", "client.go", 'package acme\n\nconst {name} = "{value}"\n', camel, double),
    Carrier("Java", "Client.java", JAVA, upper, double),
    Carrier("Kotlin", "Client.kt", 'package net.acme\n\nprivate const val {name} = "{value}"\n', upper, dollars),
    Carrier("C#", "Client.cs", CSHARP, pascal, double),
    Carrier("Ruby", "client.rb", "require 'acme'\n\n{name} = '{value}'\n", snake, doubled),
    Carrier("PHP", "client.php", "<?php\n${name} = '{value}';\n", camel, doubled),
    Carrier("Rust", "client.rs", 'const {name}: &str = "{value}";\n', upper, double),
    Carrier("shell export", "deploy.sh", "#!/bin/sh\nexport {name}={value}\n", upper, shlex.quote),
    Carrier("PowerShell", "deploy.ps1", "$env:{name} = '{value}'\n", upper, doubled),
    Carrier("SQL", "seed.sql", "UPDATE settings SET {name} = '{value}' WHERE id = 7;\n", snake, doubled),
    Carrier("Dockerfile", "Dockerfile", 'FROM python:3.12-slim\nENV {name}="{value}"\nCMD ["python", "app.py"]\n', upper, dollars, lines=False),
    Carrier("JSON", "service.json", '{\n  "timeout": 30,\n  "{name}": "{value}"\n}\n', snake, double),
    Carrier("JSON escapes", "export.json", '{\n  "timeout": 30,\n  "{name}": "{value}"\n}\n', snake, escapes),
    Carrier("MCP server", ".mcp.json", MCP, upper, double),
    Carrier("YAML", "service.yaml", 'timeout: 30\n{name}: "{value}"\n', snake, double),
    Carrier("compose", "docker-compose.yml", COMPOSE, upper, raw, lines=False),
    Carrier("workflow", ".github/workflows/build.yml", WORKFLOW, upper, double),
    Carrier("Kubernetes Secret", "secret.yaml", SECRET, kebab, base64_text),
    Carrier("TOML", "service.toml", '[acme]\ntimeout = 30\n{name} = "{value}"\n', snake, double),
    Carrier("INI", "service.ini", "[acme]\ntimeout = 30\n{name} = {value}\n", snake, raw, lines=False),
    Carrier("dotenv", ".env", "DEBUG=0\n{name}={value}\n", upper, raw, lines=False),
    Carrier("properties", "service.properties", "acme.timeout=30\n{name}={value}\n", dotted, raw, lines=False),
    Carrier("XML element", "service.xml", "<acme>\n  <timeout>30</timeout>\n  <{name}>{value}</{name}>\n</acme>\n", camel, escape),
    Carrier("XML attribute", "web.config", '<configuration>\n  <add key="{name}" value="{value}" />\n</configuration>\n', pascal, attribute),
    Carrier("HCL", "main.tf", 'provider "acme" {\n  region = "eu"\n  {name} = "{value}"\n}\n', snake, hcl),
    Carrier("header in curl", "call.sh", 'curl -s -H "Authorization: Bearer {value}" https://api.acme.net/v1/items\n', snake, raw, named=False, lines=False),
    Carrier("URL query", "fetch.py", 'page = fetch("https://api.acme.net/v1/items?{name}={value}&page=2")\n', snake, percent),
    Carrier("percent-encoded URL", "link.py", NEXT, snake, twice_percent),
    Carrier("command line", "start.sh", "acme serve --port 8080 --{name} {value}\n", kebab, shlex.quote, lines=False),
    Carrier("log line", "service.log", "2026-11-02 10:14:07,381 INFO acme.auth request 4711 with {name}={value}\n", snake, raw, lines=False),
    Carrier("Markdown code", "NOTES.md", "# Set up\n\nRun this first:\n\n```sh\nexport {name}={value}\n```\n", upper, shlex.quote),
    Carrier("notebook cell", "explore.ipynb", NOTEBOOK, snake, cell),
)
