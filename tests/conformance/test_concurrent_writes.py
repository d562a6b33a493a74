"""Many writers on the same few nodes and edges: nothing is lost, nothing is there twice."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from runic.ogm import AsyncSession, DetachedEntityError, OGMError, Session, StaleEntityError, TransientDatabaseError
from tests.conformance.harness import Database

from .models import Amount, Artist, Exhibition, Gallery, Ingredient, Painting, Recipe, Showing
from .test_concurrency import in_threads

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.requires("concurrent")


@pytest.mark.sync_only
async def test_version_of_an_edge_loses_no_update(db: Database) -> None:
    """Rule 2, for an edge: each of many writers counts, or is told that it is stale, or to try again."""
    recipe, flour = Recipe(id="r", title="R"), Ingredient(id="i")
    async with db.session() as s:
        s.add_all([recipe, flour])
        await s.relate(recipe, "ingredients", flour, edge=Amount(grams=0))
    stale = list[int]()

    def work(number: int) -> None:
        for _ in range(50):
            try:
                with Session(db.driver) as s:
                    [(edge, _)] = s.edges(s.reference(Recipe, "r"), "ingredients")
                    edge.grams += 1
            except (StaleEntityError, TransientDatabaseError):
                stale.append(number)
            else:
                return
        raise AssertionError("was stale fifty times")

    in_threads(8, work)
    edge = (await db.dump()).edge("NEEDS", "r", "i")
    assert (edge["grams"], edge["revision"]) == (8, 8)


async def test_version_counts_real_changes_alone(db: Database) -> None:
    recipe, flour = Recipe(id="r", title="R"), Ingredient(id="i")
    async with db.session() as s:
        s.add_all([recipe, flour])
        await s.relate(recipe, "ingredients", flour, edge=Amount(grams=1))
    for value, revision in ((1, 0), (2, 1), (2, 1), (1, 2)):
        async with db.session() as s:
            found = await s.get(Recipe, "r")
            found.title = found.title
            [(edge, _)] = await s.edges(found, "ingredients")
            edge.grams = value
        graph = await db.dump()
        assert (graph.node("r")["revision"], graph.edge("NEEDS", "r", "i")["revision"]) == (0, revision)


@pytest.mark.async_only
async def test_tasks_relate_the_same_pair_once(db: Database) -> None:
    """Demand 13: with properties, too."""
    await db.save(Exhibition(id="x", title="X"), Painting(id="p", title="P"))

    async def work(number: int) -> None:
        async def unit(s: AsyncSession) -> None:
            show, work = s.reference(Exhibition, "x"), s.reference(Painting, "p")
            await s.relate(show, "works", work, edge=Showing(room="r", position=number))

        await db.driver.run(unit, retries=20)

    await asyncio.gather(*(work(number) for number in range(24)))
    assert (await db.dump()).pairs("SHOWS") == [("x", "p")]


PROGRAM = """
import sys
from runic.ogm import Session, create_driver
from tests.conformance.models import Artist, Gallery

with create_driver(sys.argv[1]) as driver:
    def work(s):
        s.relate(s.reference(Artist, "a"), "gallery", s.reference(Gallery, "g"))
    print(flush=True)
    sys.stdin.readline()
    for _ in range(20):
        driver.run(work, retries=20)
