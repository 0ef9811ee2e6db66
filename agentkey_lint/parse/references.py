r"""References: every place in a value that names something to be put in, whoever may read it.

What a reader expands is its own business (`Expansion`); this module only says what is written, in canonical spellings:
X the name, d a default, e an error text, a an alternative.

The forms stand in two tables of (pattern, syntax, fault). In a pattern `~` is a variable's name, `@@` a name that may have
dots, and a blank is any white space; the first group is the name, the second the default or alternative. The first row that fits counts.
All repeats are possessive (`*+`), so that no row is tried twice over the same text.
Only `${…}` and `$(…)` may nest, so their ends are found beforehand in one pass over the value, and the whole stays linear.

Faults: unclosed, empty-name, space, bad-name, nested as in `Reference`, and two that depend on the reader:
`escaped` (directly behind `$`, `%` or a backslash) and `inside-word` (`$X` directly behind a letter or digit).
"""


from agentkey_lint.model.expressions import regex
from agentkey_lint.model.facts import Reference
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from re import Match

LIMIT = 1_000
"""References beyond this are not looked for in one value."""

_NAME = r"[A-Za-z_][A-Za-z0-9_]*+"
_DOTTED = _NAME + r"(?:\.[A-Za-z0-9_-]++)*+"
_OPEN_BRACE, _OPEN_PAREN = "${", "$("


class _Table:
    """Rows compiled into one alternation.

    Each row ends with an empty group, so `lastgroup` is the row that matched. (Around the row it would tell as much, but then
    `re` cannot see the literal that the row begins with, and a search takes fifty times as long.)
    """

    def __init__(self, *rows: tuple[str, str, str]) -> None:
        patterns = [row[0].replace(" ", r"\s*+").replace("~", _NAME).replace("@@", _DOTTED) for row in rows]
        self.pattern = regex(("(?s)" + "|".join(f"{pattern}(?P<_{number}>)" for number, pattern in enumerate(patterns))).encode())
        ends = [0, *(self.pattern.groupindex[f"_{number}"] for number in range(len(rows)))]
        self.rows = {f"_{number}": (syntax, fault, ends[number + 1] - ends[number] - 1) for number, (_, syntax, fault) in enumerate(rows)}

    def read(self, match: "Match[bytes]") -> "tuple[str, str, Span | None, Span | None]":
        """Syntax, fault, and the spans of name and default in the matched text."""
        row = match.lastgroup or ""
        syntax, fault, groups = self.rows[row]
        first = match.re.groupindex[row] - groups
        spans = [Span(*match.span(first + number)) if number < groups else None for number in range(2)]
        return syntax, fault, spans[0], spans[1]


