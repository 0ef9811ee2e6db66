"""What the bar for whoever waits says. That a terminal alone is shown one is held where something takes long."""

from agentkey_lint.commands.progress import line


def test_the_bar_of_things_that_are_counted() -> None:
    assert line(50, 100, 10**7, 1) == f"[{'#' * 15}{'.' * 15}]  50%  50/100 objects  10 MB/s  0:01 left"
    assert line(3, 3, 0, 0, "repositories") == f"[{'#' * 30}] 100%  3/3 repositories"


def test_the_bar_of_bytes() -> None:
    assert line(50, 100, 50, 1, "") == f"[{'#' * 15}{'.' * 15}]  50%  0 MB  0 MB/s  0:01 left"
    assert line(5_000_000, 0, 5_000_000, 2, "") == "5 MB  2 MB/s", "how much there is, is not known"
    assert line(200, 100, 200, 0, "").startswith(f"[{'#' * 30}] 100%"), "the file has grown"
