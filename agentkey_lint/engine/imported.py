"""Baselines of other tools, as entries of ours: detect-secrets' `.secrets.baseline`, reports of gitleaks and betterleaks (JSON) and
`.gitleaksignore`.

What they record is looked up where it stands (gitleaks: in the commit that it names, if git still has it), and what our own rules, and for detect-secrets
its plugins, say there becomes an entry. What cannot be found is listed with the reason.
"""

import re

from agentkey_lint.discover.decode import decode
from agentkey_lint.engine import documents, judging, pipeline
from agentkey_lint.model.errors import UsageError
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.repository import Repository

    Look = Callable[[str, str], Source | None]
    Found = tuple[Claim, Source]

MAX_BYTES = 64 << 20
_COMMIT = re.compile(r"[0-9a-f]{7,64}")
NOT_THERE, NOTHING = "the file is not there any more", "no rule says anything of it"


class Imported(Record):
    """found: the claims to be recorded, with their files. left: what could not be carried over, as (what it was, why), without any secret."""

    found: "list[Found]"
    left: list[tuple[str, str]]


class Told(Record):
    """An entry of gitleaks. commit, secret: empty where they are not known."""

    path: str
    rule: str
    first: int
    last: int
    commit: str = ""
    secret: str = ""


def read(data: bytes, look: "Look", read_file: "Callable[[str], bytes]", repository: "Repository") -> Imported:
    """What a file of another tool records. look: the file at a path, of a commit or (empty) of the snapshot. Raises UsageError for any other file."""
    if len(data) > MAX_BYTES:
        raise UsageError(f"--from: the file is larger than {MAX_BYTES >> 20} MiB")
    text = decode("", data).data
    if text.lstrip()[:1] not in (b"{", b"["):
        return _of_gitleaks(_ignored(text.decode("utf-8", "replace")), look, repository)
    import json

    try:
        top = json.loads(text)
    except (ValueError, RecursionError):
        raise UsageError("--from: the file is not JSON, or nested too deeply") from None
    if isinstance(top, dict) and isinstance(top.get("results"), dict):
        return _of_detect_secrets(data, look, read_file, repository)
    if isinstance(top, list):
        return _of_gitleaks(_reported(top), look, repository)
    if isinstance(top, dict) and isinstance(top.get("findings"), list):
        return _of_gitleaks(_reported([_as_gitleaks(row) for row in top["findings"]]), look, repository)
    raise UsageError("--from takes a .secrets.baseline of detect-secrets, a JSON report of gitleaks or betterleaks, or a .gitleaksignore")


def _of_detect_secrets(data: bytes, look: "Look", read_file: "Callable[[str], bytes]", repository: "Repository") -> Imported:
    from agentkey_lint.engine import secrets_baseline as theirs
    from agentkey_lint.engine.detect_secrets import detector

    baseline = theirs.read(lambda path: data if path == theirs.NAME else read_file(path))
    detect = detector(baseline)
    done = Imported([], [(fault.path, fault.message) for fault in baseline.faults])
    seen: set[str] = set()
    for recorded in baseline.recorded:
        path = recorded.replace("\\", "/").removeprefix("./")  # both spellings are in the table
        if path in seen:
            continue
        seen.add(path)
        digests = sorted(baseline.recorded[recorded])
        source = look("", path)
        if source is None:
            done.left.extend((f"{path}: {told[:8]}", NOT_THERE) for told in digests)
            continue
        document = documents.build(source)
        claims = pipeline.claims(document, repository)[0]
        every = judging.settle(claims + detect(document, claims)[0])
        for told in digests:
            if (path, told) in baseline.real or (recorded, told) in baseline.real:
                done.left.append((f"{path}: {told[:8]}", "a person has marked it as a real secret, so it was not hidden"))
                continue
            hidden = theirs.hidden(document, every, theirs.Baseline({path: frozenset({told})}))
            if not hidden:
                done.left.append((f"{path}: {told[:8]}", NOTHING))
            done.found.extend((every[number], source) for number in sorted(hidden))
    for what, excludes in (("files", baseline.excludes_file), ("lines", baseline.excludes_line), ("secrets", baseline.excludes_secret)):
        if excludes is not theirs.never:
            done.left.append((f"the filter that excludes {what}", "a baseline of ours has no filters; see `exclude` and `[[ignore]]` of the settings"))
    return done


