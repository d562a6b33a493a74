"""The database of one program of the state machine."""

from __future__ import annotations

import asyncio
import itertools
import os
from collections.abc import Coroutine
from typing import Any

from .harness import Database, step

_numbers = itertools.count()


class Rig(Database):
    """A database for one program of a state machine, whose steps are not one coroutine but many."""

    _graph = ""
    _loop: asyncio.Runner | None = None

    def start(self) -> None:
        """Begin with an empty graph."""
        self._graph = f"machine_{os.getpid()}_{next(_numbers)}"
        self._loop = asyncio.Runner() if self.is_async else None
        self.url = self.target.url(self._graph)
        self.driver = self.create_driver(self.url)
        if self.target.shared:
            self.do(self.execute("MATCH (n) DETACH DELETE n"))

    def do(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Run a piece of the program, in async mode on the one loop that the whole program has."""
        return step(work) if self._loop is None else self._loop.run(work)

    def stop(self) -> None:
        """Forget the graph."""
        try:
            self.do(self.close(self.driver))
        finally:
            if self._loop is not None:
                self._loop.close()
            self.target.forget(self._graph)
