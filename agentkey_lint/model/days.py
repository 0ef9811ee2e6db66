"""Moments as the day that people read."""


def day(moment: int) -> str:
    """The day of a moment (seconds since the start of 1970, UTC) as ISO 8601 writes it; empty for one that no calendar of four digits has."""
    from time import gmtime

    try:
        when = gmtime(moment)
    except (OverflowError, OSError, ValueError):
        return ""
    return f"{when.tm_year:04}-{when.tm_mon:02}-{when.tm_mday:02}" if 0 < when.tm_year < 10_000 else ""
