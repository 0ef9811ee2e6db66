"""What was mended, and what is left for a person, at a terminal."""

from agentkey_lint.model.fix import Fixed
from agentkey_lint.report.text import plural, visible

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def render(fixed: "Sequence[Fixed]", notes: "Sequence[str]" = (), done: bool = True) -> "Iterator[str]":
    """A line for each fix, then what each leaves to do. notes: more to say. done: the fixes were written, not only shown."""
    for one in fixed:
        yield f"{'fixed' if done else 'would fix'}  {visible(one.path)}:{one.line}  {one.rule}  {visible(one.title)}\n"
    files = len({one.path for one in fixed})
    yield f"{plural(len(fixed), 'finding')} {'fixed' if done else 'can be fixed'} in {plural(files, 'file')}\n" if fixed else "nothing to fix\n"
    left: dict[str, list[Fixed]] = {}
    for one in fixed:
        if one.then:
            left.setdefault(one.then, []).append(one)
    if left or notes:
        yield "\nleft for you to do:\n"
        for then, ones in left.items():
            yield f"  {visible(ones[0].path)}:{ones[0].line}  {visible(then)}" + (f" (and {len(ones) - 1} more like it)" if len(ones) > 1 else "") + "\n"
        yield from (f"  {visible(note)}\n" for note in notes)
    yield "\n"
