"""A provider's key is added by writing one TOML file and running `make`."""

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from agentkey_lint.testing import expand

RECIPE = "zzq-live-{{40 x aA0}}"
FILE = """vendor = "Zzquux"
source = "https://docs.zzquux.example/keys"
revoke = "https://console.zzquux.example/keys"
variables = ["ZZQUUX_API_KEY"]

[[key]]
id = "zzquux-api-key"
name = "API key"
pattern = 'zzq-live-[A-Za-z0-9]{40}'
tier = "write"
lifetime = "long-lived"
recipes = ["zzq-live-{{40 x aA0}}"]
near_misses = [{ text = "zzq-live-{{12 x aA0}}", because = "too short" }]
"""


def test_one_file_and_make_teach_a_new_key(
    tmp_path: Path, copy_checkout: Callable[[Path], Path], lint: Callable[..., "subprocess.CompletedProcess[bytes]"]
) -> None:
    copy = copy_checkout(tmp_path / "copy")
    folder = tmp_path / "scanned"
    folder.mkdir()
    (folder / "notes.txt").write_text(f"the client is made with {expand(RECIPE)} and that is all\n")

    def vendors() -> list[tuple[str, str]]:
        done = lint(folder, "check", "--format", "json", package=copy)
        return [(finding["rule"], finding["key"]["vendor"]) for finding in json.loads(done.stdout)["findings"]]

    assert vendors() == []
    (copy / "rules" / "keys" / "zzquux.toml").write_text(FILE)
    made = subprocess.run(["make", f"PYTHON={sys.executable}"], cwd=copy, capture_output=True, text=True)
    assert made.returncode == 0, made.stderr
    assert vendors() == [("hardcoded-key", "Zzquux")]
    (folder / "notes.txt").write_text(f"the client is made with {expand('zzq-live-{{12 x aA0}}')} and that is all\n")
    assert vendors() == []
