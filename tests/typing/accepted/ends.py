"""What statements, edges and graphs are of, as far as the classes tell: sync and async."""

from __future__ import annotations

from typing import Any, assert_type

from runic.ogm import AsyncSession, Edge, Field, Node, Path, Related, Relation, Session, select
from runic.ogm.export import to_networkx


class Mooring(Edge, type="MOORED_AT"):
    days: int = 0


class Quay(Node):
    id: str
    next_one: Quay | None = Relation(relationship="NEXT_TO")


class Barge(Node):
    id: str
    quay: Related[Quay | None] = Relation(relationship="LIES_AT")
    moorings: Related[list[Quay]] = Relation(relationship="MOORED_AT", edge_model=Mooring)


class Owner(Node):
    id: str = Field(primary_key=True)
    home: Quay | None = Relation(relationship="LIVES_AT")
    barges: list[Barge] = Relation(relationship="OWNS")


def ends(session: Session) -> None:
    barges = select(Owner).traverse(Owner.barges, optional=False).alias("b")
    assert_type(session.scalars(barges.return_target("b", Barge)), list[Barge])
    assert_type(session.scalars(barges.return_target("b")), list[Owner])
    quays = barges.return_target("b", Barge).traverse(Barge.quay, optional=False).alias("q")
    assert_type(session.scalars(quays.return_target("q", Quay).order_by("id")), list[Quay])
    bound = session.query(Owner).traverse("barges", optional=False).alias("b")
    assert_type(bound.return_target("b", Barge).all(), list[Barge])
    assert_type(bound.return_target("b", Barge).where(Barge.id == "b").first(), Barge | None)
    assert_type(bound.return_target("b").one(), Owner)
    way = select(Quay).shortest_path("next_one", to="q")
    assert_type(session.scalars(way), list[Path[Any]])


def edges(session: Session, barge: Barge, owner: Owner) -> None:
    assert_type(session.edges(barge, Barge.moorings), list[tuple[Any, Quay]])
    assert_type(session.edges(barge, Barge.quay), list[tuple[Any, Quay]])
    assert_type(session.edges(owner, Owner.barges), list[tuple[Any, Barge]])
    assert_type(session.edges(owner, Owner.home), list[tuple[Any, Quay]])
    assert_type(session.edges(owner, "barges"), list[tuple[Any, Any]])


def triples(session: Session) -> None:
    typed = select(Barge, Mooring, Quay).traverse(Barge.moorings, edge_alias="m", optional=False)
    assert_type(session.all_with_edges(typed), list[tuple[Barge, Mooring, Quay]])
    nodes = select(Owner, Barge, Quay).traverse(Owner.barges).traverse(Barge.quay)
    assert_type(session.all_with_edges(nodes), list[tuple[Any, Any, Any]])
    assert_type(session.all_with_edges(select(Barge, Quay)), list[tuple[Any, Any, Any]])


def graphs(session: Session, barge: Barge) -> None:
    to_networkx(session.scalars(select(Barge).fetch(Barge.quay)))
    to_networkx(session.all_with_edges(select(Barge, Mooring, Quay)))
    to_networkx(session.query(Barge).all())
    to_networkx([barge, None, (barge, barge.quay)])
    to_networkx(session)


async def waiting(session: AsyncSession, barge: Barge, owner: Owner) -> None:
    bound = session.query(Owner).traverse("barges", optional=False).alias("b")
    assert_type(await bound.return_target("b", Barge).all(), list[Barge])
    assert_type(await bound.return_target("b").one(), Owner)
    assert_type(await session.edges(barge, Barge.moorings), list[tuple[Any, Quay]])
    assert_type(await session.edges(owner, Owner.home), list[tuple[Any, Quay]])
    assert_type(await session.edges(owner, "barges"), list[tuple[Any, Any]])
    typed = select(Barge, Mooring, Quay).traverse(Barge.moorings, edge_alias="m", optional=False)
    assert_type(await session.all_with_edges(typed), list[tuple[Barge, Mooring, Quay]])
    to_networkx(await session.scalars(select(Barge).fetch(Barge.quay)))
