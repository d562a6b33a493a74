"""The parameters of one statement: values in the wire form of what they stand beside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeGuard

from runic.ogm.conversion import codec_for
from runic.ogm.cypher.bindings import Bindings
from runic.ogm.exceptions import FieldValidationError, QueryError
from runic.ogm.expressions import Operand, Parameter
from runic.ogm.query.scope import first_property

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from runic.ogm.conversion import Codec
    from runic.ogm.cypher.dialect import Dialect


class ParameterKeeper:
    """Gathers parameters, named p0, p1 and so on (`prefix` and a number) unless the user named them."""

    def __init__(self, dialect: Dialect, prefix: str = "p") -> None:
        self.dialect, self._prefix = dialect, prefix
        self.parameters: dict[str, Any] = {}
        self.unbound: dict[str, None] = {}
        self.beside: dict[str, object] = {}
        self.bindings = Bindings(dialect.indexes_integers_below)
        self._count = 0
        self._values: Mapping[str, object] = {}

    def add(self, value: object, where: object = None) -> str:
        """Return a new parameter that holds a wire value; `where` is what it stands beside."""
        name = f"{self._prefix}{self._count}"
        self._count += 1
        self.parameters[name] = value
        self.beside[name] = where
        return f"${name}"

    def add_count(self, count: int) -> str:
        """Return a new parameter that holds a number of rows; there are never more than the database can count."""
        return self.add(min(count, self.dialect.most_rows))

    def _given(self, value: object) -> tuple[object, bool]:
        """Return a plain value, or that of a parameter, and whether it is known."""
        if isinstance(value, Parameter):
            return self._values.get(value.name), value.name in self._values
        return value, not is_operand(value)

    def is_none(self, operand: object) -> bool:
        """Tell whether an operand is a parameter that is given None."""
        return isinstance(operand, Parameter) and operand.name in self._values and self._values[operand.name] is None

    def codec_of_given(self, *values: object) -> Codec | None:
        """Return how plain values, or those that parameters are given, travel, if they are of one type, or None."""
        types: set[type] = set()
        for each in values:
            value, known = self._given(each)
            if not known:
                return None
            if value is not None:
                types.add(type(value))
        return self._codec_of_plain(types.pop()) if len(types) == 1 else None

    def _named(self, name: str, codec: Codec | None, where: object) -> str:
        if name in self._values:
            value = self._values[name]
            wire = self._wire(value, codec, where)
            known = self.parameters.setdefault(name, wire)
            self.beside[name] = where
            self.bindings.add(name, name, value, lambda other: self._wire(other, codec, where), codec)
            if type(known) is not type(wire) or known != wire:  # beside properties of two types it has two wire forms
                return self.add(wire, where)
        else:
            self.unbound[name] = None
        return f"${name}"

    def _bind_list(self, name: str, values: object, codec: Codec | None, where: object) -> None:
        """Take note that the parameter added next holds the list that was given for a name."""
        if codec is not None and (codec.bounds is not None or self._is_wrapped(codec)):
            self.bindings.fix()
        self.bindings.add_list(
            f"{self._prefix}{self._count}", name, values, lambda other: self._wire(other, codec, where)
        )

    def _is_wrapped(self, codec: Codec) -> bool:
        return self.dialect.render_value(codec, "x") != "x"

    def _wire(self, value: object, codec: Codec | None, where: object) -> object:
        self._check(value, where)
        return self._encode((codec or self._codec_of_plain(type(value))).encode, value, where)

    def _codec_of_plain(self, cls: type) -> Codec:
        try:
            return codec_for(cls, self.dialect.native)
        except TypeError as error:
            raise QueryError(f"a {cls.__name__} cannot be sent in a statement: {error}") from error

    @staticmethod
    def _check(value: object, where: object) -> None:
        if value is None:
            raise QueryError(f"{_describe(where)}: None compares by == and != only; or use is_null()")

    @staticmethod
    def _encode(encode: Callable[[Any], Any], value: object, where: object) -> Any:  # noqa: ANN401 - a wire value
        try:
            return encode(value)
        except ValueError as error:
            prop = first_property(where)
            if prop is None:
                raise QueryError(f"{value!r} cannot be sent in a statement: {error}") from error
            raise FieldValidationError(prop.owner.__name__, prop.name, str(error)) from error


def is_operand(value: object) -> TypeGuard[Operand[Any]]:
    """Tell operands from plain values."""
    return isinstance(value, Operand)


def _describe(where: object) -> str:
    prop = first_property(where)
    return "a value" if prop is None else f"{prop.owner.__name__}.{prop.name}"
