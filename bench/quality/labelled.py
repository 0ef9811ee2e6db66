"""Is a key told from what only looks like one? A labelled set of lines, generated from templates with a fixed seed.

usage: python bench/quality/labelled.py            totals of both halves
       python bench/quality/labelled.py --list     also the lines of half A that are missed or wrongly reported

The templates (`templates/*.txt`) are split by template: half A is there to tune on, of half B only totals are ever shown. A template is

    == name path/of/file
    + a line with a secret that has no shape           - a line that only looks like one
    * a line with a key of a known shape               x a line that only looks like one
      a line that only stands around                   | part of the key above, not judged

Parts in double braces are filled in: those of `PARTS` below, and those of agentkey_lint.testing.
"""

import hashlib
import random
import re
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from carriers import kinds
from parts import Filling
from scanners import Reported, agentkey, say, table

TEMPLATES = Path(__file__).with_name("templates")
FILLS = 10
"""How many files each template gives."""
CLASSES = {"*": "shaped", "x": "shaped", "+": "shapeless", "-": "shapeless"}
TRUE = "*+"


class Template(NamedTuple):
    """name: unique. path: of the file that it gives. lines: the mark and the text of each line."""

    name: str
    path: str
    lines: list[tuple[str, str]]


class Line(NamedTuple):
    """A labelled line. path: relative to the folder of the set. mark: see above; every line without a secret that is reported counts as wrong."""

    template: str
    half: str
    path: str
    number: int
    mark: str
    text: str


def templates() -> list[Template]:
    """All templates, by name of file and in the order of the file."""
    found = []
    for path in sorted(TEMPLATES.glob("*.txt")):
        for part in re.split(r"^== ", path.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
            head, *body = part.rstrip("\n").split("\n")
            name, _, where = head.partition(" ")
            found.append(Template(name, where, [(line[:1] or " ", line[2:]) for line in body]))
    return found


def half(name: str) -> str:
    """Which half a template belongs to: said by its name alone, so a new template moves no other."""
    return "A" if hashlib.sha256(name.encode()).digest()[0] % 2 else "B"


def lines(fills: int = FILLS) -> Iterator[Line]:
    """Every line of every file of the set, in order."""
    every = kinds()
    for template in templates():
        for nth in range(fills):
            filling = Filling(random.Random(f"{template.name}/{nth}"), every)
            path = f"{half(template.name)}/{hashlib.sha256(template.name.encode()).hexdigest()[:6]}{nth}/{template.path}"
            number = 0
            for mark, text in template.lines:
                for at, one in enumerate(filling.fill(text).split("\n")):
                    number += 1
                    yield Line(template.name, half(template.name), path, number, mark if not at else "|", one)


def write(folder: Path) -> list[Line]:
    """Write the files below a folder."""
    done = list(lines())
    texts: dict[str, list[str]] = defaultdict(list)
    for line in done:
        texts[line.path].append(line.text)
    for path, text in texts.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text("\n".join(text) + "\n", encoding="utf-8")
    return done


class Score(NamedTuple):
    """How many lines were rightly reported, wrongly reported and missed."""

    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 1.0

    @property
    def recall(self) -> float:
        return self.right / (self.right + self.missed) if self.right + self.missed else 1.0

    @property
    def f1(self) -> float:
        return 2 * self.precision * self.recall / (self.precision + self.recall) if self.right else 0.0


def outcome(line: Line, places: set[tuple[str, int]]) -> str:
    """What became of a line: right, wrong, missed, quiet, or nothing where it is not judged."""
    reported = (line.path, line.number) in places
    if line.mark == "|":
        return ""
    if line.mark in TRUE:
        return "right" if reported else "missed"
    return "wrong" if reported else "quiet"


def score(done: list[Line], reported: list[Reported], which: str, kind: str) -> Score:
    """The score of one half (A or B) for one class (shaped or shapeless); a line that only stands around belongs to shapeless."""
    places = {(one.path, one.line) for one in reported if one.shown}
    counts = Counter(outcome(line, places) for line in done if line.half == which and CLASSES.get(line.mark, "shapeless") == kind)
    return Score(counts["right"], counts["wrong"], counts["missed"])


def rows(tool: str, done: list[Line], reported: list[Reported], halves: str = "AB") -> list[list[str]]:
    """The rows of the table for one tool."""
    found = []
    for which in halves:
        for kind in ("shaped", "shapeless"):
            one = score(done, reported, which, kind)
            alike = sum(line.half == which and line.mark in "x-" and CLASSES[line.mark] == kind for line in done)
            ratios = [f"{ratio:.3f}" for ratio in (one.precision, one.recall, one.f1)]
            found.append([tool, which, kind, str(one.right + one.missed), *ratios, f"{one.wrong} of {alike}"])
    return found


HEAD = ["tool", "half", "class", "true lines", "precision", "recall", "F1", "look-alikes reported"]


def listing(done: list[Line], reported: list[Reported], tell: Callable[[str], None] = say) -> None:
    """The lines of half A that came out wrong, by template: how many of its fills, and the line's text in the template."""
    places = {(one.path, one.line): one for one in reported if one.shown}
    by_name = {template.name: template for template in templates()}
    counts: Counter[tuple[str, str, str, str]] = Counter()
    for line in done:
        what = outcome(line, set(places))
        if line.half == "A" and what in ("missed", "wrong"):
            counts[what, line.template, _source(by_name[line.template], done, line), "" if what == "missed" else places[line.path, line.number].rule] += 1
    for (what, template, text, rule), count in sorted(counts.items()):
        tell(f"{what} {count:2}/{FILLS} {template}: {text.strip()} {rule and f'[{rule}]'}")


def _source(template: Template, done: list[Line], line: Line) -> str:
    """The line of a template that a line was made from; a part of several lines is the last that a template holds before more text."""
    before = sum(1 for other in done if other.path == line.path and other.number < line.number and other.mark != "|")
    return [text for mark, text in template.lines if mark != "|"][before]


def main(arguments: list[str]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        done = write(Path(scratch))
        reported = agentkey(Path(scratch))
    marks = Counter(line.mark for line in done)
    judged = sum(marks[mark] for mark in CLASSES)
    say(f"\n## Labelled set: {len(templates())} templates, {judged} labelled lines, {marks['*'] + marks['+']} of them true\n")
    say(table(HEAD, rows("agentkey-lint", done, reported)))
    if "--list" in arguments:
        listing(done, reported)


if __name__ == "__main__":
    main(sys.argv[1:])
