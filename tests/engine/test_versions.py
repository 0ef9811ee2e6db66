"""What a version comes to is the same, whether it is examined as a whole or compared with its neighbour."""

import base64
import hashlib
import json
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog.compiled import WORDS
from agentkey_lint.catalog.rule_files import ROOT
from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import changes, pipeline, versions
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.match import scan as scanning
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Fault, Source
from agentkey_lint.testing import expand

PLAN = pipeline.Plan(Thresholds("info", "low"), lambda told_by: hashlib.blake2b(told_by, digest_size=8).hexdigest())
KEYS = [expand("sk-ant-api03-{{93 x aA0}}AA", f"versions {number}") for number in range(4)]
LINES = [
    *(f'client = Anthropic(api_key="{key}")' for key in KEYS),
    'password = "{}"'.format(expand("{{14 x aA0}}7q", "versions")),
    'token = os.environ["TOKEN"]  # nothing here',
    '"secret": "changeme",',
    "def nothing(at_all):",
    "    return [each for each in order if each]",
    "",
    "# a comment of some length, so that lines fill the bytes around a change " * 3,
]
line = st.sampled_from(LINES)
edit = st.tuples(st.integers(0, 400), st.integers(0, 4), st.lists(line, max_size=3))


def whole(path: str, data: bytes) -> list[tuple[object, ...]]:
    return told(pipeline.examine(decode(path, data), empty(), PLAN._replace(only=versions.SECRETS)).judged)


def told(judged: tuple[versions.Judged, ...]) -> list[tuple[object, ...]]:
    return sorted((one.verdict, one.finding.rule, one.finding.fingerprint, one.finding.start, one.finding.end) for one in judged)


@pytest.mark.parametrize("path", ["lib/app.py", "notes.md", "data.json", "config.yaml", ".env"])
@settings(max_examples=30, deadline=None)
@given(start=st.lists(line, min_size=1, max_size=300), edits=st.lists(edit, max_size=8))
def test_comparing_changes_nothing(path: str, start: list[str], edits: list[tuple[int, int, list[str]]]) -> None:
    filler = [LINES[-1]] * 150
    lines = [*filler, *start, *filler]
    chain = ["\n".join(lines).encode()]
    for at, removed, added in edits:
        lines = [*lines[:at], *added, *lines[at + removed :]]
        chain.append("\n".join(lines).encode())
    came = list(versions.judged(path, [(str(number), data) for number, data in enumerate(chain)], empty(), PLAN))
    assert [told(one.judged) for one in came] == [whole(path, data) for data in chain]


def test_most_versions_are_not_examined(monkeypatch: pytest.MonkeyPatch) -> None:
    """Or else the law above would hold of nothing."""
    calls: list[int] = []
    real = pipeline.examine
    monkeypatch.setattr(pipeline, "examine", lambda source, *rest: calls.append(len(source.data)) or real(source, *rest))
    lines = [LINES[-1]] * 300
    chain = ["\n".join([*lines[:at], LINES[5], *lines[at:]]).encode() for at in range(100)]
    came = list(versions.judged("app.py", [(str(number), data) for number, data in enumerate(chain)], empty(), PLAN))
    assert len(came) == 100 and max(calls[1:], default=0) < len(chain[0]) // 3


HALVES = [half.encode() for key in KEYS for half in (key[:30], key[30:])]
PIECES = [*(line.encode() for line in LINES), *HALVES, b"pass", b"word = ", b"\0", b"\xff\xfe", b"\xef\xbb\xbf"]
TEXT = st.lists(st.sampled_from(PIECES), max_size=4)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(texts=st.lists(st.one_of(TEXT.map(b"".join), TEXT.map(b"\n".join), st.just(Fault("", "lost"))), max_size=12), together=st.sampled_from([0, 60, 1 << 16]))
def test_unrelated_texts_are_judged_as_if_alone(monkeypatch: pytest.MonkeyPatch, texts: "list[bytes | Fault]", together: int) -> None:
    """No key begins in one and ends in the next, and none is passed over."""
    monkeypatch.setattr(versions, "TOGETHER", together)
    named = [(str(number), data) for number, data in enumerate(texts)]
    came = {one.id: one for one in versions.unrelated("COMMIT_EDITMSG", iter(named), empty(), PLAN)}
    assert len(came) == len(texts)
    assert all([came[name]] == [*versions.judged("COMMIT_EDITMSG", [(name, data)], empty(), PLAN)] for name, data in named)


