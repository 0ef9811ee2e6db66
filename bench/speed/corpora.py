"""What everything is run on, built from the sdists of public packages that bench/quality pins, with keys planted that are made up on the spot.

A corpus is built once and kept in the cache, under a name that changes with this file. The same sizes give the same bytes: every choice is drawn
from a seed. Each planted key stands in a file of its own, whose name tells it apart in a report.
"""

import hashlib
import json
import os
import random
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "bench" / "quality")]
from packages import PACKAGES, fetch
from scanners import CACHE, say

from agentkey_lint.testing import expand

SOURCE = {".py", ".pyi", ".pyx", ".c", ".h", ".cpp", ".hpp", ".js", ".rst", ".txt", ".md", ".html", ".sh", ".cfg", ".toml", ".yaml", ".yml", ".ini"}
EDITED = SOURCE - {".cfg", ".toml", ".yaml", ".yml", ".ini", ".txt", ".html"}
"""What a history holds: random edits would break the syntax of configuration, which the linter says of a file and ends with status 2 for."""
TEXT = {".txt", ".rst", ".html", ".po", ".md"}
KINDS = ("github", "gitlab", "slack", "stripe", "sendgrid", "anthropic", "openai", "npm", "pypi", "shopify", "digitalocean", "postman")
"""Vendors whose keys every scanner knows or ought to; the first kind of each is planted."""
SMALL = 150_000
"""Files of a history are no larger, in bytes: it is to have many versions, not long ones."""


class Sizes(NamedTuple):
    """How much is built: bytes and files of the trees, commits of the histories (source, small, data), keys planted in each."""

    tree: int
    files: int
    json: int
    history: int
    small: int
    data: int
    keys: int


FULL = Sizes(100_000_000, 10_000, 100_000_000, 20_000, 1_000, 3_000, 40)
QUICK = Sizes(10_000_000, 1_000, 10_000_000, 1_000, 200, 60, 12)


class Corpus(NamedTuple):
    """One thing to scan. job: `staged`, `tree` or `history`. files: those staged. about: in words.

    planted: for each file that holds a key what a report may call it: its name, in a history also its blob's, as kingfisher writes it.
    """

    name: str
    job: str
    folder: Path
    files: tuple[str, ...]
    planted: tuple[tuple[str, ...], ...]
    about: str


def corpora(sizes: Sizes) -> list[Corpus]:
    """Every corpus, built where it is not there yet."""
    digest = hashlib.sha256(Path(__file__).read_bytes() + repr(sizes).encode()).hexdigest()[:10]
    home = CACHE / "speed" / digest
    names = planted_names(sizes.keys)
    return [
        _made(home / "staged", lambda folder: _stage(folder, staged()), "staged", "staged", tuple(staged())),
        _made(home / "formats", lambda folder: _stage(folder, formats()), "staged formats", "staged", tuple(formats())),
        _made(home / "tree", lambda folder: _tree(folder, sizes), "tree", "tree", planted=names),
        _made(home / "json", lambda folder: _json_tree(folder, sizes), "tree of JSON", "tree", planted=names),
        _made(home / "history", lambda folder: _source_history(folder, sizes.history, sizes.keys), "history", "history", planted=names),
        _made(home / "small", lambda folder: _source_history(folder, sizes.small, sizes.keys), "small history", "history", planted=names),
        _made(home / "data", lambda folder: _data_history(folder, sizes.data, sizes.keys), "history of data", "history", planted=names),
    ]


def _made(folder: Path, build: Callable[[Path], None], name: str, job: str, files: tuple[str, ...] = (), planted: tuple[str, ...] = ()) -> Corpus:
    if not folder.exists():
        say(f"  building: {name}")
        part = folder.with_suffix(".part")
        shutil.rmtree(part, ignore_errors=True)
        part.mkdir(parents=True)
        build(part)
        part.rename(folder)
    about = {"staged": _staged_words, "tree": _tree_words, "history": _history_words}[job](folder, files)
    marks = tuple((one, *([blob] if job == "history" else [])) for one, blob in zip(planted, _blobs(len(planted)), strict=True))
    return Corpus(name, job, folder, files, marks or tuple((one,) for one in files), about)


