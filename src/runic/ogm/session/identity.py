"""Which entity stands for which node or edge in one session."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import RelationMeta

PairId: TypeAlias = tuple[str, int, int, Any]
"""(type, start, end, key) of an edge: its nodes by `id()`, since a session holds each node once."""


class IdentityMap:
    """The nodes of a session by (primary label, key), and its edges by type, nodes and key."""

    def __init__(self) -> None:
        self.nodes: dict[str, dict[Any, Any]] = {}
        self.edges: dict[PairId, Edge] = {}

    def of(self, label: str) -> dict[Any, Any]:
        """Return the nodes of a primary label, by key."""
        found = self.nodes.get(label)
        if found is None:
            found = self.nodes[label] = {}
        return found

    def find(self, cls: type[Node], key: object) -> Node | None:
        """Return the node of a class's hierarchy with this key, if it is here."""
        found: Node | None = self.of(cls.__meta__.primary_label).get(key)
        return found

    def put(self, entity: Node) -> None:
        """Enter a node under its key."""
        meta = entity.__meta__
        self.of(meta.primary_label)[getattr(entity, meta.key.name)] = entity

    def remove(self, entity: Node) -> None:
        """Take a node out, if it is the one that its key leads to; its edges go with it."""
        meta = entity.__meta__
        known = self.of(meta.primary_label)
        key = entity.__dict__.get(meta.key.name)
        if known.get(key) is entity:
            del known[key]
        for pair_id in [
            pair_id for pair_id, edge in self.edges.items() if entity is edge.source or entity is edge.target
        ]:
            del self.edges[pair_id]

    def __iter__(self) -> Iterator[Node]:
        for known in self.nodes.values():
            yield from known.values()

    def everything(self) -> list[Any]:
        """Return the nodes, then the edges."""
        return [*chain.from_iterable(map(dict[Any, Any].values, self.nodes.values())), *self.edges.values()]

    def clear(self) -> None:
        """Forget everything."""
        self.nodes.clear()
        self.edges.clear()


def ends_of(relation: RelationMeta, source: Node, target: Node) -> tuple[Node, Node]:
    """Return the edge's start and end when `source` is the relation's owner."""
    return (target, source) if relation.direction == "INCOMING" else (source, target)


def pair_id(relation: RelationMeta, start: Node, end: Node, key: object = None) -> PairId:
    """Return the identity of an edge; an undirected relation has one, whichever end it is named from."""
    first, second = id(start), id(end)
    if second < first and relation.direction == "BOTH":
        first, second = second, first
    return relation.type, first, second, key
