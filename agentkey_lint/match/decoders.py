"""What one encoding stands for: base64, hex, percent-encoding, escapes and entities. Bytes in, bytes out, in linear time; nothing raises."""

from binascii import Error, a2b_base64

from agentkey_lint.model.expressions import regex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from re import Match

SHORTEST = 16
"""No key is so short that fewer bytes encode it."""
SNIFF = 64
"""So much of a base64 text is decoded first: a picture or a font is known for what it is by then."""

_SPELLED = regex(
    rb"%(?P<percent>[0-9A-Fa-f]{2})|\\x(?P<byte>[0-9A-Fa-f]{2})|\\u(?P<unit>[0-9A-Fa-f]{4})|\\u\{(?P<point>[0-9A-Fa-f]{1,6})\}|\\U(?P<long>[0-9A-Fa-f]{8})"
    rb"|&#[xX](?P<hex>[0-9A-Fa-f]{1,6});|&#(?P<decimal>[0-9]{1,7});|&(?P<entity>amp|lt|gt|quot|apos|lowbar|hyphen|dash);"
)
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'", b"lowbar": b"_", b"hyphen": b"-", b"dash": b"-"}
_HEX = b"0123456789abcdefABCDEF"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-="
_STANDARD = bytes.maketrans(b"-_", b"+/")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r\x1b"))


def decode(text: bytes) -> tuple[bytes, str] | None:
    """A text without its outermost encoding, and which that was; None if it has none."""
    if len(text) < SHORTEST:
        return None
    if b"%" in text or b"\\" in text or b"&" in text:
        first = _SPELLED.search(text)
        if first is not None:
            return _SPELLED.sub(_character, text), "percent-encoding" if first["percent"] else "entities" if first[0][:1] == b"&" else "escapes"
    body = text.rpartition(b"base64,")[2].strip()
    head, blank, rest = body.rpartition(b" ")
    if blank and head.lower().endswith((b"basic", b"bearer")):
        body = rest
    if body.translate(None, _ALPHABET):
        body = b"".join(body.split())
        if blank or body.translate(None, _ALPHABET):
            return None
    plain = hexadecimal(body)
    if plain:
        return plain, "hex"
    plain = base64(body[:SNIFF]) and base64(body)
    return (plain, "base64") if plain else None


def _character(match: "Match[bytes]") -> bytes:
    kind = match.lastgroup or ""
    digits = match[kind]
    if kind == "entity":
        return _ENTITIES[digits]
    code = int(digits, 10 if kind == "decimal" else 16)
    if kind in ("percent", "byte"):
        return bytes((code,))
    return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"


def hexadecimal(text: bytes) -> bytes:
    """What hexadecimal text stands for; empty if it is none, or no readable text."""
    text = text[2:] if text[:2] in (b"0x", b"0X") else text
    if len(text) < SHORTEST or len(text) % 2 or text.translate(None, _HEX):
        return b""
    return _readable(bytes.fromhex(text.decode()))


def base64(text: bytes) -> bytes:
    """What base64 of either alphabet stands for, padded or not; empty if it is none, or no readable text."""
    text = text.rstrip(b"=")
    if len(text) < SHORTEST or len(text) % 4 == 1:
        return b""
    try:
        return _readable(a2b_base64(text.translate(_STANDARD) + b"=" * (-len(text) % 4)))
    except Error:
        return b""


def _readable(raw: bytes) -> bytes:
    """Text as it is; of UTF-16 in the Latin range (PowerShell encodes that) every second byte; empty for anything else.

    One character may be broken: the text may have been cut.
    """
    if raw[1:2] == b"\0" and not raw[1::2].strip(b"\0"):
        raw = raw[::2]
    if raw.translate(None, _CONTROLS) != raw or raw.decode("utf-8", "replace").count("\ufffd") > 1:
        return b""
    return raw
