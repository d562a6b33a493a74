"""The classes of the random statements: a village, in which two relations may share the type of their edges."""

from __future__ import annotations

from runic.ogm import Edge, Field, Node, Relation


class Bond(Edge, type="BOND"):
    """A friendship, which has no direction."""

    place: str
    since: int | None = None


class Visit(Edge, type="VISIT"):
    """One of several visits of a villager to a hall."""

    day: str = Field(primary_key=True)
    hours: int | None = None


class Keep(Edge, type="KEEP"):
    """Where a hall keeps a work."""

    room: str
    shelf: int = 0


class Villager(Node, labels=["Villager"]):
    """Learns, makes, owns and visits."""

    id: str = Field(primary_key=True)
    name: str
    born: int | None = None
    teacher: Villager | None = Relation(relationship="TAUGHT_BY", target="Villager")
    pupils: list[Villager] = Relation(relationship="TAUGHT_BY", direction="INCOMING", target="Villager")
    friends: list[Villager] = Relation(relationship="BOND", direction="BOTH", target="Villager", edge_model=Bond)
    spouse: Villager | None = Relation(relationship="WED", direction="BOTH", target="Villager")
    made: list[Work] = Relation(relationship="MADE_BY", direction="INCOMING", target="Work")
    treasures: list[Work | Hall] = Relation(relationship="OWNS", target=("Work", "Hall"))
    visits: list[Hall] = Relation(relationship="VISIT", target="Hall", edge_model=Visit)


class Work(Node, labels=["Work"], primary_label="Work"):
    """What villagers make; the root of a hierarchy of three levels."""

    id: str = Field(primary_key=True)
    title: str
    year: int | None = None
    maker: Villager | None = Relation(relationship="MADE_BY", target="Villager")
    owners: list[Villager] = Relation(relationship="OWNS", direction="INCOMING", target="Villager")
    halls: list[Hall] = Relation(relationship="KEEP", direction="INCOMING", target="Hall", edge_model=Keep)


class Book(Work, labels=["Work", "Book"], primary_label="Work"):
    """Speaks of other works."""

    pages: int | None = None
    mentions: list[Work] = Relation(relationship="NAMES", target="Work")
    sequels: list[Book] = Relation(relationship="GOES_ON", target="Book")


class Novel(Book, labels=["Work", "Book", "Novel"], primary_label="Work"):
    """A book with a hero."""

    hero: str | None = None


class Gadget(Work, labels=["Work", "Gadget"], primary_label="Work"):
    """Its edges to what it makes are of the same type as those of a book to what it mentions."""

    weight: int | None = None
    shapes: list[Work] = Relation(relationship="NAMES", target="Work")


class Hall(Node, labels=["Hall"]):
    """Keeps works, and can be owned as they can."""

    id: str = Field(primary_key=True)
    motto: str
    seats: int | None = None
    works: list[Work] = Relation(relationship="KEEP", target="Work", edge_model=Keep, order_by="shelf")
    library: list[Book] = Relation(relationship="KEEP", target="Book", edge_model=Keep)
    visitors: list[Villager] = Relation(relationship="VISIT", direction="INCOMING", target="Villager", edge_model=Visit)
    owners: list[Villager] = Relation(relationship="OWNS", direction="INCOMING", target="Villager")
