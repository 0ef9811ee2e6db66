"""A manifest is replaced as a whole or not at all."""

import os
from pathlib import Path

import pytest

from agentkey_lint.manifest import files
from agentkey_lint.model.errors import UsageError

TEXT = b"\xef\xbb\xbfversion = 1\n"


def test_what_fails_half_way_leaves_the_old_file_and_nothing_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "agentkeys.toml").write_bytes(TEXT)
    manifest = files.load(str(tmp_path / "agentkeys.toml"), str(tmp_path))

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, full)
            with pytest.raises(UsageError, match="no space left"):
                files.write(manifest, b"version = 1\n[[key]]\n")
        assert [(path.name, path.read_bytes()) for path in tmp_path.iterdir()] == [("agentkeys.toml", TEXT)]


def test_what_somebody_else_wrote_meanwhile_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "agentkeys.toml"
    path.write_bytes(TEXT)
    manifest = files.load(str(path), str(tmp_path))
    path.write_bytes(TEXT + b"# theirs\n")
    with pytest.raises(UsageError, match="changed"):
        files.write(manifest, b"")
    assert path.read_bytes().endswith(b"# theirs\n")


def test_the_byte_order_mark_stays(tmp_path: Path) -> None:
    path = tmp_path / "agentkeys.toml"
    path.write_bytes(TEXT)
    files.write(files.load(str(path), str(tmp_path)), b"version = 1 # so\n")
    assert path.read_bytes() == b"\xef\xbb\xbfversion = 1 # so\n"
