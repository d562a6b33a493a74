"""Fields of subclasses that are called alike in the graph: a condition on one must not find nodes with the other."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import PropertyMeta


def labels_of_field(prop: PropertyMeta, classes: Sequence[type[Node]]) -> tuple[str, ...]:
    """Return the labels that tell nodes of `classes` with this field from those with another of its name; or none."""
    if all(issubclass(cls, prop.owner) for cls in classes):
        return ()
    own = _declarer(prop.owner, prop.name)
    for cls in dict.fromkeys(found for each in classes for found in (each, *metadata.subclasses(each))):
        for other in cls.__meta__.properties.values():
            if other.graph_name == prop.graph_name and not _related(own, _declarer(cls, other.name)):
                labels: tuple[str, ...] = own.__meta__.labels
                return labels
    return ()


def _declarer(cls: type[Any], name: str) -> Any:  # noqa: ANN401 - a class of nodes
    """Return the class from which a class has a field."""
    return next(
        base for base in reversed(cls.__mro__) if "__meta__" in vars(base) and name in vars(base)["__meta__"].properties
    )


def _related(one: type, other: type) -> bool:
    return issubclass(one, other) or issubclass(other, one)
