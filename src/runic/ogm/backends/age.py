"""Apache AGE over psycopg 3, sync and async: pooled connections to a PostgreSQL with the extension."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from runic.ogm.backends._age_clients import AsyncConnections, Connections, async_connections, connections
from runic.ogm.backends._age_errors import SilentError
from runic.ogm.backends._age_exchange import Exchange, Request
from runic.ogm.backends._age_url import read_target
from runic.ogm.backends._age_waiting import execute, execute_async
from runic.ogm.backends.age_dialect import AgeDialect
from runic.ogm.exceptions import DatabaseError, DatabaseUnavailableError, OGMError

if TYPE_CHECKING:
    from collections.abc import Generator

    from psycopg import AsyncConnection, Connection

    from runic.ogm.backends._age_exchange import Raw
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

C = TypeVar("C", Connections, AsyncConnections)
T = TypeVar("T")


class _Backend(Generic[C]):
    """What the sync and the async backend share: all but the await."""

    def __init__(self, dialect: Dialect, exchange: Exchange, lender: C) -> None:
        self._dialect, self.exchange = dialect, exchange
        self.lender: C = lender

    @property
    def dialect(self) -> Dialect:
        """How Apache AGE spells statements."""
        return self._dialect

    @property
    def graph(self) -> str:
        """The graph's name."""
        return self.exchange.graph


def _attempts(statement: Statement | None) -> tuple[bool, ...]:
    """Return, for each attempt, whether it is the last: a connection may have been closed while it was idle."""
    return (True,) if statement is not None and statement.write else (False, False, True)


def _is_broken(error: OGMError, connection: Connection[Any] | AsyncConnection[Any]) -> bool:
    return isinstance(error, DatabaseUnavailableError) and not isinstance(error, SilentError) and connection.closed


class AgeTransaction:
    """An open transaction; it holds one connection until it ends."""

    def __init__(self, backend: AgeBackend, connection: Connection[Any], timeout: float | None) -> None:
        self._backend, self._connection, self._timeout = backend, connection, timeout

    def execute(self, statement: Statement) -> Reply:
        """Run one statement."""
        work = self._backend.exchange.run_within(statement, self._timeout)
        return self._backend.drive(self._connection, work, _bound(statement, self._timeout))

    def commit(self) -> None:
        """Make it lasting, and give the connection back whatever happens."""
        self._end("COMMIT")

    def rollback(self) -> None:
        """Undo it, and give the connection back."""
        self._end("ROLLBACK")

    def _end(self, command: str) -> None:
        try:
            self._backend.drive(self._connection, end(command), self._timeout)
        finally:
            self._backend.lender.give(self._connection)


class AgeBackend(_Backend[Connections]):
    """One graph of a PostgreSQL database; threads may share it, and it goes on working in a fork."""

    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        for last in _attempts(statement):
            connection = self._take(statement.timeout)
            try:
                work = self.exchange.run_alone(statement, begins=connection.autocommit)
                return self.drive(connection, work, statement.timeout)
            except OGMError as error:
                _settle(error, write=statement.write)
                if last or not _is_broken(error, connection):
                    raise
            finally:
                self.lender.give(connection)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def begin(self, *, read_only: bool, timeout: float | None = None) -> AgeTransaction:
        """Open a transaction, whose statements the server ends after `timeout` seconds."""
        for last in _attempts(None):
            connection = self._take(timeout)
            try:
                work = self.exchange.begin(begins=connection.autocommit, read_only=read_only, timeout=timeout)
                self.drive(connection, work, timeout)
            except BaseException as error:
                _settle(error, write=False)
                self.lender.give(connection)
                if last or not isinstance(error, OGMError) or not _is_broken(error, connection):
                    raise
            else:
                return AgeTransaction(self, connection, timeout)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close the pool, unless it is the user's own."""
        self.exchange.closed = True
        self.lender.close()

    def _take(self, timeout: float | None) -> Connection[Any]:
        self.exchange.check_open()
        try:
            return self.lender.take(timeout)
        except Exception as error:
            raise self.exchange.failure(error, sent=False) from error

    def drive(self, connection: Connection[Any], work: Generator[Request, Raw, T], timeout: float | None) -> T:
        """Send what a generator asks for, and return what it returns; `timeout` bounds each answer."""
        try:
            request = next(work)
            while True:
                try:
                    raw = execute(connection, request, timeout)
                except Exception as error:  # noqa: BLE001 - the client's, and what it lets through
                    failure = self.exchange.failure(error, sent=True)
                    failure.__cause__ = error
                    request = work.throw(failure)
                    while connection.closed:  # nothing can be sent any more, no ROLLBACK either
                        request = work.throw(failure)
                except BaseException as error:
                    work.throw(error)
                    raise
                else:
                    request = work.send(raw)
        except StopIteration as done:
            result: T = done.value
            return result


