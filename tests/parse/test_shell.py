"""Assignments in shell text and Dockerfiles."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.parse import dockerfile, shell

SCRIPT = b"""use nix
export A=1 B="two words" C='$x'
PATH_add bin
D=$(cmd --x "y") run
export E
  export -x F="a\\"b"
web: H=1 gunicorn app
env I=2 command
echo NOPE=1
# G=1
K="over
two lines"
L=
"""

FILE = b"""FROM x
ARG A
ARG B=1 C
env D=1 \\
  # a comment
  E="two words" \\
  F=x
ENV G the rest of it
RUN ENV=3 ls
LABEL H=1
"""


def test_the_assignments_of_a_script() -> None:
    found = [(entry.route, entry.kind, entry.text, entry.quote) for entry in shell.parse(SCRIPT)[0]]
    assert found == [
        (("A",), "string", "1", ""),
        (("B",), "string", "two words", '"'),
        (("C",), "string", "$x", "'"),
        (("D",), "string", '$(cmd --x "y") run', ""),
        (("E",), "null", "", ""),
        (("F",), "string", 'a"b', '"'),
        (("H",), "string", "1", ""),
        (("I",), "string", "2", ""),
        (("K",), "string", "over\ntwo lines", '"'),
        (("L",), "string", "", ""),
    ]


def test_the_variables_of_a_dockerfile() -> None:
    found = [(entry.route, entry.kind, entry.text) for entry in dockerfile.parse(FILE)[0]]
    assert found == [
        (("ARG", "A"), "null", ""),
        (("ARG", "B"), "string", "1"),
        (("ARG", "C"), "null", ""),
        (("ENV", "D"), "string", "1"),
        (("ENV", "E"), "string", "two words"),
        (("ENV", "F"), "string", "x"),
        (("ENV", "G"), "string", "the rest of it"),
    ]


@pytest.mark.parametrize(("parser", "data"), [(shell, SCRIPT), (dockerfile, FILE)])
def test_spans_cut_out_what_they_name(parser, data: bytes) -> None:
    for entry in parser.parse(data)[0]:
        assert data[entry.key.start : entry.key.end].decode() == entry.route[-1]
        raw = data[entry.value.start : entry.value.end].decode()
        assert raw.replace('\\"', '"') == entry.text


@given(st.one_of(st.binary(max_size=200), st.text(alphabet="ENVARG x=1\"'\\\n$(`#:\t", max_size=200).map(str.encode)))
def test_any_bytes_are_read(data: bytes) -> None:
    for parser in (shell, dockerfile):
        entries, problems = parser.parse(data)
        assert not problems
        ends = [0]
        for entry in entries:
            assert ends[-1] <= entry.key.start <= entry.key.end <= entry.value.start <= entry.value.end <= len(data)
            ends.append(entry.value.end)


HOSTILE = [b'X="', b'export X="\n', b'X=\\"\n', b"ENV A \\\n", b'ENV A="\\\n', b"a", b"export ", b"A=$(\n", b"A=' ", b"web: ", b"ENV A=1 \\\n#\n", b"x-"]


@pytest.mark.parametrize("piece", HOSTILE)
@pytest.mark.parametrize("parser", [shell, dockerfile])
def test_time_grows_with_the_length_alone(parser, piece: bytes) -> None:
    def lasts(count: int) -> float:
        start = time.process_time()
        parser.parse(piece * count)
        return time.process_time() - start

    assert lasts(16_000) < max(12 * min(lasts(2_000), lasts(2_000)), 1.0)
