"""What both sessions are made of besides the waiting: the unit of work, and what a thread or task may do with it."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from functools import lru_cache
from inspect import iscoroutinefunction
from threading import Lock
from typing import TYPE_CHECKING, Any, ClassVar, Protocol, TypeVar

from runic.ogm.cypher.statement import Operation, Reply
from runic.ogm.exceptions import DatabaseError, DatabaseUnavailableError, OGMError
from runic.ogm.query.bounds import checked_timeout
from runic.ogm.session.adding import IN_USE
from runic.ogm.session.deadline import finite
from runic.ogm.session.keys import KeyKeeper, check_driver
from runic.ogm.session.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterable

    from runic.ogm.backends.base import AsyncTransaction, Transaction
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.persist import Section
    from runic.ogm.cypher.statement import Statement
    from runic.ogm.mapping.mapper import Mapper
    from runic.ogm.model.base import Edge, Entity, Node

logger = logging.getLogger("runic.ogm.session")
N = TypeVar("N", bound="Node")
NOTHING = Reply(())


def ends_transaction(statement: Statement, error: BaseException) -> bool:
    """Tell whether an error ended the transaction that the statement was sent on: it was sent, or given up midway."""
    return statement.origin != "schema" and (isinstance(error, DatabaseError) or not isinstance(error, OGMError))


class Connector(Protocol):
    """What a session needs of a driver, whether it waits or not."""

    dialect: Dialect
    mapper: Mapper
    keys: KeyKeeper
    timeout: float | None


class SyncConnector(Connector, Protocol):
    """A driver for `Session`."""

    def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself."""
        ...

    def begin(self, *, read_only: bool = False, timeout: float | None = None) -> Transaction:
        """Open a transaction."""
        ...


class AsyncConnector(Connector, Protocol):
    """A driver for `AsyncSession`."""

    async def execute(self, statement: Statement) -> Reply:
        """Run one statement by itself."""
        ...

    async def begin(self, *, read_only: bool = False, timeout: float | None = None) -> AsyncTransaction:
        """Open a transaction."""
        ...


@lru_cache(maxsize=16)
def _awaits(kind: type) -> bool:
    """Tell whether drivers of a class are for asyncio; each new session asks."""
    return iscoroutinefunction(getattr(kind, "execute", None))


class BaseSession:
    """The part of a session that reaches no database: staging, and looking at what is there."""

    _awaits: ClassVar[bool]
    """Is its driver one for asyncio?"""

    def __init__(
        self, driver: Connector, *, autoflush: bool, read_only: bool, timeout: float | None,
        lazy: Callable[[Operation[Any]], Any] | None,
    ) -> None:  # fmt: skip
        for name, flag in (("autoflush", autoflush), ("read_only", read_only)):
            if not isinstance(flag, bool):
                raise TypeError(f"{name} must be a bool, not {flag!r}")
        check_driver(driver)
        if _awaits(type(driver)) is not self._awaits:
            maker = "create_async_driver()" if self._awaits else "create_driver()"
            raise TypeError(f"the driver of {type(self).__name__} must come from {maker}, not {driver!r}")
        self._unit = UnitOfWork(
            driver.dialect, driver.mapper, driver.keys, autoflush=autoflush, read_only=read_only, lazy=lazy
        )
        given = checked_timeout(timeout)
        self._timeout = finite(driver.timeout if given is None else given)
        self._running = Lock()
        self._keys, self._schema_within = driver.keys, False
        self.mapper, self.dialect = driver.mapper, driver.dialect
        self.lasting = False
        """Has this session stored, or perhaps stored, what no rollback can undo?"""

    def _enter(self) -> None:
        """Begin an operation; whoever does must release `_running` at its end."""
        if not self._running.acquire(blocking=False):
            raise OGMError(IN_USE)

    @property
    def _idle(self) -> UnitOfWork:
        """The unit of work, while no operation is under way that might overlook what is staged now."""
        if self._running.locked():
            raise OGMError(IN_USE)
        return self._unit

    @contextmanager
    def _for_good(self) -> Generator[None, None, None]:
        """Note that what is written in the block stays, unless nothing of it can have."""
        before, self.lasting = self.lasting, True
        try:
            yield
        except OGMError as error:
            self.lasting = before or (isinstance(error, DatabaseError) and error.outcome_unknown)
            raise

    @contextmanager
    def _committing(self) -> Generator[None, None, None]:
        """Around a commit: where the connection breaks within it, nobody here knows what became of it."""
        with self._for_good():
            try:
                yield
            except BaseException as error:
                self._forget_schema()
                if isinstance(error, DatabaseUnavailableError):
                    error.outcome_unknown = True
                raise
            self._schema_within = False

    def _makes_schema_within(self, transaction: object) -> bool:
        """Tell whether a statement of the schema is to be a part of the open transaction, and note it."""
        within = transaction is not None and self._unit.dialect.schema_in_transactions
        self._schema_within = self._schema_within or within
        return within

    def _forget_schema(self) -> None:
        """Before a rollback: what the transaction made of the schema is not there."""
        if self._schema_within:
            self._keys.forget()
            self._schema_within = False

    @contextmanager
    def _undone(self) -> Generator[None, None, None]:
        """Around a statement that stores nothing of the unit for good: of a transaction, or one that makes an index."""
        try:
            yield
        except DatabaseError as error:
            error.outcome_unknown = False
            raise

    @contextmanager
    def _giving_up(self) -> Generator[None, None, None]:
        """Around a rollback: if the database cannot be told, it undoes the transaction by itself.

        That must not hide the error that led here, nor keep the session from staging again what was undone.
        """
        try:
            yield
        except DatabaseError:
            logger.warning("a transaction was given up without the database's answer", exc_info=True)

    def mark_commit(self, mark: Section) -> None:
        """Let the commit write `mark` with the unit, so that `driver.run` can look whether it was applied."""
        self._unit.mark = mark

    def add(self, entity: Node) -> None:
        """Stage a new entity, and through relations with cascade=True all that it reaches.

        Raises ConstraintViolationError if the session holds another object with its key, DetachedEntityError if it
        belongs to another open session.
        """
        self._idle.add(entity)

    def add_all(self, entities: Iterable[Node]) -> None:
        """Stage several new entities."""
        self._idle.add_all(entities)

    def delete(self, entity: Node | Edge) -> None:
        """Stage the removal of a node with its edges, or of one edge; what was never stored is only unstaged."""
        self._idle.delete(entity)

    def merge(self, entity: N) -> N:
        """Stage an upsert by key; return the session's entity for that key."""
        return self._idle.merge(entity)

    def merge_all(self, entities: Iterable[N]) -> list[N]:
        """Stage several upserts by key; return the session's entities."""
        return self._idle.merge_all(entities)

    def reference(self, cls: type[N], key: object) -> N:
        """Return an entity that stands for a stored one without reading it, to be related or deleted."""
        return self._idle.reference(cls, key)

    def expire(self, entity: Entity) -> None:
        """Forget what was loaded of an entity, unflushed changes too: its next use reads it again."""
        self._idle.expire(entity)

    def expunge(self, entity: Node | Edge) -> None:
        """Take an entity out of the session, with what is staged for it; what was flushed stays a part of the unit."""
        self._idle.expunge(entity)

    def expunge_all(self) -> None:
        """Take every entity out of the session, with all that is staged."""
        self._idle.expunge_all()

    def __contains__(self, entity: object) -> bool:
        return entity in self._unit

    def __repr__(self) -> str:
        state = "closed" if self._unit.closed else "open"
        return f"<{type(self).__name__} {state}, {sum(1 for _ in self._unit.identity)} nodes>"
