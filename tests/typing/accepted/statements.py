"""Statements: what they return, plain and with the classes named."""

from __future__ import annotations

from typing import Any, assert_type

from runic.ogm import Edge, Field, Node, Relation, Session, select


class Critique(Edge, type="CRITICISED"):
    stars: int
    paper: str | None = None


class Critic(Node):
    id: str
    shows: list[Show] = Relation(relationship="CRITICISED", edge_model=Critique)


class Show(Node):
    id: str
    year: int = Field(index=True)


STATEMENT = (
    select(Critic)
    .where(Critic.id == "anna")
    .alias("c")
    .traverse(Critic.shows, edge_alias="e", optional=False)
    .alias("s")
    .where(Critique.stars > 3, on="e")
    .return_nodes("c", "s")
    .return_edge("e")
)


def plain(session: Session) -> None:
    rows: list[tuple[Critic, Critique, Show]] = session.all_with_edges(STATEMENT)
    assert_type(session.all_with_edges(STATEMENT), list[tuple[Any, Any, Any]])
    critic, critique, show = rows[0]
    assert_type((critic, critique, show), tuple[Critic, Critique, Show])
    assert_type(session.scalars(select(Show)), list[Show])
    assert_type(session.scalar(select(Show).where(Show.year > 1900)), Show | None)
    assert_type(session.one(select(Show)), Show)
    assert_type(session.count(select(Show)), int)
    assert_type(session.exists(select(Show).limit(1)), bool)


def bound(session: Session) -> None:
    query = session.query(Critic).where(Critic.id == "anna")
    assert_type(query.all(), list[Critic])
    assert_type(query.first(), Critic | None)
    assert_type(query.one(), Critic)
    assert_type(query.count(), int)
    assert_type(query.exists(), bool)
    steps = query.alias("c").traverse(Critic.shows, edge_alias="e").alias("s").return_nodes("c", "s").return_edge("e")
    rows: list[tuple[Critic, Critique, Show]] = steps.all_with_edges()
    assert_type(steps.all_with_edges(Critic, Critique, Show), list[tuple[Critic, Critique, Show]])
    assert_type(rows[0][1].paper, str | None)


def typed(session: Session) -> None:
    pairs = select(Critic, Show).alias("c").traverse(Critic.shows).alias("s")
    assert_type(session.scalars(pairs), list[tuple[Critic, Show]])
    triples = select(Critic, Critique, Show).alias("c").traverse(Critic.shows, edge_alias="e").alias("s")
    assert_type(session.scalars(triples), list[tuple[Critic, Critique, Show]])


if __name__ == "__main__":
    assert "CRITICISED" in STATEMENT.build()[0]
