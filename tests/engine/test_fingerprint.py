"""Fingerprints: the same for the same, apart for what differs, and nothing to try guesses against."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agentkey_lint.engine.fingerprint import NAME, SIZE, fingerprinter, key


@given(st.lists(st.binary(max_size=30), unique=True, min_size=2, max_size=10))
def test_one_for_each_secret(secrets: list[bytes]) -> None:
    fingerprint = fingerprinter("")
    found = [fingerprint(secret) for secret in secrets]
    assert len(set(found)) == len(secrets)
    assert found == [fingerprint(secret) for secret in secrets]
    assert all(len(text) == 16 and int(text, 16) >= 0 for text in found)


def test_they_stay_the_same_in_one_repository_and_nowhere_else(tmp_path: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    one.mkdir()
    other.mkdir()
    assert fingerprinter(str(one))(b"x") == fingerprinter(str(one))(b"x") != fingerprinter(str(other))(b"x")
    assert fingerprinter("")(b"x") != fingerprinter("")(b"x")


def test_the_key_is_its_owners_alone(tmp_path: Path) -> None:
    first = key(str(tmp_path))
    assert len(first) == SIZE and (tmp_path / NAME).stat().st_mode & 0o777 == 0o600
    assert key(str(tmp_path)) == first


def test_what_stands_in_its_place_is_not_trusted(tmp_path: Path) -> None:
    """A link, a short file, a folder or a place that cannot be written: a key for the one run, and nothing is followed or overwritten."""
    target = tmp_path / "target"
    target.write_bytes(b"k" * SIZE)
    makers: tuple[Callable[[Path], object], ...] = (lambda at: at.symlink_to(target), lambda at: at.write_bytes(b"short"), Path.mkdir, os.mkfifo)
    for number, make in enumerate(makers):
        folder = tmp_path / str(number)
        folder.mkdir()
        make(folder / NAME)
        assert len(key(str(folder))) == SIZE and key(str(folder)) != key(str(folder))
    assert target.read_bytes() == b"k" * SIZE
    assert len(key(str(tmp_path / "nowhere"))) == SIZE


def test_no_key_is_made_before_one_is_needed(tmp_path: Path) -> None:
    fingerprinter(str(tmp_path))
    assert not (tmp_path / NAME).exists()


def test_a_key_is_there_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the run were killed at any step: the next one makes a key that stays, or finds one."""
    for step in ("write", "link"):
        folder = tmp_path / step
        folder.mkdir()
        with monkeypatch.context() as patch:
            patch.setattr(os, step, _killed)
            with pytest.raises(KeyboardInterrupt):
                key(str(folder))
        assert list(folder.iterdir()) == []
        assert key(str(folder)) == key(str(folder)) == (folder / NAME).read_bytes()


def _killed(*arguments: object) -> None:
    raise KeyboardInterrupt


def test_a_file_system_without_links_keeps_a_key(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", refused)
    assert key(str(tmp_path)) == key(str(tmp_path)) and [one.name for one in tmp_path.iterdir()] == [NAME]
