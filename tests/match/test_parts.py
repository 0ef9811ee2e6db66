"""The parts of one credential are one finding, and none of them is shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine import documents, judging, pipeline
from agentkey_lint.match import parts
from agentkey_lint.model.facts import KeyFacts, KeyMatch
from agentkey_lint.model.repository import empty
from agentkey_lint.model.source import Source, Span
from agentkey_lint.report import json as json_report
from agentkey_lint.report.text import About
from agentkey_lint.testing import expand, fill

AWS = "aws_access_key_id = AKIA{{16 x base32}}\naws_secret_access_key = {{40 x aA0/+}}\n"


def keys_in(recipe: str, path: str = "a.cfg", seed: int = 7) -> list[KeyMatch]:
    return list(documents.build(Source(path, expand(recipe, seed).encode())).keys)


def claims(match: KeyMatch) -> dict[str, str]:
    return dict(match.facts.claims)


@pytest.mark.parametrize(
    ("recipe", "secret", "part"),
    [
        (AWS, "aws-secret-access-key", "access key id"),
        ('{"AccessKeyId": "AKIA{{16 x base32}}", "aws_secret_access_key": "{{40 x aA0/+}}"}', "aws-secret-access-key", "access key id"),
        ("TWILIO_ACCOUNT_SID=AC{{32 x hex}}\nTWILIO_AUTH_TOKEN={{32 x hex}}\n", "twilio-auth-token", "account SID"),
        ("TWILIO_AUTH_TOKEN={{32 x hex}}\nTWILIO_ACCOUNT_SID=AC{{32 x hex}}\n", "twilio-auth-token", "account SID"),
        (
            '{"client_id": "{{12 x 0}}-{{32 x a0}}.apps.googleusercontent.com",\n "client_secret": "GOCSPX-{{28 x aA0_-}}"}',
            "google-oauth-client-secret",
            "OAuth client id",
        ),
        ("LANGFUSE_PUBLIC_KEY=pk-lf-{{uuid}}\nLANGFUSE_SECRET_KEY=sk-lf-{{uuid}}\n", "langfuse-secret-key", "public key"),
        ("SUPABASE_URL=https://{{20 x a}}.supabase.co\nSUPABASE_KEY=sb_secret_{{32 x aA0}}\n", "supabase-secret-key", "project address"),
    ],
)
def test_two_parts_are_one_finding(recipe: str, secret: str, part: str) -> None:
    (match,) = keys_in(recipe)
    assert match.facts.id == secret
    assert claims(match)["with"] == part
    assert len(match.companions) == 1


def test_what_a_part_says_of_itself_is_kept() -> None:
    (alone,) = keys_in("AKIA{{16 x base32}}\n")
    text = expand("AKIA{{16 x base32}}\n", 7) + expand("aws_secret_access_key = {{40 x aA0/+}}\n", 7)
    (match,) = documents.build(Source("a.cfg", text.encode())).keys
    assert claims(match)["account"] == claims(alone)["account"]


def test_every_profile_has_its_own_pair() -> None:
    text = expand("".join(f"[{name}]\n{AWS}" for name in "abc"), 3)
    found = documents.build(Source("credentials", text.encode())).keys
    assert [match.facts.id for match in found] == ["aws-secret-access-key"] * 3
    lines = [text.encode()[: span.start].count(b"\n") for match in found for span in match.companions]
    assert lines == [1, 4, 7]


def test_secrets_before_their_ids() -> None:
    pair = "aws_secret_access_key = {{40 x aA0/+}}\naws_access_key_id = AKIA{{16 x base32}}\n"
    text = expand(pair * 2, 3).encode()
    found = documents.build(Source("a.cfg", text)).keys
    assert [text[: span.start].count(b"\n") for match in found for span in match.companions] == [1, 3]


def test_a_temporary_credential_of_three_parts() -> None:
    (match,) = keys_in("key = ASIA{{16 x base32}}\naws_secret_access_key = {{40 x aA0/+}}\naws_session_token = IQoJb3JpZ2lu{{300 x aA0}}\n")
    assert match.facts.id == "aws-secret-access-key"
    assert match.facts.lifetime == "temporary"
    assert len(match.companions) == 2


@pytest.mark.parametrize("between", ["\n" * 8, "x" * 2_500 + "\n"], ids=["lines", "bytes"])
def test_parts_far_from_each_other_are_two_findings(between: str) -> None:
    found = keys_in(f"id = AKIA{{{{16 x base32}}}}\n{between}aws_secret_access_key = {{{{40 x aA0/+}}}}\n")
    assert [match.facts.id for match in found] == ["aws-access-key-id", "aws-secret-access-key"]
    assert all(match.companions == () for match in found)


def test_a_sample_does_not_hide_a_key() -> None:
    text = expand("id = AKIA{{16 x base32}}\n", 7) + "aws_secret_access_key = " + "EXAMPLEKEY" * 4 + "\n"
    found = documents.build(Source("a.cfg", text.encode())).keys
    assert [(match.facts.id, match.confidence) for match in found if match.confidence != "low"] == [("aws-access-key-id", "high")]


def test_no_part_is_shown_and_each_is_a_place_of_the_finding() -> None:
    filled = fill('{"id": "AKIA{{16 x base32}}", "aws_secret_access_key": "{{40 x aA0/+}}"}\n', 7)
    report = pipeline.lint([Source("a.cfg", filled.text.encode())], empty(), pipeline.Plan(judging.Thresholds(), lambda secret: "0" * 16))
    (judged,) = [one for one in report.results if one.verdict == "reported"]
    assert [place.start.line for place in judged.finding.related if "same credential" in place.message] == [1]
    assert "with access key id" in judged.finding.message
    shown = "".join(json_report.render(report, About("0", pipeline.rules())))
    for secret in filled.parts:
        assert not any(secret[at : at + 8] in shown for at in range(len(secret) - 7))


KINDS = ("aws-secret-access-key", "aws-access-key-id", "aws-session-token", "langfuse-secret-key", "langfuse-public-key", "github-pat")


@given(st.lists(st.tuples(st.sampled_from(KINDS), st.integers(0, 300), st.sampled_from(["high", "low"])), max_size=30))
def test_every_key_stays_a_finding_or_becomes_a_part_of_one(items: list[tuple[str, int, str]]) -> None:
    at, matches = 0, []
    for kind, gap, confidence in items:
        at += gap
        span = Span(at, at + 20)
        matches.append(KeyMatch(span, span, 0, "hardcoded-key", KeyFacts(kind, "V", "Kind", "write", "long-lived"), confidence))
        at = span.end
    joined = parts.join(matches, b"x\n" * (at // 2 + 1))
    kept = [match.span for match in joined] + [part for match in joined for part in match.companions]
    assert sorted(kept) == [match.span for match in matches]
    sure = [match.span for match in matches if match.confidence == "high"]
    shown = {span for match in joined if match.confidence == "high" for span in (match.span, *match.companions)}
    assert shown.issuperset(sure)
