"""One model with every kind of relation, a travelling circus, and a session over it beside its oracle."""

from __future__ import annotations

import copy
import warnings
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import pytest

from runic.ogm import Edge, Field, LazyLoadError, Node, Relation, RollbackWarning

from .machine_oracle import ACTS, FIELDS, KEYS, SIDES, Oracle, Ref, in_order, kept
from .machine_rig import Rig


class Part(Edge, type="PERFORMS_IN"):
    """What a performer does in an act."""

    role: str = "extra"
    fee: int = 0
    note: str | None = None


class Watch(Edge, type="GUARDS"):
    """One of several watches of a performer over a tent, told apart by its night."""

    night: int = Field(primary_key=True)
    hours: int = 8
    note: str | None = None


class Wagon(Node, labels=["CircusWagon"]):
    """The home of one performer at most."""

    uid: UUID = Field(primary_key=True, generated=True)
    colour: str = "green"
    sleeper: Performer | None = Relation(relationship="SLEEPS_IN", direction="INCOMING", target="Performer")


class Performer(Node, labels=["CircusPerformer"]):
    """Is in acts, guards tents, trusts others and was taught by one of them."""

    id: str = Field(primary_key=True, generated=True)
    name: str
    age: int | None = None
    tricks: list[str] = Field(default_factory=list)
    wagon: Wagon | None = Relation(relationship="SLEEPS_IN", direction="OUTGOING", target="Wagon", cascade=True)
    teacher: Performer | None = Relation(relationship="TAUGHT_BY", direction="OUTGOING", target="Performer")
    pupils: list[Performer] = Relation(relationship="TAUGHT_BY", direction="INCOMING", target="Performer")
    partners: list[Performer] = Relation(relationship="TRUSTS", direction="BOTH", target="Performer")
    acts: list[CircusAct] = Relation(relationship="PERFORMS_IN", target="CircusAct", edge_model=Part)
    watches: list[Tent] = Relation(relationship="GUARDS", target="Tent", edge_model=Watch)


class CircusAct(Node, labels=["CircusAct"], primary_label="CircusAct"):
    """The root of a hierarchy of three levels."""

    code: str = Field(primary_key=True)
    title: str
    minutes: int | None = None
    tent: Tent | None = Relation(relationship="STAGED_IN", direction="OUTGOING", target="Tent")
    props: list[CircusProp] = Relation(relationship="USES", target="CircusProp", cascade=True)
    cast: list[Performer] = Relation(
        relationship="PERFORMS_IN", direction="INCOMING", target="Performer", edge_model=Part
    )


class AerialAct(CircusAct):
    """An act in the air."""

    height: int = 5


class TrapezeAct(AerialAct):
    """An act on bars in the air."""

    bars: int | None = None


class AnimalAct(CircusAct):
    """An act of animals."""

    species: str | None = None


class Tent(Node, labels=["CircusTent"]):
    """Where acts are staged; its key is a number and its changes are counted."""

    number: int = Field(primary_key=True)
    colour: str = "red"
    seats: int | None = None
    revision: int = Field(default=0, version=True)
    acts: list[CircusAct] = Relation(relationship="STAGED_IN", direction="INCOMING", target="CircusAct")
    guards: list[Performer] = Relation(
        relationship="GUARDS", direction="INCOMING", target="Performer", edge_model=Watch
    )


class CircusProp(Node, labels=["CircusProp"]):
    """A thing that acts share."""

    id: str = Field(primary_key=True)
    name: str = ""
    acts: list[CircusAct] = Relation(relationship="USES", direction="INCOMING", target="CircusAct")


CLASSES: dict[str, Any] = {
    each.__name__: each
    for each in (Performer, CircusAct, AerialAct, TrapezeAct, AnimalAct, Tent, CircusProp, Wagon, Part, Watch)
}


