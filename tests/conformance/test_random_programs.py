"""Random programs over the rest of the models, against an oracle in plain Python and a raw dump.

Hierarchies, keys used again, self relations, keyed edges, cascades, versions, another session in between, rollback,
expire and refresh. A program that fails is shrunk and shown as code.
"""

from __future__ import annotations

import copy
import os
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runic.ogm import StaleEntityError

from .harness import Database
from .models import Amount, Artist, Artwork, Cook, Exhibition, Fresco, Ingredient, Lender, Loan, Painting, Recipe
from .models import Sculpture as Statue

WORKS: list[type[Artwork]] = [Painting, Fresco, Statue]
LENDERS = [UUID(int=number + 1) for number in range(2)]
TRACKED = ("title", "name", "minutes", "revision", "technique", "wall", "material", "grams", "fee", "number")
Key = str | UUID


class Oracle:
    """The graph as it must be: nodes by key, edges by type, start, end and their own key."""

    def __init__(self) -> None:
        self.nodes: dict[Key, tuple[type, dict[str, Any]]] = {}
        self.edges: dict[tuple[str, Key, Key, Any], dict[str, Any]] = {}

    def forget(self, key: Key) -> None:
        del self.nodes[key]
        self.edges = {place: props for place, props in self.edges.items() if key not in place[1:3]}

    def drop(self, kind: str, *, start: Key) -> None:
        self.edges = {place: props for place, props in self.edges.items() if place[:2] != (kind, start)}

    def rows(self) -> tuple[list[Any], list[Any]]:
        """Return nodes and edges as `stored` does."""
        nodes = [(str(key), sorted(cls.__meta__.labels), _kept(props)) for key, (cls, props) in self.nodes.items()]
        edges = [(place[0], str(place[1]), str(place[2]), _kept(props)) for place, props in self.edges.items()]
        return sorted(nodes, key=repr), sorted(edges, key=repr)


def _kept(props: dict[str, Any]) -> dict[str, Any]:
    return {name: props[name] for name in TRACKED if props.get(name) is not None}


