"""The classes of the suite: a museum, a rail network and a cook book."""

from __future__ import annotations

from uuid import UUID

from runic.ogm import Edge, Field, Node, Relation

# A museum: a hierarchy, mirrors, a self relation, edge properties, ordered relations, a union of targets.


class Showing(Edge, type="SHOWS"):
    """Where and how a work hangs in an exhibition."""

    room: str
    position: int = 0
    note: str | None = None


class Gallery(Node, labels=["Gallery"]):
    """Sells the works of its artists."""

    id: str = Field(primary_key=True)
    name: str = Field()
    artists: list[Artist] = Relation(relationship="REPRESENTED_BY", direction="INCOMING", target="Artist")


class Artist(Node, labels=["Artist"]):
    """Makes works, and teaches other artists."""

    id: str = Field(primary_key=True)
    name: str = Field(index=True)
    born: int | None = None
    nicknames: list[str] = Field(default_factory=list)
    notes: dict[str, object] = Field(default_factory=dict)
    gallery: Gallery | None = Relation(relationship="REPRESENTED_BY", direction="OUTGOING", target="Gallery")
    works: list[Artwork] = Relation(relationship="MADE", direction="OUTGOING", target="Artwork")
    teacher: Artist | None = Relation(relationship="LEARNT_FROM", direction="OUTGOING", target="Artist")
    pupils: list[Artist] = Relation(relationship="LEARNT_FROM", direction="INCOMING", target="Artist")


class Artwork(Node, labels=["Artwork"], primary_label="Artwork"):
    """What artists make; the root of a hierarchy of three levels."""

    id: str = Field(primary_key=True)
    title: str = Field()
    year: int | None = None
    artist: Artist | None = Relation(relationship="MADE", direction="INCOMING", target="Artist")
    exhibitions: list[Exhibition] = Relation(
        relationship="SHOWS", direction="INCOMING", target="Exhibition", edge_model=Showing
    )


class Painting(Artwork, labels=["Artwork", "Painting"], primary_label="Artwork"):
    """A flat work."""

    technique: str | None = None
    sketches: list[Artwork] = Relation(relationship="SKETCHED_IN", direction="OUTGOING", target="Artwork")


class Fresco(Painting, labels=["Artwork", "Painting", "Fresco"], primary_label="Artwork"):
    """A painting on a wall."""

    wall: str | None = None


class Sculpture(Artwork, labels=["Artwork", "Sculpture"], primary_label="Artwork"):
    """A work of three dimensions."""

    material: str = "stone"
    weight: float | None = None


class Exhibition(Node, labels=["Exhibition"]):
    """Shows works in rooms."""

    id: str = Field(primary_key=True)
    title: str = Field()
    works: list[Artwork] = Relation(relationship="SHOWS", target="Artwork", edge_model=Showing, order_by="position")
    paintings: list[Painting] = Relation(relationship="OPENS_WITH", direction="OUTGOING", target="Painting")
    visitors: list[Visitor] = Relation(relationship="VISITED", direction="INCOMING", target="Visitor", order_by="name")


class Visitor(Node, labels=["Visitor"]):
    """Comes to see exhibitions."""

    id: str = Field(primary_key=True)
    name: str = Field()
    visits: list[Exhibition] = Relation(relationship="VISITED", direction="OUTGOING", target="Exhibition")


class Loan(Edge, type="LENT"):
    """One of several loans between the same two, told apart by its number."""

    number: str = Field(primary_key=True)
    fee: int | None = None


class Lender(Node, labels=["Lender"]):
    """Lends works to exhibitions, and owns things of unrelated classes."""

    id: UUID = Field(primary_key=True, generated=True)
    name: str = Field()
    loans: list[Exhibition] = Relation(relationship="LENT", direction="OUTGOING", target="Exhibition", edge_model=Loan)
    treasures: list[Artwork | Instrument] = Relation(relationship="OWNS", target=("Artwork", "Instrument"))
    guarded: list[Artwork] = Relation(relationship="GUARDS", target="Artwork", lazy="raise")


class Instrument(Node, labels=["Instrument"]):
    """Plays music, and is no work of art here."""

    id: str = Field(primary_key=True)
    maker: str = Field(name="made_by")


# A rail network: keys of several types, relations of direction BOTH.


class Change(Edge, type="CHANGES_TO"):
    """A walk between two stations."""

    minutes: int
    covered: bool | None = None


class Station(Node, labels=["Station"]):
    """Where trains stop."""

    code: str = Field(primary_key=True)
    name: str = ""
    zone: int | None = None
    neighbours: list[Station] = Relation(relationship="LINKS_TO", direction="BOTH", target="Station")
    changes: list[Station] = Relation(relationship="CHANGES_TO", direction="BOTH", target="Station", edge_model=Change)
    twin: Station | None = Relation(relationship="TWIN_OF", direction="BOTH", target="Station")
    line: Line | None = Relation(relationship="ON_LINE", direction="OUTGOING", target="Line")
    depot: Depot | None = Relation(relationship="SERVED_BY", direction="OUTGOING", target="Depot")


class Line(Node, labels=["Line"]):
    """Joins stations; its key is a number."""

    number: int = Field(primary_key=True)
    colour: str = "grey"
    stations: list[Station] = Relation(relationship="ON_LINE", direction="INCOMING", target="Station", order_by="name")


class Depot(Node, labels=["Depot"]):
    """Keeps trains; its key is a UUID that is given."""

    uid: UUID = Field(primary_key=True)
    name: str = ""


# A cook book: generated keys, versions on nodes and edges, cascades through cycles.


class Amount(Edge, type="NEEDS"):
    """How much of an ingredient a recipe needs."""

    grams: int = 0
    unit: str | None = None
    revision: int = Field(default=0, version=True)


class Ingredient(Node, labels=["Ingredient"]):
    """Goes into recipes."""

    id: str = Field(primary_key=True)
    name: str = ""
    substitutes: list[Ingredient] = Relation(
        relationship="REPLACED_BY", direction="OUTGOING", target="Ingredient", cascade=True
    )


class Recipe(Node, labels=["Recipe"]):
    """Is changed by several cooks at once."""

    id: str = Field(primary_key=True, generated=True)
    title: str = Field()
    minutes: int | None = None
    revision: int = Field(default=0, version=True)
    ingredients: list[Ingredient] = Relation(
        relationship="NEEDS", direction="OUTGOING", target="Ingredient", edge_model=Amount, cascade=True
    )
    author: Cook | None = Relation(relationship="WRITTEN_BY", direction="OUTGOING", target="Cook", cascade=True)


class Cook(Node, labels=["Cook"]):
    """Writes recipes."""

    id: str = Field(primary_key=True, generated=True)
    name: str = Field()
    signature: Recipe | None = Relation(relationship="FAMOUS_FOR", direction="OUTGOING", target="Recipe", cascade=True)
