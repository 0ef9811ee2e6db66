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


def test_an_entry_of_the_settings_by_fingerprint(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    keys = [expand("sk-ant-api03-{{93 x aA0_-}}AA", seed).encode() for seed in (1, 2)]
    write(tmp_path, {"a.json": b'{"one": "' + keys[0] + b'",\n "two": "' + keys[1] + b'"}\n'})
    rule, told = run("config", "fingerprint", "a.json:2", folder=tmp_path).out.split()
    entry = f'[[ignore]]\npaths = ["*.json"]\nrules = ["{rule}"]\nfingerprint = "{told}"\nreason = "of the test account"\n'
    write(tmp_path, {"agentkey-lint.toml": entry.encode(), "deep/b.json": b'["' + keys[1] + b'"]'})
    found = run("check", "--format", "json", folder=tmp_path).json["findings"]
    verdicts = {(one["path"], one["start"]["line"]): one["verdict"] for one in found if one["rule"] == rule}
    assert verdicts == {("a.json", 1): "reported", ("a.json", 2): "suppressed", ("deep/b.json", 1): "suppressed"}
    write(tmp_path, {"agentkey-lint.toml": entry.replace(f'fingerprint = "{told}"', 'key = "one"').encode()})
    found = run("check", "--format", "json", folder=tmp_path).json["findings"]
    assert {one["path"] for one in found if one["verdict"] == "suppressed"} == {"a.json"}
    write(tmp_path, {"agentkey-lint.toml": entry.replace('reason = "of the test account"', "").encode()})
    assert run("check", folder=tmp_path).status == 2, "an entry without a reason is a wrong setting"
    write(tmp_path, {"agentkey-lint.toml": ("require-reason = false\n" + entry.replace('reason = "of the test account"', "")).encode()})
    assert run("check", folder=tmp_path).status == 1
    assert run("config", "fingerprint", "a.json", folder=tmp_path).status == 2
    assert run("config", "fingerprint", "a.json:9", folder=tmp_path).out.startswith("nothing")
