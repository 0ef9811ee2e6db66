"""Whole processes, one after the other, timed from outside."""

import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

CALM = {"NO_COLOR": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}

LIMIT = 300
"""A program is stopped after so many seconds."""
STOPPED = -9
"""The exit status of one that was."""

TIMER = """
import os, signal, sys, time
if sys.argv[2]:
    os.sched_setaffinity(0, map(int, sys.argv[2].split(",")))
start = time.perf_counter()
child = os.posix_spawn(sys.argv[4], sys.argv[4:], os.environ, setpgroup=0)
signal.signal(signal.SIGALRM, lambda *_: os.killpg(child, signal.SIGKILL))
signal.alarm(int(sys.argv[3]))
_, status, used = os.wait4(child, 0)
wall = time.perf_counter() - start
os.write(int(sys.argv[1]), f"{wall} {used.ru_utime + used.ru_stime} {used.ru_maxrss} {os.waitstatus_to_exitcode(status)}".encode())
"""
"""Starts the program and waits for it: a process with little memory of its own, for the kernel counts that of a starting process as the child's."""


class Run(NamedTuple):
    """One run. wall, cpu: seconds, of the process and all that it started. memory: MB at the most, of its largest process. status: of its exit."""

    wall: float
    cpu: float
    memory: float
    status: int
    output: bytes = b""


def run(command: list[str], folder: Path, cores: "tuple[int, ...]" = (), limit: int = LIMIT) -> Run:
    """Run a command (its first word a whole path) in a folder. What it prints goes to a file, so that nobody waits for a reader. cores: those it may use.

    limit: seconds after which it is stopped with all that it started.
    """
    environment = {**{name: text for name, text in os.environ.items() if not name.startswith(("PYTHON", "GIT_"))}, **CALM}
    answer, reply = os.pipe()
    with tempfile.TemporaryFile() as out:
        words = [sys.executable, "-I", "-S", "-c", TIMER, str(reply), ",".join(map(str, cores)), str(limit), *command]
        subprocess.run(words, cwd=folder, env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out, pass_fds=(reply,), check=True)
        os.close(reply)
        with os.fdopen(answer) as told:
            wall, cpu, largest, status = told.read().split()
        out.seek(0)
        return Run(float(wall), float(cpu), int(largest) / (1e6 if sys.platform == "darwin" else 1e3), int(status), out.read())


def median(runs: list[Run]) -> Run:
    """The medians of some runs, each number by itself; status and output are the last one's."""
    wall, cpu, memory = (statistics.median(getattr(one, name) for one in runs) for name in ("wall", "cpu", "memory"))
    return Run(wall, cpu, memory, runs[-1].status, runs[-1].output)
