"""Times of day: `08:00:00.000000`, with an offset `06:00:00.000000Z+02:00`, as text that sorts like the values.

Python compares times with offsets on one line of hours, from the day before to the day after, and so does the text:
`-23:30:00…` is half an hour before midnight UTC on the day before, `25:00:00…` an hour after midnight the day after.
A ZoneInfo gives a time no offset in most zones; then it follows a space, and the time sorts as one without a zone.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.scalars import mismatch
from runic.ogm.conversion.zones import parse_suffix, suffix, zone_of

_DAY = timedelta(days=1)
_PLAIN_LENGTH = len("08:00:00.000000")


def _encode(value: object) -> str:
    if not isinstance(value, time):
        raise mismatch("time", value)
    zone, offset = value.tzinfo, value.utcoffset()
    if zone is not None and offset is not None:
        return f"{_on_utc(value, offset)}Z{suffix(offset, zone)}"
    text = time.isoformat(value.replace(tzinfo=None), "microseconds")
    if value.fold:
        text += " fold=1"
    if zone is None:
        return text
    if isinstance(zone, ZoneInfo) and zone.key:
        return f"{text} [{zone.key}]"
    raise ValueError(f"the tzinfo of {value!r} gives no offset")


def _on_utc(value: time, offset: timedelta) -> str:
    wall = timedelta(0, value.hour * 3600 + value.minute * 60 + value.second, value.microsecond)
    days, rest = divmod(wall - offset, _DAY)
    minutes, second = divmod(rest.seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour + 24 * max(days, 0):02}:{minute:02}:{second:02}.{rest.microseconds:06}"
    return text if days >= 0 else "-" + text


def _decode(wire: str) -> time:
    if len(wire) == _PLAIN_LENGTH:
        return time.fromisoformat(wire)
    text, marked, rest = wire.lstrip("-").partition("Z")
    if not marked or " " in text:
        return _decode_without_offset(wire)
    offset, zone = parse_suffix(rest)
    on_utc = timedelta(0, int(text[:2]) * 3600 + int(text[3:5]) * 60 + int(text[6:8]), int(text[9:]))
    return (datetime(2000, 1, 1, tzinfo=zone) + (on_utc + offset) % _DAY).timetz()


def _decode_without_offset(wire: str) -> time:
    value, _, rest = wire.partition(" ")
    fold, _, key = rest.partition("[")
    return time.fromisoformat(value).replace(fold=int(bool(fold)), tzinfo=zone_of(key[:-1]) if key else None)


def _bounds(value: object) -> tuple[str, str]:
    wire = _encode(value)
    text, marked, _ = wire.partition("Z")
    if marked and " " not in text:
        return text + "Z", text + "["
    return wire[:_PLAIN_LENGTH], wire[:_PLAIN_LENGTH] + "!"


def _encode_native(value: object) -> time | str:
    if not isinstance(value, time):
        raise mismatch("time", value)
    if value.tzinfo is not None:
        return _encode(value)
    return value if type(value) is time else time(value.hour, value.minute, value.second, value.microsecond)


def _decode_native(wire: time | str) -> time:
    return _decode(wire) if isinstance(wire, str) else wire


def _native_bounds(value: object) -> tuple[str, str] | None:
    return _bounds(value) if isinstance(_encode_native(value), str) else None


TIME = Codec(_encode, _decode, "str", bounds=_bounds)
NATIVE_TIME = Codec(_encode_native, _decode_native, "any", bounds=_native_bounds)
