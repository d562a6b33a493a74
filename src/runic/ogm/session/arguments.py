"""What the methods of a session take: wrong use of an argument is a TypeError that names it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.model.base import Node

if TYPE_CHECKING:
    from runic.ogm.model.base import Entity

T = TypeVar("T")
N = TypeVar("N", bound=Node)


def check_node_class(cls: type[N]) -> type[N]:
    """Return a mapped node class, also for the type that an entity has while it is not loaded, else raise TypeError."""
    given: Any = cls
    if not (isinstance(given, type) and issubclass(given, Node) and given is not Node):
        raise TypeError(f"expected a node class, not {given!r}")
    found: type[N] = given.__meta__.cls  # type: ignore[assignment] # the class itself, or the one behind it
    return found


def check_entity(entity: object, method: str, kinds: tuple[type[Entity], ...]) -> None:
    """Raise TypeError unless a method was given a node, or an edge, as `kinds` say."""
    if not isinstance(entity, kinds):
        names = " or ".join("a node" if kind is Node else "an edge" for kind in kinds)
        raise TypeError(f"{method}() takes {names}, not {entity!r}")


def listed(values: Iterable[T], argument: str, items: str) -> list[T]:
    """Return an iterable argument as a list; TypeError for what is none, or a text, which is its letters."""
    given: Any = values
    if not isinstance(given, Iterable) or isinstance(given, (str, bytes)):
        raise TypeError(f"{argument} must be a list of {items}, not {given!r}")
    return list(values)
