"""Connections to PostgreSQL: psycopg_pool's pools of our own, a pool of the user's, or a function that connects."""

from __future__ import annotations

import asyncio
import os
from inspect import isawaitable
from threading import Lock
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import psycopg
from psycopg.conninfo import make_conninfo
from psycopg_pool import AsyncConnectionPool, ConnectionPool

from runic.ogm.backends._age_sql import set_up
from runic.ogm.backends._age_waiting import give_back, lend, lend_async, settle
from runic.ogm.conversion.guards import is_a

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from runic.ogm.backends._age_url import AgeTarget

CLIENT_OPTIONS = frozenset({"prepare_threshold", "cursor_factory", "row_factory", "context"})
_STALE_IN_A_FORK: list[object] = []
"""Pools of the parent process: closing them here would end the parent's connections."""


class Connections(Protocol):
    """Lends connections; `local` ones are the user's own. A pool waits for one no longer than `timeout`."""

    local: bool

    def take(self, timeout: float | None = None, /) -> psycopg.Connection[Any]: ...
    def give(self, connection: psycopg.Connection[Any], /) -> None: ...
    def close(self) -> None: ...


class AsyncConnections(Protocol):
    """`Connections` for asyncio."""

    local: bool

    async def take(self, timeout: float | None = None, /) -> psycopg.AsyncConnection[Any]: ...
    async def give(self, connection: psycopg.AsyncConnection[Any], /) -> None: ...
    async def close(self) -> None: ...


