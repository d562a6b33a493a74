"""A state machine over one rich model: random programs against an oracle in plain Python and a raw dump of the graph.

`RUNIC_TEST_EXAMPLES=1000 pytest --timeout 0 tests/conformance/test_random_machine.py` runs more programs than CI
does. A program that fails is shrunk and printed as the steps that lead there.
"""

from __future__ import annotations

import os
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, multiple
from hypothesis.stateful import run_state_machine_as_test as run_machine

from runic.ogm import EntityNotFoundError, OGMError, StaleEntityError, select

from .harness import Database
from .machine_model import CLASSES, CircusAct, CircusProp, Desk, Performer, Watch, make, python_key, ref_of
from .machine_oracle import ACTS, CHANGES, HOWS, SIDES, Props, Ref, Value, change_of, edit, with_defaults
from .machine_rig import Rig
from .machine_steps import BUNDLES, EVERY, PLAIN, Link, driven, links, maybe, names, nodes, numbers, step

performers, acts, tents, props, wagons = BUNDLES.values()


def storing(target: Bundle[Ref], kind: str, *keys: str | int, **given: Value) -> Any:
    """Make what programs begin with: nodes that are stored."""

    async def store(self: Circus) -> Any:
        return multiple(*[await self.store(kind, key, **given) for key in keys])

    store.__name__ = f"store_{kind}"
    return initialize(target=target)(driven(store))


