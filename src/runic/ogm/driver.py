"""`create_driver()` and `create_async_driver()`: a URL to a pooled, thread-safe way to a database."""

from __future__ import annotations

import os
import time
from importlib import import_module
from inspect import isasyncgenfunction, isawaitable, iscoroutine, iscoroutinefunction, isgeneratorfunction
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from runic.ogm.driving import drive, drive_async
from runic.ogm.exceptions import OGMError
from runic.ogm.extras import sleep
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.observe import Observer
from runic.ogm.query.bounds import checked_timeout
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.keys import KeyKeeper
from runic.ogm.session.retrying import Ask, Once, Wait, retrying
from runic.ogm.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from types import ModuleType

    from runic.ogm.backends.base import AsyncBackend, AsyncTransaction, Backend, Transaction
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement
    from runic.ogm.session.retrying import Course, Step

T = TypeVar("T")
BACKENDS = {"falkordb": "falkordb", "falkordbs": "falkordb", "neo4j": "neo4j", "bolt": "neo4j", "memgraph": "memgraph",
            "arcadedb": "arcadedb", "age": "age"}  # fmt: skip
DEFAULT_URL = "falkordb+embedded://"


class _Facade:
    """What both drivers know besides their backend."""

    def __init__(self, dialect: Dialect, observer: Observer, *, ensure_keys: bool, timeout: float | None) -> None:
        self.dialect = dialect
        self.mapper = Mapper(dialect)
        self.observer = observer
        self.keys = KeyKeeper(dialect, ensure=ensure_keys)
        self.timeout = checked_timeout(timeout)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.dialect.name}>"


class _Executor:
    """Sends statements to a backend, or on a transaction, and tells the driver's listeners."""

    observer: Observer
    _target: Backend | Transaction

    def execute(self, statement: Statement) -> Reply:
        """Run one compiled statement by itself; sessions are the ordinary way in."""
        if not self.observer.active:
            return self._target.execute(statement)
        with self.observer.watch(statement) as replies:
            replies.append(self._target.execute(statement))
        return replies[0]


class _Observed(_Executor):
    """A transaction of a driver, whose statements are heard of as well."""

    def __init__(self, target: Transaction, observer: Observer) -> None:
        self._target, self.observer = target, observer
        self.commit, self.rollback = target.commit, target.rollback


