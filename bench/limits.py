"""A million rows: how long they take, and how much memory of this process beyond what it had."""

from __future__ import annotations

import gc
import re
import time
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bench.data import SHIP
from bench.measure import Result
from bench.models import Port, Ship
from bench.workloads import empty
from runic.ogm import Session, select
from runic.ogm.bulk import load_edges, load_nodes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bench.target import Target

ROWS: Final = 1_000_000
UNIT: Final = 10_000
"""How many entities are one unit of work where they are entities."""
PORTS: Final = 1_000
STREAM_GOAL_MB: Final = 100.0
LIMITS: Final = ("load_nodes", "load_edges", "add_all", "relate_all", "stream")
SELF: Final = Path("/proc/self")


def values(count: int) -> Iterator[dict[str, Any]]:
    """Yield the values of ships, one after the other."""
    for i in range(count):
        yield dict(zip(SHIP, (f"imo{i:07}", f"MV Number {i}", 1950 + i % 75, 1000.5 + i, i % 3 == 0), strict=True))


def results(target: Target, rows: int, chosen: Callable[[str], bool]) -> Iterator[Result]:
    """Yield seconds and megabytes of each way to write or read so many rows."""
    actions: dict[str, Callable[[], int]] = {
        "load_nodes": lambda: load_nodes(target.driver, Ship, values(rows)),
        "load_edges": lambda: _load_edges(target, rows),
        "add_all": lambda: _add_all(target, rows),
        "relate_all": lambda: _relate_all(target, rows),
        "stream": lambda: _stream(target),
    }
    stored = ""
    for name, action in actions.items():
        if not chosen(name):
            continue
        if name in ("load_nodes", "add_all"):
            empty(target)
        elif not stored:
            load_nodes(target.driver, Ship, values(rows))
        if name in ("load_edges", "relate_all"):
            _make_ports(target)
        stored = name
        seconds, megabytes, done = _measured(action)
        if done != rows:
            raise AssertionError(f"{name}: {done} rows instead of {rows}")
        yield Result(target.name, name, "rows a second", rows, rows / seconds, 0, None, "rows/s")
        yield Result(target.name, name, "memory above start", rows, megabytes, 0, STREAM_GOAL_MB, "MB")


def _make_ports(target: Target) -> None:
    target.clear_edges("BERTHS_AT")
    load_nodes(target.driver, Port, ({"code": f"port{i}", "name": f"Harbour {i}", "depth": 9.5} for i in range(PORTS)))


def _load_edges(target: Target, rows: int) -> int:
    pairs = ({"source": f"imo{i:07}", "target": f"port{i % PORTS}"} for i in range(rows))
    return load_edges(target.driver, Ship.berths, pairs)


def _add_all(target: Target, rows: int) -> int:
    """Add entities from a generator, a session and a commit for each so many."""
    ships, done = (Ship(**row) for row in values(rows)), 0
    while unit := list(islice(ships, UNIT)):
        with Session(target.driver) as session:
            session.add_all(unit)
        done += len(unit)
    return done


def _relate_all(target: Target, rows: int) -> int:
    """Relate stored ships and ports by their keys, without reading them."""
    done = 0
    for first in range(0, rows, UNIT):
        with Session(target.driver) as session:
            unit = range(first, min(rows, first + UNIT))
            pairs = [(session.reference(Ship, f"imo{i:07}"), session.reference(Port, f"port{i % PORTS}")) for i in unit]
            session.relate_all(Ship.berths, pairs)
        done += len(unit)
    return done


def _stream(target: Target) -> int:
    with Session(target.driver) as session:
        return sum(1 for _ in session.stream(select(Ship)))


def _measured(action: Callable[[], int]) -> tuple[float, float, int]:
    """Return the seconds that it took, the most megabytes that were resident above the start, and what it returned."""
    gc.collect()
    (SELF / "clear_refs").write_text("5")  # the highest so far is forgotten
    before, start = _resident("VmRSS"), time.perf_counter()
    done = action()
    return time.perf_counter() - start, _resident("VmHWM") - before, done


def _resident(name: str) -> float:
    found = re.search(rf"{name}:\s+(\d+)", (SELF / "status").read_text())
    return int(found[1]) / 1e3 if found else 0.0
