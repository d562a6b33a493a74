"""Batches of entities to sections of Cypher, each with the count that it must reach and how to tell what failed."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher import persist
from runic.ogm.cypher.persist import Diagnosis, Section
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import ConstraintViolationError, EntityNotFoundError, OGMError, StaleEntityError

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.persist import Pair
    from runic.ogm.cypher.statement import Row, Wire
    from runic.ogm.mapping.mapper import EntityMapper, Mapper
    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import NodeMeta, RelationMeta


class SectionMaker:
    """Spells the batches of one dialect."""

    def __init__(self, dialect: Dialect, mapper: Mapper) -> None:
        self.dialect, self.mapper = dialect, mapper

    def _key(self, node: Node) -> Any:  # noqa: ANN401 - a wire value
        meta = node.__meta__
        return self.mapper.entity(meta.cls).encode(meta.key.name, getattr(node, meta.key.name))

    def _keys(self, nodes: Sequence[Node]) -> list[Any]:
        """Return the keys of many nodes, most often of one class."""
        if len(set(map(type, nodes))) == 1:
            return self.mapper.entity(nodes[0].__meta__.cls).keys(nodes)
        return [self._key(node) for node in nodes]

    # -- nodes

    def create(
        self, mapper: EntityMapper, nodes: list[Node], rows: list[Row], *, checked: bool, freed: Container[Any]
    ) -> Iterator[Section]:
        """Make new nodes; `checked`: the database itself refuses a key that is there; `freed`: keys deleted before."""
        meta: Any = mapper.meta
        index = mapper.index(meta.key.name)
        there = Diagnosis(
            f"{persist.render_node(self.dialect, 'n', meta, f'row[{index}]')} WITH i, n LIMIT 1 WITH i, null AS detail",
            lambda i, _: (
                None
                if getattr(nodes[i], meta.key.name) in freed
                else ConstraintViolationError(
                    f"{meta.name} with {meta.key.name}={getattr(nodes[i], meta.key.name)!r} is stored already: "
                    "change that one, or use merge()"
                )
            ),
            undone=True,
        )
        body = persist.render_create(self.dialect, mapper, meta)
        if not checked and not meta.key.options.generated:
            if self.dialect.supports_transactions:
                known = persist.render_node(self.dialect, "o", meta, f"row[{index}]")
                body = f"{known.replace('MATCH', 'OPTIONAL MATCH', 1)} WITH row, o WHERE o IS NULL {body}"
            else:
                yield Section(persist.render_node(self.dialect, "n", meta, "row[0]"), [[row[index]] for row in rows], 0)
        yield Section(body, rows, len(rows), there, _locate(mapper, range(len(mapper.properties)), 0))

    def merge(self, mapper: EntityMapper, rows: list[Row]) -> Iterator[Section]:
        """Make nodes or set them, by key; rows of one key come one after the other."""
        meta: Any = mapper.meta
        body = persist.render_merge(self.dialect, mapper, meta, rows)
        locate = _locate(mapper, range(len(mapper.properties)), 0)
        for batch in _by_turns(rows, mapper.index(meta.key.name)):
            yield persist.merge_section(self.dialect, mapper, body, batch, locate)

    def update(self, mapper: EntityMapper, indexes: tuple[int, ...], nodes: list[Node]) -> Section:
        """Set the changed properties; with a version field only where the stored version is the one that was read."""
        meta: Any = mapper.meta
        written, rows = self._changes(mapper, indexes, nodes)
        rows = [[key, *row] for key, row in zip(self._keys(nodes), rows, strict=True)]
        condition = self._version_condition(mapper, "n", len(written) + 1)
        match = self._checked_node(meta, condition)
        changes = persist.render_set(self.dialect, mapper, "n", written, 1, rows)
        diagnosis = self._stale(mapper, nodes, condition, "was changed here")
        return Section(f"{match} {changes}", rows, len(rows), diagnosis, _locate(mapper, written, 1))

    def _changes(
        self, mapper: EntityMapper, indexes: Sequence[int], entities: Sequence[Any]
    ) -> tuple[list[int], list[Row]]:
        """Return the properties to write, the version among them, and rows of their values (and the old version)."""
        version = mapper.meta.version
        if version is None:
            return list(indexes), mapper.dump_values(entities, indexes)
        place = mapper.index(version.name)
        plain = [index for index in indexes if index != place]
        rows = mapper.dump_values(entities, plain)
        for entity, row in zip(entities, rows, strict=True):
            old = entity._row[place]
            row.extend(((old or 0) + 1, -1 if old is None else old))
        return [*plain, place], rows

    def _version_condition(self, mapper: EntityMapper, alias: str, column: int) -> str:
        version = mapper.meta.version
        if version is None:
            return ""
        return f"coalesce({self.dialect.render_property(alias, version.graph_name)}, -1) = row[{column}]"

    def _checked_node(self, meta: NodeMeta, condition: str) -> str:
        """Return the match of a node by its key; a condition is tested when the node can no longer change."""
        lock = self.dialect.render_lock("n", meta.primary_label) if condition else ""
        if not lock:
            return persist.render_node(self.dialect, "n", meta, "row[0]", condition)
        return f"{persist.render_node(self.dialect, 'n', meta, 'row[0]')} {lock} WITH row, n WHERE {condition}"

    def _stale(self, mapper: EntityMapper, nodes: list[Node], condition: str, done: str) -> Diagnosis:
        meta: Any = mapper.meta
        match = persist.render_node(self.dialect, "n", meta, "row[0]").replace("MATCH", "OPTIONAL MATCH", 1)
        failed = f"n IS NULL OR NOT ({condition})" if condition else "n IS NULL"
        return Diagnosis(
            f"{match} WITH i, n, row WHERE {failed} WITH i, n IS NULL AS detail",
            lambda i, gone: _stale_error(nodes[i], done, gone=gone is True),
        )

    def delete(self, mapper: EntityMapper, nodes: list[Node]) -> Section:
        """Remove nodes with their edges."""
        meta: Any = mapper.meta
        rows = [[key] for key in self._keys(nodes)]
        condition = ""
        if meta.version is not None and all(node._row is not None for node in nodes):
            condition = self._version_condition(mapper, "n", 1)
            place = mapper.index(meta.version.name)
            versions = [node._row[place] for node in nodes if node._row is not None]
            rows = [[*row, -1 if old is None else old] for old, row in zip(versions, rows, strict=True)]
        match = self._checked_node(meta, condition)
        diagnosis = self._stale(mapper, nodes, condition, "was deleted here")
        return Section(f"{match} DETACH DELETE n", rows, len(rows), diagnosis)

    # -- edges

    def _by_ends(
        self, pairs: Iterable[Pair]
    ) -> Iterable[tuple[tuple[NodeMeta, NodeMeta, bool], RelationMeta, list[Pair]]]:
        alike: dict[tuple[Any, ...], list[Pair]] = defaultdict(list)
        for pair in pairs:
            alike[pair.relation, type(pair.start), type(pair.end), type(pair.edge), pair.key is None].append(pair)
        groups: dict[tuple[Any, ...], list[Pair]] = defaultdict(list)
        for (relation, start, end, edge, keyless), some in alike.items():
            groups[relation.type, relation.direction == "BOTH", start.__meta__.primary_label,
                   end.__meta__.primary_label, edge, keyless] += some  # fmt: skip
        for group in groups.values():
            first = group[0]
            yield (first.start.__meta__, first.end.__meta__, first.key is not None), first.relation, group

    def relate(self, pairs: list[Pair]) -> Iterator[Section]:
        """Make sure of edges, and set the properties of those that were given some."""
        for (start, end, _), relation, group in self._by_ends(pairs):
            edge = None if group[0].edge is None else self.mapper.entity(type(group[0].edge))
            starts, ends = self._keys([pair.start for pair in group]), self._keys([pair.end for pair in group])
            rows = list(map(list, zip(starts, ends, strict=True)))
            if edge is not None:
                for row, values in zip(rows, edge.dump([pair.edge for pair in group]), strict=True):
                    row.extend(values)
            match = persist.render_ends(self.dialect, start, end)
            relate = persist.render_relate(self.dialect, relation, edge, rows)
            locate = _locate(edge, range(len(edge.properties)), 2) if edge else None
            missing = self._missing_end(start, end, group)
            yield from persist.relate_sections(self.dialect, match, relate, rows, missing, locate)

    def _missing_end(self, start: NodeMeta, end: NodeMeta, pairs: list[Pair]) -> Diagnosis:
        first = persist.render_node(self.dialect, "a", start, "row[0]").replace("MATCH", "OPTIONAL MATCH", 1)
        second = persist.render_node(self.dialect, "b", end, "row[1]").replace("MATCH", "OPTIONAL MATCH", 1)

        stored = [(pair.start._row is not None, pair.end._row is not None) for pair in pairs]

        def explain(i: int, start_gone: object) -> OGMError | None:
            node = pairs[i].start if start_gone is True else pairs[i].end
            if not stored[i][start_gone is not True] and node.__ogm_expired__ is False:
                return None  # it is new in this very unit, so that it is not there says nothing
            return EntityNotFoundError(
                f"{pairs[i].relation!r}: {node!r} is not in the database; nothing of this unit was written"
            )

        return Diagnosis(
            f"{first} {second} WITH i, a, b UNWIND [a IS NULL, NOT b IS NULL] AS detail "
            "WITH i, a, b, detail WHERE (detail AND a IS NULL) OR (NOT detail AND b IS NULL) WITH i, detail",
            explain,
        )

    def unrelate(self, pairs: list[Pair]) -> Iterator[Section]:
        """Remove all edges of a relation between two nodes, however many there are."""
        for (start, end, _), relation, group in self._by_ends(pairs):
            match = persist.render_edge_match(relation.type, undirected=relation.direction == "BOTH", condition="")
            starts, ends = self._keys([pair.start for pair in group]), self._keys([pair.end for pair in group])
            rows = list(map(list, zip(starts, ends, strict=True)))
            yield Section(f"{persist.render_ends(self.dialect, start, end)} {match} DELETE r", rows)

    def replace(self, replaced: list[tuple[Node, RelationMeta, list[Node]]], new: Container[int]) -> Iterator[Section]:
        """Remove the edges of unloaded relations that were assigned, but for those to the assigned targets."""
        groups: dict[tuple[Any, ...], list[tuple[Node, list[Node]]]] = defaultdict(list)
        for source, relation, targets in replaced:
            if id(source) not in new:
                for cls in relation.targets:
                    groups[source.__meta__.primary_label, relation, cls].append((source, targets))
        for (_, relation, cls), group in groups.items():
            label = cls.__meta__.primary_label
            rows = [
                [self._key(source), [self._key(t) for t in targets if t.__meta__.primary_label == label]]
                for source, targets in group
            ]
            yield Section(persist.render_replace(self.dialect, relation, group[0][0].__meta__, cls), rows)

    def update_edges(self, mapper: EntityMapper, indexes: tuple[int, ...], edges: list[Edge]) -> Iterator[Section]:
        """Set the changed properties of edges."""
        meta: Any = mapper.meta
        for group, (start, end), condition, key, undirected in self._edges_by_ends(mapper, edges):
            written, values = self._changes(mapper, indexes, group)
            rows = [
                [self._key(edge.source), self._key(edge.target), key(edge), *row]
                for edge, row in zip(group, values, strict=True)
            ]
            version = self._version_condition(mapper, "r", len(written) + 3)
            both = " AND ".join(filter(None, (condition, version)))
            match = persist.render_edge_match(meta.type, undirected=undirected, condition=both)
            changes = persist.render_set(self.dialect, mapper, "r", written, 3, rows)
            lock = self.dialect.render_lock("a", start.primary_label) if version else ""
            ends = f"{persist.render_ends(self.dialect, start, end)} {f'{lock} WITH row, a, b ' if lock else ''}"
            body = f"{ends}{match} {changes}"
            diagnosis = self._stale_edge(match, start, end, group, "was changed here")
            yield Section(body, rows, len(rows), diagnosis, _locate(mapper, written, 3))

    def delete_edges(self, edges: list[Edge]) -> Iterator[Section]:
        """Remove single edges."""
        by_class: dict[type[Edge], list[Edge]] = defaultdict(list)
        for edge in edges:
            by_class[edge.__meta__.cls].append(edge)
        for cls, some in by_class.items():
            for group, (start, end), condition, key, undirected in self._edges_by_ends(self.mapper.entity(cls), some):
                rows = [[self._key(edge.source), self._key(edge.target), key(edge)] for edge in group]
                match = persist.render_edge_match(cls.__meta__.type, undirected=undirected, condition=condition)
                body = f"{persist.render_ends(self.dialect, start, end)} {match} DELETE r"
                diagnosis = self._stale_edge(match, start, end, group, "was deleted here")
                yield Section(body, rows, len(rows), diagnosis)

    def read_edge(self, mapper: EntityMapper, edge: Edge) -> Statement:
        """Return the read of one edge's properties."""
        [(_, (start, end), condition, key, undirected)] = self._edges_by_ends(mapper, [edge])
        match = persist.render_edge_match(edge.__meta__.type, undirected=undirected, condition=condition)
        columns = [*mapper.columns("r"), self.dialect.render_id("r")]
        text = (
            f"UNWIND [$key] AS row {persist.render_ends(self.dialect, start, end)} {match} RETURN {', '.join(columns)}"
        )
        row = [self._key(edge.source), self._key(edge.target), key(edge)]
        wires: list[Wire] = [*mapper.wires]
        wires.append(self.dialect.id_wire)
        return Statement(text, {"key": row}, (tuple(wires),), origin="get")

    def _edges_by_ends(
        self, mapper: EntityMapper, edges: Iterable[Edge]
    ) -> Iterator[tuple[list[Edge], tuple[NodeMeta, NodeMeta], str, Callable[[Edge], Any], bool]]:
        """Yield edges with equal ends, what finds one by the third column, that column's value, and if either way."""
        key = mapper.meta.key
        groups: dict[tuple[str, str, bool, bool], list[Edge]] = defaultdict(list)
        for edge in edges:
            has_id = key is None and edge._ogm_id is not None
            labels = edge.source.__meta__.primary_label, edge.target.__meta__.primary_label
            groups[*labels, has_id, edge._ogm_either_way].append(edge)
        for (_, _, has_id, either_way), group in groups.items():
            ends = (group[0].source.__meta__, group[0].target.__meta__)
            if key is not None:
                name = key.name
                test = f"{self.dialect.render_property('r', key.graph_name)} = row[2]"
                yield group, ends, test, partial(_encoded, mapper, name), either_way
            elif has_id:
                yield group, ends, f"{self.dialect.render_id('r')} = row[2]", lambda edge: edge._ogm_id, either_way
            else:
                yield group, ends, "", lambda _: None, either_way

    def _stale_edge(self, match: str, start: NodeMeta, end: NodeMeta, edges: list[Edge], done: str) -> Diagnosis:
        first = persist.render_node(self.dialect, "a", start, "row[0]").replace("MATCH", "OPTIONAL MATCH", 1)
        second = persist.render_node(self.dialect, "b", end, "row[1]").replace("MATCH", "OPTIONAL MATCH", 1)
        return Diagnosis(
            f"{first} {second} OPTIONAL {match} WITH i, r WHERE r IS NULL WITH i, null AS detail",
            lambda i, _: _stale_error(edges[i], done, gone=False),
        )


