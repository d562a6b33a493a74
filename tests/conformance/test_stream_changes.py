"""Section 2: what is changed while its stream goes on is written; what was read and not changed leaves the session."""

from __future__ import annotations

from contextlib import aclosing
from typing import Any

import pytest

from runic.ogm import select

from .harness import Database
from .models import Artist, Artwork, Gallery

pytestmark = pytest.mark.usefixtures("registry")

ALL = select(Artist).order_by(Artist.id)


async def seed(db: Database) -> None:
    works = [Artwork(id=f"w{i}", title="W") for i in range(5)]
    await db.save(*works, *(Artist(id=f"a{i}", name="A", born=i, works=[works[i]]) for i in range(5)))


async def born(db: Database) -> dict[str, int]:
    async with db.session() as s:
        return {artist.id: artist.born for artist in await s.scalars(select(Artist))}


@pytest.mark.parametrize("statement", [ALL, select(Artist)], ids=["ordered", "plain"])
@pytest.mark.parametrize("batch", [1, 2, 5, 10])
async def test_change_of_what_is_streamed_is_written(db: Database, statement: Any, batch: int) -> None:
    if not (statement is ALL or db.dialect.scans_by_id or db.dialect.orders_by_index):
        statement = ALL.where(Artist.born >= 0)  # elsewhere a change may move what is skipped through without an order
    await seed(db)
    async with db.session() as s:
        async for artist in s.stream(statement, batch=batch):
            assert artist in s
            assert await s.get(Artist, artist.id) is artist
            artist.name = f"{artist.name}{artist.id}"
    async with db.session() as s:
        assert [artist.name for artist in await s.scalars(ALL)] == [f"Aa{i}" for i in range(5)]


async def test_change_is_kept_where_nothing_flushes_by_itself(db: Database) -> None:
    await seed(db)
    async with db.session(autoflush=False) as s:
        async for artist in s.stream(ALL, batch=2):
            artist.born += 10
        await s.commit()
    assert set((await born(db)).values()) == {10, 11, 12, 13, 14}


async def test_relation_and_edge_of_what_is_streamed_are_written(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        s.add(home := Gallery(id="g", name="G"))
        async for artist in s.stream(ALL, batch=2):
            await s.relate(artist, Artist.gallery, home)
            artist.born += 10
    async with db.session() as s:
        artists = await s.scalars(ALL.fetch(Artist.gallery))
        assert [(artist.gallery.id, artist.born) for artist in artists] == [("g", i + 10) for i in range(5)]


async def test_deleted_while_it_is_streamed(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        async for artist in s.stream(ALL, batch=2):
            if artist.id != "a3":
                s.delete(artist)
    assert set(await born(db)) == {"a3"}


async def test_what_was_not_changed_leaves_the_session_with_the_next_batch(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        kept = await s.get(Artist, "a1")
        async with aclosing(s.stream(ALL.fetch(Artist.works), batch=2)) as stream:
            seen = [artist async for artist in stream]
        assert [artist in s for artist in seen] == [False, True, False, False, True]
        assert seen[1] is kept
        assert seen[0].name == "A"
        assert [work.id for work in seen[0].works] == ["w0"]
        seen[0].born = 40
        s.add(seen[0])  # which takes it back
    assert (await born(db))["a0"] == 40


async def test_what_is_read_beside_a_stream_stays(db: Database) -> None:
    await seed(db)
    async with db.session() as s:
        beside = [await s.get(Artwork, f"w{artist.id[1:]}") async for artist in s.stream(ALL, batch=1)]
        assert all(work in s for work in beside)
