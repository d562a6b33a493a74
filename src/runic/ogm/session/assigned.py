"""Relations that are assigned as a whole: what goes with them, and what shows them no more."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from runic.ogm.model.base import Node
from runic.ogm.model.relations import is_related_list
from runic.ogm.model.state import UNLOADED
from runic.ogm.model.targets import OPPOSITE
from runic.ogm.session.pairs import leads_from

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator

    from runic.ogm.cypher.persist import Pair
    from runic.ogm.model.base import Edge
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.session.flush import Flushing
    from runic.ogm.session.identity import PairId

Whole: TypeAlias = "tuple[Node, RelationMeta, list[Node]]"
"""A source, its relation, and all that this is to lead to."""


def assigned_whole(unit: Flushing) -> list[Whole]:
    """Return the single relations that were assigned: they have that target alone, whatever others did since."""
    if not unit.assigned:
        return []
    pairs = unit.pairs.values()
    changed = {(pair.relation.type, "OUTGOING", id(pair.start)) for pair in pairs}
    changed |= {(pair.relation.type, "INCOMING", id(pair.end)) for pair in pairs}
    found: list[Whole] = []
    for source, relation in unit.assigned.values():
        if not changed.isdisjoint(places(relation, source)):
            found.append((source, relation, _targets(unit, source, relation)))
    return found


def _targets(unit: Flushing, source: Node, relation: RelationMeta) -> list[Node]:
    """Return what a relation is to lead to: what it shows, or, after a relate() that hid it, what is staged."""
    value: object = getattr(source, relation.slot)
    if value is not UNLOADED:
        return [value] if isinstance(value, Node) else []
    added = [pair for pair in unit.pairs.values() if pair.add and leads_from(pair, relation, source)]
    return [pair.end if pair.start is source else pair.start for pair in added]


def edges_left_out(unit: Flushing, whole: Iterable[Whole]) -> dict[PairId, Edge]:
    """Return the edges of the session that go with relations which are assigned as a whole, by their places."""
    edges = unit.identity.edges
    found: dict[PairId, Edge] = {}
    for source, relation, targets in whole:
        kept = set(map(id, targets))
        for place in edges.touching(source):
            edge = edges[place]
            leads_on = {"OUTGOING": edge.source is source, "INCOMING": edge.target is source}
            other = edge.target if edge.source is source else edge.source
            if place[0] == relation.type and leads_on.get(relation.direction, True) and id(other) not in kept:
                found[place] = edge
    return found


def mirrors_that_lose(
    entities: Iterable[Node], whole: Iterable[Whole]
) -> Iterator[tuple[Node, RelationMeta, list[Node]]]:
    """Yield the loaded collections that show sources of assigned relations to former targets, with what is left."""
    kept = {
        (id(source), relation.type, OPPOSITE[relation.direction]): set(map(id, targets))
        for source, relation, targets in whole
    }
    for entity in entities:
        for relation in entity.__meta__.relations.values():
            value: object = getattr(entity, relation.slot)
            if is_related_list(value):
                place = relation.type, relation.direction
                shown = [other for other in value if id(entity) in kept.get((id(other), *place), (id(entity),))]
                if len(shown) < len(value):
                    yield entity, relation, shown


def places(relation: RelationMeta, source: Node) -> list[tuple[str, str, int]]:
    """Return what an edge of a relation of `source` is found by: its type, and at which of its ends the source is."""
    sides = ("OUTGOING", "INCOMING") if relation.direction == "BOTH" else (relation.direction,)
    return [(relation.type, side, id(source)) for side in sides]


def goes_with(pair: Pair, whole: Container[tuple[str, str, int]]) -> bool:
    """Tell whether an edge is removed with all of a relation."""
    if pair.told or pair.add:
        return False
    kind = pair.relation.type
    return (kind, "OUTGOING", id(pair.start)) in whole or (kind, "INCOMING", id(pair.end)) in whole
