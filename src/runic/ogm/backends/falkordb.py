"""FalkorDB over redis-py, sync and async: pooled, without transactions; each statement is atomic by itself."""

from __future__ import annotations

import asyncio
import logging
import threading
import weakref
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, NoReturn, TypeVar

from runic.ogm.backends._falkordb_clients import AsyncSender, SyncSender, async_sender, sync_sender
from runic.ogm.backends._falkordb_exchange import Exchange
from runic.ogm.backends._falkordb_url import EMBEDDED, read_target
from runic.ogm.backends.falkordb_dialect import FalkorDBDialect
from runic.ogm.driving import drive, drive_async
from runic.ogm.exceptions import DatabaseUnavailableError, UnsupportedFeatureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from runic.ogm.backends._embedded import EmbeddedServer
    from runic.ogm.backends._falkordb_url import Target
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

S = TypeVar("S")
logger = logging.getLogger("runic.ogm.falkordb")


class _Backend(Generic[S]):
    """What the sync and the async backend share: all but the await."""

    def __init__(
        self, dialect: Dialect, exchange: Exchange, make: Callable[[], S], target: Target, server: EmbeddedServer | None
    ) -> None:
        self._dialect, self._exchange, self._target = dialect, exchange, target
        self._make, self._sender = make, make()
        self._recovering = threading.Lock()
        self._attach(server)

    def _attach(self, server: EmbeddedServer | None) -> None:
        self._server = server
        # Where nobody closes the backend, its server goes with the garbage, or when the interpreter ends.
        self._finalizer = None if server is None else weakref.finalize(self, server.abandon)

    def _release(self) -> None:
        """End the embedded server, or this backend's part in it."""
        if self._server is not None and self._finalizer is not None and self._finalizer.detach():
            self._server.release()

    def _recovered(self, server: EmbeddedServer | None) -> bool:
        """Tell whether a new server has taken the place of one that ended; start it if nobody has yet.

        What was kept is there again. A database that is thrown away, or that keeps snapshots alone, is not opened again
        behind its user's back: what he stored would be missing.
        """
        if server is None or not server.durable or self._exchange.closed:
            return False
        with self._recovering:
            if self._server is not server:
                return True
            if not server.ended():
                return False
            logger.warning("%s has ended and is started again on what it kept", self._target.where)
            new = _open_server(self._target)
            self._exchange.go_on_with(new)
            self._release()
            self._sender = self._make()
            self._attach(new)
        return True

    @property
    def dialect(self) -> Dialect:
        """How FalkorDB spells statements."""
        return self._dialect

    @property
    def graph(self) -> str:
        """The graph's name."""
        return self._exchange.graph


class FalkorDBBackend(_Backend[SyncSender]):
    """One graph of a FalkorDB server; threads may share it, and it goes on working in a fork."""

    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        server, sender = self._server, self._sender
        try:
            return self._execute(statement)
        except DatabaseUnavailableError as error:
            if not self._recovered(server):
                raise
            sender.close()
            if error.outcome_unknown:
                raise
        return self._execute(statement)

    def _execute(self, statement: Statement) -> Reply:
        exchange = self._exchange.run(statement)
        return drive(exchange, lambda words: self._sender.send(words, statement.timeout))

    def begin(self, *, read_only: bool) -> NoReturn:
        """Raise UnsupportedFeatureError: there are no transactions."""
        _refuse_transaction(read_only=read_only)

    def close(self) -> None:
        """Close the connections; an embedded server ends with its last user."""
        self._exchange.close()
        self._sender.close()
        self._release()


class AsyncFalkorDBBackend(_Backend[AsyncSender]):
    """`FalkorDBBackend` for asyncio; several event loops may use it, one after the other."""

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        server, sender = self._server, self._sender
        try:
            return await self._execute(statement)
        except DatabaseUnavailableError as error:
            if not await asyncio.to_thread(self._recovered, server):
                raise
            await sender.close()
            if error.outcome_unknown:
                raise
        return await self._execute(statement)

    async def _execute(self, statement: Statement) -> Reply:
        exchange = self._exchange.run(statement)
        return await drive_async(exchange, lambda words: self._sender.send(words, statement.timeout))

    async def begin(self, *, read_only: bool) -> NoReturn:
        """Raise UnsupportedFeatureError: there are no transactions."""
        _refuse_transaction(read_only=read_only)

    async def close(self) -> None:
        """Close the connections; an embedded server ends with its last user."""
        self._exchange.close()
        await self._sender.close()
        await asyncio.to_thread(self._release)


def connect(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> FalkorDBBackend:
    """Return the backend for a URL, or for a bare scheme with keywords: `host`, `port`, `graph`, `path`, `directory`.

    `client` is a falkordb.FalkorDB, redis.Redis or redis.ConnectionPool to use instead; it is not closed with the
    backend. `pool_timeout` is how many seconds to wait for a free connection. All other options go to redis-py's pool,
    such as `username`, `password`, `max_connections`, `socket_timeout`, `socket_connect_timeout`, `ssl_ca_certs`.
    """
    target = read_target(url, options)
    server = None if client is not None else _open_server(target)
    exchange = Exchange(target, server)
    return FalkorDBBackend(dialect, exchange, lambda: sync_sender(target, client, exchange.failure), target, server)


def connect_async(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> AsyncFalkorDBBackend:
    """Return what `connect` does, for asyncio; `client` is of falkordb.asyncio or redis.asyncio then."""
    target = read_target(url, options)
    server = None if client is not None else _open_server(target)
    exchange = Exchange(target, server)
    return AsyncFalkorDBBackend(
        dialect, exchange, lambda: async_sender(target, client, exchange.failure), target, server
    )


def _open_server(target: Target) -> EmbeddedServer | None:
    """Start or join the embedded server, and let the target's options lead to it; None for another kind."""
    if target.kind != EMBEDDED:
        return None
    # Loaded by name, since it is for POSIX systems only, while FalkorDB elsewhere is reached from all.
    server: EmbeddedServer = import_module("runic.ogm.backends._embedded").open_server(
        target.directory, target.durability
    )
    target.options["path"] = server.socket_path
    return server


def _refuse_transaction(*, read_only: bool) -> NoReturn:
    kind = "a read transaction" if read_only else "a transaction"
    raise UnsupportedFeatureError(f"FalkorDB has no {kind.removeprefix('a ')}: each statement commits by itself")


def create_dialect() -> Dialect:
    """Return how FalkorDB spells statements."""
    return FalkorDBDialect()
