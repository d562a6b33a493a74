"""Text of a file to the value that a field declares: a CSV cell says no type of its own."""

from __future__ import annotations

import json
import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, get_args, get_origin

from runic.ogm.bulk.natural import structure_parser
from runic.ogm.conversion import NativeTypes
from runic.ogm.conversion.resolve import unwrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.conversion import Codec
    from runic.ogm.model.metadata import PropertyMeta

    Parse: TypeAlias = Callable[[str], Any]

_BOOLS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
_DURATION = re.compile(
    r"(?:(?P<days>-?\d+) days?,? ?)?"
    r"(?:(?P<sign>[-+])?(?P<hours>\d+):(?P<minutes>\d\d):(?P<seconds>\d\d(\.\d{1,6})?))?"
)
_PLAIN = NativeTypes()


def parser_of(prop: PropertyMeta) -> Parse | None:
    """Return what reads text as a value of the field; None where text is the value, or a converter's business.

    Numbers, truth values (true, yes, 1), ISO dates and times, decimals and UUIDs are read as such, members of an Enum
    or a Literal by value or name, all else (lists, dicts, dataclasses, places, vectors) as JSON.
    """
    if prop.options.converter is not None:
        return None
    plain = unwrap(prop.type)
    found = _PARSERS.get(plain)
    if found is not None:
        return found
    choices = _choices(plain)
    if choices is not None:
        return lambda text: _chosen(choices, text)
    return structure_parser(plain, _PARSERS) or _stored_parser(prop.codec(_PLAIN))


def _stored_parser(codec: Codec) -> Parse | None:
    """Return a parser of what the type is stored as where nothing is native: text, a number, or a list."""
    decode = codec.decode
    if codec.wire == "str":
        return decode
    parse = _BY_WIRE.get(codec.wire, json.loads)
    return parse if decode is None else lambda text: decode(parse(text))


def _choices(kind: object) -> dict[str, object] | None:
    """Return the values of an Enum or a Literal by their text."""
    if get_origin(kind) is Literal:
        return {str(value): value for value in get_args(kind) if value is not None}
    if isinstance(kind, type) and issubclass(kind, Enum):
        return {**kind.__members__, **{str(member.value): member for member in kind}}
    return None


def _chosen(choices: dict[str, object], text: str) -> object:
    if text not in choices:
        raise ValueError(f"expected one of {', '.join(map(repr, choices))}, got {text!r}")
    return choices[text]


def _parse_bool(text: str) -> bool:
    value = _BOOLS.get(text.strip().lower())
    if value is None:
        raise ValueError(f"expected true or false, got {text!r}")
    return value


def _parse_duration(text: str) -> timedelta:
    """Read a duration as Python writes it: a sign before the days is theirs alone, `-1 day, 23:00:00` is -1 hour."""
    found = _DURATION.fullmatch(text.strip())
    if found is None or not found[0]:
        raise ValueError(f"expected a duration such as '1 day, 2:30:00', got {text!r}")
    parts = {name: float(found[name] or 0) for name in ("hours", "minutes", "seconds")}
    clock = timedelta(**parts)
    return timedelta(days=int(found["days"] or 0)) + (-clock if found["sign"] == "-" else clock)


def _parse_decimal(text: str) -> Decimal:
    try:
        return Decimal(text)
    except ArithmeticError:
        raise ValueError(f"expected a decimal number, got {text!r}") from None


_BY_WIRE: dict[str, Parse] = {"int": int, "float": float, "bool": _parse_bool}
_PARSERS: dict[object, Parse] = {
    int: int,
    float: float,
    bool: _parse_bool,
    Decimal: _parse_decimal,
    date: date.fromisoformat,
    datetime: datetime.fromisoformat,
    time: time.fromisoformat,
    timedelta: _parse_duration,
}
