"""Parameters on their way to a database that speaks Bolt: checked before anything is sent, here and nowhere else."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta, tzinfo
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any, Final, cast

from neo4j.spatial import WGS84Point

from runic.ogm.exceptions import QueryError, UnsendableValueError
from runic.ogm.types import GeoLocation, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    Path = tuple[str | int, ...]

MAX_DEPTH: Final = 100
MAX_INTEGER: Final = 2**63 - 1
MIN_INTEGER: Final = -(2**63)
_LISTS: Final = frozenset({list, tuple})
_KNOWN: Final = _LISTS | {str, int, float, bool, NoneType, bytes, date, datetime, timedelta}
_EXPECTED: Final = "str, int, float, bool, bytes, None, dates and times, or a list or dict of these"


def check_text(text: str) -> str:
    """Return a statement's text; QueryError if it is no Unicode text."""
    if not _is_sound(text):
        raise QueryError("the statement's text holds a lone surrogate, which is no Unicode text")
    return text


def checked_parameters(parameters: Mapping[str, Any]) -> dict[str, Any]:
    """Return parameters as the client takes them.

    Raises UnsendableValueError with the exact path of a value that cannot be sent.
    """
    return {name: value if _is_plain(value) else _convert(value, (name,)) for name, value in parameters.items()}


def _is_plain(value: object) -> bool:
    """Tell at C speed whether scalars, and lists of them, can be sent as they are; False: it needs a closer look."""
    level = [value]
    for _ in range(MAX_DEPTH):
        types = set(map(type, level))
        if not types <= _KNOWN:
            return False
        if int in types:
            integers = [v for v in level if type(v) is int]
            if min(integers) < MIN_INTEGER or max(integers) > MAX_INTEGER:
                return False
        if str in types and not _is_sound("".join([v for v in level if type(v) is str])):
            return False
        if datetime in types and any(v.tzinfo for v in level if type(v) is datetime):
            return False
        if types.isdisjoint(_LISTS):
            return True
        lists = cast("list[Iterable[object]]", [v for v in level if type(v) in _LISTS])
        level = list(chain.from_iterable(lists))
    return False


def _is_sound(text: str) -> bool:
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _convert(value: object, path: Path) -> object:
    """Return any value that can be sent as the client takes it; values of subclasses as what they are at the root."""
    if len(path) > MAX_DEPTH:
        raise UnsendableValueError(path, f"it is nested more than {MAX_DEPTH} levels deep")
    for kinds, convert in _CONVERTERS:
        if isinstance(value, kinds):
            return convert(value, path)
    raise UnsendableValueError(path, f"the database takes {_EXPECTED}, not {type(value).__name__}")


def _convert_text(value: str, path: Path) -> str:
    text = str.__str__(value)
    if not _is_sound(text):
        raise UnsendableValueError(path, "the text holds a lone surrogate, which is no Unicode text")
    return text


def _convert_integer(value: int, path: Path) -> int:
    integer = int.__int__(value)
    if not MIN_INTEGER <= integer <= MAX_INTEGER:
        raise UnsendableValueError(path, f"an integer of {integer.bit_length()} bits does not fit the database's 64")
    return integer


class _Zone(tzinfo):
    """A zone with the offset that it has at one time.

    The client asks a zone for the offset of an object that only looks like a datetime, upon which the zones of
    zoneinfo read memory that is not theirs: the process may end.
    """

    def __init__(self, key: str | None, offset: timedelta) -> None:
        self.key, self._offset = key, offset

    def utcoffset(self, dt: datetime | None) -> timedelta:  # noqa: ARG002 - it is the same at all times
        return self._offset

    def dst(self, dt: datetime | None) -> None:  # noqa: ARG002 - it is not known
        return None

    def tzname(self, dt: datetime | None) -> str | None:  # noqa: ARG002 - it is the same at all times
        return self.key


def _zone(value: datetime | time, path: Path) -> tzinfo:
    offset = value.utcoffset()
    if offset is None or offset % timedelta(minutes=1):
        raise UnsendableValueError(path, f"the offset of {value!r} is no whole number of minutes")
    key: object = getattr(value.tzinfo, "key", None)
    return _Zone(key if isinstance(key, str) else None, offset)


def _convert_datetime(value: datetime, path: Path) -> datetime:
    return value if value.tzinfo is None else value.replace(tzinfo=_zone(value, path))


def _convert_time(value: time, path: Path) -> time:
    return value if value.tzinfo is None else value.replace(tzinfo=_zone(value, path))


def _convert_list(value: Iterable[object], path: Path) -> list[object]:
    return [_convert(item, (*path, i)) for i, item in enumerate(value)]


def _convert_map(value: Mapping[object, object], path: Path) -> dict[str, object]:
    converted: dict[str, object] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise UnsendableValueError(path, f"the keys of a map are str, not {key!r}")
        converted[_convert_text(key, path)] = _convert(item, (*path, key))
    return converted


def _convert_place(value: GeoLocation, _: Path) -> object:
    return WGS84Point((value.longitude, value.latitude))


def _same(value: object, _: Path) -> object:
    return value


_CONVERTERS: tuple[tuple[tuple[type, ...], Callable[[Any, Path], object]], ...] = (
    ((NoneType, bool, bytes, bytearray, timedelta), _same),  # bool before int, of which it is a subclass
    ((str,), _convert_text),
    ((int,), _convert_integer),
    ((float,), lambda value, _: float.__float__(value)),
    ((datetime,), _convert_datetime),  # before date, for the same reason
    ((date,), _same),
    ((time,), _convert_time),
    ((list, tuple, Vector), _convert_list),
    ((dict,), _convert_map),
    ((GeoLocation,), _convert_place),
)