"""


@pytest.mark.slow
@pytest.mark.sync_only
async def test_processes_relate_the_same_pair_once(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))
    started = [
        subprocess.Popen(  # noqa: ASYNC220 - a sync test
            [sys.executable, "-c", PROGRAM, db.url], cwd=ROOT, env={"PYTHONPATH": f"{ROOT / 'src'}:{ROOT}"},
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for _ in range(4)
    ]  # fmt: skip
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "\n"
    ends = [process.communicate("\n", timeout=60) for process in started]
    assert [process.returncode for process in started] == [0] * 4, ends
    assert (await db.dump()).pairs("REPRESENTED_BY") == [("a", "g")]


@pytest.mark.sync_only
@pytest.mark.requires("reads_snapshots")
async def test_single_relation_is_replaced_in_one_step(db: Database) -> None:
    """Whoever reads meanwhile finds one gallery, never none and never two."""
    await db.save(Artist(id="a", name="A", gallery=None), *[Gallery(id=f"g{i}", name="G") for i in range(4)])
    async with db.session() as s:
        (await s.get(Artist, "a")).gallery = s.reference(Gallery, "g0")
    done, seen = threading.Event(), set[int]()

    def watch() -> None:
        while not done.is_set():
            with Session(db.driver, read_only=True) as s:
                seen.add(len(s.execute("MATCH (:Artist)-[r:REPRESENTED_BY]->() RETURN 1").rows))

    watching = threading.Thread(target=watch)
    watching.start()

    def write(s: Session, number: int) -> None:
        artist = s.get(Artist, "a")
        assert artist is not None
        artist.gallery = s.reference(Gallery, f"g{number % 4}")

    try:
        for number in range(40):
            db.driver.run(lambda s, number=number: write(s, number))
    finally:
        done.set()
        watching.join()
    assert seen == {1}


@pytest.mark.sync_only
@pytest.mark.requires("serialises_writes")
async def test_writers_of_a_single_relation_leave_one_edge(db: Database) -> None:
    """Demand 12: the last one wins. Elsewhere two that never saw each other may both leave theirs: a read tells."""
    await db.save(Artist(id="a", name="A"), *[Gallery(id=f"g{i}", name="G") for i in range(8)])

    def work(number: int) -> None:
        for turn in range(5):
            with Session(db.driver) as s:
                s.reference(Artist, "a").gallery = s.reference(Gallery, f"g{(number + turn) % 8}")

    in_threads(8, work)
    assert len((await db.dump()).pairs("REPRESENTED_BY")) == 1


@pytest.mark.sync_only
async def test_units_that_cross_are_all_made(db: Database) -> None:
    """Where two wait for each other the database gives one up, and `run` tries it again."""
    await db.save(*[Artist(id=key, name="A") for key in "ab"])

    def work(number: int) -> None:
        first, second = "ab" if number % 2 else "ba"

        def unit(s: Session) -> None:
            for key in (first, second):
                artist = s.get(Artist, key)
                assert artist is not None
                artist.name = f"by {number}"
                if db.dialect.supports_transactions:
                    s.flush()
            s.add(Artist(id=f"n{number}", name="N"))

        db.driver.run(unit, retries=30)

    in_threads(8, work)
    graph = await db.dump()
    assert graph.keys("Artist") == ["a", "b", *(f"n{number}" for number in range(8))]
    assert graph.node("a")["name"] == graph.node("b")["name"] or db.dialect.supports_transactions


async def test_entity_of_two_sessions_is_refused_by_name(db: Database) -> None:
    await db.save(Artist(id="a", name="A"), Gallery(id="g", name="G"))
    async with db.session() as one, db.session() as two:
        artist, gallery = await one.get(Artist, "a"), await two.get(Gallery, "g")
        attempts: list[Any] = [lambda: two.add(artist), lambda: two.delete(artist), lambda: two.merge(artist)]
        for attempt in attempts:
            with pytest.raises((DetachedEntityError, OGMError)) as caught:
                attempt()
            assert "Artist" in str(caught.value)
        with pytest.raises(OGMError, match=r"Artist|Gallery"):
            await two.relate(artist, "gallery", gallery)
    assert (await db.dump()).pairs("REPRESENTED_BY") == []


@pytest.mark.sync_only
async def test_session_of_two_threads_is_refused_by_name(db: Database) -> None:
    """Either a thread has the session for itself, or it is told so; what was written is whole."""
    await db.save(*[Artist(id=f"a{i}", name="A") for i in range(20)])
    refused, found = list[str](), list[Any]()
    with Session(db.driver) as s:

        def work(number: int) -> None:
            for turn in range(40):
                try:
                    found.append(s.get(Artist, f"a{(number * 7 + turn) % 20}"))
                except OGMError as error:
                    refused.append(str(error))

        in_threads(6, work)
        assert {type(item) for item in found} == {Artist}
        assert len({id(item) for item in found}) <= 20
    assert all("in use by another thread or task" in text for text in refused)
