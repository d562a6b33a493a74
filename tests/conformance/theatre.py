"""The classes of the tests of schema and search: a theatre's seats, its plays and their reviews."""

from __future__ import annotations

from runic.ogm import Edge, Field, Node, Relation, Vector


class Seat(Node, unique_together=[("row", "number")]):
    """Has a place that no other has, and a plaque that no other has."""

    id: str
    row: str
    number: int
    plaque: str | None = Field(default=None, unique=True)
    price: int = Field(default=0, index=True)


class Booking(Edge, type="BOOKED", unique_together=[("evening", "desk")]):
    """Somebody takes a seat."""

    code: str | None = Field(default=None, unique=True)
    evening: str | None = Field(default=None, index=True)
    desk: int | None = None


class Guest(Node):
    """Takes seats."""

    id: str
    shoe_size: int | None = Field(default=None, index=True, name="shoe size")
    seats: list[Seat] = Relation(relationship="BOOKED", edge_model=Booking)


class Author(Node):
    """Writes plays."""

    id: str
    plays: list[Play] = Relation(relationship="WROTE")


class Play(Node):
    """Is found by its words, and by what it is about."""

    id: str
    title: str = Field(default="", index_type="FULLTEXT")
    plot: str | None = Field(default=None, index_type="FULLTEXT")
    acts: int = Field(default=1, index=True)
    about: Vector | None = Field(default=None, index_type="VECTOR", dimensions=2)
    place: Vector | None = Field(default=None, index_type="VECTOR", dimensions=2, similarity="euclidean")
    mood: Vector | None = None
    author: Author | None = Relation(relationship="WROTE", direction="INCOMING")


class Comedy(Play):
    """Has no field of its own in the full-text index."""

    jokes: int | None = Field(default=None, index=True)


class Opera(Play):
    """Adds its words to those of a play."""

    libretto: str = Field(default="", index_type="FULLTEXT")
