"""Against the real detect-secrets: its command makes the baselines, its plugins run, and what we say is held against what it says."""

import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from detect_secrets.core.scan import scan_file
from detect_secrets.settings import default_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.discover.worktree import Worktree
from agentkey_lint.engine import pipeline
from agentkey_lint.engine.detect_secrets import detector
from agentkey_lint.engine.judging import Thresholds
from agentkey_lint.engine.pipeline import manual
from agentkey_lint.engine.repository import make
from agentkey_lint.engine.secrets_baseline import NAME, Baseline, hidden, read
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.facts import Assignment, Document
from agentkey_lint.model.finding import Claim, Report
from agentkey_lint.model.source import Source, Span
from agentkey_lint.testing import expand

ROOT = Path(__file__).resolve().parents[2]
PASSWORD, TOKEN, HEX = expand("{{16 x aA0}}x", 1), expand("ghp_{{36 x aA0}}", 2), expand("{{64 x hex}}", 3)
PEM = expand("{{5 x -}}BEGIN RSA PRIVATE KEY-----\n{{pem}}\n-----END RSA PRIVATE KEY-----\n", 4)
FILES = {
    "src/app.py": f'import os\npassword = "{PASSWORD}"\nGH = "{TOKEN}"\nblob = "{HEX}"\ndb = "postgres://admin:{expand("{{14 x aA0}}", 5)}@db.example.org/x"\n',
    "src/aws.py": f'AWS_ACCESS_KEY_ID = "{expand("AKIA{{16 x base32}}")}"\nAWS_SECRET_ACCESS_KEY = "{expand("{{40 x aA0+/}}")}"\n',
    "conf.json": f'{{\n  "api_key": "{expand("{{32 x aA0}}", 6)}"\n}}\n',
    "key.txt": PEM,
}
Found = set[tuple[str, int, str]]


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def git(root: Path, *arguments: str) -> None:
    subprocess.run(["git", *arguments], cwd=root, check=True, capture_output=True)


def scan(root: Path, *arguments: str) -> dict[str, Any]:
    """Make a baseline with detect-secrets' own command."""
    done = subprocess.run([sys.executable, "-m", "detect_secrets", "-c", "1", "scan", "--all-files", *arguments], cwd=root, capture_output=True, check=True)
    (root / NAME).write_bytes(done.stdout)
    table: dict[str, Any] = json.loads(done.stdout)
    return table


def run(root: Path, *, plugins: tuple[str, ...] | None = None) -> Report:
    """Lint a folder. plugins: files with the user's own; None to leave detect-secrets out."""
    tree = Worktree(str(root))
    baseline = read(tree.read)
    detect = None if plugins is None else detector(baseline, plugins)
    plan = pipeline.Plan(Thresholds(), lambda told_by: hashlib.sha256(told_by).hexdigest()[:16], lambda: baseline, detect)
    from agentkey_lint.discover.decode import sources

    return pipeline.lint(sources(tree, tree.paths()), make(tree.paths, tree.read, tree.ignore), plan)


def secrets(report: Report, verdict: str) -> Found:
    """The findings about secrets that came to a verdict; those in the baseline itself left out."""
    wanted = {"hardcoded-key", "hardcoded-secret", "private-key", "key-in-url", "detect-secrets"}
    return {(one.path, one.start.line, one.rule) for one, came_to in report.results if came_to == verdict and one.rule in wanted and one.path != NAME}


