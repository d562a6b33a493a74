"""Keeps Python's garbage collector still while many objects are made that all stay."""

from __future__ import annotations

import gc
from contextlib import AbstractContextManager, nullcontext

MANY = 1000
"""From how many rows on it pays."""


class _Pause:
    """While anybody is in it the collector is off, if it was on before.

    It looks at every new object time and again, though none of a reply can be garbage while it is read: 10,000 rows of
    nodes and edges took twice as long. Threads share one pause, and need no lock: the last one out switches the
    collector on again if any of them has switched it off, and list methods are atomic.
    """

    def __init__(self) -> None:
        self._inside: list[None] = []
        self._off = False

    def __enter__(self) -> None:
        self._inside.append(None)
        if gc.isenabled():
            self._off = True
            gc.disable()

    def __exit__(self, *_: object) -> None:
        self._inside.pop()
        if self._off and not self._inside:
            self._off = False
            gc.enable()


_PAUSE, _NOTHING = _Pause(), nullcontext()


def still(rows: int) -> AbstractContextManager[None]:
    """Return what keeps the collector still for its block, if so many rows are worth it."""
    return _PAUSE if rows >= MANY else _NOTHING
