"""SQLAlchemy on SQLite, a yardstick of what a mapper costs: `python -m bench.peers.with_sqlalchemy SIZE RUNS ONLY`."""

from __future__ import annotations

import json
import sqlite3
import sys
import tempfile
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import ForeignKey, create_engine, delete, insert, select
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship, selectinload

from bench.data import OPERATOR, OPERATORS, SHIP, Fleet, as_maps
from bench.measure import in_turn, versus

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.measure import Run

CLIENT = "sqlite3, tuples"


class Base(DeclarativeBase):
    """The root of the tables."""


class Operator(Base):
    """Runs ships."""

    __tablename__ = "operator"
    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    street: Mapped[str]
    town: Mapped[str]
    country: Mapped[str]
    phone: Mapped[str]
    founded: Mapped[int]
    staff: Mapped[int]
    turnover: Mapped[float]
    rating: Mapped[float]
    listed: Mapped[bool]


class Ship(Base):
    """Five properties and its operator."""

    __tablename__ = "ship"
    imo: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    built: Mapped[int]
    tonnage: Mapped[float]
    active: Mapped[bool]
    operator_code: Mapped[str | None] = mapped_column(ForeignKey("operator.code"))
    operator: Mapped[Operator | None] = relationship()


class Workloads:
    """Each workload as a pair: through the mapper, and through sqlite3."""

    def __init__(self, path: Path, fleet: Fleet) -> None:
        self._engine, self._raw, self._fleet = create_engine(f"sqlite:///{path}"), sqlite3.connect(path), fleet
        Base.metadata.create_all(self._engine)
        self._version = 0

    def seed(self) -> None:
        """Store the ships, which share ten operators."""
        ships = as_maps(self._fleet.ships, SHIP)
        for place, ship in enumerate(ships):
            ship["operator_code"] = f"op{place % OPERATORS}"
        with self._engine.begin() as connection:
            connection.execute(delete(Ship))
            connection.execute(delete(Operator))
            connection.execute(insert(Operator), as_maps(self._fleet.operators, OPERATOR))
            connection.execute(insert(Ship), ships)

    def empty(self) -> None:
        """Delete the ships."""
        with self._engine.begin() as connection:
            connection.execute(delete(Ship))

    def insert(self) -> Run:
        """add_all and commit."""
        self.empty()
        ships = [Ship(**row) for row in as_maps(self._fleet.ships, SHIP)]

        def run() -> None:
            with Session(self._engine) as session:
                session.add_all(ships)
                session.commit()

        return run

    def insert_raw(self) -> Run:
        """Write rows by executemany."""
        self.empty()

        def run() -> None:
            with self._raw:
                self._raw.executemany(
                    "INSERT INTO ship (imo, name, built, tonnage, active) VALUES (?, ?, ?, ?, ?)", self._fleet.ships
                )

        return run

    def update(self) -> Run:
        """Change a tenth of the loaded ships, and commit."""
        session = Session(self._engine)
        ships = session.scalars(select(Ship).order_by(Ship.imo)).all()
        self._version += 1

        def run() -> None:
            for ship, (_, tonnage) in zip(ships, self._fleet.changes, strict=False):
                ship.tonnage = float(str(tonnage)) + self._version
            session.commit()
            session.close()

        return run

    def update_raw(self) -> Run:
        """Do it by executemany."""
        self._version += 1
        rows = [(float(str(tonnage)) + self._version, key) for key, tonnage in self._fleet.changes]

        def run() -> None:
            with self._raw:
                self._raw.executemany("UPDATE ship SET tonnage = ? WHERE imo = ?", rows)

        return run

    def load(self) -> Run:
        """Read all ships as tracked entities."""

        def run() -> object:
            with Session(self._engine) as session:
                return session.scalars(select(Ship)).all(), session

        return run

    def load_raw(self) -> Run:
        """Read tuples."""
        return self._raw.execute("SELECT * FROM ship").fetchall

    def get(self) -> Run:
        """Read one ship in each of many sessions."""
        keys = [row[0] for row in self._fleet.parents]

        def run() -> None:
            for key in keys:
                with Session(self._engine) as session:
                    session.get(Ship, key)

        return run

    def get_raw(self) -> Run:
        """Read one tuple at a time."""
        keys = [row[0] for row in self._fleet.parents]
        return lambda: [self._raw.execute("SELECT * FROM ship WHERE imo = ?", (key,)).fetchone() for key in keys]

    def eager_shared(self) -> Run:
        """Read all ships with their operators, by a second statement."""

        def run() -> object:
            with Session(self._engine) as session:
                return session.scalars(select(Ship).options(selectinload(Ship.operator))).all(), session

        return run

    def eager_shared_raw(self) -> Run:
        """Read tuples of a join."""
        return lambda: self._raw.execute(
            "SELECT * FROM ship LEFT JOIN operator ON operator.code = operator_code"
        ).fetchall()


PAIRS: dict[str, tuple[Callable[[Workloads], Run], Callable[[Workloads], Run]]] = {
    "insert": (Workloads.insert, Workloads.insert_raw),
    "update a tenth": (Workloads.update, Workloads.update_raw),
    "load": (Workloads.load, Workloads.load_raw),
    "get": (Workloads.get, Workloads.get_raw),
    "eager shared": (Workloads.eager_shared, Workloads.eager_shared_raw),
}


def main(size: int, runs: int, only: str) -> None:
    """Measure it against sqlite3."""
    with tempfile.TemporaryDirectory() as folder:
        workloads = Workloads(Path(folder) / "ships.db", Fleet(size))
        for name, sides in PAIRS.items():
            if only in name:
                workloads.seed()
                mapper, client = in_turn([partial(side, workloads) for side in sides], runs)
                result = versus(("sqlalchemy", name, CLIENT), size, mapper, client, None)
                print(json.dumps(asdict(result)))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
