"""Recipes and literate cases: what they expand to, and how a case is read."""

import re
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.testing import Case, alphabet, cases, expand, fill


def test_a_run_has_its_length_and_its_alphabet() -> None:
    assert re.fullmatch(r"ex-[A-Za-z0-9_-]{40}", expand("ex-{{40 x aA0_-}}"))
    assert re.fullmatch(r"[0-9a-f]{32}", expand("{{32 x hex}}"))
    assert re.fullmatch(r"[0-9A-F]{32}", expand("{{32 x HEX}}"))
    assert re.fullmatch(r"[A-Z2-7]{16}", expand("{{16 x base32}}"))
    assert set(expand("{{500 x b58}}")).isdisjoint("0OIl")
    assert set(expand("{{50 x QPZRY9X8GF2TV}}")) <= set("QPZRY9X8GF2TV")
    assert alphabet("a0") == "abcdefghijklmnopqrstuvwxyz0123456789"


def test_a_length_may_lie_between_two() -> None:
    lengths = {len(expand("{{20-24 x A0}}", seed)) for seed in range(100)}
    assert lengths == {20, 21, 22, 23, 24}


@given(st.integers())
def test_the_same_seed_gives_the_same_text(seed: int) -> None:
    assert expand("a{{30 x a0}}b", seed) == expand("a{{30 x a0}}b", seed)
    assert expand("a{{30 x a0}}b", seed) != expand("a{{30 x a0}}b", seed + 1)


def test_what_was_filled_in_is_told() -> None:
    text, parts = fill("a-{{8 x a}}-b-{{uuid}}", 1)
    assert text == f"a-{parts[0]}-b-{parts[1]}"
    assert len(parts) == 2


def test_encodings_hold_what_is_within_them() -> None:
    import base64

    assert base64.b64decode(expand("{{base64 user:{{10 x a}}}}"))[:5] == b"user:"
    assert expand("{{base64url ??>}}") == "Pz8-"
    header, payload, signature = expand('{{jwt {"role": "anon"}}}').split(".")
    assert base64.urlsafe_b64decode(payload + "==") == b'{"role": "anon"}'
    assert base64.urlsafe_b64decode(header + "==").startswith(b"{") and len(signature) == 43


def test_a_checksum_covers_its_own_token_alone() -> None:
    def crc(body: str) -> int:
        return zlib.crc32(body.encode())

    alone = expand("t_{{20 x a0}}{{checksum}}", 3, "crc32-hex")
    assert int(alone[-8:], 16) == crc(alone[2:-8])
    among = expand("# t_\ntoken = 't_{{20 x a0}}{{checksum crc32-hex}}'", 3)
    token = among.split("'")[1]
    assert int(token[-8:], 16) == crc(token[2:-8])


def test_double_braces_can_be_written() -> None:
    assert expand("a: {{literal NAME}} ${{literal  secrets.NAME }}") == "a: {{NAME}} ${{ secrets.NAME }}"


@pytest.mark.parametrize("wrong", ["{{20 x a", "{{nothing of this kind}}", "{{}}"])
def test_a_wrong_recipe_is_an_error(wrong: str) -> None:
    with pytest.raises(ValueError, match="recipe"):
        expand(wrong)


CASES = """# a-rule

Words.

## One finding

Why.

```json path=a/b.json
{"key": "{{12 x a}}"}
```

~~~sh path=.env
# a fence in a file: ```
X=1
~~~

```toml
this = "is no file"
- `a/b.json:9` `a-rule`
```

- `a/b.json:1` `a-rule` and why
- known miss: `.env:2` `a-rule`

Run with: `--min-severity info`

Untracked: `.env`, `a/b.json`

## None
```text path=x
```
"""


def test_a_case_is_read_whole() -> None:
    first, second = cases(CASES)
    secret = first.secrets[0]
    assert first == Case(
        "One finding",
        {"a/b.json": f'{{"key": "{secret}"}}\n', ".env": "# a fence in a file: ```\nX=1\n"},
        [("a/b.json", 1, "a-rule")],
        [(".env", 2, "a-rule")],
        ["--min-severity", "info"],
        (".env", "a/b.json"),
        (secret,),
    )
    assert second == Case("None", {"x": ""}, [], [], [])


def test_a_file_without_cases_has_none() -> None:
    assert list(cases("# only a title\n\ntext\n")) == []
