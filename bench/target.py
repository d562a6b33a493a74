"""What a database brings to the table: our drivers, and its own client driven by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from bench.data import Fleet, Row
    from bench.measure import Run
    from runic.ogm import AsyncDriver, Driver


FAST_READ: Final = 1.5
"""The goal of loads against the fastest that is known by hand, which makes no objects."""
FAST_WRITE: Final = 1.3
"""The same of writes."""


@dataclass(frozen=True)
class Baseline:
    """A hand-written statement for one workload: `make` prepares a run; `goal` is ours divided by it, at most."""

    name: str
    goal: float | None
    make: Callable[[Fleet], Run]


@dataclass(frozen=True)
class Query:
    """A read: what it matches, and the properties of each alias that it wants."""

    match: str
    wanted: Mapping[str, Sequence[str]]

    @property
    def whole(self) -> str:
        """The statement that returns nodes and edges."""
        return f"{self.match} RETURN {', '.join(self.wanted)}"

    @property
    def columns(self) -> list[str]:
        """What returns the properties alone."""
        return [f"{alias}.{name}" for alias, names in self.wanted.items() for name in names]


@dataclass(frozen=True)
class Style:
    """How a client is used: the names of its baselines, and the goals that differ from database to database.

    find: a node by a property, from its alias, label, property and value. merge: makes sure of an edge of a type
    between `a` and `b`.
    """

    maps: str
    objects: str
    packed_rows: str
    packed_reply: str
    insert_goal: float
    load_goal: float | None
    find: str = "MATCH ({0}:{1} {{{2}: {3}}})"
    merge: str = "MERGE (a)-[:{0}]->(b)"


class Target(Protocol):
    """One database that is up, with the two ways of its client: as one usually writes, and the fastest known."""

    name: str
    style: Style
    url: str
    driver: Driver

    def connect_async(self) -> AsyncDriver:
        """Return a driver for asyncio to the same graph."""
        ...

    def write(self, text: str, rows: Sequence[Mapping[str, object]]) -> Run:
        """Return what runs a statement over `$rows` of maps."""
        ...

    def write_packed(self, text: str, rows: Sequence[Row]) -> Run:
        """Return what runs it over rows that are lists."""
        ...

    def read(self, text: str, width: int) -> Run:
        """Return what reads all rows of so many columns as the client's own objects."""
        ...

    def read_packed(self, *queries: Query) -> Run:
        """Return what reads the values of queries, one after the other, in the fastest form, without objects."""
        ...

    def find_each(self, text: str, keys: Sequence[object]) -> Run:
        """Return what runs a statement once for each `$key`, and reads its node."""
        ...

    def more(self, workload: str) -> Sequence[Baseline]:
        """Return further baselines of a workload that only this database has."""
        ...

    def clear(self) -> None:
        """Delete all nodes and edges; the indexes stay."""
        ...

    def clear_edges(self, kind: str) -> None:
        """Delete the edges of a type."""
        ...

    def close(self) -> None:
        """Close the drivers."""
        ...
