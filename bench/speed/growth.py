"""How cost grows: with bytes, files, findings, families of patterns and cores, each drawn as a plot and held against what it may be at most.

usage: python bench/speed/growth.py [--quick] [--no-write]

Each point is the shortest of some runs: noise only ever adds. Growth is linear or better when doubling the work takes at most 2.0 ** SLACK times as
long, over the whole range and beyond what a start takes. Exit status 1 if something grows faster.
"""

import math
import os
import random
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from corpora import ROOT, SOURCE, keys, texts
from measure import run
from plot import plot
from scanners import say, table

from bench import machine, write

PLOTS = ROOT / "bench" / "plots"
SLACK = 1.10
FAMILY = 0.005
"""A family of patterns may add so much of the time at the most."""
PROGRAM = "import sys; sys.path.insert(0, sys.argv.pop(1)); from agentkey_lint.main import run; run()"


class Curve(NamedTuple):
    """Seconds against some measure of the work. met: whether it grows as it may; says: the same in words."""

    name: str
    unit: str
    points: list[tuple[float, float]]
    met: bool
    says: str


def seconds(folder: Path, rounds: int, cores: tuple[int, ...] = (), package: Path = ROOT) -> float:
    """The shortest time of a `check` of a folder, after one that fills the caches. Raises RuntimeError if it did not do its whole job."""
    done = [run([sys.executable, "-c", PROGRAM, str(package), "check", "."], folder, cores) for _ in range(rounds + 1)]
    if any(one.status not in (0, 1) for one in done):
        raise RuntimeError(f"check ended with {done[0].status}: {done[0].output[-300:]!r}")
    return min(one.wall for one in done)


@contextmanager
def scratch() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


def linear(name: str, unit: str, amounts: list[int], build: Callable[[Path, int], None], rounds: int) -> Curve:
    """The curve of a check of what is built for each amount."""
    points = []
    for amount in amounts:
        with scratch() as folder:
            build(folder, amount)
            points.append((float(amount), seconds(folder, rounds)))
        say(f"  {name}: {amount:,} {unit}: {points[-1][1] * 1000:,.0f} ms")
    with scratch() as folder:
        start = seconds(folder, rounds)
    slope = steepness(points, start)
    return Curve(name, unit, points, slope <= SLACK, f"grows with power {slope:.2f}")


def steepness(points: list[tuple[float, float]], start: float) -> float:
    """The power with which time grows between the first and the last point, what a start takes taken off. 1: linear."""
    (first, early), (last, late) = points[0], points[-1]
    return math.log(max(late - start, 1e-3) / max(early - start, 1e-3)) / math.log(last / first)


def of_bytes(folder: Path, megabytes: int) -> None:
    """Source files of the packages, as many as it takes."""
    left = megabytes * 1_000_000
    for number, path in enumerate(texts(SOURCE)):
        data = path.read_bytes()[:left]
        (folder / f"{number}{path.suffix}").write_bytes(data)
        left -= len(data)
        if left <= 0:
            return


