"""`create_driver()` and `create_async_driver()`: a URL to a pooled, thread-safe way to a database."""

from __future__ import annotations

import asyncio
import os
import random
import time
from importlib import import_module
from typing import TYPE_CHECKING, Any, Self, TypeVar
from urllib.parse import quote

from runic.ogm.exceptions import OGMError, TransientDatabaseError
from runic.ogm.mapping.mapper import Mapper
from runic.ogm.observe import Observer
from runic.ogm.session.async_session import AsyncSession
from runic.ogm.session.keys import KeyKeeper
from runic.ogm.session.session import Session

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator
    from types import ModuleType

    from runic.ogm.backends.base import AsyncBackend, AsyncTransaction, Backend, Transaction
    from runic.ogm.cypher.dialect import Dialect
    from runic.ogm.cypher.statement import Reply, Statement

T = TypeVar("T")
BACKENDS = {"falkordb": "falkordb", "falkordbs": "falkordb", "neo4j": "neo4j", "bolt": "neo4j", "memgraph": "memgraph",
            "arcadedb": "arcadedb", "age": "age"}  # fmt: skip
DEFAULT_URL = "falkordb+embedded://"


class _Facade:
    """What both drivers know besides their backend."""

    def __init__(self, dialect: Dialect, *, ensure_keys: bool, log_parameters: bool, slow: float | None) -> None:
        self.dialect = dialect
        self.mapper = Mapper(dialect)
        self.observer = Observer(log_parameters=log_parameters, slow=slow)
        self.keys = KeyKeeper(dialect, ensure=ensure_keys)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.dialect.name}>"


class Driver(_Facade):
    """A pooled way to one database, shared by threads: each takes sessions of its own from it."""

    def __init__(self, backend: Backend, *, ensure_keys: bool, log_parameters: bool, slow: float | None) -> None:
        super().__init__(backend.dialect, ensure_keys=ensure_keys, log_parameters=log_parameters, slow=slow)
        self._backend = backend

    def execute(self, statement: Statement) -> Reply:
        """Run one compiled statement by itself; sessions are the ordinary way in."""
        if not self.observer.active:
            return self._backend.execute(statement)
        with self.observer.watch(statement) as replies:
            replies.append(self._backend.execute(statement))
        return replies[0]

    def begin(self, *, read_only: bool = False) -> Transaction:
        """Open a transaction; sessions do so by themselves."""
        return self._backend.begin(read_only=read_only)

    def run(self, work: Callable[[Session], T], *, retries: int = 3) -> T:
        """Run `work(session)` as one unit and commit; on a transient error roll back and try again.

        The waits grow and are random. Nothing is tried again once the outcome of a commit is unknown. Returns what
        `work` returned; raises its last error.
        """
        for wait in _waits(retries):
            try:
                with Session(self) as session:
                    return work(session)
            except TransientDatabaseError:
                if wait is None:
                    raise
                time.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    def close(self) -> None:
        """Close the pool; an embedded database ends with the last driver on it."""
        self._backend.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class AsyncDriver(_Facade):
    """`Driver` for asyncio: shared by the tasks of one event loop."""

    def __init__(self, backend: AsyncBackend, *, ensure_keys: bool, log_parameters: bool, slow: float | None) -> None:
        super().__init__(backend.dialect, ensure_keys=ensure_keys, log_parameters=log_parameters, slow=slow)
        self._backend = backend

    async def execute(self, statement: Statement) -> Reply:
        """Run one compiled statement by itself; sessions are the ordinary way in."""
        if not self.observer.active:
            return await self._backend.execute(statement)
        with self.observer.watch(statement) as replies:
            replies.append(await self._backend.execute(statement))
        return replies[0]

    async def begin(self, *, read_only: bool = False) -> AsyncTransaction:
        """Open a transaction; sessions do so by themselves."""
        return await self._backend.begin(read_only=read_only)

    async def run(self, work: Callable[[AsyncSession], Awaitable[T]], *, retries: int = 3) -> T:
        """Run `work(session)` as one unit and commit, like `Driver.run`."""
        for wait in _waits(retries):
            try:
                async with AsyncSession(self) as session:
                    return await work(session)
            except TransientDatabaseError:
                if wait is None:
                    raise
                await asyncio.sleep(wait)
        raise AssertionError("unreachable: the last try returns or raises")

    async def close(self) -> None:
        """Close the pool; an embedded database ends with the last driver on it."""
        await self._backend.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.close()


