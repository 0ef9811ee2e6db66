"""Inline comments of detect-secrets are honoured just where detect-secrets itself honours them, and indented besides."""

import time

import pytest
from detect_secrets.filters.allowlist import is_line_allowlisted
from detect_secrets.util.code_snippet import get_code_snippet
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine import judging
from agentkey_lint.engine.pragmas import allowed
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import Claim
from agentkey_lint.model.source import Source, Span

PIECES = [
    *("#", "//", "/*", "*/", "'", "--", "<!--", "-->", ";", " ", "\t", "x = 1", '"', "pragma:", "pragma: ", "PRAGMA: "),
    *("allowlist secret", "whitelist secret", "allowlist-secret", " why"),
    *("allowlist nextline secret", "allowlist-nextline-secret", "whitelist nextline secret"),
    *("pragma: allowlist secret", "# pragma: allowlist secret", "# pragma: allowlist nextline secret", "/* pragma: allowlist nextline secret */"),
]
LINES = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


def ours(before: str, line: str, path: str) -> bool:
    data = f"{before}\n{line}\n".encode()
    offset = len(before.encode()) + 1
    return bool(allowed(data, [offset], path))


@given(LINES, LINES, st.sampled_from(["a.py", "a.yaml", "a.yml", "a.xml"]))
def test_the_same_lines_as_for_detect_secrets(before: str, line: str, path: str) -> None:
    # What stands before the mark of a comment for the next line is no text to us if it is blank; detect-secrets wants the mark in the first column.
    before = before.lstrip()
    context = get_code_snippet([before + "\n", line + "\n"], 2)
    assert ours(before, line, path) == is_line_allowlisted(path, line.rstrip(), context)


@pytest.mark.parametrize("mark", ["# {}", "// {}", "/* {} */", "' {}", "-- {}", "<!-- {} -->", "<!-- # {} -->", "\t# {}"])
@pytest.mark.parametrize("word", ["allowlist", "whitelist"])
def test_every_comment_style(mark: str, word: str) -> None:
    assert ours("", "key = value " + mark.format(f"pragma: {word} secret"), "a.txt")
    assert not ours("key = value " + mark.format(f"pragma: {word} secret"), "key = value", "a.txt"), "the next line is another one"
    assert ours("  " + mark.format("pragma: allowlist nextline secret"), "key = value", "a.txt")
    assert not ours("key = value " + mark.format("pragma: allowlist nextline secret"), "key = value", "a.txt"), "text stands before it"


NONE = ["pragma: allowlist secret", "key = pragma: allowlist secret", "# pragma: allow secret", "/* pragma: allowlist secret", "# allowlist secret"]


@pytest.mark.parametrize("line", NONE)
def test_what_is_no_comment_of_that_kind(line: str) -> None:
    assert not ours("", line, "a.py")


def test_yaml_has_no_other_comment_than_its_own() -> None:
    assert ours("", "key: value // pragma: allowlist secret", "a.yml") and not ours("", "key: value // pragma: allowlist secret", "a.yaml")
    assert ours("-- pragma: allowlist nextline secret", "key: value", "a.yml") and not ours("-- pragma: allowlist nextline secret", "key: value", "a.yaml")


def test_windows_line_ends_and_the_ends_of_a_file() -> None:
    data = b"# pragma: allowlist nextline secret\r\none\r\ntwo # pragma: allowlist secret\r\nthree"
    offsets = {name: data.index(name) for name in (b"one", b"two", b"three")}
    assert allowed(data, offsets.values(), "a.py") == {offsets[b"one"], offsets[b"two"]}
    assert allowed(b"", [0], "a.py") == frozenset()


@pytest.mark.parametrize("line", [b"#" * 500_000, b"# " * 250_000, b"#" + b" " * 500_000, b"pragma: allowlist secret" * 20_000, b"<!--" + b"# \t" * 150_000])
def test_hostile_lines_take_linear_time(line: bytes) -> None:
    data = line + b"\n" + line + b" pragma:"
    begin = time.process_time()
    allowed(data, range(0, len(data), 101), "a.py")
    assert time.process_time() - begin < 2


@given(st.binary(max_size=200), st.integers(0, 200))
def test_no_bytes_break_it(data: bytes, at: int) -> None:
    allowed(data, [min(at, len(data))], "a.py")


def verdicts(text: bytes, *claims: Claim) -> list[str]:
    document = Document(Source("a.py", text))
    return [one.verdict for one in judging.findings(document, claims, judging.Thresholds(), lambda told_by: "0" * 16)]


def test_only_claims_about_a_secret_are_suppressed() -> None:
    text = b"value # pragma: allowlist secret\n"
    place = Span(0, 5)
    assert verdicts(text, Claim("hardcoded-secret", place, "m", "h", "high", secret=place)) == ["suppressed"]
    assert verdicts(text, Claim("hardcoded-secret", place, "m", "h", "high", "low", secret=place)) == ["suppressed"]
    assert verdicts(text, Claim("missing-reference", place, "m", "h", "high", identity="x")) == ["reported"]


def test_the_line_of_the_secret_counts_and_the_excerpt_stays_masked() -> None:
    text = b"name\nhunter2hunter # pragma: allowlist secret\n"
    claim = Claim("hardcoded-secret", Span(0, 4), "m", "h", "high", secret=Span(5, 18))
    document = Document(Source("a.py", text))
    (one,) = judging.findings(document, [claim._replace(span=Span(5, 18))], judging.Thresholds(), lambda told_by: "0" * 16)
    assert one.verdict == "suppressed" and "hunter" not in one.finding.excerpt.text
    assert verdicts(text, claim) == ["suppressed"]


def test_suppressed_places_are_no_part_of_a_summary() -> None:
    lines = [b"a%03d # pragma: allowlist secret\n" % number if number < 50 else b"a%03d\n" % number for number in range(200)]
    text = b"".join(lines)
    spans = [Span(text.index(b"a%03d" % number), text.index(b"a%03d" % number) + 4) for number in range(200)]
    document = Document(Source("a.py", text))
    claims = [Claim("hardcoded-secret", span, "m", "h", "high", secret=span) for span in spans]
    judged = judging.findings(document, claims, judging.Thresholds(), lambda told_by: "0" * 16)
    assert [one.verdict for one in judged] == ["suppressed"] * 50 + ["reported"]
    assert "149 more" in judged[-1].finding.message
