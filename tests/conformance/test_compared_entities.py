"""Classes with an `==` of their own, which fails on what is no entity or finds two entities the same."""

from __future__ import annotations

from runic.ogm import Node, Relation

from .harness import Database


class Lantern(Node, labels=["Lantern"]):
    id: str
    shade: Lampshade | None = Relation(relationship="SHADED_BY", target="Lampshade")


class Luminaire(Node, labels=["Luminaire"]):
    id: str
    shade: Lampshade | None = Relation(relationship="COVERED_BY", target="Lampshade")
    spares: list[Lampshade] = Relation(relationship="HAS_SPARE", target="Lampshade")


class Lampshade(Node, labels=["Lampshade"]):
    id: str
    colour: str = "white"

    def __eq__(self, other: object) -> bool:
        return self.colour == other.colour  # type: ignore[attr-defined, no-any-return]

    __hash__ = None  # type: ignore[assignment]


async def test_add_and_merge_compare_nothing(db: Database) -> None:
    shades = [Lampshade(id=key) for key in "abcd"]
    async with db.session() as s:
        s.add_all(shades)
        s.add(Luminaire(id="1", shade=shades[0], spares=shades[1:]))
        s.add_all([Luminaire(id="2", shade=shades[1]), Lantern(id="1", shade=shades[0])])
        s.add(Lantern(id="2", shade=shades[1]))
        s.merge(Luminaire(id="3", shade=shades[2], spares=shades[:1]))
        s.merge(Lantern(id="3", shade=shades[2]))
    graph = await db.dump()
    assert graph.pairs("COVERED_BY") == [("1", "a"), ("2", "b"), ("3", "c")]
    assert graph.pairs("SHADED_BY") == [("1", "a"), ("2", "b"), ("3", "c")]
    assert graph.pairs("HAS_SPARE") == [("1", "b"), ("1", "c"), ("1", "d"), ("3", "a")]


async def test_assignment_of_one_that_is_said_to_be_the_same(db: Database) -> None:
    shades = [Lampshade(id=key) for key in "abc"]
    await db.save(*shades, Luminaire(id="1", shade=shades[0], spares=shades[:1]))
    async with db.session() as s:
        lamp = await s.get(Luminaire, "1")
        first, second, third = await s.get_many(Lampshade, ["a", "b", "c"])
        lamp.spares = [first, second]
        lamp.spares = [first, third]
        lamp.shade = second
        lamp.shade = third
    graph = await db.dump()
    assert (graph.pairs("HAS_SPARE"), graph.pairs("COVERED_BY")) == ([("1", "a"), ("1", "c")], [("1", "c")])


async def test_deletion_and_merge_onto_an_entity(db: Database) -> None:
    shades = [Lampshade(id=key) for key in "ab"]
    await db.save(*shades, Luminaire(id="1", shade=shades[0], spares=shades))
    async with db.session() as s:
        lamp = await s.get(Luminaire, "1", fetch=["shade", "spares"])
        s.merge(Luminaire(id="1", shade=await s.get(Lampshade, "b")))
        s.delete(await s.get(Lampshade, "a"))
        await s.commit()
        assert lamp.shade is await s.get(Lampshade, "b")
        assert [shade.id for shade in lamp.spares] == ["b"]
    assert (await db.dump()).pairs("COVERED_BY") == [("1", "b")]
