"""The plain spelling: ordinary annotations, checked as ordinary attributes."""

from __future__ import annotations

from datetime import date
from typing import Literal, assert_type

from runic.ogm import Edge, Field, Node, Relation, Session


class Museum(Node, labels=["Museum"]):
    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    opened: int | None = Field(default=None)
    works: list[Work] = Relation(relationship="HELD_BY", direction="INCOMING", target="Work")


class Artist(Node, labels=["Artist"]):
    id: str = Field(primary_key=True)
    name: str
    born: date | None = None
    teachers: list[Artist] = Relation(relationship="TAUGHT_BY", cascade=True)
    friends: list[Artist] = Relation(relationship="FRIEND_OF", direction="BOTH", lazy="raise")


class Loan(Edge, type="LENT_TO"):
    room: int
    state: Literal["asked", "agreed", "returned"] = "asked"
    insured_for: int | None = Field(default=None)


class Work(Node, labels=["Work"], primary_label="Work"):
    id: str = Field(primary_key=True)
    title: str = Field(index=True, index_type="FULLTEXT")
    year: int = Field(default=0)
    tags: list[str] = Field(default_factory=list)
    artist: Artist | None = Relation(relationship="MADE_BY", direction="OUTGOING", target="Artist")
    museum: Museum | None = Relation(relationship="HELD_BY")
    loans: list[Museum] = Relation(relationship="LENT_TO", edge_model=Loan)


class Sculpture(Work, labels=["Work", "Sculpture"], primary_label="Work"):
    material: str = Field(default="marble")
    weight: float | None = Field(default=None)


def construct() -> None:
    museum = Museum(id="teyler", name="Teyler")
    artist = Artist(id="leyster", name="Judith", born=date(1609, 7, 28))
    work = Work(id="serenade", title="Serenade", artist=artist, museum=museum, loans=[museum])
    assert_type(work.title, str)
    assert_type(work.tags, list[str])
    assert_type(work.artist, Artist | None)
    assert_type(Sculpture(id="david", title="David", weight=5.6).material, str)
    work.year = 1629
    work.museum = None
    work.loans.append(museum)
    artist.teachers = [artist]
    artist.friends.append(artist)
    artist.friends.remove(artist)


def read(session: Session) -> None:
    work = session.get(Work, "serenade", fetch=["artist", "artist.teachers"])
    assert_type(work, Work | None)
    assert work is not None
    artist: Artist | None = work.artist
    museum = session.get(Museum, "teyler")
    assert artist is not None
    assert museum is not None
    held: list[Work] = museum.works
    assert_type(held[0].artist, Artist | None)
    assert_type(session.get_many(Work, ["a", "b"]), list[Work | None])


def relate(session: Session, work: Work, artist: Artist, museum: Museum) -> None:
    session.relate(work, Work.artist, artist)
    session.relate(museum, Museum.works, work)
    session.relate(artist, Artist.friends, artist)
    session.relate(work, Work.loans, museum, edge=Loan(room=3, state="agreed"))
    session.unrelate(work, Work.artist, artist)
    session.unrelate(work, "loans", museum)


def hold(work: Work, other: Work) -> bool:
    chosen = {work, other}
    rooms = {work: 1, other: 2}
    return work in chosen and rooms[other] == 2 and work == other


if __name__ == "__main__":
    construct()
    assert hold(Work(id="a", title="A"), Work(id="b", title="B")) is False
