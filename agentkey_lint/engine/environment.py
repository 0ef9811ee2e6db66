"""The environment that a program would run with: the process's own variables and those of environment files, each with where it comes from.

As with python-dotenv, dotenv and Docker Compose, what the process has beats every file; of several files the later beats the earlier.
"""

from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from agentkey_lint.model.facts import Entry

PROCESS = "process"
MOST = 1024 * 1024
"""A value of more characters than this is not put together from references."""


class Variable(Record):
    """A variable that is set. value: what it is set to, never to be shown. source: `process` or the file. beaten: sources that set it to something else."""

    value: str
    source: str
    beaten: tuple[str, ...] = ()


def build(process: "Mapping[str, str]", files: "Sequence[str]", read: "Callable[[str], bytes]") -> "tuple[dict[str, Variable], list[Fault]]":
    """Every variable by its name, and what of the files could not be understood. read: raises OSError for a file that cannot be read."""
    from agentkey_lint.discover.decode import decode
    from agentkey_lint.parse.dotenv import parse

    found = {name: Variable(value, PROCESS) for name, value in process.items()}
    faults: list[Fault] = []
    for path in reversed(files):
        data = decode(path, read(path)).data
        entries, problems = parse(data)
        for problem in problems:
            line = data.count(b"\n", 0, problem.offset) + 1
            faults.append(Fault(path, f"line {line}: {problem.message}"))
        own: dict[str, str] = {}
        for entry in entries:
            if entry.kind != "null" and entry.route[0] and "\0" not in entry.text:
                own[entry.route[0]] = _expanded(entry, own, process)
        for name, value in own.items():
            winner = found.get(name)
            if winner is None:
                found[name] = Variable(value, path)
            elif winner.value != value:
                found[name] = winner._replace(beaten=(*winner.beaten, path))
    return found, faults


def _expanded(entry: "Entry", own: "Mapping[str, str]", process: "Mapping[str, str]") -> str:
    """A value with its `${X}` and `${X:-d}` filled in, by the variables that stand above it in its file and those of the process."""
    if "${" not in entry.text or entry.quote == "'":
        return entry.text
    from agentkey_lint.parse.references import scan_text

    parts, at = [], 0
    for reference in scan_text(entry.text):
        if reference.fault or reference.syntax not in ("${X}", "${X:-d}"):
            continue
        default = entry.text[reference.default.start : reference.default.end] if reference.default else ""
        parts += [entry.text[at : reference.span.start], process.get(reference.name) or own.get(reference.name) or default]
        at = reference.span.end
    parts.append(entry.text[at:])
    return "".join(parts) if sum(map(len, parts)) <= MOST else entry.text