def places(found: Found) -> set[tuple[str, int]]:
    return {(path, line) for path, line, _ in found}


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What detect-secrets records of FILES."""
    root = tmp_path_factory.mktemp("recorded")
    write(root, FILES)
    return scan(root)


@pytest.fixture
def repo(tmp_path: Path, recorded: dict[str, Any]) -> Path:
    """FILES, with their baseline."""
    write(tmp_path, {**FILES, NAME: json.dumps(recorded)})
    return tmp_path


def change(repo: Path, function: Callable[[dict[str, Any]], None]) -> None:
    """Change the baseline in place."""
    table = json.loads((repo / NAME).read_text())
    function(table)
    (repo / NAME).write_text(json.dumps(table))


def test_all_that_is_recorded_is_suppressed_and_nothing_else(repo: Path, recorded: dict[str, Any]) -> None:
    (repo / NAME).unlink()
    before = secrets(run(repo), "reported")
    assert len(before) >= 6 and any(rule == "private-key" for _, _, rule in before)
    (repo / NAME).write_text(json.dumps(recorded))
    listed = {(path, entry["line_number"]) for path, entries in recorded["results"].items() for entry in entries}
    assert places(before) <= listed
    report = run(repo)
    assert not secrets(report, "reported") and not report.faults
    assert secrets(report, "suppressed") >= before
    (repo / "new.py").write_text(FILES["src/app.py"])
    assert places(secrets(run(repo), "reported")) == {("new.py", line) for line in (2, 3, 5)}, "another file of the same text is not recorded"


def test_a_baseline_does_not_report_its_own_hashes(repo: Path) -> None:
    assert not [one for one in run(repo, plugins=()).results if one.finding.path == NAME and one.verdict == "reported"]


def test_another_secret_on_the_line_is_reported_and_moved_lines_are_not(repo: Path) -> None:
    app = repo / "src" / "app.py"
    app.write_text("\n# moved\n\n" + FILES["src/app.py"])
    assert not secrets(run(repo), "reported")
    app.write_text(FILES["src/app.py"].replace(PASSWORD, expand("{{16 x aA0}}y", 99)))
    assert secrets(run(repo), "reported") == {("src/app.py", 2, "hardcoded-secret")}


@pytest.mark.parametrize("text", ["hunter2", "a\\hunter2", "a\\\\hunter2", 'hunter2" # why'])
def test_a_hash_of_the_secret_its_value_or_the_rest_of_its_line_counts(text: str) -> None:
    data = b'x = "a\\\\hunter2" # why\ny = 1\n'
    at = data.index(b"hunter2")
    secret = Span(at, at + 7)
    value = Assignment("x", Span(0, 1), Span(5, at + 7), "a\\hunter2", '"', "code")
    document = Document(Source("a.py", data), assignments=(value, value._replace(value=Span(at + 18, at + 19), text="1")))
    claims = [Claim("hardcoded-key", secret, "m", "h", "high", secret=secret)]

    def recorded(text: str) -> Baseline:
        return Baseline({"a.py": frozenset({hashlib.sha1(text.encode()).hexdigest()})})

    assert hidden(document, claims, recorded(text)) == {0}
    assert hidden(document, claims, recorded(text[:-1])) == set() and hidden(document, claims, recorded("1")) == set()
    assert hidden(document._replace(source=Source("b.py", data)), claims, recorded(text)) == set()


def test_a_finding_marked_as_real_stays_reported(repo: Path) -> None:
    digest = hashlib.sha1(TOKEN.encode()).hexdigest()

    def mark(table: dict[str, Any]) -> None:
        entries = [entry for entry in table["results"]["src/app.py"] if entry["hashed_secret"] == digest]
        assert entries
        entries[0]["is_secret"] = True

    change(repo, mark)
    assert secrets(run(repo), "reported") == {("src/app.py", 3, "hardcoded-key")}
    change(repo, lambda table: table["results"]["src/app.py"].__setitem__(slice(None), [{**row, "is_secret": False} for row in table["results"]["src/app.py"]]))
    assert not secrets(run(repo), "reported"), "marked as no secret"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig"])
def test_baselines_of_windows(repo: Path, encoding: str) -> None:
    def backslashes(table: dict[str, Any]) -> None:
        table["results"] = {path.replace("/", "\\"): rows for path, rows in table["results"].items()}

    change(repo, backslashes)
    text = (repo / NAME).read_text()
    assert "\\\\" in text
    (repo / NAME).write_bytes(text.replace("\n", "\r\n").encode(encoding))
    report = run(repo)
    assert not secrets(report, "reported") and not report.faults


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('{\n  "results": {\n', "line 3, column 1"),
        ("", "line 1, column 1"),
        ("[]", "the whole is not a table"),
        ('{"results": []}', "results is not a table"),
        ('{"results": {"a.py": 3}}', "results, file 1 is not a list"),
        ('{"results": {"a.py": [], "b.py": [{}]}}', "results, file 2, entry 1, hashed_secret"),
        ('{"results": {}, "plugins_used": [{}]}', "plugins_used, entry 1, name"),
        ('{"results": {}, "filters_used": {}}', "filters_used is not a list"),
        ("[" * 100_000, "nested too deeply"),
        ('{"results": %s}' % ("9" * 5_000), "a number in it is too long"),
    ],
)
def test_a_broken_baseline_is_a_fault_with_its_place_and_suppresses_nothing(repo: Path, text: str, place: str) -> None:
    (repo / NAME).write_text(text)
    report = run(repo)
    (fault,) = {fault.message for fault in report.faults if fault.path == NAME}
    assert place in fault and "nothing that it records is suppressed" in fault
    assert {("src/app.py", 2), ("src/app.py", 3)} <= places(secrets(report, "reported"))


def test_a_baseline_of_bytes_that_are_no_text(repo: Path) -> None:
    (repo / NAME).write_bytes(b'{\n"results": {"\xff": []}}')
    assert "line 2: not UTF-8" in run(repo).faults[0].message


KEYS = st.sampled_from(["results", "plugins_used", "filters_used", "path", "name", "pattern", "exclude", "hashed_secret", "a.py"])
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8) | st.sampled_from(["(a+)+$", "(?!x)", "[", "a{9}{9}"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(JSON.map(json.dumps).map(str.encode), st.binary(max_size=60)))
def test_no_baseline_breaks_a_run(data: bytes) -> None:
    baseline = read(lambda path: data)
    assert isinstance(baseline, Baseline)
    detect = detector(baseline)
    detect(Document(Source("a.py", b'password = "hunter2hunter2"\n')), [])


# Filters


@pytest.mark.parametrize(
    ("arguments", "left"),
    [
        (("--exclude-files", "^src/"), {"conf.json", "key.txt"}),
        (("--exclude-files", r"^src\\app"), {"src/aws.py", "conf.json", "key.txt"}),
        (("--exclude-lines", "KEY|key"), {"src/app.py"}),
        (("--exclude-secrets", f"^{PASSWORD}$"), {"src/app.py", "src/aws.py", "conf.json", "key.txt"}),
    ],
)
def test_what_its_filters_exclude_is_suppressed(repo: Path, arguments: tuple[str, str], left: set[str]) -> None:
    scan(repo, *arguments)
    change(repo, lambda table: table.update(results={}))
    for plugins in (None, ()):
        report = run(repo, plugins=plugins)
        assert {path for path, _, _ in secrets(report, "reported")} == left and not report.faults
    assert ("src/app.py", 2) not in places(secrets(run(repo), "reported")) or "KEY|key" in arguments


def test_the_list_of_words_is_read_from_the_repository_alone(repo: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    row = {"path": "detect_secrets.filters.wordlist.should_exclude_secret", "min_length": 3, "file_name": "words.txt", "file_hash": ""}
    change(repo, lambda table: table.update(results={}, filters_used=[row]))
    assert "its file is not in the repository" in run(repo).faults[0].message
    (repo / "words.txt").write_text(f"xx\n{PASSWORD[3:9].upper()}\n")
    report = run(repo)
    assert ("src/app.py", 2, "hardcoded-secret") in secrets(report, "suppressed") and not report.faults
    outside = tmp_path_factory.mktemp("outside") / "words.txt"
    outside.write_text(PASSWORD)
    change(repo, lambda table: table["filters_used"][0].update(file_name=str(outside)))
    assert ("src/app.py", 2, "hardcoded-secret") in secrets(run(repo), "reported")


@pytest.mark.parametrize("pattern", ["(a+)+$", "(.*a){20}$", "(((a{1,9}b){1,9}c){1,9}d){1,9}", "(?!x)y", r"(a)\1", "[", "a" * 2_000])
def test_hostile_patterns_cost_no_time_and_are_said_where_they_are_not_honoured(repo: Path, pattern: str) -> None:
    row = {"path": "detect_secrets.filters.regex.should_exclude_line", "pattern": [pattern]}
    plugin = {"name": "KeywordDetector", "keyword_exclude": pattern}
    change(repo, lambda table: table.update(results={}, filters_used=[row], plugins_used=[plugin]))
    (repo / "a.py").write_text(f'password = "{PASSWORD}" ' + "a" * 5_000 + "!\n")
    begin = time.process_time()
    report = run(repo, plugins=())
    assert time.process_time() - begin < 4
    honoured = pattern in ("(a+)+$", "(.*a){20}$")
    assert any("linear time" in fault.message for fault in report.faults) != honoured
    assert ("a.py", 1) in places(secrets(report, "reported"))


# Plugins


def test_all_that_detect_secrets_finds_is_found(repo: Path) -> None:
    (repo / NAME).unlink()
    theirs = set()
    with default_settings():
        for path in FILES:
            theirs |= {(path, secret.line_number) for secret in scan_file(str(repo / path))}
    assert len(theirs) >= 8
    report = run(repo, plugins=())
    assert theirs <= places(secrets(report, "reported")) and not report.faults
    mine = {one.finding for one in report.results if one.finding.rule == "detect-secrets"}
    assert {(one.path, one.start.line) for one in mine} == {("src/app.py", 4), ("src/aws.py", 1)}, "lines that our own rules speak of are left alone"
    entropy = next(one for one in mine if one.path == "src/app.py")
    assert "HexHighEntropyString" in entropy.message and "Hex High Entropy String" in entropy.message
    assert (entropy.severity, entropy.confidence) == ("medium", "medium") and HEX[:8] not in entropy.excerpt.text
    assert entropy.fingerprint == hashlib.sha256(b"secret\0" + HEX.encode()).hexdigest()[:16]


def test_what_the_plugins_find_is_suppressed_like_all_else(repo: Path) -> None:
    report = run(repo, plugins=())
    assert not secrets(report, "reported")
    assert ("src/app.py", 4, "detect-secrets") in secrets(report, "suppressed")
    (repo / "src" / "b.py").write_text(f'blob = "{HEX}"  # pragma: allowlist secret\nother = "{HEX}"\n')
    assert secrets(run(repo, plugins=()), "reported") == {("src/b.py", 2, "detect-secrets")}


def test_the_plugins_of_the_baseline_run_with_its_settings(repo: Path) -> None:
    rows = [{"name": "HexHighEntropyString", "limit": 3.0}]
    change(repo, lambda table: table.update(results={}, plugins_used=rows))
    assert [place for place in secrets(run(repo, plugins=()), "reported") if place[2] == "detect-secrets"] == [("src/app.py", 4, "detect-secrets")]
    rows[0]["limit"] = 7.9
    change(repo, lambda table: table.update(plugins_used=rows))
    assert not [place for place in secrets(run(repo, plugins=()), "reported") if place[2] == "detect-secrets"]
    wrong = [{"name": "NoSuchDetector"}, {"name": "HexHighEntropyString", "limit": "x"}, {"name": "JwtTokenDetector", "y": 1}]
    change(repo, lambda table: table.update(plugins_used=wrong))
    assert sum("does not run" in fault.message for fault in run(repo, plugins=()).faults) == 3
    assert not run(repo).faults, "plugins do not matter to those who do not run them"


def test_the_keyword_plugin_takes_its_exclusion(tmp_path: Path) -> None:
    document = Document(Source("a.py", b'password = "hunter2hunter2"\nPASSWORD = "hunter2hunter2"  # Skip\n'))
    for exclude, lines in (("", 2), ("skip", 1), ("^pass", 0)):
        found, faults = detector(Baseline(plugins=[{"name": "KeywordDetector", "keyword_exclude": exclude}]))(document, [])
        assert len(found) == lines and not faults


def test_filters_of_the_baseline_hold_for_the_plugins(tmp_path: Path) -> None:
    uuid = expand("{{uuid}}", 7)
    write(tmp_path, {"a.py": f'x = "{uuid}"\n'})
    rows = [{"name": "KeywordDetector"}, {"name": "Base64HighEntropyString", "limit": 2.0}]
    uuids = "detect_secrets.filters.heuristic.is_potential_uuid"
    for filters, expected in (([], {("a.py", 1)}), ([{"path": uuids}], set())):
        (tmp_path / NAME).write_text(json.dumps({"results": {}, "plugins_used": rows, "filters_used": filters}))
        report = run(tmp_path, plugins=())
        assert places(secrets(report, "reported")) == expected and not report.faults


PLUGIN = """
import pathlib, re
from detect_secrets.plugins.base import RegexBasedDetector

