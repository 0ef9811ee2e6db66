"""Hidden findings through the front door: who hides them, and how a person sees them all the same."""

from pathlib import Path

from whole import git, run, write

from agentkey_lint.testing import expand


def test_show_suppressed(tmp_path: Path) -> None:
    key = expand("sk-ant-api03-{{93 x aA0_-}}AA").encode()
    git(tmp_path, "init", "-q")
    write(
        tmp_path,
        {"a.py": b'key = "' + key + b'"  # agentkey: ignore[hardcoded-key] the \x1b[31mtest account\n', "b.py": b'key = "' + key + b'"  # gitleaks:allow\n'},
    )
    plain, shown = run("check", folder=tmp_path), run("check", "--adopt", "gitleaks", "--show-suppressed", folder=tmp_path)
    assert plain.status == 1 and "b.py:1" in plain.out and "a.py:1" not in plain.out and "1 suppressed" in plain.out
    assert shown.status == 0 and "hidden by a comment: the \\x1b[31mtest account" in shown.out and "hidden by a comment gitleaks:allow" in shown.out
    assert key.decode()[20:28] not in shown.out
    report = run("check", "--format", "json", folder=tmp_path).json
    assert {one["path"]: one.get("reason") for one in report["findings"]}["a.py"].startswith("a comment: the ")
    write(tmp_path, {"agentkey-lint.toml": b'adopt = ["gitleaks"]\n'})
    assert run("check", folder=tmp_path).status == 0
    assert run("check", "--adopt", "", folder=tmp_path).status == 1
    assert run("check", "--adopt", "gitleek", folder=tmp_path).status == 2
