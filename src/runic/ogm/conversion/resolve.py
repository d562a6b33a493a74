"""From an annotation to its codec: the one table of what can be stored."""

from __future__ import annotations

import threading
import types
from dataclasses import is_dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Annotated, Any, Literal, NewType, Union, get_args, get_origin
from uuid import UUID

from runic.ogm.conversion import clock, scalars, spatial, temporal
from runic.ogm.conversion.base import Codec, NativeTypes
from runic.ogm.conversion.choices import enum_codec, literal_codec
from runic.ogm.conversion.containers import (
    Alternative,
    dict_codec,
    fixed_tuple_codec,
    optional_codec,
    sequence_codec,
    set_codec,
    union_codec,
)
from runic.ogm.conversion.converters import codec_from_converter, on_registration, registered_converter
from runic.ogm.conversion.decimals import DECIMAL
from runic.ogm.conversion.jsontext import JSON_VALUE, json_text
from runic.ogm.conversion.structured import DataclassShape, is_model_class, model_codec, model_text_codec
from runic.ogm.types import GeoLocation, Vector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TEXT = NativeTypes()

_lock = threading.RLock()
_codecs: dict[tuple[object, NativeTypes], Codec] = {}
_shapes: dict[type, DataclassShape] = {}


def codec_for(annotation: object, native: NativeTypes = TEXT) -> Codec:
    """Return the codec of a resolved annotation for a database that stores the `native` types itself.

    A `| None` is left out of account: None is handled outside. Raises TypeError for what cannot be stored.
    """
    try:
        found = _codecs.get((annotation, native))
    except TypeError:  # Annotated[int, []] has no hash
        return _stored(annotation, native)
    if found is None:
        with _lock:
            found = _codecs[annotation, native] = _stored(annotation, native)
    return found


def _forget() -> None:
    with _lock:
        _codecs.clear()
        _shapes.clear()


on_registration(_forget)


def _stored(annotation: object, native: NativeTypes) -> Codec:
    """Return the codec of a whole property."""
    plain = unwrap(annotation)
    if plain is Any or plain is object:
        raise TypeError(f"{_name(plain)} does not say how to store a value: name a type, or give a converter")
    if _is_union(plain):
        members = _members(plain)
        if len(members) == 1:
            return _stored(members[0], native)
    if isinstance(plain, type) and registered_converter(plain) is None and is_model_class(plain):
        return model_text_codec(plain)
    try:
        codec = _form(plain, native)
    except RecursionError:
        raise TypeError(f"{_name(plain)} is defined by itself") from None
    return json_text(codec) if codec.kind == "json" else codec


def _nested(annotation: object) -> Codec:
    """Return the codec of a part of a structure, which makes what JSON has: lists, dicts, scalars and None."""
    plain = unwrap(annotation)
    if plain is Any or plain is object:
        return JSON_VALUE
    codec = optional_codec(_form(plain, TEXT)) if _is_union(plain) and type(None) in get_args(plain) else None
    codec = codec or _form(plain, TEXT)
    if codec.function is not None:
        raise TypeError(f"{_name(plain)}: the converter's cypher_fn wraps a whole property, not a part of one")
    return codec


def _form(annotation: object, native: NativeTypes) -> Codec:
    """Return the codec before it is made a text: kind "json" tells that it has to be."""
    plain = unwrap(annotation)
    origin = get_origin(plain) or plain
    if origin is Literal:
        return _literal(get_args(plain))
    if _is_union(plain):
        return _union(plain, native)
    if isinstance(plain, type) and (converter := registered_converter(plain)) is not None:
        return codec_from_converter(converter)
    if isinstance(origin, type):
        if origin in _CONTAINERS:
            bare_tuple = origin is tuple and not hasattr(plain, "__args__")  # tuple[()] has no arguments either
            return _CONTAINERS[origin]((Any, ...) if bare_tuple else get_args(plain), native)
        if origin is plain:
            return _class_codec(origin, native)
    raise TypeError(_unknown(plain))


def _class_codec(cls: type[object], native: NativeTypes) -> Codec:
    if cls in _SCALARS:
        return _SCALARS[cls](native)
    if issubclass(cls, Enum):
        return enum_codec(cls)
    if is_model_class(cls):
        return model_codec(cls)
    if is_dataclass(cls):
        return _dataclass(cls)
    raise TypeError(_unknown(cls))


def _dataclass(cls: type) -> Codec:
    with _lock:
        shape = _shapes.get(cls)
        if shape is None:
            shape = _shapes[cls] = DataclassShape(cls)
            try:
                shape.resolve_fields(_nested)
            except BaseException:
                _shapes.clear()  # others may have been made with this half of one
                raise
        return shape.codec


def _datetime(native: NativeTypes) -> Codec:
    if native.naive_datetime:
        return temporal.NATIVE_DATETIME if native.aware_datetime else temporal.NATIVE_NAIVE_DATETIME
    return temporal.NATIVE_AWARE_DATETIME if native.aware_datetime else temporal.DATETIME


