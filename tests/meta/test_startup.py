"""What a run loads: a hook is started thousands of times, so nothing is imported before it is needed."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from agentkey_lint import arguments

ROOT = Path(__file__).resolve().parents[2]
FORMATS = {"yaml", "json", "tomllib", "tomlkit", "tree_sitter", "tree_sitter_json", "tree_sitter_toml", "tree_sitter_hcl", "jsonschema", "referencing"}
HEAVY = {
    "dataclasses",
    "inspect",
    "typing",
    "importlib.metadata",
    "asyncio",
    "json",
    "yaml",
    "tree_sitter",
    "jsonschema",
    "rich",
    "tomlkit",
    "multiprocessing",
    "detect_secrets",
    "socket",
    "argparse",
    "pathlib",
    "pygls",
}
RUN = "from agentkey_lint.main import main; status = main(sys.argv[1:]); print(status, *sorted(sys.modules), file=sys.stderr)"


def run(folder: Path, *arguments: str, before: str = "", after: str = "") -> tuple[int, str, set[str]]:
    """The exit status of a run in a fresh process, what it prints, and the modules that are loaded at its end. -S: no site packages of others' .pth files."""
    paths = [str(ROOT), *(path for path in sys.path if path.endswith("site-packages"))]
    command = [sys.executable, "-S", "-c", f"import sys; sys.path[:0] = {paths!r}; {before}{RUN}{after}", *arguments]
    done = subprocess.run(command, cwd=folder, env={**os.environ, "PYTHONSAFEPATH": "1"}, capture_output=True, text=True, timeout=60)
    status, *modules = done.stderr.splitlines()[-1].split()
    return int(status), done.stdout, set(modules)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    (tmp_path / "config.ini").write_text("[database]\nhost = db\npassword = ${DB_PASSWORD}\nretries = %(tries)s\n")
    (tmp_path / ".env").write_text("DB_PASSWORD=changeme\nLOG_LEVEL=info\n")
    for command in (("init", "-q"), ("add", "-A")):
        subprocess.run(("git", *command), cwd=tmp_path, check=True)
    return tmp_path


@pytest.mark.parametrize("arguments", [("check",), ("check", "--staged"), ("hook", "--", "config.ini", ".env")], ids=" ".join)
def test_ini_and_dotenv_load_no_library_of_another_format(repository: Path, arguments: tuple[str, ...]) -> None:
    status, printed, modules = run(repository, *arguments)
    assert status == 1 and "config.ini:3:12" in printed
    assert modules & FORMATS == set()


def test_the_hook_loads_nothing_heavy_for_one_ini_file(repository: Path) -> None:
    status, printed, modules = run(repository, "hook", "--", "config.ini")
    assert status == 1 and "unexpanded-reference" in printed
    assert modules & HEAVY == set()


def test_from_the_second_time_on_the_hook_compiles_no_expression(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """On code, JSON, and an INI file without anything for configparser to fill in; what it finds is the same."""
    (repository / "config.ini").write_text("[database]\nhost = db\npassword = hunter2-and-more\n")
    (repository / "app.py").write_text('password = "hunter2-and-a-half"\n')
    (repository / "a.json").write_text('{"env": {"NAME": "${NAME}"}}\n')
    subprocess.run(("git", "add", "-A"), cwd=repository, check=True)
    kept = tmp_path_factory.mktemp("kept") / "expressions"
    before = f"from agentkey_lint.model import expressions; sys.dont_write_bytecode = False; expressions._file = lambda: {str(kept)!r}; "
    times = [run(repository, "hook", "--", "config.ini", "app.py", "a.json", ".env", before=before, after="; expressions.keep()") for _ in range(2)]
    (_, first, modules), (status, second, later) = times
    assert status == 1 and first == second
    assert {"re", "enum"} <= modules
    assert {"re", "enum", "functools"} & later == set()


def test_what_is_loaded_for_other_formats_is_seen(repository: Path) -> None:
    (repository / "compose.yaml").write_text("services: {}\n")
    _, _, modules = run(repository, "check", "--format", "json")
    assert {"json", "yaml", "argparse"} <= modules


def test_a_check_loads_no_libraries_of_archives(repository: Path) -> None:
    _, _, modules = run(repository, "check")
    assert "argparse" in modules and modules & {"shutil", "zipfile", "bz2", "lzma"} == set()


@pytest.mark.parametrize("columns", [None, "", "0", "-3", "50", " 61 ", "wide", "²"])
def test_the_width_of_help_is_what_shutil_says(monkeypatch: pytest.MonkeyPatch, columns: str | None) -> None:
    if columns is None:
        monkeypatch.delenv("COLUMNS", raising=False)
    else:
        monkeypatch.setenv("COLUMNS", columns)
    assert arguments._columns() == shutil.get_terminal_size().columns


def test_the_hook_asks_git_three_times_where_nothing_is_found(repository: Path) -> None:
    (repository / "config.ini").write_text("[database]\nhost = db\n")
    subprocess.run(("git", "add", "-A"), cwd=repository, check=True)
    code = "import os; spawn = os.posix_spawn; os.posix_spawn = lambda *given, **more: print('git', flush=True) or spawn(*given, **more); "
    code += "from agentkey_lint.main import main; main(['hook', '--', 'config.ini'])"
    done = subprocess.run((sys.executable, "-c", code), cwd=repository, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60)
    assert done.stdout.splitlines().count("git") == 3, done


def test_the_catalogue_is_literals_alone_and_loads_fast() -> None:
    """Bytecode of literals is only unmarshalled: here its best of some loads, against the 3 ms that it may take on a quiet machine."""
    import marshal
    import time

    text = (ROOT / "agentkey_lint" / "catalog" / "compiled.py").read_text(encoding="utf-8")
    stored = marshal.dumps(compile(text, "compiled.py", "exec"))
    taken = []
    for _ in range(20):
        start = time.perf_counter()
        exec(marshal.loads(stored), {"__name__": "compiled"})
        taken.append(time.perf_counter() - start)
    assert min(taken) < 0.003 * 2


def test_what_is_asked_later_are_the_baselines() -> None:
    from agentkey_lint.commands.hook import ASKED_LATER
    from agentkey_lint.engine import baseline, secrets_baseline

    assert {baseline.NAME, secrets_baseline.NAME} <= set(ASKED_LATER)
