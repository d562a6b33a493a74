"""Text, numbers, truth values, bytes and UUIDs, and the words in which a value is refused."""

from __future__ import annotations

import reprlib
from math import isfinite
from uuid import UUID

from runic.ogm.conversion.base import Codec

LARGEST_INT = 2**63 - 1

_short = reprlib.Repr()
_short.maxstring = _short.maxother = _short.maxlong = 60


def brief(value: object) -> str:
    """Return a repr that fits into an error's text."""
    try:
        return _short.repr(value)
    except ValueError:  # Python refuses to write integers of thousands of digits
        return "a number of very many digits"


def mismatch(expected: str, value: object) -> ValueError:
    """Return the error for a value of the wrong type."""
    return ValueError(f"expected {expected}, got {brief(value)} ({type(value).__name__})")


def _encode_str(value: object) -> str:
    if type(value) is str:
        return value
    if isinstance(value, str):
        return str.__str__(value)  # not str(value): an enum of strings overrides it
    raise mismatch("str", value)


def _encode_bool(value: object) -> bool:
    if isinstance(value, bool):
        return value
    raise mismatch("bool", value)


def _encode_int(value: object) -> int:
    if type(value) is not int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise mismatch("int", value)
        value = int.__int__(value)
    if -LARGEST_INT - 1 <= value <= LARGEST_INT:
        return value
    raise ValueError(f"{brief(value)} does not fit into 64 bits")


def _encode_float(value: object) -> float:
    if type(value) is float:
        return value
    if isinstance(value, float):
        return float.__float__(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise mismatch("float", value)
    try:
        number = float(value)
    except OverflowError:
        number = 0.0
    if number != value:
        raise ValueError(f"the int {brief(value)} has no float that is equal to it")
    return number


def _encode_finite(value: object) -> float:
    number = value if type(value) is float else _encode_float(value)
    if isfinite(number):
        return number
    raise ValueError(f"expected a finite float, got {number}")


def _encode_bytes(value: object) -> str:
    if isinstance(value, bytes):
        return value.hex()
    raise mismatch("bytes", value)


def _encode_native_bytes(value: object) -> bytes:
    if type(value) is bytes:
        return value
    if isinstance(value, bytes):
        return bytes(value)
    raise mismatch("bytes", value)


def _encode_uuid(value: object) -> str:
    if isinstance(value, UUID):
        return str(value)
    raise mismatch("UUID", value)


STR = Codec(_encode_str, None, "str", exact=str)
INT = Codec(_encode_int, None, "int")
BOOL = Codec(_encode_bool, None, "bool", exact=bool)
FLOAT = Codec(_encode_finite, None, "float")
ANY_FLOAT = Codec(_encode_float, None, "float")
BYTES = Codec(_encode_bytes, bytes.fromhex, "str")
NATIVE_BYTES = Codec(_encode_native_bytes, None, "any")
UUID_TEXT = Codec(_encode_uuid, UUID, "str")
