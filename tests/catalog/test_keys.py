"""Every kind of key in rules/keys: found in its examples, not in its near-misses, and looked for in linear time."""

import re
import time
import tomllib
from collections import Counter
from typing import Any, NamedTuple

import pytest

from agentkey_lint.catalog.compiled import ANCHORS, CONTEXTS, KINDS
from agentkey_lint.catalog.rule_files import ROOT
from agentkey_lint.engine import documents
from agentkey_lint.match import scan as scanning
from agentkey_lint.match.simd import compile_literals
from agentkey_lint.model.facts import KeyMatch
from agentkey_lint.model.source import Source
from agentkey_lint.testing import expand

FOLDER = ROOT / "rules" / "keys"
SEEDS = (1, 2, 3)
SURE = ("medium", "high")


class Kind(NamedTuple):
    vendor: str
    key: dict[str, Any]

    @property
    def id(self) -> str:
        return str(self.key["id"])

    def text(self, recipe: str, seed: int) -> str:
        return expand(recipe, seed, self.key.get("checksum", ""))


KEYS = [Kind(table["vendor"], key) for path in sorted(FOLDER.glob("*.toml")) for table in [tomllib.loads(path.read_text())] for key in table["key"]]
RECIPES = [(kind, recipe) for kind in KEYS for recipe in kind.key["recipes"]]
NEAR = [(kind, near) for kind in KEYS for near in kind.key.get("near_misses", ())]


def placed(kind: Kind, text: str, word: str = "") -> Source:
    """A file in which the text stands as it would: alone on a line, or assigned to a name that tells the vendor."""
    if not kind.key.get("context"):
        return Source("notes/keys.cfg.txt", f"before\n{text}\nafter\n".encode())
    stem = re.sub(r"[^A-Za-z0-9]+", "_", word or kind.key["context"][0]).strip("_").upper()
    name = stem if "_" in stem and stem.endswith(("KEY", "TOKEN", "SECRET", "PASSWORD")) else f"{stem}_API_KEY"
    return Source("app/settings.py", f'{name} = "{text}"\n'.encode())


def found(source: Source) -> list[KeyMatch]:
    return list(documents.build(source).keys)


@pytest.mark.parametrize(("kind", "recipe"), RECIPES, ids=[f"{kind.id}-{number}" for number, (kind, _) in enumerate(RECIPES)])
def test_a_recipe_is_found_as_its_vendors(kind: Kind, recipe: str) -> None:
    for seed in SEEDS:
        for word in kind.key.get("context", [""]):
            text = kind.text(recipe, seed)
            source = placed(kind, text, word)
            matches = [match for match in found(source) if match.facts.vendor == kind.vendor]
            assert matches, f"seed {seed}, {word or 'alone'}: found are {[match.facts.id for match in found(source)]}"
            start = source.data.index(text.encode())
            for match in matches:
                assert start <= match.secret.start < match.secret.end
                assert match.secret.end <= start + len(text.encode()) or match.rule == "private-key"  # PuTTY's form does not say where it ends
                assert match.secret.end - match.secret.start - match.prefix >= 8 or match.rule == "key-in-url"


@pytest.mark.parametrize(("kind", "near"), NEAR, ids=[f"{kind.id}-{number}" for number, (kind, _) in enumerate(NEAR)])
def test_a_near_miss_is_not_taken_for_it(kind: Kind, near: dict[str, str]) -> None:
    for seed in SEEDS:
        for match in found(placed(kind, kind.text(near["text"], seed))):
            assert match.facts.id != kind.id or match.confidence not in SURE, near["because"]


def test_every_kind_has_examples_and_reasons() -> None:
    for kind in KEYS:
        assert kind.key["recipes"] and kind.key.get("near_misses"), kind.id
        assert all(near["because"] for near in kind.key["near_misses"]), kind.id
        assert kind.key["tier"] in ("public", "restricted", "write", "admin"), kind.id
        assert kind.key["lifetime"] in ("long-lived", "temporary"), kind.id
        assert kind.key.get("confidence", "high") in ("low", "medium", "high"), kind.id


def test_no_file_of_keys_holds_key_shaped_text() -> None:
    """A recipe that is not filled in is no key: anything else would be one in this repository."""
    for path in FOLDER.glob("*.toml"):
        holds = [match.facts.id for match in found(Source("rules.toml", path.read_bytes())) if match.confidence in SURE and match.rule == "hardcoded-key"]
        assert not holds, f"{path.name}: {holds}"


def test_ids_and_patterns_are_unique() -> None:
    assert [name for name, count in Counter(kind.id for kind in KEYS).items() if count > 1] == []
    alike = Counter((kind.key["pattern"], tuple(kind.key.get("context", ()))) for kind in KEYS)
    assert [pattern for pattern, count in alike.items() if count > 1] == [], "two kinds of one shape: which of them is found is chance"


def test_every_vendor_has_one_file() -> None:
    tables = [tomllib.loads(path.read_text()) for path in FOLDER.glob("*.toml")]
    assert [vendor for vendor, count in Counter(table["vendor"] for table in tables).items() if count > 1] == []
    assert all(table["source"].startswith("https://") for table in tables)


def test_every_kind_can_be_reached() -> None:
    """By an anchor or by a word of its context, and each pattern compiles."""
    reached = {number for _, _, numbers in ANCHORS for number in numbers} | {number for _, numbers in CONTEXTS for number in numbers}
    assert reached == set(range(len(KINDS)))
    for number, kind in enumerate(KINDS):
        assert "secret" in scanning.pattern(number).groupindex, kind[0]
        if kind[15]:
            anchors = [(literal, numbers) for literal, _, numbers in ANCHORS if number in numbers]
            assert anchors == [(anchors[0][0], (number,))], f"{kind[0]}: an anchor of its own, or what must follow it is asked of no one"
            assert re.compile(kind[15]).groups == 0 and kind[15].startswith(anchors[0][0]), kind[0]


def test_the_literals_compile_at_start() -> None:
    """In less than 40 ms; the best of five, for other processes take their time as well."""
    literals = scanning._literals()
    times = []
    for _ in range(5):
        begin = time.perf_counter()
        compile_literals(literals)
        times.append(time.perf_counter() - begin)
    assert min(times) < 0.040


def test_a_flood_of_one_anchor_is_scanned_in_linear_time() -> None:
    """Nobody may stop the linter by repeating what it looks for: 6 KB of every anchor, then 500 KB of the two slowest (4 µs for each byte)."""
    times = {}
    for literal, _, _ in ANCHORS:
        flood = literal * (6_000 // len(literal))
        begin = time.process_time()
        scanning.scan(flood)
        times[literal] = time.process_time() - begin
    for literal in sorted(times, key=times.__getitem__)[-2:]:
        begin = time.process_time()
        scanning.scan(literal * (500_000 // len(literal)))
        assert time.process_time() - begin < 2, literal
