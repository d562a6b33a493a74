"""An embedded server that crashes: noticed, told, and started again on what it kept."""

from __future__ import annotations

import asyncio
import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import redis

from runic.ogm import (
    AsyncSession,
    DatabaseUnavailableError,
    Driver,
    Session,
    create_async_driver,
    create_driver,
    select,
)
from tests.conformance.models import Artist, Gallery

from .conftest import eventually, runs

SLOW = "UNWIND range(1, 30000) AS x UNWIND range(1, 30000) AS y WITH count(y) AS c CREATE (:Late {c: c})"


@pytest.fixture
def temporary(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The temporary folder of this process, empty before and after."""
    tmp_path_factory.getbasetemp()
    with tempfile.TemporaryDirectory() as folder:
        monkeypatch.setattr(tempfile, "tempdir", folder)
        yield Path(folder)
        assert list(Path(folder).iterdir()) == []


def server_of(driver: Any) -> int:
    with redis.Redis(unix_socket_path=driver._backend._server.socket_path) as client:
        return int(client.info("server")["process_id"])


def kill(driver: Any) -> None:
    pid = server_of(driver)
    os.kill(pid, signal.SIGKILL)
    assert eventually(lambda: not runs(pid))


@pytest.fixture
def driver(temporary: Path, tmp_path: Path) -> Iterator[Driver]:
    with create_driver(f"falkordb+embedded://{tmp_path}/d?durability=always") as driver, Session(driver) as s:
        s.add(Gallery(id="g", name="G"))
        s.commit()
        yield driver


def test_next_read_finds_what_was_kept(driver: Driver, caplog: pytest.LogCaptureFixture) -> None:
    for _ in range(3):
        kill(driver)
        with Session(driver) as s:
            assert s.get(Gallery, "g") is not None
    assert [record.message for record in caplog.records if "started again" in record.message] != []


def test_next_write_is_made_once(driver: Driver) -> None:
    """The new server is told before anything was sent to the old one, so nothing is in doubt."""
    for number in range(3):
        kill(driver)
        with Session(driver) as s:
            s.add(Artist(id=f"a{number}", name="A", gallery=s.reference(Gallery, "g")))
    with Session(driver) as s:
        assert s.count(select(Artist)) == 3


def test_unique_keys_are_unique_still(driver: Driver) -> None:
    kill(driver)
    with Session(driver) as s:
        result = s.execute("CALL db.constraints() YIELD type, label RETURN type, label")
        assert ("UNIQUE", "Gallery") in [tuple(row) for row in result.rows]


def test_write_under_way_is_in_doubt_and_the_next_one_works(driver: Driver) -> None:
    pid = server_of(driver)
    threading.Timer(0.3, os.kill, (pid, signal.SIGKILL)).start()
    with Session(driver) as s, pytest.raises(DatabaseUnavailableError, match="started again") as caught:
        s.execute(SLOW, write=True)
    assert caught.value.outcome_unknown
    with Session(driver) as s:
        assert s.execute("MATCH (n:Late) RETURN count(n)").rows == [(0,)]
        s.add(Artist(id="a", name="A"))


def test_drivers_of_one_directory_share_the_new_server(driver: Driver, tmp_path: Path) -> None:
    with create_driver(f"falkordb+embedded://{tmp_path}/d?durability=always") as other:
        kill(driver)
        for each in (driver, other):
            with Session(each) as s:
                assert s.get(Gallery, "g") is not None
        assert server_of(driver) == server_of(other)


def test_async_driver_recovers(temporary: Path, tmp_path: Path) -> None:
    async def body() -> None:
        async with create_async_driver(f"falkordb+embedded://{tmp_path}/d?durability=always") as driver:
            for number in range(3):
                async with AsyncSession(driver) as s:
                    s.add(Artist(id=f"a{number}", name="A"))
                kill(driver)
                await asyncio.sleep(0.01)  # the loop hears of it, and nothing is sent on the broken connection

            async def read() -> int:
                async with AsyncSession(driver) as s:
                    return await s.count(select(Artist))

            assert set(await asyncio.gather(*(read() for _ in range(20)))) == {3}

    asyncio.run(body())


@pytest.mark.slow
def test_threads_lose_nothing_by_many_crashes(driver: Driver) -> None:
    ended = threading.Event()

    def crash() -> None:
        while not ended.wait(0.2):
            os.kill(server_of(driver), signal.SIGKILL)

    def work(thread: int) -> None:
        for number in range(25):
            key = f"t{thread}-{number}"

            def unit(s: Session, key: str = key) -> None:
                s.add(Artist(id=key, name="A", gallery=s.reference(Gallery, "g")))

            driver.run(unit, retries=12, exactly_once=True)

    with ThreadPoolExecutor(5) as threads:
        crashing = threads.submit(_until_done, crash)
        list(threads.map(work, range(4)))
        ended.set()
        crashing.result()
    with Session(driver) as s:
        assert s.count(select(Artist)) == 100
        assert s.execute("MATCH (:Artist)-[r]->(:Gallery) RETURN count(r)").rows == [(100,)]


def _until_done(crash: Any) -> None:
    while True:
        try:
            return crash()
        except (redis.RedisError, OSError):  # it is down already
            continue


@pytest.mark.parametrize("kind", ["thrown away", "snapshots"])
def test_what_is_not_kept_is_not_opened_again(temporary: Path, tmp_path: Path, kind: str) -> None:
    """An empty or an old database in place of the one that was written would be a lie."""
    url = "falkordb+embedded://" if kind == "thrown away" else f"falkordb+embedded://{tmp_path}/d?durability=none"
    with create_driver(url) as driver:
        with Session(driver) as s:
            s.add(Gallery(id="g", name="G"))
        kill(driver)
        for _ in range(2):
            with Session(driver) as s, pytest.raises(DatabaseUnavailableError, match="open a new driver"):
                s.get(Gallery, "g")


def test_closed_driver_starts_nothing(driver: Driver) -> None:
    kill(driver)
    driver.close()
    with pytest.raises(DatabaseUnavailableError, match="closed"), Session(driver) as s:
        s.count(select(Gallery))