class Desk:
    """A session beside the oracle: what programs do to both, and how they are compared."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.oracle = rig, Oracle()
        self.s: Any = rig.open(autoflush=False)
        self.autoflush = False
        self.seen: dict[Ref, Any] = {}  # the one object of each node
        self.expired: set[Ref] = set()
        self.watched: set[tuple[Ref, str]] = set()  # relations that were loaded
        self.gone: dict[int, Any] = {}  # objects that were deleted in this unit
        self.parted: set[tuple[str, Ref, Ref]] = set()  # pairs of which an edge was deleted since the last flush
        self.fresh: set[Ref] = set()  # nodes that were added in this unit
        self.named: set[Ref] = set()  # nodes that were referred to by the root of their hierarchy
        self.calm = True  # nothing was sent in this unit: another session has nothing to wait for

    async def open(self, *, autoflush: bool) -> None:
        """Begin with a session that has seen nothing."""
        await self.s.close()
        self.autoflush = autoflush
        self.s = self.rig.open(autoflush=autoflush)
        self.forget()
        self.begin()

    def begin(self) -> None:
        """Begin a unit."""
        for those in (self.gone, self.parted, self.fresh):
            those.clear()
        self.calm = True

    def forget(self) -> None:
        """Expect nothing of what was read."""
        self.seen.clear()
        self.expired.clear()
        self.watched.clear()
        self.named.clear()

    def lives(self, *refs: Ref | None) -> bool:
        """Tell whether all of these nodes are there."""
        return all(ref in self.oracle.unit.nodes for ref in refs)

    def untouched(self, *refs: Ref) -> bool:
        """Tell whether nothing is staged for nodes that are stored."""
        return self.oracle.untouched(*refs) and not self.fresh & {*refs}

    async def entity(self, ref: Ref) -> Any:
        """Return a node's object, which is one and the same until it is deleted or expunged."""
        found = await self.s.get(CLASSES[ref.kind], python_key(ref))
        assert found is not None, f"{ref} is not found"
        assert type(found).__name__ == self.oracle.unit.nodes[ref].name
        self.expired.discard(ref)
        assert self.seen.setdefault(ref, found) is found, f"{ref} is two objects"
        return found

    def reference(self, ref: Ref) -> Any:
        """Return an entity that stands for a node."""
        self.named.add(ref)
        return self.s.reference(CLASSES[ref.kind], python_key(ref))

    def added(self, entity: Any, given: Mapping[str, Any]) -> Ref:
        """Tell the oracle of a new node."""
        ref = ref_of(entity)
        props = {name: value for name, value in given.items() if (ref.kind, name) not in SIDES}
        self.oracle.unit.put(type(entity).__name__, ref.key, props)
        self.seen[ref] = entity
        self.fresh.add(ref)
        return ref

    async def change(self, ref: Ref, name: str, value: Any, *, in_place: bool) -> None:
        """Change a property; a list maybe in place."""
        entity, known = await self.entity(ref), self.oracle.unit.nodes[ref].props.get(name)
        if in_place and isinstance(known, list):
            getattr(entity, name).append("juggle")
            value = [*known, "juggle"]
        else:
            setattr(entity, name, value)
        self.oracle.unit.change(ref, name, value)
        self.oracle.touches[ref] = self.oracle.touches.get(ref, 0) + 1

    async def related(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the objects that a constructor is given, without those that are not there."""
        found: dict[str, Any] = {}
        for attr, others in given.items():
            if isinstance(others, list):
                found[attr] = [await self.entity(other) for other in others if self.lives(other)]
            elif others in self.oracle.unit.nodes:
                found[attr] = await self.entity(others)
        return found

    def assigned(self, ref: Ref, given: Mapping[str, Any]) -> None:
        """Tell the oracle what a constructor was given."""
        for attr, value in given.items():
            if (ref.kind, attr) in SIDES:
                others = value if isinstance(value, list) else [value]
                self.oracle.unit.assign(ref, attr, [ref_of(other) for other in others])

    def delete(self, ref: Ref, entity: Any) -> None:
        """Delete a node."""
        self.s.delete(entity)
        self.gone[id(entity)] = entity
        self.seen.pop(ref, None)
        self.expired.discard(ref)
        self.watched = {(other, attr) for other, attr in self.watched if other != ref}
        self.oracle.unit.drop(ref)

    async def look(self, ref: Ref, attr: str) -> Any:
        """Load a relation, compare it, and return what it shows."""
        entity = await self.entity(ref)
        await self.s.load(entity, attr)
        self.watched.add((ref, attr))
        self.compare_relation(ref, attr, entity)
        return getattr(entity, attr)

    def compare_relation(self, ref: Ref, attr: str, entity: Any) -> None:
        """Compare one loaded relation with what the unit has; what was deleted may stay in it until that is sent."""
        value = getattr(entity, attr)
        shown = value if isinstance(value, list) else [] if value is None else [value]
        there = [other for other in shown if id(other) not in self.gone]
        refs = [ref_of(other) for other in there]
        left = {its for its in refs if self.oracle.unit.place(ref, attr, its)[:3] in self.parted}
        wanted = self.oracle.unit.ends(ref, attr)
        assert sorted(refs) == sorted(wanted | left), f"{ref}.{attr}"
        for other, its in zip(there, refs, strict=True):
            assert self.seen.setdefault(its, other) is other, f"{its} is two objects"

    async def compare_loaded(self) -> None:
        """Compare what the session holds: every property, and each relation that is loaded."""
        for ref in self.seen.keys() - self.expired:
            self.compare_properties(ref, self.seen[ref])
        for ref, attr in sorted(self.watched):
            if ref in self.seen and ref not in self.expired:
                try:
                    self.compare_relation(ref, attr, self.seen[ref])
                except LazyLoadError:  # forgotten by the session, as after relate()
                    self.watched.discard((ref, attr))

    def compare_properties(self, ref: Ref, entity: Any) -> None:
        """Compare the properties of a node, unless it was only referred to."""
        item = self.oracle.unit.nodes[ref]
        try:
            shown = {name: getattr(entity, name) for name in FIELDS[item.name]}
        except LazyLoadError:
            assert ref in self.named
        else:
            assert shown == {name: item.props.get(name) for name in FIELDS[item.name]}, f"{ref}"

    async def compare_graph(self) -> None:
        """Compare the raw graph with what is stored."""
        graph = await self.rig.dump()
        oracle = self.oracle
        if self.autoflush:
            found = {Ref("Tent", row["number"]): row["revision"] for _, row in graph.nodes if "revision" in row}
            oracle.adopt(found)
        nodes = in_order((sorted(labels), kept(row)) for labels, row in graph.nodes)
        edges = in_order(
            (kind, *(sorted if kind == "TRUSTS" else list)([start, end]), kept(row))
            for kind, start, end, row in graph.edges
        )
        assert (nodes, edges) == oracle.stored.rows()

    async def settle(self) -> None:
        """Flush where the oracle must know what reads have sent already, since that is final there."""
        if self.autoflush and not self.rig.dialect.supports_transactions:
            await self.flush()

    async def settle_left(self) -> None:
        """Flush where nobody knows whether what an assignment took away was sent, or can still come back."""
        if self.autoflush and self.oracle.unit.left:
            await self.flush()

    async def flush(self) -> None:
        """Send what is staged."""
        await self.s.flush()
        self.oracle.flush()
        self.parted.clear()
        if not self.rig.dialect.supports_transactions:
            self.fresh.clear()  # no rollback takes them back
        self.calm = False

    async def commit(self) -> None:
        """Store the unit, and compare the graph."""
        await self.s.commit()
        self.oracle.commit()
        self.begin()
        await self.compare_graph()
        await self.compare_versions()

    async def compare_versions(self) -> None:
        """Compare the versions that the session remembers."""
        for ref, entity in self.seen.items():
            if ref.kind == "Tent" and ref not in self.expired | self.named:
                assert entity.revision == self.oracle.unit.nodes[ref].props["revision"], f"{ref}.revision"

    async def rollback(self) -> None:
        """Undo the unit."""
        await self.settle()
        await self.undo()

    async def undo(self) -> None:
        """Undo the unit; on a database without transactions what was flushed stays, and a warning says so."""
        final = not self.rig.dialect.supports_transactions
        sent = self.oracle.sent.rows() != self.oracle.stored.rows()
        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("always", RollbackWarning)
            await self.s.rollback()
        assert caught or not (final and sent), "a rollback that undoes nothing of a flush must warn"
        self.oracle.give_up(sent_stays=final)
        self.seen = {ref: entity for ref, entity in self.seen.items() if ref not in self.fresh and self.lives(ref)}
        self.watched = {(ref, attr) for ref, attr in self.watched if ref in self.seen}
        self.begin()
        await self.compare_graph()

    async def fail(self, error: type[Exception]) -> None:
        """See a commit fail, and leave the graph as it was; what was staged is staged still."""
        with pytest.raises(error):
            await self.s.commit()
        if not self.rig.dialect.supports_transactions:
            self.oracle.stored = copy.deepcopy(self.oracle.sent)
        await self.compare_graph()

    async def expunge_all(self) -> None:
        """Drop what is staged; what was sent is kept."""
        if self.autoflush:
            await self.flush()
        self.s.expunge_all()
        self.oracle.forget_unsent()
        self.forget()

    async def quiet(self) -> None:
        """Let no transaction be open, for which others would have to wait."""
        if self.autoflush or not self.calm:
            await self.commit()


def make(ref: Ref, name: str, given: Mapping[str, Any]) -> Any:
    """Return a new entity with this key."""
    return CLASSES[name](**{KEYS[ref.kind]: python_key(ref)}, **given)


def python_key(ref: Ref) -> Any:
    """Return a key as the model has it."""
    return UUID(str(ref.key)) if ref.kind == "Wagon" else ref.key


def plain_key(entity: Any) -> str | int:
    """Return an entity's key as the graph has it."""
    return next(
        str(value) if isinstance(value, UUID) else value
        for name in KEYS.values()
        if (value := getattr(entity, name, None)) is not None
    )


def ref_of(entity: Any) -> Ref:
    """Return which node an entity is."""
    name = type(entity).__name__
    return Ref("CircusAct" if name in ACTS else name, plain_key(entity))
