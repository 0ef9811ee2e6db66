"""`doctor`: what supplies each reference, what is wrong with it, and the person's own command with every secret masked. No value is ever shown."""

import io
import json
import os
import random
import signal
import string
import subprocess
import sys
import time
from base64 import b64encode, urlsafe_b64encode
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from whole import Run, git, leaks, run, write

from agentkey_lint.engine.stream import MASK, Masker, secrets_of

LETTERS = string.ascii_letters + string.digits
ROOT = Path(__file__).resolve().parents[2]


def text(length: int, seed: int = 1) -> str:
    return "".join(random.Random(seed).choices(LETTERS, k=length))


def openai(seed: int = 1) -> str:
    return "sk-proj-" + text(60, seed) + "T3Blbk" + "FJ" + text(60, seed + 1)


def anthropic() -> str:
    return "sk-ant-" + "api03-" + text(93) + "AA"


def jwt(expires: int) -> str:
    parts = [{"alg": "HS256", "typ": "JWT"}, {"sub": "agent", "iss": "https://issuer.example.com", "exp": expires}]
    return ".".join([*(urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in parts), text(43)])


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in list(os.environ):
        if name.endswith(("_TOKEN", "_KEY", "_URL")):
            monkeypatch.delenv(name)
    git(tmp_path, "init", "-q")
    write(tmp_path, {".gitignore": b".env\n.env.*\n"})
    return tmp_path


def servers(folder: Path, env: dict[str, str]) -> None:
    write(folder, {".mcp.json": json.dumps({"mcpServers": {"a": {"command": "agent", "env": env}}}).encode()})


def doctor(folder: Path, *arguments: str) -> tuple[Run, dict[str, Any]]:
    done = run("doctor", "--format", "json", *arguments, folder=folder)
    return done, {row["variable"]: row for row in json.loads(done.out)["references"]}


def judged(folder: Path, name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, dict[str, Any]]:
    """The row of one variable that the process sets to a value."""
    servers(folder, {name: f"${{{name}}}"})
    monkeypatch.setenv(name, value)
    done, rows = doctor(folder)
    assert not leaks([value], done.out + done.err)
    return done, rows[name]


