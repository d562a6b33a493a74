"""`isinstance` that tells checkers of a container of objects, where `isinstance` leaves its elements unknown."""

from __future__ import annotations

from typing import TypeGuard, TypeVar

K = TypeVar("K")


def is_a(value: object, kind: type[K]) -> TypeGuard[K]:
    """Tell whether a value is an instance of a class, or of its generic form without a look at the elements."""
    return isinstance(value, kind)


def is_dict(value: object) -> TypeGuard[dict[object, object]]:
    """Tell whether a value is a dict."""
    return isinstance(value, dict)


def is_list(value: object) -> TypeGuard[list[object]]:
    """Tell whether a value is a list."""
    return isinstance(value, list)


def is_tuple(value: object) -> TypeGuard[tuple[object, ...]]:
    """Tell whether a value is a tuple."""
    return isinstance(value, tuple)


def is_frozenset(value: object) -> TypeGuard[frozenset[object]]:
    """Tell whether a value is a frozenset."""
    return isinstance(value, frozenset)
