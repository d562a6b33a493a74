"""What a keyset cursor holds: where it leads on, as text that may have been anywhere in the meantime."""

from __future__ import annotations

import base64
import json
import math
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, cast

from runic.ogm.exceptions import QueryError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from runic.ogm.conversion import Codec

_PLAIN: dict[str, tuple[type, ...]] = {"str": (str,), "int": (int,), "float": (float, int), "bool": (bool,)}
_SPELT: Final[dict[type, tuple[str, Callable[[Any], str], Callable[[Any], object]]]] = {
    datetime: ("datetime", datetime.isoformat, datetime.fromisoformat),
    date: ("date", date.isoformat, date.fromisoformat),
    time: ("time", time.isoformat, time.fromisoformat),
    timedelta: ("duration", lambda d: f"{d // timedelta(microseconds=1)}", lambda t: timedelta(microseconds=int(t))),
    bytes: ("bytes", bytes.hex, bytes.fromhex),
}
_READ: Final = {name: read for name, _, read in _SPELT.values()}


def spell_cursor(owner: str, values: Sequence[object]) -> str:
    """Return the cursor of a row; `owner` names what it is good for. Raises ValueError for a value without an order."""
    return base64.urlsafe_b64encode(json.dumps([owner, [_spelt(value) for value in values]]).encode()).decode()


def _spelt(value: object) -> object:
    if isinstance(value, float) and math.isnan(value):
        raise ValueError("results cannot be paged by keys that are NaN, which has no place in an order")
    if value is None or isinstance(value, (str, int, float)):
        return value
    if type(value) in _SPELT:
        name, spell, _ = _SPELT[type(value)]
        return {name: spell(value)}
    raise QueryError(f"results cannot be paged by keys such as {value!r}, which have no place in an order")


def read_cursor(cursor: object, owner: str, codecs: Sequence[Codec | None]) -> list[object]:
    """Return the values in a cursor, one a codec, each of a kind that the codec could have read."""
    try:
        found, spelt = json.loads(base64.urlsafe_b64decode(cast("str", cursor).encode()))
        texts = cast("list[object]", spelt) if isinstance(spelt, list) else []
        values = [_read(text) for text in texts]
        for value, codec in zip(values, codecs, strict=True):
            _check(value, codec)
    except (ValueError, AttributeError, TypeError, ArithmeticError, LookupError, RecursionError) as error:
        raise ValueError(f"cursor must be one that after() returned, not {cursor!r}") from error
    if found != owner:
        raise ValueError(f"cursor belongs to another statement or order than this one: {owner}")
    return values


def _read(text: object) -> object:
    if isinstance(text, dict):
        [(name, value)] = cast("dict[str, object]", text).items()
        return _READ[name](value)
    if text is None or isinstance(text, (str, int, float)):
        return text
    raise TypeError(text)


def _check(value: object, codec: Codec | None) -> None:
    """Raise an error for a value that the database cannot have given."""
    if codec is None or value is None:
        return
    kinds = _PLAIN.get(codec.wire)
    if kinds is not None and (not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds)):
        raise TypeError(value)
    if codec.decode is not None:
        codec.decode(value)