class AsyncAgeTransaction:
    """`AgeTransaction` for asyncio."""

    def __init__(self, backend: AsyncAgeBackend, connection: AsyncConnection[Any], timeout: float | None) -> None:
        self._backend, self._connection, self._timeout = backend, connection, timeout

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement."""
        work = self._backend.exchange.run_within(statement, self._timeout)
        return await self._backend.drive(self._connection, work, _bound(statement, self._timeout))

    async def commit(self) -> None:
        """Make it lasting, and give the connection back whatever happens."""
        await self._end("COMMIT")

    async def rollback(self) -> None:
        """Undo it, and give the connection back."""
        await self._end("ROLLBACK")

    async def _end(self, command: str) -> None:
        try:
            await self._backend.drive(self._connection, end(command), self._timeout)
        finally:
            await self._backend.lender.give(self._connection)


class AsyncAgeBackend(_Backend[AsyncConnections]):
    """`AgeBackend` for asyncio; several event loops may use it, one after the other."""

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself: it commits, or it fails and leaves nothing."""
        for last in _attempts(statement):
            connection = await self._take(statement.timeout)
            try:
                work = self.exchange.run_alone(statement, begins=connection.autocommit)
                return await self.drive(connection, work, statement.timeout)
            except OGMError as error:
                _settle(error, write=statement.write)
                if last or not _is_broken(error, connection):
                    raise
            finally:
                await self.lender.give(connection)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def begin(self, *, read_only: bool, timeout: float | None = None) -> AsyncAgeTransaction:
        """Open a transaction, whose statements the server ends after `timeout` seconds."""
        for last in _attempts(None):
            connection = await self._take(timeout)
            try:
                work = self.exchange.begin(begins=connection.autocommit, read_only=read_only, timeout=timeout)
                await self.drive(connection, work, timeout)
            except BaseException as error:
                _settle(error, write=False)
                await self.lender.give(connection)
                if last or not isinstance(error, OGMError) or not _is_broken(error, connection):
                    raise
            else:
                return AsyncAgeTransaction(self, connection, timeout)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def close(self) -> None:
        """Close the pool, unless it is the user's own."""
        self.exchange.closed = True
        await self.lender.close()

    async def _take(self, timeout: float | None) -> AsyncConnection[Any]:
        self.exchange.check_open()
        try:
            return await self.lender.take(timeout)
        except Exception as error:
            raise self.exchange.failure(error, sent=False) from error

    async def drive(
        self, connection: AsyncConnection[Any], work: Generator[Request, Raw, T], timeout: float | None
    ) -> T:  # fmt: skip
        """Send what a generator asks for, and return what it returns; `timeout` bounds each answer."""
        try:
            request = next(work)
            while True:
                try:
                    raw = await execute_async(connection, request, timeout)
                except Exception as error:  # noqa: BLE001 - the client's, and what it lets through
                    failure = self.exchange.failure(error, sent=True)
                    failure.__cause__ = error
                    request = work.throw(failure)
                    while connection.closed:  # nothing can be sent any more, no ROLLBACK either
                        request = work.throw(failure)
                except BaseException as error:
                    work.throw(error)
                    raise
                else:
                    request = work.send(raw)
        except StopIteration as done:
            result: T = done.value
            return result


def _bound(statement: Statement, usual: float | None) -> float | None:
    """Return how long a statement of a transaction may take."""
    return usual if statement.timeout is None else statement.timeout


def end(command: str) -> Generator[Request, Raw, None]:
    """End a transaction."""
    yield Request(command)


def _settle(error: BaseException, *, write: bool) -> None:
    """Note on the error of a statement by itself that only of a write the outcome is ever unknown."""
    if isinstance(error, DatabaseError):
        error.outcome_unknown = error.outcome_unknown and write


def connect(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> AgeBackend:
    """Return the backend for a URL, or for the bare scheme with keywords.

    `host`, `port`, `database`, `user`, `password`, `graph`; `min_size`, `max_size`, `pool_timeout` and other options of
    psycopg_pool; all else goes to `psycopg.connect`, such as `sslmode`. `client` is a psycopg_pool.ConnectionPool, or
    a function that returns a new connection, to use instead; nothing stays set on its connections.
    """
    target = read_target(url, options)
    lender = connections(target, client)
    return AgeBackend(dialect, Exchange(target, local=lender.local), lender)


def connect_async(url: str, dialect: Dialect, *, client: object = None, **options: Any) -> AsyncAgeBackend:
    """Return what `connect` does, for asyncio; `client` is a psycopg_pool.AsyncConnectionPool or connects so."""
    target = read_target(url, options)
    lender = async_connections(target, client)
    return AsyncAgeBackend(dialect, Exchange(target, local=lender.local), lender)


def create_dialect() -> Dialect:
    """Return how Apache AGE spells statements."""
    return AgeDialect()
