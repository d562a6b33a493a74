"""How long a statement's deadline lets redis-py wait: for a free connection, and for an answer."""

from __future__ import annotations

import asyncio
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio

if TYPE_CHECKING:
    from collections.abc import Generator

GRACE = 0.25
"""Seconds that a server which ends a statement in time has to say so, before the connection is given up."""

_NOTHING = nullcontext()
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_late: set[asyncio.Task[None]] = set()


class _PatientPool:
    """Waits for a free connection as long as the pool does, or as the statement at hand may."""

    _longest: float | None = None

    @property
    def timeout(self) -> float | None:
        """Seconds to wait for a free connection."""
        deadline = _deadline.get()
        if deadline is None or self._longest is None:
            return self._longest if deadline is None else deadline
        return min(deadline, self._longest)

    @timeout.setter
    def timeout(self, seconds: float | None) -> None:
        self._longest = seconds


class SyncPool(_PatientPool, redis.BlockingConnectionPool):
    """A pool that knows deadlines."""


class AsyncPool(_PatientPool, redis.asyncio.BlockingConnectionPool):
    """`SyncPool` for asyncio."""


def choosing(timeout: float | None) -> AbstractContextManager[None]:
    """Bound the wait for a connection of our own pools."""
    return _NOTHING if timeout is None else _until(timeout)


@contextmanager
def _until(timeout: float) -> Generator[None]:
    token = _deadline.set(timeout)
    try:
        yield
    finally:
        _deadline.reset(token)


def answering(connection: Any, timeout: float | None) -> AbstractContextManager[None]:  # noqa: ANN401 - of any kind
    """Bound each wait for the server on a connection."""
    return _NOTHING if timeout is None else _patient(connection, timeout)


@contextmanager
def _patient(connection: Any, timeout: float) -> Generator[None]:  # noqa: ANN401 - of any kind
    sock = getattr(connection, "_sock", None)  # a wrapped connection shows none, and waits as it is configured
    if sock is None:
        yield
        return
    before = sock.gettimeout()
    sock.settimeout(timeout + GRACE if before is None else min(before, timeout + GRACE))
    try:
        yield
    finally:
        with suppress(OSError):  # it was closed
            sock.settimeout(before)


def async_answering(timeout: float | None) -> AbstractAsyncContextManager[object]:
    """Bound the whole wait for the server."""
    return _NOTHING if timeout is None else asyncio.timeout(timeout + GRACE)


async def give_back(pool: Any, connection: Any) -> None:  # noqa: ANN401 - a pool of asyncio and one of its connections
    """Return a connection to its pool, even where the task is cancelled while it waits for its turn to do so."""
    try:
        await pool.release(connection)
    except asyncio.CancelledError:
        task = asyncio.ensure_future(_give_back_late(pool, connection))
        _late.add(task)
        task.add_done_callback(_late.discard)
        raise


async def _give_back_late(pool: Any, connection: Any) -> None:  # noqa: ANN401 - as above
    with suppress(KeyError):  # it was given back after all
        await pool.release(connection)
