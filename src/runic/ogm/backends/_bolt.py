"""What the databases that speak Bolt share: pooled drivers over the `neo4j` client, sync and async."""

from __future__ import annotations

import asyncio
import logging
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from neo4j import READ_ACCESS, WRITE_ACCESS, AsyncDriver, AsyncGraphDatabase, Driver, GraphDatabase, Query
from neo4j.exceptions import ConfigurationError

from runic.ogm.backends._bolt_errors import BROKEN, CLIENT_ERRORS, BoltErrors, is_late
from runic.ogm.backends._bolt_parameters import check_text, checked_parameters
from runic.ogm.backends._bolt_plans import plan_text, read_summary
from runic.ogm.backends._bolt_replies import read_reply
from runic.ogm.backends._bolt_url import DEFAULTS, BoltTarget, read_target
from runic.ogm.backends._bolt_waiting import AsyncPatience, Openings, Patience
from runic.ogm.exceptions import DatabaseUnavailableError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping, Sequence

    from neo4j import AsyncSession, AsyncTransaction, ResultSummary, Session, Transaction

    from runic.ogm.backends._bolt_errors import Patterns
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

C = TypeVar("C", Driver, AsyncDriver)
ACQUISITION = 60.0
"""Seconds that the client waits for a connection, unless it is told."""
PlanReader: TypeAlias = "Callable[[list[Any], ResultSummary], Reply]"


@dataclass(frozen=True)
class Product:
    """What tells one database that speaks Bolt from another, besides its dialect.

    name: for messages and the log. schemes: those of its URLs, each with the client's. patterns: what its messages
    mean where the client does not tell. bookmarks: do its clusters know them? notifications: does it take what a
    client says of notifications? read_plan: how it tells a plan.
    """

    name: str
    schemes: Mapping[str, str]
    port: int = 7687
    patterns: Patterns = field(default_factory=dict[str, Any])
    bookmarks: bool = False
    notifications: bool = False
    read_plan: PlanReader = read_summary


class _Backend(Generic[C]):
    """What the sync and the async backend share: all but the await."""

    def __init__(self, product: Product, dialect: Dialect, target: BoltTarget, client: C, *, owned: bool) -> None:
        self._dialect, self._target, self._product = dialect, target, product
        self._client: C = client
        untyped: Any = client  # it does not annotate the keywords of a session
        self._open = untyped.session
        self._owned, self._closed = owned, False
        self._longest = target.options.get("connection_acquisition_timeout", ACQUISITION) if owned else 0.0
        self.errors = BoltErrors(product.name, target.where, product.patterns)
        self._log = logging.getLogger(f"runic.ogm.{product.name.lower()}")
        self._routed = target.routed if owned else not type(client).__name__.endswith("BoltDriver")
        self._common: dict[str, Any] = {"fetch_size": -1} | target.session  # whole replies, without further requests
        if product.bookmarks and self._routed:
            maker = AsyncGraphDatabase if isinstance(client, AsyncDriver) else GraphDatabase
            self._common["bookmark_manager"] = maker.bookmark_manager()

    @property
    def dialect(self) -> Dialect:
        """How the database spells statements."""
        return self._dialect

    def session_options(self, *, read: bool, timeout: float | None = None) -> dict[str, Any]:
        """Return what a session of the client is opened with; DatabaseUnavailableError if this backend is closed.

        timeout: bounds the wait for a connection.
        """
        if self._closed:
            raise DatabaseUnavailableError(f"the driver of {self._product.name} at {self._target.where} is closed")
        options = {**self._common, "default_access_mode": READ_ACCESS if read else WRITE_ACCESS}
        if self._product.notifications and not self._log.isEnabledFor(logging.INFO):
            options.setdefault("notifications_min_severity", "OFF")
        if timeout is not None and timeout < self._longest:
            options["connection_acquisition_timeout"] = timeout
        return options

    def _options_for(self, statement: Statement) -> dict[str, Any]:
        """Return what a session of the client is opened with for a statement by itself."""
        return self.session_options(read=self._read_only(statement), timeout=statement.timeout)

    def _read_only(self, statement: Statement) -> bool:
        """Tell whether a statement by itself goes as a read, which the server holds it to.

        In a cluster a read may go to a member that is behind; only a session that is `read_only` asks for that.
        """
        return not statement.write and (statement.read_only or not self._routed)

    def _to_be_undone(self, statement: Statement) -> bool:
        """Tell whether raw Cypher that is said to read must run where it can be undone, in case that it writes.

        One server refuses a write that goes as a read; a cluster sends what goes as a read to any member.
        """
        raw = statement.origin == "execute" and not statement.write
        return raw and self._routed and not statement.read_only

    def _give_up(self, error: Exception, *, last: bool, lasting: bool = False) -> None:
        """Raise what an error of the client means, unless the connection was broken and another may do.

        The server may have closed a connection while it was idle; the client then drops all that it had to it.
        """
        if last or not isinstance(error, BROKEN) or is_late(error):
            raise self.errors.mapped(error, lasting=lasting) from error

    def read(self, statement: Statement, keys: Sequence[str], records: list[Any], summary: ResultSummary) -> Reply:
        """Return the reply to a statement, and log what the server has to say about it.

        Raises DatabaseError for raw Cypher that wrote and was not said to: its transaction is undone then.
        """
        if statement.origin == "execute" and not statement.write and summary.counters.contains_updates:
            raise self.errors.unannounced()
        if self._log.isEnabledFor(logging.INFO):
            for status in summary.gql_status_objects:
                if status.is_notification:
                    self._log.info("%s %s: %s", status.gql_status, status.status_description, statement.text)
        if statement.mode != "run":
            return self._product.read_plan(records, summary)
        return read_reply(statement, keys, records, summary)


