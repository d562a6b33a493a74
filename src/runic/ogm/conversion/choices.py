"""Types that list their values: Enum with its kinds, and Literal."""

from __future__ import annotations

from enum import Enum, Flag
from typing import TYPE_CHECKING

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.scalars import FLOAT, INT, STR, brief, mismatch

if TYPE_CHECKING:
    from collections.abc import Iterable

_BY_VALUE = {str: STR, int: INT, float: FLOAT}


class _Members(dict[object, Enum]):
    """The members by their wire form; what is not there is asked of the class, which may have a `_missing_`."""

    def __init__(self, cls: type[Enum], wires: Iterable[tuple[object, Enum]]) -> None:
        super().__init__(wires)
        self._class = cls

    def __missing__(self, wire: object) -> Enum:
        return self._class(wire)


def enum_codec(cls: type[Enum]) -> Codec:
    """Store members by value where all values are of one of the types str, int and float, else by name."""
    if issubclass(cls, Flag):
        return _flag_codec(cls)
    members = list(cls)
    if not members:
        raise TypeError(f"{cls.__name__} has no members")
    value_type = _value_type(members)
    return _by_name(cls) if value_type is None else _by_value(cls, value_type)


def _value_type(members: list[Enum]) -> type | None:
    """Return the type of all values if they can be stored as they are."""
    value: object = members[0].value
    first = type(value)
    if first not in _BY_VALUE:
        return None
    try:
        wires = [_BY_VALUE[first].encode(member.value) for member in members if type(member.value) is first]
    except ValueError:  # beyond 64 bits, or not finite
        return None
    return first if len(wires) == len(members) else None


def _by_value(cls: type[Enum], value_type: type) -> Codec:
    members = _Members(cls, ((member.value, member) for member in cls))
    if value_type is float:  # a database may reply with 15 significant digits
        for member in cls:
            members.setdefault(float(f"{member.value:.15g}"), member)

    def encode(value: object) -> object:
        if isinstance(value, cls):
            return value.value
        raise mismatch(cls.__name__, value)

    return Codec(encode, members.__getitem__, _BY_VALUE[value_type].wire)


def _by_name(cls: type[Enum]) -> Codec:
    def encode(value: object) -> str:
        if isinstance(value, cls):
            return value.name
        raise mismatch(cls.__name__, value)

    def decode(wire: str) -> Enum:
        try:
            return cls[wire]
        except KeyError:
            raise ValueError(f"{brief(wire)} is no name of a member of {cls.__name__}") from None

    return Codec(encode, decode, "str")


def _flag_codec(cls: type[Flag]) -> Codec:
    def encode(value: object) -> object:
        if isinstance(value, cls):
            return INT.encode(value.value)
        raise mismatch(cls.__name__, value)

    return Codec(encode, cls, "int")


def literal_codec(values: Iterable[object], codec: Codec) -> Codec:
    """Narrow a codec, which stores each of these values, to them."""
    choices = list(values)
    mixed = codec.wire == "any"  # several types, where 1 is not True
    wires = frozenset(map(codec.encode, choices) if not mixed else (repr(codec.encode(choice)) for choice in choices))
    expected = "one of " + ", ".join(map(repr, choices))
    to_wire = codec.encode

    def encode(value: object) -> object:
        try:
            wire = to_wire(value)
        except ValueError:
            raise mismatch(expected, value) from None
        if (repr(wire) if mixed else wire) in wires:
            return wire
        raise mismatch(expected, value)

    return Codec(encode, codec.decode, codec.wire, kind=codec.kind)
