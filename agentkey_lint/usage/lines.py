"""The entries of a log, one after the other, never more than one of them in memory: JSON Lines, or one JSON list of any length.

A list may be the whole text (`gcloud logging read`, an export of GitHub's audit log) or that of `Records` (a file of CloudTrail) or `Events`
(`aws cloudtrail lookup-events`). Compressed with gzip or not.
"""

import io
import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import BinaryIO

LONGEST = 4 * 1024 * 1024
"""A longer entry is broken."""
_HEAD, _CHUNK = 65_536, 1 << 20
_LIST = re.compile(rb'\s*(?:\[|\{\s*"(?:Records|Events)"\s*:\s*\[)')
_NEXT = re.compile(r"\}\s*,\s*(?=\{)")
_BETWEEN = re.compile(r"[\s,]*")


def entries(raw: "BinaryIO", broken: "Callable[[int], None]") -> "Iterator[object]":
    """Every entry that can be read. broken: told the number, from 1, of each line (of a list: entry) that cannot; of a text that ends too early, the last.

    Raises OSError or EOFError for a stream that cannot be read on, such as a gzip file that is cut off.
    """
    plain: io.BufferedReader = io.BufferedReader(raw, _HEAD)  # type: ignore[arg-type]
    if plain.peek(2)[:2] == b"\x1f\x8b":
        import gzip

        plain = io.BufferedReader(gzip.GzipFile(fileobj=plain), _HEAD)
    if plain.peek(3)[:3] == b"\xef\xbb\xbf":
        plain.read(3)
    opening = _LIST.match(plain.peek(_HEAD)[:_HEAD])
    if opening is None:
        return _lines(plain, broken)
    plain.read(opening.end())
    return _items(plain, broken)


def _lines(file: "io.BufferedReader", broken: "Callable[[int], None]") -> "Iterator[object]":
    load, number, rest = json.JSONDecoder().decode, 0, False
    while line := file.readline(LONGEST):
        if rest:  # of a line that was too long
            rest = not line.endswith(b"\n")
            continue
        number += 1
        if len(line) == LONGEST and not line.endswith(b"\n"):
            rest = True
            broken(number)
            continue
        try:
            yield load(line.decode())
        except (ValueError, RecursionError):
            if line.strip():
                broken(number)


def _items(file: "io.BufferedReader", broken: "Callable[[int], None]") -> "Iterator[object]":
    from codecs import getincrementaldecoder

    decode, read = json.JSONDecoder().raw_decode, getincrementaldecoder("utf-8")("replace")
    text, at, number, ended = "", 0, 1, False
    while True:
        between = _BETWEEN.match(text, at)
        at = between.end() if between else at
        if at < len(text) and text[at] == "]":
            return
        try:
            found, end = decode(text, at)
        except (ValueError, RecursionError) as error:
            if not ended and len(text) - at < LONGEST and not isinstance(error, RecursionError):
                chunk = file.read(max(_CHUNK, len(text) - at))  # as much again, so that a long entry is not read anew too often
                ended = not chunk
                text, at = text[at:] + read.decode(chunk, ended), 0
                continue
            broken(number)
            following = _NEXT.search(text, at)
            if following is None:
                if ended:
                    return
                text, at = text[-2:], 0  # what is longer than an entry may be is passed over
                chunk = file.read(_CHUNK)
                ended = not chunk
                text += read.decode(chunk, ended)
                following = _NEXT.search(text)
                if following is None:
                    return
            at, number = following.end(), number + 1
            continue
        at, number = end, number + 1
        yield found