def _reported(rows: "list[Any]") -> "Iterator[Told]":
    """The entries of a report. One that is cut off or masked (`--redact`) names no secret."""
    for row in rows:
        if not isinstance(row, dict) or not isinstance(row.get("File"), str) or not isinstance(row.get("StartLine"), int):
            raise UsageError("--from: this JSON is no report of gitleaks: every entry of one has File and StartLine")
        secret, commit, last = str(row.get("Secret", "")), str(row.get("Commit", "")), row.get("EndLine")
        whole = len(secret) >= 4 and "REDACTED" not in secret and not secret.endswith("...")
        path, first = row["File"].replace("\\", "/").removeprefix("./"), row["StartLine"]
        last = last if isinstance(last, int) else first
        yield Told(path, str(row.get("RuleID", "")), first, last, commit if _COMMIT.fullmatch(commit) else "", secret if whole else "")


def _as_gitleaks(row: object) -> "dict[str, object]":
    """A finding of betterleaks 2 with the names that gitleaks gives to its parts."""
    table = row if isinstance(row, dict) else {}
    match, attributes, place = (part if isinstance(part := table.get(name), dict) else {} for name in ("match", "attributes", "location"))
    return {
        "RuleID": table.get("rule_id", ""),
        "Secret": match.get("value", ""),
        "Commit": attributes.get("git.sha", ""),
        "File": place.get("path"),
        "StartLine": place.get("start_line"),
        "EndLine": place.get("end_line"),
    }


def _ignored(text: str) -> "Iterator[Told]":
    """The lines of a .gitleaksignore: `file:rule:line`, a commit before it or not."""
    for number, line in enumerate(text.splitlines(), 1):
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        parts = line.rsplit(":", 2)
        if len(parts) != 3 or not parts[2].isdecimal() or len(parts[2]) > 9:
            raise UsageError(f"--from: line {number} is none of .gitleaksignore: [commit:]file:rule:line")
        commit, colon, path = parts[0].partition(":")
        if not (colon and _COMMIT.fullmatch(commit)):
            commit, path = "", parts[0]
        yield Told(path.replace("\\", "/").removeprefix("./"), parts[1], int(parts[2]), int(parts[2]), commit)


def _of_gitleaks(entries: "Iterator[Told]", look: "Look", repository: "Repository") -> Imported:
    done = Imported([], [])
    known: dict[tuple[str, str], tuple[Source, list[Claim]] | None] = {}
    for told in entries:
        hits: list[Found] = []
        there = False
        for commit in dict.fromkeys((told.commit, "") if told.secret else (told.commit,)):
            place = commit, told.path
            if place not in known:
                source = look(*place)
                known[place] = None if source is None else (source, judging.settle(pipeline.claims(documents.build(source), repository)[0]))
            examined = known[place]
            if examined is not None:
                there = True
                hits += [(claim, examined[0]) for claim in examined[1] if _is(told, claim, examined[0])]
        if not hits:
            done.left.append(
                (f"{told.path}:{told.first} {told.rule}", NOTHING if there else "git does not have its commit or file" if told.commit else NOT_THERE)
            )
        done.found.extend(hits)
    return done


def _is(told: Told, claim: "Claim", source: Source) -> bool:
    """Whether a claim is about the secret that an entry names, or stands on its lines where it names none."""
    if claim.secret is None:
        return False
    if told.secret:
        ours, theirs = source.data[claim.secret.start : claim.secret.end], told.secret.encode("utf-8", "surrogatepass")
        return ours in theirs or theirs in ours
    return told.first <= source.data.count(b"\n", 0, claim.secret.start) + 1 <= told.last