class Program:
    """Does each step to a session and to the oracle, and writes it down as code."""

    def __init__(self, db: Database) -> None:
        self.db, self.want, self.committed = db, Oracle(), Oracle()
        self.code: list[str] = ["s = Session(driver, autoflush=False)"]
        self.s = db.open(autoflush=False)
        self.gone: set[Key] = set()  # keys that were deleted in this unit: what has them now is new

    def say(self, line: str) -> None:
        self.code.append(line)

    def add(self, cls: type, key: Key, **props: Any) -> Any:
        """Stage a node unless its key is taken."""
        self.say(f"s.add({cls.__name__}(id={key!r}, {', '.join(f'{n}={v!r}' for n, v in props.items())}))")
        entity = cls(id=key, **props)
        self.s.add(entity)
        self.want.nodes[key] = (cls, self.defaults(cls) | props)
        return entity

    @staticmethod
    def defaults(kind: type) -> dict[str, Any]:
        return {Recipe: {"revision": 0}, Statue: {"material": "stone"}, Ingredient: {"name": ""}}.get(kind, {})

    async def node(self, key: Key) -> Any:
        cls = self.want.nodes[key][0]
        return await self.s.get(Artwork if issubclass(cls, Artwork) else cls, key)

    # -- steps; each takes three small numbers

    async def add_work(self, i: int, j: int, n: int) -> None:
        if f"w{i}" not in self.want.nodes:
            self.add(WORKS[j % 3], f"w{i}", title=str(n))

    async def add_recipe(self, i: int, _: int, n: int) -> None:
        if f"r{i}" not in self.want.nodes:
            self.add(Recipe, f"r{i}", title="R", minutes=n)

    async def change(self, i: int, j: int, n: int) -> None:
        key, field, value = [(f"r{i}", "minutes", n), (f"w{i}", "title", str(n)), (f"a{i}", "name", str(n))][j % 3]
        if key in self.want.nodes:
            self.say(f"s.get(..., {key!r}).{field} = {value!r}")
            setattr(await self.node(key), field, value)
            self.want.nodes[key][1][field] = value

    async def change_subclass(self, i: int, _: int, n: int) -> None:
        if f"w{i}" in self.want.nodes:
            work = await self.node(f"w{i}")
            assert type(work) is self.want.nodes[f"w{i}"][0]
            field = {Painting: "technique", Fresco: "wall", Statue: "material"}[type(work)]
            self.say(f"s.get(Artwork, 'w{i}').{field} = {str(n)!r}")
            setattr(work, field, str(n))
            self.want.nodes[f"w{i}"][1][field] = str(n)

    async def delete(self, i: int, j: int, _: int) -> None:
        key = f"{'rwa'[j % 3]}{i}"
        if key in self.want.nodes:
            self.say(f"s.delete(s.get(..., {key!r}))")
            self.s.delete(await self.node(key))
            self.want.forget(key)
            self.gone.add(key)

    async def replace(self, i: int, j: int, n: int) -> None:
        """Delete a node and use its key again, maybe for another class of the hierarchy."""
        await self.delete(i, j % 2, 0)
        await (self.add_work(i, n, n) if j % 2 else self.add_recipe(i, 0, n))

    async def teach(self, i: int, j: int, n: int) -> None:
        pupil, teacher = f"a{i}", f"a{j}"
        if pupil in self.want.nodes and teacher in self.want.nodes:
            gone = n % 4 == 0
            self.say(f"s.get(Artist, {pupil!r}).teacher = {'None' if gone else f's.get(Artist, {teacher!r})'}")
            (await self.node(pupil)).teacher = None if gone else await self.node(teacher)
            self.want.drop("LEARNT_FROM", start=pupil)
            if not gone:
                self.want.edges["LEARNT_FROM", pupil, teacher, None] = {}

    async def lend(self, i: int, j: int, n: int) -> None:
        lender, show, number = LENDERS[i % 2], f"x{j % 2}", f"no{n % 3}"
        self.say(f"s.relate(lender {i % 2}, 'loans', {show!r}, edge=Loan(number={number!r}, fee={n}))")
        await self.s.relate(await self.node(lender), "loans", await self.node(show), edge=Loan(number=number, fee=n))
        self.want.edges["LENT", lender, show, number] = {"number": number, "fee": n}

    async def take_back(self, i: int, j: int, _: int) -> None:
        lender, show = LENDERS[i % 2], f"x{j % 2}"
        self.say(f"s.unrelate(lender {i % 2}, 'loans', {show!r})")
        await self.s.unrelate(await self.node(lender), "loans", await self.node(show))
        self.want.edges = {p: e for p, e in self.want.edges.items() if p[:3] != ("LENT", lender, show)}

    async def cook(self, i: int, j: int, n: int) -> None:
        """Add a cook, and by cascade a new recipe with a new ingredient."""
        if not {f"c{i}", f"r{j}"} & self.want.nodes.keys():
            self.say(f"s.add(Cook(id='c{i}', name='C', signature=Recipe(id='r{j}', title='R', minutes={n})))")
            recipe = Recipe(id=f"r{j}", title="R", minutes=n)
            self.s.add(Cook(id=f"c{i}", name="C", signature=recipe))
            self.want.nodes[f"c{i}"] = (Cook, {"name": "C"})
            self.want.nodes[f"r{j}"] = (Recipe, {"title": "R", "minutes": n, "revision": 0})
            self.want.edges["FAMOUS_FOR", f"c{i}", f"r{j}", None] = {}

    async def measure(self, i: int, j: int, n: int) -> None:
        """Need an ingredient, with an edge that counts its own changes."""
        recipe, thing = f"r{i}", f"i{j % 2}"
        if recipe in self.want.nodes and ("NEEDS", recipe, thing, None) not in self.want.edges:
            self.say(f"s.relate({recipe!r}, 'ingredients', {thing!r}, edge=Amount(grams={n}))")
            await self.s.relate(await self.node(recipe), "ingredients", await self.node(thing), edge=Amount(grams=n))
            self.want.edges["NEEDS", recipe, thing, None] = {"grams": n, "revision": 0}

    async def remeasure(self, i: int, j: int, n: int) -> None:
        await self.commit(0, 0, 0)
        place = ("NEEDS", f"r{i}", f"i{j % 2}", None)
        if place in self.want.edges:
            self.say(f"{{t.id: e for e, t in s.edges('r{i}', 'ingredients')}}['i{j % 2}'].grams = {n}")
            rows = await self.s.edges(await self.node(f"r{i}"), "ingredients")
            [edge] = [edge for edge, target in rows if target.id == place[2]]
            edge.grams = self.want.edges[place]["grams"] = n

    async def rival(self, i: int, _: int, n: int) -> None:
        """Another session is faster: the commit fails as a whole, and what is read afterwards is what it wrote."""
        await self.commit(0, 0, 0)
        if f"r{i}" not in self.want.nodes:
            return
        self.say(
            f"# another session sets r{i}.minutes = {n + 100}, then: s.get(Recipe, 'r{i}').title = ...; s.commit()"
        )
        recipe = await self.node(f"r{i}")
        artist = await self.node("a0") if "a0" in self.want.nodes else None
        async with self.db.session() as other:
            (await other.get(Recipe, f"r{i}")).minutes = n + 100
        changed = self.want.nodes[f"r{i}"][1]
        if changed["minutes"] != n + 100:
            changed["minutes"], changed["revision"] = n + 100, changed["revision"] + 1
            recipe.title = f"lost {n}"
            if artist is not None:
                artist.name = "lost too"
            with pytest.raises(StaleEntityError):
                await self.s.commit()
            await self.s.rollback()
        self.committed = copy.deepcopy(self.want)
        await self.compare()
        await self.s.refresh(recipe)
        assert (recipe.minutes, recipe.revision, recipe.title) == tuple(
            changed[name] for name in ("minutes", "revision", "title")
        )

    async def forget(self, i: int, j: int, _: int) -> None:
        """Expire or refresh after a change: the change is gone."""
        await self.commit(0, 0, 0)
        if f"a{i}" in self.want.nodes:
            artist = await self.node(f"a{i}")
            artist.name = "never written"
            self.say(f"a = s.get(Artist, 'a{i}'); a.name = 'x'; s.{'refresh' if j % 2 else 'expire'}(a)")
            if j % 2:
                await self.s.refresh(artist)
                assert artist.name == self.want.nodes[f"a{i}"][1]["name"]
            else:
                self.s.expire(artist)

    async def rollback(self, *_: int) -> None:
        self.say("s.rollback()")
        await self.s.rollback()
        self.want = copy.deepcopy(self.committed)
        self.gone.clear()

    async def commit(self, *_: int) -> None:
        self.say("s.commit()")
        await self.s.commit()
        for key, (cls, props) in self.want.nodes.items():
            before = None if key in self.gone else self.committed.nodes.get(key)
            if (
                cls is Recipe
                and before is not None
                and props["revision"] == before[1]["revision"]
                and props != before[1]
            ):
                props["revision"] += 1
        for place, props in self.want.edges.items():
            old = None if self.gone & {*place[1:3]} else self.committed.edges.get(place)
            if "revision" in props and old is not None and props["revision"] == old["revision"] and props != old:
                props["revision"] += 1
        self.committed = copy.deepcopy(self.want)
        self.gone.clear()
        await self.compare()

    async def new_session(self, *_: int) -> None:
        await self.commit(0, 0, 0)
        self.say("s = Session(driver, autoflush=False)")
        await self.s.close()
        self.s = self.db.open(autoflush=False)

    async def compare(self) -> None:
        graph = await self.db.dump()
        nodes = [(str(p["id"]), sorted(labels), _kept(dict(p))) for labels, p in graph.nodes]
        edges = [(kind, str(start), str(end), _kept(dict(p))) for kind, start, end, p in graph.edges]
        assert (sorted(nodes, key=repr), sorted(edges, key=repr)) == self.want.rows()


