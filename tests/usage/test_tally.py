"""Counting and comparing: laws that hold for any log."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.model.usage import OUTSIDE, UNUSED, Compared
from agentkey_lint.usage import tally as module
from agentkey_lint.usage.compare import compare
from agentkey_lint.usage.cover import covers, narrowest
from agentkey_lint.usage.formats import Event, moment
from agentkey_lint.usage.tally import Key, Tally

scopes = st.sampled_from(["a:read", "a:write", "b:read", "b:*", "*", "c"])
uses = st.sampled_from(["a:read", "a:write", "b:read", "b:list", "c", "d"])
keys = st.builds(
    Key,
    id=st.sampled_from(["one", "two", "three"]),
    scopes=st.lists(scopes, max_size=4, unique=True).map(tuple),
    agent=st.sampled_from(["", "bot", "one"]),
    ends=st.sampled_from([float("inf"), 100.0]),
)
events = st.builds(
    Event,
    names=st.lists(st.sampled_from(["One", "two", "bot", "nobody"]), max_size=2).map(tuple),
    scopes=st.lists(uses, max_size=2, unique=True).map(tuple),
    when=st.one_of(st.none(), st.floats(1, 200)),
    denied=st.booleans(),
    held=st.lists(uses, max_size=2).map(tuple),
)


def run(declared: list[Key], log: list[Event]) -> Compared:
    tally = Tally(declared)
    for event in log:
        tally.add(event)
    return compare(tally)


@settings(deadline=None)
@given(st.lists(keys, max_size=3, unique_by=lambda key: key.id), st.lists(events, max_size=30), st.randoms(use_true_random=False), st.booleans())
def test_the_order_of_a_log_never_matters(declared: list[Key], log: list[Event], chance: Random, tight: bool) -> None:
    before = module.MOST_SCOPES, module.MOST_OF_ALL
    module.MOST_SCOPES, module.MOST_OF_ALL = (2, 3) if tight else before
    try:
        expected = run(declared, log)
        mixed = list(log)
        chance.shuffle(mixed)
        assert run(declared, mixed) == expected
    finally:
        module.MOST_SCOPES, module.MOST_OF_ALL = before


@settings(deadline=None)
@given(st.lists(scopes, min_size=1, max_size=4, unique=True), st.lists(uses, max_size=8))
def test_the_narrower_scopes_cover_what_the_wider_ones_did(declared: list[str], used: list[str]) -> None:
    log = [Event(("one",), (scope,)) for scope in used]
    found = run([Key("one", tuple(declared))], log)
    narrower = dict(found.keys[0].narrower)
    after = [one for scope in declared for one in narrower.get(scope, (scope,))]
    again = run([Key("one", tuple(after))], log)
    assert [one for one in again.differences if one.kind == OUTSIDE] == [one for one in found.differences if one.kind == OUTSIDE]
    assert not [one for one in again.differences if one.kind == UNUSED] or not used
    assert not again.keys[0].narrower


def test_what_covers_what() -> None:
    for declared, used, system, expected in (
        ("tickets:*", "tickets:read", "", True),
        ("tickets:read", "tickets:write", "", False),
        ("s3:get*", "s3:GetObject", "aws", True),
        ("arn:aws:iam::aws:policy/ReadOnlyAccess", "s3:GetObject", "aws", None),
        ("roles/storage.objectViewer", "storage.objects.get", "google", None),
        ("contents:write", "contents:read", "github", True),
        ("contents:read", "contents:write", "github", False),
        ("contents:write", "git.clone", "github", True),
        ("gist", "git.clone", "github", False),
        ("copilot", "git.clone", "github", None),
        ("write_products", "read_products", "shopify", True),
        ("read", "secret/data/a:read", "vault", True),
        ("secret/data/*", "secret/data/a:read", "vault", True),
        ("deploy-policy", "secret/data/a:read", "vault", None),
    ):
        assert covers(declared, used, system) is expected, (declared, used)
    assert narrowest(["*", "a:*", "a:read"], "a:read", "") == "a:read"
    assert narrowest(["*", "a:*"], "a:read", "") == "a:*"
    assert narrowest(["b"], "a:read", "") == ""
    assert narrowest(["b", "roles/x"], "a.read", "google") is None


def test_moments() -> None:
    assert {moment(value) for value in ("2026-05-01T00:00:00Z", "2026-05-01", 1777593600, "1777593600", 1777593600000, 1777593600 * 10**9)} == {1777593600.0}
    assert {moment(value) for value in (None, True, "", "soon", -1, float("nan"), float("inf"), 10**400, [], "9" * 400)} == {None}
