"""Checksums that vendors put into their keys, recomputed offline. Each takes the whole key and says valid, invalid or empty (no checksum in this form).

The rules are facts of the vendors' formats; which of them were verified on real samples stands beside each.
"""

import zlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BASE36 = "0123456789abcdefghijklmnopqrstuvwxyz"


def _digits(number: int, alphabet: str, width: int) -> str:
    text = ""
    while number:
        number, digit = divmod(number, len(alphabet))
        text = alphabet[digit] + text
    return text.rjust(width, "0")


def crc32_base62(body: str) -> str:
    """GitHub classic tokens, npm, Vercel: the last six characters, over what follows the first underscore."""
    _, _, rest = body.partition("_")
    return _digits(zlib.crc32(rest[:-6].encode()), _BASE62, 6)


def crc32_hex(body: str) -> str:
    """Cloudflare, Zuplo: the last eight hex digits, over what follows the first underscore (and before a second one)."""
    _, _, rest = body.partition("_")
    return f"{zlib.crc32(rest[:-8].rstrip('_').encode()):08x}"


def crc32_hex_le(body: str) -> str:
    """Grafana service accounts: little-endian, over the prefix as well."""
    return zlib.crc32(body[:-9].encode()).to_bytes(4, "little").hex()


def github_pat(body: str) -> str:
    """GitHub fine-grained tokens: the last eight of the second part are base32 of a SHA-256 over all before."""
    import base64
    import hashlib

    return base64.b32encode(hashlib.sha256(body[:-8].encode()).digest()).decode()[:8]


def gitlab_routable(body: str) -> str:
    """GitLab routable tokens: the last seven, base 36, over all before."""
    return _digits(zlib.crc32(body[:-7].encode()), _BASE36, 7)


_RULES: "dict[str, tuple[Callable[[str], str], int]]" = {
    "crc32-base62": (crc32_base62, 6),
    "crc32-hex": (crc32_hex, 8),
    "crc32-hex-le": (crc32_hex_le, 8),
    "github-pat": (github_pat, 8),
    "gitlab-routable": (gitlab_routable, 7),
}


def compute(rule: str, body: str) -> str:
    """The checksum of a key whose body is given without it (for recipes)."""
    function, width = _RULES[rule]
    return function(body + "0" * width)


def check(rule: str, text: str) -> str:
    """valid or invalid."""
    function, width = _RULES[rule]
    expected = function(text)
    actual = text[-width:]
    if rule == "github-pat":
        return "valid" if actual.upper() == expected else "invalid"
    return "valid" if actual == expected else "invalid"