STEPS: list[Callable[..., Awaitable[None]]] = [
    Program.add_work, Program.add_recipe, Program.change, Program.change, Program.change_subclass, Program.delete,
    Program.replace, Program.teach, Program.teach, Program.lend, Program.take_back, Program.cook, Program.measure,
    Program.remeasure, Program.rival, Program.forget, Program.rollback, Program.commit, Program.new_session,
]  # fmt: skip
NUMBERS = (st.integers(0, 2), st.integers(0, 2), st.integers(0, 7))
few = settings(
    max_examples=int(os.environ.get("RUNIC_TEST_EXAMPLES", "40")),
    deadline=None,
    derandomize="RUNIC_TEST_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)


@few
@given(steps=st.lists(st.tuples(st.sampled_from(STEPS), *NUMBERS), max_size=30))
async def test_any_program_leaves_what_it_says(db: Database, steps: list[Any]) -> None:
    program = Program(db)
    try:
        for number in range(3):
            program.add(Artist, f"a{number}", name="A")
        for number in range(2):
            program.add(Exhibition, f"x{number}", title="X")
            program.add(Lender, LENDERS[number], name="L")
            program.add(Ingredient, f"i{number}")
        await program.commit()
        for step, *numbers in steps:
            await step(program, *numbers)
        await program.commit()
        await program.s.close()
    except BaseException as error:
        error.add_note("\n".join(program.code))
        raise
