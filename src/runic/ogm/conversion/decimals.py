"""Decimal as text that sorts like the number and still holds the exact spelling: `1a0.11 1.10` is 1.10.

The key before the space: a sign (`-`, `0`, `1`), the exponent of the first digit, a dot, the digits without
zeros at their end. The exponent begins with a letter for its length, so that longer ones sort after shorter ones.
A negative number has the negated exponent, the nine's complement of its digits, and a `~` as their end.
"""

from __future__ import annotations

from decimal import Decimal

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.scalars import mismatch

_COMPLEMENT = str.maketrans("0123456789", "9876543210")
_LENGTHS = "abcdefghijklmnopqrst"
_NEGATIVE_LENGTHS = "TSRQPONMLKJIHGFEDCBA"


def _exponent(number: int) -> str:
    digits = str(abs(number))
    if number >= 0:
        return _LENGTHS[len(digits) - 1] + digits
    return _NEGATIVE_LENGTHS[len(digits) - 1] + digits.translate(_COMPLEMENT)


def _key(value: Decimal, text: str) -> str:
    digits = text.lstrip("-").partition("E")[0].replace(".", "").strip("0")
    if not digits:
        return "0"
    if text[0] == "-":
        return f"-{_exponent(-value.adjusted())}.{digits.translate(_COMPLEMENT)}~"
    return f"1{_exponent(value.adjusted())}.{digits}"


def _encode(value: object) -> str:
    if not isinstance(value, Decimal):
        raise mismatch("Decimal", value)
    if not value.is_finite():
        raise ValueError(f"expected a finite Decimal, got {value}")
    text = Decimal.__str__(value)
    return f"{_key(value, text)} {text}"


def _decode(wire: str) -> Decimal:
    return Decimal(wire[wire.index(" ") + 1 :])


def _bounds(value: object) -> tuple[str, str]:
    key = _encode(value).partition(" ")[0]
    return key + " ", key + "!"


DECIMAL = Codec(_encode, _decode, "str", bounds=_bounds)
