"""Edges and paths of a reply as entities of the session, each stored edge as one object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.plan import EdgeColumn
from runic.ogm.model.base import Edge
from runic.ogm.model.state import Link
from runic.ogm.session.identity import pair_id
from runic.ogm.session.path import Path
from runic.ogm.session.reading import Reading

if TYPE_CHECKING:
    from runic.ogm.cypher.plan import PathColumn
    from runic.ogm.cypher.statement import Row, Table
    from runic.ogm.model.base import Node


class EdgeReading(Reading):
    """Brings edges into the session, whose ends are there."""

    def _edges(self, column: EdgeColumn, table: Table, columns: list[list[Any]], source_id: int) -> list[Any]:
        """Return the edges of a column: each stored edge is one object in the session."""
        place = column.id_offset
        stored: dict[Any, tuple[Row, Any, Any]] = {}
        for row, source, target in zip(table, columns[column.source], columns[column.target], strict=True):
            edge_id = row[place]
            if edge_id is None or edge_id in stored:
                continue
            turned = column.relation.direction != "OUTGOING" and row[place + 1] != row[source_id]
            stored[edge_id] = (row, target, source) if turned else (row, source, target)
        found: dict[Any, Any] = {None: None}
        new: list[tuple[Any, Row, Any, Any]] = []
        none_known = not self.identity.edges
        for edge_id, (row, start, end) in stored.items():
            known = None if none_known else self._known_edge(column, row, start, end, edge_id)
            if known is None:
                new.append((edge_id, row, start, end))
            else:
                found[edge_id] = known
                known.source, known.target, known._ogm_either_way = start, end, False
        found.update(self._new_edges(column, new))
        return [found[row[place]] for row in table]

    def _new_edges(self, column: EdgeColumn, new: list[tuple[Any, Row, Any, Any]]) -> dict[Any, Any]:
        cls = column.cls or _plain_edge(column.relation.type)
        made = self.mapper.entity(cls).make_edges([row for _, row, _, _ in new], column.offset, Link(self.owner))
        known, relation, key_field = self.identity.edges, column.relation, cls.__meta__.key
        for edge, (edge_id, _, start, end) in zip(made, new, strict=True):
            edge.source, edge.target, edge._ogm_id = start, end, edge_id
            place = pair_id(relation, start, end, None if key_field is None else getattr(edge, key_field.name))
            known[(*place[:3], ("id", edge_id)) if place in known else place] = edge
        return {entry[0]: edge for edge, entry in zip(made, new, strict=True)}

    def _known_edge(self, column: EdgeColumn, row: Row, start: Node, end: Node, edge_id: object) -> Any:  # noqa: ANN401
        meta = column.cls.__meta__ if column.cls else None
        if meta is not None and meta.key is not None:
            value = row[column.offset + list(meta.properties).index(meta.key.name)]
            decode = meta.key.codec(self.dialect.native).decode
            key = value if decode is None or value is None else decode(value)
            return self.identity.edges.get(pair_id(column.relation, start, end, key))
        place = pair_id(column.relation, start, end)
        edge = self.identity.edges.get(place)
        if edge is not None and edge._ogm_id is None:
            edge._ogm_id = edge_id  # it was written here, and is read for the first time
        if edge is not None and edge._ogm_id != edge_id:
            edge = self.identity.edges.get((*place[:3], ("id", edge_id)))
        return edge

    def _paths(self, column: PathColumn, table: Table) -> list[Path[Any]]:
        """Return the path of each row, as it is walked from the node that it was asked from."""
        family, ways = column.family, [_walked(row, column.family.id_position) for row in table]
        nodes = [_copied(node, family.labels_position) for way, _ in ways for node in way]
        ids = [node[family.id_position] for node in nodes]
        entities = family.load(nodes, self.identity.nodes, Link(self.owner))
        steps: Table = []
        sources: list[Any] = []
        targets: list[Any] = []
        position = 0
        for way, edges in ways:
            for offset, edge in enumerate(edges, position):
                steps.append([*edge, ids[offset]])
                sources.append(entities[offset])
                targets.append(entities[offset + 1])
            position += len(way)
        edge = EdgeColumn(
            column.name, column.relation, column.relation.edge_model, 0, nullable=False, source=0, target=1
        )
        found = self._edges(edge, steps, [sources, targets], edge.id_offset + 2)
        following, leading = iter(entities), iter(found)
        return [Path(tuple(next(following) for _ in way), tuple(next(leading) for _ in edges)) for way, edges in ways]


def _walked(row: Row, id_position: int) -> tuple[list[Any], list[Any]]:
    """Return the nodes and edges of a path; some databases give it from its other end."""
    source, nodes, edges = row[:3]
    return (nodes, edges) if nodes[0][id_position] == source else (nodes[::-1], edges[::-1])


def _copied(node: Row, labels_position: int | None) -> Row:
    """Return a node's row as a table has it: its own, with labels that can be told apart by hash."""
    row = list(node)
    if labels_position is not None:
        row[labels_position] = tuple(row[labels_position])
    return row


_plain_edges: dict[str, type[Edge]] = {}


def _plain_edge(kind: str) -> type[Edge]:
    """Return the class of edges that no Edge class is declared for: they have no properties, but can be deleted."""
    found = _plain_edges.get(kind)
    if found is None:
        found = _plain_edges[kind] = Edge.anonymous(kind)
    return found
