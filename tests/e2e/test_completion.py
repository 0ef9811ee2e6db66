"""Completion in the real shells: what each offers for a line that is begun."""

import os
import pty
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from agentkey_lint.arguments import COMMANDS
from agentkey_lint.engine.pipeline import rules

ROOT = Path(__file__).resolve().parents[2]
LINES = [
    ("", set(COMMANDS)),
    ("manifest ", {"init", "add", "rotated"}),
    ("manifest init --di", {"--diff"}),
    ("init --on", {"--only"}),
    ("completion ", {"bash", "zsh", "fish"}),
    ("check --min-conf", {"--min-confidence"}),
    ("check --min-confidence ", {"low", "medium", "high"}),
    ("check src --format j", {"json", "junit"}),
    ("explain unignored", {"unignored-secret-file"}),
    ("check pl", {"plan.txt", "places.txt"}),
    ("check --base pl", set()),
    ("explain --why pl", {"plan.txt", "places.txt"}),
]
"""What stands behind the program's name, and what may follow."""


def script(shell: str) -> str:
    done = subprocess.run([sys.executable, "-m", "agentkey_lint", "completion", shell], cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout


def found(shell: str) -> str:
    program = shutil.which(shell)
    if program is None:
        pytest.skip(f"{shell} is not installed on this machine")
    return program


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("plan.txt", "places.txt", "other"):
        (tmp_path / name).write_text("")
    return tmp_path


@pytest.mark.parametrize(("line", "offered"), LINES)
def test_bash(line: str, offered: set[str], folder: Path) -> None:
    (folder / "script").write_text(script("bash"))
    words = ["agentkey-lint", *line.split(" ")]
    asked = f'source ./script; COMP_WORDS=("$@"); COMP_CWORD={len(words) - 1}; _agentkey_lint; printf \'%s\\n\' "${{COMPREPLY[@]}}"; complete -p agentkey-lint'
    done = subprocess.run(["bash", "--noprofile", "--norc", "-c", asked, "bash", *words], cwd=folder, capture_output=True, text=True, timeout=30)
    *got, installed = done.stdout.splitlines()
    assert installed == "complete -F _agentkey_lint agentkey-lint" and done.stderr == ""
    assert set(got) - {""} == offered


def test_bash_knows_a_value_behind_an_equals_sign(folder: Path) -> None:
    (folder / "script").write_text(script("bash"))
    asked = "source ./script; COMP_WORDS=(agentkey-lint check --format = js); COMP_CWORD=4; _agentkey_lint; echo ${COMPREPLY[@]}"
    assert subprocess.run(["bash", "-c", asked], cwd=folder, capture_output=True, text=True).stdout == "json\n"


@pytest.mark.parametrize(("line", "offered"), LINES)
def test_fish(line: str, offered: set[str], folder: Path) -> None:
    (folder / "script").write_text(script("fish"))
    asked = f"source script; complete -C 'agentkey-lint {line}'"
    done = subprocess.run([found("fish"), "--no-config", "-c", asked], cwd=folder, capture_output=True, text=True, timeout=30)
    got = {row.partition("\t")[0] for row in done.stdout.splitlines()}
    assert done.stderr == "" and got == offered


def test_zsh(folder: Path) -> None:
    program = found("zsh")
    (folder / "functions").mkdir()
    (folder / "functions" / "_agentkey-lint").write_text(script("zsh"))
    with Terminal(program, folder) as zsh:
        zsh.type("fpath=($PWD/functions $fpath); autoload -Uz compinit; compinit -u -D; LISTMAX=1000; PS1='> '; echo set$((1 + 1))\n", {"set2"})
        for line, offered in LINES:
            shown = zsh.type(f"\x15agentkey-lint {line}\t\t", offered)
            assert all(stands(word, shown) for word in offered), shown
            assert not {name for name in COMMANDS if name not in offered and re.search(rf"^{name} +--", shown, re.MULTILINE)}, shown


def stands(word: str, text: str) -> bool:
    return re.search(rf"(?<![\w-]){re.escape(word)}(?![\w-])", text) is not None


class Terminal:
    """A shell at a terminal."""

    def __init__(self, program: str, folder: Path) -> None:
        variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "TERM": "dumb", "LINES": "50", "COLUMNS": "200"}
        self.master, slave = pty.openpty()
        self.process = subprocess.Popen([program, "-f", "-i"], cwd=folder, env=variables, stdin=slave, stdout=slave, stderr=slave, start_new_session=True)
        os.close(slave)
        os.set_blocking(self.master, False)

    def __enter__(self) -> "Terminal":
        return self

    def __exit__(self, *error: object) -> None:
        self.process.kill()
        self.process.wait()
        os.close(self.master)

    def type(self, text: str, awaited: set[str]) -> str:
        """What is shown after some keys: until the words that are waited for have come (a machine may be slow), and half a second more."""
        os.write(self.master, text.encode())
        said, end, quiet = "", time.monotonic() + 30, 0.0
        while time.monotonic() < end and (quiet < 0.5 or not all(stands(word, said) for word in awaited)):
            try:
                said += os.read(self.master, 65536).decode("utf-8", "replace").replace("\r", "")
                quiet = 0.0
            except BlockingIOError:
                time.sleep(0.05)
                quiet += 0.05
        return said


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_can_read_it_and_every_rule_is_in_it(shell: str, folder: Path) -> None:
    text = script(shell)
    (folder / "script").write_text(text)
    assert all(rule.id in text for rule in rules())
    done = subprocess.run([found(shell), "-n", "script"], cwd=folder, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