class Driver(_Facade, _Executor):
    """A pooled way to one database, shared by threads: each takes sessions of its own from it."""

    def __init__(
        self, backend: Backend, observer: Observer | None = None, *, ensure_keys: bool = False,
        timeout: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(backend.dialect, observer or Observer(), ensure_keys=ensure_keys, timeout=timeout)
        self._target = self._backend = backend

    def begin(self, *, read_only: bool = False, timeout: float | None = None) -> Transaction:
        """Open a transaction; sessions do so by themselves."""
        return _Observed(self._backend.begin(read_only=read_only, **_only_given(timeout)), self.observer)

    def run(self, work: Callable[[Session], T], *, retries: int = 3, exactly_once: bool = False) -> T:
        """Run `work(session)` as one unit and commit; on a transient error roll back and try again.

        The waits grow and are random. Nothing is tried again once a part of the unit is stored for good (an early
        commit; without transactions, a flush), nor once the outcome of the commit is unknown, unless `exactly_once`:
        then a mark is stored with the unit, which tells whether it was applied, so that a broken connection is no
        reason to give up. That costs a node for the time being, and a statement. Returns what `work` returned; raises
        its last error.
        """
        course = _course(self, work, retries, awaits=False, exactly_once=exactly_once)
        return cast("T", drive(course, lambda step: self._take(step, work)))

    def _take(self, step: Step, work: Callable[[Session], T]) -> T | None:
        if isinstance(step, Wait):
            time.sleep(step.seconds)
            return None
        with Session(self) as session:
            if isinstance(step, Ask):
                return cast("T", session._run(step.operation))  # noqa: SLF001 - a session of our own
            step.begin(session)
            result = work(session)
            _refuse_awaitable(result)
            step.commit_next(result)
        return result

    def close(self) -> None:
        """Close the pool; an embedded database ends with the last driver on it."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _AsyncExecutor:
    """Sends statements to a backend, or on a transaction, and tells the driver's listeners."""

    observer: Observer
    _target: AsyncBackend | AsyncTransaction

    async def execute(self, statement: Statement) -> Reply:
        """Run one compiled statement by itself; sessions are the ordinary way in."""
        if not self.observer.active:
            return await self._target.execute(statement)
        with self.observer.watch(statement) as replies:
            replies.append(await self._target.execute(statement))
        return replies[0]


class _AsyncObserved(_AsyncExecutor):
    """A transaction of a driver, whose statements are heard of as well."""

    def __init__(self, target: AsyncTransaction, observer: Observer) -> None:
        self._target, self.observer = target, observer
        self.commit, self.rollback = target.commit, target.rollback


class AsyncDriver(_Facade, _AsyncExecutor):
    """`Driver` for asyncio: shared by the tasks of one event loop."""

    def __init__(
        self, backend: AsyncBackend, observer: Observer | None = None, *, ensure_keys: bool = False,
        timeout: float | None = None,
    ) -> None:  # fmt: skip
        super().__init__(backend.dialect, observer or Observer(), ensure_keys=ensure_keys, timeout=timeout)
        self._target = self._backend = backend

    async def begin(self, *, read_only: bool = False, timeout: float | None = None) -> AsyncTransaction:
        """Open a transaction; sessions do so by themselves."""
        return _AsyncObserved(await self._backend.begin(read_only=read_only, **_only_given(timeout)), self.observer)

    async def run(
        self, work: Callable[[AsyncSession], Awaitable[T]], *, retries: int = 3, exactly_once: bool = False
    ) -> T:
        """Run `work(session)` as one unit and commit, like `Driver.run`."""
        course = _course(self, work, retries, awaits=True, exactly_once=exactly_once)
        return cast("T", await drive_async(course, lambda step: self._take(step, work)))

    async def _take(self, step: Step, work: Callable[[AsyncSession], Awaitable[T]]) -> T | None:
        if isinstance(step, Wait):
            await sleep(step.seconds)
            return None
        async with AsyncSession(self) as session:
            if isinstance(step, Ask):
                return cast("T", await session._run(step.operation))  # noqa: SLF001 - a session of our own
            step.begin(session)
            outcome = work(session)
            if not isawaitable(outcome):
                raise TypeError("work must be a coroutine function: what it returned cannot be awaited")
            result = await outcome
            step.commit_next(result)
        return result

    async def close(self) -> None:
        """Close the pool; an embedded database ends with the last driver on it."""
        await self._backend.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _refuse_awaitable(result: object) -> None:
    """Raise TypeError for work that has yet to be awaited: it has done nothing so far."""
    if not isawaitable(result):
        return
    if iscoroutine(result):
        result.close()  # else Python warns that it was never awaited
    raise TypeError(
        "work returned what has to be awaited, so that nothing of it was done: run it with an AsyncDriver, "
        "made by create_async_driver()"
    )


def _only_given(timeout: float | None) -> dict[str, float]:
    """Return a bound as a keyword, or none where there is none."""
    return {} if timeout is None else {"timeout": timeout}


def _course(driver: _Facade, work: object, retries: int, *, awaits: bool, exactly_once: bool) -> Course:
    """Check the arguments of `run`, and return what it has to do."""
    if not callable(work):
        raise TypeError(f"work must be a function of a session, not {work!r}")
    if not awaits and iscoroutinefunction(work):
        raise TypeError("work is a coroutine function: run it with a driver of create_async_driver()")
    if isgeneratorfunction(work) or isasyncgenfunction(work):
        raise TypeError("work is a generator function, which does nothing when it is called: use a plain function")
    if not isinstance(exactly_once, bool):
        raise TypeError(f"exactly_once must be a bool, not {exactly_once!r}")
    return retrying(retries, Once(driver.dialect, driver.keys) if exactly_once else None)


def create_driver(
    url: str | None = None, /, *, ensure_keys: bool | None = None, log_parameters: bool = False,
    slow: float | None = None, timeout: float | None = None, **options: Any,
) -> Driver:  # fmt: skip
    """Return a driver for a URL, for a database's name with options, or for the embedded database.

    url: such as "falkordb://host:6379/graph", or a name ("falkordb") with host=, port=, graph= or client= of one's
    own; by default RUNIC_URL, else a throw-away embedded database. ensure_keys: make the index of each key on first
    use (the embedded database always does). log_parameters: show parameters in the log. slow: log statements that
    take this many seconds as warnings. timeout: seconds that a statement may take, unless its session or itself has
    another bound. All other options go to the client.

    Raises ValueError for a URL that cannot be read, OGMError if the client library is not installed.
    """
    observer, bound = Observer(log_parameters=log_parameters, slow=slow), checked_timeout(timeout)
    _refuse_url_among(options)
    full, module, dialect, ensure = _resolve(url, ensure=ensure_keys)
    backend = module.connect(full, dialect, **options)
    return Driver(backend, observer, ensure_keys=ensure, timeout=bound)


def create_async_driver(
    url: str | None = None, /, *, ensure_keys: bool | None = None, log_parameters: bool = False,
    slow: float | None = None, timeout: float | None = None, **options: Any,
) -> AsyncDriver:  # fmt: skip
    """Return an asyncio driver; the same arguments as `create_driver`."""
    observer, bound = Observer(log_parameters=log_parameters, slow=slow), checked_timeout(timeout)
    _refuse_url_among(options)
    full, module, dialect, ensure = _resolve(url, ensure=ensure_keys)
    backend = module.connect_async(full, dialect, **options)
    return AsyncDriver(backend, observer, ensure_keys=ensure, timeout=bound)


def _refuse_url_among(options: dict[str, Any]) -> None:
    """Raise TypeError for options that no client has: they would meet the arguments of a backend."""
    if "url" in options:
        raise TypeError("the URL is given first and without a keyword, in place of the name of a database")
    if "dialect" in options:
        raise TypeError("dialect is no option: a driver has the dialect of its database")


def _resolve(url: object, *, ensure: bool | None) -> tuple[str, ModuleType, Dialect, bool]:
    """Return the full URL, the backend's module, a dialect, and whether keys are indexed on first use."""
    if url is not None and not isinstance(url, str):
        raise TypeError(f"url must be a str, not of type {type(url).__name__}")
    if url is not None and not url.strip():
        raise ValueError("url is empty: leave it out for RUNIC_URL, or for the embedded database")
    if ensure is not None and not isinstance(ensure, bool):
        raise TypeError(f"ensure_keys must be a bool or None, not {ensure!r}")
    chosen: str = url or os.environ.get("RUNIC_URL") or DEFAULT_URL
    scheme = chosen.split(":", 1)[0]  # without a colon it is a bare scheme, which the backend takes with its options
    name = BACKENDS.get(scheme.split("+")[0])
    if name is None:
        raise ValueError(f"unknown scheme {scheme!r} in the driver's URL; known are {', '.join(BACKENDS)}")
    embedded = scheme.endswith("+embedded")
    module = _load_backend(name, "embedded" if embedded else name)
    return chosen, module, module.create_dialect(), embedded if ensure is None else ensure or embedded


def _load_backend(name: str, extra: str) -> ModuleType:
    """Import a backend, whose client library an extra brings."""
    module = f"runic.ogm.backends.{name}"
    try:
        return import_module(module)
    except ModuleNotFoundError as error:
        if error.name == module:
            raise OGMError(f"this version of runic-ogm has no backend for {name}") from None
        raise OGMError(
            f"the client library {error.name!r} of {name} is not installed: pip install 'runic-ogm[{extra}]'"
        ) from error
