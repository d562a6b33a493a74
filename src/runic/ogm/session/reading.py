"""Reads by key and along relations: get, lazy access and its siblings, load, refresh, as operations."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, TypeVar

from runic.ogm.cypher.load import FetchStep, GraphPlan, NodesPart, PairsPart, plan_fetch, render_by_keys
from runic.ogm.cypher.sections import SectionMaker
from runic.ogm.cypher.statement import Statement
from runic.ogm.exceptions import EntityNotFoundError, FieldValidationError, LazyLoadError, OGMError
from runic.ogm.garbage import still
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.relations import RelatedList, is_part
from runic.ogm.model.state import UNLOADED, Ambiguous, Link
from runic.ogm.session.arguments import check_node_class, listed
from runic.ogm.session.flush import Flushing
from runic.ogm.session.loaded import (
    by_relations,
    hashable_keys,
    loaded,
    not_loaded,
    refuse_ambiguous,
    without,
    without_alike,
)
from runic.ogm.session.pairs import leads_from
from runic.ogm.session.staged import refuse_new_key
from runic.ogm.session.vanished import may_have_vanished, reads_again

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Operation, Origin, Table
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Entity
    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.session.keys import KeyKeeper

N = TypeVar("N", bound=Node)
SIBLINGS = 10_000
"""How many entities of one result are loaded at once when a relation is read lazily on a second one."""


class Reading(Flushing):
    """Brings stored entities into the session, each once."""

    def __init__(
        self,
        dialect: Dialect,
        mapper: Mapper,
        keys: KeyKeeper,
        *,
        autoflush: bool = True,
        read_only: bool = False,
        lazy: Callable[[Operation[Any]], Any] | None = None,
    ) -> None:
        super().__init__(dialect, mapper, keys)
        self.autoflush, self.read_only, self.lazy = autoflush, read_only, lazy

    def before_read(self, classes: Iterable[type[Any]] | None = ()) -> Operation[None]:
        """Flush first where that may change what is read."""
        self.check_open()
        if self.autoflush:
            yield from self.flush_for_read(classes)

    def get(self, cls: type[N], key: object, *, fetch: object = ()) -> Operation[N | None]:
        """Return the entity of that key, or None; with the relations of `fetch` loaded."""
        asked: Any = fetch
        if type(asked) is not tuple or asked:
            return (yield from self.get_many(cls, [key], fetch=fetch))[0]
        self.check_open()
        cls = check_node_class(cls)
        meta, mapper = cls.__meta__, self.mapper.entity(cls)
        wire = mapper.encode(meta.key.name, key)
        known = self.identity.of(meta.primary_label).get(key)
        if known is not None and known._row is None:
            known = self.identity.find(cls, key)  # not if it was given another key since it was added
        read: list[Any] = []
        if known is None or known.__ogm_expired__:
            if not self.keys.is_ready(meta):
                yield from self.keys.prepare([meta])
            self.keys.refuse_flawed(meta, (wire,))
            family = self.mapper.family((cls,))
            text = family.texts.get("get") or self._text_by_key(cls)
            reply = yield Statement(text, {"key": wire}, (family.bare_wires,), origin="get")
            try:
                read = family.load(reply.tables[0], self.identity.nodes, Link(self.owner))
            except FieldValidationError as error:
                if not may_have_vanished(self.dialect, error):
                    raise
                read = yield from self._read_by_key(cls, [wire], {}, "get")
        return self._present(cls, key, read)

    def _text_by_key(self, cls: type[Node]) -> str:
        """Return the statement that reads the node of `$key`, and keep it for the next time."""
        family = self.mapper.family((cls,))
        prefix = render_by_keys(self.dialect, cls.__meta__, many=False)
        columns, _ = family.row("n", with_id=False)
        text = family.texts["get"] = f"{prefix} RETURN {', '.join(columns)}"
        return text

    def get_many(
        self, cls: type[N], keys: Iterable[object], *, fetch: object = (), origin: Origin = "get"
    ) -> Operation[list[N | None]]:
        """Return the entities of those keys in their order, None where there is none."""
        self.check_open()
        cls = check_node_class(cls)
        wanted = listed(keys, "keys", "keys")
        mapper, name = self.mapper.entity(cls), cls.__meta__.key.name
        wires = [mapper.encode(name, key) for key in wanted]
        steps = plan_fetch((cls,), fetch)
        missing = {key: wire for key, wire in zip(wanted, wires, strict=True) if self._must_read(cls, key)}
        read: list[Any] = []
        if missing:
            read = yield from self._read_by_key(cls, list(missing.values()), steps, origin)
        found = [self._present(cls, key, read) for key in wanted]
        if steps:
            here = [entity for entity in found if entity is not None]
            yield from self.load_steps(here, steps, "load")
            refuse_ambiguous(here, steps)
        return found

    def _must_read(self, cls: type[Node], key: object) -> bool:
        known = self.identity.find(cls, key)
        return known is None or type(known).__ogm_expired__

    def _present(self, cls: type[N], key: object, read: Sequence[Any]) -> N | None:
        """Return the entity of a key, from what was read if a subclass has keys of its own."""
        known: Node | None = self.identity.find(cls, key)
        if known is None and read:
            name = cls.__meta__.key.name
            known = next((entity for entity in read if getattr(entity, name) == key), None)
        gone = known is None or id(known) in self.deleted or type(known).__ogm_expired__
        return known if not gone and isinstance(known, cls) else None

    def _read_by_key(
        self, cls: type[Node], wires: Sequence[object], steps: Mapping[str, FetchStep], origin: Origin
    ) -> Operation[list[Any]]:
        meta = cls.__meta__
        yield from self.prepare_keys([meta])
        self.keys.refuse_flawed(meta, wires)
        if steps:
            yield from self.before_read()
        prefix = render_by_keys(self.dialect, meta, many=len(wires) != 1)
        parameters: dict[str, object] = {"keys": list(wires)} if len(wires) != 1 else {"key": wires[0]}
        return (yield from self.read_graph((cls,), prefix, parameters, steps, origin))

    @reads_again
    def read_graph(
        self,
        classes: tuple[type[Node], ...],
        prefix: str,
        parameters: Mapping[str, object],
        steps: Mapping[str, FetchStep],
        origin: Origin,
    ) -> Operation[list[Any]]:
        """Run a prefix that binds nodes of `classes` to `n`; return their entities, with `steps` loaded."""
        plan = GraphPlan(self.dialect, self.mapper, "n", parameters, one="key" in parameters)
        plan.add_roots(self.mapper.family(classes))
        plan.add_steps(steps)
        reply = yield plan.compile(prefix, origin)
        return self.take(plan, reply.tables)

    def take(self, plan: GraphPlan, tables: Sequence[Table], sources: Mapping[Any, Any] | None = None) -> list[Any]:
        """Make entities of a reply's tables of nodes, then connect them by its tables of pairs; return the roots.

        sources: the entities whose relations are loaded, by their ids or keys, where none of the tables has them.
        """
        with still(sum(map(len, tables))):
            return self._build_graph(plan, tables, sources or {})

    def _build_graph(self, plan: GraphPlan, tables: Sequence[Table], sources: Mapping[Any, Any]) -> list[Any]:
        by_step: dict[int | None, Mapping[Any, Any]] = {None: sources}
        roots: list[Any] = []
        for part, table in zip(plan.parts, tables, strict=True):
            if isinstance(part, NodesPart):
                entities = part.family.load(table, self.identity.nodes, Link(self.owner))
                place = part.family.id_position
                by_step[None if part.step is None else id(part.step)] = {
                    row[place]: entity for row, entity in zip(table, entities, strict=True)
                }
                if part.step is None:
                    roots = entities
        parents = self._parents(plan)
        for part, table in zip(plan.parts, tables, strict=True):
            if isinstance(part, PairsPart):
                step = part.step
                self._connect(step, table, by_step[parents[id(step)]], by_step[id(step)])
        return roots

    @staticmethod
    def _parents(plan: GraphPlan) -> dict[int, int | None]:
        parents: dict[int, int | None] = {}
        for part in plan.parts:
            if isinstance(part, PairsPart):
                parents.setdefault(id(part.step), None)
                for child in part.step.children.values():
                    parents[id(child)] = id(part.step)
        return parents

    def _connect(self, step: FetchStep, pairs: Table, sources: Mapping[Any, Any], targets: Mapping[Any, Any]) -> None:
        """Fill the slots of the sources that are unloaded or partial; what was loaded or assigned before stays."""
        self.holders.forget()
        relation, partial, slot = step.relation, step.options.partial, step.relation.slot
        others = without_alike(map(type, sources.values()), relation)
        if others:  # `load_steps` goes on with these
            sources = {place: source for place, source in sources.items() if type(source) not in others}
        found: dict[Any, list[Any]] = defaultdict(list)
        for row in pairs:
            target = targets.get(row[1])
            if target is not None:
                found[row[0]].append(target)
        for place, source in sources.items():
            value: object = getattr(source, slot, None)
            if value is UNLOADED or (relation.many and is_part(value)):
                shown: list[Any] = found.get(place) or []
                once = {id(target): target for target in shown}.values() if len(shown) > 1 else shown
                self._fill(source, relation, list(once), partial=partial)

    def _with_staged(self, source: Node, relation: RelationMeta, stored: list[Any]) -> list[Any]:
        """Return what is stored with what is staged and, without autoflush, not yet written."""
        found = {id(target): target for target in stored if not self.goes_elsewhere(source, relation, target)}
        replaced = self.replaced.get((id(source), relation.name))
        if replaced is not None:
            found = {id(target): target for target in replaced[2]}
        for pair in map(self.pairs.__getitem__, self.pairs.touching(source)):
            if not leads_from(pair, relation, source):
                continue
            other = pair.end if pair.start is source else pair.start
            if pair.add and isinstance(other, relation.targets):
                found[id(other)] = other
            elif pair.remove:
                found.pop(id(other), None)
        return list(found.values())

    def _fill(self, source: Node, relation: RelationMeta, targets: list[Any], *, partial: bool = False) -> None:
        own = source.__meta__.relations[relation.name]
        if not self.autoflush and (self.pairs or self.replaced):
            targets = self._with_staged(source, own, targets)
        if own.many:
            setattr(source, own.slot, RelatedList(source, own, targets, partial=partial))
        elif len(targets) > 1:
            setattr(source, own.slot, Ambiguous(targets))
        else:
            setattr(source, own.slot, targets[0] if targets else None)

    # -- relations of entities that are here

    def load(self, entities: Node | Iterable[Node], *relations: object) -> Operation[None]:
        """Load relations of one or many entities, in one statement for each class hierarchy.

        It takes another for what a subclass declares anew.
        """
        self.check_open()
        sources = [entities] if isinstance(entities, Node) else listed(entities, "entities", "nodes")
        for source in sources:
            if not isinstance(source, Node):
                raise TypeError(f"load() takes nodes, not {source!r}")
            if not self.owns(source):
                self._refuse_foreign(source)
                raise EntityNotFoundError(f"{source!r} is not in this session: load it here, or add() it first")
        if sources:
            steps = plan_fetch(tuple(dict.fromkeys(source.__meta__.cls for source in sources)), relations)
            yield from self.load_steps(sources, steps, "load")

    def load_steps(self, sources: Sequence[Node], steps: Mapping[str, FetchStep], origin: Origin) -> Operation[None]:
        """Load what is missing of a tree of relations."""
        found = {name: without(sources, step) for name, step in steps.items()}
        missing = {name: steps[name] for name, some in found.items() if some}
        if missing:
            anywhere = {id(source) for some in found.values() for source in some}
            lacking = [source for source in sources if id(source) in anywhere]
            yield from self.before_read()
            for group, own in by_relations(lacking, missing):
                yield from self._read_relations(self._without_new(group, own), own, origin)
        for step in steps.values():
            if step.children:
                targets = [target for source in sources for target in loaded(source, step.relation)]
                if targets:
                    yield from self.load_steps(targets, step.children, origin)

    def _without_new(self, sources: list[Node], steps: Mapping[str, FetchStep]) -> list[Node]:
        """An entity that was never stored has just the targets that it was given."""
        for source in sources:
            if id(source) in self.new:
                for step in steps.values():
                    if without([source], step):
                        self._fill(source, step.relation, [])
        return [source for source in sources if id(source) not in self.new]

    @reads_again
    def _read_relations(self, sources: list[Node], steps: Mapping[str, FetchStep], origin: Origin) -> Operation[None]:
        if not sources:
            return
        meta = sources[0].__meta__
        yield from self.prepare_keys([meta])
        mapper = self.mapper.entity(meta.cls)
        name = meta.key.name
        keys = mapper.keys(sources)
        in_lists = type(keys[0]) is list
        by_key = dict(zip(map(tuple, keys) if in_lists else keys, sources, strict=True))
        plan = GraphPlan(self.dialect, self.mapper, "n", {"keys": list(map(list, by_key) if in_lists else by_key)})
        wire = mapper.wires[mapper.index(name)]
        plan.add_steps(steps, (self.dialect.render_property("n", meta.key.graph_name), wire))
        prefix = render_by_keys(self.dialect, meta, many=True, whole=False)
        reply = yield plan.compile(prefix, origin)
        self.take(plan, hashable_keys(plan, reply.tables) if in_lists else reply.tables, by_key)

    def load_relation(self, source: Node, relation: RelationMeta) -> None:
        """Load a relation on access, and on the second access those of the same result as well."""
        if id(source) in self.new:
            self._fill(source, relation, [])
            return
        if self.lazy is None or relation.options.lazy == "raise":
            raise LazyLoadError(not_loaded(source, relation, is_async=self.lazy is None))
        sources = self._siblings(source, relation)
        self.lazy(self.load_steps(sources, {relation.name: FetchStep(relation)}, "lazy"))

    def _siblings(self, source: Node, relation: RelationMeta) -> list[Node]:
        link = source._ogm
        siblings = None if link is None else link.siblings
        if link is None or siblings is None:
            return [source]
        if relation not in link.touched:
            link.touched.add(relation)
            return [source]
        others = without_alike(map(type, siblings), relation)
        alike = [s for s in siblings if type(s) not in others] if others else siblings
        waiting = [s for s in alike if getattr(s, relation.slot, None) is UNLOADED and s is not source and s in self]
        return [source, *{id(s): s for s in waiting}.values()][:SIBLINGS]

    # -- properties of entities that are here

    def load_properties(self, entity: Entity) -> None:
        """Load an expired entity when one of its properties is read."""
        if self.lazy is None:
            raise LazyLoadError(
                f"{entity!r} is not loaded: in an AsyncSession call `await session.refresh(entity)` first"
            )
        self.lazy(self.refresh(entity))

    def refresh(self, entity: Entity, fetch: object = ()) -> Operation[None]:
        """Read an entity again, and the relations of `fetch`; what was changed and not flushed is lost.

        That are properties, and relations that were assigned; what relate() and unrelate() were told stays.
        """
        self.check_open()
        if isinstance(entity, Edge):
            yield from self._refresh_edge(entity)
            return
        if not isinstance(entity, Node):
            raise TypeError(f"refresh() takes an entity, not {entity!r}")
        meta = entity.__meta__
        steps = plan_fetch((meta.cls,), fetch)
        refuse_new_key(self.mapper.entity(meta.cls), [entity])
        self.expire(entity)
        wire = self.mapper.entity(meta.cls).encode(meta.key.name, getattr(entity, meta.key.name))
        yield from self._read_by_key(meta.cls, [wire], steps, "get")
        if type(entity).__ogm_expired__:
            raise EntityNotFoundError(f"{entity!r} is not in the database any more: expunge() it")
        yield from self.load_steps([entity], steps, "load")  # what its targets declare anew

    def _refresh_edge(self, edge: Edge) -> Operation[None]:
        if not self.owns(edge):
            raise EntityNotFoundError(f"{edge!r} is no edge of this session")
        mapper = self.mapper.entity(edge.__meta__.cls)
        statement = SectionMaker(self.dialect, self.mapper).read_edge(mapper, edge)
        reply = yield statement
        if not reply.tables[0]:
            raise EntityNotFoundError(f"{edge!r} is not in the database any more: expunge() it")
        for name in edge.__meta__.properties:
            vars(edge).pop(name, None)  # what is set would count as a change
        mapper.load_values(edge, reply.tables[0][0], 0, Link(self.owner))

    def expire(self, entity: Entity) -> None:
        """Forget what was loaded of an entity; its next use reads it again. Unflushed changes of it are lost."""
        self.check_open()
        if not isinstance(entity, (Node, Edge)):
            raise TypeError(f"expire() takes a node, not {entity!r}")
        if not self.owns(entity) or not isinstance(entity, Node):
            raise EntityNotFoundError(f"{entity!r} is no node of this session: expire it in the session that loaded it")
        if id(entity) in self.new or id(entity) in self.merged:
            raise OGMError(f"{entity!r} was not stored yet: flush it before it is expired")
        self.undo_assigned(entity)
        self._unload(entity)
