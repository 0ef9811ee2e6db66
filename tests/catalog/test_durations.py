"""Durations and dates: every spelling means the same, and nonsense is told from `never`."""

import time
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.catalog import durations
from agentkey_lint.model.days import day

NEVER = durations.NEVER


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("30d", 30 * 86_400),
        ("720h", 30 * 86_400),
        ("15m", 900),
        ("90s", 90),
        ("2w", 14 * 86_400),
        ("1h30m", 5_400),
        ("720h0m0s", 30 * 86_400),
        ("12 hours", 43_200),
        ("1 day 12 hours", 129_600),
        ("6mo", 180 * 86_400),
        ("1y", 365 * 86_400),
        ("1.5h", 5_400),
        ("P30D", 30 * 86_400),
        ("PT1H", 3_600),
        ("P4DT12H30M5S", 4 * 86_400 + 12 * 3_600 + 30 * 60 + 5),
        ("P1M", 30 * 86_400),
        ("PT1M", 60),
        ("P2W", 14 * 86_400),
        ("pt0.5h", 1_800),
        ("3600", 3_600),
        ("2_592_000", 2_592_000),
        (" 30d ", 30 * 86_400),
    ],
)
def test_a_duration_in_seconds(text: str, expected: int) -> None:
    assert durations.seconds(text) == expected


@pytest.mark.parametrize("text", ["never", "Never", "none", "null", "~", "", "0", "0s", "0d", "P0D", "PT0S", "0.0", "0h0m", "unlimited"])
def test_no_end(text: str) -> None:
    assert durations.seconds(text) == NEVER


@pytest.mark.parametrize(
    "text", ["P", "PT", "P1DT", "30x", "-5d", "d", "6M", "30D", "soon", "1,5h", "2027-01-31", "${TTL}", "1d2", "P1D2", "٣d", "1" * 40, "1d " * 30, "\0"]
)
def test_what_is_no_duration(text: str) -> None:
    assert durations.seconds(text) is None


@settings(deadline=None)
@given(st.integers(1, 5_000))
def test_all_spellings_of_days_mean_the_same(days: int) -> None:
    spellings = [f"{days}d", f"{days} days", f"{days * 24}h", f"{days * 24}h0m0s", f"P{days}D", f"PT{days * 24}H", f"{days * 86_400}", f"{days * 1_440}m"]
    assert {durations.seconds(text) for text in spellings} == {days * 86_400}


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_positive_length_or_none(text: str) -> None:
    length = durations.seconds(text)
    assert length is None or length > 0
    assert durations.date(text) is None or durations.dated(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1970-01-02", 86_400),
        ("1970-01-01T00:00:10Z", 10),
        ("1970-01-01 00:00:10", 10),
        ("1970-01-01t00:01z", 60),
        ("1970-01-01T02:00:00+02:00", 0),
        ("1970-01-01 02:00:00.5 +02", 0),
        ("1970-01-01T00:00:00-0130", 5_400),
        ("2020-02-29", 1_582_934_400),
        ("0001-01-01T00:00:00+12:00", int(timedelta(days=-719_162, hours=-12).total_seconds())),
        ("9999-12-31T23:59:59-12:00", 253_402_343_999),
    ],
)
def test_a_date_in_seconds(text: str, expected: int) -> None:
    assert durations.date(text) == expected


@pytest.mark.parametrize("text", ["2026-02-30", "2027-02-29", "2026-13-01", "2026-00-10", "0000-01-01", "2026-01-01T25:00:00Z", "2026-01-01T00:00:00+99:00"])
def test_an_impossible_date_is_told_from_no_date(text: str) -> None:
    assert durations.date(text) is None
    assert durations.dated(text)


@pytest.mark.parametrize(
    "text", ["", "never", "30d", "01/02/2027", "20270131", "2027-1-3", "2027-01-31T", "2027-01-31 noon", "2027-W01-1", "٢٠٢٧-01-01", "2027-01-31" + " " * 99]
)
def test_what_is_no_date(text: str) -> None:
    assert durations.date(text) is None
    assert not durations.dated(text)


@settings(deadline=None)
@given(st.datetimes(min_value=datetime(1, 1, 2), max_value=datetime(9999, 12, 30)), st.integers(-23 * 60, 23 * 60))
def test_one_moment_is_one_number_in_every_zone(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0, tzinfo=UTC)
    elsewhere = moment.astimezone(timezone(timedelta(minutes=minutes)))
    assert durations.date(moment.isoformat()) == durations.date(elsewhere.isoformat()) == durations.date(moment.isoformat(" "))


@settings(deadline=None)
@given(st.dates())
def test_a_day_is_written_as_it_was_read(date: object) -> None:
    moment = durations.date(str(date))
    assert moment is not None
    assert day(moment) == str(date)


def test_what_no_calendar_has_is_no_day() -> None:
    assert {day(moment) for moment in (253402300800, -62135596801, 10**18, 10**30, -(10**30))} == {""}


def test_today_is_the_start_of_this_day() -> None:
    before = time.time()
    today = durations.today()
    assert today % durations.DAY == 0
    assert before - durations.DAY < today <= time.time()
