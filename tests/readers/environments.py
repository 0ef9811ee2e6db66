"""Build the environments of the real readers: `python tests/readers/environments.py`, or `make test-readers`.

Each table of pins.toml becomes a folder below .venv-readers/ of this checkout, which is left alone as long as its table stays as it is.
"""

import shutil
import subprocess
import sys
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parents[1] / ".venv-readers"
PINS: dict[str, dict[str, Any]] = tomllib.loads((HERE / "pins.toml").read_text())


def stamp(name: str) -> str:
    """What a built environment must have been built from."""
    return f"{PINS[name]} {sys.version_info[:2]}"


def built(name: str) -> bool:
    """Whether an environment is there and of today's pins."""
    file = FOLDER / name / "built"
    return file.exists() and file.read_text() == stamp(name)


def build(name: str) -> str:
    """Build an environment unless it is there; what was done, in a line. Raises CalledProcessError with pip's or npm's own words."""
    folder, pins = FOLDER / name, PINS[name]
    if built(name):
        return f"{name}: there"
    shutil.rmtree(folder, ignore_errors=True)
    if "npm" in pins:
        npm = shutil.which("npm")
        if npm is None or shutil.which("node") is None:
            return f"{name}: SKIPPED, for node and npm are not here"
        folder.mkdir(parents=True)
        # Scripts of packages are not run: what is tested here is JavaScript as it was published.
        _run(npm, "install", "--silent", "--no-audit", "--no-fund", "--ignore-scripts", "--prefix", str(folder), *pins["npm"])
    else:
        _run(sys.executable, "-m", "venv", str(folder))
        options = ["--quiet", "--disable-pip-version-check", "--no-compile", "--prefer-binary"]
        options += [] if pins.get("dependencies", True) else ["--no-deps"]
        _run(str(folder / "bin" / "python"), "-m", "pip", "install", *options, *pins["pip"])
    (folder / "built").write_text(stamp(name))
    return f"{name}: built"


def _run(*command: str) -> None:
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode:
        sys.stderr.write(done.stdout)
    done.check_returncode()


def main() -> None:
    slowest_first = sorted(PINS, key=lambda name: name != "litellm")
    with ThreadPoolExecutor(2) as pool:
        for line in pool.map(build, slowest_first):
            sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    main()
