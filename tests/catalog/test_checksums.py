"""Checksums within keys: what is computed is valid, and one wrong character is noticed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.catalog import checksums

WIDTHS = {"crc32-base62": 6, "crc32-hex": 8, "crc32-hex-le": 8, "github-pat": 8, "gitlab-routable": 7}
BODIES = {"crc32-base62": "aaa_", "crc32-hex": "bbb_", "crc32-hex-le": "ccc_", "github-pat": "ddd_eee_", "gitlab-routable": "fff-"}
ALNUM = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"


@pytest.mark.parametrize("rule", WIDTHS)
@given(st.text(alphabet=ALNUM, min_size=10, max_size=60), st.data())
def test_what_is_computed_is_valid_and_what_is_changed_is_not(rule: str, body: str, data: st.DataObject) -> None:
    start = BODIES[rule] + body + ("_" if rule == "crc32-hex-le" else "")
    whole = start + checksums.compute(rule, start)
    assert len(whole) == len(start) + WIDTHS[rule]
    assert checksums.check(rule, whole) == "valid"
    at = data.draw(st.integers(len(BODIES[rule]), len(BODIES[rule]) + len(body) - 1))
    other = "A" if whole[at] != "A" else "B"
    assert checksums.check(rule, whole[:at] + other + whole[at + 1 :]) == "invalid"


@pytest.mark.parametrize("rule", WIDTHS)
@given(st.text(max_size=30))
def test_no_text_is_too_odd(rule: str, text: str) -> None:
    assert checksums.check(rule, text.encode("utf-8", "replace").decode()) in ("valid", "invalid")


def test_the_checksum_is_filled_up_with_zeros() -> None:
    """Known answer: CRC-32 of no bytes is 0."""
    assert checksums.compute("crc32-base62", "abc_") == "000000"
    assert checksums.compute("crc32-hex", "abc_") == "00000000"
