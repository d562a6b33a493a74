"""Values to the annotation that reads them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final

from runic.ogm.conversion import codec_for
from runic.ogm.types import GeoLocation, Vector

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from runic.ogm.conversion import NativeTypes

ANYTHING: Final = "object"
"""The annotation of values of several kinds, or of one that no annotation reads as the database gives it."""
SCALARS: Final[dict[type, str]] = {
    cls: cls.__name__ for cls in (str, int, float, bool, bytes, date, datetime, time, timedelta, Vector, GeoLocation)
}
_ELEMENTS = (str, int, float, bool)


def annotation_of(values: Sequence[Any], native: NativeTypes) -> str:
    """Return the annotation under which all of these values can be read on a database with these native types."""
    if set(map(type, values)) == {list}:
        found = _common(item for value in values for item in value) if any(values) else str
        return f"list[{found.__name__}]" if found in _ELEMENTS else ANYTHING
    kind = _common(values)
    if kind in SCALARS and _reads(kind, values, native):
        return SCALARS[kind]
    return ANYTHING


def _common(values: Iterable[Any]) -> type:
    """Return the type that all values have, or could have had; object if there is none."""
    kinds: set[type] = set(map(type, values))
    if kinds == {int, float}:
        return float
    return kinds.pop() if len(kinds) == 1 else object


def _reads(kind: type, values: Sequence[Any], native: NativeTypes) -> bool:
    """Tell whether the codec of a type takes what the database gave."""
    codec = codec_for(kind, native)
    if codec.decode is None:
        return kind in _ELEMENTS or _accepts(codec.encode, values)
    return _accepts(codec.decode, values)


def _accepts(convert: Any, values: Sequence[Any]) -> bool:  # noqa: ANN401 - a codec's function
    try:
        return all(convert(value) == value for value in values)
    except Exception:  # noqa: BLE001 - whatever it says, it does not read them
        return False
