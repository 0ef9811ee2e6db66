"""Hostile and broken input: findings where findings can be given, a fault where the job could not be done, never a traceback, never a hang."""

import json
import os
import random
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from whole import Run, check, git, run, write

from agentkey_lint.commands.options import FORMATS
from agentkey_lint.discover.decode import MAX_FILE
from agentkey_lint.testing import expand

KEY = expand("tvly-{{32 x aA0}}", "bad input")
OTHER = expand("tvly-{{32 x aA0}}", "bad input too")
LINE = f"TAVILY_API_KEY={KEY}\n"
CRASH = ("Traceback", "please report")


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """Fails when the CPU of this process and its children was busy for longer."""
    begin = os.times()
    yield
    end = os.times()
    spent = sum(end[:4]) - sum(begin[:4])
    assert spent < seconds, f"{spent:.1f} s"


def places(done: Run, rule: str = "hardcoded-key") -> list[tuple[str, int, int]]:
    return [(found["path"], found["start"]["line"], found["start"]["column"]) for found in done.json["findings"] if found["rule"] == rule]


def sound(done: Run) -> None:
    """The run ended as it should: a report of the right status, and no crash in it."""
    assert not any(mark in done.out + done.err for mark in CRASH), done.out[-500:] + done.err[-500:]
    report = done.json
    assert done.status == (2 if report["faults"] else int(any(found["verdict"] == "reported" for found in report["findings"])))


# -- encodings


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_a_key_is_found_in_every_encoding_at_the_same_place(tmp_path: Path, encoding: str) -> None:
    write(tmp_path, {"settings.env": f"REGION=eu-north\n{LINE}".encode(encoding)})
    done = check(tmp_path)
    sound(done)
    assert places(done) == [("settings.env", 2, 16)]


def test_carriage_returns_are_no_part_of_a_value(tmp_path: Path) -> None:
    write(tmp_path, {"settings.env": f"A=1\r\n{LINE.strip()}\r\nB=2\r\n".encode()})
    done = check(tmp_path)
    sound(done)
    found = next(one for one in done.json["findings"] if one["rule"] == "hardcoded-key")
    assert (found["start"], found["end"]) == ({"line": 2, "column": 16}, {"line": 2, "column": 16 + len(KEY)})
    assert "\r" not in found["excerpt"]["text"]


def test_invalid_utf_8_around_a_key(tmp_path: Path) -> None:
    write(tmp_path, {"a.env": b"\x81\xfe\xfd" * 9 + b"\n\xc3" + LINE.encode() + b"\x80\n", "b.json": b'{"token": "\xff\xff' + KEY.encode() + b'"}'})
    done = check(tmp_path)
    sound(done)
    assert {path for path, _, _ in places(done)} == {"a.env", "b.json"}


def test_a_key_in_a_binary_file(tmp_path: Path) -> None:
    write(tmp_path, {"program": b"\x7fELF\0\0\0" + random.Random(1).randbytes(5000) + b"\0" + KEY.encode() + b"\0" + bytes(500)})
    done = check(tmp_path)
    sound(done)
    assert [path for path, _, _ in places(done)] == ["program"]


def test_lone_surrogates_in_escapes_and_names(tmp_path: Path) -> None:
    text = '{"mcpServers": {"\\ud800": {"command": "x", "env": {"A_TOKEN": "\\udfff${B_TOKEN}", "C_TOKEN": "' + KEY + '\\ud83d"}}}}'
    write(tmp_path, {".cursor/mcp.json": text.encode()})
    for form in FORMATS:
        done = run("check", "--format", form, folder=tmp_path)
        assert done.status == 1 and not any(mark in done.out + done.err for mark in CRASH)
    sound(check(tmp_path))


# -- size


def test_a_file_of_200_megabytes(tmp_path: Path) -> None:
    """Blanks with one key near the end. What is larger than the bound is a fault and not left out in silence."""
    with open(tmp_path / "large.txt", "wb") as file:
        for _ in range(200):
            file.write(b" " * (1 << 20))
        file.write(b"\n" + LINE.encode() + b"tail\n")
    with within(20):
        done = check(tmp_path)
    sound(done)
    assert places(done) == [("large.txt", 2, 16)]


