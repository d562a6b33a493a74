"""One exchange with PostgreSQL: how long psycopg waits for it, and for giving a connection back."""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import partial
from select import select
from typing import TYPE_CHECKING, Any

import psycopg
from psycopg_pool import PoolTimeout

from runic.ogm.backends.base import GRACE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

    from psycopg_pool import AsyncConnectionPool, ConnectionPool

    from runic.ogm.backends._age_exchange import Raw, Request

SUSPICIOUS = 1.0
"""Seconds without a connection after which it is looked at whether the server can be reached at all."""
_NOTHING = nullcontext()
_late: set[asyncio.Task[None]] = set()


def lend(pool: ConnectionPool[Any], timeout: float | None, probe: Callable[[], object]) -> psycopg.Connection[Any]:
    """Return a connection of a pool; `probe` raises why there can be none.

    A pool tries again in silence while the server cannot be reached: whoever waits would be told, and late, that all
    connections are in use. One that the server has closed while it was idle goes back, and the next is taken.
    """
    seconds = _shorter(timeout, pool.timeout)
    left = pool.max_size
    while True:
        try:
            connection: psycopg.Connection[Any] = pool.getconn(min(seconds, SUSPICIOUS))
        except PoolTimeout:
            if _has_failed(pool):
                probe()
            if seconds <= SUSPICIOUS:
                raise
            connection = pool.getconn(seconds - SUSPICIOUS)
        left -= 1
        if left < 0 or not _is_cut(connection):
            return connection
        connection.close()
        pool.putconn(connection)


async def lend_async(
    pool: AsyncConnectionPool[Any], timeout: float | None, probe: Callable[[], Awaitable[object]]
) -> psycopg.AsyncConnection[Any]:
    """Return what `lend` does, for asyncio."""
    seconds = _shorter(timeout, pool.timeout)
    left = pool.max_size
    while True:
        try:
            connection: psycopg.AsyncConnection[Any] = await pool.getconn(min(seconds, SUSPICIOUS))
        except PoolTimeout:
            if _has_failed(pool):
                await probe()
            if seconds <= SUSPICIOUS:
                raise
            connection = await pool.getconn(seconds - SUSPICIOUS)
        left -= 1
        if left < 0 or not _is_cut(connection):
            return connection
        await connection.close()
        await give_back(pool, connection)


def _is_cut(connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any]) -> bool:
    """Tell whether an idle connection has something to read though nothing was asked: its end, most often."""
    try:
        return bool(select([connection.fileno()], [], [], 0)[0])
    except (OSError, ValueError, psycopg.Error):  # it is closed already, or has a number that select() does not know
        return connection.closed


def _shorter(timeout: float | None, usual: float) -> float:
    return usual if timeout is None else min(timeout, usual)


def _has_failed(pool: ConnectionPool[Any] | AsyncConnectionPool[Any]) -> bool:
    """Tell whether a pool ever failed to connect; one that did not is full."""
    return pool.get_stats().get("connections_errors", 0) > 0


def execute(connection: psycopg.Connection[Any], request: Request, timeout: float | None) -> Raw:
    """Run one query, and return the columns of its reply as texts."""
    cursor = psycopg.RawCursor(connection)
    with _within(connection, timeout):
        cursor.execute(request.text.encode(), None if request.parameter is None else [request.parameter])
    return _columns(cursor.pgresult)


async def execute_async(connection: psycopg.AsyncConnection[Any], request: Request, timeout: float | None) -> Raw:
    """Run one query, and return the columns of its reply as texts."""
    cursor = psycopg.AsyncRawCursor(connection)
    with _within(connection, timeout):
        await cursor.execute(request.text.encode(), None if request.parameter is None else [request.parameter])
    return _columns(cursor.pgresult)


def _columns(result: psycopg.pq.abc.PGresult | None) -> Raw:
    if result is None:
        return []
    get, rows = result.get_value, range(result.ntuples)
    return [[get(row, column) for row in rows] for column in range(result.nfields)]


def _within(
    connection: psycopg.Connection[Any] | psycopg.AsyncConnection[Any], timeout: float | None
) -> AbstractContextManager[None]:
    return _NOTHING if timeout is None else _bounded(connection, timeout + GRACE)


@contextmanager
def _bounded(connection: Any, seconds: float) -> Generator[None]:  # noqa: ANN401 - of either kind; its `wait` is hidden
    """Bound each wait for the server on a connection, which is of no use once a wait was too long."""
    connection.wait = partial(connection.wait, timeout=seconds)
    try:
        yield
    except psycopg.errors._WaitTimeout:  # noqa: SLF001 - psycopg has no other name for it
        connection.pgconn.finish()
        raise
    finally:
        del connection.wait


async def give_back(pool: AsyncConnectionPool[Any], connection: psycopg.AsyncConnection[Any]) -> None:
    """Return a connection to its pool, even where the task is cancelled meanwhile."""
    task = asyncio.ensure_future(pool.putconn(connection))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        _late.add(task)
        task.add_done_callback(_late.discard)
        raise


async def settle() -> None:
    """Wait for what is given back in this event loop while nobody waits for it."""
    loop = asyncio.get_running_loop()
    mine = [task for task in _late if task.get_loop() is loop]
    if mine:
        await asyncio.wait(mine)
