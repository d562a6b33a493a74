"""`driver.run`: one unit of work, tried again on transient errors alone."""

from __future__ import annotations

from typing import Any

import pytest

from runic.ogm import DatabaseError, EntityNotFoundError, TransientDatabaseError

from .harness import Database
from .models import Artist, Gallery


async def test_run_commits_and_returns(db: Database) -> None:
    async def work(s: Any) -> str:
        s.add(Artist(id="a", name="A"))
        return "done"

    assert await db.run(work) == "done"
    assert (await db.dump()).keys("Artist") == ["a"]


async def test_run_rolls_back_on_an_error(db: Database) -> None:
    async def work(s: Any) -> None:
        s.add(Artist(id="a", name="A"))
        raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        await db.run(work)
    assert (await db.dump()).nodes == []


async def test_run_tries_again_on_a_transient_error(db: Database) -> None:
    """Each attempt has a session of its own."""
    sessions = []

    async def work(s: Any) -> int:
        sessions.append(s)
        s.add(Artist(id="a", name=f"try {len(sessions)}"))
        if len(sessions) < 3:
            raise TransientDatabaseError("busy")
        return len(sessions)

    assert await db.run(work, retries=5) == 3
    graph = await db.dump()
    assert graph.node("a")["name"] == "try 3"


async def test_run_gives_up_after_its_retries(db: Database) -> None:
    calls = []

    async def work(s: Any) -> None:
        calls.append(s)
        raise TransientDatabaseError("busy")

    with pytest.raises(TransientDatabaseError, match="busy"):
        await db.run(work, retries=2)
    assert len(calls) == 3


@pytest.mark.parametrize("error", [DatabaseError("x"), EntityNotFoundError("x"), ValueError("x")], ids=repr)
async def test_run_never_repeats_other_errors(db: Database, error: Exception) -> None:
    calls = []

    async def work(s: Any) -> None:
        calls.append(s)
        raise error

    with pytest.raises(type(error)):
        await db.run(work, retries=5)
    assert len(calls) == 1


async def test_run_reports_a_failed_commit(db: Database) -> None:
    """Rule 2 holds within run."""

    async def work(s: Any) -> None:
        s.add(Artist(id="a", name="A"))
        await s.relate(s.reference(Artist, "a2"), Artist.gallery, s.reference(Gallery, "ghost"))

    with pytest.raises(EntityNotFoundError):
        await db.run(work)
    assert (await db.dump()).nodes == []


@pytest.mark.parametrize("retries", [-1, 1.5, "3", None, True])
async def test_odd_retries_are_refused(db: Database, retries: object) -> None:
    """Rule 19."""

    async def work(s: Any) -> None:
        raise AssertionError("never called")

    with pytest.raises((TypeError, ValueError), match="retries"):
        await db.run(work, retries=retries)
