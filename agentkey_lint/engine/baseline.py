"""`.agentkey-baseline`: the findings that were there when somebody took stock, so that only new ones are reported.

One entry a line, a rule's name and a digest (`digests` says of what and how), sorted, below a salt that is made once for a repository. No places and no
times: moving code, renaming a file or squashing commits changes no line, and two branches' additions merge line by line. A changed secret has another
digest, so it is new. The file is part of the scanned repository, so it is hostile: it can hide findings, and nothing else.
"""

from agentkey_lint.engine.digests import BYTES, SALT, digest
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Fault

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.source import Source

NAME = ".agentkey-baseline"
HEADER = """# Findings that agentkey-lint does not report again. `agentkey-lint baseline show` says where each of them stands.
# One a line, in any order: a rule, and a salted digest of the secret or of what the finding is about.
"""
MAX_BYTES = 4 << 20
MAX_SECRETS = 5_000
"""So many different secrets of one run are held against a baseline: each takes some milliseconds."""


class Entry(Record):
    """rule: the one that spoke when it was recorded, for people; a secret is known by its digest alone."""

    rule: str
    digest: str


class Baseline(Record):
    """What a baseline file says. salt: empty where there is no file."""

    salt: bytes = b""
    entries: frozenset[Entry] = frozenset()
    faults: tuple[Fault, ...] = ()


class Known:
    """A baseline in use. seen: if asked for, every digest it was asked about, with (rule, path, offset in the file, line) of each place."""

    def __init__(self, baseline: Baseline, limit: int = MAX_SECRETS) -> None:
        self.baseline = baseline
        self._digests = frozenset(entry.digest for entry in baseline.entries)
        self._secrets: set[bytes] = set()
        self._limit = limit
        self.faults = list(baseline.faults)
        self.seen: dict[str, list[tuple[str, str, int]]] | None = None

    def knows(self, claim: "Claim", source: "Source") -> bool:
        """Whether the baseline holds a claim."""
        if not self.baseline.salt or not (self._digests or self.seen is not None):
            return False
        if claim.secret is not None:
            self._secrets.add(source.data[claim.secret.start : claim.secret.end])
            if len(self._secrets) > self._limit:
                self.faults = [*self.baseline.faults, Fault(NAME, f"more than {self._limit:,} secrets were found; the others are not held against it")]
                return False
        told = digest(claim, source, self.baseline.salt)
        if self.seen is not None:
            self.seen.setdefault(told, []).append((claim.rule, source.path, source.data.count(b"\n", 0, claim.span.start) + 1))
        return told in self._digests


def read(read_file: "Callable[[str], bytes]") -> Baseline:
    """The baseline at the root of a snapshot; an empty one where there is none. A broken one is a fault, and then it hides nothing."""
    try:
        data = read_file(NAME)
    except FileNotFoundError:
        return Baseline()
    except OSError as error:
        return _broken(f"cannot be read: {(error.strerror or 'unknown trouble').lower()}")
    return parse(data)


def parse(data: bytes) -> Baseline:
    """What the bytes of a baseline say."""
    if len(data) > MAX_BYTES:
        return _broken(f"larger than {MAX_BYTES >> 20} MiB")
    salts, entries = set(), set()
    for number, raw in enumerate(data.split(b"\n"), 1):
        line = raw.decode("utf-8", "replace").strip().removeprefix("\ufeff")
        if not line or line.startswith("#"):
            continue
        rule, _, told = line.partition(" ")
        size = SALT if rule == "salt" else BYTES
        if len(told) != 2 * size or set(told) - set("0123456789abcdef"):
            return _broken(f"line {number} is no entry (a merge that was not finished?)")
        if rule == "salt":
            salts.add(bytes.fromhex(told))
        else:
            entries.add(Entry(rule, told))
    if len(salts) != 1:
        return _broken(
            "it has no salt" if not salts else "it has two salts: made on two branches; keep one side, then `agentkey-lint baseline update`"
        )
    return Baseline(salts.pop(), frozenset(entries))


def text(salt: bytes, entries: "Iterable[Entry]") -> str:
    """The file: the same for the same entries, whatever their order."""
    return HEADER + f"salt {salt.hex()}\n" + "".join(f"{entry.rule} {entry.digest}\n" for entry in sorted(set(entries)))


def _broken(why: str) -> Baseline:
    return Baseline(faults=(Fault(NAME, f"{why}; nothing that it records is hidden"),))
