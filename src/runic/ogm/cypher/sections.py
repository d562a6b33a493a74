"""Batches of entities to sections of Cypher, each with the count that it must reach and how to tell what failed."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher import persist
from runic.ogm.cypher.persist import Diagnosis, Section
from runic.ogm.cypher.statement import Statement
from runic.ogm.cypher.versions import edge_versions, node_versions
from runic.ogm.exceptions import ConstraintViolationError, EntityNotFoundError, OGMError, StaleEntityError
from runic.ogm.identifiers import quote
from runic.ogm.model.registry import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.persist import Pair
    from runic.ogm.cypher.statement import Row, Wire
    from runic.ogm.cypher.versions import Receive
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
        if not checked:
            if self.dialect.supports_transactions:
                known = persist.render_node(self.dialect, "o", meta, f"row[{index}]")
                body = f"{known.replace('MATCH', 'OPTIONAL MATCH', 1)} WITH row, o WHERE o IS NULL {body}"
            else:
                yield Section(persist.render_node(self.dialect, "n", meta, "row[0]"), [[row[index]] for row in rows], 0)
        yield Section(body, rows, len(rows), there, _locate(mapper, range(len(mapper.properties)), 0))

    def merge(self, mapper: EntityMapper, rows: list[Row], versions: Receive) -> Iterator[Section]:
        """Make nodes or set them, by key; rows of one key come one after the other. `versions` is told theirs."""
        meta: Any = mapper.meta
        body = persist.render_merge(self.dialect, mapper, meta, rows)
        locate = _locate(mapper, range(len(mapper.properties)), 0)
        for batch in _by_turns(rows, mapper.index(meta.key.name)):
            yield persist.merge_section(self.dialect, mapper, body, batch, locate)
        yield from node_versions(self.dialect, mapper, rows, versions)

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

    def delete(self, mapper: EntityMapper, nodes: list[Node]) -> Iterator[Section]:
        """Remove nodes with their edges; what was read of a class with a version, only in the version that was read."""
        version = mapper.meta.version
        unread = [node for node in nodes if version is None or not _is_read(node)]
        if unread:
            yield self._deletion(mapper, unread, [[key] for key in self._keys(unread)], "")
        found = [node for node in nodes if version is not None and _is_read(node)]
        if version is not None and found:
            place = mapper.index(version.name)
            read: list[Any] = [node._row for node in found]
            olds = (-1 if row[place] is None else row[place] for row in read)
            rows = [[key, old] for key, old in zip(self._keys(found), olds, strict=True)]
            yield self._deletion(mapper, found, rows, self._version_condition(mapper, "n", 1))

    def delete_if_there(self, mapper: EntityMapper, nodes: list[Node]) -> Iterator[Section]:
        """Remove nodes of which nobody knows whether they are stored."""
        if nodes:
            rows = [[key] for key in mapper.keys(nodes)]
            yield Section(f"{self._checked_node(mapper.meta, '')} DETACH DELETE n", rows)

    def _deletion(self, mapper: EntityMapper, nodes: list[Node], rows: list[Row], condition: str) -> Section:
        meta: Any = mapper.meta
        diagnosis = self._stale(mapper, nodes, condition, "was deleted here")
        return Section(f"{self._checked_node(meta, condition)} DETACH DELETE n", rows, len(rows), diagnosis)

    def renew(self, mapper: EntityMapper, pairs: Sequence[tuple[Row, Node]]) -> Iterator[Section]:
        """Let stored nodes become the new ones (by their rows) that take their keys: nothing else is left of them."""
        groups: dict[tuple[type[Node], bool], list[tuple[Row, Node]]] = defaultdict(list)
        for row, old in pairs:
            groups[old.__meta__.cls, old.__meta__.version is not None and _is_read(old)].append((row, old))
        for (cls, checked), group in groups.items():
            yield self._renewal(mapper, self.mapper.entity(cls), group, checked=checked)

    def _renewal(
        self, mapper: EntityMapper, former: EntityMapper, pairs: Sequence[tuple[Row, Node]], *, checked: bool
    ) -> Section:
        meta: Any = mapper.meta
        before: Any = former.meta
        every, place, olds = range(len(mapper.properties)), mapper.index(meta.key.name), [old for _, old in pairs]
        rows = [[row[place], *row] for row, _ in pairs]
        condition = ""
        if checked:
            condition = self._version_condition(former, "n", len(mapper.properties) + 1)
            version = former.index(before.version.name)
            for row, old in zip(rows, olds, strict=True):
                read: Any = old._row
                row.append(-1 if read[version] is None else read[version])
        labels = {label for cls in (before.cls, *metadata.subclasses(before.cls)) for label in cls.__meta__.labels}
        left = sorted(labels.difference(meta.labels))
        removed = f" REMOVE n{self.dialect.render_labels(left)}" if left else ""
        emptied = f"SET n = {{{quote(meta.key.graph_name)}: row[0]}}, n{self.dialect.render_labels(meta.labels)}"
        body = (
            f"{self._checked_node(before, condition)} OPTIONAL MATCH (n)-[r]-() DELETE r WITH DISTINCT row, n{removed} "
            f"{emptied} {persist.render_set(self.dialect, mapper, 'n', every, 1, rows)}"
        )
        diagnosis = self._stale(former, olds, condition, "was deleted here")
        return Section(body, rows, len(rows), diagnosis, _locate(mapper, every, 1))

    # -- edges

    def _by_ends(
        self, pairs: Sequence[Pair]
    ) -> Iterable[tuple[tuple[NodeMeta, NodeMeta, bool], RelationMeta, list[Pair]]]:
        groups: dict[tuple[Any, ...], list[Pair]] = defaultdict(list)
        for (relation, start, end, edge, keyless), some in _alike(pairs):
            groups[relation.type, relation.direction == "BOTH", start.__meta__.primary_label,
                   end.__meta__.primary_label, edge, keyless] += some  # fmt: skip
        for group in groups.values():
            first = group[0]
            yield (first.start.__meta__, first.end.__meta__, first.key is not None), first.relation, group

    def relate(self, pairs: list[Pair], versions: Callable[[Any, list[Pair]], Receive]) -> Iterator[Section]:
        """Make sure of edges, and set the properties of those that were given some.

        versions: makes of a mapper of edges and some pairs what receives the versions of these.
        """
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
            both = relation.direction == "BOTH"
            yield from persist.relate_sections(self.dialect, match, relate, rows, missing, locate, undirected=both)
            if edge is not None and edge.meta.version is not None:
                receive = versions(edge, group)
                yield from edge_versions(self.dialect, edge, relation, (start, end), rows, receive)

    def _missing_end(self, start: NodeMeta, end: NodeMeta, pairs: list[Pair]) -> Diagnosis:
        first = persist.render_node(self.dialect, "a", start, "row[0]").replace("MATCH", "OPTIONAL MATCH", 1)
        second = persist.render_node(self.dialect, "b", end, "row[1]").replace("MATCH", "OPTIONAL MATCH", 1)

        def explain(i: int, start_gone: object) -> OGMError | None:
            node = pairs[i].start if start_gone is True else pairs[i].end
            if node._row is None and not node.__ogm_expired__:
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

    def delete_edges(self, edges: list[Edge], *, checked: bool) -> Iterator[Section]:
        """Remove single edges; `checked`: each was read, so that it has to be there."""
        by_class: dict[type[Edge], list[Edge]] = defaultdict(list)
        for edge in edges:
            by_class[edge.__meta__.cls].append(edge)
        for cls, some in by_class.items():
            for group, (start, end), condition, key, undirected in self._edges_by_ends(self.mapper.entity(cls), some):
                rows = [[self._key(edge.source), self._key(edge.target), key(edge)] for edge in group]
                match = persist.render_edge_match(cls.__meta__.type, undirected=undirected, condition=condition)
                body = f"{persist.render_ends(self.dialect, start, end)} {match} DELETE r"
                diagnosis = self._stale_edge(match, start, end, group, "was deleted here") if checked else None
                yield Section(body, rows, len(rows) if checked else None, diagnosis)

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


def _is_read(node: Node) -> bool:
    """Tell whether anybody here has seen a version of a node: what was read of an expired one is forgotten."""
    return node._row is not None and not type(node).__ogm_expired__


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


def _alike(pairs: Sequence[Pair]) -> Iterable[tuple[tuple[Any, ...], Sequence[Pair]]]:
    """Return pairs by what they have in common: most often that is all, which five sets tell at a third of the cost."""
    found: tuple[set[Any], ...] = (
        {pair.relation for pair in pairs},
        {type(pair.start) for pair in pairs},
        {type(pair.end) for pair in pairs},
        {type(pair.edge) for pair in pairs},
        {pair.key is None for pair in pairs},
    )
    if all(len(kinds) == 1 for kinds in found):
        return [(tuple(kind for (kind,) in found), pairs)]
    groups: dict[tuple[Any, ...], list[Pair]] = defaultdict(list)
    for pair in pairs:
        groups[pair.relation, type(pair.start), type(pair.end), type(pair.edge), pair.key is None].append(pair)
    return groups.items()