def _by_turns(rows: list[Row], column: int) -> Iterator[list[Row]]:
    """Yield rows in batches that have no two of one key: a converter may store several values as the same."""
    while rows:
        first = {row[column]: row for row in reversed(rows)}
        yield rows if len(first) == len(rows) else [row for row in rows if first[row[column]] is row]
        rows = [row for row in rows if first[row[column]] is not row]


def _encoded(mapper: EntityMapper, name: str, entity: Edge) -> Any:  # noqa: ANN401 - a wire value
    return mapper.encode(name, getattr(entity, name))


def _stale_error(entity: Node | Edge, done: str, *, gone: bool) -> OGMError:
    what = "it is not in the database any more" if gone else "it was changed or removed in the database since"
    return StaleEntityError(
        f"{entity!r} {done}, but {what}; nothing of this unit was written. Roll back, load it again, and retry."
    )


def _locate(mapper: EntityMapper, indexes: Sequence[int], first: int) -> Callable[[int, int], tuple[str, str]]:
    """Return what tells the entity and field of a value in a section's rows, for errors of the backend."""

    def locate(_: int, column: int) -> tuple[str, str]:
        place = column - first
        known = 0 <= place < len(indexes)
        name = mapper.properties[indexes[place]].name if known else mapper.meta.key.name if mapper.meta.key else "key"
        return mapper.meta.name, name

    return locate
