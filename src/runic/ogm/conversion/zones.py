"""Offsets and zones as the end of a text: `+02:00`, `+02:00[Europe/Berlin]`, nothing for UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

NO_OFFSET = timedelta(0)


def suffix(offset: timedelta, zone: tzinfo) -> str:
    """Return what restores the offset and, for a ZoneInfo, its key.

    A tzinfo of another library comes back as its fixed offset: nothing tells how to make it again.
    """
    if zone is UTC:
        return ""
    key = zone.key if isinstance(zone, ZoneInfo) else None
    return _suffix(offset, key)


@lru_cache(maxsize=1024)
def _suffix(offset: timedelta, key: str | None) -> str:
    if key is None and not offset:
        return ""
    text = datetime(2000, 1, 1, tzinfo=timezone(offset)).isoformat()[len("2000-01-01T00:00:00") :]
    return text if key is None else f"{text}[{key}]"


@lru_cache(maxsize=1024)
def parse_suffix(text: str) -> tuple[timedelta, tzinfo]:
    """Return the offset and the zone of a suffix."""
    offset_text, _, key = text.partition("[")
    offset = datetime.fromisoformat(f"2000-01-01T00:00:00{offset_text}").utcoffset() or NO_OFFSET
    return offset, zone_of(key[:-1]) if key else timezone(offset)


def zone_of(key: str) -> ZoneInfo:
    """Return the zone of a key; ValueError where this machine has no data about it."""
    try:
        return ZoneInfo(key)
    except (KeyError, OSError) as error:
        raise ValueError(f"the time zone {key!r} is not known here: install tzdata") from error
