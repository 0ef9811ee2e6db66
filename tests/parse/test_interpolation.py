"""What configparser makes of a value: held against whole parsers of its three ways, and bounded on hostile files."""

import configparser
import time
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.model.facts import Interpolated
from agentkey_lint.parse import ini, interpolation

PIECES = ["a", "b", "x y", "%", "%%", "%(", "%(a)s", "%(B)s", "%(c)s", "%(nowhere)s", ")s"]
PIECES += ["$", "$$", "${", "${a}", "${B}", "${t:a}", "${t:b}", "${u:a}", "${a:b:c}", "}"]
VALUES = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)
KEYS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, min_size=1, max_size=3)  # an empty section has no entry that tells of it
FILES = st.dictionaries(st.sampled_from(["DEFAULT", "s", "t"]), KEYS, max_size=3)

WAYS = {"basic": configparser.BasicInterpolation, "extended": configparser.ExtendedInterpolation}
NOTHING = Interpolated()


def text(tables: dict[str, dict[str, str]]) -> str:
    return "".join(f"[{section}]\n" + "".join(f"{key} = {value}\n" for key, value in values.items()) for section, values in tables.items())


def becomes(parser: configparser.RawConfigParser, section: str, key: str) -> str:
    """What a parser makes of a value, in the words of `Interpolated`."""
    try:
        value = parser.get(section, key)
    except configparser.InterpolationMissingOptionError:
        return "missing"
    except configparser.InterpolationDepthError:
        return "depth"
    except configparser.InterpolationSyntaxError:
        return "syntax"
    return "same" if value == parser.get(section, key, raw=True) else "other"


def said(written: str, way: str = "any", given: tuple[str, ...] = ()) -> dict[tuple[str, ...], Interpolated]:
    data = written.encode()
    entries, _ = ini.parse(data)
    return {entries[number].route: one for number, one in interpolation.interpolated(entries, way, given, data).items()}


@given(FILES)
def test_every_value_becomes_what_configparser_makes_of_it(tables: dict[str, dict[str, str]]) -> None:
    with patch.object(interpolation, "BUDGET", 10**12):  # so that keys which name one another many times over are not left alone
        found = said(text(tables))
    for way, kind in WAYS.items():
        parser = configparser.ConfigParser(interpolation=kind())
        parser.read_string(text(tables))
        for section, values in tables.items():
            for key in values:
                does, says = becomes(parser, section, key), getattr(found.get((section, key), NOTHING), way)
                if does in ("same", "other"):
                    assert says in ("", "filled") and (says == "" or does == "other")
                else:
                    assert says == does


@given(FILES)
def test_without_interpolation_every_value_stays(tables: dict[str, dict[str, str]]) -> None:
    raw = configparser.RawConfigParser()
    raw.read_string(text(tables))
    for section, values in tables.items():
        for key, value in values.items():
            assert raw.get(section, key) == value.strip()


@given(VALUES)
def test_with_every_stray_sign_doubled_configparser_reads_the_value(value: str) -> None:
    written = f"[s]\nk = {value}\na = 1\nb = 2\nc = 3\n"
    for _ in range(value.count("%") + 1):
        one = said(written).get(("s", "k"))
        if one is None or one.stray is None:
            break
        assert one.basic == "syntax" and written[one.stray.start : one.stray.end] == "%"
        written = written[: one.stray.start] + "%" + written[one.stray.start :]
    parser = configparser.ConfigParser()
    parser.read_string(written)
    assert becomes(parser, "s", "k") != "syntax"


@pytest.mark.parametrize("value", ["50%", "%d of %s", "%", "%(here)", "%(here)q", "%%%", "%H"])
def test_what_the_percent_operator_stops_at(value: str) -> None:
    with pytest.raises((ValueError, TypeError, KeyError)):
        value % {"here": "x"}
    assert said(f"[program:a]\ncommand = {value}\n", "percent")["program:a", "command"].stray is not None


@pytest.mark.parametrize("value", ["50%%", "%(here)s", "%(number)02d", "%s", "%(here)s%%", "%(ratio).2f"])
def test_what_it_takes(value: str) -> None:
    assert value % {"here": "x", "number": 3, "ratio": 0.5}
    assert said(f"[program:a]\ncommand = {value}\n", "percent") == {}


def test_keys_that_the_program_hands_over_are_there() -> None:
    written = "[alembic]\nplace = %(here)s/a\nother = %(there)s\n"
    assert {route[1]: one.basic for route, one in said(written, "basic", ("here",)).items()} == {"place": "filled", "other": "missing"}


def test_the_way_that_fills_in_one_value_is_told_at_the_others() -> None:
    assert said("[a]\nk = v\nb = %(k)s\nc = %\n")["a", "c"].used == "basic"
    assert said("[a]\nk = v\nb = ${a:k}\nc = ${no}\n")["a", "c"].used == "extended"
    assert said("[a]\nk = v\nb = %(k)s\nc = ${k}\nd = %\n")["a", "d"].used == ""


def test_a_file_with_a_key_before_its_sections_is_not_configparsers() -> None:
    with pytest.raises(configparser.MissingSectionHeaderError):
        configparser.ConfigParser().read_string("k = 5%\n[a]\n")
    assert said("k = 5%\n[a]\n") == {}


LAUGHS = {
    "basic": "[a]\na0 = ha\n" + "".join(f"a{number} = " + f"%(a{number - 1})s" * 100 + "\n" for number in range(1, 11)),
    "extended": "[a]\na0 = ha\n" + "".join(f"a{number} = " + f"${{a:a{number - 1}}}" * 100 + "\n" for number in range(1, 11)),
    "of itself": "[a]\na = " + "%(a)s" * 500 + "\n",
    "escapes": "[a]\n" + "".join(f"k{number} = " + "%%" * 2000 + "\n" for number in range(60)),
    "openings": "[a]\n" + "".join(f"k{number} = " + "%(" * 1000 + "${" * 1000 + "}\n" for number in range(60)),
    "sections gone over": "[a]\nz = $$\n" + "".join(f"k{number} = ${{z}}\n" for number in range(19_000)),
    "long lines": "[a]\nk = %" + " " * 1_000_000 + "x\n",
}


@pytest.mark.parametrize("written", LAUGHS.values(), ids=LAUGHS)
def test_a_hostile_file_costs_little(written: str) -> None:
    started = time.process_time()
    said(written)
    assert time.process_time() - started < 2


def test_what_would_be_too_much_is_left_and_the_rest_is_not() -> None:
    found = said(LAUGHS["basic"] + "b = %(a0)s\nc = 5%\n")
    assert ("a", "a9") not in found and found["a", "b"].basic == "filled" and found["a", "c"].basic == "syntax"
