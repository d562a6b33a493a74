"""Keys: given, generated and optional for the checkers, and on edges."""

from __future__ import annotations

from typing import assert_type
from uuid import UUID

from runic.ogm import Edge, Field, GeneratedKey, Node, Relation


class Letter(Node):
    id: str = Field(primary_key=True, generated=True, default=None)
    text: str


class Stamp(Node):
    number: UUID = GeneratedKey()
    value: int = 0


class Postmark(Edge, type="STAMPED"):
    serial: str = Field(primary_key=True)
    place: str | None = None


class Envelope(Node):
    id: str = Field(primary_key=True, generated=True)
    stamps: list[Stamp] = Relation(relationship="STAMPED", edge_model=Postmark)


def construct() -> None:
    assert_type(Letter(text="hello").id, str)
    assert_type(Letter(id="l1", text="hello").text, str)
    assert_type(Stamp().number, UUID)
    Stamp(number=UUID(int=1), value=5)
    assert Letter(text="hello").id is None or isinstance(Letter(text="hello").id, str)
    assert_type(Envelope(id="e1").stamps, list[Stamp])
    assert_type(Postmark(serial="s").place, str | None)


if __name__ == "__main__":
    construct()
