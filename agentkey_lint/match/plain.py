"""The pass over few bytes: each literal is looked for in turn, which for a hook's small files takes less time than compiling the database of `simd.py`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence


def each_in_turn(literals: "Sequence[tuple[bytes, bool, bytes]]") -> "Callable[[bytes, Callable[[int, int, int, int, object], None]], None]":
    """A scanner that tells the same as that of `simd.compile_literals`, at some 2 MB/s for 400 literals; occurrences that end together come by their number."""

    def scan(data: bytes, on_hit: "Callable[[int, int, int, int, object], None]") -> None:
        lower = data.lower()
        found = []
        for number, (literal, caseless, pattern) in enumerate(literals):
            text, wanted = (lower, literal.lower()) if caseless else (data, literal)
            at = text.find(wanted)
            if at >= 0 and pattern:
                found += [(end, number, start) for start, end in _fitting(pattern, caseless, data, at)]
                continue
            while at >= 0:
                found.append((at + len(wanted), number, 0))
                at = text.find(wanted, at + 1)
        for end, number, start in sorted(found):
            on_hit(number, start, end, 0, None)

    return scan


def _fitting(pattern: bytes, caseless: bool, data: bytes, at: int) -> "Iterator[tuple[int, int]]":
    """Where a pattern fits from an offset on."""
    from agentkey_lint.model.expressions import regex

    return (match.span() for match in regex((b"(?i)" if caseless else b"") + pattern).finditer(data, at))
