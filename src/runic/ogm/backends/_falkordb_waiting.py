"""How long a statement's deadline lets redis-py wait: for a free connection, and for an answer."""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import AbstractAsyncContextManager, AbstractContextManager, contextmanager, nullcontext, suppress
from contextvars import ContextVar
from functools import lru_cache, partial
from operator import methodcaller
from os import getpid
from typing import TYPE_CHECKING, Any

import redis
import redis.asyncio

from runic.ogm.backends.base import GRACE

if TYPE_CHECKING:
    from collections.abc import Generator


_NOTHING = nullcontext()
_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)
_late: set[asyncio.Task[None]] = set()


class _Bounded:
    """What is mixed into a connection: it bounds all that is exchanged before a connection is of use.

    redis-py bounds only how long TCP takes to connect; a server that is silent after that would be waited for without
    end. Where a connection does not come about, or nobody waits for it any more, nothing of it may stay: its next user
    would read the replies of another.
    """

    socket_timeout: float | None
    socket_connect_timeout: float | None
    connect_check_health: Any

    @contextmanager
    def _hurried(self) -> Generator[Any]:
        """Give what is to connect, once where there is a deadline."""
        usual = self.socket_timeout, self.socket_connect_timeout
        deadline = _deadline.get()
        bounds = [bound for bound in (self.socket_connect_timeout, deadline) if bound is not None]
        self.socket_connect_timeout = min(bounds, default=None)
        self.socket_timeout = min([*bounds, *(bound for bound in usual[:1] if bound is not None)], default=None)
        once = partial(self.connect_check_health, check_health=True, retry_socket_connect=False)
        parent: Any = super()
        try:
            yield parent.connect if deadline is None else once
        finally:
            self.socket_timeout, self.socket_connect_timeout = usual


class _BoundedConnection(_Bounded):
    disconnect: Any
    _sock: Any

    def connect(self) -> None:
        """Connect, and say who is there."""
        try:
            with self._hurried() as connect:
                connect()
        except BaseException:
            self.disconnect()
            raise
        self._sock.settimeout(self.socket_timeout)


class _AsyncBoundedConnection(_Bounded):
    disconnect: Any

    async def connect(self) -> None:
        """Connect, and say who is there."""
        try:
            with self._hurried() as connect:
                await connect()
        except BaseException:
            await self.disconnect(nowait=True)
            raise


@lru_cache
def bounded(kind: type, *, asynchronous: bool = False) -> type:
    """Return a class of redis-py's connections whose beginning is bounded."""
    return type(kind.__name__, (_AsyncBoundedConnection if asynchronous else _BoundedConnection, kind), {})


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
    """A pool that knows deadlines, and keeps connections that come back at hand while nobody waits for one.

    redis-py's own queue costs 10 us a statement. What is at hand counts as in use there, so a thread announces itself
    in `_waiting`, and only then takes back what is at hand, before it waits at the queue; whoever puts a connection
    at hand looks at `_waiting` before and after. Both are deques since their methods are atomic.
    """

    _spare: deque[Any]
    _waiting: deque[None]

    def reset(self) -> None:
        """Begin anew; so does a fork, which must leave its parent's connections alone."""
        self._spare, self._waiting = deque(), deque()
        super().reset()  # type: ignore[no-untyped-call]

    def get_connection(self) -> Any:  # type: ignore[override] # noqa: ANN401 - redis-py has it untyped
        """Return a connection that is ready, and wait for one if there are too many."""
        if self.pid != getpid():
            return super().get_connection()  # type: ignore[no-untyped-call] # which begins anew
        try:
            connection = self._spare.pop()
        except IndexError:
            return self._wait()
        try:
            if not _is_clean(connection):
                connection.disconnect()
                connection.connect()
        except BaseException:
            self.release(connection)
            raise
        return connection

    def _wait(self) -> Any:  # noqa: ANN401 - one of its own connections
        """Take a connection from the queue, or make one."""
        waiting = self._waiting
        waiting.append(None)
        try:
            self._hand_over()
            return super().get_connection()  # type: ignore[no-untyped-call]
        finally:
            waiting.pop()

    def release(self, connection: Any) -> None:  # noqa: ANN401 - one of its own connections
        """Take a connection back."""
        if self._waiting or self.pid != getpid() or connection.should_reconnect():
            super().release(connection)  # type: ignore[no-untyped-call]
            return
        self._spare.append(connection)
        if self._waiting:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give what is at hand to the queue, where somebody waits."""
        while self._spare:
            try:
                connection = self._spare.pop()
            except IndexError:
                return
            super().release(connection)  # type: ignore[no-untyped-call]


def _is_clean(connection: Any) -> bool:  # noqa: ANN401 - of any kind
    """Tell whether a connection is open, with nothing left to read."""
    try:
        return connection.is_connected and not connection.can_read()
    except (redis.ConnectionError, redis.TimeoutError, OSError):
        return False


_can_read = methodcaller(
    "can_read" if hasattr(redis.asyncio.Connection, "can_read") else "can_read_destructive"  # before redis-py 8
)


class AsyncPool(_PatientPool, redis.asyncio.BlockingConnectionPool):
    """`SyncPool` for asyncio, where nothing happens between two awaits."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)  # pyright: ignore[reportUnknownMemberType] # redis-py has its queue untyped
        self._spare: list[Any] = []
        self._waiting = 0

    async def get_connection(self) -> Any:  # type: ignore[override] # noqa: ANN401 - redis-py has it untyped
        """Return a connection that is ready, and wait for one if there are too many."""
        if self._spare:
            return await self._ready(self._spare.pop())
        self._waiting += 1
        try:
            return await super().get_connection()  # type: ignore[no-untyped-call]
        finally:
            self._waiting -= 1

    async def _ready(self, connection: Any) -> Any:  # noqa: ANN401 - one of its own connections
        try:
            if not await _is_clean_async(connection):
                await connection.disconnect()
                await connection.connect()
        except BaseException:
            await give_back(self, connection)
            raise
        return connection

    async def release(self, connection: Any) -> None:  # noqa: ANN401 - one of its own connections
        """Take a connection back."""
        if self._waiting or connection.should_reconnect():
            await super().release(connection)
        else:
            self._spare.append(connection)


async def _is_clean_async(connection: Any) -> bool:  # noqa: ANN401 - of any kind
    try:
        return connection.is_connected and not await _can_read(connection)
    except (redis.ConnectionError, redis.TimeoutError, OSError):
        return False


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
