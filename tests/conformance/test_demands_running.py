"""Demands 24 and 28: concurrent tasks, and code that runs without a server."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from runic.ogm import AsyncSession, Session, create_driver

from .harness import Database
from .models import Artist, Gallery, Station

SOURCE = str(Path(sys.modules["runic.ogm"].__file__ or "").parents[2])


@pytest.mark.async_only
async def test_tasks_share_a_driver_and_nothing_else(db: Database) -> None:
    """Demand 24: no state of a thread or a context is shared by tasks."""
    await db.save(Gallery(id="g", name="G"))

    async def work(s: AsyncSession, i: int) -> None:
        gallery = await s.get(Gallery, "g", fetch=["artists"])
        assert gallery is not None
        artist = Artist(id=f"a{i}", name="n")
        s.add(artist)
        await asyncio.sleep(0)
        await s.relate(artist, Artist.gallery, gallery)

    async def handle(i: int) -> None:
        await db.driver.run(lambda s: work(s, i), retries=20)  # ArcadeDB lets one of two writers to a node try again

    await asyncio.gather(*(handle(i) for i in range(50)))
    assert len((await db.dump()).pairs("REPRESENTED_BY")) == 50


@pytest.mark.async_only
async def test_sessions_are_not_bound_to_a_task(db: Database) -> None:
    """Demand 24: a session made in one task serves in another."""
    s = AsyncSession(db.driver)
    s.add(Station(code="s"))
    await asyncio.create_task(s.commit())
    await asyncio.create_task(s.close())
    assert (await db.dump()).keys("Station") == ["s"]


def test_import_connects_to_nothing() -> None:
    """Demand 28: and needs no client library."""
    program = f"""
import socket, sys
sys.path.insert(0, {SOURCE!r})
def refuse(*args, **options):
    raise AssertionError("a socket at import")
socket.socket.connect = refuse
from runic.ogm import Field, Node, Relation, select
class Kiosk(Node, labels=["Kiosk"]):
    id: str = Field(primary_key=True)
    near: list["Kiosk"] = Relation(relationship="NEAR", target="Kiosk")
text, parameters = select(Kiosk).where(Kiosk.id == "k").traverse(Kiosk.near).alias("n").build()
assert "MATCH" in text, text
clients = {{"redis", "falkordb", "neo4j", "psycopg"}} & set(sys.modules)
assert not clients, clients
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def test_models_work_without_a_driver() -> None:
    """Demand 28: entities are plain objects until a session has them."""
    gallery = Gallery(id="g", name="G")
    artist = Artist(id="a", name="A", gallery=gallery)
    artist.nicknames.append("x")
    assert artist.gallery is gallery
    assert gallery.artists in ([], [artist])


def test_thrown_away_database_needs_no_server() -> None:
    """Demand 28: a test of one's own runs on the embedded database."""
    driver = create_driver("falkordb+embedded://")
    try:
        with Session(driver) as session:
            session.add(Artist(id="a", name="A"))
        with Session(driver) as session:
            artist = session.get(Artist, "a")
            assert artist is not None
            assert artist.name == "A"
    finally:
        driver.close()
