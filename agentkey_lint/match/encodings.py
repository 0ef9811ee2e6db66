"""Keys in another spelling: base64, hex, percent-encoding, escapes, entities, and literals that are put together from pieces.

No second pass is made over a file. Looked at are the values of assignments and fields, text near words such as `base64`, and anchors of keys behind
which the key breaks off. What they decode to is put into one buffer, the same scan is run on it, and each match is mapped back to the encoded text.
All decoded text of a file is at most twice its size, and no byte is looked at more than a bounded number of times.
"""

import re
from binascii import Error, a2b_base64
from bisect import bisect_right

from agentkey_lint.match import keys, parts
from agentkey_lint.match.scan import Hits, scan
from agentkey_lint.model.facts import Assignment, Field, KeyMatch
from agentkey_lint.model.record import Record
from agentkey_lint.model.source import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEPTH = 2
"""Encodings within each other, beside the escapes and pieces that a literal is written with."""
MAX_TEXT = 65_536
"""Bytes of one encoded text; the rest is not decoded."""
MAX_PIECES = 64
SHORTEST = 16
"""No key is so short that fewer bytes encode it."""
NEAR = 120
"""Behind a word that tells of encoded text it is looked for in so many bytes, before it in a third of them."""
WRAPPED = (64, 76)
"""Base64 is broken into lines of these lengths."""
SNIFF = 64
"""So much of a base64 text is decoded first: a picture or a font is known for what it is by then."""

_SEPARATOR = b"\n\n"
_RUN = re.compile(rb"""[^\s"'`\\]*+(?:\\[uUx][0-9A-Fa-f{}]++[^\s"'`\\]*+)*+""")
_GAP = rb"""(?:[ \t\r\n]|\\\r?\n|\\n(?:",[ \t\r\n]{0,100}+")?){0,100}+"""
_JOINT = re.compile(rb"""\\?["'`]""" + _GAP + rb"""(?:\.\.|\|\||<>|[+&.~])?""" + _GAP + rb"""[rRbBuUfFL@$]{0,2}\\?["'`]|\\\r?\n[ \t]{0,100}+""")
"""From the end of one piece of a literal to the next: quotes with an operator, or nothing but white space, between them; or a line continued. In a
notebook the lines of a cell are items of a list, so the end of one and the beginning of the next may stand between the quotes as well."""
_SPELLED = re.compile(
    rb"%(?P<percent>[0-9A-Fa-f]{2})|\\x(?P<byte>[0-9A-Fa-f]{2})|\\u(?P<unit>[0-9A-Fa-f]{4})|\\u\{(?P<point>[0-9A-Fa-f]{1,6})\}|\\U(?P<long>[0-9A-Fa-f]{8})"
    rb"|&#[xX](?P<hex>[0-9A-Fa-f]{1,6});|&#(?P<decimal>[0-9]{1,7});|&(?P<entity>amp|lt|gt|quot|apos|lowbar|hyphen|dash);"
)
_ENTITIES = {b"amp": b"&", b"lt": b"<", b"gt": b">", b"quot": b'"', b"apos": b"'", b"lowbar": b"_", b"hyphen": b"-", b"dash": b"-"}
_CODED = re.compile(rb"[A-Za-z0-9+/_-]{16,}+={0,2}")
_CODED_BACKWARDS = re.compile(rb"={0,2}[A-Za-z0-9+/_-]{16,}+")
_LINE = re.compile(rb"\r?\n[ \t]*+([A-Za-z0-9+/_-]++={0,2})")
_HEX = b"0123456789abcdefABCDEF"
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/_-="
_STANDARD = bytes.maketrans(b"-_", b"+/")
_CONTROLS = bytes({*range(32), 127} - set(b"\t\n\r\x1b"))
_ENDS = b" \t\r\n\"'`=<>,;()[]{}|"
_CONFIDENCES = ("low", "medium", "high")
_TIERS = ("public", "restricted", "write", "admin")


class Text(Record):
    """Text that may be encoded. span: where it stands. name: what it is assigned to. how: the spelling that is resolved already, if any."""

    span: Span
    text: bytes
    name: str = ""
    how: str = ""


