"""What the methods of a session take: wrong use of an argument is a TypeError that names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.model.base import Node

if TYPE_CHECKING:
    from runic.ogm.model.base import Entity

T = TypeVar("T")


def check_node_class(cls: object) -> None:
    """Raise TypeError unless `cls` is a mapped node class."""
    if not (isinstance(cls, type) and issubclass(cls, Node) and cls is not Node):
        raise TypeError(f"expected a node class, not {cls!r}")


def check_entity(entity: object, method: str, kinds: tuple[type[Entity], ...]) -> None:
    """Raise TypeError unless a method was given a node, or an edge, as `kinds` say."""
    if not isinstance(entity, kinds):
        names = " or ".join("a node" if kind is Node else "an edge" for kind in kinds)
        raise TypeError(f"{method}() takes {names}, not {entity!r}")


def listed(values: Iterable[T], argument: str, items: str) -> list[T]:
    """Return an iterable argument as a list; TypeError for what is none."""
    given: Any = values
    if not isinstance(given, Iterable):
        raise TypeError(f"{argument} must be a list of {items}, not {given!r}")
    return list(values)
