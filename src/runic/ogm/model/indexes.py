"""Under which label a field is indexed: that of the class which declares it, so that its subclasses share the index."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.model.base import Node
    from runic.ogm.model.metadata import ClassMeta, NodeMeta, PropertyMeta


def fulltext_fields(meta: ClassMeta) -> tuple[PropertyMeta, ...]:
    """Return the fields of a class that are in its full-text index, inherited ones too."""
    return tuple(prop for prop in meta.properties.values() if prop.options.index_type == "FULLTEXT")


def own_label(meta: NodeMeta) -> str:
    """Return the label that a class adds to those of its parents."""
    parents: list[type[Any]] = mapped_bases(meta.cls)[1:]
    inherited = {str(label) for base in parents for label in base.__meta__.labels}
    return next((label for label in meta.labels if label not in inherited), meta.primary_label)


def declaring(prop: PropertyMeta) -> type[Any]:
    """Return the class that declares a field, where `prop` may be inherited from."""

    def shows(meta: ClassMeta) -> bool:
        found = meta.properties.get(prop.name)
        return found is not None and found.options is prop.options  # a class that declares it anew has other options

    return _first(prop.owner, shows)


def declaring_fulltext(meta: NodeMeta) -> type[Node]:
    """Return the class whose full-text index holds just the full-text fields of `meta`: itself, or a parent."""

    def options(other: ClassMeta) -> set[int]:
        return {id(prop.options) for prop in fulltext_fields(other)}

    return _first(meta.cls, lambda other: options(other) == options(meta))


@lru_cache(256)
def indexed_fields(meta: ClassMeta) -> list[tuple[PropertyMeta, str, bool]]:
    """Return the fields that are declared to be indexed, the label of their index, and whether they are unique."""
    groups = [group for base in mapped_bases(meta.cls) for group in base.__meta__.unique_together]
    together = {name for group in groups for name in group}
    return [
        (prop, _label_of(meta, prop), prop.options.unique or name in together)
        for name, prop in meta.properties.items()
        if prop.options.index or prop.options.unique or name in together
    ]


def _label_of(meta: Any, prop: PropertyMeta) -> str:  # noqa: ANN401 - NodeMeta or EdgeMeta
    return own_label(declaring(prop).__meta__) if hasattr(meta, "labels") else str(meta.type)


def mapped_bases(cls: type[Any]) -> list[type[Any]]:
    """Return a class and its mapped parents, the class itself first."""
    return [base for base in cls.__mro__ if hasattr(base, "__meta__")]


def _first(cls: type[Any], fits: Callable[[ClassMeta], bool]) -> type[Any]:
    """Return the class nearest to the root that fits."""
    found = [base for base in mapped_bases(cls) if fits(base.__meta__)]
    return found[-1]
