"""Mistakes in searches and in the schema."""

from __future__ import annotations

from runic.ogm import Field, Node, SchemaManager, Session, Vector, score


class Song(Node):
    id: str
    words: str = Field(default="", index_type="FULLTEXT")
    sound: Vector | None = Field(default=None, index_type="VECTOR", dimensions=3)


class Singer(Node):
    id: str


def search(session: Session, manager: SchemaManager) -> None:
    singers: list[Singer] = session.fulltext_search(Song, query="rain").all()  # error
    session.fulltext_search("Song", query="rain")  # error
    session.fulltext_search(Song, query=3)  # error
    session.fulltext_search(Song, query="rain", fields=[3])  # error
    session.fulltext_search(Song, "rain", ["words"], True)  # error
    song: Song = session.vector_search(Song, "sound", [1, 2, 3]).first()  # error
    session.vector_search(Song, field=3, vector=[1, 2, 3])  # error
    session.vector_search(Song, "sound", "123")  # error
    session.vector_search(Song, "sound", [1, 2, 3], k="5")  # error
    text: str = score() + 1  # error
    manager.create("Song")  # error
    manager.sync(Song, drop_extra="yes")  # error
    print(singers, song, text)
