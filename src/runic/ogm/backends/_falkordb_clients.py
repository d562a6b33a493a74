"""How commands reach FalkorDB: redis-py's pools, sync and async, without its own resending."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Protocol
from weakref import WeakKeyDictionary

import redis
import redis.asyncio
from redis.cluster import RedisCluster
from redis.driver_info import DriverInfo

from runic.ogm.backends._falkordb_url import TCP, TLS
from runic.ogm.backends._falkordb_waiting import (
    AsyncPool,
    SyncPool,
    answering,
    async_answering,
    bounded,
    choosing,
    give_back,
)

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from socket import socket

    from runic.ogm.backends._falkordb_exchange import Words
    from runic.ogm.backends._falkordb_replies import Raw
    from runic.ogm.backends._falkordb_url import Target
    from runic.ogm.exceptions import DatabaseError


class Failure(Protocol):
    """Maps an error of the client; `sent`: the command may have reached the server."""

    def __call__(self, error: Exception, *, sent: bool) -> DatabaseError: ...


class SyncSender(Protocol):
    """Sends one command and returns its reply, within `timeout` seconds; raises DatabaseError only."""

    def send(self, words: Words, timeout: float | None = None) -> Raw: ...
    def close(self) -> None: ...


class AsyncSender(Protocol):
    """`SyncSender` for asyncio."""

    async def send(self, words: Words, timeout: float | None = None) -> Raw: ...
    async def close(self) -> None: ...


class _Connection(Protocol):
    def disconnect(self) -> None: ...
    def send_command(self, *words: object) -> object: ...
    def read_response(self) -> Raw: ...


class _Pool(Protocol):
    """What is used of redis.ConnectionPool, whose methods are hardly annotated."""

    def get_connection(self) -> _Connection: ...
    def release(self, connection: Any) -> None: ...  # noqa: ANN401 - one of its own connections
    def disconnect(self) -> None: ...


class _AsyncConnection(Protocol):
    def send_command(self, *words: object) -> Awaitable[object]: ...
    def read_response(self) -> Awaitable[Raw]: ...


class _AsyncPool(Protocol):
    def get_connection(self) -> Awaitable[_AsyncConnection]: ...
    def release(self, connection: Any) -> Awaitable[None]: ...  # noqa: ANN401 - one of its own connections
    def disconnect(self) -> Awaitable[None]: ...


class _TLSConnection(redis.SSLConnection):
    """Bounds the handshake, which would wait for ever for a server that does not speak TLS."""

    def _wrap_socket_with_ssl(self, sock: socket) -> Any:  # noqa: ANN401 - not annotated there
        sock.settimeout(self.socket_connect_timeout)
        wrapped: Any = super()._wrap_socket_with_ssl(sock)  # type: ignore[no-untyped-call] # pyright: ignore[reportUnknownMemberType]
        wrapped.settimeout(self.socket_timeout)
        return wrapped


class PoolSender:
    """Sends on a connection of a pool, once: redis-py's client would send a write again after a broken connection."""

    def __init__(self, pool: _Pool, failure: Failure, *, owned: bool) -> None:
        self._pool, self._failure, self._owned = pool, failure, owned

    def send(self, words: Words, timeout: float | None = None) -> Raw:
        """Send one command and return its reply."""
        try:
            with choosing(timeout):
                connection = self._pool.get_connection()
        except Exception as error:
            raise self._failure(error, sent=False) from error
        try:
            with answering(connection, timeout):
                connection.send_command(*words)
                return connection.read_response()
        except Exception as error:
            raise self._failure(error, sent=True) from error
        except BaseException:
            connection.disconnect()  # an interrupt may have come between the two, and left a reply for the next user
            raise
        finally:
            self._pool.release(connection)

    def close(self) -> None:
        """Close the connections of a pool of our own."""
        if self._owned:
            self._pool.disconnect()


class AsyncPoolSender:
    """`PoolSender` for asyncio; pools of our own are one for each event loop, since connections belong to one."""

    def __init__(self, make_pool: Callable[[], _AsyncPool], failure: Failure, *, owned: bool) -> None:
        self._make_pool, self._failure, self._owned = make_pool, failure, owned
        self._pools: WeakKeyDictionary[asyncio.AbstractEventLoop, _AsyncPool] = WeakKeyDictionary()

    async def send(self, words: Words, timeout: float | None = None) -> Raw:
        """Send one command and return its reply."""
        loop = asyncio.get_running_loop()
        pool = self._pools.get(loop)
        if pool is None:
            pool = self._pools[loop] = self._make_pool()
        try:
            with choosing(timeout):
                connection = await pool.get_connection()
        except Exception as error:
            raise self._failure(error, sent=False) from error
        try:
            async with async_answering(timeout):
                await connection.send_command(*words)
                return await connection.read_response()
        except Exception as error:
            raise self._failure(error, sent=True) from error
        finally:
            await give_back(pool, connection)

    async def close(self) -> None:
        """Close the connections of this event loop's pool, if it is our own."""
        pool = self._pools.pop(asyncio.get_running_loop(), None)
        if pool is not None and self._owned:
            await pool.disconnect()


