"""The measuring itself: what the carriers and the labelled set hold is what they are said to hold.

usage: python -m pytest bench/quality
"""

import base64
import json
import random
import shlex
import string
import sys
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import yaml  # type: ignore[import-untyped,unused-ignore]
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import labelled
import packages
from carrier import CARRIERS
from carriers import Case, kinds, words
from carriers import score as carried
from parts import SECRETS
from scanners import Reported

BY_NAME = {carrier.name: carrier for carrier in CARRIERS}
VALUES = st.text(st.sampled_from(string.ascii_letters + string.digits + "_-./+=:@!#$%&'\"\\ {}\n"), min_size=1)
NAME = ["acme", "api", "key"]


def _query(text: str) -> str:
    return parse_qs(urlsplit(text.split('"')[1]).query)["acme_api_key"][0]


def _nested(text: str) -> str:
    outer = parse_qs(urlsplit(text.split('"')[1]).query)["next"][0]
    return parse_qs(urlsplit(outer).query)["acme_api_key"][0]


READERS: dict[str, Callable[[str], str | None]] = {
    "JSON": lambda text: json.loads(text)["acme_api_key"],
    "JSON escapes": lambda text: json.loads(text)["acme_api_key"],
    "MCP server": lambda text: json.loads(text)["mcpServers"]["acme"]["env"]["ACME_API_KEY"],
    "YAML": lambda text: yaml.safe_load(text)["acme_api_key"],
    "Kubernetes Secret": lambda text: base64.b64decode(yaml.safe_load(text)["data"]["acme-api-key"]).decode(),
    "TOML": lambda text: tomllib.loads(text)["acme"]["acme_api_key"],
    "XML element": lambda text: ElementTree.fromstring(text).findtext("acmeApiKey"),
    "XML attribute": lambda text: next(add.get("value") for add in ElementTree.fromstring(text).iter("add")),
    "shell export": lambda text: shlex.split(text, comments=True)[1].partition("=")[2],
    "URL query": _query,
    "percent-encoded URL": _nested,
    "Python": lambda text: _run(text.replace("import acme", ""))["acme_api_key"],
    "notebook cell": lambda text: _run(json.loads(text)["cells"][0]["source"][1])["acme_api_key"],
}


def _run(text: str) -> dict[str, str]:
    names: dict[str, str] = {}
    exec(text, {}, names)  # noqa: S102  (a single assignment that this test has written)
    return names


@given(VALUES, st.sampled_from(sorted(READERS)))
def test_a_carrier_holds_the_value_as_its_reader_sees_it(value: str, name: str) -> None:
    assert READERS[name](BY_NAME[name].write(NAME, value)) == value


def test_there_are_enough_carriers_and_their_names_differ() -> None:
    assert len(BY_NAME) == len(CARRIERS) >= 25


def test_a_kind_with_a_context_gets_a_name_that_holds_it() -> None:
    for kind in kinds():
        for word in [kind["context"]] if "context" in kind else []:
            name = "".join(words(kind))
            assert any("".join(filter(str.isalnum, one.lower())) in name for one in word), kind["id"]


def test_scores_of_carriers() -> None:
    done = [Case("a", "c", "k", "V: n", False, False, ""), Case("b", "c", "k", "V: n", False, False, ""), Case("m", "c", "k", "V: n", True, False, "")]
    by_other = [Reported("a", 1, "hardcoded-key", kind="V: n"), Reported("m", 1, "hardcoded-secret")]
    assert carried(done, by_other, named=True)[:4] == (2, 1, 1, 0)
    assert carried(done, by_other)[:4] == (2, 1, 1, 1)


def test_the_labelled_set_is_large_and_each_half_holds_every_class() -> None:
    done = list(labelled.lines())
    assert sum(line.mark in labelled.CLASSES for line in done) >= 3000
    counts = Counter((line.half, line.mark) for line in done)
    assert all(counts[half, mark] >= 100 for half in "AB" for mark in labelled.CLASSES)
    assert {line.mark for line in done} == {*labelled.CLASSES, "|", " "}


def test_the_labelled_set_is_the_same_each_time() -> None:
    assert list(labelled.lines(2)) == list(labelled.lines(2))


def test_each_template_is_in_one_half() -> None:
    names = [template.name for template in labelled.templates()]
    assert len(names) == len(set(names))
    halves = Counter(labelled.half(name) for name in names)
    assert 0.4 < halves["A"] / len(names) < 0.6


def test_every_part_of_a_template_is_filled_in() -> None:
    assert not [line.text for line in labelled.lines(1) if "{{" in line.text and "{{literal" not in line.text and "{{ " not in line.text]


@given(st.integers(), st.sampled_from(["anypass", "alnum", "token", "hex"]))
def test_secrets_are_long_and_new_each_time(seed: int, name: str) -> None:
    rng = random.Random(seed)
    one, other = SECRETS[name](rng), SECRETS[name](rng)
    assert one != other and len(one) >= 8


def test_scores_of_lines() -> None:
    marks = "*x+- |"
    done = [labelled.Line("t", "A", "p", number, mark, "") for number, mark in enumerate(marks, 1)]
    everything = [Reported("p", number, "r") for number in range(1, len(marks) + 1)]
    assert labelled.score(done, everything, "A", "shaped") == (1, 1, 0)
    assert labelled.score(done, everything, "A", "shapeless") == (1, 2, 0)
    assert labelled.score(done, [], "A", "shapeless") == (0, 0, 1)
    assert labelled.score(done, [one._replace(shown=False) for one in everything], "A", "shaped") == (0, 0, 1)
    assert labelled.score(done, everything, "B", "shaped") == (0, 0, 0)


def test_the_table_of_packages_counts_lines_once_and_says_what_was_not_read() -> None:
    found = [("none-1", Reported("a.py", 3, "hardcoded-key")), ("none-1", Reported("a.py", 3, "key-in-url"))]
    last = packages.summary(2_000_000, found).splitlines()[-1]
    assert [cell.strip() for cell in last.split("|")[1:-1]] == ["all", "1", "0", "0", "1", "0.5", "0.0"]


def test_every_verdict_says_right_or_why_not() -> None:
    for package, places in packages.verdicts().items():
        assert package.rpartition("-")[0] in packages.PACKAGES, package
        assert all(verdict == "right" or verdict.partition(": ")[2] for verdict in places.values())
