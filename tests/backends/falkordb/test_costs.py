"""What each workload costs, without a clock: statements, bytes sent, values received and calls for each row.

The limits are what was counted on Python 3.11 and a tenth more. Whoever needs more has to say here why.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Any

import pytest

from runic.ogm import Driver, Edge, Field, Node, Relation, Session, count_statements, create_driver, metadata, select

before = metadata.snapshot()


class TramShed(Node, labels=["CostDepot"]):
    code: str = Field(primary_key=True)
    town: str


class TramRide(Edge, type="COST_RIDE"):
    day: int


class Tramcar(Node, labels=["CostTram"]):
    number: str = Field(primary_key=True)
    line: int
    length: float
    depot: TramShed | None = Relation(relationship="COST_SLEEPS_IN")
    rides: list[TramShed] = Relation(relationship="COST_RIDE", edge_model=TramRide)


metadata.restore(before)
ROWS = 1000


@dataclass(frozen=True)
class Cost:
    """statements in all; the others for each row: bytes sent, values received, Python functions called."""

    statements: int
    sent: float
    received: float
    calls: float


def trams() -> list[Tramcar]:
    return [Tramcar(number=f"t{i:04}", line=i % 9, length=30.5) for i in range(ROWS)]


def depots(count: int = ROWS) -> list[TramShed]:
    return [TramShed(code=f"d{i:04}", town="Lisbon") for i in range(count)]


@pytest.fixture(scope="module")
def filled() -> Iterator[Driver]:
    """A graph of trams, each with a depot that a hundred share, and a ride to one of its own."""
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:
            some, ends = trams(), depots()
            session.add_all([*some, *ends])
            session.relate_all(Tramcar.depot, [(tram, ends[i // 100]) for i, tram in enumerate(some)])
            session.relate_all(Tramcar.rides, [(tram, ends[i], TramRide(day=i)) for i, tram in enumerate(some)])
        yield driver


@pytest.fixture
def empty() -> Iterator[Driver]:
    with create_driver("falkordb+embedded://") as driver:
        with Session(driver) as session:  # what is made at the first use is no cost of a row
            tram = Tramcar(number="first", line=0, length=1.0)
            session.add_all([tram, depot := TramShed(code="first", town="Porto")])
            session.relate_all(Tramcar.rides, [(tram, depot, TramRide(day=0))])
        yield driver


def measure(driver: Driver, run: Callable[[], object], rows: int = ROWS) -> Cost:
    """Return what a run costs; the functions counted are the package's own."""
    sender: Any = driver._backend._sender  # type: ignore[attr-defined]
    send, sent, received, calls = sender.send, 0, 0, 0

    def listening(words: Any, *rest: Any) -> Any:
        nonlocal sent, received
        sent += sum(len(str(word)) if not isinstance(word, bytes) else len(word) for word in words)
        reply = send(words, *rest)
        received += sum(map(len, reply[1])) if len(reply) == 3 else 0  # header, rows, counters
        return reply

    def profile(frame: FrameType, event: str, _: object) -> None:
        nonlocal calls
        calls += (
            event == "call" and "runic" in frame.f_code.co_filename and "test_costs" not in frame.f_code.co_filename
        )

    sender.send = listening
    try:
        with count_statements(driver) as statements:
            sys.setprofile(profile)
            try:
                run()
            finally:
                sys.setprofile(None)
    finally:
        sender.send = send
    return Cost(len(statements), sent / rows, received / rows, calls / rows)


def check(found: Cost, limit: Cost) -> None:
    assert found.statements == limit.statements
    fits = found.sent <= limit.sent, found.received <= limit.received, found.calls <= limit.calls
    assert all(fits), f"{found} costs more than {limit}"


def loading(driver: Driver, statement: Any) -> Callable[[], object]:
    def run() -> object:
        with Session(driver) as session:
            return session.scalars(statement)

    return run


def test_load(filled: Driver) -> None:
    run = loading(filled, select(Tramcar))
    run()
    check(measure(filled, run), Cost(1, 0.1, 4, 0.21))


def test_eager_load_of_shared_targets(filled: Driver) -> None:
    run = loading(filled, select(Tramcar).fetch(Tramcar.depot))
    run()
    check(measure(filled, run), Cost(1, 0.5, 10.1, 5.8))


def test_paths_with_edges(filled: Driver) -> None:
    statement = select(Tramcar, TramRide, TramShed).traverse(Tramcar.rides, optional=False)
    run = loading(filled, statement)
    run()
    check(measure(filled, run), Cost(1, 0.22, 10, 1.5))


def test_get(filled: Driver) -> None:
    keys = [f"t{i:04}" for i in range(100)]

    def run() -> None:
        for key in keys:
            with Session(filled) as session:
                session.get(Tramcar, key)

    run()
    check(measure(filled, run, len(keys)), Cost(100, 137, 4, 121))


def test_insert(empty: Driver) -> None:
    entities = trams()

    def run() -> None:
        with Session(empty) as session:
            session.add_all(entities)

    check(measure(empty, run), Cost(1, 19, 0.01, 10.2))


def test_update(empty: Driver) -> None:
    session = Session(empty)
    session.add_all(entities := trams())
    session.commit()

    def run() -> None:
        for tram in entities:
            tram.line += 1
        session.commit()

    check(measure(empty, run), Cost(1, 13.5, 0.01, 1.4))


def test_relate(empty: Driver) -> None:
    session = Session(empty)
    some, ends = trams(), depots()
    session.add_all([*some, *ends])
    session.commit()

    def run() -> None:
        session.relate_all(Tramcar.depot, zip(some, ends, strict=True))
        session.commit()

    check(measure(empty, run), Cost(1, 20.2, 0.01, 13.5))


def test_relation_read_of_each(filled: Driver) -> None:
    """Rule 12: three statements, not one for each."""

    def run() -> None:
        with Session(filled) as session:
            for tram in session.scalars(select(Tramcar)):
                assert tram.depot is not None

    run()
    found = measure(filled, run)
    check(found, Cost(3, 10, 8.9, 13.8))