_FORMS = _Table(
    # expressions of GitHub Actions and the like
    (r"\${{ secrets\.(~) }}", "${{ secrets.X }}", ""),
    (r"\${{ vars\.(~) }}", "${{ vars.X }}", ""),
    (r"\${{ env\.(~) }}", "${{ env.X }}", ""),
    (r"\${{ inputs\.([A-Za-z_][\w-]*+) }}", "${{ inputs.X }}", ""),
    (r"\${{ }}", "${{ X }}", "empty-name"),
    (r"\${{ ([\w.-]++) }}", "${{ X }}", ""),
    (r"\${{[^{}]*+}}", "${{ X }}", ""),
    (r"\${{ secrets\.(~)", "${{ secrets.X }}", "unclosed"),
    (r"\${{ vars\.(~)", "${{ vars.X }}", "unclosed"),
    (r"\${{ env\.(~)", "${{ env.X }}", "unclosed"),
    (r"\${{ inputs\.(~)", "${{ inputs.X }}", "unclosed"),
    (r"\${{ ([\w.]++)", "${{ X }}", "unclosed"),
    # GitLab's inputs
    (r"\$\[\[ inputs\.([\w-]++)[^\[\]]*+\]\]", "$[[ inputs.X ]]", ""),
    # shells and all that took their spelling from them
    (r"\${", _OPEN_BRACE, ""),
    (r"\$\((~)\)", "$(X)", ""),
    (r"\$\( \)", "$(X)", "empty-name"),
    (r"\$\(", _OPEN_PAREN, ""),
    (r"\$<(~)>", "$<X>", ""),
    (r"\$<(~)", "$<X>", "unclosed"),
    (r"\$__env{([^{}\s]++)}", "$__env{X}", ""),
    (r"\$__file{([^{}]++)}", "$__file{X}", ""),
    (r"\$__vault{([^{}]++)}", "$__vault{X}", ""),
    (r"\$__env{(\w*+)", "$__env{X}", "unclosed"),
    (r"\$__file{([\w./]*+)", "$__file{X}", "unclosed"),
    (r"\$__vault{([\w./]*+)", "$__vault{X}", "unclosed"),
    (r"\$(~)", "$X", ""),
    # a stray blank; lower case is left alone, for it may be a shell's prompt, and `$ USD` is a price
    (r"\$[ \t]{1,3}{ ([A-Z_][A-Z0-9_]*+) }", "${X}", "space"),
    (r"\$[ \t]{1,3}([A-Z][A-Z0-9]*+_[A-Z0-9_]*+)\b", "$X", "space"),
    # double braces: mustache, Jinja, Go templates, n8n
    (r"{{-? \$env\.(~) -?}}", "{{ $env.X }}", ""),
    (r"{{-? \$vars\.(~) -?}}", "{{ $vars.X }}", ""),
    (r"{{-? \.([\w.]++)[^{}]*+}}", "{{ .X }}", ""),
    (r"{{ }}", "{{X}}", "empty-name"),
    (r"{{-? (@@) -?}}", "{{X}}", ""),
    (r"{{[^{}]*+}}", "{{X}}", ""),
    (r"{{-? \$env\.(~)", "{{ $env.X }}", "unclosed"),
    (r"{{-? \$vars\.(~)", "{{ $vars.X }}", "unclosed"),
    (r"{{-? \.(@@)", "{{ .X }}", "unclosed"),
    (r"{{-? (@@)", "{{X}}", "unclosed"),
    # single braces of opencode and tox
    (r"{env:(~)}", "{env:X}", ""),
    (r"{env:(~):([^{}\n]*+)}", "{env:X:d}", ""),
    (r"{env: }", "{env:X}", "empty-name"),
    (r"{env:(\w*+)[^{}\s]*+}", "{env:X}", "bad-name"),
    (r"{env:(~)", "{env:X}", "unclosed"),
    (r"{file:([^{}\s][^{}\n]*+)}", "{file:X}", ""),
    (r"{file: }", "{file:X}", "empty-name"),
    (r"{file:([\w./\x7e-]++)", "{file:X}", "unclosed"),
    # per cent: Python's interpolation and Windows. %C3%A9 is an escape in a URL
    (r"%\(ENV_(~)\)s", "%(ENV_X)s", ""),
    (r"%\(([A-Za-z_][\w.-]*+)\)s", "%(X)s", ""),
    (r"%\( \)s", "%(X)s", "empty-name"),
    (r"%\((\w*+)[^()\n]*+\)s", "%(X)s", "bad-name"),
    (r"%\((~)\)", "%(X)", ""),
    (r"%\((~)(?![\w.)-])", "%(X)s", "unclosed"),
    (r"%(?![0-9A-Fa-f]{2}\w*+%[0-9A-Fa-f]{2})(~)%", "%X%", ""),
    # the rest; ERB
    (r"@\((~)\)", "@(X)", ""),
    (r"@{(~)}", "@{X}", ""),
    (r"<%= ENV\[[\"'](~)[\"']\] %>", '<%= ENV["X"] %>', ""),
    (r"<%= ENV\.fetch\([\"'](~)[\"']\) %>", '<%= ENV.fetch("X") %>', ""),
    (r"<%= ENV\.fetch\([\"'](~)[\"'] , ([^%<]*?)\) %>", '<%= ENV.fetch("X", d) %>', ""),
    (r"os\.environ/(?<![\w.]os\.environ/)(~)", "os.environ/X", ""),
    (r"os\.environ/(?<![\w.]os\.environ/)", "os.environ/X", "empty-name"),
)

