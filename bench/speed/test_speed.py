"""The measuring itself: runs are timed as they are, targets judged as they are written, plots well-formed.

usage: python -m pytest bench/speed
"""

import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import contenders
import corpora
import growth
import plot
from measure import STOPPED, Run, median, run

import bench

HERE = Path(__file__).parent


def row(name: str, wall: float, corpus: str = "staged", wrong: str = "", memory: float = 10.0) -> bench.Row:
    return bench.Row(corpus, name, 3, Run(wall, wall, memory, 0), 3, 3, wrong)


def test_a_run_is_timed_from_outside() -> None:
    done = run([sys.executable, "-c", "import time; time.sleep(0.3); x = b'x' * 50_000_000; print('done')"], HERE)
    assert 0.3 <= done.wall < 5 and done.cpu < done.wall and 50 < done.memory < 120 and (done.status, done.output) == (0, b"done\n")
    assert run([sys.executable, "-c", "raise SystemExit(3)"], HERE).status == 3


def test_a_run_that_takes_too_long_is_stopped_with_what_it_started() -> None:
    code = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(60)'])"
    done = run([sys.executable, "-c", code], HERE, limit=1)
    assert done.wall < 10 and done.status == STOPPED


def test_medians() -> None:
    assert median([Run(1, 5, 1, 0), Run(2, 4, 9, 0), Run(9, 3, 2, 1, b"x")]) == Run(2, 4, 2, 1, b"x")


def test_a_target_is_met_up_to_its_bound_and_a_failed_run_meets_none(monkeypatch: pytest.MonkeyPatch) -> None:
    target = {"corpus": "staged", "peer": "betterleaks", "at_most": 0.5}
    fastest = {"corpus": "staged", "peer": "fastest", "at_most": 0.5}
    memory = {"corpus": "staged", "measure": "memory", "at_most": 9}
    monkeypatch.setitem(contenders.CONTEST, "target", [target, fastest, memory])
    rows = [row("agentkey-lint", 1.0), row("betterleaks", 2.0), row("gitleaks", 1.5), row("kingfisher", 0.1, wrong="exit status 2")]
    assert [(one.reached, one.met()) for one in bench.verdicts(rows)] == [(0.5, True), (1 / 1.5, False), (10.0, False)]
    rows[0] = rows[0]._replace(wrong="exit status 2")
    assert not any(one.met() for one in bench.verdicts(rows))


def test_the_contest_names_what_there_is() -> None:
    names = {"staged", "staged formats", "tree", "tree of JSON", "history", "small history", "history of data"}
    for target in contenders.CONTEST["target"]:
        assert target["corpus"] in names
        assert target.get("measure") == "memory" or target["peer"] in {"fastest", *contenders.CONTEST["contender"]}


def test_staged_files_hold_a_key_each_and_are_the_same_each_time() -> None:
    for files in (corpora.staged, corpora.formats):
        assert files() == files()
        assert [sum(key in text for key in corpora.keys(3)) for text in files().values()] == [1, 1, 1]


def test_files_are_put_for_their_mark_and_nowhere_else() -> None:
    one = contenders.Contender("x", "1", {"staged": "/x/bin/x --all {files} end"}, (0,))
    assert one.command("staged", ("a b", "c")) == ["/x/bin/x", "--all", "a b", "c", "end"]
    assert one.command("tree", ()) == []


def test_the_table_stands_between_its_markers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = tmp_path / "README.md"
    page.write_text("before\n<!-- table: written by `make bench` -->\nold\n<!-- end of table -->\nafter\n", encoding="utf-8")
    monkeypatch.setattr(bench, "PAGE", page)
    for text in ("one", "two"):
        bench.write(text, "table")
        assert page.read_text(encoding="utf-8") == f"before\n<!-- table: written by `make bench` -->\n\n{text}\n\n<!-- end of table -->\nafter\n"


def test_steepness() -> None:
    assert growth.steepness([(1, 0.2), (100, 10.1)], 0.1) == pytest.approx(1)
    assert growth.steepness([(1, 1.0), (10, 100.0)], 0.0) == pytest.approx(2)


def test_a_plot_is_well_formed_and_holds_every_point() -> None:
    root = ElementTree.fromstring(plot.plot("files", "seconds", [(1, 0.5), (10, 2), (1_000, 31)]))
    assert len(root.findall("{http://www.w3.org/2000/svg}circle")) == 3
    where = [(float(one.attrib["cx"]), float(one.attrib["cy"])) for one in root.findall("{http://www.w3.org/2000/svg}circle")]
    assert where == sorted(where) and all(0 <= x <= plot.WIDTH and 0 <= y <= plot.HEIGHT for x, y in where)
