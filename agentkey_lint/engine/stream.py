"""Secrets masked in a stream of bytes, also where one is split over several reads."""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

MASK = b"****"
SHORTEST = 4
"""Shorter values are no secrets to speak of, and to mask them would blot out ordinary text."""
LONGEST = 4096
"""Longer secrets are masked piece by piece; so much of a stream is held back at the most."""
PLAIN = frozenset((b"true", b"false", b"none", b"null", b"user", b"test"))
"""Values that stand for no secret, and would be missed everywhere."""
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


def secrets_of(environment: "Mapping[str, str]") -> list[bytes]:
    """What must not be shown of some variables: the values of those with a secret's name, the keys in all others, and how these look when encoded."""
    from agentkey_lint.engine.shape import key_in, sensitive

    found: set[bytes] = set()
    for name, value in environment.items():
        raw = value.encode("utf-8", "surrogateescape")
        if sensitive(name, 1):
            found.update(_spellings(raw))
        elif len(raw) >= 12:
            for match in key_in(name, value)[0]:
                if match.confidence != "low":
                    found.update(_spellings(raw[match.secret.start : match.secret.end]))
    return sorted(found, key=lambda secret: (-len(secret), secret))


def _spellings(raw: bytes) -> "Iterable[bytes]":
    """A secret as it stands and line by line, in base64, and as JSON and URLs write it."""
    import base64
    import json

    plain = raw.strip()
    lines = [line.strip() for line in plain.splitlines()] if b"\n" in plain else []
    texts = {raw, plain, *lines, base64.b64encode(plain), base64.urlsafe_b64encode(plain)}
    texts.add(json.dumps(plain.decode("utf-8", "replace"))[1:-1].encode())
    texts.add("".join(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}" for byte in plain).encode())
    pieces = [text[at : at + LONGEST] for text in texts for at in range(0, len(text), LONGEST)]
    return [piece for piece in pieces if len(piece) >= SHORTEST and piece.lower() not in PLAIN]


class Masker:
    """Takes bytes as they come and gives those that are certain not to be part of a secret, every secret replaced; what may become one is held back."""

    def __init__(self, secrets: "Iterable[bytes]") -> None:
        import re

        self._secrets = sorted({secret for secret in secrets if secret}, key=len, reverse=True)
        self._held = b""
        self._masked = 0  # so many bytes at the beginning of what is held belong to a secret whose mask is out already
        # The longest first, and within a look-ahead, so that secrets which overlap are all found.
        self._pattern = re.compile(b"(?=(" + b"|".join(map(re.escape, self._secrets)) + b"))") if self._secrets else None
        self._starts = frozenset(secret[0] for secret in self._secrets)
        self._longest = len(self._secrets[0]) if self._secrets else 0

    def feed(self, data: bytes) -> bytes:
        """The next bytes in, and out what is certain."""
        if self._pattern is None:
            return data
        self._held += data
        return self._out(self._certain())

    def finish(self) -> bytes:
        """The rest."""
        return self._out(len(self._held))

    def _certain(self) -> int:
        """Where the first secret may begin that is not whole yet."""
        text = self._held
        for at in range(max(0, len(text) - self._longest + 1), len(text)):
            if text[at] in self._starts:
                rest = text[at:]
                if any(len(secret) > len(rest) and secret.startswith(rest) for secret in self._secrets):
                    return at
        return len(text)

    def _out(self, until: int) -> bytes:
        text, parts, at = self._held, [], 0
        masked = max(self._masked - until, 0)
        for start, end in self._spans():
            if start >= until:
                break
            if start or not self._masked:
                parts += [text[at:start], MASK]
            at, masked = min(end, until), max(end - until, 0)
        parts.append(text[at:until])
        self._held, self._masked = text[until:], masked
        return b"".join(parts)

    def _spans(self) -> "Iterable[tuple[int, int]]":
        """Where secrets stand, those that overlap as one."""
        start, end = 0, self._masked
        for match in self._pattern.finditer(self._held) if self._pattern else ():
            first, last = match.span(1)
            if first >= end:
                if end > start:
                    yield start, end
                start = first
            end = max(end, last)
        if end > start:
            yield start, end
