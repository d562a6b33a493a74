"""Vectors and places; what function wraps them is a dialect's business, which knows them by `Codec.kind`."""

from __future__ import annotations

from dataclasses import replace

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.scalars import mismatch
from runic.ogm.types import GeoLocation, Vector


def _encode_vector(value: object) -> list[float]:
    if isinstance(value, Vector):
        return list(value)
    raise mismatch("Vector", value)


def sized(codec: Codec, size: int, *, directed: bool) -> Codec:
    """Return the codec of vectors that must have `size` numbers and, if `directed`, not all of them zero."""

    def encode(value: object) -> list[float]:
        wire: list[float] = codec.encode(value)
        if len(wire) != size:
            raise ValueError(f"expected a vector of {size} dimensions, got one of {len(wire)}")
        if directed and not any(wire):
            raise ValueError("a vector of zeros has no direction, by which its index compares")
        return wire

    return replace(codec, encode=encode)


def _encode_place(value: object) -> list[float]:
    if isinstance(value, GeoLocation):
        return [value.latitude, value.longitude]
    raise mismatch("GeoLocation", value)


def _decode_place(wire: list[float]) -> GeoLocation:
    return GeoLocation(*wire)


def _encode_native_place(value: object) -> GeoLocation:
    if isinstance(value, GeoLocation):
        return value
    raise mismatch("GeoLocation", value)


VECTOR = Codec(_encode_vector, Vector, "any", kind="vector")
GEO_LOCATION = Codec(_encode_place, _decode_place, "any", kind="geo")
NATIVE_GEO_LOCATION = Codec(_encode_native_place, None, "any", kind="geo")
