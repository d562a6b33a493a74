"""Lists, tuples, sets, dicts, optional elements and unions, made of the codecs of their elements."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.guards import is_a, is_dict, is_tuple
from runic.ogm.conversion.jsontext import check_key, dumps
from runic.ogm.conversion.scalars import mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from runic.ogm.conversion.base import Kind

_PLAIN_TYPES: dict[str, type] = {"str": str, "int": int, "float": float, "bool": bool}
PLAIN_WIRES = frozenset(_PLAIN_TYPES)


def _changeable(codecs: Iterable[Codec]) -> bool:
    """Tell whether equal, or the very same, values of a container may have different wire forms."""
    return any(codec.mutable or codec.bounds is not None for codec in codecs)


def _kind(codecs: Iterable[Codec]) -> Kind:
    """Databases store lists of one plain type; any other list becomes JSON."""
    wires = {codec.wire for codec in codecs}
    return "list" if len(wires) <= 1 and wires <= PLAIN_WIRES else "json"


def _same(wire: object) -> object:
    return wire


def _decoder(codec: Codec) -> Callable[[object], object]:
    return codec.decode or _same


def _located(values: Iterable[object], to_wire: Callable[[object], object]) -> ValueError:
    """Return the error of the first item that cannot be encoded, with its place."""
    for index, value in enumerate(values):
        try:
            to_wire(value)
        except ValueError as error:
            return ValueError(f"item {index}: {error}")
    return ValueError("the items changed while they were read")


def _is_plain(codec: Codec) -> bool:
    """Tell whether stored values are of one known type, and are the values themselves."""
    return codec.decode is None and codec.wire in PLAIN_WIRES


def _reader(kind: Callable[[Iterable[object]], object], element: Codec) -> Callable[[list[Any]], object]:
    """Return what makes a list, tuple or set of a stored list, after a look whether its elements fit."""
    to_wire, from_wire = element.encode, element.decode
    plain = frozenset({_PLAIN_TYPES[element.wire]} if _is_plain(element) else ())

    def decode(wire: list[Any]) -> object:
        return kind(wire if from_wire is None else map(from_wire, wire))

    def decode_texts(wire: list[Any] | str) -> object:
        if type(wire) is str:  # its letters would pass for a list
            raise mismatch("list", wire)
        try:
            "".join(wire)  # the quickest look at all of them
        except TypeError:
            raise _located(wire, to_wire) from None
        return kind(wire)

    def decode_plain(wire: list[Any]) -> object:
        return kind(wire if plain.issuperset(map(type, wire)) else _fitted(wire, to_wire))

    return decode_texts if str in plain else decode_plain if plain else decode


def _fitted(wire: list[Any], to_wire: Callable[[object], object]) -> list[object]:
    """Return stored elements of which some have another type: whole floats may come as ints."""
    try:
        return [to_wire(item) for item in wire]
    except ValueError:
        raise _located(wire, to_wire) from None


def sequence_codec(kind: type[list[object] | tuple[object, ...]], element: Codec) -> Codec:
    """list[X] and tuple[X, ...]: a list of the elements' wire forms."""
    to_wire, exact = element.encode, element.exact
    exact_only = frozenset({exact})

    def encode(value: object) -> list[object]:
        if not is_a(value, kind):
            raise mismatch(kind.__name__, value)
        if exact is not None and exact_only.issuperset(map(type, value)):
            return list(value)
        try:
            return [to_wire(item) for item in value]
        except ValueError:
            raise _located(value, to_wire) from None

    mutable = kind is list or _changeable([element])
    return Codec(encode, _reader(kind, element), "any", mutable=mutable, kind=_kind([element]))


def set_codec(kind: type[set[object] | frozenset[object]], element: Codec) -> Codec:
    """set[X] and frozenset[X]: a list of the elements' wire forms, sorted, so that equal sets have one form."""
    to_wire = element.encode
    key = None if element.wire in PLAIN_WIRES else dumps

    def encode(value: object) -> list[object]:
        if not is_a(value, kind):
            raise mismatch(kind.__name__, value)
        try:
            wires = [to_wire(item) for item in value]
        except ValueError as error:
            raise ValueError(f"an item: {error}") from None
        return sorted(wires, key=key)

    mutable = kind is set or _changeable([element])
    return Codec(encode, _reader(kind, element), "any", mutable=mutable, kind=_kind([element]))


