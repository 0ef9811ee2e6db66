"""The linter beside its peers: how long, how much memory, how many of the planted keys; and whether the targets are met.

usage: python bench/speed/bench.py [--quick] [--all] [--only CORPUS,…] [--against NAME,…] [--rounds N] [--no-write]

Every program runs on every corpus that it can do, all in turn, round by round, the order turned about each time; the numbers are medians. One that
takes very long runs in fewer rounds, and the table says in how many. Exit status 1 if a target of contest.toml is missed.
"""

import argparse
import datetime
import os
import platform
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from contenders import CONTEST, OURS, Contender, contenders
from corpora import FULL, QUICK, Corpus, corpora
from measure import LIMIT, STOPPED, Run, median, run
from scanners import say, table

PAGE = Path(__file__).resolve().parents[1] / "README.md"
ROUNDS, QUICK_ROUNDS = 9, 3
PATIENCE, QUICK_PATIENCE = 240.0, 4.0
"""A program gets no further round on a corpus once its rounds have taken so many seconds."""
HEAD = ["", "wall, ms", "CPU, ms", "peak MB", "keys found", "ours ÷ this", "rounds"]


class Row(NamedTuple):
    """One program on one corpus. run: the medians. wrong: why its numbers do not count, or nothing."""

    corpus: str
    name: str
    rounds: int
    run: Run
    keys: int
    planted: int
    wrong: str


class Verdict(NamedTuple):
    """One target and what was reached (None: nothing that counts was measured)."""

    words: str
    at_most: float
    reached: float | None

    def met(self) -> bool:
        return self.reached is not None and self.reached <= self.at_most


def compete(corpus: Corpus, everybody: list[Contender], rounds: int, patience: float) -> list[Row]:
    """Every program on one corpus. The first run of each fills the caches of files and of bytecode, and counts only if it took all of the patience."""
    able = [(one, command) for one in everybody if (command := one.command(corpus.job, corpus.files))]
    runs: dict[str, list[Run]] = {}
    for one, command in able:
        first = run(command, corpus.folder)
        runs[one.name] = [first] if first.wall > patience else []
        say(f"    {one.name}: {first.wall * 1000:.0f} ms")
    for number in range(rounds):
        for one, command in able if number % 2 else able[::-1]:
            if sum(done.wall for done in runs[one.name]) < patience:
                runs[one.name].append(run(command, corpus.folder))
    return [_row(corpus, one, runs[one.name]) for one, _ in able]


def _row(corpus: Corpus, one: Contender, runs: list[Run]) -> Row:
    wrong = sorted({f"stopped after {LIMIT} s" if done.status == STOPPED else f"exit status {done.status}" for done in runs if done.status not in one.ok})
    found = sum(any(mark.encode() in runs[-1].output for mark in marks) for marks in corpus.planted)
    return Row(corpus.name, one.name, len(runs), median(runs), found, len(corpus.planted), ", ".join(wrong))


def verdicts(rows: list[Row]) -> list[Verdict]:
    """What became of each target whose corpus and peer were measured."""
    found = []
    for target in CONTEST["target"]:
        here = {row.name: row for row in rows if row.corpus == target["corpus"]}
        peer = target.get("peer", "")
        if OURS not in here or (peer and peer != "fastest" and peer not in here):
            continue
        ours = here[OURS]
        if target.get("measure") == "memory":
            words, reached = f"{target['corpus']}: peak memory, MB", ours.run.memory
        else:
            others = [row for row in here.values() if not row.wrong and row.name != OURS and peer in (row.name, "fastest")]
            fastest = min(others, key=lambda row: row.run.wall, default=None)
            words = f"{target['corpus']}: ours ÷ {peer if peer != 'fastest' or fastest is None else f'the fastest ({fastest.name})'}"
            reached = ours.run.wall / fastest.run.wall if fastest else None
        found.append(Verdict(words, target["at_most"], None if ours.wrong else reached))
    return found


def rows_table(rows: list[Row]) -> str:
    ours = next(row.run.wall for row in rows if row.name == OURS)
    lines = []
    for row in sorted(rows, key=lambda row: row.run.wall):
        keys = "" if row.name == "python" else f"{row.keys} of {row.planted}"
        numbers = [f"{row.run.wall * 1000:,.0f}", f"{row.run.cpu * 1000:,.0f}", f"{row.run.memory:,.0f}"]
        ratio = "" if row.name == OURS else f"{ours / row.run.wall:.2f}"
        lines.append([row.name + (f" ({row.wrong}: does not count)" if row.wrong else ""), *numbers, keys, ratio, str(row.rounds)])
    return table(HEAD, lines)


