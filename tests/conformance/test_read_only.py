"""`Session(driver, read_only=True)` refuses writes."""

from __future__ import annotations

import pytest

from runic.ogm import OGMError, select

from .harness import Database
from .models import Artist, Gallery


async def seed(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))


async def test_reads_work(db: Database) -> None:
    await seed(db)
    async with db.session(read_only=True) as s:
        assert (await s.get(Artist, "a", fetch=["gallery", "works"])).works == []
        assert await s.count(select(Artist)) == 1
        result = await s.execute("MATCH (n) RETURN count(n) AS n")
        assert [dict(row) for row in result] == [{"n": 2}]


@pytest.mark.parametrize("call", ["add", "merge", "delete", "relate", "unrelate", "change", "assign"])
async def test_writes_are_refused(db: Database, call: str) -> None:
    await seed(db)
    before = await db.dump()
    s = db.open(read_only=True)
    artist, gallery = await s.get(Artist, "a", fetch=["gallery"]), await s.get(Gallery, "g")
    with db.count() as sent, pytest.raises(OGMError, match="read"):
        if call in {"add", "merge"}:
            getattr(s, call)(Artist(id="b", name="B"))
        elif call == "delete":
            s.delete(artist)
        elif call in {"relate", "unrelate"}:
            await getattr(s, call)(artist, Artist.gallery, gallery)
        elif call == "change":
            artist.name = "B"
        else:
            artist.gallery = gallery
        await s.commit()
    assert len(sent) == 0
    await s.rollback()
    await s.close()
    assert await db.dump() == before


async def test_raw_write_is_refused(db: Database) -> None:
    await seed(db)
    before = await db.dump()
    s = db.open(read_only=True)
    with pytest.raises(OGMError):
        await s.execute("MATCH (n) SET n.name = 'x'", write=True)
    with pytest.raises(OGMError):
        await s.execute("MATCH (n) SET n.name = 'x'")
    await s.close()
    assert await db.dump() == before


async def test_commit_of_nothing_is_no_error(db: Database) -> None:
    await seed(db)
    async with db.session(read_only=True) as s:
        await s.get(Artist, "a")
        await s.commit()