pathlib.Path(__file__).with_suffix(".ran").touch()

class ZzquuxDetector(RegexBasedDetector):
    secret_type = "Zzquux Token"
    denylist = [re.compile("zzq-[0-9]+")]

def not_seven(secret):
    return "7" in secret
"""


@pytest.fixture
def custom(tmp_path: Path) -> Path:
    """A repository that brings a plugin and a filter, both named in its baseline as detect-secrets writes them."""
    path = tmp_path / "tools" / "zzquux.py"
    write(tmp_path, {"tools/zzquux.py": PLUGIN, "a.txt": "one zzq-123\ntwo zzq-777\n"})
    table = {"results": {}, "plugins_used": [{"name": "ZzquuxDetector", "path": f"file://{path}"}], "filters_used": [{"path": f"file://{path}::not_seven"}]}
    (tmp_path / NAME).write_text(json.dumps(table))
    return tmp_path


def test_code_of_the_repository_never_runs(custom: Path) -> None:
    report = run(custom, plugins=())
    assert not (custom / "tools" / "zzquux.ran").exists()
    assert sum("it is code; name its file with --detect-secrets-plugin" in fault.message for fault in report.faults) == 2
    filters = [{"path": "os.system"}, {"path": "detect_secrets.filters.util.compute_file_hash"}]
    change(custom, lambda table: table.update(filters_used=filters, custom_plugin_paths=["tools/zzquux.py"]))
    report = run(custom, plugins=())
    assert sum("it is code" in fault.message for fault in report.faults) == 4 and not (custom / "tools" / "zzquux.ran").exists()


def test_code_that_the_command_line_names_runs(custom: Path) -> None:
    mine = (str(custom / "tools" / "zzquux.py"),)
    report = run(custom, plugins=mine)
    assert secrets(report, "reported") == {("a.txt", 1, "detect-secrets")} and not report.faults
    assert "Zzquux Token, says ZzquuxDetector of" in next(one.finding.message for one in report.results)
    both = {("a.txt", 1, "detect-secrets"), ("a.txt", 2, "detect-secrets")}
    elsewhere = {"name": "ZzquuxDetector", "path": "file:///home/another/zzquux.py"}
    change(custom, lambda table: table.update(plugins_used=[elsewhere], filters_used=[]))
    assert secrets(run(custom, plugins=mine), "reported") == both, "a path of another machine"
    (custom / NAME).unlink()
    assert secrets(run(custom, plugins=mine), "reported") >= both, "without a baseline"
    with pytest.raises(UsageError, match="no file"):
        run(custom, plugins=("missing.py",))


def test_a_plugin_that_crashes_is_said_once_a_file(tmp_path: Path) -> None:
    text = PLUGIN + "\nclass Broken(ZzquuxDetector):\n    secret_type = 'B'\n    def analyze_string(self, string):\n        raise ValueError(string)\n"
    write(tmp_path, {"tools/zzquux.py": text, "a.txt": "one zzq-123\ntwo zzq-777\n"})
    report = run(tmp_path, plugins=(str(tmp_path / "tools" / "zzquux.py"),))
    said = [fault for fault in report.faults if fault.path == "a.txt"]
    assert len(said) == 1 and "Broken of detect-secrets crashed with ValueError" in said[0].message and "zzq" not in said[0].message
    assert len([one for one in report.results if one.finding.path == "a.txt"]) == 2


def test_long_lines_are_passed_over_and_said_once(tmp_path: Path) -> None:
    write(tmp_path, {"a.py": "".join(f'x = "{HEX}" {"y " * 5_000}\n' for _ in range(3)) + f'x = "{HEX}"\n'})
    report = run(tmp_path, plugins=())
    assert places(secrets(report, "reported")) == {("a.py", 4)}
    (fault,) = report.faults
    assert "line 1 is too long" in fault.message and "3 such lines" in fault.message


@pytest.mark.parametrize("line", ["password" * 1_200, "aws_secret" * 900, "password" + " " * 9_000, "eyJ" * 3_000, '"' * 9_000, "=" * 9_000])
def test_hostile_lines_take_bounded_time(line: str) -> None:
    source = Source("a.py", (line + "\n").encode() * 3)
    detect = detector(Baseline())
    begin = time.process_time()
    detect(Document(source), [])
    assert time.process_time() - begin < 3


BYTES = [b'password = "hunter2x"', b"\xff\xfe", "é".encode(), b"\n", b"\r", b"\r\n", b"\0", b"'", b" ", b"api_key: ", HEX.encode(), b'"', b"\x1c", b"\x0b"]


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from(BYTES), max_size=12).map(b"".join))
def test_no_bytes_break_the_plugins_and_spans_hold_what_was_found(data: bytes) -> None:
    found, faults = detector(Baseline())(Document(Source("a.yaml", data)), [])
    assert not faults
    for claim in found:
        assert claim.secret is not None and 0 <= claim.secret.start < claim.secret.end <= len(data)
        text = data[slice(*claim.secret)]
        if b"\xff" not in text:
            assert hashlib.sha1(text).hexdigest() == claim.identity


def test_lines_that_a_claim_reaches_are_left_alone() -> None:
    lines = [f'x = "{expand("{{64 x hex}}", number)}"\n' for number in range(4)]
    starts = [sum(map(len, lines[:number])) for number in range(5)]
    document = Document(Source("a.py", "".join(lines).encode()))

    def claim(start: int, end: int, secret: Span | None = None) -> Claim:
        return Claim("any", Span(start, end), "m", "h", "low", "low", secret)

    def left(*claims: Claim) -> set[int]:
        found, _ = detector(Baseline())(document, claims)
        return {starts.index(one.span.start - 5) for one in found}

    assert left() == {0, 1, 2, 3}
    assert left(claim(starts[1] + 2, starts[1] + 3)) == {0, 2, 3}
    assert left(claim(starts[1], starts[2])) == {0, 2, 3}, "the end is not a part of it"
    assert left(claim(0, 1, Span(starts[1], starts[3] + 1))) == set()
    assert left(claim(0, 0), claim(starts[1] + 2, starts[1] + 2)) == {0, 1, 2, 3}, "one without an extent is about the file"


# The command line


Lint = Callable[..., "subprocess.CompletedProcess[bytes]"]


def listed(done: "subprocess.CompletedProcess[bytes]") -> list[tuple[str, str]]:
    return [(finding["rule"], finding["verdict"]) for finding in json.loads(done.stdout)["findings"] if finding["path"] == "a.py"]


def test_hook_and_check_read_the_baseline_of_their_own_snapshot(tmp_path: Path, lint: Lint) -> None:
    git(tmp_path, "init", "-q")
    write(tmp_path, {"a.py": f'password = "{PASSWORD}"\nblob = "{HEX}"\n'})
    scan(tmp_path)
    git(tmp_path, "add", "a.py")
    hook = ("hook", "--format", "json", "--with", "detect-secrets", "--", "a.py")
    check = ("check", "--format", "json", "--with", "detect-secrets")
    assert listed(lint(tmp_path, *hook)) == [("hardcoded-secret", "reported"), ("detect-secrets", "reported")], "the baseline is not staged"
    assert listed(lint(tmp_path, *check)) == [("hardcoded-secret", "suppressed"), ("detect-secrets", "suppressed")]
    git(tmp_path, "add", NAME)
    done = lint(tmp_path, *hook)
    assert listed(done) == [("hardcoded-secret", "suppressed"), ("detect-secrets", "suppressed")] and done.returncode == 0
    (tmp_path / NAME).unlink()
    assert lint(tmp_path, *hook).returncode == 0 and lint(tmp_path, "hook", "--", "a.py").returncode == 0
    assert lint(tmp_path, *check).returncode == 1
    stdin = lint(tmp_path, "check", "-", "--stdin-path", "a.py", "--format", "json", "--with", "detect-secrets", stdin=(tmp_path / "a.py").read_bytes())
    assert [verdict for _, verdict in listed(stdin)] == ["reported", "reported"]
    for output in (done.stdout, stdin.stdout):
        assert PASSWORD.encode() not in output and hashlib.sha1(PASSWORD.encode()).hexdigest().encode() not in output


def test_plugins_go_with_the_detector(tmp_path: Path, lint: Lint) -> None:
    done = lint(tmp_path, "check", "--detect-secrets-plugin", "x.py")
    assert done.returncode == 2 and b"--with detect-secrets" in done.stderr


@pytest.mark.parametrize(("extra", "loaded"), [((), False), (("--with", "detect-secrets"), True)])
def test_detect_secrets_is_imported_for_those_alone_who_ask_for_it(tmp_path: Path, extra: tuple[str, ...], loaded: bool) -> None:
    write(tmp_path, {"a.py": f'password = "{PASSWORD}"\n'})
    scan(tmp_path)
    code = f"import sys\nfrom agentkey_lint.main import main\nmain(['check', *{extra!r}])\nsys.exit(40 + ('detect_secrets' in sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, check=False)
    assert done.returncode == 40 + loaded, done.stderr


def test_a_clean_run_does_not_look_for_a_baseline(tmp_path: Path) -> None:
    def never() -> Baseline:
        raise AssertionError("asked for")

    plan = pipeline.Plan(Thresholds(), lambda told_by: "0" * 16, never)
    repository = make(list, lambda path: b"", lambda path: None)
    assert not pipeline.lint([Source("a.py", b"x = 1\n")], repository, plan).faults
    assert pipeline.lint([Source("a.py", f'password = "{PASSWORD}"\n'.encode())], repository, plan).faults, "a secret asks for it"


def test_the_manual_has_its_headings() -> None:
    text = manual("detect-secrets")
    assert all(f"\n{heading}\n---" in text for heading in ("Why it matters", "What to do", "Limits"))
