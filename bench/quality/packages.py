"""How quiet the linter is on code that people publish: the sdists of twenty well-known packages, at pinned versions.

usage: python bench/quality/packages.py [PACKAGE ...]        (default: all)

The sdists are fetched once, through pip with whatever index it is configured for, and are only unpacked: no code of them runs. Every reported line
of the rules on hard-coded keys is written to `reported.txt` in the cache, as `package path:line rule confidence` without its text. A person reads
those lines and writes what they are into `verdicts.toml`; this program counts them.
"""

import sys
import tarfile
import tomllib
from collections import Counter
from pathlib import Path

from scanners import CACHE, Reported, agentkey, say, table

PACKAGES = {
    "authlib": "1.9.9",
    "azure-identity": "1.27.0",
    "celery": "5.7.0",
    "django": "6.1.3",
    "kubernetes": "37.0.2",
    "matplotlib": "3.11.2",
    "mypy": "2.4.1",
    "networkx": "3.6.1",
    "numpy": "2.4.6",
    "pandas": "3.1.1",
    "paramiko": "5.1.0",
    "pygithub": "2.10.0",
    "pymongo": "4.20.0",
    "redis": "8.1.0",
    "salt": "3008.5",
    "scapy": "2.8.0",
    "scipy": "1.17.1",
    "setuptools": "84.2.1",
    "sqlalchemy": "2.1.9",
    "twisted": "26.10.0",
}

VERDICTS = Path(__file__).with_name("verdicts.toml")
REPORTED = CACHE / "reported.txt"


def fetch(name: str, version: str) -> Path:
    """The folder of an unpacked sdist, fetched the first time.

    pip's own finder and session are asked, so its index, proxy and certificates count; `pip download` itself would run the package's build to learn
    what it needs. Raises RuntimeError when there is no such sdist or its digest is not the index's.
    """
    target = CACHE / "sdists" / f"{name}-{version}"
    if target.exists():
        return target
    from pip._internal.commands import create_command

    command = create_command("download")
    options, _ = command.parse_args(["-qqq", "--no-deps", "--no-binary", ":all:", name])
    with command.main_context():
        session = command.get_default_session(options)  # type: ignore[attr-defined]
        finder = command._build_package_finder(options, session, ignore_requires_python=True)  # type: ignore[attr-defined]
        links = [found.link for found in finder.find_all_candidates(name) if str(found.version) == version]
        if not links:
            raise RuntimeError(f"the index has no sdist of {name} {version}")
        say(f"  fetching {links[0].filename}")
        data = session.get(links[0].url_without_fragment, headers={"Accept-Encoding": "identity"}).content
    hashes = links[0].as_hashes()
    hashes.check_against_chunks([data])
    archive = CACHE / "sdists" / links[0].filename
    archive.parent.mkdir(parents=True, exist_ok=True)
    archive.write_bytes(data)
    unpacking = target.with_suffix(".part")
    with tarfile.open(archive) as files:
        files.extractall(unpacking, filter="data")
    archive.unlink()
    unpacking.rename(target)
    return target


def lines(folder: Path) -> int:
    """The lines of a folder's text files: those without a NUL byte."""
    count = 0
    for path in folder.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            count += 0 if b"\0" in data[:8192] else data.count(b"\n")
    return count


def verdicts() -> dict[str, dict[str, str]]:
    """By package with version, what the person who read it says of each `path:line`: `right`, or the cause why it is wrong."""
    return tomllib.loads(VERDICTS.read_text(encoding="utf-8")) if VERDICTS.exists() else {}


def main(names: list[str]) -> None:
    total = 0
    found: list[tuple[str, Reported]] = []
    for name in names or PACKAGES:
        folder = fetch(name, PACKAGES[name])
        count = lines(folder)
        reported = [one for one in agentkey(folder) if one.shown]
        say(f"  {name} {PACKAGES[name]}: {count} lines, {len(reported)} reported")
        total += count
        found += [(f"{name}-{PACKAGES[name]}", one) for one in reported]
    REPORTED.write_text("".join(f"{package} {one.path}:{one.line} {one.rule} {one.confidence}\n" for package, one in found), encoding="utf-8")
    say(summary(total, found))


def summary(total: int, found: list[tuple[str, Reported]]) -> str:
    """The table of reported lines by rule: how many, per million lines, and how they were judged."""
    known = verdicts()
    lines_by_rule: dict[str, set[tuple[str, str]]] = {}
    for package, one in found:
        for rule in (one.rule, "all"):
            lines_by_rule.setdefault(rule, set()).add((package, f"{one.path}:{one.line}"))
    rows = []
    for rule in sorted(lines_by_rule, key=lambda rule: (rule == "all", rule)):
        judged = Counter(known.get(package, {}).get(place, "unread").partition(" ")[0] for package, place in lines_by_rule[rule])
        wrong = sum(judged.values()) - judged["right"] - judged["unread"]
        counts = [len(lines_by_rule[rule]), judged["right"], wrong, judged["unread"]]
        rows.append([rule, *map(str, counts), f"{counts[0] / total * 1e6:.1f}", f"{wrong / total * 1e6:.1f}"])
    head = ["rule", "reported lines", "right", "wrong", "unread", "reported per million", "wrong per million"]
    return f"\n{total} lines of {len(PACKAGES)} packages\n\n{table(head, rows)}"


if __name__ == "__main__":
    main(sys.argv[1:])
