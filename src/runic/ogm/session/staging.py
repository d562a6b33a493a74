"""What is staged and not yet written: the in-memory half of a session, without a database."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.exceptions import (
    ConstraintViolationError,
    DetachedEntityError,
    EntityNotFoundError,
    OGMError,
    RelationValueError,
)
from runic.ogm.model.base import Edge, Node, expired_class
from runic.ogm.model.relations import RelationAttribute, check_target
from runic.ogm.model.state import DETACHED, UNLOADED, Link
from runic.ogm.query.related import fits_classes
from runic.ogm.session.adding import Adding
from runic.ogm.session.arguments import check_entity, check_node_class, listed
from runic.ogm.session.identity import ends_of, pair_id

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from runic.ogm.model.metadata import RelationMeta

N = TypeVar("N", bound=Node)


class Staging(Adding):
    """Holds the entities of a session and what is to become of them at the next flush."""

    @property
    def staged(self) -> bool:
        """Whether anything but changed properties waits for a flush."""
        return bool(self.new or self.merged or self.deleted or self.deleted_edges or self.pairs or self.replaced)

    def __contains__(self, entity: object) -> bool:
        return isinstance(entity, (Node, Edge)) and self.owns(entity) and id(entity) not in self.deleted

    def merge(self, entity: N) -> N:
        """Stage an upsert by key; returns the session's entity for that key."""
        self.check_writable()
        check_entity(entity, "merge", (Node,))
        if self.owns(entity):
            self.add(entity)  # if it was to be deleted, it stays
            return entity
        self._refuse_foreign(entity)
        meta = entity.__meta__
        known = self._of_same_key(entity)
        if known is not None:
            if type(known).__ogm_expired__ and issubclass(meta.cls, known.__meta__.cls):
                self._merge_unread(known, entity)
            elif known.__meta__ is not meta:
                raise ConstraintViolationError(
                    f"{entity!r} has the key of {known!r}: {meta.name} and {known.__meta__.name} share the keys of "
                    f"{meta.primary_label!r}"
                )
            self._merge_into(known, entity)
            return known  # type: ignore[return-value] # one primary label and key: the same node
        if entity._row is not None:  # it was stored: its relations are the database's, not new ones
            entity._row = None
            for relation in meta.relations.values():
                setattr(entity, relation.slot, UNLOADED)
        self.add(entity)
        self.merged[id(entity)] = self.new.pop(id(entity))
        for relation, targets in _given(entity):
            if not relation.many:  # it may be stored, and lead to another
                self.replaced[id(entity), relation.name] = (entity, relation, targets)
        return entity

    def _of_same_key(self, entity: Node) -> Node | None:
        """Return the entity of the session that has the key of another, which must have one."""
        meta = entity.__meta__
        key = getattr(entity, meta.key.name)
        if key is None and not meta.key.options.generated:
            raise OGMError(f"merge() needs the key of {entity!r}: set {meta.name}.{meta.key.name}")
        try:
            known = self.identity.find(meta.cls, key)
        except TypeError:
            self.refuse_unhashable(entity)
            raise
        return None if known is None or id(known) in self.deleted else known

    def _merge_unread(self, known: Node, entity: Node) -> None:
        """Let a stand-in, whose class and values nobody has read, be what is merged."""
        self.filled[id(known)] = known.__meta__.cls
        self._unload(known)
        known.__class__ = entity.__meta__.cls
        for relation in entity.__meta__.relations.values():
            setattr(known, relation.slot, UNLOADED)
        known._row = None
        for name in entity.__meta__.properties:
            setattr(known, name, getattr(entity, name))
        self.merged[id(known)] = known

    def empty_filled(self) -> None:
        """Let what was filled by merge() be stand-ins again."""
        for place, cls in self.filled.items():
            node = self.merged.pop(place, None) or self.deleted.get(place)
            if node is not None:
                self._unload(node)
                node.__class__ = expired_class(cls)

    def _merge_into(self, known: Node, entity: Node) -> None:
        """Let an entity of the session become as another: lists gain targets, single relations lead to the new one."""
        for name, prop in entity.__meta__.properties.items():
            if not prop.options.version:  # counted by the database
                setattr(known, name, getattr(entity, name))
        for relation, targets in _given(entity) if entity._row is None else ():
            for target in targets:
                if relation.many:
                    self.stage_relate(known, relation.name, target)
                else:
                    setattr(known, relation.name, target)

    def merge_all(self, entities: Iterable[N]) -> list[N]:
        """Stage several upserts."""
        return [self.merge(entity) for entity in listed(entities, "entities", "nodes")]

    def reference(self, cls: type[N], key: object) -> N:
        """Return the entity for a stored node without reading it; reading one of its properties loads it."""
        self.check_open()
        cls = check_node_class(cls)
        self.mapper.entity(cls).encode(cls.__meta__.key.name, key)
        known = self.identity.find(cls, key)
        if known is not None:
            return known  # type: ignore[return-value] # one primary label and key
        stand_in: Any = expired_class(cls).__new__(expired_class(cls))
        setattr(stand_in, cls.__meta__.key.name, key)
        stand_in._ogm, stand_in._row = Link(self.owner), None
        self.identity.put(stand_in)
        return stand_in  # type: ignore[no-any-return]

    def _unload(self, entity: Node) -> None:
        """Forget all of a stored node but its key: it is read again at its next use."""
        meta = entity.__meta__
        for name in meta.properties:
            if name != meta.key.name and name in vars(entity):
                delattr(entity, name)
        for relation in meta.relations.values():
            setattr(entity, relation.slot, UNLOADED)
        entity.__class__ = expired_class(meta.cls)

    def delete(self, entity: Node | Edge) -> None:
        """Stage a removal; an entity that was never stored is only unstaged."""
        self.check_writable()
        check_entity(entity, "delete", (Node, Edge))
        if isinstance(entity, Edge):
            self._delete_edge(entity)
        elif id(entity) in self.new:
            self.expunge(entity)
        elif self.owns(entity):
            self.merged.pop(id(entity), None)  # it may be stored
            self.deleted[id(entity)] = entity
            self.dropped += [self.pairs[found] for found in self.pairs.touching(entity)]
            self._drop_pairs(entity)
        elif entity._ogm is not None:
            self._refuse_foreign(entity)
            raise DetachedEntityError(f"{entity!r} is not in this session: load it here, or add() it, to delete it")

    def _delete_edge(self, edge: Edge) -> None:
        staged = [found for found in self.pairs.joining(edge.source, edge.target) if self.pairs[found].edge is edge]
        for found in staged:
            del self.pairs[found]
        if not staged and not self.owns(edge):
            raise DetachedEntityError(f"{edge!r} is not in this session: load it with edges() to delete it")
        if edge._row is not None:
            self.deleted_edges[id(edge)] = edge

    def _named_edge(self, relation: RelationMeta, source: Node, target: Node, edge: Edge) -> None:
        """Stage the removal of one edge; an edge with a key may be one that was only made to name it."""
        start, end = ends_of(relation, source, target)
        key = edge.__meta__.key
        if key is not None and not self.owns(edge):
            place = pair_id(relation, start, end, getattr(edge, key.name))
            if self.pairs.pop(place, None) is None:
                known = self.identity.edges.get(place, edge)
                known.source, known.target = start, end
                self.deleted_edges[id(known)] = known
        else:
            self._delete_edge(edge)

    def expunge_all(self) -> None:
        """Take everything out of the session, staged or not."""
        for entity in [*self.identity, *self.new.values(), *self.merged.values(), *self.identity.edges.values()]:
            never_stored = entity._row is None and not type(entity).__ogm_expired__
            entity._ogm = None if never_stored else DETACHED
        self.forget_staged()
        self.identity.clear()

    def forget_staged(self) -> None:
        """Drop all that was staged."""
        for stage in (self.new, self.merged, self.filled, self.deleted, self.deleted_edges):
            stage.clear()
        for relations in (self.pairs, self.replaced, self.assigned):
            relations.clear()
        self.told.clear()
        self.dropped.clear()
        self.hidden.clear()

    # -- relations

    def relation_of(self, source: Node, relation: object) -> RelationMeta:
        """Return the relation that an attribute or a name means for `source`."""
        if not isinstance(source, Node):
            raise TypeError(f"source must be a node, not {source!r}")
        name = relation.meta.name if isinstance(relation, RelationAttribute) else relation
        if not isinstance(name, str):
            raise TypeError(f"relation must be an attribute such as Model.relation or its name, not {relation!r}")
        found = source.__meta__.relations.get(name)
        if isinstance(relation, RelationAttribute) and found is not None and relation.meta is not found:
            self._check_owner(source, relation)
        if found is None:
            known = ", ".join(source.__meta__.relations) or "none"
            raise RelationValueError(source.__meta__.name, name, f"is no relation; there are: {known}")
        return found

    @staticmethod
    def _check_owner(source: Node, relation: RelationAttribute) -> None:
        """Raise RelationValueError for the relation of another class that is called like one of the entity's."""
        meta, owner = source.__meta__, relation.meta.owner
        if not fits_classes((meta.cls,), owner):
            reason = f"{relation!r} is a relation of another class: give {meta.name}.{relation.meta.name} for this one"
            raise RelationValueError(meta.name, relation.meta.name, reason)

    def stage_relate(self, source: Node, relation: object, target: Node, edge: Edge | None = None) -> None:
        """Stage that an edge shall be there, with the properties of `edge` if one is given."""
        self.check_writable()
        meta = self.relation_of(source, relation)
        self.check_ends(meta, source, target, edge)
        self.stage_checked(meta, source, target, edge)

    def stage_checked(self, relation: RelationMeta, source: Node, target: Node, edge: Edge | None = None) -> None:
        """Do what `stage_relate` does with what `check_ends` has let pass."""
        if target._ogm is None and relation.options.cascade:
            self.add(target)
        self._stage_add(relation, source, target, edge, explicit=True)
        place = (id(source), relation.name)
        if place in self.replaced:
            self.replaced[place] = (source, relation, [*self.replaced[place][2], target])
        self._show_related(relation, source, target)
        if relation.mirrors:
            self._mirror_added(relation, source, target, replace=False)

    def check_ends(self, meta: RelationMeta, source: Node, target: Node, edge: Edge | None = None) -> None:
        """Raise the error that says why an edge of a relation of `source` may not be staged."""
        check_target(meta, target)
        self._require(source)
        if target._ogm is not None or not meta.options.cascade:
            self._require(target)
        if edge is not None:
            self._check_edge(meta, edge)

    def all_here(self, links: set[Link | None]) -> bool:
        """Tell at a glance, by the links of some nodes, whether these belong to this session and none is deleted."""
        owners: set[object] = {None if link is None else link.owner for link in links}
        return owners <= {self.owner} and not self.deleted and not self.closed

    def _require(self, node: Node) -> None:
        owner: object = None if node._ogm is None else node._ogm.owner
        if owner is self and not self.closed and id(node) not in self.deleted:
            return
        self._refuse_foreign(node)
        raise EntityNotFoundError(
            f"{node!r} is neither stored nor staged in this session: add() it, or load it, before it is related"
        )

    def _check_edge(self, relation: RelationMeta, edge: object) -> None:
        model = relation.edge_model
        if model is None or not isinstance(edge, model):
            wanted = f"an edge of {model.__name__}" if model else "no edge, since it has no edge_model"
            raise RelationValueError(relation.owner.__name__, relation.name, f"takes {wanted}, not {edge!r}")
        if edge.__meta__.type != relation.type:
            raise RelationValueError(
                relation.owner.__name__,
                relation.name,
                f"has edges of the type {relation.type!r}, and {edge!r} is one of {edge.__meta__.type!r}",
            )
        if edge.__meta__.key is not None:
            self.refuse_unhashable(edge)
        self._refuse_foreign(edge)

    def stage_unrelate(self, source: Node, relation: object, target: Node, edge: Edge | None = None) -> None:
        """Stage that no edge, or not this one, shall be there."""
        self.check_writable()
        meta = self.relation_of(source, relation)
        check_target(meta, target)
        for node in (source, target):
            self._require(node)
        if edge is not None:
            self._check_edge(meta, edge)
            self._named_edge(meta, source, target, edge)
        else:
            self._stage_remove(meta, source, target, explicit=True)
        self._invalidate(source, meta, target)
        self._mirror_removed(meta, source, target)

    def relation_changed(self, source: Node, relation: RelationMeta, added: list[Node], removed: list[Node]) -> None:
        """Stage a change of a loaded relation, and show it on the other side."""
        self.check_writable()
        self.check_idle()
        self._refuse_targets(added)
        place = (id(source), relation.name)
        if place in self.replaced and (removed or [*map(id, added)] != [*map(id, self.replaced[place][2])]):
            gone = {id(target) for target in removed}
            kept = [target for target in self.replaced[place][2] if id(target) not in gone]
            self.replaced[place] = (source, relation, [*kept, *added])
        for target in removed:
            self._stage_remove(relation, source, target)
            self._mirror_removed(relation, source, target)
        for target in added:
            if relation.options.cascade and target._ogm is None:
                self.add(target)
            self._stage_add(relation, source, target)
            self._mirror_added(relation, source, target)
        if not relation.many and place not in self.replaced:
            self._assigned(source, relation, added[0] if added else None)

    def _refuse_targets(self, targets: list[Node]) -> None:
        for target in targets:
            self._refuse_foreign(target)
            if id(target) in self.deleted:
                self._require(target)

    def relation_replaced(self, source: Node, relation: RelationMeta, targets: list[Node]) -> None:
        """Stage that an unloaded relation shall have just these targets."""
        self.check_idle()
        self._refuse_targets(targets)
        if relation.mirrors or source in self.told:
            self._drop_others(source, relation, targets)
        self.replaced[id(source), relation.name] = (source, relation, targets)
        self._hide_from_holders(relation, source, targets)
        self.relation_changed(source, relation, targets, [])


def _given(entity: Node) -> Iterator[tuple[RelationMeta, list[Node]]]:
    """Yield the relations that an entity was given, with their targets."""
    for relation in entity.__meta__.relations.values():
        value: Any = getattr(entity, relation.slot)
        targets = [] if value is UNLOADED or value is None else [*value] if relation.many else [value]
        if targets:
            yield relation, targets