class ClusterSender:
    """Sends through a cluster's client, which chooses the node; resending is as that client is configured."""

    def __init__(self, client: Any, failure: Failure) -> None:  # noqa: ANN401 - its methods are not annotated
        self._client, self._failure = client, failure

    def send(self, words: Words, timeout: float | None = None) -> Raw:  # noqa: ARG002 - told to the server
        """Send one command and return its reply."""
        try:
            return self._client.execute_command(*words)
        except Exception as error:
            raise self._failure(error, sent=True) from error

    def close(self) -> None:
        """Leave the client open: it is the caller's."""


class AsyncClusterSender:
    """`ClusterSender` for asyncio."""

    def __init__(self, client: Any, failure: Failure) -> None:  # noqa: ANN401 - its methods are not annotated
        self._client, self._failure = client, failure

    async def send(self, words: Words, timeout: float | None = None) -> Raw:  # noqa: ARG002 - told to the server
        """Send one command and return its reply."""
        try:
            return await self._client.execute_command(*words)
        except Exception as error:
            raise self._failure(error, sent=True) from error

    async def close(self) -> None:
        """Leave the client open: it is the caller's."""


_OPTIONS_OF_POOLS = frozenset({"max_connections", "timeout", "queue_class"})

# Shown by CLIENT LIST. Without one, redis-py reads the metadata of its package for each connection, which takes longer
# than connecting does.
_LIBRARY = DriverInfo(name="runic-ogm", lib_version=None)


def _checked_options(kind: Any, target: Target) -> dict[str, Any]:  # noqa: ANN401 - a class of redis-py's connections
    """Let a connection refuse options that it does not know, now and not at the first statement."""
    options = {"driver_info": _LIBRARY, **target.options}
    kind(**{name: value for name, value in options.items() if name not in _OPTIONS_OF_POOLS})
    return options


def sync_sender(target: Target, client: object, failure: Failure) -> SyncSender:
    """Return the way to a target, or through a client of the caller's."""
    if client is None:
        kind: Any = {TCP: redis.Connection, TLS: _TLSConnection}.get(target.kind, redis.UnixDomainSocketConnection)
        options = _checked_options(kind, target)
        make: Callable[..., _Pool] = SyncPool
        return PoolSender(make(connection_class=bounded(kind), **options), failure, owned=True)
    client = _inner(client)
    if isinstance(client, RedisCluster):
        return ClusterSender(client, failure)
    pool: Any = client.connection_pool if isinstance(client, redis.Redis) else client
    if not isinstance(pool, redis.ConnectionPool):
        raise TypeError(f"client must be a falkordb.FalkorDB, redis.Redis or redis.ConnectionPool, not {client!r}")
    return PoolSender(_checked(pool), failure, owned=False)


def async_sender(target: Target, client: object, failure: Failure) -> AsyncSender:
    """Return what `sync_sender` does, for asyncio."""
    asynchronous = redis.asyncio
    if client is None:
        kind = {TCP: asynchronous.Connection, TLS: asynchronous.SSLConnection}.get(
            target.kind, asynchronous.UnixDomainSocketConnection
        )
        options = _checked_options(kind, target)
        make: Callable[..., _AsyncPool] = AsyncPool
        return AsyncPoolSender(
            lambda: make(connection_class=bounded(kind, asynchronous=True), **options), failure, owned=True
        )
    client = _inner(client)
    if isinstance(client, asynchronous.RedisCluster):
        return AsyncClusterSender(client, failure)
    pool: Any = client.connection_pool if isinstance(client, asynchronous.Redis) else client
    if not isinstance(pool, asynchronous.ConnectionPool):
        raise TypeError(
            "client must be a FalkorDB of falkordb.asyncio, or a Redis or ConnectionPool of redis.asyncio, "
            f"not {client!r}"
        )
    checked = _checked(pool)
    return AsyncPoolSender(lambda: checked, failure, owned=False)


def _inner(client: object) -> object:
    """Return the redis client inside a falkordb.FalkorDB, whose package need not be installed."""
    return getattr(client, "connection", client) if hasattr(client, "select_graph") else client


def _checked(pool: Any) -> Any:  # noqa: ANN401 - of either kind
    if not pool.connection_kwargs.get("decode_responses"):
        raise ValueError("client must be made with decode_responses=True")
    return pool