def _attempts(statement: Statement) -> tuple[bool, ...]:
    """Return, for each attempt at a statement by itself, whether it is the last; a write has one."""
    return (True,) if statement.write else (False, True)


def _text(statement: Statement) -> Any:  # noqa: ANN401 - the client wants a LiteralString, which no check can give
    return check_text(statement.text if statement.mode == "run" else plan_text(statement))


class BoltTransaction:
    """An open transaction; it holds one session of the client until it ends."""

    def __init__(
        self, backend: BoltBackend, session: Session, transaction: Transaction, patience: Patience
    ) -> None:  # fmt: skip
        self._backend, self._session, self._transaction = backend, session, transaction
        self._exchange = patience.exchange

    def execute(self, statement: Statement) -> Reply:
        """Run one statement."""
        parameters = checked_parameters(statement.parameters)
        try:
            with self._exchange(statement.timeout):
                result = self._transaction.run(_text(statement), parameters)
                records = list(result)
                return self._backend.read(statement, result.keys(), records, result.consume())
        except CLIENT_ERRORS as error:
            raise self._backend.errors.mapped(error, undone=True) from error

    def commit(self) -> None:
        """Make it lasting, and give the connection back whatever happens."""
        try:
            with self._exchange():
                self._transaction.commit()
        except CLIENT_ERRORS as error:
            raise self._backend.errors.mapped(error, lasting=True) from error
        finally:
            self._session.close()

    def rollback(self) -> None:
        """Undo it, and give the connection back."""
        try:
            with self._exchange():
                self._session.close()
        except CLIENT_ERRORS as error:
            self._session.close()  # without a connection now
            raise self._backend.errors.mapped(error) from error


class BoltBackend(_Backend[Driver]):
    """One database behind the client's pool; threads may share it."""

    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself, in one round trip: it commits, or it fails and leaves nothing."""
        if self._to_be_undone(statement):
            return self._try(statement)
        query = Query(_text(statement), timeout=statement.timeout)
        parameters = checked_parameters(statement.parameters)
        for last in _attempts(statement):
            try:
                with self._open(**self._options_for(statement)) as session:
                    Patience(session, statement.timeout)
                    result = session.run(query, parameters)
                    records = list(result)
                    return self.read(statement, result.keys(), records, result.consume())
            except CLIENT_ERRORS as error:
                self._give_up(error, last=last, lasting=statement.write)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _try(self, statement: Statement) -> Reply:
        """Run one statement and keep nothing of it."""
        transaction = self.begin(read_only=False, timeout=statement.timeout)
        try:
            return transaction.execute(statement)
        finally:
            transaction.rollback()

    def begin(self, *, read_only: bool, timeout: float | None = None) -> BoltTransaction:
        """Open a transaction, which the server ends after `timeout` seconds."""
        for last in (False, True):
            session = self._open(**self.session_options(read=read_only, timeout=timeout))
            patience = Patience(session, timeout)
            try:
                return BoltTransaction(self, session, session.begin_transaction(timeout=timeout), patience)
            except CLIENT_ERRORS as error:
                session.close()
                self._give_up(error, last=last)
            except BaseException:
                session.close()
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    def close(self) -> None:
        """Close the pool, unless it is the user's own."""
        self._closed = True
        if self._owned:
            self._client.close()