# What stands between `${` and its `}`, without blanks around it.
_BODIES = _Table(
    (r"", "${X}", "empty-name"),
    (r"(workspaceFolder(?:Basename)?(?::[^{}]*+)?|userHome|pathSeparator|/|__dirname|cwd)", "${editor}", ""),
    (r"env:(~):-(.*)", "${env:X:-d}", ""),
    (r"env:(~)", "${env:X}", ""),
    (r"ENV:(~)", "${ENV:X}", ""),
    (r"env\.(~)", "${env.X}", ""),
    (r"localEnv:(~):(.*)", "${localEnv:X:d}", ""),
    (r"localEnv:(~)", "${localEnv:X}", ""),
    (r"containerEnv:(~):(.*)", "${containerEnv:X:d}", ""),
    (r"containerEnv:(~)", "${containerEnv:X}", ""),
    (r"env: ", "${env:X}", "empty-name"),
    (r"env:(\w*+)[^{}]*+", "${env:X}", "bad-name"),
    (r"ENV:(\w*+)[^{}]*+", "${ENV:X}", "bad-name"),
    (r"input:([^{}]++)", "${input:X}", ""),
    (r"file:([^{}]++)", "${file:X}", ""),
    (r"config:([^{}]++)", "${config:X}", ""),
    (r"user_config\.([\w.-]++)", "${user_config.X}", ""),
    (r"(@@):-(.*)", "${X:-d}", ""),
    (r"(@@):\?.*", "${X:?e}", ""),
    (r"(@@):\+(.*)", "${X:+a}", ""),
    (r"(@@):=(.*)", "${X:=d}", ""),
    (r"(~)-(.*)", "${X-d}", ""),
    (r"(~)\?", "${X?}", ""),
    (r"(~)\?.*", "${X?e}", ""),
    (r"(~)\+(.*)", "${X+a}", ""),
    (r"(~)=(.*)", "${X=d}", ""),
    (r"(@@):(.*)", "${X:d}", ""),
    (r"(~)", "${X}", ""),
    (r"(@@)", "${x.y}", ""),
)

# What can still be told when the closing brace is missing.
_HEADS = _Table(
    (r"\${ env:(~)", "${env:X}", "unclosed"),
    (r"\${ ENV:(~)", "${ENV:X}", "unclosed"),
    (r"\${ env\.(~)", "${env.X}", "unclosed"),
    (r"\${ user_config\.(~)", "${user_config.X}", "unclosed"),
    (r"\${ input:([\w-]++)", "${input:X}", "unclosed"),
    (r"\${ (~)", "${X}", "unclosed"),
    (r"\${", "${X}", "unclosed"),
)
_PAREN_HEAD = regex(rf"\$\(\s*({_NAME})?".encode())
_LEADING_NAME = regex(rb"[\w.]*+")

# Double braces are skipped as a whole, so that theirs are not taken for the end of a single one.
_BRACKETS = regex(rb"\$?\{\{[^{}]*\}\}|\$[({]|[)}]")


def scan(data: bytes, start: int, end: int) -> tuple[Reference, ...]:
    """The references in `data[start:end]`, in order and without overlap; spans are byte offsets into `data`.

    Of nested references the outer one is given; those in its default are found by a scan of `default`. At most `LIMIT`. Never raises.
    """
    return tuple(_references(data[start:end], start))


def scan_text(text: str) -> tuple[Reference, ...]:
    """The same for decoded text; spans count its characters."""
    data = text.encode("utf-8", "surrogatepass")
    found = scan(data, 0, len(data))
    if text.isascii():
        return found
    places = {0: 0}
    last = 0
    for offset in sorted({offset for one in found for span in (one.span, one.default or one.span) for offset in span}):
        places[offset] = places[last] + len(data[last:offset].decode("utf-8", "surrogatepass"))
        last = offset
    return tuple(
        one._replace(
            span=Span(places[one.span.start], places[one.span.end]),
            default=Span(places[one.default.start], places[one.default.end]) if one.default else None,
        )
        for one in found
    )


