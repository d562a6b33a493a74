"""What concerns a cluster, as the server is told it: routes, access modes, bookmarks, databases, users."""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Iterator
from importlib.metadata import requires
from typing import Any

import pytest

from runic.ogm import (
    AsyncSession,
    DatabaseError,
    DatabaseUnavailableError,
    Driver,
    Field,
    Node,
    Session,
    create_async_driver,
    create_driver,
    select,
)


class Outpost(Node):
    id: str = Field(primary_key=True)


READ = "RUN 'MATCH (n:`Outpost`"
"""How each of its reads begins."""


@pytest.fixture
def routed(url: str, driver: Driver) -> Iterator[Driver]:
    with create_driver(url.replace("bolt", "neo4j", 1)) as found:
        yield found


@pytest.fixture
def told(caplog: pytest.LogCaptureFixture) -> Any:
    """Return a function that gives what the client told the server: messages that begin with a word."""
    caplog.set_level(logging.DEBUG, "neo4j.io")

    def messages(word: str) -> list[str]:
        found = [re.search(rf"C: ({word}\b.*)", record.getMessage()) for record in caplog.records]
        return [match[1] for match in found if match is not None]

    return messages


def count(driver: Driver) -> int:
    with Session(driver) as session:
        return session.count(select(Outpost))


def save(driver: Driver, key: str) -> None:
    with Session(driver) as session:
        session.add(Outpost(id=key))


def test_route_is_asked_for(routed: Driver, told: Any) -> None:
    save(routed, "a")
    assert count(routed) == 1
    assert len(told("ROUTE")) == 1
    with create_driver("neo4j://127.0.0.1:1") as gone, pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1"):
        count(gone)


def test_context_of_a_route_is_passed_on(url: str, told: Any) -> None:
    with create_driver(url.replace("bolt", "neo4j", 1) + "?policy=near") as routed:
        count(routed)
    assert "'policy': 'near'" in told("ROUTE")[0]


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_only_sessions_that_read_go_to_readers(url: str, driver: Driver, scheme: str, told: Any) -> None:
    with create_driver(url.replace("bolt", scheme, 1)) as chosen:
        for read_only in (True, False):
            with Session(chosen, read_only=read_only) as session:
                session.scalars(select(Outpost))
        save(chosen, "a")
    reads = ["'mode': 'r'" in message for message in told("RUN") if READ in message]
    assert reads == [True, scheme == "bolt"]  # one server is told of each read, so that it refuses to write
    assert ["'mode': 'r'" in message for message in told("BEGIN")] == [False]


def test_session_begins_with_what_another_wrote(routed: Driver, told: Any) -> None:
    save(routed, "a")
    manager: Any = routed._backend
    [bookmark] = manager._common["bookmark_manager"].get_bookmarks()
    for read_only in (True, False):
        with Session(routed, read_only=read_only) as session:
            assert session.get(Outpost, "a") is not None
    save(routed, "b")
    reads = [message for message in told("RUN") if READ in message]
    assert [bookmark in message for message in reads] == [True, True]
    assert [bookmark in message for message in told("BEGIN")] == [False, True]


def test_async_session_begins_with_what_another_wrote(url: str, driver: Driver, told: Any) -> None:
    async def run() -> None:
        async with create_async_driver(url.replace("bolt", "neo4j", 1)) as routed:
            async with AsyncSession(routed) as session:
                session.add(Outpost(id="a"))
            async with AsyncSession(routed, read_only=True) as session:
                assert await session.get(Outpost, "a") is not None

    asyncio.run(run())
    [read] = [message for message in told("RUN") if READ in message]
    assert "bookmarks" in read
    assert "'mode': 'r'" in read


def test_drivers_do_not_share_bookmarks(routed: Driver, url: str) -> None:
    save(routed, "a")
    with create_driver(url.replace("bolt", "neo4j", 1)) as other:
        backend: Any = other._backend
        assert not list(backend._common["bookmark_manager"].get_bookmarks())
        assert count(other) == 1


@pytest.mark.parametrize("read_only", [False, True])
def test_routed_write_must_be_announced(routed: Driver, *, read_only: bool) -> None:
    with Session(routed, read_only=read_only) as session:
        with pytest.raises(DatabaseError, match="write=True"):
            session.execute("CREATE (n:Outpost {id: 'x'}) RETURN n")
        assert session.execute("MATCH (n) RETURN count(n) AS n").rows == [(0,)]
    assert count(routed) == 0


def test_async_routed_write_must_be_announced(url: str, driver: Driver) -> None:
    async def run() -> None:
        async with create_async_driver(url.replace("bolt", "neo4j", 1)) as routed, AsyncSession(routed) as session:
            with pytest.raises(DatabaseError, match="write=True"):
                await session.execute("CREATE (:Outpost)")

    asyncio.run(run())
    assert count(driver) == 0


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_write_within_a_unit_must_be_announced(url: str, driver: Driver, scheme: str) -> None:
    with create_driver(url.replace("bolt", scheme, 1)) as chosen, Session(chosen) as session:
        session.add(Outpost(id="a"))
        session.flush()
        with pytest.raises(DatabaseError, match="write=True"):
            session.execute("CREATE (:Outpost {id: 'x'})")
        session.execute("CREATE (:Outpost {id: 'b'})", write=True)
    with Session(driver) as session:
        assert {outpost.id for outpost in session.scalars(select(Outpost))} == {"a", "b"}


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_database_is_chosen(url: str, driver: Driver, scheme: str, told: Any) -> None:
    where = url.replace("bolt", scheme, 1)
    for number, chosen in enumerate((create_driver(f"{where}/neo4j"), create_driver(where, database="neo4j"))):
        with chosen:
            save(chosen, str(number))
    assert ["'db': 'neo4j'" in message for message in told("BEGIN")] == [True, True]
    with create_driver(f"{where}/no-such-database") as lost, pytest.raises(DatabaseError, match="no-such-database"):
        count(lost)


@pytest.mark.parametrize("scheme", ["bolt", "neo4j"])
def test_impersonation_is_asked_for(url: str, driver: Driver, scheme: str, told: Any) -> None:
    """A server without users refuses it, in these words."""
    impersonating = create_driver(url.replace("bolt", scheme, 1), impersonated_user="warden", database="neo4j")
    with impersonating, pytest.raises(DatabaseError, match="Impersonation is not supported"):
        count(impersonating)
    assert ["'imp_user': 'warden'" in message for message in told("RUN")] == [True]


def test_notifications_are_not_asked_for_unless_they_are_heard(driver: Driver, told: Any) -> None:
    count(driver)
    logger = logging.getLogger("runic.ogm.neo4j")
    before = logger.level
    logger.setLevel(logging.INFO)
    try:
        count(driver)
    finally:
        logger.setLevel(before)
    asked = ["'notifications_minimum_severity': 'OFF'" in message for message in told("RUN") if READ in message]
    assert asked == [True, False]


def test_extra_brings_the_packing_in_rust(url: str, driver: Driver, told: Any) -> None:
    needed = [text for text in requires("runic-ogm") or () if re.search(r"extra == ['\"]neo4j['\"]", text)]
    assert sorted(re.split(r"[<>=;]", text)[0] for text in needed) == ["neo4j", "neo4j-rust-ext"]
    with create_driver(url) as fresh:
        count(fresh)
    assert "Python-Rust" in told("HELLO")[-1]
