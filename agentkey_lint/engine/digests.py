"""Digests that a team shares: what a baseline, or an entry `ignore` of the settings, tells a finding apart by.

A reports' fingerprint is keyed with a secret of one clone, so it means nothing in another. These digests lie in the repository, where whoever reads them can
try guesses. That is made dear, not impossible: each guess costs a scrypt over a salt of the repository's own (1 MiB of memory, some 3 ms), and of
its result 40 bits are kept. Scrypt with more memory would cost a team with 500 old findings ten seconds a run. What protects a weak secret
is that a baseline records secrets of files that git tracks alone: their text lies beside the digest anyway.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from agentkey_lint.model.finding import Claim
    from agentkey_lint.model.source import Source

BYTES = 5
SALT = 16
OF_FILES = ("tracked-secret-file", "unignored-secret-file", "negated-ignore", "ignored-too-late", "example-drift", "unused-suppression", "expired-suppression")
"""Rules about a file, whose findings in another file are other findings."""


def digest(claim: "Claim", source: "Source", salt: bytes) -> str:
    """What tells a claim apart, wherever it stands: its secret; without one, its rule and what it is about. Ten hex digits.

    A secret's path and rule are left out: it is the same after a move, and after the catalogue has learnt its name.
    """
    if claim.secret is not None:
        return _slow(source.data[claim.secret.start : claim.secret.end], salt)
    from hashlib import blake2b

    place = source.path if claim.rule in OF_FILES or not claim.identity else ""
    about = "\0".join((claim.rule, place, claim.identity or claim.message))
    return blake2b(about.encode("utf-8", "surrogatepass"), key=salt, digest_size=BYTES).hexdigest()


_known: dict[tuple[bytes, bytes], str] = {}


def _slow(secret: bytes, salt: bytes) -> str:
    if (secret, salt) not in _known:
        from hashlib import scrypt

        if len(_known) >= 65_536:
            _known.clear()
        _known[secret, salt] = scrypt(secret, salt=salt, n=1 << 10, r=8, p=1, dklen=BYTES).hex()
    return _known[secret, salt]


def is_of(fingerprint: str, claim: "Claim", source: "Source") -> bool:
    """Whether a shared fingerprint, `salt:digest` in hex, is that of a claim. One that is malformed is nobody's."""
    salt, _, told = fingerprint.partition(":")
    try:
        raw = bytes.fromhex(salt)
    except ValueError:
        return False
    return 0 < len(raw) <= SALT and digest(claim, source, raw) == told.lower()


def shared(claim: "Claim", source: "Source") -> str:
    """A new shared fingerprint of a claim, with a salt of its own."""
    import os

    salt = os.urandom(SALT // 2)
    return f"{salt.hex()}:{digest(claim, source, salt)}"
