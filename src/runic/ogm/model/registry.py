"""Which classes are mapped, and which of them a node becomes."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, NamedTuple
from weakref import WeakSet

from runic.ogm.exceptions import MetadataError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import RelationMeta


class Snapshot(NamedTuple):
    """The registered classes at one moment."""

    nodes: tuple[type[Node], ...]
    edges: tuple[type[Edge], ...]


class Registry:
    """The mapped classes of this process; classes that nobody holds any more leave by themselves."""

    def __init__(self) -> None:
        self._nodes: WeakSet[type[Node]] = WeakSet()
        self._edges: WeakSet[type[Edge]] = WeakSet()
        self._resolved: WeakSet[RelationMeta] = WeakSet()
        self.version = 0
        """Counts the changes, so that what was derived from the registry can be made anew."""

    def all_nodes(self) -> list[type[Node]]:
        """Return the node classes, by name."""
        return sorted(self._nodes, key=lambda cls: (cls.__name__, cls.__module__))

    def all_edges(self) -> list[type[Edge]]:
        """Return the edge classes, by name."""
        return sorted(self._edges, key=lambda cls: (cls.__name__, cls.__module__))

    def snapshot(self) -> Snapshot:
        """Return what is registered now, for `restore`."""
        return Snapshot(tuple(self._nodes), tuple(self._edges))

    def restore(self, snapshot: Snapshot) -> None:
        """Make the registry what it was: later classes are forgotten, replaced ones are back."""
        self._nodes, self._edges = WeakSet(snapshot.nodes), WeakSet(snapshot.edges)
        self._changed()

    def add_node(self, cls: type[Node]) -> None:
        """Register a node class; raises MetadataError if another class has the same labels."""
        self._replace(self._nodes, cls)
        labels = frozenset(cls.__meta__.labels)
        twin = self._twin(labels)
        if twin is not None:
            gc.collect()  # a class of a finished function lives on in reference cycles
            twin = self._twin(labels)
        if twin is not None:
            raise MetadataError(
                f"{_where(cls)} and {_where(twin)} have the same labels {sorted(labels)}: "
                "a node could become either. Give one of them other labels."
            )
        self._nodes.add(cls)
        self._changed()

    def add_edge(self, cls: type[Edge]) -> None:
        """Register an edge class."""
        self._replace(self._edges, cls)
        self._edges.add(cls)
        self._changed()

    def keep_until_changed(self, relation: RelationMeta) -> None:
        """Let a relation forget what it has found in the registry once another class comes, or one is replaced."""
        self._resolved.add(relation)

    def _changed(self) -> None:
        self.version += 1
        resolved, self._resolved = self._resolved, WeakSet()
        for relation in resolved:
            relation.forget()

    def _twin(self, labels: frozenset[str]) -> type[Node] | None:
        return next((other for other in self._nodes if frozenset(other.__meta__.labels) == labels), None)

    @staticmethod
    def _replace(classes: WeakSet[type[Node]] | WeakSet[type[Edge]], cls: type[Node | Edge]) -> None:
        for other in list(classes):
            if (other.__name__, other.__module__) == (cls.__name__, cls.__module__):
                classes.discard(other)  # type: ignore[arg-type] # it came from this very set

    def find(self, name: str, module: str) -> type[Node | Edge] | None:
        """Return the class of that name, or "module.Name"; the asker's own module goes first.

        Raises MetadataError where several other modules have one.
        """
        known: list[type[Node | Edge]] = [*self._nodes, *self._edges]
        found = [cls for cls in known if name in (cls.__name__, f"{cls.__module__}.{cls.__name__}")]
        own = [cls for cls in found if cls.__module__ == module]
        if own or len(found) < 2:  # noqa: PLR2004 - more than one is what is ambiguous
            return own[0] if own else found[0] if found else None
        raise MetadataError(f"{name!r} may mean {' or '.join(map(_where, found))}: write the module before the name")

    def subclasses(self, cls: type[Node]) -> tuple[type[Node], ...]:
        """Return the registered strict subclasses, by name."""
        return tuple(other for other in self.all_nodes() if other is not cls and issubclass(other, cls))

    def resolve(self, classes: Iterable[type[Node]], labels: frozenset[str]) -> type[Node] | None:
        """Return the most specific of `classes` and their subclasses whose labels a node carries."""
        asked = tuple(classes)
        fitting = [
            cls
            for cls in {*asked, *(cls for cls in self._nodes if issubclass(cls, asked))}
            if labels.issuperset(cls.__meta__.labels)
        ]
        return max(fitting, key=lambda cls: (len(cls.__meta__.labels), len(cls.__mro__), cls.__name__), default=None)


def _where(cls: type) -> str:
    return f"{cls.__module__}.{cls.__qualname__}"


metadata = Registry()
"""The registry of this process."""
