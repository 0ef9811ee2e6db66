"""What is said of references in a `config.ini` that nobody in particular reads, held against `configparser` itself in its three ways of filling in."""

import configparser
import json
import subprocess
from collections.abc import Callable

import pytest

Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]
HEAD = "[server]\nhost = from-the-server\n\n[agent]\nTICKETS_KEY = from-the-agent\n"
WAYS: dict[str, Callable[[], configparser.RawConfigParser]] = {
    "basic": configparser.ConfigParser,
    "extended": lambda: configparser.ConfigParser(interpolation=configparser.ExtendedInterpolation()),
    "raw": configparser.RawConfigParser,
}
LITERAL, ERROR = "as written", "an error"
# What is written: what each way makes of it, and the rule that speaks of it (empty: none does).
TEXTS: dict[str, tuple[str, str, str, str]] = {
    "%(TICKETS_KEY)s": ("from-the-agent", LITERAL, LITERAL, ""),
    "50%% off": ("50% off", LITERAL, LITERAL, ""),
    "%%(TICKETS_KEY)s": ("%(TICKETS_KEY)s", LITERAL, LITERAL, ""),
    "half a % sign": (ERROR, LITERAL, LITERAL, ""),
    "%(TICKETS_KEY": (ERROR, LITERAL, LITERAL, "malformed-reference"),
    "%()s": (ERROR, LITERAL, LITERAL, "malformed-reference"),
    "${TICKETS_TOKEN}": (LITERAL, ERROR, LITERAL, "unexpanded-reference"),
    "${TICKETS_KEY}": (LITERAL, "from-the-agent", LITERAL, ""),
    "${server:host}": (LITERAL, "from-the-server", LITERAL, ""),
    "${server:user}": (LITERAL, ERROR, LITERAL, "unexpanded-reference"),
    "${api_password}": (LITERAL, ERROR, LITERAL, "unexpanded-reference"),
    "${TICKETS_KEY": (LITERAL, ERROR, LITERAL, "malformed-reference"),
    "$${TICKETS_KEY}": (LITERAL, "${TICKETS_KEY}", LITERAL, ""),
    "a price of $$": (LITERAL, "a price of $", LITERAL, ""),
}


def ini(written: str) -> str:
    return f"{HEAD}api_password = {written}\n"


def becomes(way: str, written: str) -> str:
    parser = WAYS[way]()
    parser.read_string(ini(written))
    try:
        value = parser["agent"]["api_password"]
    except configparser.InterpolationError:
        return ERROR
    return LITERAL if value == written else value


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory, lint: Lint) -> dict[str, str]:
    """The rule that speaks of each text, from one run over one file for each."""
    folder = tmp_path_factory.mktemp("ini")
    paths = {f"{number}/config.ini": written for number, written in enumerate(TEXTS)}
    for path, written in paths.items():
        (folder / path).parent.mkdir()
        (folder / path).write_text(ini(written))
    report = json.loads(lint(folder, "check", "--format", "json").stdout)
    assert report["faults"] == []
    found: dict[str, list[str]] = {written: [] for written in TEXTS}
    for finding in report["findings"]:
        if finding["verdict"] == "reported":
            assert finding["start"]["line"] == HEAD.count("\n") + 1
            found[paths[finding["path"]]].append(finding["rule"])
    return {written: " ".join(rules) for written, rules in found.items()}


@pytest.mark.parametrize("written", TEXTS)
def test_configparser_does_what_the_table_says(written: str) -> None:
    assert tuple(becomes(way, written) for way in WAYS) == TEXTS[written][:3]


@pytest.mark.parametrize("written", TEXTS)
def test_the_rules_say_what_configparser_does(written: str, said: dict[str, str]) -> None:
    basic, extended, raw, rule = TEXTS[written]
    assert said[written] == rule
    if rule == "unexpanded-reference":  # "the text itself is used": by default, and without any interpolation
        assert (basic, raw) == (LITERAL, LITERAL)
    if rule == "malformed-reference":  # no way fills it in, and one of them stops over it
        assert ERROR in (basic, extended) and {basic, extended, raw} <= {LITERAL, ERROR}


@pytest.mark.parametrize("state", ["set", "not set"])
def test_no_way_takes_a_variable_of_the_environment(state: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TICKETS_TOKEN", raising=False)
    if state == "set":
        monkeypatch.setenv("TICKETS_TOKEN", "from-the-environment")
    assert [becomes(way, "${TICKETS_TOKEN}") for way in WAYS] == [LITERAL, ERROR, LITERAL]
    assert [becomes(way, "%(TICKETS_TOKEN)s") for way in WAYS] == [ERROR, LITERAL, LITERAL]