class PooledConnections:
    """A pool of our own: opened at its first use, and anew in a fork."""

    local = False

    def __init__(self, target: AgeTarget) -> None:
        self._target = target
        self._pool: ConnectionPool[psycopg.Connection[Any]] | None = None
        self._pid = os.getpid()
        self._lent: set[psycopg.Connection[Any]] = set()
        self._opening = Lock()

    def take(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """Return a connection."""
        pool = self._pool
        if pool is None or self._pid != os.getpid():
            pool = self._open()
        connection = lend(pool, timeout, self._probe)
        self._lent.add(connection)
        return connection

    def _open(self) -> ConnectionPool[psycopg.Connection[Any]]:
        """Open the pool, once; a first connection is made without it, so that its error is told at once."""
        if self._pid != os.getpid():
            if self._pool is not None:
                _STALE_IN_A_FORK.append(self._pool)
            self._pool, self._pid, self._opening = None, os.getpid(), Lock()
            self._lent.clear()
        with self._opening:
            if self._pool is None:
                self._probe()
                options = self._target.options | {"autocommit": True}
                self._pool = ConnectionPool(kwargs=options, configure=_configure, open=True, **self._target.pool)
            return self._pool

    def _probe(self) -> None:
        psycopg.connect(**self._target.options, autocommit=True).close()

    def give(self, connection: psycopg.Connection[Any]) -> None:
        """Take a connection back; the pool drops it if it is broken."""
        self._lent.discard(connection)
        if self._pool is not None:
            self._pool.putconn(connection)

    def close(self) -> None:
        """Close all connections; what is done on one that is lent is given up."""
        if self._pool is not None and self._pid == os.getpid():
            self._pool.close()
            for connection in [*self._lent]:
                connection.close()


class GivenPool:
    """A pool of the user's."""

    local = True

    def __init__(self, pool: ConnectionPool[Any]) -> None:
        self._pool, self.give = pool, pool.putconn

    def take(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """Return a connection."""
        return lend(self._pool, timeout, bool)

    def close(self) -> None:
        """Leave it open."""


class MadeConnections:
    """A function of the user's that connects: a connection is closed after its use."""

    local = True

    def __init__(self, make: Callable[[], psycopg.Connection[Any]]) -> None:
        self._make = make

    def take(self, timeout: float | None = None) -> psycopg.Connection[Any]:
        """Return a new connection, for which the user's function waits as long as it does."""
        del timeout
        return self._make()

    def give(self, connection: psycopg.Connection[Any]) -> None:
        """Close the connection."""
        connection.close()

    def close(self) -> None:
        """Do nothing: no connection is kept."""


class AsyncPooledConnections:
    """`PooledConnections` for asyncio: a pool for each event loop."""

    local = False

    def __init__(self, target: AgeTarget) -> None:
        self._target = target
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, AsyncConnectionPool[psycopg.AsyncConnection[Any]]] = (
            WeakKeyDictionary()
        )
        self._lent: set[psycopg.AsyncConnection[Any]] = set()

    async def take(self, timeout: float | None = None) -> psycopg.AsyncConnection[Any]:
        """Return a connection; the first one is made without the pool, so that its error is told at once."""
        loop = asyncio.get_running_loop()
        if loop not in self._pools:
            await self._probe()
        pool = self._pools.get(loop)
        if pool is None:
            options = self._target.options | {"autocommit": True}
            pool = AsyncConnectionPool(kwargs=options, configure=_configure_async, open=False, **self._target.pool)
            self._pools[loop] = pool
        await pool.open()
        connection = await lend_async(pool, timeout, self._probe)
        self._lent.add(connection)
        return connection

    async def _probe(self) -> None:
        probe = await psycopg.AsyncConnection.connect(**self._target.options, autocommit=True)
        await probe.close()

    async def give(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Take a connection back; the pool drops it if it is broken."""
        self._lent.discard(connection)
        pool = self._pools.get(asyncio.get_running_loop())
        if pool is not None:
            await give_back(pool, connection)

    async def close(self) -> None:
        """Close the connections of this event loop; what is done on one that is lent is given up."""
        await settle()
        pool = self._pools.get(asyncio.get_running_loop())
        if pool is not None:
            await pool.close()
        for connection in [*self._lent]:
            await connection.close()


class AsyncGivenPool:
    """A pool of the user's."""

    local = True

    def __init__(self, pool: AsyncConnectionPool[Any]) -> None:
        self._pool = pool

    async def take(self, timeout: float | None = None) -> psycopg.AsyncConnection[Any]:
        """Return a connection."""
        return await lend_async(self._pool, timeout, _nothing)

    async def give(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Take a connection back."""
        await give_back(self._pool, connection)

    async def close(self) -> None:
        """Leave it open."""


class AsyncMadeConnections:
    """A function of the user's that connects, perhaps to be awaited: a connection is closed after its use."""

    local = True

    def __init__(
        self, make: Callable[[], psycopg.AsyncConnection[Any] | Awaitable[psycopg.AsyncConnection[Any]]]
    ) -> None:
        self._make = make

    async def take(self, timeout: float | None = None) -> psycopg.AsyncConnection[Any]:
        """Return a new connection, for which the user's function waits as long as it does."""
        del timeout
        made = self._make()
        return await made if isawaitable(made) else made

    async def give(self, connection: psycopg.AsyncConnection[Any]) -> None:
        """Close the connection."""
        await connection.close()

    async def close(self) -> None:
        """Do nothing: no connection is kept."""


def _configure(connection: psycopg.Connection[Any]) -> None:
    connection.execute(set_up(local=False).encode())


async def _nothing() -> None:
    """Ask nothing of the user's own server."""


async def _configure_async(connection: psycopg.AsyncConnection[Any]) -> None:
    await connection.execute(set_up(local=False).encode())


def connections(target: AgeTarget, client: object) -> Connections:
    """Return what lends connections; raises TypeError for a client that cannot, ValueError for options beside one."""
    if client is None:
        _check_options(target)
        return PooledConnections(target)
    _refuse_options(target)
    given: Any = client  # what a pool lends, and what a function returns, cannot be checked here
    if is_a(client, ConnectionPool):
        return GivenPool(given)
    if callable(client):
        return MadeConnections(given)
    raise TypeError(f"client must be a psycopg_pool.ConnectionPool or a function that connects, not {client!r}")


def async_connections(target: AgeTarget, client: object) -> AsyncConnections:
    """Return what `connections` does, for asyncio."""
    if client is None:
        _check_options(target)
        return AsyncPooledConnections(target)
    _refuse_options(target)
    given: Any = client
    if is_a(client, AsyncConnectionPool):
        return AsyncGivenPool(given)
    if callable(client):
        return AsyncMadeConnections(given)
    raise TypeError(f"client must be a psycopg_pool.AsyncConnectionPool or a function that connects, not {client!r}")


def _check_options(target: AgeTarget) -> None:
    """Raise ValueError for an option that neither psycopg nor libpq knows."""
    try:
        make_conninfo(**{name: value for name, value in target.options.items() if name not in CLIENT_OPTIONS})
    except psycopg.ProgrammingError as error:
        raise ValueError(f"{target.where}: {error}") from None


def _refuse_options(target: AgeTarget) -> None:
    if target.given:
        raise ValueError(f"{', '.join(sorted(target.given))}: give these to your own client, which is made already")
