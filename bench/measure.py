"""Medians of two sides in turn, their ratio, and how each grows."""

from __future__ import annotations

import gc
import math
import statistics
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Run: TypeAlias = "Callable[[], object]"
"""What is timed."""
Make: TypeAlias = "Callable[[], Run]"
"""Prepares one run, untimed."""


@dataclass(frozen=True)
class Result:
    """One line of the table; the numbers are milliseconds unless `unit` says otherwise."""

    database: str
    workload: str
    baseline: str
    size: int
    ours: float
    theirs: float
    goal: float | None
    unit: str = "ms"

    @property
    def value(self) -> float:
        """What is held against the goal: a ratio, or the bare number where there is no baseline to divide by."""
        return self.ours / self.theirs if self.theirs else self.ours

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return None if self.goal is None else self.value <= self.goal


def in_turn(sides: Sequence[Make], runs: int) -> list[float]:
    """Return the median seconds of each side; they take turns, after one warm-up each.

    Garbage is collected before each run and the collector stays on, since a user has it on as well.
    """
    times: list[list[float]] = [[] for _ in sides]
    for turn in range(runs + 1):
        for side, taken in zip(sides, times, strict=True):
            seconds = _timed(side())
            if turn:
                taken.append(seconds)
    return [statistics.median(taken) for taken in times]


def _timed(run: Run) -> float:
    gc.collect()
    start = time.perf_counter()
    result = run()
    taken = time.perf_counter() - start
    del result  # freeing what was loaded is not part of loading it
    return taken


def growth(results: Sequence[Result]) -> float | None:
    """Return the exponent of our cost between the two largest sizes: 1 is linear."""
    ordered = sorted(results, key=lambda result: result.size)[-2:]
    if len(ordered) < len("ab") or ordered[0].ours <= 0 or ordered[1].ours <= 0:
        return None
    return math.log(ordered[1].ours / ordered[0].ours) / math.log(ordered[1].size / ordered[0].size)
