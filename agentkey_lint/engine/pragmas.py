"""Inline comments of detect-secrets: `pragma: allowlist secret` behind a secret, `pragma: allowlist nextline secret` on the line above it.

They are looked for where a claim stands and nowhere else, so a file without claims is never read for them. Everything here is linear: a comment's
mark is looked for in a bounded stretch before the word `pragma`.
"""

from agentkey_lint.engine.places import line_bounds

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Pattern

GAP = 256
"""At most so many bytes of blanks stand between a comment's mark and the pragma."""
PLAIN = (b"#", b"//", b"'", b"--")
"""Marks of comments that end with their line. `--` takes in `<!--`, as it does for detect-secrets."""

_same: "Pattern[bytes] | None" = None
_next: "Pattern[bytes] | None" = None


def allowed(data: bytes, offsets: "Iterable[int]", path: str) -> frozenset[int]:
    """Those of the offsets whose line is allowlisted, by itself or by the line above. Each line is read once, however many offsets it holds."""
    found = set()
    start = end = -1
    verdict = False
    for offset in sorted(set(offsets)):
        if not start <= offset <= end:
            start, end = line_bounds(data, offset)
            verdict = _behind(data[start:end], path) or (start > 0 and _above(data[slice(*line_bounds(data, start - 1))], path))
        if verdict:
            found.add(offset)
    return frozenset(found)


def _behind(line: bytes, path: str) -> bool:
    """Whether a line holds a comment that allowlists it."""
    global _same
    if b"pragma:" not in line:
        return False
    if _same is None:
        from agentkey_lint.model.expressions import regex

        _same = regex(rb"pragma: ?(?:allow|white)list[ -]secret")
    yaml = path.endswith(".yaml")  # detect-secrets takes no other comment than YAML's own there
    closed = line.rstrip(b" \t\r\n").endswith(b"*/")
    for match in _same.finditer(line):
        wide = line[max(match.start() - GAP, 0) : match.start()]
        before = wide.rstrip(b" ")
        if before.endswith(b"#" if yaml else PLAIN) or (not yaml and closed and before.endswith(b"/*")):
            return True
        if not yaml and wide.rstrip(b"# \t").endswith(b"<!--") and line.rstrip(b"> \t\r\n").endswith(b"--"):
            return True
    return False


def _above(line: bytes, path: str) -> bool:
    """Whether a line is nothing but a comment that allowlists the next one. It may be indented, which detect-secrets itself does not take."""
    global _next
    if b"pragma:" not in line:
        return False
    if _next is None:
        from agentkey_lint.model.expressions import regex

        _next = regex(rb"(#|//|/\*|'|--|<!--[# \t]{0,256}|;)[ ]{0,256}pragma: ?allowlist[ -]nextline[ -]secret")
    line = line.strip(b" \t\r\n")
    match = _next.match(line)
    if match is None:
        return False
    mark, rest = match[1], line[match.end() :]
    if mark == b"#":
        return True
    if path.endswith(".yaml"):
        return False
    return rest.endswith(b"*/") if mark == b"/*" else rest.endswith(b"-->") if mark.startswith(b"<!--") else True
