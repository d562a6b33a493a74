"""Targets that are taken back before they were stored, or that are to be deleted: nobody shows them."""

from __future__ import annotations

import pytest

from runic.ogm import Edge, EntityNotFoundError, Node, Relation, RelationValueError

from .harness import Database


class Stitching(Edge, type="STITCHED_TO"):
    count: int = 1


class Embroidery(Stitching, type="EMBROIDERED_ON"):
    colour: str = "red"


class FineStitching(Stitching):
    """Of its parent's type."""

    colour: str = "red"


class Quilt(Node, labels=["Quilt"]):
    id: str
    patches: list[Patch] = Relation(relationship="MADE_OF_PATCH", target="Patch")
    centre: Patch | None = Relation(relationship="CENTRED_ON", target="Patch")
    borders: list[Patch] = Relation(relationship="STITCHED_TO", target="Patch", edge_model=Stitching)


class Patch(Node, labels=["Patch"]):
    id: str


@pytest.mark.parametrize("stored", [False, True], ids=["new", "stored"])
@pytest.mark.parametrize("how", ["delete", "expunge"])
async def test_target_that_was_never_stored_leaves_what_shows_it(db: Database, how: str, stored: bool) -> None:
    async with db.session() as s:
        quilt, kept, patch = Quilt(id="q"), Patch(id="k"), Patch(id="p")
        s.add_all([quilt, kept])
        if stored:
            await s.commit()
            await s.load(quilt, "patches", "centre")
        s.add(patch)
        quilt.patches = [kept, patch]
        quilt.centre = patch
        getattr(s, how)(patch)
        assert list(quilt.patches) == [kept]
        assert quilt.centre is None
        await s.commit()
        assert list(quilt.patches) == [kept]
        assert quilt.centre is None
    graph = await db.dump()
    assert (graph.keys("Patch"), len(graph.pairs("MADE_OF_PATCH")), graph.pairs("CENTRED_ON")) == (["k"], 1, [])


async def test_target_leaves_a_relation_that_was_assigned_unloaded(db: Database) -> None:
    await db.save(kept := Patch(id="k"), Quilt(id="q", patches=[kept]))
    async with db.session() as s:
        quilt, patch = await s.get(Quilt, "q"), Patch(id="p")
        s.add(patch)
        quilt.patches = [patch]
        s.delete(patch)
        assert list(quilt.patches) == []
    graph = await db.dump()
    assert (graph.keys("Patch"), graph.pairs("MADE_OF_PATCH")) == (["k"], [])


async def test_rollback_leaves_new_entities_what_they_were_given(db: Database) -> None:
    async with db.session() as s:
        patch = Patch(id="p")
        quilt = Quilt(id="q", patches=[patch], centre=patch)
        s.add_all([quilt, patch])
        await s.rollback()
        assert (list(quilt.patches), quilt.centre) == ([patch], patch)
        s.add_all([quilt, patch])
    graph = await db.dump()
    assert (len(graph.pairs("MADE_OF_PATCH")), len(graph.pairs("CENTRED_ON"))) == (1, 1)


async def test_target_that_is_to_be_deleted_is_refused_at_once(db: Database) -> None:
    await db.save(patch := Patch(id="p"), Quilt(id="q", patches=[patch]))
    async with db.session() as s:
        quilt = await s.get(Quilt, "q", fetch=["patches", "centre"])
        [patch] = quilt.patches
        s.delete(patch)
        with pytest.raises(EntityNotFoundError, match="Patch"):
            quilt.centre = patch
        assert quilt.centre is None
        other = Quilt(id="r")
        s.add(other)
        with pytest.raises(EntityNotFoundError, match="Patch"):
            other.patches.append(patch)
        assert other.patches == []
        s.add(patch)  # it stays
        other.patches.append(patch)
    assert len((await db.dump()).pairs("MADE_OF_PATCH")) == 2


async def test_unloaded_relation_refuses_a_target_that_is_to_be_deleted(db: Database) -> None:
    await db.save(Patch(id="p"), kept := Patch(id="k"), Quilt(id="q", patches=[kept]))
    async with db.session() as s:
        quilt, patch = await s.get(Quilt, "q"), await s.get(Patch, "p")
        s.delete(patch)
        with pytest.raises(EntityNotFoundError, match="Patch"):
            quilt.patches = [patch]
    graph = await db.dump()
    assert (graph.keys("Patch"), len(graph.pairs("MADE_OF_PATCH"))) == (["k"], 1)


async def test_edge_of_another_type_is_refused(db: Database) -> None:
    await db.save(Quilt(id="q"), Patch(id="p"))
    async with db.session() as s:
        quilt, patch = await s.get(Quilt, "q"), await s.get(Patch, "p")
        with pytest.raises(RelationValueError, match=r"'STITCHED_TO'.*'EMBROIDERED_ON'"):
            await s.relate(quilt, Quilt.borders, patch, edge=Embroidery(count=2))
        with pytest.raises(RelationValueError, match=r"'STITCHED_TO'.*'EMBROIDERED_ON'"):
            await s.relate_all(Quilt.borders, [(quilt, patch, Embroidery(count=2))])
        await s.relate(quilt, Quilt.borders, patch, edge=FineStitching(count=3))
    graph = await db.dump()
    assert (len(graph.pairs("STITCHED_TO")), graph.pairs("EMBROIDERED_ON")) == (1, [])
