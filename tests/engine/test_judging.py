"""Claims become findings: one a secret, thresholds, places and order."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine.judging import PRECEDENCE, Thresholds, findings, settle, verdict
from agentkey_lint.model.facts import Document
from agentkey_lint.model.finding import CONFIDENCES, SEVERITIES, Claim, Note
from agentkey_lint.model.source import Source, Span


def claim(rule: str, start: int, end: int, severity: str = "high", confidence: str = "high", secret: bool = True) -> Claim:
    span = Span(start, end)
    return Claim(rule, span, "message", "hint", severity, confidence, span if secret else None, identity=f"{rule}/{start}")


claims = st.lists(
    st.builds(
        claim,
        st.sampled_from([*PRECEDENCE, "another-rule"]),
        st.integers(0, 20),
        st.integers(21, 40),
        st.sampled_from(SEVERITIES),
        st.sampled_from(CONFIDENCES),
        st.booleans(),
    ),
    max_size=8,
)


@given(claims)
def test_no_two_of_the_ranked_rules_keep_one_secret(found: list[Claim]) -> None:
    kept = settle(found)
    ranked = sorted((one.secret for one in kept if one.secret is not None and one.rule in PRECEDENCE), key=tuple)
    assert all(before.end <= after.start for before, after in pairwise(ranked))
    assert [one for one in found if one.secret is None or one.rule not in PRECEDENCE] == [
        one for one in found if (one.secret is None or one.rule not in PRECEDENCE) and one in kept
    ]
    assert [one.span for one in kept] == sorted(one.span for one in kept)
    if any(one.secret is not None for one in found):
        assert any(one.secret is not None for one in kept), "a secret never vanishes"


def test_the_rule_that_goes_first_keeps_the_secret_unless_it_is_unsure() -> None:
    first, second = claim("hardcoded-key", 0, 30), claim("hardcoded-secret", 5, 30)
    assert settle([second, first]) == [first]
    unsure = first._replace(confidence="low")
    assert settle([unsure, second]) == [second]


@given(st.sampled_from(SEVERITIES), st.sampled_from(CONFIDENCES), st.sampled_from(SEVERITIES), st.sampled_from(CONFIDENCES))
def test_thresholds(severity: str, confidence: str, least: str, surest: str) -> None:
    reported = verdict(claim("x", 0, 1, severity, confidence), Thresholds(least, surest)) == "reported"
    assert reported == (SEVERITIES.index(severity) >= SEVERITIES.index(least) and CONFIDENCES.index(confidence) >= CONFIDENCES.index(surest))


DATA = b"first = 1\npassword = abcdefgh12345678 # \xc3\xa9 x\nlast = 2\n"


def test_places_count_from_one_and_notes_have_theirs() -> None:
    document = Document(Source("a/b.ini", DATA))
    one = claim("hardcoded-secret", 21, 37)._replace(notes=(Note(Span(0, 5), "first"), Note(Span(3, 7), "elsewhere", "c.ini")))
    (judged,) = findings(document, [one], Thresholds(), lambda secret: "f" * 16)
    finding = judged.finding
    assert (finding.path, finding.start, finding.end) == ("a/b.ini", (2, 12), (2, 28))
    assert [(place.path, place.start, place.message) for place in finding.related] == [("a/b.ini", (1, 1), "first"), ("c.ini", (3, 7), "elsewhere")]
    assert "abcdefgh" not in finding.excerpt.text and finding.excerpt.text.endswith("# é x")


def test_one_secret_has_one_fingerprint_and_other_claims_have_their_identity() -> None:
    document = Document(Source("a.ini", DATA))
    told: list[bytes] = []

    def fingerprint(by: bytes) -> str:
        told.append(by)
        return "0" * 16

    findings(document, [claim("hardcoded-secret", 21, 37), claim("unused", 0, 5, secret=False)], Thresholds(), fingerprint)
    assert sorted(told) == sorted([b"secret\0abcdefgh12345678", b"unused\0a.ini\0unused/0"])


def test_messages_never_hold_the_secret() -> None:
    one = claim("hardcoded-secret", 21, 37)._replace(message="bad: abcdefgh12345678", hint="not abcdefgh12345678")
    (judged,) = findings(Document(Source("a.ini", DATA)), [one], Thresholds(), lambda secret: "")
    assert "abcdefgh" not in judged.finding.message + judged.finding.hint


def test_no_claims_no_findings() -> None:
    assert findings(Document(Source("a", b"")), [], Thresholds(), lambda secret: "") == []
