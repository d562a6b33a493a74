"""What is staged for edges, and what the entities of a session show of it before it is written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runic.ogm.cypher.persist import Pair
from runic.ogm.exceptions import RelationValueError
from runic.ogm.model.base import Edge, Node
from runic.ogm.model.keys import make_key
from runic.ogm.model.relations import RelatedList, is_related_list
from runic.ogm.model.state import UNLOADED, Ambiguous, owner_of
from runic.ogm.session.holders import Holders
from runic.ogm.session.identity import EdgeTable, IdentityMap, Told, ends_of, pair_id

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from runic.ogm.model.metadata import RelationMeta
    from runic.ogm.session.identity import PairId


class PairStaging:
    """The staged edges of a session."""

    def __init__(self) -> None:
        self.new: dict[int, Node] = {}
        self.merged: dict[int, Node] = {}
        self.pairs: EdgeTable[Pair] = EdgeTable()
        self.replaced: dict[tuple[int, str], tuple[Node, RelationMeta, list[Node]]] = {}
        self.assigned: dict[tuple[int, str], tuple[Node, RelationMeta]] = {}  # single relations that were loaded before
        self.dropped: list[Pair] = []  # what was staged with an entity that is deleted now
        self.told = Told()
        self.identity = IdentityMap()
        self.holders = Holders(self.identity)
        self.hidden: list[tuple[Node, RelationMeta]] = []  # loaded relations that lost what was assigned elsewhere

    def _stage_add(
        self, relation: RelationMeta, source: Node, target: Node, edge: Edge | None = None, *, explicit: bool = False
    ) -> None:
        start, end = ends_of(relation, source, target)
        key = None if relation.edge_model is None else self._edge_key(relation, edge)
        found = pair_id(relation, start, end, key)
        if edge is not None and edge.source is not None:
            self._refuse_second(edge, found)
        pair = self.pairs.get(found)
        if pair is None:
            self.pairs[found] = pair = Pair(relation, start, end, key)
        elif pair.remove and not (explicit or pair.told):
            del self.pairs[found]  # it was there, left a list and came back: nothing to do
            return
        pair.add = True
        if explicit:
            pair.stated = True
            pair.remove = pair.remove and pair.told  # it left a list: what is stored of it stays as it is
            self.told.add(start, end)
        if edge is not None:
            if edge._ogm_id is not None and owner_of(edge) is None:
                edge._ogm_id = None  # of the edge that it was read as: it stands for this one now
            pair.edge, edge.source, edge.target = edge, start, end
            if relation.direction == "BOTH" and start is not end:
                edge._ogm_either_way = True

    def stage_simple(self, relations: Mapping[type, RelationMeta], pairs: Sequence[Any]) -> Iterator[Any]:
        """Stage the pairs of which no more than this is to be done, in half of the time; yield the others.

        That is an edge without a key and a mirror, between nodes that are stored, and of which nothing is staged yet.
        """
        kinds = {*relations.values()}
        if len(kinds) != 1 or not _is_simple(relation := kinds.pop()):
            yield from pairs
            return
        kind, slot, incoming = relation.type, relation.slot, relation.direction == "INCOMING"
        self.told.add_pairs(pairs)
        stage, pending = self.pairs.setdefault, self.new.keys() | self.merged.keys()
        for pair in pairs:
            source, target = pair
            start, end = (target, source) if incoming else pair
            added = Pair(relation, start, end, None, False, False, True, None, True)
            if (pending and id(source) in pending) or stage((kind, id(start), id(end), None), added) is not added:
                yield pair
            else:
                setattr(source, slot, UNLOADED)

    def _refuse_second(self, edge: Edge, place: PairId) -> None:
        """Raise if an object stands for another edge: which of the two its values are meant for cannot be told."""
        told_apart = 3 if edge.__meta__.key is None else 4
        ends = (edge.source, edge.target)
        staged = [found for found in self.pairs.joining(*ends) if self.pairs[found].edge is edge]
        stored = [found for found in self.identity.edges.joining(*ends) if self.identity.edges[found] is edge]
        if any(found[:told_apart] != place[:told_apart] for found in (*staged, *stored)):
            raise RelationValueError(
                edge.__meta__.name, "source", f"{edge!r} leads from {ends[0]!r} to {ends[1]!r} already: "
                "make a new object for each edge"
            )  # fmt: skip

    def _edge_key(self, relation: RelationMeta, edge: Edge | None) -> object:
        model = relation.edge_model
        key = model.__meta__.key if model else None
        if key is None:
            return None
        if edge is None:
            raise RelationValueError(
                relation.owner.__name__, relation.name, f"needs an edge: {key.name} tells its parallel edges apart"
            )
        if getattr(edge, key.name) is None and key.options.generated:
            setattr(edge, key.name, make_key(key))
        return getattr(edge, key.name)

    def _stage_remove(self, relation: RelationMeta, source: Node, target: Node, *, explicit: bool = False) -> None:
        start, end = ends_of(relation, source, target)
        place = pair_id(relation, start, end)
        for found in self.pairs.between(place):
            if found != place:
                del self.pairs[found]
        pair = self.pairs.setdefault(place, Pair(relation, start, end))
        if pair.add and not (pair.remove or pair.stated or explicit):
            del self.pairs[place]
            return
        pair.add, pair.remove, pair.edge, pair.told = False, True, None, explicit

    def _assigned(self, source: Node, relation: RelationMeta, target: Node | None) -> None:
        """Note that a loaded single relation leads to this target alone, unless that is the stored one."""
        if target is None:
            changed = any(leads_from(self.pairs[found], relation, source) for found in self.pairs.touching(source))
        else:
            changed = pair_id(relation, *ends_of(relation, source, target)) in self.pairs
        if changed:
            self.assigned[id(source), relation.name] = (source, relation)
        else:
            self.assigned.pop((id(source), relation.name), None)

    def _drop_others(self, source: Node, relation: RelationMeta, targets: list[Node]) -> None:
        """Forget what relate() staged for a relation that is assigned as a whole after it."""
        keep = {id(target) for target in targets}
        for found in self.pairs.touching(source):
            pair = self.pairs[found]
            ends = {id(pair.start), id(pair.end)}
            if pair.add and leads_from(pair, relation, source) and not (ends - {id(source)} or ends) & keep:
                del self.pairs[found]

    def undo_assigned(self, source: Node) -> None:
        """Give up what was assigned to relations of a node; what relate() and unrelate() were told stays."""
        for found in self.pairs.touching(source):
            pair = self.pairs.get(found)
            if pair is not None and leads_from(pair, pair.relation, source) and isinstance(source, pair.relation.owner):
                self._undo_pair(source, found, pair)
        for name in source.__meta__.relations:
            if self.replaced.pop((id(source), name), None) is not None:
                self._unload_hidden(source.__meta__.relations[name])
            self.assigned.pop((id(source), name), None)

    def _undo_pair(self, source: Node, found: PairId, pair: Pair) -> None:
        if pair.stated or pair.told:
            return
        del self.pairs[found]
        target = pair.end if pair.start is source else pair.start
        for mirror in mirrors_on(pair.relation, source, target):
            place = (id(target), mirror.name)
            if not mirror.many and (place in self.replaced or place in self.assigned):
                self.replaced.pop(place, None)
                self.assigned.pop(place, None)
                self._undo_removals(target, mirror)
            if target._row is None and not type(target).__ogm_expired__:
                _hide(target, mirror, source)
            else:
                setattr(target, mirror.slot, UNLOADED)

    def _undo_removals(self, source: Node, relation: RelationMeta) -> None:
        """Let the former target of a single relation show the source again."""
        for found in self.pairs.touching(source):
            pair = self.pairs[found]
            if pair.remove and not pair.told and leads_from(pair, relation, source):
                del self.pairs[found]
                former = pair.end if pair.start is source else pair.start
                for mirror in mirrors_on(relation, source, former):
                    setattr(former, mirror.slot, UNLOADED)

    def _unload_hidden(self, relation: RelationMeta) -> None:
        for holder, mirror in self.hidden:
            if mirror.type == relation.type:
                setattr(holder, mirror.slot, UNLOADED)

    # -- what other entities show

    def goes_elsewhere(self, source: Node, relation: RelationMeta, target: Node) -> bool:
        """Tell whether a relation of the target, assigned as a whole and not yet written, leaves out the source."""
        for mirror in mirrors_on(relation, source, target):
            place = (id(target), mirror.name)
            if place in self.replaced and all(other is not source for other in self.replaced[place][2]):
                return True
            shown: object = getattr(target, mirror.slot)
            if place in self.assigned and shown is not source and shown is not UNLOADED:
                return True
        return False

    def _invalidate(self, source: Node, relation: RelationMeta, target: Node) -> None:
        if id(source) not in self.new and id(source) not in self.merged:
            setattr(source, relation.slot, UNLOADED)
        else:
            _hide(source, relation, target)

    def _show_related(self, relation: RelationMeta, source: Node, target: Node) -> None:
        """A stored source forgets its relation, to be read again; a new one is known in full and shows the target."""
        if id(source) not in self.new and id(source) not in self.merged:
            setattr(source, relation.slot, UNLOADED)
        else:
            _show(source, relation, target)

    def _hide_from_holders(self, relation: RelationMeta, source: Node, targets: list[Node]) -> None:
        """Take the source of an assigned relation out of what entities show that are not among its targets."""
        kept = {id(target) for target in targets}
        for mirror in relation.mirrors:
            for holder in self.holders.of(mirror, source):
                if id(holder) not in kept:
                    _hide(holder, mirror, source)
                    self.hidden.append((holder, mirror))

    def _hide_others(self, relation: RelationMeta, source: Node, target: Node) -> None:
        """Take the target, which one source alone can have, out of what others show of the relation."""
        for holder in self.holders.of(relation, target):
            if holder is not source:
                _hide(holder, relation, target)
                self.hidden.append((holder, relation))

    def _mirror_added(self, relation: RelationMeta, source: Node, target: Node, *, replace: bool = True) -> None:
        self.holders.note(relation, source, target)
        for mirror in mirrors_on(relation, source, target):
            self.holders.note(mirror, target, source)
            place = (id(target), mirror.name)
            if place in self.replaced:
                others = [*self.replaced[place][2], source] if mirror.many else [source]
                self.replaced[place] = (target, mirror, others)
            if mirror.many:
                _show(target, mirror, source)
                continue
            if replace:
                self._hide_others(relation, source, target)
            before = getattr(target, mirror.slot)
            if before is source:
                continue
            if isinstance(before, Node) and replace:
                self._stage_remove(relation, before, target)
                _hide(before, relation, target)
            if replace and place not in self.replaced:
                self._assigned(target, mirror, source)
            setattr(target, mirror.slot, source if before is None or replace else UNLOADED)
            is_known = before is not UNLOADED and not isinstance(before, Ambiguous)
            if not is_known and replace and target._ogm is not None:
                self._drop_others(target, mirror, [source])
                self.replaced[id(target), mirror.name] = (target, mirror, [source])

    def _mirror_removed(self, relation: RelationMeta, source: Node, target: Node) -> None:
        for mirror in mirrors_on(relation, source, target):
            self.lose(target, mirror, source)

    def lose(self, holder: Node, relation: RelationMeta, target: Node) -> None:
        """Let a relation lead to a target no more, neither what it shows nor what it was assigned."""
        place = (id(holder), relation.name)
        if place in self.replaced:
            kept = [other for other in self.replaced[place][2] if other is not target]
            self.replaced[place] = (holder, relation, kept)
        _hide(holder, relation, target)


def leads_from(pair: Pair, relation: RelationMeta, source: Node) -> bool:
    """Tell whether an edge that a node has is one of this relation of the node."""
    here = {"OUTGOING": (pair.start,), "INCOMING": (pair.end,), "BOTH": (pair.start, pair.end)}[relation.direction]
    return pair.relation.type == relation.type and any(node is source for node in here)


def _is_simple(relation: RelationMeta) -> bool:
    """Tell whether an edge is known by its nodes and shown by its source alone."""
    return relation.edge_model is None and relation.direction != "BOTH" and not relation.mirrors


def mirrors_on(relation: RelationMeta, source: Node, target: Node) -> list[RelationMeta]:
    """Return the relations of `target` that show its edge to `source`."""
    own = target.__meta__.relations
    names = {mirror.name for mirror in relation.mirrors}
    return [
        own[name]
        for name in names
        if name in own and own[name].type == relation.type and isinstance(source, own[name].targets)
        and not (target is source and own[name].name == relation.name)
    ]  # fmt: skip


def _show(entity: Node, relation: RelationMeta, target: Node) -> None:
    """Let a known relation show one more target."""
    value: object = getattr(entity, relation.slot)
    if not relation.many:
        setattr(entity, relation.slot, target)
    elif is_related_list(value):
        if not any(target is item for item in value):
            value.show([*value, target])
    elif entity._row is None and not type(entity).__ogm_expired__:
        setattr(entity, relation.slot, RelatedList(entity, relation, [target]))


def _hide(entity: Node, relation: RelationMeta, target: Node | None) -> None:
    """Let a known relation show one target less (None: none at all)."""
    value: object = getattr(entity, relation.slot)
    if is_related_list(value):
        value.show(item for item in value if target is not None and item is not target)
    elif value is not UNLOADED and (target is None or value is target):
        setattr(entity, relation.slot, None)