class Circus(RuleBasedStateMachine):
    """Does each step to a session and to the oracle. A step for which something is missing does nothing."""

    def __init__(self, rig: Rig) -> None:
        super().__init__()
        rig.start()
        self.desk, self.made = Desk(rig), 0
        self.oracle = self.desk.oracle

    def teardown(self) -> None:
        try:
            self.desk.rig.do(self.desk.s.close())
        finally:
            self.desk.rig.stop()

    @invariant()
    @driven
    async def session_shows_the_unit(self) -> None:
        await self.desk.compare_loaded()

    @initialize(autoflush=st.booleans())
    @driven
    async def open(self, autoflush: bool) -> None:
        await self.desk.open(autoflush=autoflush)

    store_performers = storing(performers, "Performer", "p0", "p1", name="n")
    store_acts = storing(acts, "CircusAct", "plain act", title="t")
    store_trapeze = storing(acts, "TrapezeAct", "trapeze", title="t")
    store_tents = storing(tents, "Tent", 0, 1)
    store_props = storing(props, "CircusProp", "hoop", "ring")
    store_wagon = storing(wagons, "Wagon", str(UUID(int=0)))

    async def store(self, kind: str, key: str | int, **given: Value) -> Ref:
        """Commit a node through another session."""
        ref = self.oracle.put_everywhere(kind, key, given)
        await self.desk.rig.save(make(ref, kind, given))
        return ref

    def key(self) -> int:
        self.made += 1
        return self.made + 100

    def add(self, entity: Any, given: dict[str, Any]) -> Ref:
        self.desk.s.add(entity)
        ref = self.desk.added(entity, given)
        self.desk.assigned(ref, given)
        return ref

    @step(
        target=performers, name=names, age=maybe, generated=st.booleans(), teacher=st.none() | performers,
        partners=st.lists(performers, max_size=2, unique=True), wagon=st.none() | wagons,
    )  # fmt: skip
    async def add_performer(self, generated: bool, name: str, age: int | None, **others: Any) -> Ref:
        given = {"name": name, "age": age, **await self.desk.related(others)}
        key: dict[str, Any] = {} if generated else {"id": f"performer {self.key()}"}
        return self.add(Performer(**given, **key), given)

    @step(
        target=acts, kind=st.sampled_from(ACTS), title=names, tent=st.none() | tents,
        props=st.lists(props, max_size=2, unique=True),
    )  # fmt: skip
    async def add_act(self, kind: str, title: str, **others: Any) -> Ref:
        given = {"title": title, **await self.desk.related(others)}
        return self.add(CLASSES[kind](code=f"act {self.key()}", **given), given)

    @step(target=tents, seats=maybe)
    async def add_tent(self, seats: int | None) -> Ref:
        return self.add(CLASSES["Tent"](number=self.key(), seats=seats), {"seats": seats})

    @step("owner", target=wagons, owner=performers)
    async def cascade_to_a_wagon(self, owner: Ref) -> Any:
        """A wagon that nobody adds but the one who sleeps in it."""
        performer = await self.desk.entity(owner)
        performer.wagon = make(Ref("Wagon", str(UUID(int=self.key()))), "Wagon", {})
        self.oracle.unit.assign(owner, "wagon", [ref := self.desk.added(performer.wagon, {})])
        return ref

    @step("owner", target=props, owner=acts)
    async def cascade_to_a_prop(self, owner: Ref) -> Any:
        """A prop that nobody adds but the act that needs it."""
        shown = await self.desk.look(owner, "props")
        shown.append(CircusProp(id=f"prop {self.key()}"))
        self.oracle.unit.include(owner, "props", ref := self.desk.added(shown[-1], {}))
        return ref

    @step("node", node=nodes, which=numbers, what=numbers)
    async def change(self, node: Ref, which: int, what: int) -> None:
        await self.desk.change(node, *change_of(node, which, what), in_place=what > 1)

    @step("node", node=nodes, by_reference=st.booleans())
    async def delete(self, node: Ref, by_reference: bool) -> None:
        self.desk.delete(node, self.desk.reference(node) if by_reference else await self.desk.entity(node))

    @step(node=nodes, kind=st.sampled_from(ACTS), title=names, merged=st.booleans())
    async def use_key_again(self, node: Ref, kind: str, title: str, merged: bool) -> None:
        """Add what was deleted, maybe as another class of the hierarchy."""
        if self.desk.lives(node):
            return
        given: dict[str, Value] = {"title": title} if node.kind == "CircusAct" else {}
        given |= {"name": title} if node.kind in {"Performer", "CircusProp"} else {}
        entity = make(node, kind if node.kind == "CircusAct" else node.kind, given)
        entity = (self.desk.s.merge if merged else self.desk.s.add)(entity) or entity
        assert self.desk.added(entity, given) == node

    @step("node", node=acts | props | tents, title=names, minutes=maybe, tent=st.none() | tents)
    async def merge(self, node: Ref, title: str, minutes: int | None, tent: Ref | None) -> None:
        """Write all fields of a node, whether the session knows it or not."""
        is_act, name = node.kind == "CircusAct", self.oracle.unit.nodes[node].name
        given: dict[str, Value] = {"title": title, "minutes": minutes} if is_act else {"name": title}
        given = {"colour": title, "seats": minutes} if node.kind == "Tent" else given
        related = await self.desk.related({"tent": tent}) if is_act else {}
        known = node in self.desk.seen and node not in self.desk.expired
        if node not in self.desk.seen:
            self.desk.fresh.add(node)  # as an object: a rollback takes it out of the session
        elif node in self.desk.expired:
            self.desk.named.add(node)  # a rollback leaves it unread again
        entity = self.desk.s.merge(make(node, name, given | related))
        assert self.desk.seen.setdefault(node, entity) is entity
        self.oracle.merge(node, given, known=known)
        self.desk.assigned(node, related)

    # -- relations

    async def ends(self, link: Link) -> tuple[Any, Any]:
        return await self.desk.entity(link[0]), await self.desk.entity(link[2])

    @step("link", link=links(*EVERY), fetched=st.booleans())
    async def look(self, link: Link, fetched: bool) -> None:
        if fetched:
            await self.desk.s.get(CLASSES[link[0].kind], python_key(link[0]), fetch=[link[1]])
        await self.desk.look(*link[:2])

    @step("link", link=links(*PLAIN, "PERFORMS_IN"), nothing=st.booleans())
    async def assign(self, link: Link, nothing: bool) -> None:
        one, other = await self.ends(link)
        await self.desk.settle_left()
        single = SIDES[link[0].kind, link[1]].single
        setattr(one, link[1], (None if nothing else other) if single else [] if nothing else [other])
        self.oracle.unit.assign(*link[:2], [] if nothing else [link[2]])

    @step("link", link=links(*PLAIN, "PERFORMS_IN", single=False), how=st.sampled_from(HOWS))
    async def edit_list(self, link: Link, how: str) -> None:
        _, other = await self.ends(link)
        await self.desk.settle_left()
        if self.desk.parted:
            await self.desk.flush()
        shown = await self.desk.look(*link[:2])
        plain = list(shown)
        edit(shown, how, other)
        edit(plain, how, other)
        left = [ref_of(each) for each in plain if id(each) not in self.desk.gone]
        self.oracle.unit.assign(*link[:2], left)

    @step("link", link=links(*PLAIN), by_reference=st.booleans())
    async def relate(self, link: Link, by_reference: bool) -> None:
        """Relate where no single relation would have two targets, maybe without reading the ends."""
        if self.oracle.unit.free(*link):
            named = self.desk.reference
            one, other = (named(link[0]), named(link[2])) if by_reference else await self.ends(link)
            await self.desk.s.relate(one, link[1], other)
            self.oracle.unit.relate(*link)

    @step("link", link=links("PERFORMS_IN", "GUARDS"), role=names, night=numbers, note=st.none() | names)
    async def relate_edge(self, link: Link, role: str, night: int, note: str | None) -> None:
        """Overwrite all fields of an edge, or of the one that has this key."""
        one, other = await self.ends(link)
        given: Props = (
            {"night": night, "note": note} if "Tent" in {link[0].kind, link[2].kind} else {"role": role, "note": note}
        )
        kind = "Watch" if "night" in given else "Part"
        await self.desk.s.relate(one, link[1], other, edge=CLASSES[kind](**given))
        self.oracle.unit.relate(*link, with_defaults(kind, given))

    @step("link", link=links(*EVERY), night=maybe)
    async def unrelate(self, link: Link, night: int | None) -> None:
        """Remove all edges between two nodes, or the one that has this key."""
        one, other = await self.ends(link)
        place = self.oracle.unit.place(*link, night)
        if place.type != "GUARDS" or night is None:
            await self.desk.s.unrelate(one, link[1], other)
            self.oracle.unit.unrelate(*link)
        else:
            await self.desk.s.unrelate(one, link[1], other, edge=Watch(night=night))
            self.oracle.unit.edges.pop(place, None)

    @step("link", link=links("PERFORMS_IN", "GUARDS"), note=st.none() | names, deleted=st.booleans())
    async def change_edge(self, link: Link, note: str | None, deleted: bool) -> None:
        """Compare the edges of a node, and change or delete the first that leads to another one."""
        await self.desk.flush()
        rows = await self.desk.s.edges(await self.desk.entity(link[0]), link[1])
        unit, kind = self.oracle.unit, SIDES[link[0].kind, link[1]].type
        found = {unit.place(*link[:2], ref_of(end), getattr(edge, "night", None)): edge for edge, end in rows}
        assert len(found) == len(rows)
        assert found.keys() == {place for place in unit.edges if place.type == kind and link[0] in place[1:3]}
        for place, edge in found.items():
            assert {name: getattr(edge, name) for name in unit.edges[place]} == unit.edges[place]
        for place in sorted(unit.between(*link))[:1]:
            if deleted:
                self.desk.s.delete(found[place])
                self.desk.parted.add(place[:3])
                del unit.edges[place]
            else:
                found[place].note = note
                unit.edges[place] = with_defaults("", unit.edges[place] | {"note": note})

    # -- the session

    @step(how=st.sampled_from(["commit", "commit", "rollback", "flush", "expunge_all"]))
    async def finish(self, how: str) -> None:
        await getattr(self.desk, how)()

    @step(autoflush=st.booleans())
    async def new_session(self, autoflush: bool) -> None:
        await self.desk.commit()
        await self.desk.open(autoflush=autoflush)

    @step(node=nodes, how=st.sampled_from(["expunge", "delete"]))
    async def unstage(self, node: Ref, how: str) -> None:
        """Take back a node that was never sent, with all that was staged with it."""
        if node in self.desk.fresh and not self.desk.autoflush and self.oracle.unit.only_added(self.oracle.sent, node):
            getattr(self.desk.s, how)(self.desk.seen.pop(node))
            self.oracle.unit.drop(node)
            self.desk.fresh.discard(node)

    @step(node=nodes, refreshed=st.booleans())
    async def forget_changes(self, node: Ref, refreshed: bool) -> None:
        """Drop changed properties of a node whose edges are sent."""
        if node in self.desk.seen:
            await self.desk.flush()
            entity = await self.desk.entity(node)
            for name, values in CHANGES[node.kind]:
                setattr(entity, name, values[-1])
            await self.read_again(node, entity, refreshed=refreshed)

    async def read_again(self, node: Ref, entity: Any, *, refreshed: bool) -> None:
        if refreshed:
            await self.desk.s.refresh(entity)
        else:
            self.desk.s.expire(entity)
            self.desk.expired.add(node)

    @step(kind=st.sampled_from(ACTS), minutes=maybe)
    async def find_acts(self, kind: str, minutes: int | None) -> None:
        """Ask for a class of the hierarchy, by a property, with relations."""
        await self.desk.flush()
        loaded = ("tent", "props", "cast")
        found = await self.desk.s.scalars(select(CLASSES[kind]).where(CircusAct.minutes == minutes).fetch(*loaded))
        assert sorted((ref_of(act), type(act).__name__) for act in found) == self.oracle.unit.acts(kind, minutes)
        for act in found:
            self.desk.expired.discard(ref_of(act))
            assert self.desk.seen.setdefault(ref_of(act), act) is act
            self.desk.watched |= {(ref_of(act), attr) for attr in loaded}

    # -- other sessions, and commits that fail

    @step(node=nodes, which=numbers, what=numbers, refreshed=st.booleans())
    async def rival_changes(self, node: Ref, which: int, what: int, refreshed: bool) -> None:
        """Another session changes a node, which is read again then."""
        await self.desk.quiet()
        if self.desk.untouched(node):
            entity = await self.desk.entity(node)
            await self.rival_sets(node, which, what)
            await self.read_again(node, entity, refreshed=refreshed)

    async def rival_sets(self, node: Ref, which: int, what: int) -> bool:
        name, value = change_of(node, which, what)
        async with self.desk.rig.session() as other:
            setattr(await other.get(CLASSES[node.kind], python_key(node)), name, value)
        return self.oracle.set_everywhere(node, name, value)

    @step(link=links("USES", "TRUSTS"))
    async def rival_relates(self, link: Link) -> None:
        """Another session relates two nodes, or takes their edge away; both are read again then."""
        await self.desk.commit()
        if not self.desk.untouched(link[0], link[2]):
            return
        there = bool(self.oracle.unit.between(*link))
        async with self.desk.rig.session() as other:
            ends = [other.reference(CLASSES[ref.kind], python_key(ref)) for ref in (link[0], link[2])]
            await getattr(other, "unrelate" if there else "relate")(ends[0], link[1], ends[1])
        for world in self.oracle.everywhere():
            (world.unrelate if there else world.relate)(*link)
        for ref in {link[0], link[2]} & self.desk.seen.keys():
            await self.read_again(ref, self.desk.seen[ref], refreshed=False)

    @step(tent=tents, which=numbers, what=numbers, given_up=st.booleans())
    async def conflict(self, tent: Ref, which: int, what: int, given_up: bool) -> None:
        """Another session changes what is changed here: the commit fails; without this change, the rest passes."""
        await self.desk.quiet()
        if not self.desk.untouched(tent):
            return
        entity = await self.desk.entity(tent)
        if await self.rival_sets(tent, which, what):
            entity.colour = "mine"
            await self.desk.fail(StaleEntityError)
            if given_up:
                await self.desk.undo()
            await self.read_again(tent, entity, refreshed=True)

    @step(given_up=st.booleans())
    async def ghost(self, given_up: bool) -> None:
        """Relate what is not there."""
        await self.desk.settle()
        ends = self.desk.s.reference(CLASSES["CircusAct"], "ghost"), self.desk.s.reference(CircusProp, "ghost")
        await self.desk.s.relate(ends[0], "props", ends[1])
        await self.desk.fail(EntityNotFoundError)
        await (self.desk.undo() if given_up else self.desk.s.unrelate(ends[0], "props", ends[1]))

    @step(target=props, given_up=st.booleans())
    async def taken_key(self, given_up: bool) -> Ref:
        """Add what another session has added."""
        await self.desk.quiet()
        prop = await self.store("CircusProp", f"prop {self.key()}", name="theirs")
        mine = CircusProp(id=str(prop.key), name="mine")
        self.desk.s.add(mine)
        await self.desk.fail(OGMError)
        self.desk.s.expunge(mine)
        if given_up:
            await self.desk.undo()
        return prop

    @step(act=acts, prop=props)
    async def vanished_end(self, act: Ref, prop: Ref) -> None:
        """Relate what another session deletes."""
        await self.desk.quiet()
        if self.desk.untouched(act, prop):
            ends = await self.desk.entity(act), await self.desk.entity(prop)
            async with self.desk.rig.session() as other:
                other.delete(await other.get(CircusProp, prop.key))
            await self.desk.s.relate(ends[0], "props", ends[1])
            for world in self.oracle.everywhere():
                world.drop(prop)
            await self.desk.fail(EntityNotFoundError)
            self.desk.forget()
            await self.desk.undo()
            await self.desk.open(autoflush=self.desk.autoflush)


def budget(db: Database) -> settings:
    """Return how many programs are run: those asked for, else fewer on databases that are slow to begin with."""
    return settings(
        max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "15" if db.quick else "5")),
        stateful_step_count=25,
        deadline=None,
        phases=(Phase.reuse, Phase.generate, Phase.shrink),
        report_multiple_bugs=False,
        derandomize="RUNIC_TEST_EXAMPLES" not in os.environ,
        suppress_health_check=[*HealthCheck],
    )


def test_any_program_leaves_what_it_says(db: Database) -> None:
    class Here(Circus):
        def __init__(self) -> None:
            super().__init__(Rig(db.target, is_async=db.is_async))

    Here.__name__ = "Circus"  # which the steps of a failure are printed with
    run_machine(Here, settings=budget(db))
