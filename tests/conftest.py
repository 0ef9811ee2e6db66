"""What all tests share: a home of their own, copies of this checkout, and the command as a person runs it."""

import os
import runpy
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# A CI run judges one commit: the same examples every time. Elsewhere each run looks at new ones. A busy machine is no fault of a test.
settings.register_profile("ci", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("anywhere", suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("ci" if os.environ.get("CI") else "anywhere")

ROOT = Path(__file__).resolve().parents[1]
SETTINGS = """[user]
name = T
email = t@example.com
[init]
defaultBranch = main
[commit]
gpgsign = false
"""


@pytest.fixture(scope="session", autouse=True)
def own_home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """No test depends on the settings of the person who runs it: git's come from a home of our own, pip's and its cache stay where they are."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # as a shell starts what runs in the background; what tests start would inherit it
        signal.signal(signal.SIGINT, signal.default_int_handler)
    home, real = tmp_path_factory.mktemp("home"), Path.home()
    (home / ".gitconfig").write_text(SETTINGS)
    with pytest.MonkeyPatch.context() as patch:
        for name in list(os.environ):
            if name.startswith(("GIT_", "MAKE", "PRE_COMMIT")) or name in ("MFLAGS", "XDG_CONFIG_HOME", "NO_COLOR", "PYTHONPATH"):
                patch.delenv(name)
        patch.setenv("HOME", str(home))
        patch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        patch.setenv("XDG_CACHE_HOME", os.environ.get("XDG_CACHE_HOME") or str(real / ".cache"))
        for settings in (real / ".config" / "pip" / "pip.conf", real / ".pip" / "pip.conf"):
            if settings.exists() and "PIP_CONFIG_FILE" not in os.environ:
                patch.setenv("PIP_CONFIG_FILE", str(settings))
        yield home


@pytest.fixture(scope="session")
def checkout() -> list[str]:
    """Every file of this checkout that is committed or about to be: what a fresh clone would hold."""
    listing = ("git", "-c", "safe.directory=*", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    names = set(os.fsdecode(subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout).split("\0"))
    return sorted(name for name in names if name and (ROOT / name).is_file())


@pytest.fixture(scope="session")
def copy_checkout(checkout: list[str]) -> Callable[[Path], Path]:
    """Copy this checkout to a new folder, as a fresh clone would be."""

    def copy(target: Path) -> Path:
        for name in checkout:
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
        return target

    return copy


@pytest.fixture(scope="session")
def lint() -> Callable[..., "subprocess.CompletedProcess[bytes]"]:
    """Run `python -m agentkey_lint` in a folder. package: the folder that holds the package, this checkout unless told otherwise."""

    def lint(folder: Path, *arguments: str | bytes, package: Path = ROOT, stdin: bytes = b"", **environment: str) -> "subprocess.CompletedProcess[bytes]":
        variables = {**os.environ, "PYTHONPATH": str(package), **environment}
        return subprocess.run([sys.executable, "-m", "agentkey_lint", *arguments], cwd=folder, env=variables, input=stdin, capture_output=True, timeout=120)

    return lint


@pytest.fixture
def leaky(tmp_path: Path) -> Path:
    """The example of a leaky agent as a git repository, everything staged and nothing committed, so that every mode sees the same files."""
    folder = tmp_path / "leaky"
    folder.mkdir()
    runpy.run_path(str(ROOT / "tools" / "demo.py"))["repository"](ROOT / "examples" / "leaky-agent", folder)
    subprocess.run(["git", "update-ref", "-d", "HEAD"], cwd=folder, check=True)
    return folder
