"""Single relations that were loaded and assigned: what others wrote since then is replaced as well."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runic.ogm.model.base import Node
from runic.ogm.model.state import UNLOADED
from runic.ogm.session.pairs import leads_from

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from runic.ogm.cypher.persist import Pair
    from runic.ogm.model.base import Edge
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.session.flush import Flushing


def assigned_whole(unit: Flushing) -> list[tuple[Node, RelationMeta, list[Node]]]:
    """Return the single relations that were assigned: they have that target alone, whatever others did since."""
    if not unit.assigned:
        return []
    pairs = unit.pairs.values()
    changed = {(pair.relation.type, "OUTGOING", id(pair.start)) for pair in pairs}
    changed |= {(pair.relation.type, "INCOMING", id(pair.end)) for pair in pairs}
    found: list[tuple[Node, RelationMeta, list[Node]]] = []
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


def left_out(edge: Edge, whole: Iterable[tuple[Node, RelationMeta, list[Node]]]) -> bool:
    """Tell whether an edge goes with a relation that is assigned as a whole."""
    for source, relation, targets in whole:
        ends = {"OUTGOING": [(edge.source, edge.target)], "INCOMING": [(edge.target, edge.source)]}.get(
            relation.direction, [(edge.source, edge.target), (edge.target, edge.source)]
        )
        if relation.type == edge.__meta__.type and any(
            here is source and all(there is not target for target in targets) for here, there in ends
        ):
            return True
    return False


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
