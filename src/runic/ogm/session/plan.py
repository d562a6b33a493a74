"""What one flush writes: the batches in their order, and the changes of state that follow when they are written."""

from __future__ import annotations

from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.sections import SectionMaker
from runic.ogm.model.relations import is_related_list
from runic.ogm.model.state import DETACHED, GONE, UNLOADED, Link
from runic.ogm.session.adding import may_be_new
from runic.ogm.session.assigned import assigned_whole, edges_left_out, goes_with, mirrors_that_lose, places
from runic.ogm.session.changes import by_type
from runic.ogm.session.identity import pair_id
from runic.ogm.session.staged import changed_key, check_ends, metas_of, place_of, refuse_new_key, split_deleted
from runic.ogm.session.written import Versions, keep, note_changes, put_back

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable

    from runic.ogm.cypher.persist import Pair, Section
    from runic.ogm.cypher.statement import Row, Table
    from runic.ogm.cypher.versions import Receive
    from runic.ogm.mapping.mapper import EntityMapper
    from runic.ogm.model.base import Edge, Node
    from runic.ogm.model.metadata import NodeMeta
    from runic.ogm.session.assigned import Whole
    from runic.ogm.session.flush import Flushing
    from runic.ogm.session.identity import PairId


class Plan:
    """Made of a unit of work when it is flushed; `apply` after success, `undo` when it is rolled back later."""

    def __init__(self, unit: Flushing, changed: list[tuple[Any, tuple[int, ...]]]) -> None:
        self.unit = unit
        self.maker = SectionMaker(unit.dialect, unit.mapper)
        self._after: list[Callable[[], None]] = []
        self._undo: list[Callable[[], None]] = []
        self.metas = metas_of(unit)
        """The node classes that are written or looked up."""
        self.written_keys: list[tuple[NodeMeta, list[object]]] = []
        """The keys of the nodes that are made and did not get them here, by class."""
        check_ends(unit)
        unit.settle_keys()
        early, late = split_deleted(unit)
        self._assigned = assigned_whole(unit)
        self._whole = [*unit.replaced.values(), *self._assigned]
        self._left_out = edges_left_out(unit, self._whole)
        self._going = set(map(id, self._left_out.values()))
        self._taken = (
            {} if unit.dialect.undoes_whole_units else {place_of(node): node for node in early if not may_be_new(node)}
        )
        nodes = [(e, i) for e, i in changed if hasattr(e.__meta__, "labels") and id(e) not in unit.deleted]
        edges = [(e, i) for e, i in changed if not hasattr(e.__meta__, "labels") and not self._edge_goes(e)]
        self.sections: list[Section] = [
            *self._delete(early),
            *self._create({vars(node).get(node.__meta__.key.name) for node in early}),
            *self._merge(),
            *self._update(nodes),
            *self._delete_edges({id(node) for node in early}),
            *self._replace(),
            *self._unrelate(),
            *self._relate(),
            *self._update_edges(edges),
            *self._delete(late),
        ]
        written = [*unit.new.values(), *unit.merged.values(), *unit.deleted.values(), *(node for node, _ in nodes)]
        names = ", ".join(sorted({kind.__meta__.name for kind, _ in by_type(written)}))
        counts = {f"nodes of {names}": len(written), "edges": len(unit.pairs) + len(unit.deleted_edges) + len(edges)}
        self.summary = ", ".join(f"{what}: {count}" for what, count in counts.items() if count)
        self._after.append(unit.forget_staged)

    @property
    def labels(self) -> set[str]:
        """The labels of the nodes that are written or looked up."""
        return {label for meta in self.metas for label in meta.labels}

    def apply(self) -> None:
        """Bring the entities to what the database holds now."""
        for step in self._after:
            step()

    def undo(self) -> None:
        """Stage again what this plan had written: its transaction was rolled back."""
        for step in reversed(self._undo):
            step()

    def _edge_goes(self, edge: Edge) -> bool:
        """Tell whether an edge is removed, or written whole, by this plan anyway."""
        unit = self.unit
        ends_go = not unit.deleted.keys().isdisjoint((id(edge.source), id(edge.target)))
        if ends_go or id(edge) in unit.deleted_edges or id(edge) in self._going:
            return True
        meta, start, end = edge.__meta__, id(edge.source), id(edge.target)
        key = None if meta.key is None else getattr(edge, meta.key.name)
        for first, second in ((start, end), (end, start)):
            removed = unit.pairs.get((meta.type, first, second, None))
            if removed is not None and removed.remove:
                return True
            written = unit.pairs.get((meta.type, first, second, key))
            if written is not None and written.edge is not None:
                return True
        return False

    def _by_class(self, entities: Iterable[Any]) -> list[tuple[Any, list[Any]]]:
        groups: dict[type, list[Any]] = {}
        for kind, group in by_type(list(entities)):
            groups.setdefault(kind.__meta__.cls, []).extend(group)
        return [(self.unit.mapper.entity(cls), group) for cls, group in groups.items()]

    def _create(self, freed: set[Any]) -> Iterable[Section]:
        unit = self.unit
        for mapper, nodes in self._by_class(unit.new.values()):
            rows = self._dump_whole(mapper, nodes)
            # Nobody else has a generated key, but a lost commit may have stored the node itself.
            checked = unit.keys.is_unique(mapper.meta) or (mapper.meta.key.options.generated and not unit.unsure)
            made, of_them = nodes, rows
            if self._taken:
                renewals, made, of_them = self._renew_taken(mapper, nodes, rows)
                yield from renewals
            if made:
                yield from self.maker.create(mapper, made, of_them, checked=checked, freed=freed)
            self._after.append(partial(keep, nodes, mapper.snapshots(nodes, rows)))
            self._undo.append(partial(self._stage_new, nodes))

    def _dump_whole(self, mapper: EntityMapper, nodes: list[Node]) -> Table:
        rows, key = mapper.dump(nodes), mapper.meta.key
        if not key.options.generated:
            place = mapper.index(key.name)
            self.written_keys.append((mapper.meta, [row[place] for row in rows]))
        return rows

    def _renew_taken(
        self, mapper: EntityMapper, nodes: list[Node], rows: Table
    ) -> tuple[Iterable[Section], list[Node], Table]:
        """Return the batches of nodes that take the keys of deleted ones which cannot go before, and the others."""
        taken: list[tuple[Row, Node]] = []
        made: list[Node] = []
        of_them: list[Row] = []
        for node, row in zip(nodes, rows, strict=True):
            old = self._taken.get(place_of(node))
            if old is None:
                made.append(node)
                of_them.append(row)
            else:
                taken.append((row, old))
        return self.maker.renew(mapper, taken), made, of_them

    def _stage_new(self, nodes: list[Node]) -> None:
        for node in nodes:
            node._row = None
            self.unit.new[id(node)] = node
            self.unit.identity.put(node)

    def _merge(self) -> Iterable[Section]:
        for mapper, nodes in self._by_class(self.unit.merged.values()):
            rows = self._dump_whole(mapper, nodes)
            kept = mapper.snapshots(nodes, rows)
            renewals, made, of_them = self._renew_taken(mapper, nodes, rows)
            yield from renewals
            by_node = {id(node): row for node, row in zip(nodes, kept, strict=True)}
            versions = Versions(mapper, made, [by_node[id(node)] for node in made])
            yield from self.maker.merge(mapper, of_them, versions.receive)
            self._after += [partial(keep, nodes, kept), versions.apply, *self._unload_merged(mapper, nodes)]
            self._undo.append(partial(self._stage_merged, [(node, node._row) for node in nodes]))
        self._undo.append(partial(self.unit.filled.update, dict(self.unit.filled)))

    def _unload_merged(self, mapper: EntityMapper, nodes: list[Node]) -> Iterable[Callable[[], None]]:
        """Yield what lets merged nodes read what may have been stored besides what they were given."""
        meta: Any = mapper.meta
        for relation in meta.relations.values():
            slot, name = relation.slot, relation.name
            for node in nodes:
                shown = getattr(node, slot)
                if shown is not UNLOADED and (id(node), name) not in self.unit.replaced:
                    self._undo.append(partial(setattr, node, slot, shown))
                    yield partial(setattr, node, slot, UNLOADED)

    def _stage_merged(self, before: list[tuple[Node, Any]]) -> None:
        for node, row in before:
            node._row = row
            self.unit.merged[id(node)] = node

    def _update(self, changed: list[tuple[Node, tuple[int, ...]]]) -> Iterable[Section]:
        for mapper, indexes, entities in self._updates(changed):
            yield self.maker.update(mapper, indexes, entities)

    def _update_edges(self, changed: list[tuple[Edge, tuple[int, ...]]]) -> Iterable[Section]:
        for mapper, indexes, entities in self._updates(changed):
            yield from self.maker.update_edges(mapper, indexes, entities)

    def _updates(self, changed: list[tuple[Any, tuple[int, ...]]]) -> Iterable[tuple[Any, tuple[int, ...], list[Any]]]:
        groups: dict[tuple[type, tuple[int, ...]], list[Any]] = defaultdict(list)
        for entity, indexes in changed:
            groups[entity.__meta__.cls, indexes].append(entity)
        for (cls, indexes), entities in groups.items():
            mapper = self.unit.mapper.entity(cls)
            if mapper.meta.key is not None and mapper.index(mapper.meta.key.name) in indexes:
                raise changed_key(mapper, entities[0])
            if hasattr(mapper.meta, "labels"):
                refuse_new_key(mapper, entities)
            yield mapper, indexes, entities
            self._after.append(note_changes(mapper, entities, indexes))
            self._undo.append(partial(put_back, [(entity, entity._row) for entity in entities]))

    def _delete(self, nodes: list[Node]) -> Iterable[Section]:
        for mapper, group in self._by_class(nodes):
            refuse_new_key(mapper, group)
            left = [node for node in group if place_of(node) not in self._taken]
            yield from self.maker.delete(mapper, [node for node in left if not may_be_new(node)])
            yield from self.maker.delete_if_there(mapper, [*filter(may_be_new, left)])
            self._after.append(partial(self._forget, group))

    def _forget(self, nodes: list[Node]) -> None:
        """Take deleted nodes out of the session and out of what other entities show."""
        gone = {id(node) for node in nodes}
        for entity in self.unit.identity:
            for relation in entity.__meta__.relations.values():
                value: object = getattr(entity, relation.slot)
                if is_related_list(value):
                    if not any(id(item) in gone for item in value):
                        continue
                    value.show([item for item in value if id(item) not in gone])
                elif id(value) in gone:
                    setattr(entity, relation.slot, None)
                else:
                    continue
                self._undo.append(partial(setattr, entity, relation.slot, UNLOADED))
        for node in nodes:
            known = self.unit.identity.of(node.__meta__.primary_label)
            link = node._ogm
            self.unit.identity.remove(node)
            node._ogm = GONE
            self._undo.append(partial(self._stage_deleted, node, link, known, node._row))

    def _stage_deleted(self, node: Node, link: Link | None, known: dict[Any, Any], row: Row | None) -> None:
        again = [stage.pop(id(node), None) is not None for stage in (self.unit.new, self.unit.merged)]
        if any(again) or node._row is not row:  # it was added again since, and what it shows is that of a new one
            for relation in node.__meta__.relations.values():
                setattr(node, relation.slot, UNLOADED)
        node._ogm, node._row = link, row
        known.setdefault(getattr(node, node.__meta__.key.name), node)
        self.unit.deleted[id(node)] = node

    def _delete_edges(self, gone: Container[int]) -> Iterable[Section]:
        """Remove edges, but for those that went with their nodes."""
        edges = list(self.unit.deleted_edges.values())
        if edges:
            left = [edge for edge in edges if id(edge.source) not in gone and id(edge.target) not in gone]
            yield from self.maker.delete_edges([edge for edge in left if self.unit.owns(edge)], checked=True)
            yield from self.maker.delete_edges([edge for edge in left if not self.unit.owns(edge)], checked=False)
            self._after += [partial(self._drop_edge, edge) for edge in edges]
            self._undo.append(partial(self.unit.deleted_edges.update, {id(edge): edge for edge in edges}))

    def _drop_edge(self, edge: Edge) -> None:
        found = self.unit.identity.remove_edge(edge)
        if found is not None:
            self._undo.append(partial(self._put_edge, found, edge, edge._ogm))
        edge._ogm = DETACHED
        for entity in (edge.source, edge.target):
            for relation in entity.__meta__.relations.values():
                if relation.type == edge.__meta__.type and entity in self.unit:
                    setattr(entity, relation.slot, UNLOADED)

    def _replace(self) -> Iterable[Section]:
        yield from self.maker.replace(self._whole, self.unit.new)
        self._after.append(partial(self._forget_edges, self._left_out))
        if self.unit.assigned:
            self._undo.append(partial(self.unit.assigned.update, dict(self.unit.assigned)))
        if self.unit.replaced:
            before = dict(self.unit.replaced)
            self._after.append(partial(self._hide_replaced, list(before.values())))
            self._undo.append(lambda: self.unit.replaced.update(before))
            self._undo += [partial(setattr, holder, relation.slot, UNLOADED) for holder, relation in self.unit.hidden]

    def _hide_replaced(self, replaced: list[Whole]) -> None:
        for entity, relation, shown in mirrors_that_lose(self.unit.identity, replaced):
            getattr(entity, relation.slot).show(shown)
            self._undo.append(partial(setattr, entity, relation.slot, UNLOADED))

    def _unrelate(self) -> Iterable[Section]:
        removed = [pair for pair in self.unit.pairs.values() if pair.remove and not self._ends_new(pair)]
        whole = {place for source, relation, _ in self._assigned for place in places(relation, source)}
        yield from self.maker.unrelate([pair for pair in removed if not whole or not goes_with(pair, whole)])
        between = self.unit.identity.edges.between
        gone = [place for pair in removed for place in between(pair_id(pair.relation, pair.start, pair.end))]
        self._after.append(partial(self._forget_edges, gone))

    def _ends_new(self, pair: Pair) -> bool:
        return id(pair.start) in self.unit.new or id(pair.end) in self.unit.new

    def _forget_edges(self, places: Iterable[PairId]) -> None:
        for place in places:
            edge = self.unit.identity.edges.pop(place, None)
            if edge is not None:
                self._undo.append(partial(self._put_edge, place, edge, edge._ogm))
                edge._ogm = DETACHED

    def _put_edge(self, place: PairId, edge: Edge, link: Link | None) -> None:
        self.unit.identity.edges[place] = edge
        edge._ogm = link

    def _relate(self) -> Iterable[Section]:
        added = [pair for pair in self.unit.pairs.values() if pair.add]
        given = [pair for pair in added if pair.edge is not None]
        rows = {id(pair): self.unit.mapper.entity(type(pair.edge)).snapshot(pair.edge) for pair in given}
        counted: list[Versions] = []

        def versions(mapper: EntityMapper, pairs: list[Pair]) -> Receive:
            counted.append(Versions(mapper, [pair.edge for pair in pairs], [rows[id(pair)] for pair in pairs]))
            return counted[-1].receive

        yield from self.maker.relate(added, versions)
        self._after.append(lambda: self._track(given, list(rows.values())))
        self._after += [one.apply for one in counted]
        if self.unit.pairs:
            before = dict(self.unit.pairs)
            self._undo.append(partial(self.unit.pairs.update, before))

    def _track(self, pairs: list[Pair], rows: Table) -> None:
        """Make the edges that were just written entities of the session."""
        unit = self.unit
        link = Link(unit.owner)
        for pair, row in zip(pairs, rows, strict=True):
            if pair.edge is None:
                continue
            found = pair_id(pair.relation, pair.start, pair.end, pair.key)
            known = unit.identity.edges.get(found)
            self._undo.append(partial(self._untrack, found, pair.edge, (pair.edge._ogm, pair.edge._row)))
            if known is not None and known is not pair.edge:
                self._undo.append(partial(self._put_edge, found, known, known._ogm))
                known._ogm = DETACHED
            unit.identity.edges[found] = pair.edge
            pair.edge._ogm = link
            pair.edge._row = row

    def _untrack(self, place: PairId, edge: Edge, before: tuple[Link | None, Any]) -> None:
        edge._ogm, edge._row = before
        if edge._row is None and self.unit.identity.edges.get(place) is edge:
            del self.unit.identity.edges[place]
