"""Keys: values that are equal are one key, so they have to be stored alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from runic.ogm.conversion.guards import is_frozenset, is_tuple
from runic.ogm.conversion.resolve import unwrap

if TYPE_CHECKING:
    from runic.ogm.conversion.base import Codec

_SEVERAL_FORMS: frozenset[object] = frozenset({Decimal, datetime, time, float})
_DAY, _MINUTE = timedelta(days=1), timedelta(minutes=1)
_MIDNIGHT = datetime(2000, 1, 1, tzinfo=UTC)


def for_key(codec: Codec, kind: object) -> Codec:
    """Return the codec of a key of a type, which stores Decimal 1.00 as 1 and an instant of any zone in UTC.

    A key has a hash, so that it cannot change in place: what is kept of it is the value.
    """
    if not _has_several_forms(kind):
        return replace(codec, mutable=False) if codec.mutable else codec

    def encode(value: object) -> Any:  # noqa: ANN401 - a wire value
        return codec.encode(_one_form(value))

    return replace(codec, encode=encode, exact=None, mutable=False)


def _has_several_forms(kind: object) -> bool:
    """Tell whether values of a type, or parts of them, may be equal and yet not stored alike."""
    plain = unwrap(kind)
    return plain in _SEVERAL_FORMS or any(map(_has_several_forms, get_args(plain)))


def _one_form(value: object) -> object:
    if isinstance(value, Decimal) and value.is_finite():
        return _without_zeros(value)
    if isinstance(value, datetime):
        return _in_utc(value)
    if isinstance(value, time):
        return _time_in_utc(value)
    if is_tuple(value):
        return tuple(map(_one_form, value))
    if is_frozenset(value):
        return frozenset(map(_one_form, value))
    return 0.0 if type(value) is float and not value else value  # -0.0 is equal to it


def _in_utc(value: datetime) -> datetime:
    if value.utcoffset() is None:
        return value.replace(fold=0)
    try:
        return value.astimezone(UTC)
    except OverflowError:  # at either end of the calendar
        return value


def _time_in_utc(value: time) -> time:
    """Return an equal time in UTC; one of the day before or after in UTC is in the zone nearest to it."""
    offset = value.utcoffset()
    if offset is None:
        return value.replace(tzinfo=None, fold=0)
    wall = timedelta(0, value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
    on_utc = wall - offset
    shift = -(on_utc // _MINUTE) if on_utc < timedelta(0) else -max((on_utc - _DAY) // _MINUTE + 1, 0)
    moved = timedelta(minutes=shift)
    if abs(moved) >= _DAY:  # only a zone of seconds is that far away, and no other one reaches it
        return value
    zone = timezone(moved) if moved else UTC
    return (_MIDNIGHT + (on_utc + moved)).time().replace(tzinfo=zone)


def _without_zeros(number: Decimal) -> Decimal:
    """Return an equal number without zeros at its end; `Decimal.normalize` would round it to the context."""
    sign, digits, exponent = number.as_tuple()
    kept = "".join(map(str, digits)).rstrip("0")
    if not kept:
        return Decimal(0)
    return Decimal((sign, tuple(map(int, kept)), int(exponent) + len(digits) - len(kept)))
