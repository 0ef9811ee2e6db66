"""Who may import whom, what nothing may import, and who may start a program."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "agentkey_lint"
NETWORK = {"socket", "http", "urllib", "ssl", "ftplib", "smtplib", "xmlrpc", "requests", "httpx", "urllib3", "aiohttp", "asyncio"}
NETWORK |= {"pygls", "lsprotocol", "distributed", "dask"}
SPEAKS = {"commands/editor/server.py": {"asyncio", "pygls", "lsprotocol"}, "engine/cluster.py": {"distributed"}}
SPEAKS |= {"commands/editor/protocol.py": {"lsprotocol"}}
"""The language server speaks with its editor by pygls, which could listen on a socket too: it is imported by `serve` alone and told to use standard input.
`lsprotocol` is the protocol's values alone.
`audit --scheduler` speaks with the cluster at the address that a person gave."""
STARTS = {"system", "popen", "posix_spawn", "posix_spawnp", "startfile"}
"""Functions of `os` that start a program, beside the families exec… and spawn…."""


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Every module that a file imports, inside functions too, and whether it does so for the type checker alone."""

    def walk(node: ast.AST, typing: bool) -> Iterator[tuple[str, bool]]:
        if isinstance(node, ast.Import):
            yield from ((alias.name, typing) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((f"{node.module}.{alias.name}", typing) for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "__import__" and node.args:
            yield name_of(node.args[0]), typing
        inside = isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        for child in ast.iter_child_nodes(node):
            yield from walk(child, typing or (inside and child in node.body))

    yield from walk(ast.parse(path.read_text(encoding="utf-8")), False)


def name_of(node: ast.AST) -> str:
    """The fixed start of a module's name that is put together at run time."""
    first = node.values[0] if isinstance(node, ast.JoinedStr) else node
    assert isinstance(first, ast.Constant) and isinstance(first.value, str), "an import by a name that cannot be read here"
    return first.value


def modules() -> list[Path]:
    found = sorted(PACKAGE.rglob("*.py"))
    assert len(found) > 50
    return found


def lint_imports(folder: Path) -> "subprocess.CompletedProcess[str]":
    command = "import sys; sys.path.insert(0, ''); from importlinter.cli import lint_imports_command; lint_imports_command(['--no-cache'])"
    return subprocess.run([sys.executable, "-c", command], cwd=folder, capture_output=True, text=True, timeout=120)


def test_the_import_contracts_hold() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout


def test_the_import_contracts_notice_what_breaks_them(tmp_path: Path, copy_checkout: Callable[[Path], Path]) -> None:
    wrong = {
        "model/span.py": "catalog.names",
        "catalog/wrong.py": "config.schema",
        "config/wrong.py": "checks.hardcoded_key",
        "parse/wrong.py": "catalog.names",
        "discover/wrong.py": "parse.ini",
        "match/wrong.py": "config.schema",
        "checks/wrong.py": "checks.hardcoded_key",
        "report/wrong.py": "catalog.kinds",
        "engine/wrong.py": "report.text",
        "commands/wrong.py": "main",
        "stray.py": "model.source",
    }
    copy = copy_checkout(tmp_path / "copy")
    for path, target in wrong.items():
        with open(copy / "agentkey_lint" / path, "a") as file:
            file.write(f"import agentkey_lint.{target}\n")
    said = lint_imports(copy).stdout
    assert "stray" in said, "a new room must be given its place in the table"
    (copy / "agentkey_lint" / "stray.py").unlink()
    said = lint_imports(copy).stdout
    for path, target in list(wrong.items())[:-1]:
        module = "agentkey_lint." + path.removesuffix(".py").replace("/", ".")
        assert f"{module} -> agentkey_lint.{target}" in said


def test_the_page_on_architecture_tells_the_truth() -> None:
    table = {}
    for rooms, cell in re.findall(r"^\| (`[a-z./`, ]+`) \|.*\| ([^|]+) \|$", (ROOT / "docs" / "ARCHITECTURE.md").read_text(encoding="utf-8"), re.MULTILINE):
        for room in re.findall(r"`([a-z]+)", rooms):
            table[room] = {word.strip() for word in cell.split(",")}
    rooms = {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()}
    assert rooms <= set(table), "a room without a row"
    for path in modules():
        room = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        allowed = table.get(room, {"everything below"})
        if "everything below" in allowed or room == "commands":
            continue
        taken = {name.split(".")[1] for name, typing in imports(path) if name.startswith("agentkey_lint.") and not typing}
        assert taken <= allowed | {room}, f"{path.relative_to(ROOT)} takes {taken - allowed - {room}}"


def test_values_need_the_standard_library_alone() -> None:
    known = sys.stdlib_module_names | {"agentkey_lint", "annotationlib"}  # the last is there from Python 3.14 on
    for path in (PACKAGE / "model").glob("*.py"):
        for name, _ in imports(path):
            assert name.split(".")[0] in known, f"{path.name} imports {name}"


def test_nothing_can_phone_home() -> None:
    """All but the two modules that a person starts in order to speak with somebody."""
    for path in modules():
        taken = {name.split(".")[0] for name, _ in imports(path)}
        wrong = taken & NETWORK - SPEAKS.get(path.relative_to(PACKAGE).as_posix(), set())
        assert not wrong, f"{path.relative_to(ROOT)} imports {wrong}"


def test_the_language_server_is_imported_by_its_command_alone_and_opens_no_socket() -> None:
    server = "agentkey_lint.commands.editor.server"
    takers = {path.relative_to(PACKAGE).as_posix() for path in modules() for name, _ in imports(path) if name.startswith(server)}
    assert takers == {"commands/serve.py"}
    text = (PACKAGE / "commands" / "editor" / "server.py").read_text(encoding="utf-8")
    assert "start_io(" in text and not re.search(r"start_(tcp|ws)|open_connection|start_server|create_connection|socket\(", text)


def starts_programs(tree: ast.AST) -> bool:
    """Whether code could start another program."""
    for node in ast.walk(tree):
        name = node.attr if isinstance(node, ast.Attribute) else node.name if isinstance(node, ast.alias) else ""
        if name in STARTS or re.fullmatch(r"(exec|spawn)[lv]p?e?", name) or name.split(".")[0] in ("subprocess", "multiprocessing", "pty", "_posixsubprocess"):
            return True
        if isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("subprocess", "multiprocessing", "pty"):
            return True
    return False


def test_git_is_started_by_one_module_and_what_a_person_typed_by_doctor_alone() -> None:
    starters = {path.relative_to(PACKAGE).as_posix() for path in modules() if starts_programs(ast.parse(path.read_text(encoding="utf-8")))}
    assert starters == {"discover/git.py", "commands/doctor.py"}


def test_the_readers_of_source_read_it_right(tmp_path: Path) -> None:
    for text in ("import subprocess", "from subprocess import run", "import os\nos.execvp('x', [])", "from os import posix_spawn", "os.spawnl(0, 'x')"):
        assert starts_programs(ast.parse(text))
    assert not starts_programs(ast.parse("import os\nos.fork()\n'subprocess'"))
    path = tmp_path / "x.py"
    path.write_text("if TYPE_CHECKING:\n    import a\nelse:\n    import b\ndef f():\n    from c.d import e\n__import__(f'g.{h}')\n")
    assert list(imports(path)) == [("a", True), ("b", False), ("c.d.e", False), ("g.", False)]