def test_a_file_beyond_the_bound_is_a_fault(tmp_path: Path) -> None:
    with open(tmp_path / "larger.txt", "wb") as file:
        file.truncate(MAX_FILE + 1)
    done = check(tmp_path)
    sound(done)
    assert done.status == 2 and "larger than 256 MiB" in done.faults()["larger.txt"]


def line_of(unit: str, size: int) -> bytes:
    return (unit * (size // len(unit) + 1))[:size].encode()


def mixed(size: int) -> bytes:
    rng = random.Random(size)
    hashes = (f"{rng.getrandbits(256):064x}" for _ in range(size // 66))
    return "\n".join(hashes).encode()


LONG: dict[str, tuple[str, Callable[[int], bytes]]] = {
    "one line of 10 MB": ("app.min.js", lambda size: b"var a=" + line_of("f(x,y){return x+y};", size * 2) + b';var key="' + KEY.encode() + b'"'),
    "a minified bundle": (
        "bundle.js",
        lambda size: line_of('!function(e,t){"use strict";var n={token:t.token,key:"k"+e};return n}(a,b);', size) + LINE.encode(),
    ),
    "a line of blanks": (".mcp.json", lambda size: b'{"a": ' + b" " * size + b'"' + KEY.encode() + b'"}'),
    "quotes": ("quotes.env", lambda size: b"A=" + b'"' * size + b"\n" + LINE.encode()),
    "single quotes in code": ("quotes.py", lambda size: line_of("password='", size // 4) + b"\n" + LINE.encode()),
    "a table of hashes": ("table.csv", lambda size: mixed(size) + b"\n" + LINE.encode()),
    "a lock file": (
        "package-lock.json",
        lambda size: (
            b'{"packages": {'
            + b",".join(b'"p%d": {"integrity": "sha512-%s=="}' % (at, mixed(140)[:86]) for at in range(size // 120))
            + b'}, "t": "'
            + KEY.encode()
            + b'"}'
        ),
    ),
    "a drawing": ("logo.svg", lambda size: b'<svg><path d="' + line_of("M12.5 3.75c1.2-.3 2.4.6 3.6.9z", size) + b'"/><!-- ' + LINE.encode() + b" --></svg>"),
    "many assignments": ("many.ini", lambda size: b"[s]\n" + b"".join(b"password%d = ${X%d}\n" % (at, at) for at in range(size // 40)) + LINE.encode()),
    "many dollars": (".env", lambda size: b"A_TOKEN=" + b"${" * (size // 2) + b"\n" + LINE.encode()),
    "secret words": ("words.txt", lambda size: line_of("password token secret api_key= ", size) + b"\n" + LINE.encode()),
    "address after address": ("links.txt", lambda size: line_of("a://b:c@d ", size) + b"\n" + LINE.encode()),
}
"""Name, path and content of about so many bytes, a key at its end."""


@pytest.mark.parametrize("name", LONG)
def test_long_input_takes_linear_time(tmp_path: Path, name: str) -> None:
    """A megabyte within a bound that anything quadratic would break, and the key behind them is found."""
    path, content = LONG[name]
    write(tmp_path, {path: content(1_000_000)})
    with within(20):
        done = check(tmp_path)
    assert not any(mark in done.out + done.err for mark in CRASH)
    assert path in {found for found, _, _ in places(done)} or any(
        found["path"] == path and found["rule"] == "hardcoded-secret" for found in done.json["findings"]
    )


def test_many_small_files(tmp_path: Path) -> None:
    """10,000 of them: a hundred thousand take ten times as long, as long as nothing grows with the square of their number."""
    for folder in range(100):
        place = tmp_path / f"d{folder}"
        place.mkdir()
        for number in range(100):
            with open(place / f"f{number}.txt", "wb") as file:
                file.write(b"x = 1\n")
    write(tmp_path, {"d50/keys.txt": LINE.encode()})
    with within(15):
        done = check(tmp_path)
    sound(done)
    assert done.json["scanned"]["files"] == 10_001
    assert places(done) == [("d50/keys.txt", 1, 16)]


# -- nesting and bombs


@pytest.mark.parametrize("opening", [b"[", b'{"a":', b"[[{", b'{"env":['])
def test_deep_nesting_in_json(tmp_path: Path, opening: bytes) -> None:
    deep = opening * (10_000_000 // len(opening))
    write(tmp_path, {".mcp.json": b'{"a": "' + KEY.encode() + b'", "b": ' + deep})
    with within(30):
        done = check(tmp_path)
    sound(done)
    assert done.status == 2 and ".mcp.json" in done.faults()
    assert places(done)[0][:2] == (".mcp.json", 1)


@pytest.mark.parametrize(
    ("path", "opening"),
    [("docker-compose.yml", b"["), ("docker-compose.yml", b"- "), ("docker-compose.yml", b"{a: "), (".codex/config.toml", b"["), ("Cargo.toml", b"a = [[")],
)
def test_deep_nesting_elsewhere(tmp_path: Path, path: str, opening: bytes) -> None:
    write(tmp_path, {path: b"# " + LINE.encode() + b"x: " * path.endswith("yml") + opening * 100_000 + b"\n"})
    with within(20):
        done = check(tmp_path)
    assert not any(mark in done.out + done.err for mark in CRASH)
    assert places(done)[0][:2] == (path, 1)


def test_a_yaml_bomb(tmp_path: Path) -> None:
    lines = ["a: &a [x, x, x, x, x, x, x, x, x]"]
    lines += [f"{here}: &{here} [{', '.join(['*' + before] * 9)}]" for before, here in zip("abcdefghijkl", "bcdefghijklm", strict=True)]
    write(tmp_path, {"docker-compose.yml": ("\n".join(lines) + f"\nservices:\n  x:\n    environment:\n      - {LINE}").encode()})
    with within(5):
        done = check(tmp_path)
    assert not any(mark in done.out + done.err for mark in CRASH)
    assert [path for path, _, _ in places(done)] == ["docker-compose.yml"]


def test_an_xml_bomb(tmp_path: Path) -> None:
    entities = "".join(f'<!ENTITY {here} "{("&" + before + ";") * 10}">' for before, here in zip("abcdefgh", "bcdefghi", strict=True))
    start = f'<!DOCTYPE x [<!ENTITY a "{"x" * 99}">{entities}]><settings>'
    text = f"{start}<servers><server><password>&i;</password></server></servers><a>{KEY}</a></settings>"
    write(tmp_path, {"settings.xml": text.encode()})
    with within(5):
        done = check(tmp_path)
    sound(done)
    assert [path for path, _, _ in places(done)] == ["settings.xml"]


# -- broken files


BROKEN = {
    ".mcp.json": f'{{"mcpServers": {{"a": {{"env": {{"X_TOKEN": "{KEY}"}}}}, ]]] : "b {{{{ \n "c": {{"env": {{"Y_TOKEN": "{OTHER}"}}}}}}',
    ".codex/config.toml": f'[mcp_servers.a.env]\nX_TOKEN = "{KEY}"\n[[[broken = = \n"x\n[mcp_servers.b.env]\nY_TOKEN = "{OTHER}"\n',
    "docker-compose.yml": f"services:\n  a:\n    environment:\n      X_TOKEN: {KEY}\n   b: [\n: : }}\n\t- Y_TOKEN={OTHER}\n",
    "config.ini": f"ControllerURL = x\nAccountAccessKey = {KEY}\n[broken\n= nothing\n\0\n[OAuth]\nOAuthSecret = {OTHER}\n",
    ".env": f"X_TOKEN={KEY}\n'unclosed=\"\n===\nY_TOKEN={OTHER}\n",
    "settings.xml": f"<settings><a>{KEY}</b></c><!-- <![CDATA[ <d {OTHER} >",
    "app.properties": f"x.token={KEY}\n\\u12\n=\ny.token={OTHER}\n",
    "agentkeys.toml": f'version = 1\n[[key]]\nid = "{KEY}"\n[[[[\nenv = "{OTHER}"\n',
    "agentkeys.json": f'{{"version": 1, "key": [{{"id": "{KEY}", ,,, }} "env": "{OTHER}"',
    "main.tf": f'variable "x" {{\n  default = "{KEY}"\n}}}}}}\n<<EOF ${{\n token = "{OTHER}"\n',
}


@pytest.mark.parametrize("path", BROKEN)
def test_a_broken_file_gives_the_keys_before_and_behind_the_break(tmp_path: Path, path: str) -> None:
    write(tmp_path, {path: BROKEN[path].encode()})
    done = check(tmp_path)
    sound(done)
    lines = BROKEN[path].split("\n")
    wanted = {number for number, line in enumerate(lines, 1) if KEY in line or OTHER in line}
    telling = ("hardcoded-key", "key-in-command", "example-holds-secret", "secret-in-manifest")
    found = {found["start"]["line"] for found in done.json["findings"] if found["rule"] in telling}
    assert wanted <= found
    assert KEY not in done.out + done.err and OTHER not in done.out + done.err


@pytest.mark.parametrize("path", [".mcp.json", ".codex/config.toml", "docker-compose.yml", "agentkeys.toml", "agentkeys.json"])
def test_a_broken_file_that_a_program_reads_is_a_fault(tmp_path: Path, path: str) -> None:
    """What stands behind the break may not have been read as configuration: the job was not done as a whole."""
    write(tmp_path, {path: BROKEN[path].encode()})
    done = check(tmp_path)
    assert done.status == 2 and path in done.faults()


@pytest.mark.parametrize("path", [*BROKEN, "empty.json", "x.py", "agentkeys.yaml"])
def test_an_empty_file(tmp_path: Path, path: str) -> None:
    write(tmp_path, {path: b""})
    done = check(tmp_path)
    assert not any(mark in done.out + done.err for mark in CRASH)
    assert not done.json["findings"] and done.json["scanned"] == {"files": 1, "bytes": 0}


@pytest.mark.parametrize("path", BROKEN)
def test_any_bytes_at_all(tmp_path: Path, path: str) -> None:
    """Pieces of good files, cut and mixed with noise: never a crash, and the same answer twice."""
    rng = random.Random(path)
    good = [text.encode() for text in BROKEN.values()]
    files = {}
    for number in range(25):
        data = b"".join(
            rng.choice(
                [rng.choice(good)[rng.randrange(40) :][: rng.randrange(200)], rng.randbytes(rng.randrange(30)), b"\n", b'"', b"\\u", b"${", b"[", b"\0\0"]
            )
            for _ in range(12)
        )
        files[f"{number}/{path}"] = data
    write(tmp_path, files)
    done = check(tmp_path)
    assert not any(mark in done.out + done.err for mark in CRASH)
    assert done.json["scanned"]["files"] == 25
    again = check(tmp_path).json
    for one, other in zip(done.json["findings"], again["findings"], strict=True):
        assert {**one, "fingerprint": ""} == {**other, "fingerprint": ""}


# -- the file system


def test_a_file_that_vanishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between listing and reading: of a plain folder it is a fault, for nobody can tell what was in it."""
    from agentkey_lint.discover.worktree import Worktree

    write(tmp_path, {"a.env": LINE.encode(), "b.env": LINE.encode()})
    listed = Worktree.paths

    def paths(tree: Worktree) -> list[str]:
        found = listed(tree)
        (tmp_path / "a.env").unlink(missing_ok=True)
        return found

    monkeypatch.setattr(Worktree, "paths", paths)
    done = check(tmp_path)
    sound(done)
    assert done.status == 2 and "a.env" in done.faults()
    assert [path for path, _, _ in places(done)] == ["b.env"]


def test_what_is_named_and_is_not_there_is_a_fault(tmp_path: Path) -> None:
    done = check(tmp_path, "nowhere.env")
    sound(done)
    assert done.status == 2 and list(done.faults()) == ["nowhere.env"]


def test_a_file_that_may_not_be_read() -> None:
    """Judged in a child that gives up its user id: root may read everything."""
    # Not below pytest's own folder: another session that starts meanwhile closes that to all other users.
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        _may_not_be_read(folder)


def _may_not_be_read(folder: Path) -> None:
    write(folder, {"closed.env": LINE.encode(), "open.env": LINE.encode(), "folder/x.env": LINE.encode()})
    check(folder), check(folder, "nowhere.env")  # the child may not read the interpreter's own modules: what it needs is imported now
    (folder / "closed.env").chmod(0)
    (folder / "folder").chmod(0)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        os.chdir(folder)  # and so may the current folder not be one that is closed to others
        os.environ["HOME"] = str(folder)  # git may not look for settings where this user may not look
        os.environ.pop("XDG_CONFIG_HOME", None)
        try:
            if os.geteuid() == 0:
                os.setgroups([])
                os.setgid(65534)
                os.setuid(65534)
            done = check(folder)
            said = json.dumps([done.status, done.out, done.err])
        except BaseException as error:
            said = json.dumps([-1, "", repr(error)])
        with open(writing, "w") as pipe:
            pipe.write(said)
        os._exit(0)
    os.close(writing)
    with open(reading) as pipe:
        said = pipe.read()
    assert os.waitpid(child, 0)[1] == 0, "the child ended early"
    done = Run(*json.loads(said))
    (folder / "folder").chmod(0o755)
    assert done.out, done.err
    sound(done)
    assert done.status == 2 and set(done.faults()) == {"closed.env", "folder"}
    assert [path for path, _, _ in places(done)] == ["open.env"]


@pytest.mark.parametrize("versioned", [True, False])
def test_links_that_turn_in_circles_or_lead_out(tmp_path: Path, versioned: bool) -> None:
    inside, outside = tmp_path / "in", tmp_path / "out"
    write(tmp_path, {"in/real.env": LINE.encode(), "out/secret.env": f"OTHER_KEY={OTHER}\n".encode()})
    (inside / "round").symlink_to("round")
    (inside / "up").symlink_to("..")
    (inside / "self").symlink_to(".")
    (inside / "away").symlink_to(outside)
    (inside / "away.env").symlink_to(outside / "secret.env")
    (inside / ".mcp.json").symlink_to("/dev/zero")
    if versioned:
        git(inside, "init", "-q")
        git(inside, "add", "-A")
    done = check(inside)
    sound(done)
    assert places(done) == [("real.env", 1, 16)]


def test_a_folder_named_like_a_file_of_settings(tmp_path: Path) -> None:
    write(tmp_path, {".env/x.txt": LINE.encode(), ".mcp.json/.mcp.json": f'{{"a": "{OTHER}"}}'.encode(), "agentkeys.toml/x": b""})
    done = check(tmp_path)
    sound(done)
    assert {path for path, _, _ in places(done)} == {".env/x.txt", ".mcp.json/.mcp.json"}


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / ".env")
    write(tmp_path, {"a.env": LINE.encode()})
    begin = time.monotonic()
    done = check(tmp_path)
    assert time.monotonic() - begin < 30
    assert [path for path, _, _ in places(done)] == ["a.env"]
    assert run("check", ".env", folder=tmp_path).status == 2


def test_names_that_are_hard_to_write(tmp_path: Path) -> None:
    names = [b"two words.env", b"line\nbreak.env", b'"quoted".env', b"-dash.env", b"not-utf8-\xff.env", "schl\u00fcssel\u202e.env".encode(), b"tab\t.env"]
    for name in names:
        with open(os.fsencode(tmp_path) + b"/" + name, "wb") as file:
            file.write(LINE.encode())
    done = check(tmp_path)
    sound(done)
    assert len(places(done)) == len(names)
    shown = run("check", folder=tmp_path).out
    assert "\u202e" not in shown and "line\nbreak" not in shown
