"""No file of this repository holds key-shaped text, not even made up: scanners of others, and the push protection of hosts, cannot tell the difference."""

import re
from pathlib import Path

import pytest

from agentkey_lint.discover.decode import decode
from agentkey_lint.engine.documents import build
from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
BEGIN = re.compile(rb"-----BEGIN [A-Z0-9 ]*PRIVATE KEY(?: BLOCK)?-----(?:\\[rn]|\s*$)", re.MULTILINE)
"""A line that begins a private key; within a string its end is written `\\n`. A pattern or a constant that goes on otherwise is none."""


def shaped(data: bytes) -> list[str]:
    """What is key-shaped in the bytes of a file, each as its line and its kind: whole keys of our kinds, and lines that begin a private key.

    Passwords in URLs are left out, for documentation is full of `user:password@localhost`, and so are keys that code puts together from pieces.
    """
    keys = [key for key in build(decode("any", data)).keys if key.rule != "key-in-url" and ("encoding", "pieces") not in key.facts.claims]
    found = [(key.span.start, key.facts.id) for key in keys] + [(match.start(), "begin") for match in BEGIN.finditer(data)]
    return [f"line {before + 1}: {kind}" for before, kind in sorted((data.count(b"\n", 0, at), kind) for at, kind in found)]


def test_no_file_of_the_repository_holds_a_key(checkout: list[str]) -> None:
    assert not {name: found for name in checkout if (found := shaped((ROOT / name).read_bytes()))}


@pytest.mark.parametrize(
    "text",
    [
        "key = tvly-{{32 x aA0}}",
        "  1 │ {{5 x -}}BEGIN RSA PRIVATE KEY-----\n",
        '"{{5 x -}}BEGIN PRIVATE KEY-----\\n..."',
        "{{5 x -}}BEGIN PGP PRIVATE KEY BLOCK-----",
    ],
)
def test_what_would_be_noticed(text: str) -> None:
    assert shaped(expand(text).encode())
