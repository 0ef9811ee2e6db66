"""What a difference makes of its base: stretches to copy from it and bytes to put between them, as gitformat-pack(5) has them."""

LARGEST = 4 << 20
"""Bytes of an object that is read or made here."""


class Unusual(Exception):
    """What is not read here."""


def applied(delta: bytes, base: bytes) -> bytes:
    """What a difference makes of its base. Raises Unusual, or IndexError, for one that is not made for it."""
    was, at = _size(delta, 0)
    size, at = _size(delta, at)
    if was != len(base) or size > LARGEST:
        raise Unusual
    view = memoryview(base)  # cuts without copying
    parts: list[bytes | memoryview] = []
    left, end = size, len(delta)
    while at < end:
        code = delta[at]
        at += 1
        if code & 128:  # so many bytes from an offset of the base; only bytes that are not zero are written
            start = length = 0
            if code & 1:
                start = delta[at]
                at += 1
            if code & 2:
                start |= delta[at] << 8
                at += 1
            if code & 4:
                start |= delta[at] << 16
                at += 1
            if code & 8:
                start |= delta[at] << 24
                at += 1
            if code & 16:
                length = delta[at]
                at += 1
            if code & 32:
                length |= delta[at] << 8
                at += 1
            if code & 64:
                length |= delta[at] << 16
                at += 1
            length = length or 65_536
            left -= length
            if left < 0:  # before more is copied than was claimed
                raise Unusual
            parts.append(view[start : start + length])
        else:
            parts.append(delta[at : at + code])
            at += code
    data = b"".join(parts)
    if len(data) != size:
        raise Unusual
    return data


def _size(delta: bytes, at: int) -> tuple[int, int]:
    size = shift = 0
    while True:
        byte = delta[at]
        size |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return size, at
