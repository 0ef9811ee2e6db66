"""Keys in another spelling: base64, hex, percent-encoding, escapes, entities, and literals that are put together from pieces.

No second pass is made over a file. Looked at are the values of assignments and fields, text near words such as `base64`, and anchors of keys behind
which the key breaks off. What they decode to is put into one buffer, the same scan is run on it, and each match is mapped back to the encoded text.
All decoded text of a file is at most twice its size, and no byte is looked at more than a bounded number of times.
"""

from bisect import bisect_right

from agentkey_lint.match import keys
from agentkey_lint.match.decoders import SHORTEST, SNIFF, base64, decode, hexadecimal
from agentkey_lint.match.scan import Hits, scan
from agentkey_lint.model.expressions import regex
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
NEAR = 56
"""Encoded text begins so many bytes behind a word that tells of it, at the most, or ends so many before it."""
LONGEST_BEFORE = 8_192
"""Bytes of encoded text that stands before its word."""
LONGEST_KEY = 4_096
"""Bytes of a key in the spelling that an anchor begins."""
LEFT = 200
"""Bytes of a text before the first escape that was noticed in it."""
WRAPPED = (64, 76)
"""Base64 is broken into lines of these lengths."""

_SEPARATOR = b"\n\n"
_RUN = regex(rb"""[^\s"'`\\]*+(?:\\[uUx][0-9A-Fa-f{}]++[^\s"'`\\]*+)*+""")
_GAP = rb"""(?:[ \t\r\n]|\\\r?\n|\\n(?:",[ \t\r\n]{0,100}+")?){0,100}+"""
_JOINT = regex(rb"""\\?["'`]""" + _GAP + rb"""(?:\.\.|\|\||<>|[+&.~])?""" + _GAP + rb"""[rRbBuUfFL@$]{0,2}\\?["'`]|\\\r?\n[ \t]{0,100}+""")
"""From the end of one piece of a literal to the next: quotes with an operator, or nothing but white space, between them; or a line continued. In a
notebook the lines of a cell are items of a list, so the end of one and the beginning of the next may stand between the quotes as well."""
_CODED = regex(rb"[A-Za-z0-9+/_-]{16,}+={0,2}")
_CODED_BACKWARDS = regex(rb"={0,2}[A-Za-z0-9+/_-]{16,}+")
_LINE = regex(rb"\r?\n[ \t]*+([A-Za-z0-9+/_-]++={0,2})")
_BREAKS = (b'"', b"'", b"`", b"\\")
_ENDS = (b" ", b"\t", b"\n", b'"', b"'", b"`", b"=", b">", b",", b"(", b"[")
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
    from agentkey_lint.match import parts

    buffer = _SEPARATOR.join(text.text for text in texts)
    starts, at = [], 0
    for text in texts:
        starts.append(at)
        at += len(text.text) + len(_SEPARATOR)
    inner = scan(buffer)
    whole = [_assignment(text, start) for start, text in zip(starts, texts, strict=True) if text.name]
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
    kept: list[KeyMatch] = []
    for match in sorted(best.values(), key=lambda match: match.span):
        if not kept or match.span.start >= kept[-1].span.end:
            kept.append(match)
        elif _weight(match) > _weight(kept[-1]):
            kept[-1] = match
    return kept


def _assignment(text: Text, start: int) -> Assignment:
    """A decoded text in the buffer with its name in the file, for kinds that are told by it."""
    return Assignment(text.name, Span(0, 0), Span(start, start + len(text.text)), text.text.decode("utf-8", "replace"), '"', "config")


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
        text = _whole(data, one.value.start, one.value.end, one.name)
        if text is not None:
            yield text
    for field in fields:
        span = field.entry.value
        if span.end - span.start >= SHORTEST and field.entry.kind == "string":
            value = field.entry.text.encode("utf-8", "replace")
            yield Text(span, value[:MAX_TEXT], field.name, "" if value == data[span.start : span.end] else "escapes")
    seen = floor = 0
    for at in hits.encoded:
        if at >= seen:
            seen = at + SHORTEST  # words in a row have the same neighbourhood
            text = _spelled_at(data, at, floor) if data[at] in b"%\\&" else _near(data, at, floor)
            if text is not None:
                floor = text.span.end
                seen = max(seen, floor)
                yield text
    seen = 0
    for at in hits.broken:
        if at < seen:
            continue
        run = _RUN.match(data, at, at + LONGEST_KEY)
        if run is None:
            continue
        seen = run.end()
        spelled = b"%" in run[0] or b"\\" in run[0] or b"&" in run[0]
        if spelled or data[seen : seen + 1] in _BREAKS:
            text = _whole(data, at, seen)
            if text is not None and (spelled or text.how):
                yield text


def _whole(data: bytes, start: int, end: int, name: str = "") -> Text | None:
    """The literal whose first piece is given, with all further pieces; None for a single one that is too short to be encoded."""
    joint = _JOINT.match(data, end)
    if joint is None:
        return Text(Span(start, end), data[start : min(end, start + MAX_TEXT)], name) if end - start >= SHORTEST else None
    found = [data[start:end]]
    while joint is not None and len(found) < MAX_PIECES and joint.end() - start < MAX_TEXT:
        run = _RUN.match(data, joint.end(), start + MAX_TEXT)
        if run is None:
            break
        found.append(run[0])
        end = run.end()
        joint = _JOINT.match(data, end)
    return Text(Span(start, end), b"".join(found)[:MAX_TEXT], name, "pieces")


def _spelled_at(data: bytes, at: int, floor: int) -> Text | None:
    """The text around an escape that a key's dash is written with."""
    floor = max(floor, at - LEFT)
    start = max(floor, *(data.rfind(end, floor, at) + 1 for end in _ENDS))
    run = _RUN.match(data, start, start + MAX_TEXT)
    return _whole(data, start, run.end()) if run is not None and run.end() > at else None


def _near(data: bytes, at: int, floor: int) -> Text | None:
    """The first readable text in base64 or hex behind a word; where there is none, the one before it."""
    start = at
    while run := _CODED.search(data, start, at + NEAR):
        start, end = run.span()
        head = run[0][: min(SNIFF, (end - start) // 4 * 4)]
        if base64(head) or hexadecimal(head):
            full = _CODED.match(data, start, start + MAX_TEXT)
            return _whole(data, start, _wrapped(data, start, full.end() if full else end))
        start = end
    if data[at - 3 : at].translate(None, b"|\"'-") == data[at - 3 : at]:
        return None  # neither a pipe, nor an argument behind others
    back = data[max(floor, at - NEAR) : at][::-1]
    run = _CODED_BACKWARDS.search(back)
    if run is None:
        return None
    end = at - run.start()
    run = _CODED_BACKWARDS.match(data[max(floor, end - LONGEST_BEFORE) : end][::-1])
    return Text(Span(end - run.end(), end), run[0][::-1]) if run is not None else None


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
        step = decode(text.text)
        if step is None:
            return
        inner, how = step
        text = text._replace(text=inner, how=f"{how} within {text.how}" if text.how else how)
        yield text
