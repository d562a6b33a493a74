"""Dates and times come back with offset and zone; their text forms sort as they do, across zones too."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runic.ogm.conversion import Codec, NativeTypes, codec_for
from runic.ogm.conversion.zones import parse_suffix

BERLIN, NEW_YORK = ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")
OFFSETS = st.integers(-86399, 86399).map(lambda seconds: timezone(timedelta(seconds=seconds)))
ZONES = st.just(UTC) | st.timezones(no_cache=False) | OFFSETS
NAIVE = st.datetimes()
AWARE = st.datetimes(timezones=ZONES)
NAIVE_TIMES = st.times()
OFFSET_TIMES = st.times(timezones=OFFSETS | st.just(UTC))
DATETIME, TIME, TIMEDELTA = codec_for(datetime), codec_for(time), codec_for(timedelta)
EVERYTHING = NativeTypes(
    date=True, naive_datetime=True, aware_datetime=True, time=True, timedelta=True, geo_location=True, binary=True
)


class OtherZone(tzinfo):
    """A tzinfo of another library."""

    def utcoffset(self, _: datetime | None) -> timedelta:
        return timedelta(hours=3)

    def dst(self, _: datetime | None) -> timedelta:
        return timedelta(0)

    def tzname(self, _: datetime | None) -> str:
        return "other"


class NoOffset(tzinfo):
    def utcoffset(self, _: datetime | None) -> None:
        return None

    dst = tzname = utcoffset


class OwnDatetime(datetime):
    """As pandas and pendulum have one."""


class OwnDate(date):
    pass


def back(codec: Codec, value: object) -> Any:
    wire = codec.encode(value)
    return wire if codec.decode is None else codec.decode(wire)


def wall(value: Any) -> tuple[object, ...]:
    zone = value.tzinfo
    same = zone.key if isinstance(zone, ZoneInfo) else zone
    return value.replace(tzinfo=None), type(value), value.utcoffset(), type(zone), same


@pytest.mark.parametrize("native", [NativeTypes(), NativeTypes(naive_datetime=True), NativeTypes(aware_datetime=True)])
@given(value=NAIVE | AWARE)
@example(value=datetime.min.replace(tzinfo=timezone(timedelta(hours=2))))
@example(value=datetime.max.replace(tzinfo=timezone(-timedelta(hours=23, minutes=59, microseconds=7))))
@example(value=datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=0))
@example(value=datetime(2025, 10, 26, 2, 30, tzinfo=BERLIN, fold=1))
@example(value=datetime(2025, 3, 30, 2, 30, tzinfo=BERLIN, fold=0))  # does not exist
@example(value=datetime(2025, 3, 30, 2, 30, tzinfo=BERLIN, fold=1))
@example(value=datetime(2025, 10, 26, 2, 30, fold=1))
def test_datetime_comes_back_equal(native: NativeTypes, value: datetime) -> None:
    result = back(codec_for(datetime, native), value)
    assert wall(result) == wall(value)
    assert result.fold == value.fold or native.naive_datetime or value.tzinfo is not None


@given(one=AWARE, other=AWARE)
@example(one=datetime.min.replace(tzinfo=timezone(timedelta(hours=2))), other=datetime.min.replace(tzinfo=UTC))
@example(one=datetime.max.replace(tzinfo=timezone(-timedelta(hours=2))), other=datetime.max.replace(tzinfo=UTC))
def test_aware_text_sorts_by_instant(one: datetime, other: datetime) -> None:
    check_order(DATETIME, one, other, instant)


@given(value=AWARE, zone=OFFSETS)
def test_equal_instants_share_bounds(value: datetime, zone: timezone) -> None:
    try:
        other = value.astimezone(zone)
    except OverflowError:
        return
    check_order(DATETIME, value, other, instant)
    assert DATETIME.bounds is not None
    assert DATETIME.bounds(value) == DATETIME.bounds(other)


@given(one=NAIVE, other=NAIVE)
@example(one=datetime(2025, 10, 26, 2, 30), other=datetime(2025, 10, 26, 2, 30, fold=1))
def test_naive_text_sorts_like_values(one: datetime, other: datetime) -> None:
    check_order(DATETIME, one, other)


def test_naive_is_not_equal_to_utc() -> None:
    value = datetime(2026, 1, 1)
    assert DATETIME.bounds is not None
    for one, other in ((value, value.replace(tzinfo=UTC)), (value.replace(tzinfo=UTC), value)):
        bounds = DATETIME.bounds(one)
        assert bounds is not None
        assert not bounds[0] <= DATETIME.encode(other) < bounds[1]


def instant(value: datetime) -> timedelta:
    """Datetimes of one ZoneInfo compare by the wall, others by the instant: the text always by the instant."""
    offset = value.utcoffset()
    assert offset is not None
    return value.replace(tzinfo=None) - datetime(2000, 1, 1) - offset


def check_order(codec: Codec, one: Any, other: Any, key: Any = lambda value: value) -> None:
    assert codec.bounds is not None
    bounds = codec.bounds(one)
    assert bounds is not None
    low, high = bounds
    assert low <= codec.encode(one) < high
    wire, left, right = codec.encode(other), key(one), key(other)
    assert (right < left) == (wire < low)
    assert (right == left) == (low <= wire < high)
    assert (right > left) == (wire >= high)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (datetime(2026, 1, 1, 8), "2026-01-01T08:00:00.000000"),
        (datetime(2026, 1, 1, 8, tzinfo=UTC), "2026-01-01T08:00:00.000000Z"),
        (datetime(2026, 1, 1, 8, tzinfo=timezone(timedelta(hours=2))), "2026-01-01T06:00:00.000000Z+02:00"),
        (datetime(2026, 1, 1, 8, tzinfo=BERLIN), "2026-01-01T07:00:00.000000Z+01:00[Europe/Berlin]"),
        (datetime(2026, 1, 1, 8, tzinfo=ZoneInfo("UTC")), "2026-01-01T08:00:00.000000Z+00:00[UTC]"),
        (time(8), "08:00:00.000000"),
        (time(8, tzinfo=UTC), "08:00:00.000000Z"),
        (time(8, tzinfo=timezone(timedelta(hours=2))), "06:00:00.000000Z+02:00"),
        (time(0, 30, tzinfo=timezone(timedelta(hours=1))), "-23:30:00.000000Z+01:00"),
        (time(23, 30, tzinfo=timezone(-timedelta(hours=1))), "24:30:00.000000Z-01:00"),
        (time(8, tzinfo=BERLIN), "08:00:00.000000 [Europe/Berlin]"),
        (date(999, 12, 31), "0999-12-31"),
        (timedelta(1, 7384, 5), "000000001 02:03:04.000005"),
        (timedelta(-1), "-999999999 00:00:00.000000"),
        (timedelta.min, "-000000001 00:00:00.000000"),
    ],
)
def test_text_is_legible(value: Any, text: str) -> None:
    assert codec_for(type(value)).encode(value) == text


def test_changed_zone_rules_keep_the_instant() -> None:
    value = DATETIME.decode("2026-07-01T10:00:00.000000Z+05:00[Europe/Berlin]") if DATETIME.decode else None
    assert value == datetime(2026, 7, 1, 12, tzinfo=BERLIN)


def test_unknown_zone_is_named() -> None:
    with pytest.raises(ValueError, match="'Nowhere/Atall' is not known here"):
        parse_suffix("+01:00[Nowhere/Atall]")


@pytest.mark.parametrize("native", [NativeTypes(), EVERYTHING])
def test_foreign_zone_keeps_its_offset(native: NativeTypes) -> None:
    result = back(codec_for(datetime, native), datetime(2026, 1, 1, tzinfo=OtherZone()))
    assert wall(result) == wall(datetime(2026, 1, 1, tzinfo=timezone(timedelta(hours=3))))


@pytest.mark.parametrize("native", [NativeTypes(), EVERYTHING])
def test_subclass_instance_becomes_plain(native: NativeTypes) -> None:
    for kind, value in ((datetime, OwnDatetime(2026, 1, 1, tzinfo=BERLIN)), (date, OwnDate(2026, 1, 1))):
        result = back(codec_for(kind, native), value)
        assert type(result) is kind
        assert result == value


@given(value=NAIVE_TIMES | OFFSET_TIMES | st.times(timezones=st.timezones(no_cache=False)))
@example(value=time(2, 30, fold=1))
@example(value=time(2, 30, tzinfo=BERLIN, fold=1))
@example(value=time(2, 30, tzinfo=ZoneInfo("Zulu")))
@pytest.mark.parametrize("native", [NativeTypes(), NativeTypes(time=True)])
def test_time_comes_back_equal(native: NativeTypes, value: time) -> None:
    assert wall(back(codec_for(time, native), value)) == wall(value)


@given(one=OFFSET_TIMES, other=OFFSET_TIMES)
def test_time_with_offset_sorts_like_values(one: time, other: time) -> None:
    check_order(TIME, one, other)


@given(one=NAIVE_TIMES, other=NAIVE_TIMES | NAIVE_TIMES.map(lambda value: value.replace(tzinfo=BERLIN)))
@example(one=time(8), other=time(8, tzinfo=BERLIN))
def test_time_without_offset_sorts_like_values(one: time, other: time) -> None:
    check_order(TIME, one, other)
    check_order(TIME, other, one)


@given(one=st.dates(), other=st.dates())
def test_date_text_sorts_like_values(one: date, other: date) -> None:
    codec = codec_for(date)
    assert back(codec, one) == one
    assert (one < other) == (codec.encode(one) < codec.encode(other))


@given(one=st.timedeltas(), other=st.timedeltas())
@example(one=timedelta.min, other=timedelta.max)
@example(one=-timedelta.resolution, other=timedelta(0))
def test_timedelta_text_sorts_like_values(one: timedelta, other: timedelta) -> None:
    assert back(TIMEDELTA, one) == one
    assert back(TIMEDELTA, other) == other
    assert (one < other) == (TIMEDELTA.encode(one) < TIMEDELTA.encode(other))
    assert len(TIMEDELTA.encode(abs(one) if one > timedelta.min else other)) in (25, 26)


@pytest.mark.parametrize("value", [date(2026, 1, 1), datetime(2026, 1, 1), time(8), timedelta(1), b"x"])
def test_native_value_is_its_own_wire_form(value: object) -> None:
    codec = codec_for(type(value), EVERYTHING)
    assert codec.encode(value) is value
    assert codec.wire == "any"
    assert codec.bounds is None or codec.bounds(value) is None


def test_mixed_columns_bound_only_text() -> None:
    codec = codec_for(datetime, NativeTypes(naive_datetime=True))
    assert codec.bounds is not None
    assert codec.bounds(datetime(2026, 1, 1)) is None
    assert codec.bounds(datetime(2026, 1, 1, tzinfo=UTC)) is not None


@pytest.mark.parametrize("native", [NativeTypes(), EVERYTHING])
@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (date, datetime(2026, 1, 1), "expected date, got datetime"),
        (datetime, date(2026, 1, 1), "expected datetime, got "),
        (datetime, "2026-01-01", "expected datetime, got '2026-01-01' (str)"),
        (datetime, datetime(2026, 1, 1, tzinfo=NoOffset()), "gives no offset"),
        (time, "08:00", "expected time, got '08:00' (str)"),
        (time, time(8, tzinfo=NoOffset()), "gives no offset"),
        (timedelta, 5, "expected timedelta, got 5 (int)"),
    ],
)
def test_temporal_value_is_refused(native: NativeTypes, annotation: type, value: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(annotation, native).encode(value)
    assert reason in str(caught.value)


class Stamp(datetime):
    """As pandas has it."""

    nanosecond = 7


class Span(timedelta):
    """As pandas has it."""

    nanoseconds = 7


@pytest.mark.parametrize("value", [Stamp(2026, 1, 2), Span(1)])
@pytest.mark.parametrize("native", [False, True])
def test_nanoseconds_are_refused_and_not_cut(value: datetime | timedelta, *, native: bool) -> None:
    kind = type(value).__mro__[1]
    codec = codec_for(kind, NativeTypes(naive_datetime=native, aware_datetime=native, timedelta=native))
    with pytest.raises(ValueError, match="nanoseconds, which are not kept"):
        codec.encode(value)