def verdict_table(found: list[Verdict]) -> str:
    lines = [[one.words, f"{one.at_most:g}", "nothing" if one.reached is None else f"{one.reached:.2f}", "" if one.met() else "missed"] for one in found]
    return table(["target", "at most", "reached", ""], lines)


def machine() -> str:
    """The machine in a line: processor, cores, memory, system."""
    model = next((line.partition(":")[2].strip() for line in _lines("/proc/cpuinfo") if line.startswith("model name")), platform.machine())
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 1e9
    git = subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2]
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GB, {platform.system()} {platform.release()}, Python {platform.python_version()}, git {git}"


def _lines(path: str) -> list[str]:
    return Path(path).read_text(encoding="utf-8").splitlines() if Path(path).exists() else []


def page(everybody: list[Contender], everything: list[Corpus], rows: list[Row], found: list[Verdict], how: str) -> str:
    """What is written into the page: where and when, the targets, a table for each corpus, versions and command lines."""
    load = os.getloadavg()[0]
    parts = [f"{datetime.datetime.now(tz=datetime.UTC):%Y-%m-%d}, {how}; {machine()}; load {load:.1f} at the end.", verdict_table(found)]
    for corpus in everything:
        parts += [f"### {corpus.name.capitalize()}", f"{corpus.about}.", rows_table([row for row in rows if row.corpus == corpus.name])]
    commands = [[one.name, one.version, job, f"`{_short(one, command)}`"] for one in everybody for job, command in one.commands.items()]
    parts += ["### Versions and command lines", table(["program", "version", "job", "command line"], commands)]
    return "\n\n".join(parts)


def _short(one: Contender, command: str) -> str:
    """A command line without the folder of its environment."""
    first, _, rest = command.partition(" ")
    return f"{'python' if one.name == 'python' else Path(first).name} {rest}".replace(str(Path(first).parents[2]), "…")


def write(text: str, part: str) -> None:
    """Put a text between the markers of a part of the page."""
    begin, end = f"<!-- {part}: written by `make bench` -->", f"<!-- end of {part} -->"
    whole = PAGE.read_text(encoding="utf-8")
    before, _, rest = whole.partition(begin)
    PAGE.write_text(f"{before}{begin}\n\n{text}\n\n{end}{rest.partition(end)[2]}", encoding="utf-8")


def main(arguments: Any) -> int:
    rounds = arguments.rounds or (QUICK_ROUNDS if arguments.quick else ROUNDS)
    patience = QUICK_PATIENCE if arguments.quick else PATIENCE
    everybody = [one for one in contenders(arguments.all, arguments.quick) if not arguments.against or one.name in {OURS, *arguments.against.split(",")}]
    everything = [one for one in corpora(QUICK if arguments.quick else FULL) if not arguments.only or one.name in arguments.only.split(",")]
    rows: list[Row] = []
    for corpus in everything:
        say(f"\n{corpus.name}: {corpus.about}")
        rows += compete(corpus, everybody, rounds, patience)
        say(rows_table([row for row in rows if row.corpus == corpus.name]))
    found = verdicts(rows)
    how = f"{rounds} rounds{', small corpora (QUICK=1)' if arguments.quick else ''}"
    text = page(everybody, everything, rows, found, how)
    say("\n" + verdict_table(found))
    if not arguments.no_write:
        write(text, "table")
    return 0 if all(one.met() for one in found) else 1


def options(argv: list[str]) -> Any:
    parser = argparse.ArgumentParser(description="the linter beside its peers")
    parser.add_argument("--quick", action="store_true", help="small corpora, three rounds")
    parser.add_argument("--all", action="store_true", help="also programs that need more than Python (secretlint: npm)")
    parser.add_argument("--only", default="", metavar="CORPUS,…", help="these corpora alone; implies --no-write")
    parser.add_argument("--against", default="", metavar="NAME,…", help="these peers alone; implies --no-write")
    parser.add_argument("--rounds", type=int, default=0)
    parser.add_argument("--no-write", action="store_true", help="print the tables and leave bench/README.md as it is")
    found = parser.parse_args(argv)
    found.no_write |= bool(found.only or found.against)
    return found


if __name__ == "__main__":
    sys.exit(main(options(sys.argv[1:])))
