"""Text, numbers, bytes, UUIDs and decimals come back as they were; their text forms sort as they do."""

from __future__ import annotations

import math
from decimal import Decimal
from enum import IntEnum, StrEnum
from typing import Any
from uuid import UUID

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from runic.ogm.conversion import Codec, NativeTypes, codec_for

WIRE_TYPES = {"str": str, "int": int, "float": float, "bool": bool}
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False) | st.builds(
    lambda sign, digits, exponent: Decimal((sign, tuple(digits), exponent)),
    st.integers(0, 1),
    st.lists(st.integers(0, 9), min_size=1, max_size=12),
    st.integers(-40, 40) | st.integers(-(10**17), 10**17),
)


class Shade(StrEnum):
    DARK = "dark"


class Level(IntEnum):
    LOW = 1


def back(codec: Codec, value: object) -> Any:
    wire = codec.encode(value)
    if codec.wire != "any":
        assert type(wire) is WIRE_TYPES[codec.wire]
    return wire if codec.decode is None else codec.decode(wire)


@pytest.mark.parametrize(
    ("annotation", "values"),
    [
        (str, st.text()),
        (int, st.integers(-(2**63), 2**63 - 1)),
        (bool, st.booleans()),
        (float, st.floats(allow_nan=False, allow_infinity=False)),
        (bytes, st.binary()),
        (UUID, st.uuids()),
        (Decimal, DECIMALS),
    ],
)
@given(data=st.data())
def test_scalar_comes_back_equal(annotation: type, values: st.SearchStrategy[object], data: st.DataObject) -> None:
    value = data.draw(values)
    result = back(codec_for(annotation), value)
    assert result == value
    assert type(result) is annotation
    assert repr(result) == repr(value)  # 0.0 and -0.0, 1.1 and 1.10


@pytest.mark.parametrize(("annotation", "values"), [(bytes, st.binary()), (UUID, st.uuids())])
@given(data=st.data())
def test_text_sorts_like_values(annotation: type, values: st.SearchStrategy[Any], data: st.DataObject) -> None:
    one, other = data.draw(values), data.draw(values)
    encode = codec_for(annotation).encode
    assert (one < other) == (encode(one) < encode(other))
    assert (one == other) == (encode(one) == encode(other))


@given(one=DECIMALS, other=DECIMALS)
@example(one=Decimal("-1.1"), other=Decimal("-1.11"))
@example(one=Decimal("-0"), other=Decimal("0E+9"))
@example(one=Decimal("1E-1999999999999999997"), other=Decimal("9E+999999999999999999"))
@example(one=Decimal("-1E-1999999999999999997"), other=Decimal("-9E+999999999999999999"))
@example(one=Decimal(9), other=Decimal(10))
@example(one=Decimal("0.09"), other=Decimal("0.1"))
def test_decimal_text_sorts_like_numbers(one: Decimal, other: Decimal) -> None:
    check_order(codec_for(Decimal), one, other)


@given(number=DECIMALS, zeros=st.integers(0, 8))
def test_equal_decimals_share_bounds(number: Decimal, zeros: int) -> None:
    sign, digits, exponent = number.as_tuple()
    assert isinstance(exponent, int)
    other = Decimal((sign, digits + (0,) * zeros, exponent - zeros))
    assert other == number
    check_order(codec_for(Decimal), number, other)


def check_order(codec: Codec, one: Any, other: Any) -> None:
    assert codec.bounds is not None
    bounds = codec.bounds(one)
    assert bounds is not None
    low, high = bounds
    assert low <= codec.encode(one) < high
    wire = codec.encode(other)
    assert (other < one) == (wire < low)
    assert (other == one) == (low <= wire < high)
    assert (other > one) == (wire >= high)


def test_subclass_instance_becomes_plain() -> None:
    assert type(codec_for(str).encode(Shade.DARK)) is str
    assert codec_for(str).encode(Shade.DARK) == "dark"
    assert type(codec_for(int).encode(Level.LOW)) is int
    assert type(codec_for(float).encode(Level.LOW)) is float


def test_float_field_takes_an_int() -> None:
    assert repr(codec_for(float).encode(3)) == "3.0"


def test_non_finite_needs_the_database() -> None:
    native = NativeTypes(non_finite=True)
    assert math.isnan(codec_for(float, native).encode(math.nan))
    assert codec_for(list[float], native).encode([math.inf]) == [math.inf]
    with pytest.raises(ValueError, match="finite"):
        codec_for(list[float]).encode([math.inf])
    with pytest.raises(ValueError, match="finite"):
        codec_for(list[float | None], native).encode([math.inf])


def test_native_bytes_stay_bytes() -> None:
    codec = codec_for(bytes, NativeTypes(binary=True))
    assert (codec.encode(b"\0x"), codec.decode, codec.wire) == (b"\0x", None, "any")


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (str, 1, "expected str, got 1 (int)"),
        (str, b"x", "expected str, got b'x' (bytes)"),
        (int, "x", "expected int, got 'x' (str)"),
        (int, True, "expected int, got True (bool)"),
        (int, 1.0, "expected int, got 1.0 (float)"),
        (int, 2**63, "9223372036854775808 does not fit into 64 bits"),
        (int, -(2**63) - 1, "-9223372036854775809 does not fit into 64 bits"),
        pytest.param(int, 10**5000, "a number of very many digits does not fit into 64 bits", id="huge"),
        (bool, 1, "expected bool, got 1 (int)"),
        (float, True, "expected float, got True (bool)"),
        (float, "1", "expected float, got '1' (str)"),
        (float, math.nan, "expected a finite float, got nan"),
        (float, -math.inf, "expected a finite float, got -inf"),
        (float, 2**53 + 1, "the int 9007199254740993 has no float that is equal to it"),
        pytest.param(float, 10**400, "has no float that is equal to it", id="large"),
        (bytes, bytearray(b"x"), "expected bytes, got bytearray(b'x') (bytearray)"),
        (UUID, "x", "expected UUID, got 'x' (str)"),
        (Decimal, 1.5, "expected Decimal, got 1.5 (float)"),
        (Decimal, Decimal("NaN"), "expected a finite Decimal, got NaN"),
        (Decimal, Decimal("sNaN"), "expected a finite Decimal, got sNaN"),
        (Decimal, Decimal("-Infinity"), "expected a finite Decimal, got -Infinity"),
    ],
)
def test_scalar_is_refused(annotation: type, value: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(annotation).encode(value)
    assert reason in str(caught.value)


def test_long_value_is_shortened() -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(int).encode("y" * 10_000)
    assert len(str(caught.value)) < 120
