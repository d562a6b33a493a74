"""Runs each test body, written once as a coroutine, against sync and async sessions of one database."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Mapping
from contextlib import AbstractContextManager, asynccontextmanager
from typing import Any

import pytest

from runic.ogm import (
    AsyncRepository,
    AsyncSchemaManager,
    AsyncSession,
    Repository,
    SchemaManager,
    Session,
    count_statements,
    create_async_driver,
    create_driver,
)
from tests.servers import Target

from .graph import Graph, read_graph

# What stays a plain call in AsyncSession and AsyncRepository, because it does not reach the database.
PLAIN = frozenset(
    ["add", "add_all", "delete", "merge", "merge_all", "reference", "expire", "expunge", "expunge_all"],
)
TERMINALS = frozenset(
    [
        *("all", "one", "first", "count", "exists", "page", "after", "explain", "profile"),
        *("scalar", "scalars", "all_rows", "all_with_edges"),
    ],
)
_numbers = itertools.count()


class Adapter:
    """A sync object whose methods can be awaited, as those of its async twin are."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __contains__(self, entity: object) -> bool:
        return entity in self._target

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if name in PLAIN or not callable(value):
            return value
        if name in {"query", "fulltext_search", "vector_search"}:
            return lambda *args, **options: QueryAdapter(value(*args, **options))
        if name == "stream":
            return lambda *args, **options: _iterate(value(*args, **options))
        return _awaitable(value)


class QueryAdapter:
    """A bound query whose endings can be awaited; every other method gives another such query."""

    def __init__(self, target: Any) -> None:
        self._target = target

    def __getattr__(self, name: str) -> Any:
        value = getattr(self._target, name)
        if name in TERMINALS:
            return _awaitable(value)
        if name == "stream":
            return lambda *args, **options: _iterate(value(*args, **options))
        return lambda *args, **options: QueryAdapter(value(*args, **options))


def _awaitable(function: Callable[..., Any]) -> Callable[..., Coroutine[Any, Any, Any]]:
    async def call(*args: Any, **options: Any) -> Any:
        return function(*args, **options)

    return call


async def _iterate(items: Iterable[Any]) -> AsyncIterator[Any]:
    for item in items:
        yield item


def step(coroutine: Coroutine[Any, Any, Any]) -> Any:
    """Run a coroutine that never really waits, without an event loop."""
    try:
        coroutine.send(None)
    except StopIteration as done:
        return done.value
    coroutine.close()
    raise RuntimeError("a test body in sync mode awaited something that is not a plain call")


class Database:
    """What a test body gets: one empty graph, reached through the sync or the async half of the package."""

    driver: Any

    def __init__(self, target: Target, *, is_async: bool, requirements: Iterable[str] = (), quick: bool = True) -> None:
        self.target, self.is_async, self.requirements = target, is_async, tuple(requirements)
        self.quick = quick  # whether an empty graph costs next to nothing
        self.url = ""

    @property
    def dialect(self) -> Any:
        """Return the flags of the database."""
        return self.driver.dialect

    def drive(self, body: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run a test body on a fresh graph with a fresh driver; in async mode in an event loop of its own."""
        coroutine = self._run(body)
        if self.is_async:
            asyncio.run(coroutine)
        else:
            step(coroutine)

    async def _run(self, body: Callable[[], Coroutine[Any, Any, None]]) -> None:
        graph = f"conformance_{os.getpid()}_{next(_numbers)}"
        self.url = self.target.url(graph)
        self.driver = self.create_driver(self.url)
        try:
            self._check_requirements()
            if self.target.shared:
                await self.execute("MATCH (n) DETACH DELETE n")
            await body()
        finally:
            await self.close(self.driver)
            self.target.forget(graph)

    def _check_requirements(self) -> None:
        for flag in self.requirements:
            owner = self.target if flag == "concurrent" else self.dialect
            if not getattr(owner, flag, owner is self.target):
                pytest.skip(f"{type(owner).__name__}.{flag} is False")

    def create_driver(self, url: str, **options: Any) -> Any:
        """Return another driver of the mode that the test runs in."""
        return create_async_driver(url, **options) if self.is_async else create_driver(url, **options)

    async def close(self, driver: Any) -> None:
        """Close a driver of this mode."""
        if self.is_async:
            await driver.close()
        else:
            driver.close()

    def wrap(self, session: Any) -> Any:
        """Return a session as test bodies use it."""
        return session if self.is_async else Adapter(session)

    def open(self, driver: Any = None, **options: Any) -> Any:
        """Return a session without entering it."""
        kind = AsyncSession if self.is_async else Session
        return self.wrap(kind(driver or self.driver, **options))

    @asynccontextmanager
    async def session(self, driver: Any = None, **options: Any) -> AsyncIterator[Any]:
        """Open a session as its own context manager does: commit on success, roll back on an error."""
        if self.is_async:
            async with AsyncSession(driver or self.driver, **options) as session:
                yield session
        else:
            with Session(driver or self.driver, **options) as session:
                yield Adapter(session)

    async def run(self, work: Callable[[Any], Awaitable[Any]], driver: Any = None, **options: Any) -> Any:
        """Call `driver.run` with a unit of work that is written as a coroutine function."""
        driver = driver or self.driver
        if self.is_async:
            return await driver.run(work, **options)
        return driver.run(lambda session: step(work(Adapter(session))), **options)  # type: ignore[arg-type]

    def repository(self, session: Any, model: type, kinds: tuple[type, type] = (Repository, AsyncRepository)) -> Any:
        """Return a repository of the mode; `kinds` are a sync and an async class of one's own."""
        if self.is_async:
            return kinds[1](session, model)
        return Adapter(kinds[0](session._target, model))

    def schema(self) -> Any:
        """Return the schema manager of the mode."""
        return AsyncSchemaManager(self.driver) if self.is_async else Adapter(SchemaManager(self.driver))

    def count(self, driver: Any = None) -> AbstractContextManager[Any]:
        """Collect the statements that reach the database in a block."""
        return count_statements(driver or self.driver)

    async def save(self, *entities: Any) -> None:
        """Commit entities through a session of their own."""
        async with self.session() as session:
            session.add_all(entities)

    async def execute(self, cypher: str, parameters: Mapping[str, Any] | None = None) -> list[dict[str, Any]]:
        """Run raw Cypher through a session of its own."""
        async with self.session() as session:
            result = await session.execute(cypher, dict(parameters or {}), write=True)
            return [dict(row) for row in result]

    async def dump(self) -> Graph:
        """Read the whole graph as plain data."""
        return await read_graph(self.execute)
