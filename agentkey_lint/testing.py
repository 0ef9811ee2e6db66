"""For tests of rules and knowledge, ours and other people's: recipes for key-shaped text, and literate cases.

A recipe is text with parts in double braces that are filled in from a seed, so that no key-shaped text is ever written down; rules/README.md lists
the parts. A case is one Markdown file: fenced files of a small repository, then the findings that are expected of it.
"""

import base64
import json
import random
import re
import string
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from agentkey_lint.catalog import checksums
from agentkey_lint.model.record import NOTHING

_NAMED = {
    "hex": "0123456789abcdef",
    "HEX": "0123456789ABCDEF",
    "base32": "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
    "b58": "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
}
_RUN = re.compile(r"(\d+)(?:-(\d+))? x (.+)", re.DOTALL)
_TOKEN = re.compile(r"[A-Za-z0-9_.-]*\Z")


class Filled(NamedTuple):
    """A recipe filled in: the whole text, and what was put in for each part, in order. The parts are what is secret in it."""

    text: str
    parts: list[str]


def alphabet(name: str) -> str:
    """The characters that an alphabet of a recipe stands for: `aA0_-` is letters, digits, `_` and `-`."""
    if name in _NAMED:
        return _NAMED[name]
    if len(name) > 12:
        return name
    ranges = {"a": string.ascii_lowercase, "A": string.ascii_uppercase, "0": string.digits}
    return "".join(ranges.get(character, character) for character in name)


def expand(recipe: str, seed: int | str = 0, checksum: str = "") -> str:
    """A recipe filled in. The same recipe and seed give the same text. checksum: the rule for a `{{checksum}}` that names none."""
    return fill(recipe, seed, checksum).text


def fill(recipe: str, seed: int | str = 0, checksum: str = "") -> Filled:
    """As `expand`, with what was put in. Raises ValueError for a part that is not closed or not known."""
    return _fill(recipe, random.Random(f"{seed}/{recipe}"), checksum)


def _fill(recipe: str, rng: random.Random, checksum: str) -> Filled:
    done = ""
    parts = []
    rest = recipe
    while "{{" in rest:
        before, _, rest = rest.partition("{{")
        inner, rest = _inner(rest)
        done += before
        if inner.startswith("literal "):  # text that itself stands in double braces, as templates write it
            done += "{{" + inner.removeprefix("literal ") + "}}"
            continue
        part = _part(inner, done, rng, checksum)
        parts.append(part)
        done += part
    return Filled(done + rest, parts)


def _inner(text: str) -> tuple[str, str]:
    """The text up to the braces that close a part, and what follows; braces inside it may nest."""
    depth = 0
    for at, character in enumerate(text):
        if character == "{":
            depth += 1
        elif character == "}":
            if depth == 0 and text[at + 1 : at + 2] == "}":
                return text[:at], text[at + 2 :]
            depth -= 1
    raise ValueError(f"a part of the recipe is not closed: {text[:20]!r}")


def _part(inner: str, done: str, rng: random.Random, checksum: str) -> str:
    run = _RUN.fullmatch(inner)
    if run:
        least = int(run[1])
        letters = alphabet(run[3])
        return "".join(rng.choice(letters) for _ in range(rng.randint(least, int(run[2] or least))))
    kind, _, argument = inner.partition(" ")
    if kind == "uuid":
        return "-".join("".join(rng.choice(_NAMED["hex"]) for _ in range(count)) for count in (8, 4, 4, 4, 12))
    if kind == "checksum":
        token = _TOKEN.search(done)  # a recipe of a kind is one token; in a file of a case it stands among other text
        return checksums.compute(argument or checksum, token[0] if token else done)
    if kind == "pem":
        return "\n".join("".join(rng.choice(string.ascii_letters + string.digits + "+/") for _ in range(64)) for _ in range(4))
    if kind == "base64":
        return base64.b64encode(_fill(argument, rng, checksum).text.encode()).decode()
    if kind == "base64url":
        return base64.urlsafe_b64encode(_fill(argument, rng, checksum).text.encode()).decode().rstrip("=")
    if kind == "jwt":
        parts = [json.dumps({"alg": "HS256", "typ": "JWT"}), json.dumps(json.loads(argument or "{}"))]
        signature = "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(43))
        return ".".join([*(base64.urlsafe_b64encode(part.encode()).decode().rstrip("=") for part in parts), signature])
    raise ValueError(f"a recipe has no part {inner!r}")


class Case(NamedTuple):
    """One literate case.

    files: a repository's files by path. expected: the findings as (path, line, rule). known_misses: those that ought to be found and are not.
    arguments: of the command line. untracked: the files that are not in git's index. secrets: what the recipes put in.
    fixed: files, by path, as `--fix --unsafe-fixes` leaves them. before: the files of the commit that the others are to be compared with
    (`check --base`), if the case has any.
    """

    title: str
    files: dict[str, str]
    expected: list[tuple[str, int, str]]
    known_misses: list[tuple[str, int, str]]
    arguments: list[str]
    untracked: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    fixed: Mapping[str, str] = NOTHING
    before: Mapping[str, str] = NOTHING


_FENCE = re.compile(r"^(`{3,}|~{3,})[a-z]*[ \t]*(?:(?P<kind>path|base|fixed)=(?P<path>\S+))?[^\n]*\n(?P<body>.*?)^\1[ \t]*$", re.DOTALL | re.MULTILINE)
_EXPECTED = re.compile(r"^- (?P<miss>known miss: )?`(?P<path>[^`]+?):(?P<line>\d+)` `(?P<rule>[a-z-]+)`", re.MULTILINE)
_ARGUMENTS = re.compile(r"^Run with: `(.+)`$", re.MULTILINE)
_UNTRACKED = re.compile(r"^Untracked: (.+)$", re.MULTILINE)


def cases(markdown: str, seed: int = 0) -> Iterator[Case]:
    """The cases of one Markdown file, one for each heading of the second level.

    A fenced block with `path=NAME` is a file (recipes in it are expanded), one with `fixed=NAME` that file when it is mended, one with `base=NAME` its
    text in an earlier commit; a list item "- `path:line` `rule`" is an expected finding, "- known miss: …" one that ought to be found and is not;
    "Run with: `--strict`" adds arguments; "Untracked: `path`, `path`" names files that git does not track (all others are committed). A case without
    items expects nothing.
    """
    for section in re.split(r"^## ", markdown, flags=re.MULTILINE)[1:]:
        title = section.partition("\n")[0].strip()
        filled = {match.group("kind", "path"): fill(match["body"], seed) for match in _FENCE.finditer(section) if match["kind"] in ("path", "base")}
        fixed = {match["path"]: expand(match["body"], seed) for match in _FENCE.finditer(section) if match["kind"] == "fixed"}
        text = _FENCE.sub("", section)
        expected: list[tuple[str, int, str]] = []
        misses: list[tuple[str, int, str]] = []
        for item in _EXPECTED.finditer(text):
            (misses if item["miss"] else expected).append((item["path"], int(item["line"]), item["rule"]))
        arguments = _ARGUMENTS.search(text)
        untracked = tuple(path for line in _UNTRACKED.finditer(text) for path in re.findall(r"`([^`]+)`", line[1]))
        files, before = ({path: one.text for (kind, path), one in filled.items() if kind == wanted} for wanted in ("path", "base"))
        secrets = tuple(part for one in filled.values() for part in one.parts)
        options = arguments[1].split() if arguments else []
        yield Case(title, files, sorted(expected), sorted(misses), options, untracked, secrets, fixed, before)