def _waits(retries: int) -> Iterator[float | None]:
    """Yield the seconds to wait after each failed try, and None after the last: exponential, with full jitter."""
    if type(retries) is not int or retries < 0:
        raise ValueError(f"retries must be a whole number that is not negative, not {retries!r}")
    for attempt in range(retries):
        yield random.uniform(0, min(2.0, 0.05 * 2**attempt))  # noqa: S311 - jitter, not a secret
    yield None


def create_driver(
    url: str | None = None, /, *, ensure_keys: bool | None = None, log_parameters: bool = False,
    slow: float | None = None, **options: Any,
) -> Driver:  # fmt: skip
    """Return a driver for a URL, for a database's name with options, or for the embedded database.

    url: such as "falkordb://host:6379/graph", or a name ("falkordb") with host=, port=, graph= or client= of one's
    own; by default RUNIC_URL, else a throw-away embedded database. ensure_keys: make the index of each key on first
    use (the embedded database always does). log_parameters: show parameters in the log. slow: log statements that
    take this many seconds as warnings. All other options go to the client.

    Raises ValueError for a URL that cannot be read, OGMError if the client library is not installed.
    """
    full, module, dialect, ensure = _resolve(url, options, ensure=ensure_keys)
    backend = module.connect(full, dialect, **options)
    return Driver(backend, ensure_keys=ensure, log_parameters=log_parameters, slow=slow)


def create_async_driver(
    url: str | None = None, /, *, ensure_keys: bool | None = None, log_parameters: bool = False,
    slow: float | None = None, **options: Any,
) -> AsyncDriver:  # fmt: skip
    """Return an asyncio driver; the same arguments as `create_driver`."""
    full, module, dialect, ensure = _resolve(url, options, ensure=ensure_keys)
    backend = module.connect_async(full, dialect, **options)
    return AsyncDriver(backend, ensure_keys=ensure, log_parameters=log_parameters, slow=slow)


def _resolve(url: object, options: dict[str, Any], *, ensure: bool | None) -> tuple[str, ModuleType, Dialect, bool]:
    """Return the full URL, the backend's module, a dialect, and whether keys are indexed on first use."""
    if url is not None and not isinstance(url, str):
        raise TypeError(f"url must be a str, not {url!r}")
    if url is not None and not url.strip():
        raise ValueError("url is empty: leave it out for RUNIC_URL, or for the embedded database")
    chosen: str = url or os.environ.get("RUNIC_URL") or DEFAULT_URL
    if ":" not in chosen:
        chosen = _url_of_parts(chosen, options)
    scheme = chosen.split(":", 1)[0]
    name = BACKENDS.get(scheme.split("+")[0])
    if name is None:
        raise ValueError(f"unknown scheme {scheme!r} in the driver's URL; known are {', '.join(BACKENDS)}")
    module = _load_backend(name)
    embedded = scheme.endswith("+embedded")
    return chosen, module, module.create_dialect(), embedded if ensure is None else ensure or embedded


def _url_of_parts(name: str, options: dict[str, Any]) -> str:
    """Build a URL from a database's name and the options that describe the way to it."""
    parts = {part: options.pop(part, None) for part in ("host", "port", "graph", "database", "username", "password")}
    login = ""
    if parts["password"] is not None or parts["username"] is not None:
        login = f"{quote(str(parts['username'] or ''), safe='')}:{quote(str(parts['password'] or ''), safe='')}@"
    port = f":{parts['port']}" if parts["port"] is not None else ""
    path = quote(str(parts["graph"] or parts["database"] or ""), safe="")
    return f"{name}://{login}{parts['host'] or 'localhost'}{port}/{path}"


def _load_backend(name: str) -> ModuleType:
    """Import a backend, whose client library is an extra."""
    try:
        return import_module(f"runic.ogm.backends.{name}")
    except ModuleNotFoundError as error:
        raise OGMError(
            f"the client library {error.name!r} of {name} is not installed: pip install 'runic-ogm[{name}]'"
        ) from error
