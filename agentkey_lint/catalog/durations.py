"""How long and until when: the durations and dates that people write in manifests, all in seconds.

A duration is `30d`, `720h`, `1h30m`, `12 hours`, ISO 8601 (`P30D`, `PT1H`, `P4DT12H30M5S`) or plain seconds. No limit is `never`, `none`, `null`,
nothing at all, or zero in any spelling, as Vault and OAuth write it. A month counts 30 days and a year 365.

A date is ISO 8601: `2027-01-31`, `2027-01-31T12:00:00Z`, with an offset or without one (then UTC), with `T` or a blank.
"""

NEVER = float("inf")
"""A duration without end. It is larger than every limit, so comparing needs no special case."""

DAY = 86_400
"""Seconds."""

_LONGEST = 64  # longer text is no duration and no date, so every pattern below works on a bounded text
_ENDLESS = frozenset(("", "never", "none", "null", "~", "false", "forever", "infinite", "unlimited"))
_UNITS = {
    **dict.fromkeys(("s", "sec", "secs", "second", "seconds"), 1),
    **dict.fromkeys(("m", "min", "mins", "minute", "minutes"), 60),
    **dict.fromkeys(("h", "hr", "hrs", "hour", "hours"), 3_600),
    **dict.fromkeys(("d", "day", "days"), DAY),
    **dict.fromkeys(("w", "week", "weeks"), 7 * DAY),
    **dict.fromkeys(("mo", "month", "months"), 30 * DAY),
    **dict.fromkeys(("y", "yr", "year", "years"), 365 * DAY),
}
_NUMBER = r"[0-9]{1,12}(?:\.[0-9]{1,9})?"
_ISO = rf"P(?!$)(?:({_NUMBER})Y)?(?:({_NUMBER})M)?(?:({_NUMBER})W)?(?:({_NUMBER})D)?(?:T(?!$)(?:({_NUMBER})H)?(?:({_NUMBER})M)?(?:({_NUMBER})S)?)?"
_ISO_UNITS = (365 * DAY, 30 * DAY, 7 * DAY, DAY, 3_600, 60, 1)
_DATE = r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,9})?)? ?(?:[Zz]|[+-][0-9]{2}(?::?[0-9]{2})?)?)?"


def seconds(text: str) -> float | None:
    """A duration in seconds; NEVER if it has no end; None if it is no duration."""
    import re

    text = text.strip()
    if len(text) > _LONGEST:
        return None
    if text.lower() in _ENDLESS:
        return NEVER
    if re.fullmatch(r"[0-9]{1,3}(?:_[0-9]{3}){1,3}", text):  # thousands set apart, as TOML and YAML allow
        text = text.replace("_", "")
    if re.fullmatch(_NUMBER, text):
        return float(text) or NEVER
    if iso := re.fullmatch(_ISO, text, re.IGNORECASE):
        return sum(float(count) * unit for count, unit in zip(iso.groups(), _ISO_UNITS, strict=True) if count) or NEVER
    if not re.fullmatch(rf"(?:{_NUMBER} ?[a-z]+ ?)+", text):  # small letters alone: of 6M nobody knows whether it means minutes or months
        return None
    parts = re.findall(rf"({_NUMBER}) ?([a-z]+)", text)
    if any(unit not in _UNITS for _, unit in parts):
        return None
    return sum(float(count) * _UNITS[unit] for count, unit in parts) or NEVER


def dated(text: str) -> bool:
    """Whether text has the form of a date. One of that form that `date` does not know is impossible: 2026-02-30."""
    import re

    return len(text) <= _LONGEST and re.fullmatch(_DATE, text.strip()) is not None


def date(text: str) -> int | None:
    """A date or time in seconds since the start of 1970 in UTC, a whole day by its start; None if it has another form or does not exist."""
    from datetime import UTC, datetime

    if not dated(text):
        return None
    text = text.strip().upper()
    try:
        moment = datetime.fromisoformat(text[:11] + text[11:].replace(" ", ""))
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=UTC)
        return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds())
    except (ValueError, OverflowError):
        return None


def today() -> int:
    """The start of this day in UTC, in seconds since 1970. Rules judge by the day, so that what they say does not change within one."""
    from time import time

    return int(time()) // DAY * DAY
