"""What a database brings to the table: drivers, and the statements that an expert writes for it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.data import Fleet
    from bench.measure import Run
    from runic.ogm import AsyncDriver, Driver


@dataclass(frozen=True)
class Baseline:
    """A hand-written statement for one workload: `make` prepares a run; `goal` is ours divided by it, at most."""

    name: str
    goal: float | None
    make: Callable[[Fleet], Run]


class Target(Protocol):
    """One database that is up; `baselines` are by the name of the workload."""

    name: str
    driver: Driver

    @property
    def baselines(self) -> Mapping[str, Sequence[Baseline]]:
        """The hand-written statements."""
        ...

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        ...

    def clear(self, pattern: str, deleted: str) -> None:
        """Delete what a pattern binds to a name."""
        ...

    def close(self) -> None:
        """Close the drivers, and end a server that was started."""
        ...