def _references(raw: bytes, offset: int) -> "Iterable[Reference]":
    ends: dict[int, int] | None = None
    at = last = count = 0
    while count < LIMIT and (match := _FORMS.pattern.search(raw, at)):
        start, end = match.span()
        syntax, fault, name, default = _FORMS.read(match)
        text: bytes | None = None
        if syntax in (_OPEN_BRACE, _OPEN_PAREN):
            ends = _ends(raw) if ends is None else ends
            close = ends.get(start, 0)
            syntax, fault, text, default, end = (_braced if syntax == _OPEN_BRACE else _parenthesised)(raw, start, close)
        elif name is not None:
            text = raw[name.start : name.end]
        before = raw[start - 1 : start] if start > last else b""
        if before == b"\\" or (before in (b"$", b"%") and before == raw[start : start + 1]):
            fault = "escaped"
        elif syntax == "$X" and before.isalnum():
            fault = "inside-word"
        yield Reference(
            (text or b"").decode("utf-8", "surrogateescape"),
            syntax,
            Span(offset + start, offset + end),
            Span(offset + default.start, offset + default.end) if default else None,
            fault,
        )
        at = last = end
        count += 1


def _ends(raw: bytes) -> dict[int, int]:
    """Where each `${` and `$(` that is closed ends. Plain braces inside do not nest: no reader counts them."""
    ends: dict[int, int] = {}
    stack: list[int] = []
    waiting = {b"{": 0, b"(": 0}
    for match in _BRACKETS.finditer(raw):
        token = match.group()
        if len(token) > 2:
            continue
        if len(token) == 2:
            stack.append(match.start())
            waiting[token[1:]] += 1
            continue
        wanted = b"{" if token == b"}" else b"("
        while waiting[wanted]:  # openings of the other kind that are still waiting are never closed
            opening = stack.pop()
            kind = raw[opening + 1 : opening + 2]
            waiting[kind] -= 1
            if kind == wanted:
                ends[opening] = match.end()
                break
    return ends


def _braced(raw: bytes, start: int, end: int) -> "tuple[str, str, bytes | None, Span | None, int]":
    """Syntax, fault, name, default and end of the `${…}` at `start`; `end` is 0 when nothing closes it."""
    body = raw[start + 2 : end - 1] if end else b""
    lead = len(body) - len(body.lstrip())
    match = None
    if end:
        # As it stands first: behind a default, blanks belong to it.
        match = _BODIES.pattern.fullmatch(body[lead:]) or _BODIES.pattern.fullmatch(body.strip())
    if match:
        syntax, fault, name, default = _BODIES.read(match)
        if not fault and len(match.string) < len(body):
            fault = "space"
        if default:
            shift = start + 2 + lead
            default = Span(shift + default.start, shift + default.end)
        return syntax, fault, match.string[name.start : name.end] if name else None, default, end
    if end and b"${" in body:
        return "${X}", "nested", None, None, end
    if end and b"\n" not in body:
        leading = _LEADING_NAME.match(body, lead)
        return "${X}", "bad-name", leading.group() if leading else None, None, end
    head = _HEADS.pattern.match(raw, start)
    if head is None:  # cannot be: the last row fits every opening
        return "${X}", "unclosed", None, None, start + 2
    syntax, fault, name, _ = _HEADS.read(head)
    return syntax, fault, raw[name.start : name.end] if name else None, None, head.end()


def _parenthesised(raw: bytes, start: int, end: int) -> "tuple[str, str, bytes | None, Span | None, int]":
    """The same for a `$(…)` that holds more than a name: a command, which is run and not put in."""
    if end:
        return "$(command)", "", None, None, end
    head = _PAREN_HEAD.match(raw, start)
    return ("$(X)", "unclosed", head.group(1), None, head.end()) if head else ("$(X)", "unclosed", None, None, start + 2)
