"""Dates, datetimes and timedeltas: as they are where the database has the type, else as text that sorts alike."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.scalars import mismatch
from runic.ogm.conversion.zones import parse_suffix, suffix

_NAIVE_LENGTH = len("2026-01-01T08:00:00.000000")

# The Gregorian calendar repeats itself after 400 years: so an aware datetime whose instant lies just outside of
# the years 1 to 9999 is computed elsewhere. `0000` sorts before all years, and `:` after all digits.
_CYCLE = 400
_OUTSIDE = {"0000": ("0400", -_CYCLE), ":000": ("9600", _CYCLE)}


def _encode_date(value: object) -> str:
    return date.isoformat(_encode_native_date(value))


def _encode_native_date(value: object) -> date:
    if type(value) is date:
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return date(value.year, value.month, value.day)
    raise mismatch("date", value)


DATE = Codec(_encode_date, date.fromisoformat, "str")
NATIVE_DATE = Codec(_encode_native_date, None, "any")


def _check_datetime(value: object) -> datetime:
    """Return the value as an instance of datetime itself, with a zone that has an offset or with none."""
    if not isinstance(value, datetime):
        raise mismatch("datetime", value)
    if value.tzinfo is not None and value.utcoffset() is None:
        raise ValueError(f"the tzinfo of {value!r} gives no offset")
    if type(value) is datetime:
        return value
    _refuse_finer(value, "nanosecond")
    day = (value.year, value.month, value.day)
    clock = (value.hour, value.minute, value.second, value.microsecond)
    return datetime(*day, *clock, tzinfo=value.tzinfo, fold=value.fold)


def _refuse_finer(value: object, part: str) -> None:
    """Raise ValueError for a value of pandas whose nanoseconds would be lost."""
    if getattr(value, part, 0):
        raise ValueError(f"{value!r} has nanoseconds, which are not kept: round it to microseconds")


def _instant(value: datetime, offset: timedelta) -> str:
    naive = value.replace(tzinfo=None)
    try:
        return (naive - offset).isoformat(timespec="microseconds")
    except OverflowError:
        marker, (year, shift) = next(item for item in _OUTSIDE.items() if (item[1][1] < 0) == (naive.year == 1))
        text = (naive.replace(year=naive.year - shift) - offset).isoformat(timespec="microseconds")
        return marker + text[len(year) :]


def _datetime_text(value: object) -> str:
    checked = value if type(value) is datetime else _check_datetime(value)
    zone = checked.tzinfo
    if zone is None:
        text = checked.isoformat(timespec="microseconds")
        return f"{text} fold=1" if checked.fold else text
    offset = checked.utcoffset()
    if offset is None:
        raise ValueError(f"the tzinfo of {value!r} gives no offset")
    return f"{_instant(checked, offset)}Z{suffix(offset, zone)}"


def _datetime_bounds(value: object) -> tuple[str, str]:
    wire = _datetime_text(value)
    text = wire[:_NAIVE_LENGTH]
    return (text + "Z", text + "[") if wire[_NAIVE_LENGTH:].startswith("Z") else (text, text + "!")


def _parse_datetime(wire: str) -> datetime:
    if len(wire) <= _NAIVE_LENGTH + 1:
        return datetime.fromisoformat(wire)  # naive, or UTC
    text, rest = wire[:_NAIVE_LENGTH], wire[_NAIVE_LENGTH:]
    if not rest.startswith("Z"):
        return datetime.fromisoformat(text).replace(fold=1)
    offset, zone = parse_suffix(rest[1:])
    if wire[:4] in _OUTSIDE:
        year, shift = _OUTSIDE[wire[:4]]
        local = datetime.fromisoformat(year + text[4:]) + offset
        value = local.replace(year=local.year + shift, tzinfo=zone)
    else:
        local = datetime.fromisoformat(text) + offset
        value = local.replace(tzinfo=zone)
    return value if not isinstance(zone, ZoneInfo) or value.utcoffset() == offset else _refold(value, offset)


def _refold(value: datetime, offset: timedelta) -> datetime:
    """Return the second of two equal local times; or the instant itself where the zone's rules have changed."""
    second = value.replace(fold=1)
    if second.utcoffset() == offset:
        return second
    return value.replace(tzinfo=timezone(offset)).astimezone(value.tzinfo)


def _native_datetime(value: object) -> datetime:
    checked = _check_datetime(value)
    zone, offset = checked.tzinfo, checked.utcoffset()
    if offset is None or isinstance(zone, (timezone, ZoneInfo)):
        return checked
    return checked.replace(tzinfo=timezone(offset) if offset else UTC)


def _mixed_datetime(*, naive: bool) -> Codec:
    """Return the codec for a database that has one of the two kinds: the other one is text in the same column."""

    def encode(value: object) -> datetime | str:
        checked = _native_datetime(value)
        return checked if (checked.tzinfo is None) == naive else _datetime_text(checked)

    def decode(wire: datetime | str) -> datetime:
        return _parse_datetime(wire) if isinstance(wire, str) else wire

    def bounds(value: object) -> tuple[str, str] | None:
        return _datetime_bounds(value) if isinstance(encode(value), str) else None

    return Codec(encode, decode, "any", bounds=bounds)


DATETIME = Codec(_datetime_text, _parse_datetime, "str", bounds=_datetime_bounds)
NATIVE_DATETIME = Codec(_native_datetime, None, "any")
NATIVE_NAIVE_DATETIME = _mixed_datetime(naive=True)
NATIVE_AWARE_DATETIME = _mixed_datetime(naive=False)


_TEN_DIGITS = 10**9


def _encode_timedelta(value: object) -> str:
    if not isinstance(value, timedelta):
        raise mismatch("timedelta", value)
    if type(value) is not timedelta:
        _refuse_finer(value, "nanoseconds")
    days, (minutes, second) = value.days, divmod(value.seconds, 60)
    sign, days = ("-", days + _TEN_DIGITS) if days < 0 else ("", days)  # ten's complement: -1 is -999999999
    hour, minute = divmod(minutes, 60)
    return f"{sign}{days:09} {hour:02}:{minute:02}:{second:02}.{value.microseconds:06}"


def _decode_timedelta(wire: str) -> timedelta:
    days, _, clock = wire.partition(" ")
    number = int(days[1:]) - _TEN_DIGITS if days[0] == "-" else int(days)
    seconds = int(clock[:2]) * 3600 + int(clock[3:5]) * 60 + int(clock[6:8])
    return timedelta(number, seconds, int(clock[9:]))


def _native_timedelta(value: object) -> timedelta:
    if type(value) is timedelta:
        return value
    if isinstance(value, timedelta):
        _refuse_finer(value, "nanoseconds")
        return timedelta(value.days, value.seconds, value.microseconds)
    raise mismatch("timedelta", value)


TIMEDELTA = Codec(_encode_timedelta, _decode_timedelta, "str")
NATIVE_TIMEDELTA = Codec(_native_timedelta, None, "any")
