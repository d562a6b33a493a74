"""Which entity stands for which node or edge in one session."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from itertools import chain
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import RelationMeta

PairId: TypeAlias = tuple[str, int, int, Any]
"""(type, start, end, key) of an edge: its nodes by `id()`, since a session holds each node once."""


T = TypeVar("T")
D = TypeVar("D")


class EdgeTable(dict[PairId, T]):
    """What belongs to edges, found by one of their nodes as well: through an index that is made when first asked for.

    Entering costs no more than in a dict: what came since the index was last used stands at the dict's end. For that,
    entries leave by `del`, `pop` and `clear` only.
    """

    __slots__ = ("_by_node",)

    def __init__(self) -> None:
        super().__init__()
        self._by_node: dict[int, dict[PairId, None]] = {}

    def touching(self, node: Node) -> list[PairId]:
        """Return the places of the edges that start or end at a node, as they were entered."""
        self._catch_up()
        return list(self._by_node.get(id(node), ()))

    def between(self, place: PairId) -> list[PairId]:
        """Return the places with the type and the nodes of this one, whatever their key."""
        self._catch_up()
        ends = [self._by_node.get(node, {}) for node in place[1:3]]
        return [found for found in min(ends, key=len) if found[:3] == place[:3]]

    def joining(self, first: Node, second: Node) -> list[PairId]:
        """Return the places of all edges of two nodes, of whatever type and direction."""
        self._catch_up()
        ends = [self._by_node.get(id(node), {}) for node in (first, second)]
        return [found for found in min(ends, key=len) if {*found[1:3]} == {id(first), id(second)}]

    def _catch_up(self) -> None:
        fresh: list[PairId] = []
        for place in reversed(self):
            if place in self._by_node.get(place[1], ()):
                break
            fresh.append(place)
        for place in reversed(fresh):
            for node in place[1:3]:
                self._by_node.setdefault(node, {})[place] = None

    def _leave(self, place: PairId) -> None:
        for node in place[1:3]:
            known = self._by_node.get(node)
            if known is not None and known.pop(place, place) is None and not known:
                del self._by_node[node]

    def __delitem__(self, place: PairId) -> None:
        super().__delitem__(place)
        self._leave(place)

    @overload
    def pop(self, place: PairId, /) -> T: ...
    @overload
    def pop(self, place: PairId, default: T | D, /) -> T | D: ...
    def pop(self, place: PairId, /, *default: Any) -> Any:
        """Take an entry out and return it, or the default."""
        self._leave(place)
        return super().pop(place, *default)

    def clear(self) -> None:
        """Take all entries out."""
        super().clear()
        self._by_node.clear()


class Told:
    """The nodes that relate() was called with. Many pairs at once are entered when somebody asks, which is rare."""

    def __init__(self) -> None:
        self._nodes: set[int] = set()
        self._waiting: list[Sequence[tuple[Node, Node]]] = []

    def add(self, *nodes: Node) -> None:
        """Enter nodes."""
        self._nodes.update(map(id, nodes))

    def add_pairs(self, pairs: Sequence[tuple[Node, Node]]) -> None:
        """Enter the nodes of pairs, which must not change from now on."""
        self._waiting.append(pairs)

    def __contains__(self, node: Node) -> bool:
        for pairs in self._waiting:
            self._nodes.update(map(id, chain.from_iterable(pairs)))
        self._waiting.clear()
        return id(node) in self._nodes

    def clear(self) -> None:
        """Forget everything."""
        self._nodes.clear()
        self._waiting.clear()


class IdentityMap:
    """The nodes of a session by (primary label, key), and its edges by type, nodes and key."""

    def __init__(self) -> None:
        self.nodes: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
        self.edges: EdgeTable[Edge] = EdgeTable()

    def of(self, label: str) -> dict[Any, Any]:
        """Return the nodes of a primary label, by key."""
        return self.nodes[label]

    def find(self, cls: type[Node], key: object) -> Node | None:
        """Return the node of a class's hierarchy with this key, if it is here."""
        found: Node | None = self.of(cls.__meta__.primary_label).get(key)
        return None if found is not None and found._row is None and self._moved(found, key) else found

    def _moved(self, node: Node, key: object) -> bool:
        """Tell whether a node that was not stored has got another key than this one, and let it stand under that."""
        meta = node.__meta__
        own: object = vars(node).get(meta.key.name)
        if type(node).__ogm_expired__ or own == key:
            return False
        known = self.of(meta.primary_label)
        del known[key]
        if own is not None and isinstance(own, Hashable):
            known.setdefault(own, node)
        return True

    def put(self, entity: Node) -> None:
        """Enter a node under its key."""
        meta = entity.__meta__
        self.of(meta.primary_label)[getattr(entity, meta.key.name)] = entity

    def remove(self, entity: Node) -> None:
        """Take a node out, if it is the one that its key leads to; its edges go with it."""
        meta = entity.__meta__
        if self.leads_to(entity):
            del self.of(meta.primary_label)[vars(entity).get(meta.key.name)]
        for place in self.edges.touching(entity):
            del self.edges[place]

    def leads_to(self, entity: Node) -> bool:
        """Tell whether a node stands under the key that it has."""
        meta = entity.__meta__
        try:
            return self.of(meta.primary_label).get(vars(entity).get(meta.key.name)) is entity
        except TypeError:  # no key at all: it has no hash
            return False

    def release(self, nodes: Sequence[Node]) -> None:
        """Let no key lead to these nodes, whichever they were entered under."""
        gone = set(map(id, nodes))
        for label in {node.__meta__.primary_label for node in nodes}:
            known = self.of(label)
            for key in [key for key, node in known.items() if id(node) in gone]:
                del known[key]

    def remove_edge(self, edge: Edge) -> PairId | None:
        """Take an edge out, and return the place that it had."""
        for place in self.edges.joining(edge.source, edge.target):
            if self.edges[place] is edge:
                del self.edges[place]
                return place
        return None

    def __iter__(self) -> Iterator[Node]:
        for known in self.nodes.values():
            yield from known.values()

    def groups(self) -> list[list[Any]]:
        """Return the nodes of each primary label, then the edges."""
        return [list(known.values()) for known in [*self.nodes.values(), self.edges] if known]

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
