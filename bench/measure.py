"""Medians of sides in turn, their ratio, and how each grows."""

from __future__ import annotations

import gc
import math
import os
import statistics
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final, TypeAlias

from bench.processors import COUNTED, used

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Run: TypeAlias = "Callable[[], object]"
"""What is timed."""
Make: TypeAlias = "Callable[[], Run]"
"""Prepares one run, untimed."""


ENOUGH: Final = 1.0
"""Seconds within which turns go on beyond those asked for."""
MOST: Final = 31


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _busy() -> float:
    return round(os.getloadavg()[0], 1)


@dataclass(frozen=True)
class Timing:
    """Medians of one side, in seconds: on the clock, and of the processors, the client's and the server's."""

    clock: float
    work: float


@dataclass(frozen=True)
class Result:
    """One line of the table; `ours` and `theirs` are milliseconds on the clock unless `unit` says otherwise.

    work: ours divided by theirs in time of the processors, None where it is not told.
    busy: the machine's load average when it was measured, to which the benchmark itself adds one or two.
    """

    database: str
    workload: str
    baseline: str
    size: int
    ours: float
    theirs: float
    goal: float | None
    unit: str = "ms"
    work: float | None = None
    taken: float | None = None
    date: str = field(default_factory=_now)
    busy: float = field(default_factory=_busy)

    @property
    def value(self) -> float:
        """What is held against the goal: a ratio, or the bare number where there is no baseline to divide by.

        The ratio is that of the processors' time where it is known: other work on the machine does not move it.
        """
        return self.clock if self.work is None else self.work

    @property
    def clock(self) -> float:
        """The ratio on the clock, or the bare number."""
        return self.ours / self.theirs if self.theirs else self.ours

    @property
    def met(self) -> bool | None:
        """Whether the goal is reached; None where there is none."""
        return None if self.goal is None else self.value <= self.goal

    @property
    def series(self) -> tuple[str, str, str]:
        """What all sizes of one line share."""
        return self.database, self.workload, self.baseline


def versus(names: tuple[str, str, str], size: int, ours: Timing, theirs: Timing, goal: float | None) -> Result:
    """Return the result for a database, a workload and a baseline."""
    work = ours.work / theirs.work if COUNTED and theirs.work else None
    return Result(*names, size, ours.clock * 1e3, theirs.clock * 1e3, goal, work=work, taken=ours.work * 1e3)


def in_turn(sides: Sequence[Make], runs: int) -> list[Timing]:
    """Return the medians of each side; they take turns, after one warm-up each.

    Where a turn is short there are more than `runs` of them, since what else the machine does weighs more.
    Garbage is collected before each run and the collector stays on, since a user has it on as well.
    """
    times: list[list[Timing]] = [[] for _ in sides]
    for side in sides:
        _timed(side())
    start = time.perf_counter()
    while len(times[0]) < runs or (time.perf_counter() - start < ENOUGH and len(times[0]) < MOST):
        for side, taken in zip(sides, times, strict=True):
            taken.append(_timed(side()))
    return [
        Timing(statistics.median(one.clock for one in taken), statistics.median(one.work for one in taken))
        for taken in times
    ]


def _timed(run: Run) -> Timing:
    gc.collect()
    used_before, start = used(), time.perf_counter()
    result = run()
    clock = time.perf_counter() - start
    work = used() - used_before
    del result  # freeing what was loaded is not part of loading it
    return Timing(clock, work)


def growth(results: Sequence[Result]) -> float | None:
    """Return the exponent of our cost from 1,000 rows to the largest size: 1 is linear.

    Smaller sizes tell the cost of a round trip, not of a row.
    """
    ordered = sorted((result for result in results if result.size >= 1_000), key=lambda result: result.size)  # noqa: PLR2004
    if len(ordered) < len("ab"):
        return None
    first, last = ordered[0], ordered[-1]
    costs = [result.taken or result.ours for result in (first, last)]
    if min(costs) <= 0 or first.unit != "ms":
        return None
    return math.log(costs[1] / costs[0]) / math.log(last.size / first.size)
