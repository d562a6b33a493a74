"""Converters of a user's own: as codecs, and registered for all models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.conversion.base import Codec, TypeConverter
from runic.ogm.conversion.guards import is_a

if TYPE_CHECKING:
    from collections.abc import Callable

_registered: dict[type, TypeConverter[Any]] = {}
_listeners: list[Callable[[], None]] = []


def register_converter(python_type: type, converter: TypeConverter[Any]) -> None:
    """Store all values annotated with `python_type` through `converter`; a later one replaces an earlier one.

    It goes before the codec that the package has for the type, and is to be called before the first use of the
    models whose fields have this type.
    """
    if not is_a(python_type, type):
        raise TypeError(f"python_type must be a class, not {python_type!r}")
    if not is_a(converter, TypeConverter):
        raise TypeError(f"converter must be an instance of TypeConverter, not {converter!r}")
    _registered[python_type] = converter
    for forget in _listeners:
        forget()


def registered_converter(python_type: type) -> TypeConverter[Any] | None:
    """Return the converter that is registered for exactly this class."""
    return _registered.get(python_type)


def on_registration(forget: Callable[[], None]) -> None:
    """Call `forget` whenever a converter is registered."""
    _listeners.append(forget)


def codec_from_converter(converter: TypeConverter[Any]) -> Codec:
    """Return the codec that calls a converter; whatever `to_graph` raises becomes a ValueError that names it."""
    to_graph = converter.to_graph
    name = type(converter).__name__

    def encode(value: object) -> object:
        try:
            wire = to_graph(value)
        except Exception as error:  # a user's code may raise anything
            raise ValueError(f"{name}.to_graph: {type(error).__name__}: {error}") from error
        if wire is None:
            raise ValueError(f"{name}.to_graph returned None, which is the absence of a property")
        return wire

    return Codec(encode, converter.from_graph, "any", mutable=True, function=converter.cypher_fn)
