"""Which parameters of a compiled statement hold what `params()` gave, so that other values need no other text."""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING, Any, NamedTuple, cast

if TYPE_CHECKING:
    from collections.abc import Callable


class Binding(NamedTuple):
    """A parameter that holds what was given for a name, in the form that `encode` makes of it."""

    parameter: str
    name: str
    encode: Callable[[Any], Any]


class UnlikeValueError(Exception):
    """A value for which the text would be another."""


class Bindings:
    """Gathers the bindings of one statement; once the text is found to depend on a value, there are none.

    bound: integers from there on are kept from indexes by another text (None: there are none).
    """

    def __init__(self, bound: int | None) -> None:
        self._bound = bound
        self._found: list[Binding] | None = []
        self._encoders: dict[str, object] = {}

    @property
    def found(self) -> tuple[Binding, ...] | None:
        """All of them, or None where a statement has to be compiled for each value."""
        return None if self._found is None else tuple(self._found)

    def add(self, parameter: str, name: str, value: object, encode: Callable[[Any], Any], form: object) -> None:
        """Take note of what a parameter holds.

        form: what decides how it is encoded, beside its type. Where one name has two, its values may have two wire
        forms or not, which is another text.
        """
        if self._is_large(value) or self._encoders.setdefault(name, form) is not form:
            self._found = None
        if self._found is not None:
            self._found.append(Binding(parameter, name, partial(self._encode, encode)))

    def add_list(self, parameter: str, name: str, values: object, encode: Callable[[Any], Any]) -> None:
        """Take note of a parameter that holds a list; None among its values is another condition, as is no value."""
        elements = _elements(values)
        if not elements or any(one is None for one in elements):
            self._found = None
        self.add(parameter, name, values, partial(self._encode_all, encode), None)

    def fix(self) -> None:
        """Take note that the text depends on a value."""
        self._found = None

    def _is_large(self, value: object) -> bool:
        bound = self._bound
        return bound is not None and any(isinstance(one, int) and abs(one) >= bound for one in _elements(value))

    def _encode(self, encode: Callable[[Any], Any], value: object) -> object:
        if self._is_large(value):
            raise UnlikeValueError
        return encode(value)

    @staticmethod
    def _encode_all(encode: Callable[[Any], Any], values: object) -> list[object]:
        elements = _elements(values)
        if not elements or any(one is None for one in elements):
            raise UnlikeValueError
        return [encode(one) for one in elements]


def _elements(value: object) -> tuple[object, ...]:
    if isinstance(value, (str, bytes)) or not isinstance(value, Collection):
        return (value,)
    return tuple(cast("Collection[object]", value))
