"""The pass over few bytes: each literal is looked for in turn, which for a hook's small files takes less time than compiling the database of `simd.py`."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def each_in_turn(literals: "Sequence[tuple[bytes, bool]]") -> "Callable[[bytes, Callable[[int, int, int, int, object], None]], None]":
    """A scanner that tells the same as that of `simd.compile_literals`, at some 2 MB/s for 400 literals; occurrences that end together come by their number."""

    def scan(data: bytes, on_hit: "Callable[[int, int, int, int, object], None]") -> None:
        lower = data.lower()
        found = []
        for number, (literal, caseless) in enumerate(literals):
            text, wanted = (lower, literal.lower()) if caseless else (data, literal)
            at = text.find(wanted)
            while at >= 0:
                found.append((at + len(wanted), number))
                at = text.find(wanted, at + 1)
        for end, number in sorted(found):
            on_hit(number, 0, end, 0, None)

    return scan
