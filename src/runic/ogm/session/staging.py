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
from runic.ogm.model.keys import make_key
from runic.ogm.model.relations import RelationAttribute, check_target
from runic.ogm.model.state import DETACHED, UNLOADED, Link, owner_of
from runic.ogm.session.arguments import check_entity, check_node_class, listed
from runic.ogm.session.identity import ends_of, pair_id
from runic.ogm.session.pairs import PairStaging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runic.ogm.cypher.statement import Operation
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import RelationMeta

N = TypeVar("N", bound=Node)


class Staging(PairStaging):
    """Holds the entities of a session and what is to become of them at the next flush."""

    def __init__(self, mapper: Mapper) -> None:
        super().__init__()
        self.mapper = mapper
        self.closed = False
        self.read_only = False
        self.deleted: dict[int, Node] = {}
        self.deleted_edges: dict[int, Edge] = {}
        self.lazy: Callable[[Operation[Any]], Any] | None = None
        self._link: Link | None = None

    @property
    def owner(self) -> Any:  # noqa: ANN401 - as a whole, a unit of work is the Owner of its entities
        """What entities are linked to; no attribute, since a unit that held itself would wait for the collector."""
        return self

    @property
    def staged(self) -> bool:
        """Whether anything but changed properties waits for a flush."""
        return bool(self.new or self.merged or self.deleted or self.deleted_edges or self.pairs or self.replaced)

    def owns(self, entity: Entity) -> bool:
        """Tell whether an entity belongs to this session, staged or stored."""
        owner: object = owner_of(entity)
        return owner is self

    def __contains__(self, entity: object) -> bool:
        return isinstance(entity, (Node, Edge)) and self.owns(entity) and id(entity) not in self.deleted

    def check_writable(self) -> None:
        """Raise if the session is closed or read-only."""
        self.check_open()
        if self.read_only:
            raise OGMError("this session is read-only: open it without read_only=True to write")

    def check_open(self) -> None:
        """Raise if the session is closed."""
        if self.closed:
            raise DetachedEntityError("this session is closed: open a new one")

    # -- nodes

    def add(self, entity: Node) -> None:
        """Stage an entity, and through cascading relations all that it reaches, each once."""
        self.check_writable()
        self._add(entity)

    def add_all(self, entities: Iterable[Node]) -> None:
        """Stage several entities."""
        self.check_writable()
        for entity in listed(entities, "entities", "nodes"):
            self._add(entity)

    def _add(self, entity: Node) -> None:
        if not isinstance(entity, Node):
            raise TypeError(f"add() takes a node, not {entity!r}; an edge is written with relate(..., edge=edge)")
        if self._add_one(entity):
            meta = entity.__meta__
            waiting = [] if meta.read_slots(entity) == meta.blank_slots else self._stage_relations(entity)
            while waiting:
                node = waiting.pop()
                if self._add_one(node):
                    waiting.extend(self._stage_relations(node))

    def _add_one(self, node: Node) -> bool:
        """Stage one node; False if it was here already."""
        if node._ogm is not None:
            if self.owns(node):
                self.deleted.pop(id(node), None)
                return False
            self._refuse_foreign(node)
        self.claim_key(node)
        if self._link is None:
            self._link = Link(self.owner)  # one for all: what was not read together has no siblings
        node._ogm = self._link
        if node._row is not None:
            return False
        self.new[id(node)] = node
        return True

    def _refuse_foreign(self, node: Entity) -> None:
        owner: object = owner_of(node)
        if owner is not None and owner is not self:
            raise DetachedEntityError(
                f"{node!r} belongs to another open session: use it there, or take it out with expunge() first"
            )

    def claim_key(self, node: Node) -> None:
        """Enter a node under its key, which is made here if it is generated."""
        meta = node.__meta__
        name = meta.key.name
        key = getattr(node, name)
        if key is None:
            if not meta.key.options.generated:
                return
            key = make_key(meta.key)
            setattr(node, name, key)
        known = self.identity.nodes[meta.primary_label]
        other = known.setdefault(key, node)
        if other is node:
            return
        if id(other) not in self.deleted:
            raise ConstraintViolationError(
                f"{meta.name} with {meta.key.name}={key!r} is in the session already, as another object: "
                "change that one, or use merge()"
            )
        known[key] = node

    def _stage_relations(self, node: Node) -> list[Node]:
        """Stage the relations that a new node was given; return the targets that cascading adds."""
        reached: list[Node] = []
        for relation in node.__meta__.relations.values():
            value = getattr(node, relation.slot)
            if value is UNLOADED or value is None:
                continue
            for target in list(value) if relation.many else [value]:
                self._stage_add(relation, node, target)
                self._mirror_added(relation, node, target)
                if relation.options.cascade and target._ogm is None:
                    reached.append(target)
        return reached

    def merge(self, entity: N) -> N:
        """Stage an upsert by key; returns the session's entity for that key."""
        self.check_writable()
        check_entity(entity, "merge", (Node,))
        if self.owns(entity):
            return entity
        self._refuse_foreign(entity)
        meta = entity.__meta__
        if getattr(entity, meta.key.name) is None and not meta.key.options.generated:
            raise OGMError(f"merge() needs the key of {entity!r}: set {meta.name}.{meta.key.name}")
        known = self.identity.find(meta.cls, getattr(entity, meta.key.name))
        if known is not None and id(known) not in self.deleted:
            if known.__meta__ is not meta:
                raise ConstraintViolationError(
                    f"{entity!r} has the key of {known!r}: {meta.name} and {known.__meta__.name} share the keys of "
                    f"{meta.primary_label!r}"
                )
            for name in meta.properties:
                setattr(known, name, getattr(entity, name))
            return known  # type: ignore[return-value] # one primary label and key: the same node
        if entity._row is not None:  # it was stored: its relations are the database's, not new ones
            entity._row = None
            for relation in meta.relations.values():
                setattr(entity, relation.slot, UNLOADED)
        self.add(entity)
        self.merged[id(entity)] = self.new.pop(id(entity))
        return entity

    def merge_all(self, entities: Iterable[N]) -> list[N]:
        """Stage several upserts."""
        return [self.merge(entity) for entity in listed(entities, "entities", "nodes")]

    def reference(self, cls: type[N], key: object) -> N:
        """Return the entity for a stored node without reading it; reading one of its properties loads it."""
        self.check_open()
        check_node_class(cls)
        self.mapper.entity(cls).encode(cls.__meta__.key.name, key)
        known = self.identity.find(cls, key)
        if known is not None:
            return known  # type: ignore[return-value] # one primary label and key
        stand_in: Any = expired_class(cls).__new__(expired_class(cls))
        setattr(stand_in, cls.__meta__.key.name, key)
        stand_in._ogm, stand_in._row = Link(self.owner), None
        self.identity.put(stand_in)
        return stand_in  # type: ignore[no-any-return]

    def delete(self, entity: Node | Edge) -> None:
        """Stage a removal; an entity that was never stored is only unstaged."""
        self.check_writable()
        check_entity(entity, "delete", (Node, Edge))
        if isinstance(entity, Edge):
            self._delete_edge(entity)
        elif id(entity) in self.new or id(entity) in self.merged:
            self.expunge(entity)
        elif self.owns(entity):
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

    def expunge(self, entity: Node | Edge) -> None:
        """Take an entity out of the session, with all that was staged for it."""
        check_entity(entity, "expunge", (Node, Edge))
        self._refuse_foreign(entity)
        if not self.owns(entity):
            raise EntityNotFoundError(f"{entity!r} is not in this session, so there is nothing to take out")
        for stage in (self.new, self.merged, self.deleted):
            stage.pop(id(entity), None)
        if isinstance(entity, Edge):
            self.deleted_edges.pop(id(entity), None)
            self.identity.remove_edge(entity)
        else:
            self._drop_pairs(entity)
            if entity._row is None:
                self._hide_everywhere(entity)
            self.identity.remove(entity)
        never_stored = entity._row is None and not type(entity).__ogm_expired__
        entity._ogm = None if never_stored else DETACHED

    def _hide_everywhere(self, entity: Node) -> None:
        """Take an entity that was never stored out of what its targets show."""
        for relation in entity.__meta__.relations.values():
            value: Any = getattr(entity, relation.slot)
            for target in [*value] if relation.many and value is not UNLOADED else [value]:
                if isinstance(target, Node):
                    self._mirror_removed(relation, entity, target)

    def _drop_pairs(self, entity: Node) -> None:
        for found in self.pairs.touching(entity):
            del self.pairs[found]
        for name in entity.__meta__.relations if self.replaced else ():
            self.replaced.pop((id(entity), name), None)

    def expunge_all(self) -> None:
        """Take everything out of the session, staged or not."""
        for entity in [*self.identity, *self.new.values(), *self.merged.values(), *self.identity.edges.values()]:
            never_stored = entity._row is None and not type(entity).__ogm_expired__
            entity._ogm = None if never_stored else DETACHED
        self.forget_staged()
        self.identity.clear()

    def forget_staged(self) -> None:
        """Drop all that was staged."""
        for stage in (self.new, self.merged, self.deleted, self.deleted_edges, self.pairs, self.replaced):
            stage.clear()
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
        if found is None:
            known = ", ".join(source.__meta__.relations) or "none"
            raise RelationValueError(source.__meta__.name, name, f"is no relation; there are: {known}")
        return found

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

    def all_here(self, nodes: Iterable[Node]) -> bool:
        """Tell at a glance, by the links that they share, whether nodes belong to this session and none is deleted."""
        owners: set[object] = {None if link is None else link.owner for link in {node._ogm for node in nodes}}
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
        place = (id(source), relation.name)
        if place in self.replaced and (removed or added != self.replaced[place][2]):
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

    def relation_replaced(self, source: Node, relation: RelationMeta, targets: list[Node]) -> None:
        """Stage that an unloaded relation shall have just these targets."""
        if id(source) in self.told:
            self._drop_others(source, relation, targets)
        self.replaced[id(source), relation.name] = (source, relation, targets)
        self._hide_from_holders(relation, source, targets)
        self.relation_changed(source, relation, targets, [])
