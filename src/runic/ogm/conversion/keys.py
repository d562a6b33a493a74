"""Keys: values that are equal are one key, so they have to be stored alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runic.ogm.conversion.base import Codec


def for_key(codec: Codec, kind: object) -> Codec:
    """Return the codec of a key of a type, which stores Decimal 1.00 as 1 and an instant of any zone in UTC."""
    if kind is not Decimal and kind is not datetime:
        return codec

    def encode(value: object) -> Any:  # noqa: ANN401 - a wire value
        return codec.encode(_one_form(value))

    return replace(codec, encode=encode, exact=None)


def _one_form(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return _without_zeros(value)
    if isinstance(value, datetime):
        if value.utcoffset() is None:
            return value.replace(fold=0)
        try:
            return value.astimezone(UTC)
        except OverflowError:  # at either end of the calendar
            return value
    return value


def _without_zeros(number: Decimal) -> Decimal:
    """Return an equal number without zeros at its end; `Decimal.normalize` would round it to the context."""
    sign, digits, exponent = number.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    if not kept:
        return Decimal(0)
    return Decimal((sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept)))
