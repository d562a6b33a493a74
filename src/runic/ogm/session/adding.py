"""Entities that a session is to store: each once under its key, with all that cascading relations reach."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from runic.ogm.exceptions import (
    ConstraintViolationError,
    DetachedEntityError,
    EntityNotFoundError,
    FieldValidationError,
    OGMError,
)
from runic.ogm.garbage import still
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.keys import make_key
from runic.ogm.model.relations import RelatedList, is_related_list
from runic.ogm.model.state import DETACHED, GONE, UNLOADED, Ambiguous, Link, owner_of
from runic.ogm.session.arguments import check_entity, listed
from runic.ogm.session.changes import by_type
from runic.ogm.session.pairs import PairStaging

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from runic.ogm.cypher.statement import Operation
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Entity

IN_USE = "this session is in use by another thread or task: give each its own session"


def may_be_new(node: Node) -> bool:
    """Tell whether nobody knows of a node if it is stored: it was merged, and deleted before that was written."""
    return node._row is None and not type(node).__ogm_expired__


class Adding(PairStaging):
    """The new entities of a session."""

    def __init__(self, mapper: Mapper) -> None:
        super().__init__()
        self.mapper = mapper
        self.closed = False
        self.read_only = False
        self.writing = False
        self.deleted: dict[int, Node] = {}
        self.filled: dict[int, type[Node]] = {}  # what stand-ins were before merge() filled them
        self.deleted_edges: dict[int, Edge] = {}
        self.lazy: Callable[[Operation[Any]], Any] | None = None
        self._link: Link | None = None

    @property
    def owner(self) -> Any:  # noqa: ANN401 - as a whole, a unit of work is the Owner of its entities
        """What entities are linked to; no attribute, since a unit that held itself would wait for the collector."""
        return self

    def owns(self, entity: Entity) -> bool:
        """Tell whether an entity belongs to this session, staged or stored."""
        owner: object = owner_of(entity)
        return owner is self

    def check_writable(self) -> None:
        """Raise if the session is closed or read-only."""
        self.check_open()
        if self.read_only:
            raise OGMError("this session is read-only: open it without read_only=True to write")

    def check_idle(self) -> None:
        """Raise if what is staged is being written: a change that comes now would be taken for written too."""
        if self.writing:
            raise OGMError(IN_USE)

    def check_open(self) -> None:
        """Raise if the session is closed."""
        if self.closed:
            raise DetachedEntityError("this session is closed: open a new one")

    def add(self, entity: Node) -> None:
        """Stage an entity, and through cascading relations all that it reaches, each once."""
        self.check_writable()
        self._add(entity)

    def add_all(self, entities: Iterable[Node]) -> None:
        """Stage several entities."""
        self.check_writable()
        given = listed(entities, "entities", "nodes")
        with still(len(given)):
            for kind, nodes in groupby(given, type):
                for node in self._add_simple(kind, nodes) if issubclass(kind, Node) else nodes:
                    self._add(node)

    def _add_simple(self, kind: type[Node], nodes: Iterable[Node]) -> Iterator[Node]:
        """Stage the nodes that are new, with a key and without relations, in half of the time; yield the others."""
        meta = kind.__meta__
        name, read, blank, new = meta.key.name, meta.read_slots, meta.blank_slots, self.new
        claim, link = self.identity.nodes[meta.primary_label].setdefault, self._own_link()
        for node in nodes:
            key = getattr(node, name, None) if node._ogm is None and node._row is None else None
            try:
                simple = key is not None and blank == read(node) and claim(key, node) is node
            except TypeError:  # a key without a hash, which _add() names
                simple = False
            if simple:
                node._ogm = link
                new[id(node)] = node
            else:
                yield node

    def _add(self, entity: Node) -> None:
        if not isinstance(entity, Node):
            raise TypeError(f"add() takes a node, not {entity!r}; an edge is written with relate(..., edge=edge)")
        if self._add_one(entity):
            meta = entity.__meta__
            if meta.blank_slots != meta.read_slots(entity):  # in this order: no entity's == is asked
                self._add_reached(entity)

    def _add_reached(self, entity: Node) -> None:
        """Stage the relations of a node that was just added, and what they cascade to: all of it, or nothing."""
        added, waiting = [entity], [entity]
        try:
            while waiting:
                for node in self._stage_relations(waiting.pop()):
                    if self._add_one(node):
                        added.append(node)
                        waiting.append(node)
        except BaseException:
            for node in added:
                self.take_out(node)
            raise

    def _add_one(self, node: Node) -> bool:
        """Stage one node; False if it was here already."""
        if node._ogm is not None:
            if node._ogm is GONE:
                _make_new(node)
            elif self.owns(node):
                if self.deleted.pop(id(node), None) is not None and may_be_new(node):
                    self.merged[id(node)] = node
                return False
            self._refuse_foreign(node)
        self.claim_key(node)
        node._ogm = self._own_link()
        if node._row is not None or type(node).__ogm_expired__:
            return False
        self.new[id(node)] = node
        return True

    def _own_link(self) -> Link:
        """Return the link of what is added, one for all: what was not read together has no siblings."""
        if self._link is None:
            self._link = Link(self.owner)
        return self._link

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
        try:
            other = known.setdefault(key, node)
        except TypeError:
            self.refuse_unhashable(node)
            raise
        if other is node:
            return
        if id(other) not in self.deleted and self.identity.find(meta.cls, key) is not None:
            raise ConstraintViolationError(
                f"{meta.name} with {meta.key.name}={key!r} is in the session already, as another object: "
                "change that one, or use merge()"
            )
        known[key] = node

    def refuse_unhashable(self, entity: Entity) -> None:
        """Raise FieldValidationError for a key that nothing can be looked up by."""
        meta: Any = entity.__meta__
        key = getattr(entity, meta.key.name)
        if not _has_hash(key):
            self.mapper.entity(meta.cls).encode(meta.key.name, key)  # says what is wrong if the type is
            raise FieldValidationError(meta.name, meta.key.name, f"{key!r} has no hash(): a key must have one")

    def settle_keys(self) -> None:
        """Let what is to be stored stand under the key that it has by now, and under no other."""
        for stage in (self.new, self.merged):
            for kind, nodes in by_type(list(stage.values())):
                meta = kind.__meta__
                name, known = meta.key.name, self.identity.of(meta.primary_label)
                try:
                    late = [node for node in nodes if known.get(getattr(node, name)) is not node]
                except TypeError:
                    late = [node for node in nodes if not self.identity.leads_to(node)]
                if late:
                    self.identity.release(late)
                for node in late:
                    self.claim_key(node)

    def _stage_relations(self, node: Node) -> list[Node]:
        """Stage the relations that a new node was given; return the targets that cascading adds."""
        reached: list[Node] = []
        for relation in node.__meta__.relations.values():
            value = getattr(node, relation.slot)
            if value is UNLOADED or value is None:
                continue
            for target in list(value) if relation.many else [value]:
                self._refuse_foreign(target)
                self._stage_add(relation, node, target)
                self._mirror_added(relation, node, target)
                if relation.options.cascade and target._ogm is None:
                    reached.append(target)
        return reached

    def expunge(self, entity: Node | Edge) -> None:
        """Take an entity out of the session, with all that was staged for it."""
        check_entity(entity, "expunge", (Node, Edge))
        self._refuse_foreign(entity)
        if not self.owns(entity):
            raise EntityNotFoundError(f"{entity!r} is not in this session, so there is nothing to take out")
        if isinstance(entity, Node) and may_be_new(entity):
            self._hide_from_sources(entity)
            if not self.identity.leads_to(entity):  # its key was set, or changed, after it was added
                self.identity.release([entity])
        self.take_out(entity)

    def take_out(self, entity: Node | Edge) -> None:
        """Take an entity out, while what it and its sources were given is left to them."""
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

    def _hide_from_sources(self, entity: Node) -> None:
        """Take an entity that was never stored out of what those show that were related to it."""
        for found in self.pairs.touching(entity):
            pair = self.pairs[found]
            for node in (pair.start, pair.end):
                for relation in node.__meta__.relations.values() if node is not entity else ():
                    if relation.type == pair.relation.type:
                        self.lose(node, relation, entity)

    def _drop_pairs(self, entity: Node) -> None:
        for found in self.pairs.touching(entity):
            del self.pairs[found]
        for name in entity.__meta__.relations if self.replaced or self.assigned else ():
            self.replaced.pop((id(entity), name), None)
            self.assigned.pop((id(entity), name), None)


def _has_hash(key: object) -> bool:
    try:
        hash(key)
    except TypeError:
        return False
    return True


def _make_new(node: Node) -> None:
    """Let a node that was deleted become a new one, with its values and with those relations that were loaded."""
    if type(node).__ogm_expired__:
        raise DetachedEntityError(
            f"{node!r} was deleted before its values were read, so that they cannot be stored again: make a new entity"
        )
    node._ogm = node._row = None
    for relation in node.__meta__.relations.values():
        value: object = getattr(node, relation.slot)
        if isinstance(value, Ambiguous):
            setattr(node, relation.slot, UNLOADED)
        elif is_related_list(value):  # a part of it was fetched, perhaps, and that is now all
            setattr(node, relation.slot, RelatedList(node, relation, value))
