"""JSON to the values that a type declares, where dates, times, durations and decimals are written as people do.

What the graph stores is spelled otherwise, so that its text sorts alike: no file has that spelling.
"""

from __future__ import annotations

import dataclasses
import json
import types
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, Union, get_args, get_origin, get_type_hints

from runic.ogm.conversion import codec_for
from runic.ogm.conversion.converters import registered_converter
from runic.ogm.conversion.guards import is_a, is_dict, is_list
from runic.ogm.conversion.resolve import unwrap
from runic.ogm.conversion.structured import is_model_class
from runic.ogm.types import GeoLocation

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Read: TypeAlias = Callable[[Any], Any]

_PLAIN: frozenset[object] = frozenset([Any, object, str, int, float, bool])
"""What JSON has itself."""
_SEQUENCES: dict[object, Callable[[Any], object]] = {list: list, set: set, frozenset: frozenset, tuple: tuple}


class Spelled(float):
    """A number of JSON that still knows its digits."""

    text: str

    def __new__(cls, text: str) -> Spelled:
        """Read the number."""
        made = super().__new__(cls, text)
        made.text = text
        return made


def structure_parser(annotation: object, scalars: Mapping[object, Callable[[str], Any]]) -> Callable[[str], Any] | None:
    """Return what reads JSON text as a list, dict, dataclass or union; None for a type that is none of these.

    scalars: what reads the text of a type, wherever it stands inside. A value that does not fit is left as it is, for
    the codec to refuse.
    """
    plain = unwrap(annotation)
    if not _is_structure(plain):
        return None
    readers = _Readers(scalars)
    read = readers.of(plain)
    load: Callable[[str], Any] = _load_spelled if readers.has_decimal else json.loads
    return lambda text: read(load(text))


def _load_spelled(text: str) -> object:
    return json.loads(text, parse_float=Spelled)


def _is_structure(plain: object) -> bool:
    origin = get_origin(plain) or plain
    if origin in (Union, types.UnionType) or origin is dict or origin in _SEQUENCES:
        return True
    return is_a(plain, type) and not _is_leaf(plain) and dataclasses.is_dataclass(plain)


def _is_leaf(cls: type) -> bool:
    return registered_converter(cls) is not None or is_model_class(cls) or issubclass(cls, (Enum, GeoLocation))


class _Readers:
    """Makes the reader of each type within one annotation; a dataclass may hold itself."""

    def __init__(self, scalars: Mapping[object, Callable[[str], Any]]) -> None:
        self._scalars = scalars
        self._dataclasses: dict[type, _DataclassReader] = {}
        self.has_decimal = False

    def of(self, annotation: object) -> Read:
        """Return the reader of a type."""
        plain = unwrap(annotation)
        origin = get_origin(plain) or plain
        if origin in (Union, types.UnionType):
            return self._union(plain)
        if origin in _SEQUENCES:
            return self._sequence(origin, get_args(plain))
        if origin is dict:
            value = self.of((get_args(plain) or (str, Any))[1])
            return lambda found: {name: value(one) for name, one in found.items()} if is_dict(found) else found
        if _is_structure(plain) and isinstance(plain, type):
            return self._dataclass(plain)
        return self._scalar(plain)

    def _scalar(self, plain: object) -> Read:
        if plain in _PLAIN or get_origin(plain) is Literal:
            return _same
        parse = self._scalars.get(plain)
        if parse is None:
            return _stored(plain)
        if plain is not Decimal:
            return lambda found: parse(found) if isinstance(found, str) else found
        self.has_decimal = True
        return lambda found: _decimal(parse, found)

    def _sequence(self, origin: object, arguments: tuple[Any, ...]) -> Read:
        make = _SEQUENCES[origin]
        if origin is not tuple or Ellipsis in arguments or not arguments:
            element = self.of(arguments[0] if arguments else Any)
            return lambda found: make(map(element, found)) if is_list(found) else found
        elements = [self.of(argument) for argument in arguments]

        def read(found: object) -> object:
            if not is_list(found) or len(found) != len(elements):
                return make(found) if is_list(found) else found
            return tuple(element(one) for element, one in zip(elements, found, strict=True))

        return read

    def _union(self, plain: object) -> Read:
        """Return the reader of a union: of one type or None, or of an object with the value by its class's name."""
        members = [unwrap(member) for member in get_args(plain)]
        others = [member for member in members if member is not type(None)]
        if len(others) == 1:
            other = self.of(others[0])
            return lambda found: None if found is None else other(found)
        readers = {cls.__name__: self.of(member) for member in others for cls in _classes(member)}

        def read(found: object) -> object:
            if not is_dict(found) or len(found) != 1:
                return found
            ((name, value),) = found.items()
            return readers[str(name)](value) if name in readers else found

        return read

    def _dataclass(self, cls: type[Any]) -> Read:
        reader = self._dataclasses.get(cls)
        if reader is None:
            reader = self._dataclasses[cls] = _DataclassReader(cls)
            hints = get_type_hints(cls)
            for field in dataclasses.fields(cls):
                reader.fields[field.name] = (self.of(hints[field.name]), field.init)
        return reader.read


class _DataclassReader:
    """Makes a dataclass of an object of JSON; a field that is not there takes its default."""

    def __init__(self, cls: type[Any]) -> None:
        self._class = cls
        self.fields: dict[str, tuple[Read, bool]] = {}

    def read(self, found: Any) -> Any:  # noqa: ANN401 - an instance of the class
        """Return an instance; what is no object is left as it is."""
        if not is_dict(found):
            return found
        values = {name: (read(found[name]), init) for name, (read, init) in self.fields.items() if name in found}
        made = self._class(**{name: value for name, (value, init) in values.items() if init})
        for name, (value, init) in values.items():
            if not init:
                object.__setattr__(made, name, value)  # the class may be frozen
        return made


def _stored(plain: object) -> Read:
    """Return what reads a type as it is stored: that is how it is written in JSON, too."""
    codec = codec_for(plain)
    decode = codec.decode
    if decode is None:
        return _same
    if isinstance(plain, type) and is_model_class(plain):
        return lambda found: decode(json.dumps(found))  # a model reads its own text
    return decode


def _decimal(parse: Callable[[str], Any], found: object) -> object:
    if isinstance(found, Spelled):
        return parse(found.text)
    return parse(str(found)) if isinstance(found, (str, int, float)) and not isinstance(found, bool) else found


def _classes(member: object) -> set[type]:
    if get_origin(member) is Literal:
        return {type(value) for value in get_args(member)}
    cls = get_origin(member) or member
    return {cls} if isinstance(cls, type) else set()


def _same(found: object) -> object:
    return found
