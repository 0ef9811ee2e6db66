"""The one pass over the bytes: a Hyperscan database of literals, compiled at start (a few milliseconds for some hundred)."""

from agentkey_lint.model.extensions import extension

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


def compile_literals(literals: "Sequence[tuple[bytes, bool, bytes]]") -> "Callable[[bytes, Callable[[int, int, int, int, object], None]], None]":
    """A scanner for literals, each with whether any case will do and with the pattern that must fit where it begins (empty: nothing more).

    The scanner takes bytes and a callback that is handed, for each occurrence, the literal's position in the list, where the occurrence begins if it has a
    pattern, and otherwise 0, the offset where it ends, 0 and None. Patterns have neither captures nor lookarounds.
    """
    hyperscan = extension("hyperscan", "_hs_ext")
    if hyperscan is None:
        import hyperscan
    database = hyperscan.Database()
    database.compile(
        expressions=[pattern or b"".join(b"\\x%02x" % byte for byte in literal) for literal, _, pattern in literals],
        ids=list(range(len(literals))),
        elements=len(literals),
        flags=[(hyperscan.HS_FLAG_CASELESS if caseless else 0) | (hyperscan.HS_FLAG_SOM_LEFTMOST if pattern else 0) for _, caseless, pattern in literals],
    )
    scan: Callable[[bytes, Callable[[int, int, int, int, object], None]], None] = database.scan
    return scan
