"""Servers that are killed, slow or full, behind a password: what a driver makes of it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from runic.ogm import (
    DatabaseError,
    DatabaseUnavailableError,
    Driver,
    Session,
    TransientDatabaseError,
    create_driver,
    select,
)
from tests.conformance.models import Artist, Gallery
from tests.servers.falkordb_tcp import PASSWORD, TcpFalkorServer

from .conftest import SLOW_READ, eventually

SLOW_WRITE = "UNWIND range(1, 1500000) AS x CREATE (:Slow {x: x})"


@pytest.fixture(scope="module")
def server() -> Iterator[TcpFalkorServer]:
    server = TcpFalkorServer()
    yield server
    server.close()


@pytest.fixture
def driver(server: TcpFalkorServer, request: pytest.FixtureRequest) -> Iterator[Driver]:
    if server.ended:  # a test that failed between its kill and its start is to fail alone
        server.start()
    graph = request.node.name[:60]
    with create_driver(server.url(graph), ensure_keys=True) as driver:
        yield driver
    server.forget(graph)


def counter(number: int) -> Any:
    def work(s: Session) -> None:
        tally = s.get(Artist, "tally")
        assert tally is not None
        tally.born = (tally.born or 0) + 1
        s.add(Artist(id=f"u{number}", name="N", gallery=s.reference(Gallery, "g")))

    return work


@pytest.mark.slow
def test_killed_server_loses_and_doubles_nothing(server: TcpFalkorServer, driver: Driver) -> None:
    """What `run` returned from is there after each kill; it goes on once the server is back."""
    with Session(driver) as s:
        s.add_all([Artist(id="tally", name="T", born=0), Gallery(id="g", name="G")])
    ended = threading.Event()

    def kill_again_and_again() -> None:
        while not ended.wait(0.15):
            server.kill()
            server.start()

    with ThreadPoolExecutor(1) as threads:
        killing = threads.submit(kill_again_and_again)
        try:
            for number in range(120):
                driver.run(counter(number), retries=12, exactly_once=True)
        finally:
            ended.set()
        killing.result()
    with Session(driver) as s:
        tally = s.get(Artist, "tally", fetch=["gallery"])
        assert tally is not None
        assert (tally.born, s.count(select(Artist))) == (120, 121)
        assert s.execute("MATCH (:Artist)-[r]->(:Gallery) RETURN count(r)").rows == [(120,)]


def test_killed_server_is_told_with_its_outcome(server: TcpFalkorServer, driver: Driver) -> None:
    with Session(driver) as s:
        s.add(Gallery(id="g", name="G"))

    def kill_at_work() -> None:
        assert eventually(server.works)
        server.kill()

    with ThreadPoolExecutor(1) as threads:
        killing = threads.submit(kill_at_work)
        with Session(driver) as s, pytest.raises(DatabaseUnavailableError) as caught:
            s.execute(f"{SLOW_WRITE} WITH count(*) AS c {SLOW_READ}", write=True, timeout=120)
        killing.result()
    assert caught.value.outcome_unknown
    with Session(driver) as s, pytest.raises(DatabaseUnavailableError, match="cannot be reached") as caught:
        s.execute("MATCH (n) SET n.x = 1", write=True)
    assert not caught.value.outcome_unknown
    server.start()
    with Session(driver) as s:
        assert s.count(select(Gallery)) == 1
        assert s.execute("MATCH (n:Slow) RETURN count(n)").rows == [(0,)]


def test_slow_read_is_ended_by_its_deadline(driver: Driver) -> None:
    """By the server, or a quarter of a second later by the client: nothing is in doubt of a read."""
    with Session(driver) as s:
        s.execute("RETURN 1")
        started = time.monotonic()
        with pytest.raises((TransientDatabaseError, DatabaseUnavailableError)) as caught:
            s.execute(SLOW_READ, timeout=0.1)
        assert time.monotonic() - started < 2
        assert not caught.value.outcome_unknown
        assert s.execute("RETURN 1").rows == [(1,)]


@pytest.mark.parametrize("place", ["driver", "session", "statement"])
def test_deadline_of_each_place_holds(server: TcpFalkorServer, place: str) -> None:
    bound = {name: (0.1 if name == place else None) for name in ("driver", "session", "statement")}
    with (
        create_driver(server.url("deadlines"), timeout=bound["driver"]) as driver,
        Session(driver, timeout=bound["session"]) as s,
    ):
        with pytest.raises(DatabaseError, match=r"timed out|within timeout"):
            s.execute(SLOW_READ, timeout=bound["statement"])
        s.execute("RETURN 1", timeout=5)


def test_slow_write_with_a_limit_of_the_server_is_undone(server: TcpFalkorServer, driver: Driver) -> None:
    """A server that has TIMEOUT_MAX keeps to the deadline of writes, and its refusal leaves nothing."""
    server.client.execute_command("GRAPH.CONFIG", "SET", "TIMEOUT_MAX", 600_000)
    try:
        with Session(driver) as s:
            with pytest.raises((TransientDatabaseError, DatabaseUnavailableError)):
                s.execute(SLOW_WRITE, write=True, timeout=0.1)
            s.execute("CREATE (:After)", write=True)  # its turn comes after the slow one
            assert s.execute("MATCH (n:Slow) RETURN count(n)").rows == [(0,)]
    finally:
        server.client.execute_command("GRAPH.CONFIG", "SET", "TIMEOUT_MAX", 0)


def test_slow_write_without_it_is_in_doubt(driver: Driver) -> None:
    """FalkorDB ignores the deadline of a write unless it has TIMEOUT_MAX: the client gives up, and says so."""
    with Session(driver) as s:
        with pytest.raises(DatabaseUnavailableError) as caught:
            s.execute(SLOW_WRITE, write=True, timeout=0.1)
        assert caught.value.outcome_unknown
        s.execute("CREATE (:After)", write=True)
        assert s.execute("MATCH (n:Slow) RETURN count(n)").rows == [(1_500_000,)]


def test_deadline_bounds_the_wait_for_a_connection(server: TcpFalkorServer) -> None:
    with create_driver(server.url("full"), max_connections=1, pool_timeout=30) as driver:
        held = driver._backend._sender._pool.get_connection()
        started = time.monotonic()
        with Session(driver, timeout=0.1) as s, pytest.raises(TransientDatabaseError, match="max_connections"):
            s.execute("RETURN 1")
        assert time.monotonic() - started < 5
        driver._backend._sender._pool.release(held)
        with Session(driver, timeout=30) as s:
            assert s.execute("RETURN 1").rows == [(1,)]


def test_interrupted_reply_reaches_nobody_else(driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    """Ctrl-C may strike between a command and its reply: the connection ends, lest the next user read that."""
    pool = driver._backend._sender._pool
    with Session(driver) as s:
        assert s.execute("RETURN 1").rows == [(1,)]
    connection = pool.get_connection()
    send = connection.send_command

    def interrupted(*words: Any) -> None:
        send(*words)
        raise KeyboardInterrupt

    monkeypatch.setattr(connection, "send_command", interrupted)
    pool.release(connection)
    with Session(driver) as s, pytest.raises(KeyboardInterrupt):
        s.execute("RETURN 2")
    monkeypatch.undo()
    with Session(driver) as s:
        assert s.execute("RETURN 3").rows == [(3,)]


def test_no_text_tells_the_password(server: TcpFalkorServer, driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("DEBUG")
    texts = [repr(driver), repr(Session(driver))]
    for url in (server.url("g"), server.url("g").replace("default", "nobody")):
        for statement in ("RETURN 1", "THIS IS NO CYPHER"):
            try:
                with create_driver(url) as other, Session(other) as s:
                    s.execute(statement)
            except DatabaseError as error:
                texts += [repr(error), str(error), repr(error.__cause__)]
    assert PASSWORD not in " ".join(texts) + caplog.text
