"""Keys that are equal have one stored form, and come back equal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

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
