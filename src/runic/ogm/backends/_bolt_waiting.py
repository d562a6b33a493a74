"""How long the Bolt client waits for a silent server, and what becomes of a connection that nobody waits for.

Both reach into the client, which offers neither: its sockets know deadlines, its pools are given a function that opens
connections. `tests/unit/backends/test_bolt_waiting.py` tells when a version of it has other names for them.
"""

from __future__ import annotations

import asyncio
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import TYPE_CHECKING, Any

from neo4j._deadline import Deadline

from runic.ogm.backends.base import GRACE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Generator

_NOTHING = nullcontext()


def _limit(connection: Any, deadline: Deadline | None) -> None:  # noqa: ANN401 - a connection of either kind
    connection.socket.set_read_deadline(deadline)
    connection.socket.set_write_deadline(deadline)


class Patience:
    """Bounds the waits of one session of the client; `seconds` is what each exchange may take, None as long as it does.

    The session's connection is taken and given back within the client's own calls, and must go back without a bound.
    """

    def __init__(self, session: Any, seconds: float | None) -> None:  # noqa: ANN401 - of either kind
        self._session, self._seconds = session, seconds
        if seconds is not None:
            self._connect, self._disconnect = session._connect, session._disconnect  # noqa: SLF001 - see above
            self._watch()

    def _watch(self) -> None:
        self._session._connect = self._connect_in_time  # noqa: SLF001 - see above
        self._session._disconnect = self._disconnect_in_time  # noqa: SLF001 - see above

    def _connect_in_time(self, *args: Any, **options: Any) -> None:
        self._connect(*args, **options)
        self._start(self._seconds)

    def _disconnect_in_time(self, *args: Any, **options: Any) -> None:
        with self._last_exchange():
            self._disconnect(*args, **options)

    def exchange(self, seconds: float | None = None) -> AbstractContextManager[None]:
        """Bound the next exchange anew, within a transaction that is open."""
        seconds = self._seconds if seconds is None else seconds
        return _NOTHING if seconds is None else self._bounded(seconds)

    @contextmanager
    def _bounded(self, seconds: float) -> Generator[None]:
        connection = self._start(seconds)
        try:
            yield
        finally:
            if connection is self._session._connection is not None:  # noqa: SLF001 - it was not given back
                _limit(connection, None)

    def _start(self, seconds: float | None) -> Any:  # noqa: ANN401 - a connection of either kind, or None
        connection = self._session._connection  # noqa: SLF001 - see above
        if connection is not None and seconds is not None:
            _limit(connection, Deadline(seconds + GRACE))
        return connection

    @contextmanager
    def _last_exchange(self) -> Generator[None]:
        """Take the bound from a connection that goes back: before, unless it has something to exchange still."""
        connection = self._session._connection  # noqa: SLF001 - see above
        if connection is None:
            yield
            return
        if connection.is_reset:
            _limit(connection, None)
            yield
            return
        try:
            yield
        finally:
            _limit(connection, None)


class AsyncPatience(Patience):
    """`Patience` with a session for asyncio."""

    def _watch(self) -> None:
        async def connect(*args: Any, **options: Any) -> None:
            await self._connect(*args, **options)
            self._start(self._seconds)

        async def disconnect(*args: Any, **options: Any) -> None:
            with self._last_exchange():
                await self._disconnect(*args, **options)

        self._session._connect, self._session._disconnect = connect, disconnect  # noqa: SLF001 - see above


class Openings:
    """Opens the connections of an async client, whoever waits for them.

    A task that is cancelled meanwhile must not cancel the opening: the client would leave the socket open. It is ended
    when it is there, and until then no other is opened, so that there are never more than the pool's bound.
    """

    def __init__(self, client: Any) -> None:  # noqa: ANN401 - the client keeps its pool to itself
        pool = client._pool  # noqa: SLF001 - see above
        self._open: Callable[..., Awaitable[Any]] = pool.opener
        self._unwanted: set[asyncio.Future[Any]] = set()
        pool.opener = self.open

    async def open(self, address: Any, auth: Any, deadline: Any) -> Any:  # noqa: ANN401 - as the client has it
        """Open a connection."""
        if self._unwanted:
            await asyncio.wait(self._unwanted, timeout=deadline.to_timeout())
        opening = asyncio.ensure_future(self._open(address, auth, deadline))
        try:
            return await asyncio.shield(opening)
        except asyncio.CancelledError:
            self._unwanted.add(opening)
            opening.add_done_callback(self._end)
            raise

    def _end(self, opening: asyncio.Future[Any]) -> None:
        self._unwanted.discard(opening)
        if not opening.cancelled() and opening.exception() is None:
            opening.result().kill()

    async def settle(self) -> None:
        """Wait until what nobody waits for is ended."""
        if self._unwanted:
            await asyncio.wait(self._unwanted)
