"""Real repositories for the tests of this room, free of the settings of the machine they run on."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from discover_repo import Repo

SETTINGS = """[user]
name = T
email = t@example.com
[init]
defaultBranch = main
[protocol "file"]
allow = always
[commit]
gpgsign = false
"""


@pytest.fixture(autouse=True)
def home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own for each test; both the tests' git and the linter's read their settings there."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".gitconfig").write_text(SETTINGS)
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return folder


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Repo]:
    def make(name: str = "repo") -> Repo:
        root = tmp_path / name
        root.mkdir(parents=True)
        repo = Repo(root)
        repo.git("init", "-q")
        return repo

    return make


@pytest.fixture
def repo(make: Callable[..., Repo], monkeypatch: pytest.MonkeyPatch) -> Repo:
    """A new repository that is also the current folder."""
    repo = make()
    monkeypatch.chdir(repo.root)
    return repo


@pytest.fixture
def as_nobody(home: Path) -> Iterator[Callable[[Callable[[], str]], str]]:
    """Run a function as a user who is not root and return its text; root may read everything."""

    def run(function: Callable[[], str]) -> str:
        reading, writing = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                if os.geteuid() == 0:
                    os.setgroups([])
                    os.setgid(65534)
                    os.setuid(65534)
                said = function()
            except BaseException as error:
                said = f"{type(error).__name__}: {error}"
            os.write(writing, said.encode("utf-8", "surrogateescape"))
            os._exit(0)
        os.close(writing)
        with open(reading, "rb") as pipe:
            said = pipe.read().decode("utf-8", "surrogateescape")
        os.waitpid(child, 0)
        return said

    yield run


@pytest.fixture
def open_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A temporary folder that any user may enter."""
    folder = tmp_path_factory.mktemp("open")
    place = folder
    while place != Path(place.anchor) and place.stat().st_uid == os.geteuid() and place != Path("/tmp"):
        place.chmod(place.stat().st_mode | 0o055)
        place = place.parent
    return folder
