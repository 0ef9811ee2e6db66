"""Is every kind of key found wherever it may stand? Every recipe of rules/keys in every carrier, and every near-miss likewise.

usage: python bench/quality/carriers.py [SEEDS]              (how many keys of each recipe; default 3)

One file holds one key, so that no file helps another. A kind that is known by a shape of its own gets a name that says nothing; a kind that needs a
word beside it (`context`) gets a usual name that holds this word, and is left out of the carriers that hold no name. Texts of several lines are left
out of the carriers of one line. A key is found when any rule on hard-coded keys reports its file at medium confidence or more (severity info
included: a publishable key is seen, not an alarm). A near-miss is found when the report names the very kind that it misses.
"""

import re
import sys
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from carrier import CARRIERS, Carrier
from scanners import ROOT, Reported, agentkey, say, table

sys.path.insert(0, str(ROOT))
from agentkey_lint.testing import expand


class Case(NamedTuple):
    """One file: a text of a kind in a carrier. miss: the text is a near-miss. name: the kind as reports spell it. bare: the kind needs a name beside it."""

    path: str
    carrier: str
    kind: str
    name: str
    miss: bool
    bare: bool
    text: str


def kinds() -> list[dict[str, Any]]:
    """Every kind of key, with its vendor and the vendor's usual variables, in the order of the files."""
    found = []
    for path in sorted((ROOT / "rules" / "keys").glob("*.toml")):
        provider = tomllib.loads(path.read_text(encoding="utf-8"))
        found += [{"vendor": provider["vendor"], "variables": provider.get("variables", []), **key} for key in provider["key"]]
    return found


def words(kind: dict[str, Any]) -> list[str]:
    """The words of the name that a value of this kind is assigned to."""
    if "context" not in kind:
        return ["setting", "value"]
    for context in kind["context"]:
        for variable in kind["variables"]:
            if _plain(context) in _plain(variable):
                return _split(variable)
    first = _split(kind["context"][0])
    return first if len(first) > 1 else [*first, "key"]


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def _split(name: str) -> list[str]:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower().split("_")


def fits(carrier: Carrier, kind: dict[str, Any], text: str) -> bool:
    """Whether a carrier can hold this text of this kind."""
    return (carrier.named or "context" not in kind) and (carrier.lines or "\n" not in text)


def cases(seeds: int) -> Iterator[Case]:
    """Every file of the measurement."""
    for number, kind in enumerate(kinds()):
        texts = [(expand(recipe, seed, kind.get("checksum", "")), False) for recipe in kind["recipes"] for seed in range(seeds)]
        texts += [(expand(miss["text"], 0, kind.get("checksum", "")), True) for miss in kind["near_misses"]]
        for at, carrier in enumerate(CARRIERS):
            for nth, (text, miss) in enumerate(texts):
                if fits(carrier, kind, text):
                    path = f"{at}/{number}-{nth}/{carrier.file}"
                    yield Case(path, carrier.name, kind["id"], f"{kind['vendor']}: {kind['name']}", miss, "context" in kind, carrier.write(words(kind), text))


def write(folder: Path, seeds: int) -> list[Case]:
    """Write every file below a folder."""
    done = list(cases(seeds))
    for case in done:
        path = folder / case.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(case.text, encoding="utf-8", newline="")
    return done


class Score(NamedTuple):
    """How a tool did. keys, found: files with a key. misses, hit: files with a near-miss, and those with any report. by: the lost ones."""

    keys: int
    found: int
    misses: int
    hit: int
    lost: list[Case]
    wrong: list[Case]


def score(done: list[Case], reported: list[Reported], named: bool = False) -> Score:
    """Compare a tool's report with the files. named: a near-miss counts as hit when the report names its kind (else: any report)."""
    by_path: dict[str, set[str]] = defaultdict(set)
    for one in reported:
        by_path[one.path].add(one.kind)
    lost = [case for case in done if not case.miss and case.path not in by_path]
    wrong = [case for case in done if case.miss and (case.name in by_path.get(case.path, ()) if named else case.path in by_path)]
    misses = sum(case.miss for case in done)
    return Score(len(done) - misses, len(done) - misses - len(lost), misses, len(wrong), lost, wrong)


def by_carrier(done: list[Case], lost: list[Case]) -> str:
    """A table: how many of all keys were found in each carrier."""
    every = Counter(case.carrier for case in done if not case.miss)
    gone = Counter(case.carrier for case in lost)
    return table(["carrier", "found"], [[name, f"{count - gone[name]}/{count}"] for name, count in every.items()])


def groups(lost: list[Case]) -> list[str]:
    """The kinds that were lost somewhere, those together that were lost in the same carriers; the largest group first."""
    where: dict[str, set[str]] = defaultdict(set)
    for case in lost:
        where[case.kind].add(case.carrier)
    alike: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for kind, names in where.items():
        alike[tuple(carrier.name for carrier in CARRIERS if carrier.name in names)].append(kind)
    ordered = sorted(alike.items(), key=lambda item: (-len(item[1]), item[0]))
    return [f"{len(found)} kinds lost in {', '.join(names) if len(names) < 20 else f'{len(names)} carriers'}: {', '.join(found)}" for names, found in ordered]


def main(seeds: int) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        done = write(Path(scratch), seeds)
        reported = agentkey(Path(scratch))
    result = score(done, reported, named=True)
    say(f"\n## Carriers: {len(kinds())} kinds, {len(CARRIERS)} carriers, {seeds} keys of each recipe")
    say(f"\nkeys found: {result.found} of {result.keys} ({result.found / result.keys:.2%}); near-misses named as their kind: {result.hit} of {result.misses}")
    say("\n" + by_carrier(done, result.lost) + "\n")
    for group in groups(result.lost):
        say(f"- {group}")
    for kind, count in Counter(case.kind for case in result.wrong).items():
        say(f"near-miss found: {kind} in {count} files")
    named = {case.path for case in result.wrong}
    others = {case.path for case in done if case.miss} - named
    other = Counter(one.rule for one in reported if one.path in others)
    say(f"near-misses that something else is said of: {dict(other)}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3)
