"""Mistakes in what statements and twins return."""

from __future__ import annotations

from runic.ogm import AsyncSession, Edge, Node, Relation, Session, select


class Rental(Edge, type="RENTED"):
    days: int


class Renter(Node):
    id: str
    boats: list[Boat] = Relation(relationship="RENTED", edge_model=Rental)


class Boat(Node):
    id: str


def collect(session: Session) -> None:
    boats: list[Boat] = session.scalars(select(Renter))  # error
    first: Boat = session.query(Boat).first()  # error
    pairs: list[tuple[Renter, Renter]] = session.scalars(select(Renter, Boat))  # error
    triples: list[tuple[Boat, Rental, Boat]] = session.query(Renter).all_with_edges(Renter, Rental, Boat)  # error
    total: str = session.count(select(Boat))  # error
    print(boats, first, pairs, triples, total)


def build() -> None:
    select(str)  # error
    select(Renter).alias(3)  # error
    select(Renter).return_edge()  # error


async def forget_await(session: AsyncSession) -> None:
    boat: Boat | None = session.get(Boat, "b")  # error
    print(boat)
    session.commit()  # error
