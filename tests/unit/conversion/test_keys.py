"""Keys that are equal have one stored form, and come back equal."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Annotated, NewType
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm.conversion import NativeTypes, codec_for, for_key

NATIVE = [NativeTypes(), NativeTypes(naive_datetime=True), NativeTypes(naive_datetime=True, aware_datetime=True)]
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
ZONES = st.integers(-23, 23).map(lambda hours: timezone(timedelta(hours=hours)))


@given(DECIMALS, st.integers(0, 40))
def test_decimals_with_more_zeros_are_the_same_key(number: Decimal, zeros: int) -> None:
    codec = for_key(codec_for(Decimal, NATIVE[0]), Decimal)
    sign, digits, exponent = number.as_tuple()
    again = Decimal((sign, digits + (0,) * zeros, int(exponent) - zeros))
    assert again == number
    assert codec.encode(again) == codec.encode(number)
    assert codec.decode is not None
    assert codec.decode(codec.encode(number)) == number


@pytest.mark.parametrize("native", NATIVE)
@given(st.datetimes(), ZONES, ZONES)
def test_instants_of_two_zones_are_the_same_key(
    native: NativeTypes, moment: datetime, one: timezone, other: timezone
) -> None:
    codec = for_key(codec_for(datetime, native), datetime)
    first = moment.replace(tzinfo=one)
    try:
        second = first.astimezone(other)
        first.astimezone(UTC)
    except OverflowError:
        return
    assert codec.encode(first) == codec.encode(second)
    wire = codec.encode(second)
    assert (wire if codec.decode is None else codec.decode(wire)) == first


def test_instants_at_the_ends_of_the_calendar_are_keys() -> None:
    codec = for_key(codec_for(datetime, NATIVE[0]), datetime)
    last = datetime.max.replace(tzinfo=timezone(timedelta(hours=-3)))
    assert codec.decode is not None
    assert codec.decode(codec.encode(last)) == last


@pytest.mark.parametrize("kind", [str, int, bytes])
def test_other_keys_are_stored_as_they_are(kind: type) -> None:
    codec = codec_for(kind, NATIVE[0])
    assert for_key(codec, kind) is codec


def test_what_is_no_key_is_refused_as_before() -> None:
    codec = for_key(codec_for(Decimal, NATIVE[0]), Decimal)
    for value in (Decimal("NaN"), 1, "1"):
        with pytest.raises(ValueError, match="expected "):
            codec.encode(value)


Price = NewType("Price", Decimal)
PARTS = st.tuples(DECIMALS, st.text(max_size=3))
TIMES = st.tuples(st.times(), ZONES).map(lambda pair: pair[0].replace(tzinfo=pair[1]))


@pytest.mark.parametrize("kind", [Price, Annotated[Decimal, "of a key"], Annotated[Price, 1], Decimal | int], ids=str)
def test_named_and_annotated_decimals_are_the_same_key(kind: object) -> None:
    codec = for_key(codec_for(kind), kind)
    assert codec.encode(Decimal("1.00")) == codec.encode(Decimal("1.0"))


@pytest.mark.parametrize("kind", [tuple[Decimal, str], tuple[Price, Annotated[str, 1]]], ids=str)
@given(PARTS)
def test_equal_tuples_are_the_same_key(kind: object, parts: tuple[Decimal, str]) -> None:
    codec = for_key(codec_for(kind), kind)
    sign, digits, exponent = parts[0].as_tuple()
    again = (Decimal((sign, (*digits, 0), int(exponent) - 1)), parts[1])
    assert again == parts
    wire = codec.encode(again)
    assert wire == codec.encode(parts)
    assert codec.decode is not None
    assert codec.decode(wire) == parts


@pytest.mark.parametrize(
    ("kind", "one", "other"),
    [
        (frozenset[Decimal], frozenset({Decimal(1)}), frozenset({Decimal("1.0")})),
        (tuple[tuple[Decimal, ...], int], ((Decimal(1),), 2), ((Decimal("1.0"),), 2)),
        (tuple[float, str], (0.0, "a"), (-0.0, "a")),
        (time, time(1, fold=1), time(1)),
        (time, time(1), time(1, tzinfo=ZoneInfo("Europe/Berlin"))),
        (time, time(1, tzinfo=UTC), time(2, tzinfo=timezone(timedelta(hours=1)))),
        (time, time(1, tzinfo=timezone(timedelta(hours=3))), time(0, tzinfo=timezone(timedelta(hours=2)))),
        (time, time(23, tzinfo=timezone(timedelta(hours=-3))), time(22, tzinfo=timezone(timedelta(hours=-4)))),
    ],
    ids=repr,
)
def test_equal_values_are_the_same_key(kind: object, one: object, other: object) -> None:
    assert one == other
    for native in (NATIVE[0], NativeTypes(time=True)):
        codec = for_key(codec_for(kind, native), kind)
        assert repr(codec.encode(one)) == repr(codec.encode(other))


@given(TIMES, TIMES)
def test_times_are_the_same_key_just_if_they_are_equal(one: time, other: time) -> None:
    codec = for_key(codec_for(time), time)
    assert (codec.encode(one) == codec.encode(other)) == (one == other)
    assert codec.decode is not None
    assert codec.decode(codec.encode(one)) == one


def test_time_of_a_zone_of_seconds_is_a_key() -> None:
    codec = for_key(codec_for(time), time)
    assert codec.decode is not None
    for sign, hour in ((1, 0), (-1, 23)):
        value = time(hour, 59 * (sign < 0), 59 * (sign < 0), tzinfo=timezone(sign * timedelta(0, 86399)))
        assert codec.decode(codec.encode(value)) == value