def find(data: bytes, path: str, hits: Hits, assignments: "Sequence[Assignment]", fields: "Iterable[Field]") -> list[KeyMatch]:
    """The keys that stand in a file in another spelling, by place, one for each encoded text: the surest, then the most powerful.

    Span and secret are the encoded text, and nothing of it may be shown; the facts are those of the key, with how it was spelled.
    """
    texts = _decoded(data, _texts(data, hits, assignments, fields))
    if not texts:
        return []
    buffer = _SEPARATOR.join(text.text for text in texts)
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text.text) + len(_SEPARATOR)
    inner = scan(buffer)
    whole = [Assignment(text.name, Span(0, 0), Span(start, start + len(text.text)), text.text.decode("utf-8", "replace"), '"', "config") for start, text in zip(starts, texts, strict=True) if text.name]
    if inner.words:
        from agentkey_lint.match.assignments import find as assigned

        whole += assigned(buffer, inner.words, "")
    best: dict[Span, KeyMatch] = {}
    for match in parts.join(keys.find(buffer, inner.candidates, whole), buffer):
        number = bisect_right(starts, match.span.start) - 1
        text = texts[number]
        if match.span.end > starts[number] + len(text.text):
            continue  # it runs over into the next text
        confidence = _confidence(match, buffer, path)
        if not confidence:
            continue
        facts = match.facts._replace(claims=(*match.facts.claims, ("encoding", text.how)))
        mapped = KeyMatch(text.span, text.span, 0, "hardcoded-key" if match.rule == "key-in-url" else match.rule, facts, confidence, text.name)
        if text.span not in best or _weight(mapped) > _weight(best[text.span]):
            best[text.span] = mapped
    return sorted(best.values(), key=lambda match: match.span)


def _weight(match: KeyMatch) -> tuple[int, int]:
    return _CONFIDENCES.index(match.confidence), _TIERS.index(match.facts.tier)


def _confidence(match: KeyMatch, buffer: bytes, path: str) -> str:
    """A match's confidence; a URL's password is judged here, for the rule on URLs would see the encoded text."""
    if match.rule != "key-in-url":
        return match.confidence
    from agentkey_lint.catalog import judge, urls

    password = buffer[match.secret.start : match.secret.end].decode("utf-8", "replace")
    address = buffer[match.span.start : match.secret.end + 80].decode("utf-8", "replace").split("\n", 1)[0]
    if urls.weak_password(address, password):
        return ""
    return judge.confidence(judge.features("password", password, '"', "config", path))


def _texts(data: bytes, hits: Hits, assignments: "Iterable[Assignment]", fields: "Iterable[Field]") -> "Iterator[Text]":
    """Every text that may be encoded, with the pieces of a literal put together and the escapes of a field resolved."""
    for one in assignments:
        yield _whole(data, one.value.start, one.value.end, one.name)
    for field in fields:
        span = field.entry.value
        if span.end - span.start >= SHORTEST and field.entry.kind == "string":
            text = field.entry.text.encode("utf-8", "replace")
            yield Text(span, text[:MAX_TEXT], field.name, "" if text == data[span.start : span.end] else "escapes")
    seen = 0
    for at in hits.encoded:
        if at >= seen:
            for text in _spelled_at(data, at, seen) if data[at : at + 1] in b"%\\" else _near(data, at, seen):
                seen = max(seen, text.span.end)
                yield text
    seen = 0
    for at in hits.broken:
        if at >= seen and (not data[at - 1 : at].isalnum() or data[max(at - 3, 0) : at - 1].find(b"%") >= 0 or data[at - 2 : at - 1] == b"\\"):
            run = _RUN.match(data, at, at + MAX_TEXT)
            seen = run.end() if run else at
            yield _whole(data, at, seen)


def _whole(data: bytes, start: int, end: int, name: str = "") -> Text:
    """The literal whose first piece is given, with all further pieces."""
    joint = _JOINT.match(data, end)
    if joint is None:
        return Text(Span(start, end), data[start : min(end, start + MAX_TEXT)], name)
    found = [data[start:end]]
    while joint is not None and len(found) < MAX_PIECES and joint.end() - start < MAX_TEXT:
        run = _RUN.match(data, joint.end(), start + MAX_TEXT)
        if run is None:
            break
        found.append(run[0])
        end = run.end()
        joint = _JOINT.match(data, end)
    return Text(Span(start, end), b"".join(found)[:MAX_TEXT], name, "pieces")


