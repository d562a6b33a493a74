"""Mistakes in what statements, edges and graphs are of."""

from __future__ import annotations

from runic.ogm import AsyncSession, Edge, Node, Related, Relation, Session, select
from runic.ogm.export import to_networkx


class Docking(Edge, type="DOCKED_AT"):
    days: int = 0


class Pier(Node):
    id: str


class Ferry(Node):
    id: str
    pier: Related[Pier | None] = Relation(relationship="LIES_AT")
    dockings: list[Pier] = Relation(relationship="DOCKED_AT", edge_model=Docking)


def ends(session: Session) -> None:
    piers = select(Ferry).traverse(Ferry.pier, optional=False).alias("p")
    ferries: list[Ferry] = session.scalars(piers.return_target("p", Pier))  # error
    piers.return_target("p", Docking)  # error
    piers.return_target("p", "Pier")  # error
    bound = session.query(Ferry).traverse(Ferry.pier).alias("p").return_target("p", Pier)
    ferry: Ferry | None = bound.first()  # error
    print(ferries, ferry)


def edges(session: Session, ferry: Ferry) -> None:
    for _, pier in session.edges(ferry, Ferry.pier):
        print(pier.dockings)  # error
    for _, pier in session.edges(ferry, Ferry.dockings):
        print(pier.dockings)  # error
    typed = select(Ferry, Docking, Pier).traverse(Ferry.dockings, edge_alias="d")
    for first, docking, last in session.all_with_edges(typed):
        print(first.dockings, docking.days)
        print(last.dockings, docking.hours)  # error


async def waiting(session: AsyncSession, ferry: Ferry) -> None:
    for _, pier in await session.edges(ferry, Ferry.dockings):
        print(pier.dockings)  # error


def graphs() -> None:
    to_networkx(3)  # error
