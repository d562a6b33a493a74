"""Keys made on the client: UUIDs in the order of time (RFC 9562, version 7)."""

from __future__ import annotations

import os
import time
from threading import Lock
from typing import TYPE_CHECKING
from uuid import UUID

from runic.ogm.exceptions import MetadataError

if TYPE_CHECKING:
    from runic.ogm.model.metadata import PropertyMeta

_lock = Lock()
_last = 0


def make_uuid7() -> UUID:
    """Return a UUID of version 7 that is larger than every one made before by this process."""
    global _last  # noqa: PLW0603 - the clock's last reading is what makes it monotonic
    with _lock:
        # 48 bits of milliseconds and 12 of the fraction: RFC 9562, section 6.2, method 3
        _last = max(_last + 1, (time.time_ns() << 12) // 1_000_000)
        ticks = _last
    random = int.from_bytes(os.urandom(8), "big") & ((1 << 62) - 1)
    return UUID(int=(ticks >> 12) << 80 | 7 << 76 | (ticks & 0xFFF) << 64 | 2 << 62 | random)


def make_key(prop: PropertyMeta) -> object:
    """Return a new key for a generated field; raises MetadataError unless it is a str or a UUID."""
    if prop.type is UUID:
        return make_uuid7()
    if prop.type is str:
        return str(make_uuid7())
    raise MetadataError(
        f"{prop.owner.__name__}.{prop.name}: only a str or UUID key can be generated, not {prop.type!r}"
    )
