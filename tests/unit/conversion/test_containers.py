"""Lists of one plain type stay lists, everything else is one JSON text; all come back equal in value and type."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runic.ogm import types
from runic.ogm.conversion import Codec, NativeTypes, codec_for

INTS, FLOATS = st.integers(-(2**63), 2**63 - 1), st.floats(allow_nan=False, allow_infinity=False)
AWARE = st.datetimes(timezones=st.just(UTC)).map(lambda value: value.replace(fold=0))  # UTC has no fold
DECIMALS = st.decimals(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)
Sku = NewType("Sku", str)


def back(codec: Codec, value: object) -> Any:
    wire = codec.encode(value)
    check_wire(codec, wire)
    return wire if codec.decode is None else codec.decode(wire)


def check_wire(codec: Codec, wire: object) -> None:
    if codec.kind == "list":
        assert isinstance(wire, list)
        assert len({type(item) for item in wire}) <= 1
        assert all(type(item) in (str, int, float, bool) for item in wire)
    elif codec.wire == "str":
        assert type(wire) is str
        json.loads(wire)


def shape(value: object) -> object:
    """The types all the way down, in an order that sets have not."""
    if isinstance(value, dict):
        return {key: shape(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(repr(item) for item in value)
    if isinstance(value, (list, tuple)):
        return type(value), [shape(item) for item in value]
    return type(value), repr(value)


@pytest.mark.parametrize(
    ("annotation", "values", "kind"),
    [
        (list[str], st.lists(st.text()), "list"),
        (list[int], st.lists(INTS), "list"),
        (list[float], st.lists(FLOATS), "list"),
        (list[bool], st.lists(st.booleans()), "list"),
        (list[datetime], st.lists(AWARE | st.datetimes()), "list"),
        (list[UUID], st.lists(st.uuids()), "list"),
        (list[bytes], st.lists(st.binary()), "list"),
        (list[Annotated[Sku, "stock"]], st.lists(st.text()), "list"),
        (tuple[Decimal, ...], st.lists(DECIMALS).map(tuple), "list"),
        (tuple[int, int], st.tuples(INTS, INTS), "list"),
        (tuple[str, date], st.tuples(st.text(), st.dates()), "list"),
        (tuple[int, str], st.tuples(INTS, st.text()), ""),
        (tuple[int, float], st.tuples(INTS, FLOATS), ""),
        (tuple[()], st.just(()), "list"),
        (set[int], st.sets(INTS), "list"),
        (frozenset[str], st.frozensets(st.text()), "list"),
        (set[date], st.sets(st.dates()), "list"),
        (set[tuple[int, str]], st.sets(st.tuples(INTS, st.text())), ""),
        (frozenset[int | None], st.frozensets(st.none() | INTS), ""),
        (list[int | None], st.lists(st.none() | INTS), ""),
        (list[Decimal | None], st.lists(st.none() | DECIMALS), ""),
        (list[list[int]], st.lists(st.lists(INTS)), ""),
        (list[dict[str, int]], st.lists(st.dictionaries(st.text(), INTS)), ""),
        (list[int | str], st.lists(INTS | st.text()), ""),
        (list[int | str | None], st.lists(st.none() | INTS | st.text()), ""),
        (list[Any], st.lists(JSON_VALUES), ""),
        (list, st.lists(JSON_VALUES), ""),
        (dict, st.dictionaries(st.text(), JSON_VALUES), ""),
        (dict[str, Any], st.dictionaries(st.text(), JSON_VALUES), ""),
        (dict[str, object], st.dictionaries(st.text(), JSON_VALUES), ""),
        (dict[str, datetime], st.dictionaries(st.text(), AWARE), ""),
        (dict[str, list[UUID]], st.dictionaries(st.text(), st.lists(st.uuids())), ""),
        (
            dict[str, tuple[Decimal, ...] | None],
            st.dictionaries(st.text(), st.none() | st.just((Decimal("1.10"),))),
            "",
        ),
        (int | str, INTS | st.text(), ""),
        (int | float | bool, INTS | FLOATS | st.booleans(), ""),
        (datetime | date, AWARE | st.dates(), ""),
        (Decimal | str | int, DECIMALS | st.text() | INTS, ""),
        (list[int] | dict[str, int], st.lists(INTS) | st.dictionaries(st.text(), INTS), ""),
        (Literal["a", "b"] | int, st.sampled_from(["a", "b", 1]), ""),
    ],
)
@given(data=st.data())
def test_container_comes_back_equal(
    annotation: Any, values: st.SearchStrategy[object], kind: str, data: st.DataObject
) -> None:
    value = data.draw(values)
    codec = codec_for(annotation)
    assert codec.kind == kind
    result = back(codec, value)
    assert result == value
    assert shape(result) == shape(value)


@given(value=st.sets(st.text()))
def test_equal_sets_have_one_wire_form(value: set[str]) -> None:
    encode = codec_for(set[str]).encode
    other: set[str] = set()
    for item in sorted(value, reverse=True):
        other.add(item)
    assert encode(other) == encode(value) == sorted(value)


def test_ints_in_a_float_list_become_floats() -> None:
    assert list(map(repr, codec_for(list[float]).encode([1, 2.5]))) == ["1.0", "2.5"]


def test_wire_form_is_no_alias() -> None:
    names = ["a"]
    codec = codec_for(list[str])
    wire = codec.encode(names)
    names.append("b")
    assert wire == ["a"]
    assert codec.decode is not None
    codec.decode(wire).append("c")
    assert wire == ["a"]


def test_dict_keeps_its_order() -> None:
    assert codec_for(dict).encode({"b": 1, "a": "ü"}) == '{"b":1,"a":"ü"}'


@pytest.mark.parametrize(
    ("annotation", "mutable"),
    [
        (list[int], True),
        (set[int], True),
        (dict, True),
        (frozenset[int], False),
        (tuple[int, ...], False),
        (tuple[int, str], False),
        (tuple[list[int], ...], True),
        (tuple[Decimal, ...], True),  # equal tuples of several wire forms
        (int | str, False),
        (str, False),
    ],
)
def test_mutable_tells_where_to_compare_wire_forms(annotation: object, mutable: bool) -> None:
    assert codec_for(annotation).mutable is mutable


def test_lists_hold_text_even_where_types_are_native() -> None:
    assert codec_for(list[date], NativeTypes(date=True)).encode([date(2026, 1, 2)]) == ["2026-01-02"]


@given(one=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False)))
def test_vector_comes_back_equal(one: list[float]) -> None:
    codec = codec_for(types.Vector)
    assert (codec.kind, codec.function) == ("vector", None)
    assert back(codec, types.Vector(one)) == types.Vector(one)


@given(latitude=st.floats(-90, 90), longitude=st.floats(-180, 180))
def test_place_comes_back_equal(latitude: float, longitude: float) -> None:
    place = types.GeoLocation(latitude, longitude)
    codec = codec_for(types.GeoLocation)
    assert codec.encode(place) == [latitude, longitude]
    assert back(codec, place) == place
    assert codec_for(types.GeoLocation, NativeTypes(geo_location=True)).encode(place) is place
    assert back(codec_for(list[types.GeoLocation]), [place]) == [place]


def test_union_does_not_depend_on_order() -> None:
    first, second = codec_for(datetime | date | None), codec_for(date | datetime)
    value = date(2026, 1, 2)
    assert first.encode(value) == second.encode(value) == '{"date":"2026-01-02"}'


LOOP: list[Any] = []
LOOP.append(LOOP)


@pytest.mark.parametrize(
    ("annotation", "value", "reason"),
    [
        (list[str], ("a",), "expected list, got ('a',) (tuple)"),
        (list[str], "abc", "expected list, got 'abc' (str)"),
        (list[str], ["a", 1], "item 1: expected str, got 1 (int)"),
        (list[int], [True], "item 0: expected int, got True (bool)"),
        (list[list[int]], [[1], [2, "x"]], "item 1: item 1: expected int, got 'x' (str)"),
        (list[int], [1, None], "item 1: expected int, got None (NoneType)"),
        (tuple[int, ...], [1], "expected tuple, got [1] (list)"),
        (tuple[int, str], (1,), "expected a tuple of 2, got (1,) (tuple)"),
        (tuple[int, str], (1, 2), "item 1: expected str, got 2 (int)"),
        (set[int], [1], "expected set, got [1] (list)"),
        (set[int], {"a"}, "an item: expected int, got 'a' (str)"),
        (frozenset[int], {1}, "expected frozenset, got {1} (set)"),
        (dict, [1], "expected dict, got [1] (list)"),
        (dict, {1: 2}, "expected str as a key, got 1 (int)"),
        (dict, {"a": {1: 2}}, "key 'a': expected str as a key, got 1 (int)"),
        (dict, {"a": (1, 2)}, "key 'a': expected a value that JSON has"),
        (dict, {"a": [datetime(2026, 1, 1)]}, "key 'a': expected a value that JSON has"),
        (dict, {"a": float("nan")}, "key 'a': expected a finite float, got nan"),
        (dict[str, int], {"a": "b"}, "key 'a': expected int, got 'b' (str)"),
        (list, LOOP, "nested too deeply, or contains itself"),
        (int | str, 1.5, "expected int or str, got 1.5 (float)"),
        (int | str, True, "expected int, got True (bool)"),
        (date | int, "x", "expected date or int, got 'x' (str)"),
        (types.Vector, [1.0], "expected Vector, got [1.0] (list)"),
        (types.GeoLocation, (1.0, 2.0), "expected GeoLocation, got (1.0, 2.0) (tuple)"),
    ],
)
def test_container_is_refused(annotation: object, value: object, reason: str) -> None:
    with pytest.raises(ValueError) as caught:
        codec_for(annotation).encode(value)
    assert reason in str(caught.value)


@pytest.mark.parametrize("values", ["ab", [None], ["1.0"], 5, None], ids=repr)
def test_vector_of_no_numbers_is_refused(values: Any) -> None:
    with pytest.raises(TypeError, match="values must be"):
        types.Vector(values)