# --- keys


def keys(count: int) -> list[str]:
    """Keys of well-known kinds, made up from the recipes."""
    found = []
    for name in KINDS:
        key = tomllib.loads((ROOT / "rules" / "keys" / f"{name}.toml").read_text(encoding="utf-8"))["key"][0]
        found.append((key["recipes"][0], key.get("checksum", "")))
    return [expand(recipe, f"speed {number}", checksum) for number in range(count) for recipe, checksum in [found[number % len(found)]]]


def planted_names(count: int) -> tuple[str, ...]:
    return tuple(f"planted_{number:03}.py" for number in range(count))


def _blobs(count: int) -> list[str]:
    """The names of the planted files' blobs, as the paths of loose objects."""
    texts = [_carrier(key).encode() for key in keys(count)]
    names = [hashlib.sha1(b"blob %d\0%s" % (len(text), text), usedforsecurity=False).hexdigest() for text in texts]
    return [f"{name[:2]}/{name[2:]}" for name in names]


def _carrier(key: str) -> str:
    return f'import client\n\nsession = client.connect(\n    "main",\n    setting_value="{key}",\n)\n'


# --- what is staged


def git(folder: Path, *words: str) -> str:
    """What a git command prints, with nobody's settings."""
    plain = {**os.environ, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    plain.update({f"GIT_{who}_{what}": text for who in ("AUTHOR", "COMMITTER") for what, text in (("NAME", "A"), ("EMAIL", "a@example.com"))})
    return subprocess.run(["git", "-C", str(folder), *words], env=plain, check=True, capture_output=True, text=True).stdout


def _stage(folder: Path, files: dict[str, str]) -> None:
    git(folder, "init", "-q", "-b", "main")
    for path in _few(40):
        target = folder / "src" / path.name
        target.parent.mkdir(exist_ok=True)
        shutil.copyfile(path, target)
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "before")
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    git(folder, "add", "-A")


def staged() -> dict[str, str]:
    """Three small files without a format of their own, or with the simplest, each with a key."""
    one, two, three = keys(3)
    body = "".join(f"def step_{number}(value):\n    return value + {number}\n\n\n" for number in range(40))
    lines = "".join(f"- step {number} takes what step {number - 1} leaves\n" for number in range(60))
    ini = f"[server]\nhost = localhost\nport = 8080\n\n[remote]\nsetting_value = {two}\n" + "".join(f"option_{number} = {number}\n" for number in range(30))
    return {"app.py": body + _carrier(one), "settings.ini": ini, "notes.md": f"# Notes\n\n{lines}\n    connect --with {three}\n"}


def formats() -> dict[str, str]:
    """Three small files of configuration, each with a key."""
    one, two, three = keys(3)
    servers = {f"server-{number}": {"command": "run", "args": ["--port", str(8000 + number)], "env": {"LEVEL": "info"}} for number in range(6)}
    servers["server-0"]["env"] = {"SETTING_VALUE": one}
    services = "".join(f"  service-{number}:\n    image: example/app:1.{number}\n    environment:\n      LEVEL: info\n" for number in range(12))
    tables = "".join(f"[part.p{number}]\nname = 'p{number}'\nsize = {number}\n\n" for number in range(20))
    return {
        ".mcp.json": json.dumps({"mcpServers": servers}, indent=2),
        "compose.yaml": f"services:\n{services}      SETTING_VALUE: {two}\n",
        "config.toml": f'{tables}[remote]\nsetting_value = "{three}"\n',
    }


def _staged_words(folder: Path, files: tuple[str, ...]) -> str:
    return f"{', '.join(files)}: {sum((folder / name).stat().st_size for name in files) / 1000:.1f} kB"


# --- trees


