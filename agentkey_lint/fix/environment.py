"""Files of the environment: names in the template, and values in the one that git ignores."""

from agentkey_lint.fix.apply import line_end
from agentkey_lint.parse import dotenv

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEMPLATES = (".env.example", ".env.sample", ".env.template", ".env.dist", "env.example", "example.env")
VALUES = ".env"


def template(path: str, exists: "Callable[[str], bool]") -> tuple[str, bool]:
    """The template for a file's variables: the nearest one beside it or above; and whether there is one. If not, it is the root's to be."""
    steps = path.split("/")[:-1]
    for end in range(len(steps), -1, -1):
        for name in TEMPLATES:
            candidate = "/".join([*steps[:end], name])
            if exists(candidate):
                return candidate, True
    return TEMPLATES[0], False


def declared(data: bytes, names: "Sequence[str]") -> bytes:
    """A template with the names that it lacks at its end, without values."""
    known = {entry.route[0] for entry in dotenv.parse(data)[0]}
    return _appended(data, [f"{name}=" for name in dict.fromkeys(names) if name not in known])


def kept(data: bytes, name: str, value: str) -> bytes | None:
    """An environment file with a variable set; None if it sets the variable already, or no quoting here would give the value back."""
    before, _ = dotenv.parse(data)
    if not value or any(entry.route[0] == name and entry.text for entry in before):
        return None
    for quote in ("", "'", '"'):
        after = _appended(data, [f"{name}={quote}{value}{quote}"])
        entries, problems = dotenv.parse(after)
        if not problems and entries[:-1] == before and (entries[-1].route, entries[-1].text) == ((name,), value) and (quote or not set(value) & set("$`#\\ ")):
            return None if quote == '"' and "$" in value else after
    return None


def _appended(data: bytes, lines: "Sequence[str]") -> bytes:
    if not lines:
        return data
    end = line_end(data).encode()
    gap = b"" if not data or data.endswith(b"\n") else end
    return data + gap + end.join(line.encode() for line in lines) + end
