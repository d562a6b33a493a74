"""Dataclasses and Pydantic models as JSON. Pydantic is never imported: its models are known by their methods."""

from __future__ import annotations

import dataclasses
import inspect
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeGuard, get_type_hints

from runic.ogm.conversion.base import Codec
from runic.ogm.conversion.guards import is_dict, is_list, is_tuple
from runic.ogm.conversion.jsontext import dumps, loads
from runic.ogm.conversion.scalars import mismatch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import timedelta

    Resolve = Callable[[object], Codec]


class DataclassShape:
    """How instances of one dataclass become objects of JSON, one member a field.

    `resolve_fields` comes after `codec`, so that a field may hold instances of the class itself.
    Reading calls the constructor; a field that is not stored (it is newer than the data) takes its default.
    """

    def __init__(self, cls: type) -> None:
        self._class = cls
        self._encoders: list[tuple[str, Callable[[Any], object]]] = []
        self._arguments: list[tuple[str, Callable[[Any], object]]] = []
        self._others: list[tuple[str, Callable[[Any], object]]] = []
        self.codec = Codec(self._encode, self._decode, "any", mutable=True, kind="json")

    def resolve_fields(self, resolve: Resolve) -> None:
        """Find the codec of each field; TypeError names the field that has none."""
        name = self._class.__name__
        try:
            hints = get_type_hints(self._class)
        except NameError as error:
            raise TypeError(f"the annotations of the dataclass {name} cannot be resolved: {error}") from error
        if any(isinstance(hint, dataclasses.InitVar) for hint in hints.values()):
            raise TypeError(f"the dataclass {name} has an InitVar, which is not kept: it cannot be made again")
        for field in dataclasses.fields(self._class):
            try:
                codec = resolve(hints[field.name])
            except TypeError as error:
                raise TypeError(f"field {field.name!r} of the dataclass {name}: {error}") from error
            self._encoders.append((field.name, codec.encode))
            target = self._arguments if field.init else self._others
            target.append((field.name, codec.decode or _same))

    def _encode(self, value: object) -> dict[str, object]:
        if type(value) is not self._class:
            raise mismatch(self._class.__name__, value)
        wires: dict[str, object] = {}
        for name, to_wire in self._encoders:
            try:
                wires[name] = to_wire(getattr(value, name))
            except (ValueError, AttributeError) as error:
                raise ValueError(f"{name}: {error}") from None
        return wires

    def _decode(self, wire: Mapping[str, object]) -> object:
        value: object = self._class(**{name: read(wire[name]) for name, read in self._arguments if name in wire})
        for name, read in self._others:
            if name in wire:
                object.__setattr__(value, name, read(wire[name]))  # the class may be frozen
        return value


def _same(wire: object) -> object:
    return wire


class Model(Protocol):
    """What is used of a Pydantic model."""

    model_fields: ClassVar[Mapping[str, Any]]  # the values have an `exclude`

    @property
    def model_extra(self) -> Mapping[str, object] | None:
        """Fields that the class does not declare."""
        ...

    def model_dump_json(self, **options: object) -> str:
        """Write JSON."""
        ...

    @classmethod
    def model_validate_json(cls, json_data: str, **options: object) -> Model:
        """Read JSON."""
        ...


def is_model_class(cls: type) -> TypeGuard[type[Model]]:
    """Tell whether a class is a Pydantic model (version 2)."""
    return all(hasattr(cls, name) for name in ("model_dump_json", "model_validate_json", "model_fields"))


def model_text_codec(cls: type[Model]) -> Codec:
    """Store what Pydantic writes, after a look whether Pydantic reads it back equal.

    It does not where a value is masked (SecretStr), becomes null (NaN), or is of a subclass of its annotation.
    """
    by_name = "by_name" in inspect.signature(cls.model_validate_json).parameters
    # Where Pydantic is older than 2.11, only aliases that serve both ways come back; else the look refuses them.
    writing = {"round_trip": True, "by_alias": not by_name, "warnings": "error"}
    reading = {"by_name": True, "by_alias": False} if by_name else {}

    def decode(wire: str) -> Model:
        return cls.model_validate_json(wire, **reading)

    def encode(value: object) -> str:
        if type(value) is not cls:
            raise mismatch(cls.__name__, value)
        text = value.model_dump_json(**writing)
        if not _equal(value, decode(text)):
            raise ValueError(f"this {cls.__name__} does not come back equal from its own JSON")
        return text

    return Codec(encode, decode, "str", mutable=True)


def model_codec(cls: type[Model]) -> Codec:
    """Embed a model into a larger structure."""
    text = model_text_codec(cls)
    read = text.decode or _same

    def encode(value: object) -> object:
        return loads(text.encode(value))

    def decode(wire: object) -> object:
        return read(dumps(wire))

    return Codec(encode, decode, "any", mutable=True, kind="json")


def _equal(one: object, other: object) -> bool:
    """Compare as `==` does, but for private and excluded fields, and for zones that became offsets."""
    if type(one) is not type(other):
        return False
    if one == other:
        return True
    if isinstance(one, datetime) and isinstance(other, datetime):
        return _local(one) == _local(other)
    first, second = _parts(one), _parts(other)
    return (
        first is not None
        and second is not None
        and first.keys() == second.keys()
        and all(_equal(value, second[key]) for key, value in first.items())
    )


def _local(value: datetime) -> tuple[datetime, timedelta | None]:
    """Return what tells an instant: `==` finds a local time that exists twice unequal to itself in another zone."""
    return value.replace(tzinfo=None, fold=0), value.utcoffset()


def _parts(value: object) -> Mapping[Any, object] | None:
    """Return what a value is made of, by name, key or place; None where it is one thing."""
    if is_dict(value):
        return value
    if is_list(value) or is_tuple(value):
        return dict(enumerate(value))
    if _is_model(value):
        kept = [name for name, field in type(value).model_fields.items() if not field.exclude]
        return dict(value.model_extra or {}, **{name: getattr(value, name) for name in kept})
    return None


def _is_model(value: object) -> TypeGuard[Model]:
    return is_model_class(type(value))
