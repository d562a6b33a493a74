"""What is used of the Bolt client that is its own affair: a version of it with other names fails here."""

from __future__ import annotations

import asyncio

import pytest
from neo4j import AsyncGraphDatabase, GraphDatabase
from neo4j._async_compat.network._bolt_socket import AsyncBoltSocketBase, BoltSocketBase

from runic.ogm.backends._bolt_waiting import Openings

NOWHERE = "bolt://127.0.0.1:1"


def test_sessions_and_sockets_have_what_is_used() -> None:
    with GraphDatabase.driver(NOWHERE) as client, client.session(connection_acquisition_timeout=0.5) as session:
        assert callable(session._connect)
        assert callable(session._disconnect)
        assert session._connection is None
    for kind in (BoltSocketBase, AsyncBoltSocketBase):
        assert callable(kind.set_read_deadline)
        assert callable(kind.set_write_deadline)


def test_opening_goes_on_without_its_task_and_is_ended() -> None:
    class Opened:
        killed = False

        def kill(self) -> None:
            self.killed = True

    opened, there = Opened(), asyncio.Event()

    async def opener(*_: object) -> Opened:
        await there.wait()
        return opened

    async def main() -> None:
        client = AsyncGraphDatabase.driver(NOWHERE)
        client._pool.opener = opener
        openings = Openings(client)
        task = asyncio.create_task(client._pool.opener(None, None, None))
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert not opened.killed
        there.set()
        await openings.settle()
        await asyncio.sleep(0)
        assert opened.killed
        await client.close()

    asyncio.run(main())
