"""Who is measured: the linter of this checkout and its peers, each installed at its pinned version into an environment of its own."""

import json
import shlex
import shutil
import subprocess
import sys
import tomllib
import venv
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT / "bench" / "quality")]
from scanners import CACHE, say

CONTEST: dict[str, Any] = tomllib.loads(Path(__file__).with_name("contest.toml").read_text(encoding="utf-8"))
OURS = "agentkey-lint"
PIP = "pip==26.3"
"""What installs everyone: the commands that older ones write import `re`, whether it is wanted or not. Tools that make environments bring a recent one."""


class Contender(NamedTuple):
    """One program. commands: by job, with what stands in braces filled in but for the files. ok: the exit statuses of a run that did its whole job."""

    name: str
    version: str
    commands: dict[str, str]
    ok: tuple[int, ...]

    def command(self, job: str, files: tuple[str, ...]) -> list[str]:
        """The words to run, or none where it cannot do this job."""
        words = shlex.split(self.commands.get(job, ""))
        return [one for word in words for one in (files if word == "{files}" else (word,))]


def contenders(everyone: bool = False, quick: bool = False) -> list[Contender]:
    """The contenders, installed where they are not yet. everyone: also those that need more than Python. quick: slow ones scan no trees."""
    found = []
    for name, row in CONTEST["contender"].items():
        if row.get("all") and not everyone:
            continue
        home = _ours() if name == OURS else Path(sys.prefix) if "version" not in row else _npm(name, row) if "npm" in row else _peer(row)
        site = next(home.glob("lib/python*/site-packages"), home)
        known = {"{bin}": str(home / "bin"), "{home}": str(home), "{site}": str(site), "{python}": sys.executable}
        commands = {}
        for job in ("staged", "tree", "history"):
            if job in row and not (quick and job == "tree" and row.get("slow")):
                commands[job] = row[job]
                for mark, text in known.items():
                    commands[job] = commands[job].replace(mark, text)
        version = row.get("version") or (_version() if name == OURS else sys.version.split()[0])
        found.append(Contender(name, version, commands, tuple(row["ok"])))
    return found


def _version() -> str:
    sys.path[:0] = [str(ROOT)]
    from agentkey_lint import __version__

    done = subprocess.run(["git", "-C", str(ROOT), "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False)
    return f"{__version__} at {done.stdout.strip()}" if done.returncode == 0 else __version__


def _ours() -> Path:
    """Installed as a user has it, from a wheel; anew each time, for the checkout may have changed."""
    home = CACHE / OURS
    _environment(home, str(ROOT), OURS)
    build = CACHE / f"{OURS}-build"  # a copy, so that no build folder is left in the checkout
    shutil.rmtree(build, ignore_errors=True)
    build.mkdir(parents=True)
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copyfile(ROOT / name, build / name)
    shutil.copytree(ROOT / "agentkey_lint", build / "agentkey_lint", ignore=shutil.ignore_patterns("__pycache__"))
    _pip(home, "--force-reinstall", "--no-deps", str(build))
    return home


def _peer(row: dict[str, Any]) -> Path:
    home = CACHE / f"{row['package']}-{row['version']}"
    _environment(home, f"{row['package']}=={row['version']}", f"{row['package']} {row['version']}")
    return home


def _environment(home: Path, what: str, name: str) -> None:
    """An environment with one package and what it needs, unless it is there."""
    if not (home / f"installed by {PIP}").exists():
        say(f"  installing {name}")
        venv.create(home, with_pip=True, clear=True)
        _pip(home, PIP)
        _pip(home, what)
        (home / f"installed by {PIP}").touch()


def _pip(home: Path, *what: str) -> None:
    subprocess.run([home / "bin" / "python", "-m", "pip", "install", "-qq", "--disable-pip-version-check", *what], check=True)


def _npm(name: str, row: dict[str, Any]) -> Path:
    home = CACHE / f"{name}-{row['version']}"
    if not (home / "installed").exists():
        say(f"  installing {name} {row['version']}")
        home.mkdir(parents=True, exist_ok=True)
        packages = [f"{package}@{row['version']}" for package in row["npm"]]
        subprocess.run(["npm", "install", "--silent", "--no-audit", "--no-fund", "--prefix", str(home), *packages], check=True)
        rules = {"rules": [{"id": row["npm"][1]}]}
        (home / "secretlintrc.json").write_text(json.dumps(rules), encoding="utf-8")
        (home / "installed").touch()
    return home