class AsyncBoltTransaction:
    """`BoltTransaction` for asyncio."""

    def __init__(
        self, backend: AsyncBoltBackend, session: AsyncSession, transaction: AsyncTransaction, patience: Patience
    ) -> None:  # fmt: skip
        self._backend, self._session, self._transaction = backend, session, transaction
        self._exchange = patience.exchange

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement."""
        parameters = checked_parameters(statement.parameters)
        try:
            with self._exchange(statement.timeout):
                result = await self._transaction.run(_text(statement), parameters)
                records = [record async for record in result]
                return self._backend.read(statement, result.keys(), records, await result.consume())
        except CLIENT_ERRORS as error:
            raise self._backend.errors.mapped(error, undone=True) from error

    async def commit(self) -> None:
        """Make it lasting, and give the connection back whatever happens."""
        try:
            with self._exchange():
                await self._transaction.commit()
        except CLIENT_ERRORS as error:
            raise self._backend.errors.mapped(error, lasting=True) from error
        finally:
            await _close(self._session)

    async def rollback(self) -> None:
        """Undo it, and give the connection back."""
        try:
            with self._exchange():
                await _close(self._session)
        except CLIENT_ERRORS as error:
            await _close(self._session)  # without a connection now
            raise self._backend.errors.mapped(error) from error


class AsyncBoltBackend(_Backend[AsyncDriver]):
    """`BoltBackend` for asyncio; the tasks of one event loop may share it."""

    def __init__(self, *details: Any, owned: bool) -> None:
        super().__init__(*details, owned=owned)
        self._openings = Openings(self._client) if owned else None

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself, in one round trip: it commits, or it fails and leaves nothing."""
        if self._to_be_undone(statement):
            return await self._try(statement)
        query = Query(_text(statement), timeout=statement.timeout)
        parameters = checked_parameters(statement.parameters)
        for last in _attempts(statement):
            try:
                async with _closing(self._open(**self._options_for(statement))) as session:
                    AsyncPatience(session, statement.timeout)
                    result = await session.run(query, parameters)
                    records = [record async for record in result]
                    return self.read(statement, result.keys(), records, await result.consume())
            except CLIENT_ERRORS as error:
                self._give_up(error, last=last, lasting=statement.write)
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def _try(self, statement: Statement) -> Reply:
        """Run one statement and keep nothing of it."""
        transaction = await self.begin(read_only=False, timeout=statement.timeout)
        try:
            return await transaction.execute(statement)
        finally:
            await transaction.rollback()

    async def begin(self, *, read_only: bool, timeout: float | None = None) -> AsyncBoltTransaction:
        """Open a transaction, which the server ends after `timeout` seconds."""
        for last in (False, True):
            session = self._open(**self.session_options(read=read_only, timeout=timeout))
            patience = AsyncPatience(session, timeout)
            try:
                transaction = await session.begin_transaction(timeout=timeout)
                return AsyncBoltTransaction(self, session, transaction, patience)
            except CLIENT_ERRORS as error:
                await _close(session)
                self._give_up(error, last=last)
            except BaseException:
                await _cut(session)
                raise
        raise AssertionError("unreachable: the last attempt returns or raises")

    async def close(self) -> None:
        """Close the pool, unless it is the user's own."""
        self._closed = True
        if self._openings is not None:  # the pool is our own
            await self._client.close()
            await self._openings.settle()


@asynccontextmanager
async def _closing(session: AsyncSession) -> AsyncGenerator[AsyncSession, None]:
    """Close a session of the client at the end of a block."""
    try:
        yield session
    finally:
        await _close(session)


async def _close(session: AsyncSession) -> None:
    """Close a session of the client; if that is cancelled, its connection is cut."""
    try:
        await session.close()
    except asyncio.CancelledError:
        await _cut(session)
        raise


async def _cut(session: AsyncSession) -> None:
    """Cut a session's connection, and close what is left of it, for which there is nothing to wait."""
    session.cancel()
    await session.close()


def open_backend(
    product: Product, url: str, dialect: Dialect, client: object, options: Mapping[str, Any],
    kind: Callable[..., BoltBackend] = BoltBackend,
) -> BoltBackend:  # fmt: skip
    """Return the backend for a URL, or for a bare scheme with keywords; `client` is the user's own driver, or None."""
    target = read_target(url, options, product.schemes, product.port)
    if client is None:
        return kind(product, dialect, target, _made(GraphDatabase, target), owned=True)
    if not isinstance(client, Driver):
        raise TypeError(f"client must be a neo4j.Driver, not {client!r}")
    _check_own(target)
    return kind(product, dialect, target, client, owned=False)


def open_async_backend(
    product: Product, url: str, dialect: Dialect, client: object, options: Mapping[str, Any],
    kind: Callable[..., AsyncBoltBackend] = AsyncBoltBackend,
) -> AsyncBoltBackend:  # fmt: skip
    """Return what `open_backend` does, for asyncio; `client` is a neo4j.AsyncDriver then."""
    target = read_target(url, options, product.schemes, product.port)
    if client is None:
        return kind(product, dialect, target, _made(AsyncGraphDatabase, target), owned=True)
    if not isinstance(client, AsyncDriver):
        raise TypeError(f"client must be a neo4j.AsyncDriver, not {client!r}")
    _check_own(target)
    return kind(product, dialect, target, client, owned=False)


def _made(maker: Any, target: BoltTarget) -> Any:  # noqa: ANN401 - one of the client's two makers, and what it makes
    try:
        return maker.driver(target.uri, auth=target.auth, **target.options)
    except ConfigurationError as error:
        told = str(error)
    query = target.uri.partition("?")[2]
    if query and query in told:  # it may be the end of a password that holds a '?'
        told = "in a URL a '?' is followed by name=value, each name once"
    raise ValueError(f"{target.where}: {told}")


def _check_own(target: BoltTarget) -> None:
    """Refuse options that a client of the user's own would not hear of."""
    unheard = sorted(target.options.keys() - DEFAULTS)
    if unheard or target.auth is not None:
        raise ValueError(f"{', '.join(unheard) or 'auth'}: give these to your own client, which is made already")
