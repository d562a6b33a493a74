"""What only Neo4j does: access modes, clients of one's own, notifications, bookmarks."""

from __future__ import annotations

import asyncio
import logging
from datetime import date, timedelta
from typing import Any

import neo4j
import pytest

from runic.ogm import (
    AsyncSession,
    DatabaseError,
    DatabaseUnavailableError,
    Driver,
    Session,
    create_async_driver,
    create_driver,
)


def count(driver: Driver) -> int:
    with Session(driver) as session:
        return int(session.execute("MATCH (n) RETURN count(n) AS n").rows[0][0])


@pytest.mark.parametrize("read_only", [False, True])
def test_read_that_writes_is_refused_by_the_server(driver: Driver, *, read_only: bool) -> None:
    with Session(driver, read_only=read_only) as session, pytest.raises(DatabaseError, match="write=True"):
        session.execute("CREATE (:Stone)")
    assert count(driver) == 0


def test_raw_write_belongs_to_the_unit(driver: Driver) -> None:
    session = Session(driver)
    session.execute("CREATE (:Stone)", write=True)
    assert session.execute("MATCH (n) RETURN count(n) AS n").rows[0][0] == 1
    assert count(driver) == 0
    session.rollback()
    assert count(driver) == 0
    session.execute("CREATE (:Stone)", write=True)
    session.commit()
    session.close()
    assert count(driver) == 1


def test_failed_statement_undoes_the_unit_and_it_is_written_again(driver: Driver) -> None:
    session = Session(driver)
    session.execute("CREATE (:Stone {x: 1})", write=True)
    with pytest.raises(DatabaseError):
        session.execute("RETURN 1 / 0 AS x")
    assert count(driver) == 0
    session.execute("CREATE (:Stone {x: 2})", write=True)
    session.commit()
    session.close()
    assert count(driver) == 2


def test_routed_driver_reads_its_own_writes(url: str, driver: Driver) -> None:
    with create_driver(url.replace("bolt", "neo4j", 1)) as routed:
        with Session(routed) as session:
            session.execute("CREATE (:Stone)", write=True)
        assert count(routed) == 1
        backend: Any = routed._backend
        manager = backend._common["bookmark_manager"]
        assert len(list(manager.get_bookmarks())) == 1


def test_client_of_ones_own_stays_open(url: str, driver: Driver) -> None:
    with neo4j.GraphDatabase.driver(url) as client:
        with create_driver("neo4j", client=client) as own:
            assert count(own) == 0
        client.verify_connectivity()
        with pytest.raises(DatabaseUnavailableError, match="closed"):
            count(own)
        with pytest.raises(ValueError, match="max_connection_pool_size"):
            create_driver("neo4j", client=client, max_connection_pool_size=3)
    with pytest.raises(TypeError, match=r"neo4j\.Driver"):
        create_driver("neo4j", client=object())


def test_async_client_of_ones_own(url: str) -> None:
    async def run() -> object:
        async with (
            neo4j.AsyncGraphDatabase.driver(url) as client,
            create_async_driver("neo4j", client=client) as own,
            AsyncSession(own) as session,
        ):
            return (await session.execute("RETURN 1 AS one")).rows[0][0]

    assert asyncio.run(run()) == 1


def test_notifications_are_quiet_unless_asked_for(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    with Session(driver) as session:
        session.execute("MATCH (n:NoSuchLabel) RETURN n")
    assert not [record for record in caplog.records if record.name.startswith(("neo4j", "runic.ogm.neo4j"))]
    with caplog.at_level(logging.INFO, "runic.ogm.neo4j"), Session(driver) as session:
        session.execute("MATCH (n:NoSuchLabel) RETURN n")
    [record] = [record for record in caplog.records if record.name == "runic.ogm.neo4j"]
    assert "NoSuchLabel" in record.getMessage()


def test_raw_values_are_of_the_standard_library(driver: Driver) -> None:
    with Session(driver) as session:
        [row] = session.execute("RETURN date('2020-01-02') AS day, duration('P1D') AS span").rows
    assert row == (date(2020, 1, 2), timedelta(days=1))


def test_unknown_option_is_named(url: str) -> None:
    with pytest.raises(ValueError, match="no_such_option"):
        create_driver(url, no_such_option=1)


def test_server_that_is_not_there(driver: Driver) -> None:
    with create_driver("bolt://127.0.0.1:1") as gone, pytest.raises(DatabaseUnavailableError, match=r"127\.0\.0\.1:1"):
        count(gone)
