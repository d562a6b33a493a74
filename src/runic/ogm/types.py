"""Values that Python has no type for: vectors, places on the earth, and what raw Cypher returns."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any, NamedTuple, overload


class Vector(Sequence[float]):
    """An embedding: an immutable sequence of 32-bit floats, as vector indexes store them.

    Each number is rounded to 32 bits when the vector is made, so that it comes back equal from every database.
    Raises ValueError for a number that is not finite, TypeError for what is no number.
    """

    __slots__ = ("_values",)

    def __init__(self, values: Iterable[float]) -> None:
        try:
            self._values = tuple(array("f", values))
        except TypeError as error:
            raise TypeError(f"values must be a list of numbers: {error}") from None
        if not all(map(isfinite, self._values)):
            raise ValueError("a Vector holds finite numbers within the range of 32-bit floats")

    @overload
    def __getitem__(self, index: int) -> float: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[float]: ...
    def __getitem__(self, index: int | slice) -> float | Sequence[float]:
        return self._values[index]

    def __len__(self) -> int:
        return len(self._values)

    def __iter__(self) -> Iterator[float]:
        return iter(self._values)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Vector) and self._values == other._values

    def __hash__(self) -> int:
        return hash(self._values)

    def __repr__(self) -> str:
        return f"Vector({list(self._values)})"


@dataclass(frozen=True, slots=True, order=True)
class GeoLocation:
    """A place on the earth in WGS 84 degrees: latitude from -90 to 90, longitude from -180 to 180.

    Raises ValueError outside of these.
    """

    latitude: float
    longitude: float

    def __post_init__(self) -> None:
        for name, limit in (("latitude", 90), ("longitude", 180)):
            value = getattr(self, name)
            if not (isinstance(value, (int, float)) and -limit <= value <= limit):
                raise ValueError(f"{name} must be a number from {-limit} to {limit}, not {value!r}")
            object.__setattr__(self, name, float(value))


class RawNode(NamedTuple):
    """A node as raw Cypher returns it."""

    id: int | str
    labels: tuple[str, ...]
    properties: Mapping[str, Any]


class RawEdge(NamedTuple):
    """A relationship as raw Cypher returns it; `start` and `end` are the ids of its nodes."""

    id: int | str
    type: str
    start: int | str
    end: int | str
    properties: Mapping[str, Any]


class RawPath(NamedTuple):
    """A path as raw Cypher returns it."""

    nodes: tuple[RawNode, ...]
    edges: tuple[RawEdge, ...]