def test_no_literal_spans_two_texts() -> None:
    """What is looked for, with what must follow it, holds no line break: so one that begins in a text cannot hide what stands in the next."""
    import re

    literals = scanning._literals()
    assert not any(b"\n" in literal for literal, _, _ in literals)
    after = [re.compile(one) for _, _, one in literals if one]
    assert len(after) == 1 and after[0].search(b"://name:password@host")
    assert not any(after[0].search(text) for text in (b"://na\nme:password@host", b"://name:\npassword@host", b"://name:pass\nword@host"))


def test_most_unrelated_texts_are_looked_through_together(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    real = versions.scan
    monkeypatch.setattr(versions, "scan", lambda data: sizes.append(len(data)) or real(data))
    texts = [(str(number), f"Mend what was broken {number}\n".encode()) for number in range(500)]
    texts[7] = ("7", LINES[0].encode())
    came = [one for one in versions.unrelated("COMMIT_EDITMSG", texts, empty(), PLAN) if one.judged]
    assert [one.id for one in came] == ["7"] and {*sizes} == {len(LINES[0])}


@given(st.binary(max_size=80), st.binary(max_size=40), st.binary(max_size=40), st.binary(max_size=80))
def test_common_parts(start: bytes, one: bytes, other: bytes, end: bytes) -> None:
    first, second = start + one + end, start + other + end
    same = changes._same_start(first, second)
    assert first[:same] == second[:same]
    assert same >= len(start) - changes.GRAIN
    most = min(len(first), len(second)) - same
    tail = changes._same_end(first, second, most)
    assert tail <= most and first[len(first) - tail :] == second[len(second) - tail :]
    assert tail >= min(len(end), most) - changes.GRAIN


@pytest.mark.parametrize("path", ["lib/app.py", "notes.md", "data.json", "config.yaml"])
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    start=st.lists(st.sampled_from(LINES[5:]), min_size=400, max_size=600),
    keys=st.lists(st.integers(0, 600), max_size=3),
    edits=st.lists(st.lists(edit, min_size=2, max_size=5), min_size=1, max_size=4),
)
def test_many_changes_at_once_change_nothing(
    monkeypatch: pytest.MonkeyPatch, path: str, start: list[str], keys: list[int], edits: list[list[tuple[int, int, list[str]]]]
) -> None:
    """Nor do findings away from all of them: they are told on other lines."""
    monkeypatch.setattr(changes, "FAR", 40)
    monkeypatch.setattr(changes, "PROBE", 20)
    lines = [f"{text} # {number}" for number, text in enumerate(start)]
    for number, at in enumerate(keys):
        lines[at:at] = [LINES[number]]
    chain = ["\n".join(lines).encode()]
    for some in edits:
        for at, removed, added in some:
            lines = [*lines[: at * 7 % 600], *added, *lines[at * 7 % 600 + removed :]]
        chain.append("\n".join(lines).encode())
    came = list(versions.judged(path, [(str(number), data) for number, data in enumerate(chain)], empty(), PLAN))
    assert [told(one.judged) for one in came] == [whole(path, data) for data in chain]