def of_files(folder: Path, count: int) -> None:
    for number in range(count):
        place = folder / str(number // 500)
        place.mkdir(exist_ok=True)
        (place / f"part_{number}.py").write_text(f"def step_{number}(value):\n    return value + {number}\n" * 10, encoding="utf-8")


def of_findings(folder: Path, count: int) -> None:
    """One file with so many keys."""
    (folder / "many.py").write_text("".join(f'setting_value = "{key}"\n' for key in keys(count)), encoding="utf-8")


def families(amounts: list[int], megabytes: int, rounds: int) -> Curve:
    """The same tree, by copies of the linter whose catalogue has so many made-up families of keys and no others.

    Throughput is that beyond the first tenth of the tree: every run compiles the catalogue's literals once, which is no matter of the bytes.
    """
    points, beyond = [], []
    with scratch() as tree, scratch() as tenth:
        of_bytes(tree, megabytes)
        of_bytes(tenth, megabytes // 10)
        for amount in amounts:
            with scratch() as package:
                compiled(package, amount)
                points.append((float(amount), seconds(tree, rounds, package=package)))
                beyond.append(points[-1][1] - seconds(tenth, rounds, package=package))
            say(f"  families: {amount:,}: {points[-1][1] * 1000:,.0f} ms")
    each = (beyond[-1] - beyond[0]) / (amounts[-1] - amounts[0]) / beyond[0]
    return Curve("families", "families of patterns", points, each <= FAMILY, f"a family adds {max(each, 0):.3%} of the time for the bytes")


def compiled(package: Path, amount: int) -> None:
    """A copy of the linter with a catalogue of so many families, each with a prefix of its own."""
    rng = random.Random("families")
    shutil.copytree(ROOT / "agentkey_lint", package / "agentkey_lint", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "rules", package / "rules", ignore=lambda folder, names: names if Path(folder).name == "keys" else [])
    for number in range(amount):
        prefix = "".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=4))
        family = f"""
vendor = "Vendor {number}"
source = "https://example.com/"

[[key]]
id = "family-{number}"
name = "API key"
pattern = '{prefix}{number}_[A-Za-z0-9]{{32}}'
tier = "write"
lifetime = "long-lived"
recipes = []
near_misses = []
"""
        (package / "rules" / "keys" / f"family-{number}.toml").write_text(family, encoding="utf-8")
    code = "import sys; sys.path.insert(0, '.'); from agentkey_lint.catalog.compile import main; sys.argv[1:] = []; sys.exit(main())"
    done = run([sys.executable, "-c", code], package)
    if done.status:
        raise RuntimeError(f"the catalogue of {amount} families was not compiled: {done.output[-300:]!r}")


def cores(megabytes: int, rounds: int) -> Curve:
    """The same tree with more and more cores. More of them must help: each by half of what it could at least."""
    able = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    amounts = sorted({1, *(2**power for power in range(1, 4) if 2**power <= len(able)), min(len(able), 8)})
    points = []
    with scratch() as tree:
        of_bytes(tree, megabytes)
        for amount in amounts:
            points.append((float(amount), seconds(tree, rounds, tuple(able[:amount]))))
            say(f"  cores: {amount}: {points[-1][1] * 1000:,.0f} ms")
    gain = points[0][1] / points[-1][1]
    return Curve("cores", "cores", points, gain >= (1 + amounts[-1]) / 2 * 0.9, f"{amounts[-1]} are {gain:.2f} times as fast as one")


def main(quick: bool, keep: bool) -> int:
    rounds = 2 if quick else 5
    curves = [
        linear("bytes", "MB", [1, 2, 4, 8] if quick else [5, 10, 20, 40, 80, 160], of_bytes, rounds),
        linear("files", "files", [500, 1_000, 2_000] if quick else [1_000, 2_000, 5_000, 10_000, 20_000], of_files, rounds),
        linear("findings", "findings in one file", [1_000, 4_000, 16_000] if quick else [1_000, 5_000, 20_000, 50_000, 100_000], of_findings, rounds),
        families([100, 300, 1_000], 10 if quick else 40, rounds),
        cores(10 if quick else 80, rounds),
    ]
    rows = [[one.name, f"{one.points[0][0]:,.0f} to {one.points[-1][0]:,.0f} {one.unit}", one.says, "" if one.met else "missed"] for one in curves]
    text = table(["time against", "range", "", ""], rows)
    say("\n" + text)
    if not keep:
        PLOTS.mkdir(exist_ok=True)
        for one in curves:
            (PLOTS / f"{one.name}.svg").write_text(plot(one.unit, "seconds", one.points), encoding="utf-8")
        pictures = "\n".join(f"![seconds against {one.unit}](plots/{one.name}.svg)" for one in curves)
        write(f"{machine()}; the shortest of {rounds} runs each.\n\n{text}\n\n{pictures}", "growth")
    return 0 if all(one.met for one in curves) else 1


if __name__ == "__main__":
    sys.exit(main("--quick" in sys.argv[1:], "--no-write" in sys.argv[1:]))