def test_each_reference_has_its_source(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers(folder, {"A": "${A_TOKEN}", "B": "${B_TOKEN}", "C": "${C_TOKEN:-x}", "D": "${D_TOKEN}", "E": "${CI_JOB_TOKEN}", "F": "${HOME}"})
    write(folder, {".env": b"B_TOKEN=" + text(20).encode() + b"\nA_TOKEN=" + text(20, 7).encode() + b"\n"})
    monkeypatch.setenv("A_TOKEN", text(20, 2))
    done, rows = doctor(folder, "--env-file", ".env")
    assert {name: (row["source"], row["state"]) for name, row in rows.items()} == {
        "A_TOKEN": ("process", "set"),
        "B_TOKEN": (".env", "set"),
        "C_TOKEN": ("default", "default"),
        "D_TOKEN": ("", "unset"),
        "CI_JOB_TOKEN": ("CI", "provided"),
        "HOME": ("process", "set"),
    }
    assert rows["A_TOKEN"]["beaten"] == [".env"] and "process beats what .env says" in rows["A_TOKEN"]["message"]
    assert "Claude Code would use the text of the reference itself" in rows["D_TOKEN"]["message"]
    assert done.status == 1


def test_the_later_file_beats_the_earlier(folder: Path) -> None:
    servers(folder, {"A": "${A_TOKEN}"})
    write(folder, {".env": b"A_TOKEN=" + text(20).encode(), ".env.local": b"A_TOKEN=" + text(20, 2).encode()})
    done, rows = doctor(folder, "--env-file", ".env", "--env-file", ".env.local")
    assert (rows["A_TOKEN"]["source"], rows["A_TOKEN"]["beaten"]) == (".env.local", [".env"])
    assert done.status == 0


def test_references_within_an_environment_file_are_filled_in(folder: Path) -> None:
    servers(folder, {"A": "${A_TOKEN}", "B": "${B_TOKEN}"})
    write(folder, {".env": b"PART=" + text(20).encode() + b"\nA_TOKEN=${PART}\nB_TOKEN='${PART}'\n"})
    _, rows = doctor(folder, "--env-file", ".env")
    assert (rows["A_TOKEN"]["state"], rows["B_TOKEN"]["state"]) == ("set", "placeholder")


def test_another_vendors_key_has_the_wrong_shape(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done, row = judged(folder, "ANTHROPIC_API_KEY", openai(), monkeypatch)
    assert (row["state"], row["message"]) == ("wrong-shape", "ANTHROPIC_API_KEY is set, but looks like a key of OpenAI")
    assert done.status == 1
    assert judged(folder, "ANTHROPIC_API_KEY", anthropic(), monkeypatch)[1]["state"] == "set"
    assert judged(folder, "MY_OPENAI_API_KEY", openai(), monkeypatch)[1]["state"] == "set"


def test_the_field_counts_as_the_variable_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers(folder, {"ANTHROPIC_API_KEY": "${OPENAI_API_KEY}"})
    monkeypatch.setenv("OPENAI_API_KEY", openai())
    row = doctor(folder)[1]["OPENAI_API_KEY"]
    assert row["state"] == "wrong-shape" and "the field ANTHROPIC_API_KEY wants one of Anthropic" in row["message"]


def test_a_client_that_is_sent_elsewhere_may_have_anothers_key(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ANTHROPIC_BASE_URL", "https://gateway.example.com")
    assert judged(folder, "ANTHROPIC_API_KEY", openai(), monkeypatch)[1]["state"] == "set"


@pytest.mark.parametrize(
    ("name", "value", "state"),
    [
        ("A_TOKEN", "", "empty"),
        ("LEVEL", "", "set"),
        ("A_TOKEN", "your-token-here", "placeholder"),
        ("A_TOKEN", "${OTHER}", "placeholder"),
        ("LEVEL", "changeme", "set"),
        ("A_TOKEN", text(30) + "\n", "wrong-shape"),
        ("A_TOKEN", f'"{text(30)}"', "wrong-shape"),
        ("ANTHROPIC_API_KEY", anthropic()[:40], "wrong-shape"),
        ("GITHUB_TOKEN", "ghp_" + text(36), "wrong-checksum"),
        ("A_TOKEN", jwt(1_600_000_000), "expired"),
        ("A_TOKEN", jwt(4_000_000_000), "set"),
        ("A_TOKEN", text(32), "set"),
    ],
)
def test_what_is_wrong_with_a_value(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, state: str) -> None:
    done, row = judged(folder, name, value, monkeypatch)
    assert row["state"] == state
    assert done.status == (0 if state == "set" else 1)


def test_what_a_reader_leaves_as_it_stands_is_wrong_whatever_is_set(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    servers(folder, {"A_TOKEN": "$A_TOKEN", "B_TOKEN": "${B_TOKEN"})
    monkeypatch.setenv("A_TOKEN", text(30))
    _, rows = doctor(folder)
    assert (rows["A_TOKEN"]["state"], rows["B_TOKEN"]["state"]) == ("unexpanded", "malformed")


def test_a_field_that_holds_a_variables_name_is_a_reference(folder: Path) -> None:
    key = "ghp_" + text(36)
    write(folder, {".codex/config.toml": f'[model_providers.a]\nenv_key = "A_TOKEN"\n[model_providers.b]\nenv_key = "{key}"\n'.encode()})
    done, rows = doctor(folder)
    assert rows["A_TOKEN"]["state"] == "unset"
    assert not leaks([key], done.out)


def test_a_variable_that_beats_the_file_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(folder, {"airflow.cfg": b"[core]\nfernet_key = $FERNET_KEY\n"})
    monkeypatch.setenv("FERNET_KEY", text(44))
    monkeypatch.setenv("AIRFLOW__CORE__FERNET_KEY", text(44, 2))
    done, rows = doctor(folder)
    assert rows["AIRFLOW__CORE__FERNET_KEY"]["state"] == "overridden"
    assert done.status == 0


def test_templates_and_tests_ask_for_nothing(folder: Path) -> None:
    config = json.dumps({"mcpServers": {"a": {"command": "x", "env": {"A": "${A_TOKEN}"}}}}).encode()
    write(folder, {"tests/fixtures/.mcp.json": config, ".env.example": b"A=${A_TOKEN}\n"})
    done, rows = doctor(folder)
    assert (rows, done.status) == ({}, 0)


def test_the_table_for_people(folder: Path) -> None:
    servers(folder, {"A": "${A_TOKEN}"})
    done = run("doctor", folder=folder)
    assert done.out.splitlines()[0].split() == ["WHERE", "VARIABLE", "FROM", "STATE"]
    assert "A_TOKEN" in done.out and "wrong: A_TOKEN is not set" in done.out and done.out.endswith("1 reference, 1 wrong\n")


def test_what_is_not_whole(folder: Path) -> None:
    assert run("doctor", "--env-file", "none.env", folder=folder).status == 2
    write(folder, {".env": b"A_TOKEN='not closed\n"})
    done = run("doctor", "--env-file", ".env", "--format", "json", folder=folder)
    assert done.status == 2 and json.loads(done.out)["summary"]["whole"] is False


def test_a_broken_file_is_a_fault_and_what_stands_before_the_break_counts(folder: Path) -> None:
    write(folder, {".mcp.json": b'{"mcpServers": {"a": {"command": "x", "env": {"A": "${A_TOKEN}", !!'})
    done, rows = doctor(folder)
    assert done.status == 2 and rows["A_TOKEN"]["state"] == "unset"
    assert [fault["path"] for fault in json.loads(done.out)["faults"]] == [".mcp.json"]


def started(folder: Path, *command: str, env: dict[str, str] | None = None) -> "subprocess.CompletedProcess[str]":
    whole = [sys.executable, "-m", "agentkey_lint", "doctor", *command]
    return subprocess.run(whole, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT), **(env or {})}, capture_output=True, text=True, timeout=60)


def test_a_command_runs_with_the_environment_and_shows_no_secret(folder: Path) -> None:
    key, token, word = openai(), text(30, 5), text(12, 9)
    write(folder, {".env": f"OPENAI_API_KEY={key}\nPLAIN=https://user:{word}@example.com/\nLEVEL=debug\n".encode()})
    script = "import os, sys; print(os.environ['OPENAI_API_KEY'], os.environ['A_TOKEN'], os.environ['LEVEL']); "
    script += "sys.stderr.write(os.environ['PLAIN'] + open('.env').read()); sys.exit(7)"
    done = started(folder, "--env-file", ".env", "--", sys.executable, "-c", script, env={"A_TOKEN": token})
    assert done.returncode == 7
    assert done.stdout == "**** **** debug\n"
    assert "user:****@" in done.stderr
    assert not leaks([key, token, word], done.stdout + done.stderr)


def test_a_value_that_the_process_beats_is_masked_as_well(folder: Path) -> None:
    old = text(30, 3)
    write(folder, {".env": f"A_TOKEN={old}\n".encode()})
    done = started(folder, "--env-file", ".env", "--", "cat", ".env", env={"A_TOKEN": text(30, 4)})
    assert done.stdout == "A_TOKEN=****\n"


def test_options_of_the_command_are_its_own(folder: Path) -> None:
    assert started(folder, "--", "sh", "-c", 'echo "$@"', "x", "--env-file", "--", "-h").stdout == "--env-file -- -h\n"


@pytest.mark.parametrize("command", [(), ("no-such-command-here",)])
def test_a_command_that_cannot_be_started(folder: Path, command: tuple[str, ...]) -> None:
    done = started(folder, "--", *command)
    assert done.returncode == 2 and "no-such" not in done.stderr


def test_output_comes_as_it_is_written_and_a_signal_is_a_status(folder: Path) -> None:
    command = [sys.executable, "-m", "agentkey_lint", "doctor", "--", "sh", "-c", "echo first; kill -KILL $$"]
    with subprocess.Popen(command, cwd=folder, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"first\n"
        assert process.wait(30) == 128 + signal.SIGKILL


def masked(secrets: list[bytes], chunks: list[bytes]) -> bytes:
    masker, out = Masker(secrets), io.BytesIO()
    for chunk in chunks:
        out.write(masker.feed(chunk))
    out.write(masker.finish())
    return out.getvalue()


PIECES = st.lists(st.sampled_from([b"abcd", b"abcdef", b"cdefgh", b"x", b"ab", b"\n", b"defg"]), max_size=12)


@given(PIECES, st.lists(st.integers(1, 5), min_size=1, max_size=20))
def test_where_a_stream_is_cut_makes_no_difference(pieces: list[bytes], sizes: list[int]) -> None:
    secrets, whole = [b"abcd", b"abcdef", b"cdefgh"], b"".join(pieces)
    chunks, at = [], 0
    for number in range(len(whole)):
        size = sizes[number % len(sizes)]
        chunks.append(whole[at : at + size])
        at += size
    out = masked(secrets, chunks)
    assert out == masked(secrets, [whole])
    assert not any(secret in out for secret in secrets)
    hidden = [any(whole[max(0, at - len(one) + 1) : at + len(one)].find(one) >= 0 for one in secrets) for at in range(len(whole))]
    assert out.replace(MASK, b"") == bytes(byte for byte, gone in zip(whole, hidden, strict=True) if not gone)


@given(st.binary(max_size=200))
def test_what_is_no_secret_passes_unchanged(data: bytes) -> None:
    assert masked([b"\0secret\0"], [data[at : at + 3] for at in range(0, len(data), 3)]) == data.replace(b"\0secret\0", MASK)


def test_a_stream_of_nothing_but_secrets_is_not_held_back() -> None:
    masker = Masker([b"aaaa"])
    for _ in range(1000):
        masker.feed(b"a" * 1000)
    assert len(masker._held) < 8
    started_at = time.monotonic()
    Masker([os.urandom(40) for _ in range(50)]).feed(b"ordinary text\n" * 10_000)
    assert time.monotonic() - started_at < 30


def test_which_values_are_secret() -> None:
    secret = text(30)
    found = secrets_of({"A_TOKEN": secret, "PWD": "/home/person", "DEBUG": "true", "B_TOKEN": "true", "PATH": "/usr/bin:/bin"})
    assert secret.encode() in found and b64encode(secret.encode()) in found
    assert b"true" not in found and b"/home/person" not in found and b"/usr/bin:/bin" not in found
    lines = secrets_of({"PEM_KEY": f"{text(20)}\n{text(20, 2)}\n"})
    assert text(20, 2).encode() in lines
