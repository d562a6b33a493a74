"""A database that only remembers what it was asked, for tests of what lies above backends, sync and async."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from typing import Any

from runic.ogm.cypher.dialect import Dialect
from runic.ogm.cypher.statement import Reply, Statement
from runic.ogm.driver import AsyncDriver, Driver
from runic.ogm.exceptions import DatabaseError
from runic.ogm.model.base import Node
from runic.ogm.model.fields import Field
from runic.ogm.model.metadata import NodeMeta
from runic.ogm.observe import Observer
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.session import Session


class Buoy(Node):
    """Its key is one that needs no look before it is written, so that a flush is one statement."""

    id: str = Field(default=None, primary_key=True, generated=True)
    colour: str | None = None
    depth: int = 0


class Beacon(Node):
    id: str = Field(primary_key=True)


class Transactional(Dialect):
    """A database with transactions, whose keys all have an index."""

    name = "fake"

    def ddl_key(self, meta: NodeMeta) -> list[Statement]:
        return [Statement(f"INDEX {meta.name}", {}, write=True, origin="schema")]

    def key_index_statement(self, meta: NodeMeta) -> Statement | None:
        return Statement(f"INDEXED? {meta.name}", {}, tables=(("int",),), origin="schema")

    def is_already_there(self, error: DatabaseError) -> bool:
        return "already" in str(error)


class Plain(Transactional):
    """A database where each statement is lasting by itself."""

    supports_transactions = False


class Database:
    """What was asked for, in order; `answers` and `failures` are looked up by a part of it."""

    def __init__(self, dialect: Dialect | None = None) -> None:
        self.dialect = dialect or Transactional()
        self.log: list[str] = []
        self.sent: list[Statement] = []
        self.answers: dict[str, Reply] = {"INDEXED?": Reply([[[1]]])}
        self.failures: dict[str, BaseException] = {}
        self.during: Callable[[], object] = lambda: None

    def did(self, what: str) -> None:
        """Note a step, and fail if it is to fail."""
        self.log.append(what)
        for part, error in self.failures.items():
            if part in what:
                raise error

    def answer(self, place: str, statement: Statement) -> Reply:
        """Note a statement and reply: as scripted, else as if every row of a batch was written."""
        self.sent.append(statement)
        self.did(f"{place}: {statement.text}")
        self.during()
        for part, reply in self.answers.items():
            if part in statement.text:
                return reply._replace(tables=deepcopy(reply.tables))  # who loads a row may keep and change it
        if statement.origin == "flush":
            counts = [len(value) for name, value in statement.parameters.items() if name.startswith("r")]
            pairs = zip(counts, statement.tables[0], strict=True)
            return Reply([[[count if wire == "int" else [] for count, wire in pairs]]])  # no versions are read
        return Reply([[] for _ in statement.tables] or [[]])

    @property
    def steps(self) -> list[str]:
        """The steps, statements by their first word, without what was asked about indexes."""
        words = [step.split(" ")[0] + " " + step.split(" ")[1] if ": " in step else step for step in self.log]
        return [word for word in words if "INDEX" not in word]


class FakeTransaction:
    def __init__(self, database: Database) -> None:
        self.database = database

    def execute(self, statement: Statement) -> Reply:
        return self.database.answer("tx", statement)

    def commit(self) -> None:
        self.database.did("commit")

    def rollback(self) -> None:
        self.database.did("rollback")


class FakeBackend:
    def __init__(self, database: Database) -> None:
        self.database, self.dialect = database, database.dialect

    def execute(self, statement: Statement) -> Reply:
        return self.database.answer("auto", statement)

    def begin(self, *, read_only: bool) -> FakeTransaction:
        self.database.did("begin read" if read_only else "begin")
        return FakeTransaction(self.database)

    def close(self) -> None:
        self.database.did("close")


class AsyncFakeTransaction:
    def __init__(self, database: Database) -> None:
        self.database = database

    async def execute(self, statement: Statement) -> Reply:
        return self.database.answer("tx", statement)

    async def commit(self) -> None:
        self.database.did("commit")

    async def rollback(self) -> None:
        self.database.did("rollback")


class AsyncFakeBackend:
    def __init__(self, database: Database) -> None:
        self.database, self.dialect = database, database.dialect

    async def execute(self, statement: Statement) -> Reply:
        return self.database.answer("auto", statement)

    async def begin(self, *, read_only: bool) -> AsyncFakeTransaction:
        self.database.did("begin read" if read_only else "begin")
        return AsyncFakeTransaction(self.database)

    async def close(self) -> None:
        self.database.did("close")


class Half:
    """The sync or the async half of the package, so that one test body is for both."""

    def __init__(self, *, is_async: bool) -> None:
        self.is_async = is_async

    def driver(self, database: Database, observer: Observer | None = None, *, ensure_keys: bool = False) -> Any:
        if self.is_async:
            return AsyncDriver(AsyncFakeBackend(database), observer, ensure_keys=ensure_keys)
        return Driver(FakeBackend(database), observer, ensure_keys=ensure_keys)

    def session(self, driver: Any, **options: Any) -> Any:
        return (AsyncSession if self.is_async else Session)(driver, **options)

    @contextmanager
    def block(self, driver: Any) -> Iterator[Any]:
        """Enter a session as users do."""
        session = self.session(driver)
        if not self.is_async:
            with session:
                yield session
            return
        do(session.__aenter__())
        try:
            yield session
        except BaseException as error:
            do(session.__aexit__(type(error), error, error.__traceback__))
            raise
        do(session.__aexit__(None, None, None))

    def run(self, driver: Any, work: Callable[[Any], Any], **options: Any) -> Any:
        """Call `driver.run` with a function that awaits nothing."""
        if not self.is_async:
            return driver.run(work, **options)

        async def awaited(session: AsyncSession) -> Any:
            return work(session)

        return do(driver.run(awaited, **options))


def do(value: Any) -> Any:
    """Return a value, or what a coroutine returns that never really waits."""
    if not inspect.iscoroutine(value):
        return value
    try:
        value.send(None)
    except StopIteration as done:
        return done.value
    value.close()
    raise RuntimeError("a fake made someone wait")
