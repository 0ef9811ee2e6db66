"""The one pass over the bytes: a Hyperscan database of plain literals, compiled at start (a few milliseconds for some hundred)."""

from agentkey_lint.model.extensions import extension

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def compile_literals(literals: "Sequence[tuple[bytes, bool]]") -> "Callable[[bytes, Callable[[int, int, int, int, object], None]], None]":
    """A scanner for (literal, caseless) pairs.

    The scanner takes bytes and a callback that is handed, for each occurrence, the literal's position in the list, 0, the offset where the
    occurrence ends, 0 and None. Literals must not hold a NUL byte.
    """
    hyperscan = extension("hyperscan", "_hs_ext")
    if hyperscan is None:
        import hyperscan
    database = hyperscan.Database()
    database.compile(
        expressions=[literal for literal, _ in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[hyperscan.HS_FLAG_CASELESS if caseless else 0 for _, caseless in literals],
        literal=True,
    )

    def scan(data: bytes, on_hit: "Callable[[int, int, int, int, object], None]") -> None:
        database.scan(data, match_event_handler=on_hit)

    return scan
