"""Entities that are loaded to a graph of NetworkX, without asking the database anything."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from runic.ogm.extras import load_extra
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.state import UNLOADED, Ambiguous, owner_of
from runic.ogm.session.identity import ends_of
from runic.ogm.session.runner import BaseSession
from runic.ogm.session.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import RelationMeta

MultiDiGraph: TypeAlias = Any  # networkx has no types of its own, and is only loaded when it is used

__all__ = ["to_networkx"]


def to_networkx(found: BaseSession | Iterable[Any], /) -> MultiDiGraph:
    """Return a `networkx.MultiDiGraph` of what is loaded; needs the extra `networkx`.

    found: entities, or rows of them as `all_with_edges` returns, or a session for all that it holds. What their
    loaded relations lead to comes along; nothing is loaded for it. Nodes are (primary label, key), edges have their
    type as key, or (type, key) where parallel ones are told apart; the attributes of both are the properties. An edge
    that is only known by a relation has none; one of direction BOTH then begins at the node it was first met from.

    Raises TypeError for anything that is no entity, OGMError if the library is not installed.
    """
    networkx = load_extra("networkx", "networkx")
    nodes: dict[int, Node] = {}
    edges: dict[int, Edge] = {}
    for entity in _entities_of(found):
        _collect(entity, nodes, edges)
    for node in list(nodes.values()):
        _collect(node, nodes, edges, anew=True)
    for edge in _tracked(nodes):
        edges.setdefault(id(edge), edge)
    graph = networkx.MultiDiGraph()
    for node in nodes.values():
        graph.add_node(_identity(node), **_properties(node))
    for edge in edges.values():
        _add_edge(graph, edge)
    for node in nodes.values():
        _add_relations(graph, node)
    return graph


def _entities_of(found: object) -> Iterator[Entity]:
    """Yield the entities of results, which may be rows, or of a session."""
    if isinstance(found, BaseSession):
        identity = found._unit.identity  # noqa: SLF001 - a session is asked for all that it holds
        yield from [*identity, *identity.edges.values()]
    elif isinstance(found, (Node, Edge)):
        yield found
    elif isinstance(found, Iterable) and not isinstance(found, (str, bytes, Mapping)):
        for item in found:  # pyright: ignore[reportUnknownVariableType] # whatever it is, it is looked at next
            if item is not None:
                yield from _entities_of(item)  # pyright: ignore[reportUnknownArgumentType]
    else:
        raise TypeError(f"to_networkx() takes entities, rows of entities, or a session, not {found!r}")


def _collect(entity: Entity, nodes: dict[int, Node], edges: dict[int, Edge], *, anew: bool = False) -> None:
    """Take an entity, and all that can be reached from it by what is loaded."""
    waiting: list[Any] = [entity]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Edge):
            edges[id(one)] = one
            waiting += [end for end in (one.source, one.target) if end is not None]
        elif anew or id(one) not in nodes:
            anew = False
            nodes[id(one)] = one
            waiting += [target for relation in one.__meta__.relations.values() for target in _targets(one, relation)]


def _targets(node: Node, relation: RelationMeta) -> list[Node]:
    """Return what a relation leads to, as far as that is loaded."""
    value: Any = getattr(node, relation.slot)
    if value is UNLOADED or value is None:
        return []
    if isinstance(value, Ambiguous):
        return value.targets
    return [*value] if relation.many else [value]


def _tracked(nodes: Mapping[int, Node]) -> Iterator[Edge]:
    """Yield the edges between these nodes that their sessions have loaded."""
    units = {id(unit): unit for node in nodes.values() if isinstance(unit := owner_of(node), UnitOfWork)}
    for unit in units.values():
        for edge in unit.identity.edges.values():
            if id(edge.source) in nodes and id(edge.target) in nodes:
                yield edge


def _identity(node: Node) -> tuple[str, Any]:
    return node.__meta__.primary_label, getattr(node, node.__meta__.key.name)


def _properties(entity: Entity) -> dict[str, Any]:
    """Return the properties that are loaded."""
    known = vars(entity)
    return {name: known[name] for name in entity.__meta__.properties if name in known}


def _add_edge(graph: MultiDiGraph, edge: Edge) -> None:
    if edge.source is None or edge.target is None:
        return
    start, end, kind, key = _identity(edge.source), _identity(edge.target), edge.__meta__.type, edge.__meta__.key
    if key is not None:
        name: object = (kind, getattr(edge, key.name))
    elif graph.has_edge(start, end, kind):
        # a copy has no id of its own; those that databases give are never negative
        name = (kind, -graph.number_of_edges(start, end) if edge._ogm_id is None else edge._ogm_id)
    else:
        name = kind
    graph.add_edge(start, end, key=name, **_properties(edge))


def _add_relations(graph: MultiDiGraph, node: Node) -> None:
    """Add the edges that only relations tell of."""
    for relation in node.__meta__.relations.values():
        for target in _targets(node, relation):
            start, end = map(_identity, ends_of(relation, node, target))
            turned = relation.direction == "BOTH" and _is_tied(graph, end, start, relation.type)
            if not turned and not _is_tied(graph, start, end, relation.type):
                graph.add_edge(start, end, key=relation.type)


def _is_tied(graph: MultiDiGraph, start: object, end: object, kind: str) -> bool:
    """Tell whether there is an edge of a type from one node to another."""
    keys: Iterable[Any] = graph.get_edge_data(start, end, default={})
    return any(key == kind or (not isinstance(key, str) and key[0] == kind) for key in keys)