def fixed_tuple_codec(elements: Sequence[Codec]) -> Codec:
    """tuple[X, Y]: a list with the wire form of each place."""
    encoders = tuple(codec.encode for codec in elements)
    decoders = tuple(codec.encode if _is_plain(codec) else _decoder(codec) for codec in elements)
    size = len(encoders)

    def encode(value: object) -> list[object]:
        if not is_tuple(value):
            raise mismatch("tuple", value)
        if len(value) != size:
            raise mismatch(f"a tuple of {size}", value)
        wires: list[object] = []
        for index, to_wire in enumerate(encoders):
            try:
                wires.append(to_wire(value[index]))
            except ValueError as error:
                raise ValueError(f"item {index}: {error}") from None
        return wires

    def decode(wire: list[object]) -> tuple[object, ...]:
        return tuple(from_wire(item) for from_wire, item in zip(decoders, wire, strict=True))

    return Codec(encode, decode, "any", mutable=_changeable(elements), kind=_kind(elements))


def dict_codec(element: Codec) -> Codec:
    """dict[str, X]: an object of JSON, in the order of the dict."""
    to_wire, from_wire = element.encode, element.decode

    def encode(value: object) -> dict[str, object]:
        if not is_dict(value):
            raise mismatch("dict", value)
        wires: dict[str, object] = {}
        for key, item in value.items():
            name = check_key(key)
            try:
                wires[name] = to_wire(item)
            except ValueError as error:
                raise ValueError(f"key {name!r}: {error}") from None
        return wires

    def decode(wire: dict[str, object]) -> dict[str, object]:
        return wire if from_wire is None else {key: from_wire(item) for key, item in wire.items()}

    return Codec(encode, decode, "any", mutable=True, kind="json")


def optional_codec(codec: Codec) -> Codec:
    """X | None inside of a structure."""
    to_wire, from_wire = codec.encode, codec.decode

    def encode(value: object) -> object:
        return None if value is None else to_wire(value)

    def decode(wire: object) -> object:
        return None if wire is None or from_wire is None else from_wire(wire)

    decoder = None if from_wire is None else decode
    return Codec(encode, decoder, "any", mutable=_changeable([codec]), kind="json")


class Alternative(NamedTuple):
    """One type of a union: the class of its values, and their codec."""

    cls: type
    codec: Codec


_JSON_SCALARS = frozenset({str, int, float, bool})


def union_codec(alternatives: Sequence[Alternative]) -> Codec:
    """X | Y, told apart by the class of the value; str, int, float and bool go as they are, others with a name.

    Nothing depends on the order of the types: Python takes `int | str` and `str | int` for equal.
    """
    encoders = {cls: codec.encode for cls, codec in alternatives}
    names = {cls.__name__ for cls in encoders}
    if len(names) < len(alternatives):
        raise TypeError("the types of a union must have classes of different names, so that values are told apart")
    expected = " or ".join(sorted(names))

    def choose(value: object) -> type:
        for cls in type(value).__mro__:
            if cls in encoders:
                return cls
        if float in encoders and isinstance(value, int):
            return float
        raise mismatch(expected, value)

    if _JSON_SCALARS.issuperset(encoders) and all(codec.decode is None for _, codec in alternatives):
        return Codec(lambda value: encoders[choose(value)](value), None, "any")

    decoders = {cls.__name__: _decoder(codec) for cls, codec in alternatives}

    def encode(value: object) -> dict[str, object]:
        cls = choose(value)
        return {cls.__name__: encoders[cls](value)}

    def decode(wire: dict[str, object]) -> object:
        ((name, payload),) = wire.items()
        return decoders[name](payload)

    return Codec(encode, decode, "any", mutable=_changeable(codec for _, codec in alternatives), kind="json")