def _spelled_at(data: bytes, at: int, floor: int) -> "Iterator[Text]":
    """The text around an escape that a key's dash is written with."""
    floor = max(floor, at - 200)
    start = max(floor, *(data.rfind(bytes((end,)), floor, at) + 1 for end in _ENDS))
    run = _RUN.match(data, start, start + MAX_TEXT)
    if run is not None and run.end() > at:
        yield _whole(data, start, run.end())


def _near(data: bytes, at: int, floor: int) -> "Iterator[Text]":
    """The first readable text in base64 or hex behind a word; where there is none, the one before it."""
    start = at
    for _ in range(3):
        run = _CODED.search(data, start, at + NEAR)
        if run is None:
            break
        start, end = run.span()
        if _base64(data[start : start + SNIFF]) or _hex(data[start : start + SNIFF]):
            full = _CODED.match(data, start, start + MAX_TEXT)
            text = _whole(data, start, _wrapped(data, start, full.end() if full else end))
            yield text
            return
        start = end
    back = data[max(floor, at - NEAR // 3 - SHORTEST) : at][::-1]
    run = _CODED_BACKWARDS.search(back)
    if run is not None:
        end = at - run.start()
        run = _CODED_BACKWARDS.match(data[max(floor, end - MAX_TEXT // 16) : end][::-1])
        if run is not None:
            yield Text(Span(end - run.end(), end), run[0][::-1])


def _wrapped(data: bytes, start: int, end: int) -> int:
    """Where base64 ends that goes on over several lines of one length."""
    size = end - start
    while size in WRAPPED:
        line = _LINE.match(data, end, start + MAX_TEXT)
        if line is None or len(line[1]) > size:
            break
        end = line.end()
        if len(line[1]) < size:
            break
    return end


def _decoded(data: bytes, texts: "Iterable[Text]") -> list[Text]:
    """What the texts decode to, each step of each; together at most twice as long as the file. Texts without an encoding are left out."""
    room = 2 * len(data)
    found: list[Text] = []
    taken: set[tuple[Span, str]] = set()
    for text in texts:
        for step in _steps(text):
            if (step.span, step.how) in taken:
                continue
            room -= len(step.text) + len(_SEPARATOR)
            if room < 0:
                return found
            taken.add((step.span, step.how))
            found.append(step)
    return found


def _steps(text: Text) -> "Iterator[Text]":
    if text.how:
        yield text
    for _ in range(DEPTH):
        step = _decode(text.text)
        if step is None:
            return
        inner, how = step
        text = text._replace(text=inner, how=f"{how} within {text.how}" if text.how else how)
        yield text


def _decode(text: bytes) -> tuple[bytes, str] | None:
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
    plain = _hex(body)
    if plain:
        return plain, "hex"
    plain = _base64(body[:SNIFF]) and _base64(body)
    return (plain, "base64") if plain else None


def _character(match: "re.Match[bytes]") -> bytes:
    kind = match.lastgroup or ""
    digits = match[kind]
    if kind == "entity":
        return _ENTITIES[digits]
    code = int(digits, 10 if kind == "decimal" else 16)
    if kind in ("percent", "byte"):
        return bytes((code,))
    return chr(code).encode("utf-8", "replace") if code < 0x110000 else b"?"


def _hex(text: bytes) -> bytes:
    """What hexadecimal text stands for; empty if it is none, or no readable text."""
    text = text[2:] if text[:2] in (b"0x", b"0X") else text
    if len(text) < SHORTEST or len(text) % 2 or text.translate(None, _HEX):
        return b""
    return _readable(bytes.fromhex(text.decode()))


def _base64(text: bytes) -> bytes:
    """What base64 of either alphabet stands for, padded or not; empty if it is none, or no readable text."""
    text = text.rstrip(b"=")
    if len(text) < SHORTEST or len(text) % 4 == 1:
        return b""
    try:
        return _readable(a2b_base64(text.translate(_STANDARD) + b"=" * (-len(text) % 4)))
    except Error:
        return b""


def _readable(raw: bytes) -> bytes:
    """Text as it is; of UTF-16 in the Latin range (PowerShell encodes that) every second byte; empty for anything else."""
    if raw[1:2] == b"\0" and not raw[1::2].strip(b"\0"):
        raw = raw[::2]
    return b"" if raw.translate(None, _CONTROLS) != raw else raw