def texts(endings: set[str], most: int = 1_000_000) -> list[Path]:
    """The files of all packages with these endings, without NUL bytes, in an order that mixes the packages and never changes."""
    found: list[tuple[bytes, Path]] = []
    for name, version in PACKAGES.items():
        package = fetch(name, version)
        for place, _, names in os.walk(package):
            for one in names:
                path = Path(place, one)
                if path.suffix in endings and not path.is_symlink() and 0 < path.stat().st_size <= most:
                    found.append((hashlib.sha256(str(path.relative_to(package.parent)).encode()).digest(), path))
    return [path for _, path in sorted(found)]


def _few(count: int) -> list[Path]:
    package = fetch("redis", PACKAGES["redis"])
    return [path for path in sorted(package.rglob("*.py")) if path.stat().st_size > 1_000][:count]


def _relative(path: Path) -> Path:
    return path.relative_to(CACHE / "sdists")


def _tree(folder: Path, sizes: Sizes) -> None:
    total = files = 0
    for path in texts(SOURCE):
        if total >= sizes.tree and files >= sizes.files:
            break
        data = path.read_bytes()
        if b"\0" in data:
            continue
        target = folder / _relative(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
        total += len(data)
        files += 1
    _plant(folder, sizes.keys)


def _json_tree(folder: Path, sizes: Sizes) -> None:
    """Documents of about 2 MB, each a list of records: a path, digests, sizes, and a text as its lines."""
    total = number = 0
    records: list[dict[str, object]] = []
    size = 0
    paths = texts(TEXT)
    while total < sizes.json:
        for path in paths:
            records.append(_record(path))
            size += path.stat().st_size
            if size > 2_000_000:
                text = json.dumps(records, indent=1)
                (folder / f"records-{number:04}.json").write_text(text, encoding="utf-8")
                total, number, records, size = total + len(text), number + 1, [], 0
                if total >= sizes.json:
                    break
    _plant(folder, sizes.keys)


def _record(path: Path) -> dict[str, object]:
    data = path.read_bytes()
    lines = data.decode("utf-8", "replace").splitlines()
    return {"path": str(_relative(path)), "size": len(data), "sha256": hashlib.sha256(data).hexdigest(), "id": hashlib.md5(data).hexdigest(), "lines": lines}


def _plant(folder: Path, count: int) -> None:
    inside = sorted(path for path in folder.iterdir() if path.is_dir()) or [folder]
    for number, (name, key) in enumerate(zip(planted_names(count), keys(count), strict=True)):
        (inside[number % len(inside)] / name).write_text(_carrier(key), encoding="utf-8")


def _tree_words(folder: Path, _: tuple[str, ...]) -> str:
    sizes = [os.stat(os.path.join(place, name)).st_size for place, _, names in os.walk(folder) for name in names]
    return f"{len(sizes):,} files, {sum(sizes) / 1e6:.0f} MB"


# --- histories


class _Writer:
    """A bare repository filled through `git fast-import`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        git(folder, "init", "-q", "--bare", "-b", "main")
        command = ["git", "-C", str(folder), "fast-import", "--quiet", "--depth=50"]
        self.child = subprocess.Popen(command, stdin=subprocess.PIPE)
        self.count = 0

    def commit(self, files: dict[str, bytes | None]) -> None:
        """One commit more; None takes a file away."""
        stream = self.child.stdin
        assert stream is not None
        message = f"change {self.count}\n".encode()
        stream.write(b"commit refs/heads/main\ncommitter A <a@example.com> %d +0000\ndata %d\n%s" % (1_600_000_000 + self.count * 600, len(message), message))
        for path, data in files.items():
            if data is None:
                stream.write(b"D %s\n" % path.encode())
            else:
                stream.write(b"M 100644 inline %s\ndata %d\n%s\n" % (path.encode(), len(data), data))
        stream.write(b"\n")
        self.count += 1

    def close(self) -> None:
        stream = self.child.stdin
        assert stream is not None
        stream.close()
        if self.child.wait():
            raise RuntimeError("git fast-import failed")
        git(self.folder, "repack", "-a", "-d", "-f", "-q", "--depth=50", "--window=10")


def _source_history(folder: Path, commits: int, count: int) -> None:
    """Files come in one after the other, and lines of them are replaced by lines of other files, as people's edits do.

    The longest of three files is edited: as in real histories the long ones have the most versions, and a version has about 20 kB. Most edits are of a
    few lines, some of hundreds.
    """
    rng = random.Random(f"history {commits}")
    paths = iter(texts(EDITED, SMALL)[: commits // 2 + 10])
    pool = [path.read_bytes().splitlines(keepends=True) for path in texts({".py"}, SMALL)[:400]]
    there: dict[str, list[bytes]] = {}

    def changes() -> dict[str, bytes | None]:
        changed: dict[str, bytes | None] = {}
        if len(there) < 5 or rng.random() < 0.3:
            path = next(paths, None)
            if path is not None:
                there[str(_relative(path))] = path.read_bytes().splitlines(keepends=True)
                changed[str(_relative(path))] = b"".join(there[str(_relative(path))])
        names = list(there)
        for _ in range(rng.randint(1, 4)):
            name = max(rng.choices(names, k=3), key=lambda name: len(there[name]))
            lines, other = there[name], rng.choice(pool)
            at, start = rng.randint(0, len(lines)), rng.randint(0, len(other))
            lines[at : at + _edited(rng)] = other[start : start + _edited(rng)]
            changed[name] = b"".join(lines)
        return changed

    _history(folder, commits, count, changes)


def _edited(rng: random.Random) -> int:
    """How many lines an edit takes away, or puts in: half of them up to three, one in a hundred more than eighty."""
    return int(rng.lognormvariate(1.2, 1.4))


def _data_history(folder: Path, commits: int, count: int) -> None:
    """Large JSON documents, of which each commit replaces some records."""
    rng = random.Random(f"data {commits}")
    sources = texts(TEXT, 8_000)
    there: dict[str, list[str]] = {}

    def record() -> str:
        return json.dumps(_record(rng.choice(sources)), indent=1)

    def changes() -> dict[str, bytes | None]:
        changed: dict[str, bytes | None] = {}
        if len(there) < 40:
            there[f"data/records-{len(there):03}.json"] = [record() for _ in range(60)]
            changed[list(there)[-1]] = b""
        for name in {*changed, *rng.sample(list(there), min(len(there), 2))}:
            for _ in range(rng.randint(1, 4)):
                there[name][rng.randrange(len(there[name]))] = record()
            changed[name] = ("[" + ",\n".join(there[name]) + "]\n").encode()
        return changed

    _history(folder, commits, count, changes)


def _history(folder: Path, commits: int, count: int, changes: Callable[[], dict[str, bytes | None]]) -> None:
    """Commits of what changes; a planted file comes with one commit and goes with the next."""
    writer = _Writer(folder)
    every = max(commits // count, 2)
    planted: Iterator[tuple[str, str]] = zip(planted_names(count), keys(count), strict=True)
    gone: dict[str, bytes | None] = {}
    for number in range(commits):
        files = {**changes(), **gone}
        gone = {}
        if number % every == every // 2 and (one := next(planted, None)) is not None:
            files[one[0]] = _carrier(one[1]).encode()
            gone = {one[0]: None}
        writer.commit(files)
    writer.close()


def _history_words(folder: Path, _: tuple[str, ...]) -> str:
    lines = git(folder, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectsize)", "--unordered").split("\n")
    blobs = [int(line[5:]) for line in lines if line.startswith("blob ")]
    commits = sum(line.startswith("commit ") for line in lines)
    packed = sum(path.stat().st_size for path in folder.glob("objects/pack/*.pack"))
    return f"{commits:,} commits, {len(blobs):,} blobs of {sum(blobs) / 1e6:,.0f} MB unpacked, {packed / 1e6:.0f} MB packed"
