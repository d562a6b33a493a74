"""Edges with a version of a type that the graph has not seen before."""

from __future__ import annotations

from runic.ogm import Edge, Field, Node, Relation

from .harness import Database


class Rivet(Edge, type="RIVETED_TO"):
    force: int = 0
    revision: int = Field(default=0, version=True)


class Girder(Node, labels=["Girder"]):
    id: str
    joints: list[Girder] = Relation(relationship="RIVETED_TO", target="Girder", edge_model=Rivet)


async def test_first_edge_of_its_type_can_be_changed_in_its_session(db: Database) -> None:
    first, second = Girder(id="a"), Girder(id="b")
    await db.save(first, second)
    async with db.session() as s:
        first, second = await s.get_many(Girder, ["a", "b"])
        rivet = Rivet(force=1)
        await s.relate(first, Girder.joints, second, edge=rivet)
        await s.commit()
        before = rivet.revision
        rivet.force = 2
        await s.commit()
        assert rivet.revision == before + 1
    assert (await db.dump()).edge("RIVETED_TO", "a", "b") == {"force": 2, "revision": before + 1}
