"""What hides findings: our comments, entries of the settings, and other tools' comments where they are adopted."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine import adopted, hiding
from agentkey_lint.engine.digests import digest, is_of, shared
from agentkey_lint.engine.suppressions import comments
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.settings import Exemption, Settings
from agentkey_lint.model.source import Source, Span

WHY = b"  # agentkey: ignore[missing-reference] why"


def claim(at: int, rule: str = "missing-reference", secret: bool = False) -> Claim:
    return Claim(rule, Span(at, at + 1), "m", "h", "high", secret=Span(at, at + 1) if secret else None, identity=str(at))


def hidden(data: bytes, *claims: Claim, settings: Settings | None = None, path: str = "a.py") -> dict[int, str]:
    return hiding.hidden(Document(Source(path, data)), claims, hiding.Hiding(settings or Settings()))[0]


@given(st.lists(st.sampled_from(["code", "hidden", "alone", "other"]), max_size=12), st.sampled_from([b"\n", b"\r\n"]))
def test_a_comment_hides_its_line_or_alone_the_next(kinds: list[str], end: bytes) -> None:
    texts = {"code": b"x", "hidden": b"x" + WHY, "alone": WHY.strip(), "other": b"x  # agentkey: ignore[private-key] why"}
    lines = [texts[kind] for kind in kinds]
    starts = [sum(len(line) + len(end) for line in lines[:number]) for number in range(len(lines))]
    claims = [claim(start) for start, kind in zip(starts, kinds, strict=True) if kind != "alone"]
    expected = {
        start for number, start in enumerate(starts) if kinds[number] == "hidden" or (number and kinds[number] != "alone" and kinds[number - 1] == "alone")
    }
    found = hidden(b"".join(line + end for line in lines), *claims)
    assert {claims[number].span.start for number in found} == expected
    assert set(found.values()) <= {"a comment: why"}


@given(st.binary(max_size=300), st.sampled_from(["a.py", "a.md", "a.bat"]))
def test_no_bytes_break_the_reader(data: bytes, path: str) -> None:
    text = data + b"# agentkey: ignore[" + data + b"]\n# agentkey: ignore" + data
    for one in comments(text, path):
        assert 0 <= one.span.start <= one.span.end <= len(text)
    adopted.hidden(text + b"secretlint-disable" + data, [claim(0, secret=True)], (*adopted.WORDS, "secretlint"))


@pytest.mark.parametrize("unit", [b"# agentkey: ignore[missing-reference] a ", b"agentkey:", b"# agentkey: ignore[a]\n", b"secretlint-disable secretlint "])
def test_hostile_files_take_linear_time(unit: bytes) -> None:
    data = unit * (1_000_000 // len(unit))
    claims = [claim(at) for at in range(0, len(data), 25)]
    begin = time.process_time()
    hidden(data, *claims, settings=Settings(adopt=("secretlint",)))
    assert time.process_time() - begin < 3


def test_a_reason_is_required_unless_the_settings_say_otherwise() -> None:
    data = b"x # agentkey: ignore[missing-reference] ---"
    assert hidden(data, claim(0)) == {}
    assert hidden(data, claim(0), settings=Settings(require_reason=False)) == {0: "a comment"}


DATA = b'{"a": {"token": "x"}}'


@pytest.mark.parametrize(
    ("exemption", "hides"),
    [
        (Exemption(("missing-reference",), reason="r"), True),
        (Exemption(("private-key",), reason="r"), False),
        (Exemption(("missing-reference",), reason="r", until=0), False),
        (Exemption(("missing-reference",), key="token", reason="r"), True),
        (Exemption(("missing-reference",), key="a.token", reason="r"), True),
        (Exemption(("missing-reference",), key="oken", reason="r"), False),
        (Exemption(("missing-reference",), fingerprint="00:1111111111", reason="r"), False),
        (Exemption(("missing-reference",), fingerprint="zz", reason="r"), False),
    ],
)
def test_entries_of_the_settings(exemption: Exemption, hides: bool) -> None:
    from agentkey_lint.engine.documents import build

    document = build(Source(".mcp.json", b'{"mcpServers": {"a": {"env": {"token": ""}}}}'))
    fields = [field for field in document.fields if field.entry.route[-1] == "token"]
    if exemption.key == "a.token":
        exemption = exemption._replace(key=".".join(fields[0].entry.route))
    about = Claim("missing-reference", fields[0].entry.value, "m", "h", "high", identity="x")
    found, _ = hiding.hidden(document, [about], hiding.Hiding(Settings(exemptions=(exemption._replace(file="p/agentkey-lint.toml", number=2),))))
    assert found == ({0: "p/agentkey-lint.toml, entry 3 of ignore: r"} if hides else {})


def test_a_shared_fingerprint_is_that_of_one_secret_wherever_it_stands() -> None:
    one = Source("a", b"0123456789 other")
    here = Claim("hardcoded-key", Span(0, 10), "m", "h", "high", secret=Span(0, 10))
    told = shared(here, one)
    assert told != shared(here, one), "each has a salt of its own"
    moved = Claim("hardcoded-secret", Span(3, 13), "x", "h", "low", secret=Span(3, 13), identity="y")
    assert is_of(told, moved, Source("b/c", b"// 0123456789"))
    assert not is_of(told, moved, Source("b/c", b"// 0123456788"))
    assert not is_of(":", here, one) and not is_of("00" * 17 + ":" + digest(here, one, b"\0" * 17), here, one)


@pytest.mark.parametrize(
    ("tool", "line", "hides"),
    [
        ("gitleaks", b"x #gitleaks:allow", True),
        ("betterleaks", b"x // gitleaks:allow", True),
        ("betterleaks", b"x // betterleaks:allow", True),
        ("gitleaks", b"x // betterleaks:allow", False),
        ("trufflehog", b"x # trufflehog:ignore", True),
        ("kingfisher", b"x # kingfisher:ignore", True),
        ("trufflehog", b"x\n# trufflehog:ignore", False),
        ("secretlint", b"x // secretlint-disable-line", True),
        ("secretlint", b"x // secretlint-disable-next-line", False),
        ("secretlint", b"x\n// secretlint-disable", False),
        ("secretlint", b"x # gitleaks:allow", False),
    ],
)
def test_comments_of_other_tools_count_where_they_are_adopted(tool: str, line: bytes, hides: bool) -> None:
    assert bool(hidden(line, claim(0, secret=True), settings=Settings(adopt=(tool,)))) == hides
    assert hidden(line, claim(0), settings=Settings(adopt=(tool,))) == {}, "they hide secrets and nothing else"
    assert hidden(line, claim(0, secret=True)) == {}


def test_what_secretlint_disables_and_enables() -> None:
    lines = ["a", "// secretlint-disable -- why", "b", "// secretlint-enable", "c", "// secretlint-disable-next-line", "d"]
    lines += ["/* secretlint-disable @secretlint/secretlint-rule-github */", "e", ""]
    data = "\n".join(lines).encode()
    claims = [claim(data.index(b"\n" + letter) + 1 if at else 0, secret=True) for at, letter in enumerate((b"a\n", b"b\n", b"c\n", b"d\n", b"e\n"))]
    assert set(hidden(data, *claims, settings=Settings(adopt=("secretlint",)))) == {1, 3}, "the last names one vendor, and this is no key of it"