_SCALARS: dict[type, Callable[[NativeTypes], Codec]] = {
    str: lambda _: scalars.STR,
    int: lambda _: scalars.INT,
    bool: lambda _: scalars.BOOL,
    float: lambda native: scalars.ANY_FLOAT if native.non_finite else scalars.FLOAT,
    bytes: lambda native: scalars.NATIVE_BYTES if native.binary else scalars.BYTES,
    UUID: lambda _: scalars.UUID_TEXT,
    Decimal: lambda _: DECIMAL,
    date: lambda native: temporal.NATIVE_DATE if native.date else temporal.DATE,
    datetime: _datetime,
    time: lambda native: clock.NATIVE_TIME if native.time else clock.TIME,
    timedelta: lambda native: temporal.NATIVE_TIMEDELTA if native.timedelta else temporal.TIMEDELTA,
    Vector: lambda _: spatial.VECTOR,
    GeoLocation: lambda native: spatial.NATIVE_GEO_LOCATION if native.geo_location else spatial.GEO_LOCATION,
}


def _element(arguments: Sequence[object], native: NativeTypes) -> Codec:
    """Return the codec of the elements of a list: text inside too, so that a list holds one plain type."""
    annotation = arguments[0] if arguments else Any
    if unwrap(annotation) is float:
        return _SCALARS[float](native)  # only a list of its own may hold NaN, JSON may not
    return _nested(annotation)


def _list(arguments: Sequence[object], native: NativeTypes) -> Codec:
    return sequence_codec(list, _element(arguments, native))


def _set(arguments: Sequence[object], native: NativeTypes) -> Codec:
    return set_codec(set, _element(arguments, native))


def _frozenset(arguments: Sequence[object], native: NativeTypes) -> Codec:
    return set_codec(frozenset, _element(arguments, native))


def _tuple(arguments: Sequence[object], native: NativeTypes) -> Codec:
    if Ellipsis in arguments:
        return sequence_codec(tuple, _element(arguments[:1], native))
    return fixed_tuple_codec([_nested(argument) for argument in arguments])


def _dict(arguments: Sequence[object], native: NativeTypes) -> Codec:
    del native  # JSON is the same everywhere
    key, value = arguments or (str, Any)
    if unwrap(key) is not str:
        raise TypeError(f"a dict is stored as JSON, whose keys are str, not {_name(key)}")
    return dict_codec(_nested(value))


_CONTAINERS: dict[type, Callable[[Sequence[object], NativeTypes], Codec]] = {
    list: _list,
    tuple: _tuple,
    set: _set,
    frozenset: _frozenset,
    dict: _dict,
}


def _literal(values: Sequence[object]) -> Codec:
    choices = [value for value in values if value is not None]
    kinds = sorted({type(value) for value in choices}, key=lambda cls: cls.__name__)
    if not kinds:
        raise TypeError("a Literal of nothing but None holds no value")
    codecs = [Alternative(kind, _form(kind, TEXT)) for kind in kinds]
    codec = codecs[0].codec if len(codecs) == 1 else union_codec(codecs)
    return literal_codec(choices, codec)


def _union(annotation: object, native: NativeTypes) -> Codec:
    members = _members(annotation)
    if len(members) == 1:
        return _form(members[0], native)
    alternatives: list[Alternative] = []
    for member in members:
        codec = _nested(member)
        alternatives.extend(Alternative(cls, codec) for cls in _classes(unwrap(member)))
    return union_codec(alternatives)


def _classes(plain: object) -> set[type]:
    """Return the classes of the values of an annotation."""
    if get_origin(plain) is Literal:
        return {type(value) for value in get_args(plain)}
    cls = get_origin(plain) or plain
    if isinstance(cls, type) and cls not in (object, Any):
        return {cls}
    raise TypeError(f"{_name(plain)} cannot stand in a union: its values have no class of their own")


def _is_union(annotation: object) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _members(annotation: object) -> list[object]:
    return [member for member in get_args(annotation) if member is not type(None)]


def unwrap(annotation: object) -> object:
    """Return what Annotated, NewType and `type` aliases stand for."""
    while True:
        if get_origin(annotation) is Annotated:
            annotation = get_args(annotation)[0]
        elif isinstance(annotation, NewType):
            annotation = annotation.__supertype__
        elif type(annotation).__name__ == "TypeAliasType":  # Python 3.12 has it, typing_extensions too
            annotation = getattr(annotation, "__value__", None)
        else:
            return annotation


def _name(annotation: object) -> str:
    return annotation.__name__ if isinstance(annotation, type) else repr(annotation)


def _unknown(annotation: object) -> str:
    if hasattr(annotation, "__meta__"):
        return f"{_name(annotation)} is a class of entities, so declare a relation: = Relation(relationship=...)"
    return (
        f"values of type {_name(annotation)} cannot be stored: use a supported type, "
        f"give the field a converter, or call register_converter({_name(annotation)}, ...)"
    )
