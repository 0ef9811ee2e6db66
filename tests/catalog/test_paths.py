"""What a path says of what stands in the file."""

import pytest

from agentkey_lint.catalog import paths


@pytest.mark.parametrize(
    ("path", "style"),
    [("a/b.py", "code"), ("x.JSON", "json"), ("run.sh", "shell"), ("Makefile", "shell"), ("README.md", "doc"), ("a.conf", "config"), ("noending", "config")],
)
def test_how_values_are_written_in_a_file(path: str, style: str) -> None:
    assert paths.style(path) == style


@pytest.mark.parametrize(
    ("path", "expected"),
    [("tests/x.py", True), ("a/test_login.py", True), ("a/login.spec.ts", True), ("src/contest.py", False), ("latest.txt", False), ("attestation/x", False)],
)
def test_tests_and_examples(path: str, expected: bool) -> None:
    assert paths.is_test(path) == expected
