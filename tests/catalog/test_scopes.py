"""The tier of one scope, by its words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import scopes
from agentkey_lint.catalog.compiled import SCOPES
from agentkey_lint.catalog.scopes import rank, tier

GOOGLE = "https://www.googleapis.com/auth/"
NOUNS = st.sampled_from(["tickets", "readme", "user", "billing_account", "writers", "rootFolder", "administrivia", "updates", "sudoku"])


@pytest.mark.parametrize(
    ("scope", "level"),
    [
        ("audit:read", "read"),
        ("user_admin_read", "read"),
        ("things:read", "read"),
        ("read:org", "read"),
        ("read_all_orders", "read"),
        ("read:comment:jira", "read"),
        ("comment:read", "read"),
        ("read-all", "read"),
        ("readOnly", "read"),
        ("ReadOnlyAccess", "read"),
        ("channels:history", "read"),
        ("list_users", "read"),
        ("s3:GetObject", "read"),
        ("s3:Get*", "read"),
        ("User.Read", "read"),
        ("okta.users.read.self", "read"),
        ("admin:read", "read"),
        (GOOGLE + "spreadsheets.readonly", "read"),
        (GOOGLE + "gmail.metadata", "read"),
        (GOOGLE + "userinfo.email", "read"),
        ("https://admin.example.com/files.read", "read"),
        ("readme:write", "write"),
        ("repo:delete", "write"),
        ("messages:send", "write"),
        ("delete_history", "write"),
        ("delete_list", "write"),
        ("write_products", "write"),
        ("chat:write.public", "write"),
        ("Mail.ReadWrite", "write"),
        ("read_write", "write"),
        ("okta.users.manage", "write"),
        (GOOGLE + "drive", "write"),
        (GOOGLE + "calendar.events", "write"),
        ("admin.conversations:read", "admin"),
        (GOOGLE + "admin.directory.user.readonly", "admin"),
        ("admin:org", "admin"),
        ("org:admin", "admin"),
        ("admin_users", "admin"),
        ("full_access", "admin"),
        ("FullAccess", "admin"),
        ("danger-full-access", "admin"),
        (GOOGLE + "devstorage.full_control", "admin"),
        ("write-all", "admin"),
        ("iam:PassRole", "admin"),
        ("AdministratorAccess", "admin"),
        ("allowImpersonation", "admin"),
        ("Directory.ReadWrite.All", "admin"),
        ("system:masters", "admin"),
        ("cluster-admin", "admin"),
        ("sudo", "admin"),
        ("root", "admin"),
        ("https://mail.google.com/", "admin"),
        (GOOGLE + "cloud-platform", "admin"),
        ("repo", "none"),
        ("full_name", "none"),
        ("root_folder", "none"),
        ("offline_access", "none"),
        ("spreadsheet", "none"),
        ("", "none"),
    ],
)
def test_the_level_of_a_scope(scope: str, level: str) -> None:
    assert tier(scope).level == level
    assert not tier(scope).wildcard or scope == "Directory.ReadWrite.All"


@pytest.mark.parametrize(
    ("scope", "level"),
    [
        ("*", "admin"),
        ("**", "admin"),
        ("*:*", "admin"),
        ("all", "admin"),
        ("tickets:*", "write"),
        ("tickets.*", "write"),
        ("tickets:.*", "write"),
        ("audit:*", "write"),
        ("*:tickets", "write"),
        ("*:read", "read"),
        ("read:*", "read"),
        ("*:history", "read"),
        ("User.Read.All", "read"),
        ("Files.ReadWrite.All", "write"),
        ("manage:*", "admin"),
        ("*:write", "admin"),
        ("admin:*", "admin"),
    ],
)
def test_a_wildcard(scope: str, level: str) -> None:
    assert tier(scope)[:2] == (level, True)


def test_the_provider_knows_its_own_scopes() -> None:
    assert tier("repo", "GitHub").level == "write"
    assert tier("api", "gitlab").level == "admin"
    assert tier("repo", "elsewhere").level == "none"


def test_the_deciding_word_is_told() -> None:
    assert tier("repo:delete").because == "delete"
    assert tier("iam:PassRole").because == "passrole"
    assert tier("write-all").because == "write-all"
    assert tier("tickets:*").because == "*"


@settings(deadline=None)
@given(st.text(), st.text(max_size=10))
def test_any_text_has_a_tier_and_a_reason_of_our_own(scope: str, system: str) -> None:
    found = tier(scope, system)
    known = {word.removeprefix("_") for words in SCOPES.values() for word in words} | {"*", "all", "no suffix", "admin"}
    assert found.level in scopes.TIERS
    assert (found.because == "") == (found.level == "none")
    assert not found.because or found.because in known or found.because.removesuffix(":*").removesuffix("-all") in known


@settings(deadline=None)
@given(NOUNS, st.sampled_from([":", ".", "/", "_", "-", ": "]))
def test_nouns_never_count_as_verbs(noun: str, separator: str) -> None:
    assert tier(f"{noun}{separator}read").level == "read"
    assert tier(f"{noun}{separator}write").level == "write"
    assert tier(f"{noun}{separator}admin").level == "admin"


@settings(deadline=None)
@given(NOUNS, st.booleans())
def test_a_wildcard_grants_no_less_than_what_it_covers(noun: str, verb_first: bool) -> None:
    for verb in ("read", "write", "delete", "history"):
        narrow, wide = tier(f"{noun}:{verb}"), tier(f"*:{verb}" if verb_first else f"{noun}:*")
        assert rank(narrow.level) <= rank(wide.level)
        assert wide.wildcard and not narrow.wildcard


def test_a_long_hostile_scope_takes_linear_time() -> None:
    for piece in ("A", "a", "*", "_", ":*", "Aa", "all_", "read-"):
        assert tier(piece * 200_000).level in scopes.TIERS


def test_the_tables_hold_nothing_twice_and_small_letters_alone() -> None:
    words = [word for level in ("read", "write", "admin") for word in SCOPES[level]]
    assert len(words) == len(set(words)) > 100
    assert all(word == word.lower() for word in words)
