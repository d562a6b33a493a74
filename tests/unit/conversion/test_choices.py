"""Enums go by value where that has one plain type, else by name; a Literal takes its values only."""

from __future__ import annotations

from enum import Enum, Flag, IntEnum, IntFlag, StrEnum, auto
from typing import Any, Literal

import pytest

from runic.ogm.conversion import Codec, codec_for


class Grain(Enum):
    OAT = "oat"
    RYE = "rye"
    HAVER = "oat"  # noqa: PIE796 - an alias


class Ratio(Enum):
    THIRD = 1 / 3
    HALF = 0.5


class Mixed(Enum):
    ONE = 1
    WORD = "one"


class Huge(Enum):
    STAR = 2**80


class Paired(Enum):
    EDGE = (1, 2)
    CORNER = (2, 2)


class Truth(Enum):
    YES = True
    NO = False


class Speed(IntEnum):
    SLOW = 1
    FAST = 2


class Tone(StrEnum):
    WARM = auto()


class OldTone(str, Enum):  # noqa: UP042 - written so before Python 3.11
    COLD = "cold"


class Access(Flag):
    READ = auto()
    WRITE = auto()


class Bits(IntFlag):
    LOW = 1
    HIGH = 1 << 40


class Lenient(Enum):
    KNOWN = "known"

    @classmethod
    def _missing_(cls, value: object) -> Lenient | None:
        return cls.KNOWN if value == "formerly" else None


class Empty(Enum):
    pass


def back(codec: Codec, value: object) -> Any:
    wire = codec.encode(value)
    return wire if codec.decode is None else codec.decode(wire)


@pytest.mark.parametrize(
    ("member", "wire", "kind"),
    [
        (Grain.OAT, "oat", "str"),
        (Grain.HAVER, "oat", "str"),
        (Ratio.THIRD, 1 / 3, "float"),
        (Mixed.ONE, "ONE", "str"),
        (Huge.STAR, "STAR", "str"),
        (Paired.CORNER, "CORNER", "str"),
        (Truth.YES, "YES", "str"),
        (Speed.FAST, 2, "int"),
        (Tone.WARM, "warm", "str"),
        (OldTone.COLD, "cold", "str"),
        (Access.READ | Access.WRITE, 3, "int"),
        (Access(0), 0, "int"),
        (Bits.HIGH | Bits.LOW, (1 << 40) + 1, "int"),
    ],
)
def test_member_comes_back_itself(member: Enum, wire: object, kind: str) -> None:
    codec = codec_for(type(member))
    encoded = codec.encode(member)
    assert encoded == wire
    assert type(encoded) is type(wire)
    assert codec.wire == kind
    assert back(codec, member) is member


def test_float_member_survives_fifteen_digits() -> None:
    codec = codec_for(Ratio)
    assert codec.decode is not None
    assert codec.decode(0.333333333333333) is Ratio.THIRD


def test_missing_hook_is_asked() -> None:
    codec = codec_for(Lenient)
    assert codec.decode is not None
    assert codec.decode("formerly") is Lenient.KNOWN


@pytest.mark.parametrize(("cls", "wire"), [(Grain, "wheat"), (Mixed, "TWO"), (Access, 64)])
def test_unknown_stored_member_is_named(cls: type[Enum], wire: object) -> None:
    codec = codec_for(cls)
    assert codec.decode is not None
    with pytest.raises(ValueError, match=cls.__name__):
        codec.decode(wire)


def test_value_is_no_member() -> None:
    for cls in (Grain, Mixed, Access, Speed):
        with pytest.raises(ValueError, match=f"expected {cls.__name__}, got"):
            codec_for(cls).encode("oat")


def test_empty_enum_has_no_codec() -> None:
    with pytest.raises(TypeError, match="no members"):
        codec_for(Empty)


@pytest.mark.parametrize(
    ("annotation", "values", "kind"),
    [
        (Literal["north", "south"], ["north", "south"], "str"),
        (Literal[1, 2], [1, 2], "int"),
        (Literal[True], [True], "bool"),
        (Literal[b"a", b"b"], [b"a", b"b"], "str"),
        (Literal[Grain.OAT], [Grain.OAT], "str"),
        (Literal["a", 1, True] | None, ["a", 1, True], "any"),
        (Literal["a", Grain.RYE], ["a", Grain.RYE], "str"),
    ],
)
def test_literal_comes_back_equal(annotation: object, values: list[object], kind: str) -> None:
    codec = codec_for(annotation)
    assert codec.wire == kind
    for value in values:
        result = back(codec, value)
        assert result == value
        assert type(result) is type(value)


@pytest.mark.parametrize(
    ("annotation", "value"),
    [
        (Literal["north", "south"], "east"),
        (Literal[1, 2], True),
        (Literal[1, 2], 1.0),
        (Literal[0, True], False),
        (Literal["a", 1], True),
        (Literal[Grain.OAT], Grain.RYE),
        (Literal["a", Grain.RYE], Grain.OAT),
    ],
)
def test_literal_refuses_the_rest(annotation: object, value: object) -> None:
    with pytest.raises(ValueError, match="expected one of"):
        codec_for(annotation).encode(value)