def test_findings_away_from_changes_are_moved(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three changes around two findings: nothing is examined again."""
    lines = [f"value_{number} = {number}" for number in range(3_000)]
    lines[700], lines[2_200] = LINES[0], LINES[1]
    edited = ["new"] * 3 + lines[1:1_500] + lines[1_510:2_990] + ["more"]
    wanted = whole("app.py", "\n".join(edited).encode())
    calls = []
    real = pipeline.examine

    def counted(source: Source, *rest: Any) -> pipeline.Outcome:
        calls.append(source)
        return real(source, *rest)

    monkeypatch.setattr(pipeline, "examine", counted)
    came = list(versions.judged("app.py", [(str(number), "\n".join(each).encode()) for number, each in enumerate((lines, edited))], empty(), PLAN))
    assert len(wanted) == 2 and told(came[1].judged) == wanted and len(calls) == 1


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(old=st.lists(st.integers(0, 40), min_size=30, max_size=120), new=st.lists(st.integers(0, 40), max_size=6), at=st.lists(st.integers(0, 120), max_size=6))
def test_between_changes_stands_what_stood_there(monkeypatch: pytest.MonkeyPatch, old: list[int], new: list[int], at: list[int]) -> None:
    monkeypatch.setattr(changes, "FAR", 10)
    monkeypatch.setattr(changes, "PROBE", 8)
    text = [f"{number} line {value}\n" for number, value in enumerate(old)]
    edited = text.copy()
    for place, value in zip(at, new, strict=False):
        edited[place : place + value % 3] = [f"new {value}\n"] * (value % 2)
    before, data = "".join(text).encode(), "".join(edited).encode()
    behind, last = 0, 0
    for first, stop, was, until in [*changes.changes(data, before), (len(data), len(data), len(before), len(before))]:
        assert last <= first <= stop <= len(data) and behind <= was <= until <= len(before)
        assert data[last:first] == before[behind:was]
        behind, last = until, stop


KINDS = [key for file in sorted((ROOT / "rules" / "keys").glob("*.toml")) for key in tomllib.loads(file.read_text())["key"]]
FILLER = ["nothing = here()"] * 300


def hold_alone(path: str, *middles: str) -> None:
    """Compared with its neighbour each version comes to what it comes to alone. middles: what stands in each between twice 5 kB of nothing."""
    chain = ["\n".join([*FILLER, middle, *FILLER]).encode() for middle in middles]
    came = list(versions.judged(path, [(str(number), data) for number, data in enumerate(chain)], empty(), PLAN))
    assert [told(one.judged) for one in came] == [whole(path, data) for data in chain]


@pytest.mark.parametrize("key", KINDS, ids=lambda key: key["id"])
def test_a_change_that_completes_a_key(key: dict[str, Any]) -> None:
    """Wherever within the key it is: at its first byte, behind what tells its kind, in the middle, at its far end."""
    for recipe in key["recipes"]:
        text = expand(recipe, "versions", key.get("checksum", ""))
        broken = [f"{text[:at]} # {text[at + 4 :]}" for at in (0, 12, len(text) // 2, len(text) - 9)]
        hold_alone("app.py", *(each for one in broken for each in (one, text)), text[: len(text) // 2], f"x = '{text}'")


def _long_keys() -> Iterator[tuple[str, str]]:
    """Longer than what is looked through around a change."""
    lines = [expand("{{64 x aA0}}", str(number)) for number in range(120)]
    for kind in ("RSA PRIVATE KEY", "PGP PRIVATE KEY BLOCK"):
        yield kind, "\n".join([f"-----BEGIN {kind}-----", *lines, f"-----END {kind}-----"])
    yield "PuTTY", "\n".join(["PuTTY-User-Key-File-3: ssh-ed25519", *lines])
    head, claims = (base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "HS256"}, {"sub": expand("{{2600 x a}}")}))
    yield "JWT", f"{head}.{claims}.{expand('{{43 x aA0}}')}"
    yield "1Password", expand("ops_eyJ{{1590 x aA0}}")


LONG = list(_long_keys())


@pytest.mark.parametrize("part", [0.02, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize(("kind", "key"), LONG, ids=[kind for kind, _ in LONG])
def test_a_change_far_down_a_long_key(kind: str, key: str, part: float) -> None:
    """It begins thousands of bytes before; it is another secret then, or becomes one, or is none any more."""
    at = int(len(key) * part)
    hold_alone("deploy.py", key[:at] + " - " + key[at:], key, key[:at] + "Q7" + key[at + 2 :], key[:at], key, key[: at - 1] + key[at:])


@pytest.mark.parametrize(
    ("path", "line"), [(".env", "{}={}"), ("config.ini", "{} = {}"), ("values.yaml", "{}: {}"), ("deployment.yaml", "kind: Secret\n{}: {}")]
)
def test_a_name_that_no_word_of_the_scan_is_in(path: str, line: str) -> None:
    """Where something reads a file, the field's name decides."""
    value = expand("{{14 x aA0}}7q", "versions")
    for name in WORDS["secret"]:
        hold_alone(path, "", line.format(name, value))
        hold_alone(path, "", line.format(name.replace(" ", "_").upper(), value))
